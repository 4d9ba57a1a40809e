"""delete and deletecollection: who is asked first, what waits, and what goes at once.

Nothing here deletes dependents: a finalizer (foreground, orphan) or nothing at
all is left behind, and the garbage controller acts on it, as in Kubernetes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sednactl.sandbox.api.builtin_rules import after_removal
from sednactl.sandbox.api.custom_kinds import DEFINITIONS
from sednactl.sandbox.api.definitions import defined_shelf, finish_if_empty, terminating
from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.metadata import conflict
from sednactl.sandbox.api.namespaces import NAMESPACES, check_deletable
from sednactl.sandbox.api.options import DeleteOptions, delete_options
from sednactl.sandbox.api.paths import Target
from sednactl.sandbox.api.presenting import form_of, plain_list, typed
from sednactl.sandbox.api.reading import selected
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.requests import Answer, Request, answer_json
from sednactl.sandbox.api.state import State, not_found
from sednactl.sandbox.api.text import Json, read_time, written

ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"
_DEFAULT_GRACE = 30


def delete(state: State, target: Target, request: Request) -> Answer:
    """Delete one object, or begin to."""
    form_of(request)
    kind, options = target.kind, delete_options(request)
    check_deletable(kind, target.name)
    gone, content = delete_object(state, kind, target.namespace, target.name, options)
    if not gone or kind.deletion_gives_object:
        return answer_json(typed(kind, content))
    meta = content["metadata"]
    details = {"name": meta["name"], "group": kind.group, "kind": kind.plural, "uid": meta["uid"]}
    return answer_json(
        {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Success",
            "details": {key: value for key, value in details.items() if value},
        }
    )


def delete_collection(state: State, target: Target, request: Request) -> Answer:
    """Delete every object that selectors select; gives those that there were."""
    kind, options, selection = target.kind, delete_options(request), selected(target, request)
    options = replace(options, uid=None, resource_version=None)
    versions, revision = state.store.list(kind.shelf, target.namespace)
    found = [version for version in versions if selection.holds(version)]
    for version in found:
        with state.store.lock:
            if state.find(kind, version.namespace, version.name) is not None:
                delete_object(state, kind, version.namespace, version.name, options)
    return Answer(200, plain_list(kind, found, {"resourceVersion": str(revision)}))


def delete_object(
    state: State, kind: Kind, namespace: str, name: str, options: DeleteOptions
) -> tuple[bool, Json]:
    """Delete an object or mark it as being deleted; gives whether it is gone, and its last state.

    Raises Refusal NotFound, and Conflict where a precondition does not hold.
    """
    with state.store.lock:
        found = state.find(kind, namespace, name)
        if found is None:
            raise not_found(kind, name)
        content = found.object()
        meta = content["metadata"]
        _check(kind, meta, options)
        if kind.shelf == DEFINITIONS:
            return _delete_definition(state, kind, content, options)
        before = found.object()
        finalizers = _finalizers(meta.get("finalizers") or [], options)
        grace = _grace(kind, content, options)
        if finalizers:
            meta["finalizers"] = finalizers
        else:
            meta.pop("finalizers", None)
        held = bool(finalizers) or _held_namespace(kind, content)
        if not held and not grace:
            if meta.get("deletionGracePeriodSeconds"):
                _mark(state, kind, content, 0)
            if not options.dry_run:
                remove_object(state, kind, content)
            return True, content
        _mark(state, kind, content, grace)
        if content != before and not options.dry_run:
            state.put(kind, content)
        return False, content


def remove_object(state: State, kind: Kind, content: Json) -> None:
    """Take an object away, with all that follows from that. The store's lock must be held."""
    state.remove(kind, content)
    after_removal(state, kind, content)
    if kind.custom is not None:
        finish_if_empty(state, kind.shelf)


def _check(kind: Kind, meta: Json, options: DeleteOptions) -> None:
    for what, field, asked, happened in (
        ("UID", "uid", options.uid, "deleted and then recreated"),
        ("ResourceVersion", "resourceVersion", options.resource_version, "modified"),
    ):
        if asked is not None and asked != meta[field]:
            raise _another(kind, meta["name"], what, asked, meta[field], happened)


def _another(kind: Kind, name: str, what: str, asked: str, there: str, happened: str) -> Refusal:
    """Give the 409 for an object that is not the one that was meant."""
    if kind.shelf == DEFINITIONS:
        return conflict(
            kind,
            name,
            f"Precondition failed: {what} in precondition: {asked}, {what} in object meta: {there}",
        )
    return Refusal(
        "Conflict",
        f'Operation cannot be fulfilled on {kind.full_kind} "{name}": the {what} in the precondition ({asked}) '
        f"does not match the {what} in record ({there}). The object might have been {happened}",
        name=name,
        group=kind.group,
        kind=kind.kind,
    )


def _finalizers(now: list[str], options: DeleteOptions) -> list[str]:
    """Give the finalizers that a deletion leaves: those for the garbage controller follow its policy."""
    policy = options.propagation
    if not policy:
        return now
    kept = [one for one in now if one not in (ORPHAN, FOREGROUND)]
    if policy == "Orphan":
        return [*kept, ORPHAN]
    if policy == "Foreground":
        return [*kept, FOREGROUND]
    return kept


def _grace(kind: Kind, content: Json, options: DeleteOptions) -> int:
    """Give the seconds that are left to a pod to end by itself; 0 for everything else."""
    if kind.shelf != ("", "pods"):
        return 0
    meta, spec = content["metadata"], content.get("spec") or {}
    if meta.get("deletionTimestamp"):
        current = int(meta.get("deletionGracePeriodSeconds") or 0)
        asked = options.grace_seconds
        return current if asked is None else min(current, max(asked, 0) if asked >= 0 else 1)
    if not spec.get("nodeName") or (content.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
        return 0
    if options.grace_seconds is not None:
        return options.grace_seconds if options.grace_seconds >= 0 else 1
    return int(spec.get("terminationGracePeriodSeconds", _DEFAULT_GRACE))


def _mark(state: State, kind: Kind, content: Json, grace: int) -> None:
    """Write into an object that it is being deleted."""
    meta = content["metadata"]
    begun = read_time(meta.get("deletionTimestamp"))
    if begun is None:
        meta["deletionTimestamp"] = written(state.clock.now() + timedelta(seconds=grace))
        if meta.get("generation"):
            meta["generation"] += 1
    elif meta.get("deletionGracePeriodSeconds"):
        earlier = timedelta(seconds=int(meta["deletionGracePeriodSeconds"]) - grace)
        meta["deletionTimestamp"] = written(begun - earlier)
    meta["deletionGracePeriodSeconds"] = grace
    if kind.shelf == NAMESPACES:
        meta.pop("deletionGracePeriodSeconds")
        content["status"] = {**(content.get("status") or {}), "phase": "Terminating"}


def _held_namespace(kind: Kind, content: Json) -> bool:
    return kind.shelf == NAMESPACES and bool((content.get("spec") or {}).get("finalizers"))


def _delete_definition(state: State, kind: Kind, content: Json, options: DeleteOptions) -> tuple[bool, Json]:
    if content["metadata"].get("deletionTimestamp"):
        return False, content
    marked = terminating(state, content)
    marked["metadata"]["deletionTimestamp"] = state.now()
    marked["metadata"]["finalizers"] = _finalizers(marked["metadata"]["finalizers"], options)
    if options.dry_run:
        return False, marked
    state.put(kind, marked)
    shelf = defined_shelf(marked)
    state.catalog.leaving.add(shelf)
    custom = state.catalog.storage_kind(shelf)
    if custom is not None:
        for version in state.store.list(shelf)[0]:
            delete_object(state, custom, version.namespace, version.name, DeleteOptions())
    finish_if_empty(state, shelf)
    return False, marked
