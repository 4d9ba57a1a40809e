"""The garbage collector: what belongs to nobody any more goes, by the owners' UIDs.

Rules as in Kubernetes' garbage collector. An owner is absent when no object of
its kind, name and UID lives; that is read from the API server before anything is
deleted. An owner whose kind cannot be mapped keeps its children for ever: so the
ghosts of Sedna before 0.7 stay, whose owner kind `JointInference` is none.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sednactl.cluster.door import Change, Cluster, Propagation
from sednactl.errors import ClusterError, NotFound
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.owner_kinds import OwnerKinds
from sednactl.sandbox.controllers.world import Json, World
from sednactl.sandbox.controllers.writing import Writer
from sednactl.sedna.belonging import owner_references, owner_uids
from sednactl.sedna.resources import CRD, EVENT, NODE_METRICS, POD_METRICS, Resource

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"

_IGNORED = (EVENT, POD_METRICS, NODE_METRICS)
_MOST_ABSENT = 20_000


@dataclass
class _Owners:
    """An object's owner references by what became of the owners."""

    solid: list[Json] = field(default_factory=list)
    dangling: list[Json] = field(default_factory=list)
    waiting: list[Json] = field(default_factory=list)
    """Owners that are deleted in the foreground and wait for their dependents."""


class GarbageCollector:
    """Deletes, orphans and waits as deletions and their propagation policies ask.

    Follows every kind that can be listed and deleted, those of CRDs as they come.
    """

    name = "garbage-collector"

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._writer = Writer(cluster, clock, self.name)
        self._kinds = OwnerKinds(cluster)
        self._absent: dict[str, None] = {}
        self._unmapped: dict[str, None] = {}
        self.follows: Sequence[Resource] = self._followed()

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Give the UIDs to look at: an object whose owners may be absent, dependents of one that goes, owners that wait."""
        item = change.object
        if item is None:
            return
        if change.selection.resource == CRD:
            yield CRD.plural
        uid = item["metadata"]["uid"]
        if change.type == "deleted":
            for owner in owner_uids(before or item):
                if _waits(world, owner):
                    yield owner
            yield from (dependent["metadata"]["uid"] for _, dependent in world.owned_by(uid))
            return
        if "deletionTimestamp" in item["metadata"]:
            if _has(item, FOREGROUND) or _has(item, ORPHAN):
                yield uid
        elif any(_suspect(world, owner) for owner in owner_uids(item)):
            yield uid
        if before is not None:  # a reference that was let go may be what an owner waited for
            for owner in owner_uids(before):
                if _waits(world, owner) and not _blocks(item, owner):
                    yield owner

    def look(self, key: Any, world: World) -> float | None:
        """Do what one object's owners, or its own deletion, ask for."""
        if key == CRD.plural:
            return self._learn_kinds(world)
        found = world.by_uid(key)
        if found is None:
            return None
        resource, item = found
        if "deletionTimestamp" not in item["metadata"]:
            self._collect(resource, item, world)
        elif _has(item, ORPHAN):
            self._orphan(resource, item, world)
        elif _has(item, FOREGROUND):
            self._wait_for_dependents(resource, item, world)
        return None

    def _followed(self) -> tuple[Resource, ...]:
        kinds = [kind for kind in self._kinds.deletable() if kind not in _IGNORED]
        return tuple(dict.fromkeys([*kinds, CRD]))

    def _learn_kinds(self, world: World) -> float | None:
        """Read anew what is served; objects whose owners' kinds could not be mapped are looked at again."""
        self._kinds.forget()
        self.follows = self._followed()
        for uid in list(self._unmapped):
            try:
                del self._unmapped[uid]
                self.look(uid, world)
            except ClusterError:
                self._unmapped[uid] = None
                raise
        return None

    def _collect(self, resource: Resource, item: Json, world: World) -> None:
        if not any(_suspect(world, owner) for owner in owner_uids(item)):
            return
        latest = self._read(resource, item, world)
        if latest is None or "deletionTimestamp" in latest["metadata"]:
            return
        owners = self._classify(latest)
        if owners is None or not (owners.dangling or owners.waiting):
            return
        uid = item["metadata"]["uid"]
        if owners.solid:
            gone = {each["uid"] for each in [*owners.dangling, *owners.waiting]}
            self._drop_references(resource, latest, gone, world)
        elif owners.waiting and any(True for _ in world.owned_by(uid)):
            if any(_has(dependent, FOREGROUND) for _, dependent in world.owned_by(uid)):
                # Perhaps a circle of objects that wait for each other: nobody is to wait for this one.
                latest = self._unblock(resource, latest, world)
            self._writer.delete(world, resource, latest, "Foreground")
        else:
            self._writer.delete(world, resource, latest, _policy(latest))

    def _classify(self, item: Json) -> _Owners | None:
        """Sort an object's owners; None where that cannot be done, which keeps the object."""
        owners = _Owners()
        namespace = item["metadata"].get("namespace")
        for reference in owner_references(item):
            if reference["uid"] in self._absent:
                owners.dangling.append(reference)
                continue
            kind = self._kinds.find(str(reference.get("apiVersion", "")), str(reference.get("kind", "")))
            if kind is None or (kind.namespaced and not namespace):
                self._unmapped[item["metadata"]["uid"]] = None
                return None
            owner = self._find(kind, reference["name"], namespace)
            if owner is None or owner["metadata"]["uid"] != reference["uid"]:
                self._note_absent(reference["uid"])
                owners.dangling.append(reference)
            elif "deletionTimestamp" in owner["metadata"] and _has(owner, FOREGROUND):
                owners.waiting.append(reference)
            else:
                owners.solid.append(reference)
        return owners

    def _wait_for_dependents(self, resource: Resource, item: Json, world: World) -> None:
        uid = item["metadata"]["uid"]
        blocking = False
        for kind, dependent in world.owned_by(uid):
            blocking = blocking or _blocks(dependent, uid)
            if "deletionTimestamp" not in dependent["metadata"]:
                self._collect(kind, dependent, world)
        if not blocking:
            self._remove_finalizer(resource, item, FOREGROUND, world)

    def _orphan(self, resource: Resource, item: Json, world: World) -> None:
        uid = item["metadata"]["uid"]
        for kind, dependent in list(world.owned_by(uid)):
            latest = self._read(kind, dependent, world)
            if latest is not None:
                self._drop_references(kind, latest, {uid}, world)
        self._remove_finalizer(resource, item, ORPHAN, world)

    def _drop_references(self, resource: Resource, item: Json, uids: set[str], world: World) -> None:
        references = [each for each in owner_references(item) if each["uid"] not in uids]
        if len(references) != len(owner_references(item)):
            self._write_meta(resource, item, {"ownerReferences": references or None}, world)

    def _unblock(self, resource: Resource, item: Json, world: World) -> Json:
        references = [{**each, "blockOwnerDeletion": False} for each in owner_references(item)]
        return self._write_meta(resource, item, {"ownerReferences": references}, world) or item

    def _remove_finalizer(self, resource: Resource, item: Json, finalizer: str, world: World) -> None:
        latest = self._read(resource, item, world)
        if latest is not None and _has(latest, finalizer):
            left = [each for each in latest["metadata"]["finalizers"] if each != finalizer]
            self._write_meta(resource, latest, {"finalizers": left or None}, world)

    def _write_meta(self, resource: Resource, item: Json, meta: Json, world: World) -> Json | None:
        # With the resourceVersion, as a merge patch replaces the whole list.
        bound = {**meta, "resourceVersion": item["metadata"]["resourceVersion"]}
        try:
            return self._writer.patch(world, resource, item, {"metadata": bound})
        except NotFound:
            world.removed(resource, item)
            return None

    def _read(self, resource: Resource, item: Json, world: World) -> Json | None:
        """Give an object as the API server has it now, None where that very object is gone."""
        meta = item["metadata"]
        latest = self._find(resource, meta["name"], meta.get("namespace"))
        if latest is None or latest["metadata"]["uid"] != meta["uid"]:
            world.removed(resource, item)
            return None
        world.wrote(resource, latest)
        return latest

    def _find(self, resource: Resource, name: str, namespace: str | None) -> Json | None:
        try:
            return self._cluster.find(resource, name, namespace if resource.namespaced else None)
        except NotFound:  # the kind itself went
            return None

    def _note_absent(self, uid: str) -> None:
        # A UID never comes back, so this saves a request for every further dependent.
        self._absent[uid] = None
        while len(self._absent) > _MOST_ABSENT:
            del self._absent[next(iter(self._absent))]


def _suspect(world: World, owner: str) -> bool:
    """Tell whether an owner is not known to live, or waits for its dependents to go."""
    found = world.by_uid(owner)
    return found is None or _waits(world, owner)


def _waits(world: World, uid: str) -> bool:
    found = world.by_uid(uid)
    return found is not None and "deletionTimestamp" in found[1]["metadata"] and _has(found[1], FOREGROUND)


def _has(item: Json, finalizer: str) -> bool:
    return finalizer in (item["metadata"].get("finalizers") or ())


def _blocks(item: Json, owner: str) -> bool:
    return any(each["uid"] == owner and each.get("blockOwnerDeletion") for each in owner_references(item))


def _policy(item: Json) -> Propagation:
    """Give how a collected object is deleted: as its own finalizers ask, else in the background."""
    if _has(item, ORPHAN):
        return "Orphan"
    return "Foreground" if _has(item, FOREGROUND) else "Background"
