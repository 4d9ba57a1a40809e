"""Who belongs to a workload: by owner reference and UID, never by name alone.

Names prove nothing: a Service `a-cloud` may be anybody's, and a ghost carries
the name of the workload that replaced it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal

from sednactl.records import Record
from sednactl.sedna.belonging import label_uids, labels_of, owner_uids
from sednactl.sedna.kinds import BY_KIND, SednaKind
from sednactl.sedna.naming import fixed_names

Json = dict[str, Any]
Link = Literal["owned", "unowned", "ghost", "foreign"]


class Family(Record):
    """A workload and every object that is, or could be taken for, its child.

    `unreadable` are the kinds of children that could not be listed.
    """

    kind: SednaKind
    workload: Json
    objects: tuple[Json, ...] = ()
    unreadable: frozenset[str] = frozenset()

    @property
    def uid(self) -> str:
        """Give the workload's UID."""
        return str(self.workload["metadata"].get("uid", ""))

    @property
    def name(self) -> str:
        """Give the workload's name."""
        return str(self.workload["metadata"]["name"])

    def own(self, kind: str, worker: str | None = None) -> list[Json]:
        """Give its own children of one kind, by UID, optionally of one worker type."""
        return [
            item
            for item in self.objects
            if item.get("kind") == kind
            and belongs(item, self.uid)
            and (worker is None or worker_of(item) == worker)
        ]

    def named(self, kind: str, name: str) -> Json | None:
        """Give the object of that kind and name, whoever's it is."""
        for item in self.objects:
            if item.get("kind") == kind and item["metadata"]["name"] == name:
                return item
        return None


class Branch(Record):
    """One object in the ownership tree, and what it owns in turn.

    `link` says how it hangs on the workload: `owned` by reference and UID, `unowned` when only
    its label says so, `ghost` when it is a namesake's that is gone, `foreign` when it merely
    has a name the workload needs.
    """

    object: Json
    link: Link
    branches: tuple[Branch, ...] = ()


def label_uid(item: Json) -> str | None:
    """Give the UID that Sedna's label on the object names, the first where it names several."""
    return next((labels.uid for labels in labels_of(item)), None)


def worker_of(item: Json) -> str:
    """Give the worker type that Sedna's label on the object names, "" for none."""
    return next((labels.worker_type for labels in labels_of(item)), "")


def belongs(item: Json, uid: str) -> bool:
    """Tell whether an object was made for the workload of that UID, by its owner or by its label."""
    return uid in owner_uids(item) or uid in label_uids(item)


def owned_by(uid: str, objects: Sequence[Json]) -> list[Json]:
    """Give everything that hangs on a UID by owner references, through any number of steps, parents first."""
    by_owner: dict[str, list[Json]] = {}
    for item in objects:
        for owner in owner_uids(item):
            by_owner.setdefault(owner, []).append(item)
    found: dict[str, Json] = {}
    waiting = [uid]
    while waiting:
        for item in by_owner.get(waiting.pop(0), ()):
            own = str(item["metadata"].get("uid", ""))
            if own not in found:
                found[own] = item
                waiting.append(own)
    return list(found.values())


def ownership_tree(family: Family) -> tuple[Branch, ...]:
    """Give the trees below a workload: its own children first, then what merely looks like them."""
    reached = {item["metadata"].get("uid"): item for item in owned_by(family.uid, family.objects)}
    tops: list[tuple[Json, Link]] = []
    for item in family.objects:
        meta = item["metadata"]
        if family.uid in owner_uids(item):
            tops.append((item, "owned"))
        elif meta.get("uid") in reached or _below_another(item, family.objects):
            continue
        elif family.uid in label_uids(item):
            tops.append((item, "unowned"))
        elif family.name in (made_for := {labels.name: labels.kind for labels in labels_of(item)}):
            if made_for[family.name] is family.kind:
                tops.append((item, "ghost"))
        elif _has_needed_name(family, item):
            tops.append((item, "foreign"))
    order = {"owned": 0, "unowned": 1, "ghost": 2, "foreign": 3}
    tops.sort(key=lambda top: (order[top[1]], _rank(top[0])))
    return tuple(_branch(item, link, family.objects, set()) for item, link in tops)


def _branch(item: Json, link: Link, objects: Sequence[Json], above: set[str]) -> Branch:
    uid = str(item["metadata"].get("uid", ""))
    if uid in above:
        return Branch(item, link)
    below = sorted((one for one in objects if uid in owner_uids(one)), key=_rank)
    return Branch(item, link, tuple(_branch(one, link, objects, {*above, uid}) for one in below))


def _below_another(item: Json, objects: Sequence[Json]) -> bool:
    owners = set(owner_uids(item))
    return any(one["metadata"].get("uid") in owners for one in objects)


def _has_needed_name(family: Family, item: Json) -> bool:
    return any(
        fixed.resource.kind == item.get("kind") and fixed.name == item["metadata"]["name"]
        for fixed in fixed_names(family.kind, family.name)
    )


_KIND_ORDER = ("HorizontalPodAutoscaler", "Deployment", "ReplicaSet", "Pod", "Service", "EndpointSlice")


def _rank(item: Json) -> tuple[str, int, str]:
    kind = str(item.get("kind", ""))
    position = _KIND_ORDER.index(kind) if kind in _KIND_ORDER else len(_KIND_ORDER)
    return worker_of(item) or "~", position, item["metadata"]["name"]


def families_of(
    kind: SednaKind,
    workloads: Iterable[Json],
    objects: Iterable[Json],
    unreadable: frozenset[str] = frozenset(),
) -> Iterator[Family]:
    """Give each workload with the objects that may be its children, from lists read once for all of them."""
    groups: dict[tuple[str, str], list[Json]] = {}
    for item in objects:
        for key in _keys(item):
            groups.setdefault(key, []).append(item)
    for workload in workloads:
        meta = workload["metadata"]
        members: dict[str, Json] = {}
        namespace = meta.get("namespace", "")
        keys = [meta["name"], meta.get("uid", "")]
        keys += [fixed.name for fixed in fixed_names(kind, meta["name"])]
        for key in keys:
            for item in groups.get((namespace, key), ()):
                members[str(item["metadata"].get("uid", id(item)))] = item
        yield Family(kind, workload, tuple(members.values()), unreadable)


def _keys(item: Json) -> set[tuple[str, str]]:
    """Give what a child can be found by: its workload's name and UID, and its own name."""
    meta = item["metadata"]
    namespace = meta.get("namespace", "")
    keys = {(namespace, meta["name"]), *((namespace, uid) for uid in owner_uids(item))}
    for labels in labels_of(item):
        keys |= {(namespace, labels.name), (namespace, labels.uid)}
    return keys


def seconds_since(timestamp: str | None, now: datetime) -> float:
    """Give how long ago an API timestamp was, in seconds; 0 for none and for one in the future."""
    if not timestamp:
        return 0.0
    try:
        then = datetime.fromisoformat(timestamp.replace("Z", "+00:00"))
    except ValueError:
        return 0.0
    return max(0.0, (now - then).total_seconds())


def is_sedna(item: Json) -> bool:
    """Tell whether an object is a Sedna workload itself."""
    return str(item.get("apiVersion", "")).startswith("sedna.io/") and item.get("kind") in BY_KIND
