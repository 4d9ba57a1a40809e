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
            fresh["metadata"].pop("resourceVersion", None)  # nothing there that it could differ from
            made, _ = create_object(state, kind, target.namespace, fresh, options, applied=True)
            return made, warnings, 201
        stored, _ = change_object(state, target, merged, options, applied=True)
        return stored, warnings, 200


def _configuration(kind: Kind, body: Any, target: Target) -> Json:
    if not isinstance(body, dict) or not body.get("kind") or not body.get("apiVersion"):
        raise Refusal("BadRequest", "the body of an apply must be an object with kind and apiVersion")
    applied = object_of(kind, body)
    meta = applied["metadata"]
    if meta.get("managedFields"):
        raise Refusal("BadRequest", "metadata.managedFields must be nil")
    meta.setdefault("name", target.name)
    check_name(meta, target.name)
    return applied
