"""What controllers know of the cluster: every object they follow, as the last event or write showed it.

One thread feeds and reads it. Objects are shared and must not be changed: a
controller that wants another object sends one to the API server, and what the
API server answers is known here at once (`wrote`, `removed`). So no controller
does anything twice because a watch is late; the watch's own word of that write
then tells nothing new and is dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sednactl.cluster.door import Change, Selection
from sednactl.cluster.label_selectors import Selector, selects
from sednactl.sedna.belonging import owner_uids
from sednactl.sedna.resources import POD, REPLICA_SET, Resource

Json = dict[str, Any]
Place = tuple[str, str]
"""Namespace ("" for cluster-scoped kinds) and name."""

_MOST_TOMBSTONES = 20_000
_NODE = "spec.nodeName"
"""Kept among the labels, under a namespace that none has."""


def place_of(item: Mapping[str, Any]) -> Place:
    """Give an object's namespace and name."""
    meta = item["metadata"]
    return meta.get("namespace", ""), meta["name"]


@dataclass(frozen=True)
class Step:
    """One change that told something new; `before` is the object as it was, None where it was not known."""

    change: Change
    before: Json | None


class World:
    """Objects by kind and place, by UID, by their owners' UIDs and, for some kinds, by their labels."""

    def __init__(self, labelled: Collection[Resource] = (POD, REPLICA_SET)) -> None:
        self._labelled = frozenset(labelled)
        self._kinds: dict[Resource, dict[str, dict[str, Json]]] = {}
        self._counts: dict[Resource, int] = {}
        self._by_uid: dict[str, tuple[Resource, Place]] = {}
        self._owned: dict[str, dict[str, None]] = {}
        self._labels: dict[tuple[Resource, str, str, str], dict[str, None]] = {}
        self._buried: dict[str, None] = {}
        self._news: list[Step] = []

    def take(self, change: Change) -> Step | None:
        """Take in one change of a watch; None where it tells nothing that is not known already.

        Who wrote which field is left out of what is kept, as it is more than half of
        most objects; an API server keeps it where an update does not carry it.
        """
        item = change.object
        if item is None:
            return None
        item["metadata"].pop("managedFields", None)
        resource, place, uid = change.selection.resource, place_of(item), item["metadata"]["uid"]
        known = self.get(resource, *place)
        same = known is not None and known["metadata"]["uid"] == uid
        if change.type == "deleted":
            self._buried.pop(uid, None)
            if known is None or not same:
                return None
            self._forget(resource, known)
            return Step(change, known)
        if uid in self._buried or (known is not None and _older(item, known)):
            return None
        if known is not None:
            self._forget(resource, known)
            if not same:  # the end of the one before it was not heard of yet
                self._news.append(Step(Change("deleted", change.selection, known), known))
        self._remember(resource, item)
        return Step(change, known if same else None)

    def wrote(self, resource: Resource, item: Json) -> None:
        """Take in what the API server made of a write."""
        step = self.take(Change("modified", Selection(resource), item))
        if step is not None:
            self._news.append(step)

    def removed(self, resource: Resource, item: Json) -> None:
        """Take in that an object is gone, as the API server said when it was deleted."""
        place, uid = place_of(item), item["metadata"]["uid"]
        known = self.get(resource, *place)
        if known is None or known["metadata"]["uid"] != uid:
            return
        self._forget(resource, known)
        self._buried[uid] = None
        while len(self._buried) > _MOST_TOMBSTONES:
            del self._buried[next(iter(self._buried))]
        self._news.append(Step(Change("deleted", Selection(resource), known), known))

    def news(self) -> list[Step]:
        """Give, once, what changed beside what `take` gave: own writes, and ends that nobody told."""
        news, self._news = self._news, []
        return news

    def get(self, resource: Resource, namespace: str, name: str) -> Json | None:
        """Give one object, None where there is none."""
        places = self._kinds.get(resource)
        return places.get(namespace, {}).get(name) if places else None

    def all(self, resource: Resource, namespace: str | None = None) -> Iterator[Json]:
        """Give every object of a kind, of one namespace or of all (None)."""
        places = self._kinds.get(resource, {})
        for items in list(places.values()) if namespace is None else [places.get(namespace, {})]:
            yield from list(items.values())

    def count(self, resource: Resource) -> int:
        """Give how many objects of a kind there are."""
        return self._counts.get(resource, 0)

    def by_uid(self, uid: str) -> tuple[Resource, Json] | None:
        """Give the object with that UID and its kind, None where none is known."""
        found = self._by_uid.get(uid)
        if found is None:
            return None
        resource, (namespace, name) = found
        return resource, self._kinds[resource][namespace][name]

    def owned_by(self, uid: str, resource: Resource | None = None) -> Iterator[tuple[Resource, Json]]:
        """Give every object, of one kind or of any, that names this UID as an owner."""
        for one in list(self._owned.get(uid, ())):
            found = self.by_uid(one)
            if found is not None and (resource is None or found[0] == resource):
                yield found

    def selected(self, resource: Resource, namespace: str, selector: Selector) -> list[Json]:
        """Give the objects of a namespace whose labels a selector selects; fast for kinds indexed by label."""
        if resource in self._labelled and selector.equal:
            sets = [self._labels.get((resource, namespace, key, value), {}) for key, value in selector.equal]
            candidates = (self.by_uid(uid) for uid in min(sets, key=len))
            items = [found[1] for found in candidates if found is not None]
        else:
            items = list(self.all(resource, namespace))
        return [item for item in items if selects(selector, item["metadata"].get("labels"))]

    def on_node(self, node: str) -> list[Json]:
        """Give the pods that are bound to a node."""
        entry = (POD, "", _NODE, node)
        found = (self.by_uid(uid) for uid in list(self._labels.get(entry, ())))
        return [each[1] for each in found if each is not None]

    def _remember(self, resource: Resource, item: Json) -> None:
        meta = item["metadata"]
        place, uid = place_of(item), meta["uid"]
        self._kinds.setdefault(resource, {}).setdefault(place[0], {})[place[1]] = item
        self._counts[resource] = self._counts.get(resource, 0) + 1
        self._by_uid[uid] = resource, place
        for owner in owner_uids(item):
            self._owned.setdefault(owner, {})[uid] = None
        for entry in self._label_entries(resource, item):
            self._labels.setdefault(entry, {})[uid] = None

    def _forget(self, resource: Resource, item: Json) -> None:
        uid = item["metadata"]["uid"]
        namespace, name = place_of(item)
        items = self._kinds[resource][namespace]
        del items[name]
        if not items:
            del self._kinds[resource][namespace]
        self._counts[resource] -= 1
        self._by_uid.pop(uid, None)
        for owner in owner_uids(item):
            _drop(self._owned, owner, uid)
        for entry in self._label_entries(resource, item):
            _drop(self._labels, entry, uid)

    def _label_entries(self, resource: Resource, item: Json) -> Iterator[tuple[Resource, str, str, str]]:
        if resource in self._labelled:
            meta = item["metadata"]
            for key, value in (meta.get("labels") or {}).items():
                yield resource, meta.get("namespace", ""), key, value
        if resource == POD and (node := item.get("spec", {}).get("nodeName")):
            yield POD, "", _NODE, node


def _drop(index: dict[Any, dict[str, None]], entry: Any, uid: str) -> None:
    members = index.get(entry)
    if members is not None:
        members.pop(uid, None)
        if not members:
            del index[entry]


def _older(item: Json, known: Json) -> bool:
    """Tell whether an object is no newer than the known one of its name (resourceVersions count up)."""
    version, last = item["metadata"].get("resourceVersion", ""), known["metadata"].get("resourceVersion", "")
    if version.isdecimal() and last.isdecimal():
        return int(version) <= int(last)
    return bool(version == last) and item["metadata"]["uid"] == known["metadata"]["uid"]
