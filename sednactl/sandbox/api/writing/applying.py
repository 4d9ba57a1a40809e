"""Server-side apply: merge what a manager wants, take away what it no longer wants, refuse what others own.

The order of things is that of structured-merge-diff, by which kube-apiserver applies.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sednactl.sandbox.api.refusal import Cause, Refusal
from sednactl.sandbox.api.writing.comparing import fields_of
from sednactl.sandbox.api.writing.decoding import Reading, Undecodable
from sednactl.sandbox.api.writing.defaulting import with_defaults, with_defaults_beside_nulls
from sednactl.sandbox.api.writing.field_sets import (
    FieldSet,
    difference,
    intersection,
    paths_of,
    recursive_difference,
    union,
    with_named_fields,
)
from sednactl.sandbox.api.writing.last_applied import (
    KUBECTL,
    fields_applied_by_client,
    with_annotation_kept_up,
)
from sednactl.sandbox.api.writing.managed_fields import (
    NEVER_OWNED,
    Manager,
    Owners,
    Ownership,
    changes,
    others_after,
    owners_of,
    timestamp,
    track_update,
    unless_only_times,
    with_managed_fields,
    without_managed_fields,
)
from sednactl.sandbox.api.writing.merging import merged, without
from sednactl.sandbox.api.writing.structure import Node, Structure
from sednactl.sandbox.api.writing.typing_applied import check_applied

BEFORE = "before-first-apply"


def server_side_apply(
    live: dict[str, Any] | None,
    applied: dict[str, Any],
    *,
    manager: str,
    force: bool,
    structure: Structure,
    now: datetime,
    subresource: str = "",
) -> dict[str, Any]:
    """Give the object after `manager` applied a configuration, with managedFields; defaults are filled in.

    `live` is None where nothing is there yet. When nothing changes, the result equals `live`. Raises
    Refusal: Conflict for fields of others (unless `force`), BadRequest for a configuration that
    carries managedFields or another version, and one without a reason where it does not fit the kind.
    """
    if applied.get("apiVersion") != structure.api_version:
        raise Refusal(
            "BadRequest",
            "Incorrect version specified in apply patch. "
            f"Specified patch version: {applied.get('apiVersion')}, expected: {structure.api_version}",
        )
    metadata = applied.get("metadata")
    if isinstance(metadata, dict) and metadata.get("managedFields") is not None:
        raise Refusal("BadRequest", "metadata.managedFields must be nil")
    check_applied(applied, structure)
    root = structure.root
    if live is None:
        owners: Owners = {}
        before = dict(structure.empty)
    else:
        owners = owners_of(live["metadata"].get("managedFields"))
        before = without_managed_fields(live)
        if not owners:
            tracked = track_update(None, before, manager=BEFORE, structure=structure, now=now)
            owners = owners_of(tracked["metadata"].get("managedFields"))
    me = Manager(manager, True, subresource, "")
    last = owners.get(me)
    wanted = recursive_difference(fields_of(root, applied), structure.reset.get(subresource, {}))
    owners[me] = Ownership(wanted, structure.api_version, last.time if last else None)
    after = merged(root, before, applied)
    if last is not None and difference(last.fields, wanted):
        after = _pruned(root, after, owners, last.fields)
    changed, removed = changes(structure, before, after, subresource)
    if not force:
        allowed = fields_applied_by_client(before, structure) if manager == KUBECTL else {}
        _refuse_conflicts(owners, changed, me, allowed)
    owners = others_after(owners, changed, removed, besides=me)
    unchanged = live is not None and after == before
    mine = difference(wanted, NEVER_OWNED)
    if mine:
        time = owners[me].time if unchanged else timestamp(now)
        owners[me] = Ownership(mine, structure.api_version, time)
    else:
        owners.pop(me, None)
    if not unchanged:
        after = _completed(after, structure)
    if manager == KUBECTL:
        before, after = with_annotation_kept_up(before, applied), with_annotation_kept_up(after, applied)
    return unless_only_times(live, with_managed_fields(before if unchanged else after, owners))


def _pruned(root: Node, after: dict[str, Any], owners: Owners, last: FieldSet) -> dict[str, Any]:
    """Take away what the manager applied last time and nobody claims now."""
    last = with_named_fields(root, last)
    cut = without(root, after, last) or {}
    claimed: FieldSet = {}
    for ownership in owners.values():
        claimed = union(claimed, ownership.fields)
    everything = with_named_fields(root, fields_of(root, after))
    kept = union(with_named_fields(root, fields_of(root, cut)), with_named_fields(root, claimed))
    cut = without(root, after, difference(everything, kept)) or {}
    gone = difference(everything, with_named_fields(root, fields_of(root, cut)))
    result: dict[str, Any] = without(root, after, intersection(gone, last)) or {}
    return result


def _completed(after: dict[str, Any], structure: Structure) -> dict[str, Any]:
    """Give the merged object as the API server would hold it, with defaults.

    Go types hold no nulls and spell quantities their own way. Of a custom object that is true of the
    metadata alone: what the merge left empty elsewhere stays null, for its schema to judge.
    """
    reading = Reading()
    try:
        if structure.builtin:
            return with_defaults(reading.object(structure.root, after), structure)
        metadata = reading.object(structure.root.fields["metadata"], after.get("metadata") or {})
    except Undecodable as error:
        raise Refusal("", f"failed to convert new typed object to object: {error}") from None
    return with_defaults_beside_nulls({**after, "metadata": metadata}, structure)


def _refuse_conflicts(owners: Owners, changed: FieldSet, me: Manager, allowed: FieldSet) -> None:
    """Refuse to change what others own; `allowed` may be taken from anybody."""
    conflicts: list[tuple[str, str]] = []
    for manager, ownership in owners.items():
        if manager == me:
            continue
        taken = difference(intersection(ownership.fields, changed), allowed)
        if taken:
            words = _described(manager, ownership)
            conflicts += [(words, path) for path in paths_of(taken)]
    if not conflicts:
        return
    causes = [Cause("FieldManagerConflict", f"conflict with {words}", path) for words, path in conflicts]
    if len(conflicts) == 1:
        words, path = conflicts[0]
        raise Refusal(
            "Conflict", f"Apply failed with 1 conflict: conflict with {words}: {path}", causes=causes
        )
    grouped: dict[str, list[str]] = {}
    for words, path in conflicts:
        grouped.setdefault(words, []).append(path)
    lines = []
    for words in sorted(grouped):
        lines.append(f"conflicts with {words}:")
        lines += [f"- {path}" for path in grouped[words]]
    raise Refusal(
        "Conflict", f"Apply failed with {len(conflicts)} conflicts: " + "\n".join(lines), causes=causes
    )


def _described(manager: Manager, ownership: Ownership) -> str:
    words = f'"{manager.name}"'
    if manager.subresource:
        words += f' with subresource "{manager.subresource}"'
    return words if manager.applies else f"{words} using {ownership.api_version}"
