"""Takes away pods that nobody else will: on nodes that do not exist, and too many finished ones.

Rules as in Kubernetes' pod garbage collector, which gives a missing node 40 s to
come; it keeps 12,500 finished pods, the sandbox fewer, as they are all in memory.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from sednactl.cluster.door import Change, Cluster
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.pods import is_finished, is_leaving, node_of
from sednactl.sandbox.controllers.world import Json, Place, World, place_of
from sednactl.sandbox.controllers.writing import Writer
from sednactl.sedna.resources import NODE, POD

QUARANTINE = 40.0
"""Seconds that a node may be missing before its pods go."""

_FINISHED = "finished"


class PodGarbage:
    """Deletes pods without a node, and the oldest finished pods above a number."""

    name = "pod-garbage-collector"
    follows = (POD, NODE)

    def __init__(self, cluster: Cluster, clock: Clock, most_finished: int = 500) -> None:
        self._clock = clock
        self._writer = Writer(cluster, clock, self.name)
        self._most = most_finished
        self._missed: dict[Place, float] = {}
        self._finished: dict[Place, None] = {}

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Give the pods of a node that went, a pod bound to none there is, and the finished ones when there is one more."""
        item = change.object
        if item is None:
            return
        if change.selection.resource == NODE:
            if change.type == "deleted":
                yield from (place_of(pod) for pod in world.on_node(item["metadata"]["name"]))
            return
        place = place_of(item)
        if change.type == "deleted":
            self._missed.pop(place, None)
            self._finished.pop(place, None)
        elif is_finished(item):
            if place not in self._finished:
                self._finished[place] = None
                if len(self._finished) > self._most:
                    yield _FINISHED
        elif world.get(NODE, "", node_of(item)) is None if node_of(item) else is_leaving(item):
            yield place

    def look(self, key: Any, world: World) -> float | None:
        """Delete what is due."""
        if key == _FINISHED:
            self._thin_out(world)
            return None
        pod = world.get(POD, *key)
        if pod is None:
            return None
        if not node_of(pod):
            if is_leaving(pod):
                self._writer.delete(world, POD, pod, grace_seconds=0)
            return None
        if world.get(NODE, "", node_of(pod)) is not None:
            self._missed.pop(key, None)
            return None
        now = self._clock.monotonic()
        left = self._missed.setdefault(key, now) + QUARANTINE - now
        if left > 0:
            return left
        self._writer.delete(world, POD, pod, grace_seconds=0)
        return None

    def _thin_out(self, world: World) -> None:
        found = [world.get(POD, *place) for place in self._finished]
        pods = [pod for pod in found if pod is not None and not is_leaving(pod)]
        pods.sort(key=lambda pod: (pod["metadata"].get("creationTimestamp", ""), pod["metadata"]["name"]))
        for pod in pods[: max(0, len(pods) - self._most)]:
            self._writer.delete(world, POD, pod, grace_seconds=0)
