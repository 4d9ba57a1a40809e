"""What controllers know of the cluster: every object they follow, as the last event showed it.

One thread feeds and reads it. Objects are shared and must not be changed: a
controller that wants another object sends one to the API server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sednactl.cluster.door import Change
from sednactl.sedna.belonging import owner_uids
from sednactl.sedna.resources import Resource

Json = dict[str, Any]
Place = tuple[str, str]
"""Namespace ("" for cluster-scoped kinds) and name."""


def place_of(item: Mapping[str, Any]) -> Place:
    """Give an object's namespace and name."""
    meta = item["metadata"]
    return meta.get("namespace", ""), meta["name"]


class World:
    """Objects by kind and place, by UID, and by their owners' UIDs."""

    def __init__(self) -> None:
        self._kinds: dict[Resource, dict[Place, Json]] = {}
        self._by_uid: dict[str, tuple[Resource, Place]] = {}
        self._owned: dict[str, set[str]] = {}

    def take(self, change: Change) -> Json | None:
        """Take in one change of a watch; gives the object as it was before, None where it was not known."""
        item = change.object
        if item is None:
            return None
        resource, place = change.selection.resource, place_of(item)
        known = self._kinds.setdefault(resource, {})
        before = known.pop(place, None)
        if before is not None:
            self._forget(before)
        if change.type == "deleted":
            return before if before is not None else item
        known[place] = item
        uid = item["metadata"]["uid"]
        self._by_uid[uid] = resource, place
        for owner in owner_uids(item):
            self._owned.setdefault(owner, set()).add(uid)
        return before

    def get(self, resource: Resource, namespace: str, name: str) -> Json | None:
        """Give one object, None where there is none."""
        return self._kinds.get(resource, {}).get((namespace, name))

    def all(self, resource: Resource, namespace: str | None = None) -> Iterator[Json]:
        """Give every object of a kind, of one namespace or of all (None)."""
        for (where, _), item in list(self._kinds.get(resource, {}).items()):
            if namespace is None or where == namespace:
                yield item

    def by_uid(self, uid: str) -> tuple[Resource, Json] | None:
        """Give the object with that UID and its kind, None where none is known."""
        found = self._by_uid.get(uid)
        if found is None:
            return None
        resource, place = found
        return resource, self._kinds[resource][place]

    def owned_by(self, uid: str) -> Iterator[tuple[Resource, Json]]:
        """Give every object that names this UID as an owner."""
        for one in sorted(self._owned.get(uid, ())):
            found = self.by_uid(one)
            if found is not None:
                yield found

    def _forget(self, item: Json) -> None:
        uid = item["metadata"]["uid"]
        self._by_uid.pop(uid, None)
        for owner in owner_uids(item):
            mine = self._owned.get(owner)
            if mine is not None:
                mine.discard(uid)
                if not mine:
                    del self._owned[owner]
