"""What happened to a workload: the events of it and of all that was made for it, as they are and as they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import Selection
from sednactl.lifecycle.description import event_time
from sednactl.lifecycle.ownership import Family, belongs
from sednactl.lifecycle.reading import ALL_CHILDREN
from sednactl.sedna.resources import EVENT

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

Json = dict[str, Any]
_KEPT = 500
"""Events about objects nobody has heard of yet that are remembered: an event may come before its object."""


def events_of(family: Family, events: Iterable[Json]) -> tuple[Json, ...]:
    """Give the events of a workload, of its children, and of pods its children had, oldest first.

    What is gone is found by its name: a ReplicaSet's pods are called after it, and its name is its own.
    """
    known = Relatives(family)
    return tuple(sorted(filter(known.concerns, events), key=_order))


def _order(event: Json) -> tuple[str, int]:
    """Give what events are sorted by: times are whole seconds, and what was written first comes first."""
    version = str(event["metadata"].get("resourceVersion") or "")
    return event_time(event), int(version) if version.isdecimal() else 0


class Relatives:
    """Whom an event must be about to concern a workload: its UID, those of its children, and names under theirs."""

    def __init__(self, family: Family) -> None:
        self._uids = {family.uid}
        self._parents: set[tuple[str, str]] = set()
        self._workload = family.uid
        for item in family.objects:
            self.add(item)

    def add(self, item: Json) -> bool:
        """Take an object in, if it is a child; tell whether it is one that was not known."""
        meta = item["metadata"]
        uid = str(meta.get("uid"))
        if uid in self._uids or not belongs(item, self._workload):
            return False
        self._uids.add(uid)
        if item.get("kind") in ("Deployment", "ReplicaSet"):
            self._parents.add((str(meta.get("namespace")), str(meta["name"])))
        return True

    def concerns(self, event: Json) -> bool:
        """Tell whether an event is about the workload, a child, or a pod or ReplicaSet that a child had."""
        about = involved(event)
        if about.get("uid") in self._uids:
            return True
        namespace, name = str(about.get("namespace")), str(about.get("name"))
        if about.get("kind") not in ("Pod", "ReplicaSet"):
            return False
        return (namespace, name.rpartition("-")[0]) in self._parents or (
            about.get("kind") == "Pod"
            and (namespace, name.rpartition("-")[0].rpartition("-")[0]) in self._parents
        )

    def knows(self, event: Json) -> bool:
        """Tell whether what an event is about is still there."""
        return involved(event).get("uid") in self._uids


def involved(event: Json) -> Mapping[str, Any]:
    """Give what an event is about."""
    about = event.get("involvedObject")
    return about if isinstance(about, Mapping) else {}


def of_types(events: Iterable[Json], types: Sequence[str]) -> Iterator[Json]:
    """Give the events of these types (Normal, Warning), in any case; of all without types."""
    wanted = {one.lower() for one in types}
    return (event for event in events if not wanted or str(event.get("type", "")).lower() in wanted)


def follow_events(
    cluster: Cluster, family: Family, namespace: str, idle: float = 1.0
) -> Iterator[Json | None]:
    """Give events as they come, those that there are first; None now and then. Close it to stop.

    Children are followed beside them, so that those of pods to come are recognised.
    """
    relatives = Relatives(family)
    waiting: dict[str, Json] = {}
    selector = f"{family.kind.label_prefix}/name={family.name}"
    selections = [Selection(EVENT, namespace)]
    selections += [
        Selection(resource, namespace, selector)
        for resource in ALL_CHILDREN
        if resource.kind in ("HorizontalPodAutoscaler", "Deployment", "ReplicaSet", "Pod")
        and resource.kind not in family.unreadable
    ]
    for change in cluster.watch(selections, idle=idle):
        item = change.object
        if item is None:
            yield None
        elif change.selection.resource is not EVENT:
            if change.type != "deleted" and relatives.add(item):
                for uid, event in [one for one in waiting.items() if relatives.concerns(one[1])]:
                    del waiting[uid]
                    yield event
        elif change.type == "deleted":
            continue
        elif relatives.concerns(item):
            yield item
        else:
            waiting[str(item["metadata"].get("uid"))] = item
            while len(waiting) > _KEPT:
                del waiting[next(iter(waiting))]
