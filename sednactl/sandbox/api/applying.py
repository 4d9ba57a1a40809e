"""Server-side apply."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api import writing
from sednactl.sandbox.api.bodies import object_of
from sednactl.sandbox.api.creating import create_object
from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.metadata import check_name, conflict
from sednactl.sandbox.api.options import WriteOptions
from sednactl.sandbox.api.paths import Target
from sednactl.sandbox.api.refusal import Cause, Refusal
from sednactl.sandbox.api.requests import Request
from sednactl.sandbox.api.state import State, not_found
from sednactl.sandbox.api.text import Json
from sednactl.sandbox.api.updating import change_object
from sednactl.sandbox.api.writing import Admitted
from sednactl.sandbox.api.writing.typing_applied import check_applied


def apply(
    state: State, target: Target, request: Request, body: Any, options: WriteOptions
) -> tuple[Json, tuple[str, ...], int]:
    """Apply a configuration; gives the stored object, warnings, and 201 where it was created."""
    if not request.one("fieldManager"):
        problem = "Required value: is required for apply patch"
        raise Refusal(
            "Invalid",
            f'PatchOptions.meta.k8s.io "" is invalid: fieldManager: {problem}',
            group="meta.k8s.io",
            kind="PatchOptions",
            causes=[Cause("FieldValueRequired", problem, "fieldManager")],
        )
    kind = target.kind
    applied = _configuration(kind, body, target)
    structure = state.structure(kind)
    check_applied(applied, structure)  # before all else, as the real one does
    warnings = writing.admit(applied, structure, options.validation, raw=request.body).warnings

    def merged(live: Json | None) -> Json:
        return writing.server_side_apply(
            live,
            applied,
            manager=options.manager,
            force=options.force,
            structure=structure,
            now=state.clock.now(),
            subresource=target.subresource,
        )

    def admitted(live: Json) -> Admitted:
        # What was applied is admitted already; of what lived before, custom kinds keep what they do not know.
        whole = merged(live)
        return (
            Admitted(whole) if kind.custom is not None else Admitted(writing.admit(whole, structure).object)
        )

    with state.store.lock:
        if state.find(kind, target.namespace, target.name) is None:
            if target.subresource:
                raise not_found(kind, target.name)
            if applied["metadata"].get("uid"):
                raise conflict(
                    kind,
                    target.name,
                    "uid mismatch: the provided object specified a uid, and no object exists",
                )
            fresh = merged(None)
            named = fresh["metadata"].pop("resourceVersion", None)  # nothing there that it could differ from
            made, _ = create_object(state, kind, target.namespace, fresh, options, applied=True)
            if named is not None and options.dry_run:  # nothing was stored that would give it another
                made["metadata"]["resourceVersion"] = named
            return made, warnings, 201
        stored, told = change_object(state, target, admitted, options, applied=True)
        return stored, (*warnings, *told), 200


def _configuration(kind: Kind, body: Any, target: Target) -> Json:
    if not isinstance(body, dict) or not body.get("kind") or not body.get("apiVersion"):
        said = body if isinstance(body, dict) else {}
        group, _, version = str(said.get("apiVersion") or "").rpartition("/")
        raise Refusal("BadRequest", f"invalid object type: {group}/{version}, Kind={said.get('kind') or ''}")
    applied = object_of(kind, body)
    meta = applied["metadata"]
    if meta.get("managedFields"):
        raise Refusal("BadRequest", "metadata.managedFields must be nil")
    meta.setdefault("name", target.name)
    check_name(meta, target.name)
    return applied
