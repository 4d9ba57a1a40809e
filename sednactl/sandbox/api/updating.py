"""update and patch, of whole objects and of their status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sednactl.sandbox.api import writing
from sednactl.sandbox.api.bodies import object_of, patched_object, read_body, read_patch, stored_form
from sednactl.sandbox.api.builtin_rules import decode_plain_secrets, prepare_update
from sednactl.sandbox.api.creating import answer_object, create_object
from sednactl.sandbox.api.custom_kinds import DEFINITIONS
from sednactl.sandbox.api.definitions import check_definition, look_at_definition
from sednactl.sandbox.api.deleting import remove_object
from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.metadata import (
    check_name,
    check_namespace,
    continue_metadata,
    drop_repeated_owners,
    grow_generation,
    same_but_for_times,
)
from sednactl.sandbox.api.options import WriteOptions, write_options
from sednactl.sandbox.api.paths import Target
from sednactl.sandbox.api.pod_warnings import pod_warnings
from sednactl.sandbox.api.presenting import form_of, typed
from sednactl.sandbox.api.refusal import Cause, Refusal
from sednactl.sandbox.api.requests import Answer, Request
from sednactl.sandbox.api.selectors import at_path
from sednactl.sandbox.api.state import State, not_found
from sednactl.sandbox.api.store import Version
from sednactl.sandbox.api.text import Json
from sednactl.sandbox.api.writing import Admitted

APPLY = "application/apply-patch+yaml"
_PATCHES = tuple(f"application/{one}-patch+json" for one in ("json", "merge", "strategic-merge"))
_GUARDS = ("resourceVersion", "uid", "managedFields")
_KEPT_BY_STATUS = {("apps", "deployments"): ("labels",), ("", "pods"): ("ownerReferences",)}
"""Metadata that a write to the status leaves alone; of built-in kinds it may change the rest, of custom ones nothing."""


def update(state: State, target: Target, request: Request) -> Answer:
    """Replace an object, or create it where the kind allows that."""
    kind, form = target.kind, form_of(request)
    options = write_options(request, "UpdateOptions")
    content = object_of(kind, read_body(request.body, request.content_type(), kind.kind), request.body)
    check_name(content["metadata"], target.name)
    if (
        not target.subresource
        and state.find(kind, target.namespace, target.name) is None
        and kind.created_by_update
    ):
        content["metadata"].pop("resourceVersion", None)
        made, told = create_object(state, kind, target.namespace, content, options, raw=request.body)
        return answer_object(state, kind, made, form, 201, told, dry_run=options.dry_run)
    structure = state.structure(kind)

    def given(_: Json) -> Admitted:
        return writing.admit(content, structure, options.validation, raw=request.body)

    stored, warnings = change_object(state, target, given, options)
    return answer_object(state, kind, stored, form, 200, warnings, dry_run=options.dry_run)


def patch(state: State, target: Target, request: Request) -> Answer:
    """Patch an object, or apply it."""
    kind, form = target.kind, form_of(request)
    options = write_options(request, "PatchOptions")
    content_type = request.content_type()
    if content_type not in (APPLY, *_PATCHES):
        raise Refusal("UnsupportedMediaType", "415: Unsupported Media Type", detailed=True)
    body = read_body(request.body, content_type) if content_type == APPLY else read_patch(request.body)
    if content_type == APPLY:
        from sednactl.sandbox.api.applying import apply

        stored, warnings, status = apply(state, target, request, body, options)
        return answer_object(state, kind, stored, form, status, warnings, dry_run=options.dry_run)
    if request.query.get("force"):
        problem = "Forbidden: may not be specified for non-apply patch"
        raise Refusal(
            "Invalid",
            f'PatchOptions.meta.k8s.io "" is invalid: force: {problem}',
            group="meta.k8s.io",
            kind="PatchOptions",
            causes=[Cause("FieldValueForbidden", problem, "force")],
        )
    structure = state.structure(kind)

    def patched(live: Json) -> Admitted:
        result = writing.apply_patch(live, body, content_type, structure)
        try:
            return writing.admit(patched_object(kind, result, content_type), structure, options.validation)
        except Refusal as refusal:
            if refusal.reason != "BadRequest":
                raise
            raise writing.refused_patch(refusal, body, result, content_type, structure) from None

    stored, warnings = change_object(state, target, patched, options, patched=True)
    return answer_object(state, kind, stored, form, 200, warnings, dry_run=options.dry_run)


def change_object(
    state: State,
    target: Target,
    change: Callable[[Json], Admitted],
    options: WriteOptions,
    *,
    patched: bool = False,
    applied: bool = False,
    tracked_as: str = "",
) -> tuple[Json, tuple[str, ...]]:
    """Store what `change` makes of an object, admitted; gives that and the warnings for the client.

    Nothing is stored where nothing changed. The last finalizer's removal from an
    object that is being deleted removes the object. `tracked_as` names the subresource
    through which a part of the whole object is written, for its managed fields.
    """
    kind = target.kind
    structure = state.structure(kind)
    with state.store.lock:
        found = state.find(kind, target.namespace, target.name)
        if found is None:
            raise not_found(kind, target.name)
        old = _stored(state, kind, found)
        if kind.custom is not None:  # what its definition no longer knows is not there when it is read
            old = writing.admit(old, structure).object
        admitted = change(typed(kind, old if kind.custom is not None else found.object()))
        new = admitted.object
        new.setdefault("metadata", {})
        meta = new["metadata"]
        meta.setdefault("name", target.name)
        check_name(meta, target.name)
        check_namespace(kind, meta, target.namespace)
        new = writing.with_defaults(new, structure)
        decode_plain_secrets(kind, new)
        if kind.shelf == DEFINITIONS:
            check_definition(state, new)
        warnings = (*admitted.warnings, *drop_repeated_owners(new["metadata"], patched=patched or applied))
        if not applied:  # in the version that was written, before the server adds what is nobody's
            new = _tracked(state, kind, old, new, options.manager, target.subresource or tracked_as)
        stored_structure = state.structure(state.kind_of(kind.shelf)) if kind.custom is None else structure
        new = _parts(kind, target.subresource, old, stored_form(kind, new))
        continue_metadata(kind, old, new)
        if kind.custom is None:
            prepare_update(state, kind, old, new, options.dry_run)
        if target.subresource != "status":
            grow_generation(kind, old, new)
        writing.validate_update(old, new, stored_structure, subresource=target.subresource)
        if same_but_for_times(old, new):
            return old, warnings
        if not target.subresource:
            warnings = (*warnings, *pod_warnings(kind, new))
        if options.dry_run:
            return new, warnings
        if _finished(kind, new):
            remove_object(state, kind, new)
        else:
            state.put(kind, new)
            if kind.shelf == DEFINITIONS and not target.subresource:
                look_at_definition(state, new)
        return new, warnings


def _tracked(state: State, kind: Kind, old: Json, new: Json, manager: str, subresource: str) -> Json:
    before = typed(kind, old)
    if subresource not in ("", "scale"):
        after = _parts(kind, subresource, before, new)
    else:
        after = _parts(kind, "", before, new)
    tracked = writing.track_update(
        before,
        after,
        manager=manager,
        structure=state.structure(kind),
        now=state.clock.now(),
        subresource=subresource,
    )
    managed = tracked["metadata"].get("managedFields")
    if subresource == "scale" and managed:
        managed = _through_scale(kind, managed, new)
    meta = {key: value for key, value in new["metadata"].items() if key != "managedFields"}
    return {**new, "metadata": {**meta, "managedFields": managed} if managed is not None else meta}


def _through_scale(kind: Kind, managed: list[Json], new: Json) -> list[Json]:
    """Give the managed fields as a Scale leaves them: kube-apiserver's ways of its own, seen from outside."""
    scaled = [entry for entry in managed if entry.get("subresource") == "scale"]
    others = [entry for entry in managed if entry.get("subresource") != "scale"]
    if kind.scale is None or not at_path(new, kind.scale.spec):
        return others  # a Scale leaves out no replicas at all, so whoever sets them owns nothing
    if kind.custom is None:
        return managed
    return [{key: value for key, value in entry.items() if key != "time"} for entry in scaled] + others


def _stored(state: State, kind: Kind, version: Version) -> Json:
    content = version.object()
    if kind.custom is not None or kind.version == kind.storage_version:
        return {"apiVersion": kind.api_version, "kind": kind.kind, **content}
    stored = state.catalog.storage_kind(kind.shelf) or kind
    return {"apiVersion": stored.api_version, "kind": stored.kind, **content}


def _parts(kind: Kind, subresource: str, old: Json, new: Json) -> Json:
    """Give the new object with everything that a path may not change taken from the old one."""
    if subresource == "status":
        result: dict[str, Any] = {key: value for key, value in old.items() if key != "status"}
        if "status" in new:
            result["status"] = new["status"]
        kept = old["metadata"]
        meta = dict(new["metadata"])
        if kind.custom is not None or kind.shelf == DEFINITIONS:
            written = {key: meta[key] for key in _GUARDS if key in meta}
            ours = ("managedFields", "resourceVersion", "uid")
            meta = {key: value for key, value in kept.items() if key not in ours} | written
        for field in _KEPT_BY_STATUS.get(kind.shelf, ()):
            meta.pop(field, None)
            meta.update({field: kept[field]} if field in kept else {})
        result["metadata"] = meta
        return result
    if subresource == "finalize":
        return {**old, "metadata": new["metadata"], "spec": new.get("spec") or {}}
    if kind.plural == "namespaces" and kind.group == "":
        new = {**new, "spec": old.get("spec") or {}}
    if "status" in kind.subresources:
        new = {key: value for key, value in new.items() if key != "status"}
        if "status" in old:
            new["status"] = old["status"]
    return new


def _finished(kind: Kind, content: Json) -> bool:
    """Tell whether nothing keeps an object that is being deleted any longer."""
    meta = content["metadata"]
    if not meta.get("deletionTimestamp") or meta.get("finalizers") or meta.get("deletionGracePeriodSeconds"):
        return False
    if kind.shelf == ("", "namespaces"):
        return not (content.get("spec") or {}).get("finalizers")
    return True
