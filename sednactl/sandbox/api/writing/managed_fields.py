"""Who owns which fields: `metadata.managedFields`, read and written, and kept up on writes that are no apply."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from sednactl.sandbox.api.writing.comparing import compared
from sednactl.sandbox.api.writing.field_sets import (
    FieldSet,
    difference,
    intersection,
    recursive_difference,
    union,
)
from sednactl.sandbox.api.writing.structure import Structure

MOST_UPDATERS = 10
"""More managers that only update are merged into one, oldest first, as kube-apiserver does."""
ANCIENT = "ancient-changes"

NEVER_OWNED: FieldSet = {
    "f:apiVersion": {},
    "f:kind": {},
    "f:metadata": {
        ".": {},
        "f:name": {},
        "f:namespace": {},
        "f:creationTimestamp": {},
        "f:selfLink": {},
        "f:uid": {},
        "f:clusterName": {},
        "f:generation": {},
        "f:managedFields": {},
        "f:resourceVersion": {},
    },
}


@dataclass(frozen=True)
class Manager:
    """Who owns: a name, how it writes, and through which subresource. Appliers are one whatever their version."""

    name: str
    applies: bool
    subresource: str
    updates_in: str
    """The API version of its updates; "" for appliers."""


@dataclass(frozen=True)
class Ownership:
    """What one manager owns, in the words of which version, and since when (RFC 3339; None: not told)."""

    fields: FieldSet
    api_version: str
    time: str | None


Owners = dict[Manager, Ownership]


def owners_of(entries: Any) -> Owners:
    """Read `metadata.managedFields`; nothing when any entry makes no sense, as kube-apiserver does."""
    result: Owners = {}
    for entry in entries or ():
        if not isinstance(entry, dict) or entry.get("operation") not in ("Apply", "Update"):
            return {}
        if not entry.get("apiVersion") or entry.get("fieldsType") != "FieldsV1":
            return {}
        applies = entry["operation"] == "Apply"
        manager = Manager(
            entry.get("manager", ""),
            applies,
            entry.get("subresource", ""),
            "" if applies else entry["apiVersion"],
        )
        result[manager] = Ownership(entry.get("fieldsV1") or {}, entry["apiVersion"], entry.get("time"))
    return result


def entries_of(owners: Owners) -> list[dict[str, Any]]:
    """Write owners as `metadata.managedFields`: appliers first, then by time and name."""
    found = sorted(
        owners.items(),
        key=lambda pair: (
            not pair[0].applies,
            pair[1].time or "",
            pair[0].name,
            pair[1].api_version,
            pair[0].subresource,
        ),
    )
    result = []
    for manager, ownership in found:
        entry: dict[str, Any] = {
            "manager": manager.name,
            "operation": "Apply" if manager.applies else "Update",
            "apiVersion": ownership.api_version,
        }
        if ownership.time is not None:
            entry["time"] = ownership.time
        entry["fieldsType"] = "FieldsV1"
        entry["fieldsV1"] = ownership.fields
        if manager.subresource:
            entry["subresource"] = manager.subresource
        result.append(entry)
    return result


def without_managed_fields(obj: dict[str, Any]) -> dict[str, Any]:
    """Give the object with a copy of its metadata that says nothing of managers."""
    metadata = obj.get("metadata")
    if not isinstance(metadata, dict) or "managedFields" not in metadata:
        return obj
    return {**obj, "metadata": {key: item for key, item in metadata.items() if key != "managedFields"}}


def with_managed_fields(obj: dict[str, Any], owners: Owners) -> dict[str, Any]:
    """Give the object with these owners in its metadata."""
    result = dict(without_managed_fields(obj))
    if owners:
        result["metadata"] = {**(result.get("metadata") or {}), "managedFields": entries_of(owners)}
    return result


def track_update(
    old: dict[str, Any] | None,
    new: dict[str, Any],
    *,
    manager: str,
    structure: Structure,
    now: datetime,
    subresource: str = "",
) -> dict[str, Any]:
    """Give `new` with managedFields that say what this create, update or patch by `manager` changed.

    `old` is the stored object, None for a create. The time of an entry moves only when its manager
    took a field; an update that changes nothing gives the managedFields that `old` has.
    """
    owners = _starting_owners(old, new, subresource)
    if not owners and old is not None:
        return without_managed_fields(
            new
        )  # an object whose owners nobody tracks stays so until it is applied
    before = structure.empty if old is None else without_managed_fields(old)
    changed, removed = changes(structure, before, without_managed_fields(new), subresource)
    owners = others_after(owners, changed, removed)
    taken = difference(changed, NEVER_OWNED)
    if taken:
        me = Manager(manager, False, subresource, structure.api_version)
        mine = owners.get(me)
        owners[me] = Ownership(
            union(taken, mine.fields) if mine else taken, structure.api_version, timestamp(now)
        )
        owners = _few(owners)
    return unless_only_times(old, with_managed_fields(new, owners))


def unless_only_times(old: dict[str, Any] | None, new: dict[str, Any]) -> dict[str, Any]:
    """Give `new`, or `old` when they differ in nothing but the times in managedFields."""
    if old is None or old == new or without_managed_fields(old) != without_managed_fields(new):
        return new
    return old if _timeless(old) == _timeless(new) else new


def _timeless(obj: dict[str, Any]) -> list[dict[str, Any]]:
    entries = [
        {key: item for key, item in entry.items() if key != "time"}
        for entry in obj["metadata"].get("managedFields", ())
    ]
    return sorted(entries, key=lambda entry: (entry["manager"], entry["operation"], entry["apiVersion"]))


def changes(
    structure: Structure, old: dict[str, Any], new: dict[str, Any], subresource: str
) -> tuple[FieldSet, FieldSet]:
    """Give what a write changes and removes, without what this subresource never writes."""
    changed, removed = compared(structure.root, old, new)
    reset = structure.reset.get(subresource, {})
    return recursive_difference(changed, reset), recursive_difference(removed, reset)


def others_after(
    owners: Owners, changed: FieldSet, removed: FieldSet, besides: Manager | None = None
) -> Owners:
    """Give the owners after somebody changed and removed these fields; `besides` keeps all it has."""
    result: Owners = {}
    for manager, ownership in owners.items():
        if manager == besides:
            result[manager] = ownership
            continue
        left = ownership.fields
        taken = intersection(left, changed)
        if taken:
            left = difference(left, taken)
        if removed:
            left = difference(left, removed)
        if left:
            result[manager] = ownership if left is ownership.fields else replace(ownership, fields=left)
    return result


def timestamp(now: datetime) -> str:
    """Give a moment as the API writes it, in whole seconds."""
    return now.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _starting_owners(old: dict[str, Any] | None, new: dict[str, Any], subresource: str) -> Owners:
    """Give the owners to begin with: those the request carries, else the stored ones; none when it resets them."""
    stored = owners_of((old or {}).get("metadata", {}).get("managedFields"))
    if subresource:
        return stored
    sent = (new.get("metadata") or {}).get("managedFields")
    if sent == [] or sent == [{}]:
        return {}
    return owners_of(sent) or stored


def _few(owners: Owners) -> Owners:
    updaters = sorted(
        (manager for manager in owners if not manager.applies),
        key=lambda manager: (owners[manager].time or "", manager.name, manager.subresource),
    )
    surplus = len(updaters) - MOST_UPDATERS
    if surplus <= 0:
        return owners
    result = dict(owners)
    first: dict[str, Manager] = {}
    for manager in updaters:
        if surplus <= 0:
            break
        version = result[manager].api_version
        if version not in first:
            first[version] = manager
            continue
        bucket = Manager(ANCIENT, False, "", version)
        if bucket not in result:
            result[bucket] = result.pop(first[version])
        mine = result.pop(manager) if manager != bucket else result[manager]
        result[bucket] = Ownership(union(mine.fields, result[bucket].fields), version, mine.time)
        surplus -= 1
    return result
