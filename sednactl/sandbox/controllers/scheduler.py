"""The scheduler: binds pods that name no node to one where they fit, or says why they fit nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any

from sednactl.cluster.addresses import path_of
from sednactl.cluster.door import Change, Cluster
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.placing import emptiest, obstacles, summary
from sednactl.sandbox.controllers.pods import condition_of, is_active, is_leaving, node_of
from sednactl.sandbox.controllers.requests import Occupancy
from sednactl.sandbox.controllers.world import Json, Place, World, place_of
from sednactl.sandbox.controllers.writing import Writer
from sednactl.sandbox.times import written
from sednactl.sedna.resources import NODE, POD


class Scheduler:
    """Places pods; those that fit nowhere are tried again whenever a node changes or gets room."""

    name = "default-scheduler"
    follows = (NODE, POD)

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock
        self._writer = Writer(cluster, clock, self.name, "kube-scheduler")
        self._occupancy = Occupancy()
        self._waiting: dict[Place, None] = {}

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Give the pods to place: a new one, or all that wait when there may be room."""
        item = change.object
        if change.selection.resource == NODE:
            return list(self._waiting) if _matters(before, item) else ()
        gone = change.type == "deleted"
        freed = self._occupancy.take(before, None if gone else item)
        keys = list(self._waiting) if freed else []
        if not gone and item is not None and not node_of(item) and is_active(item):
            keys.append(place_of(item))
        return keys

    def look(self, key: Any, world: World) -> float | None:
        """Bind one pod, or say why it must wait."""
        pod = world.get(POD, *key)
        if pod is None or node_of(pod) or not is_active(pod) or pod["spec"].get("schedulingGates"):
            self._waiting.pop(key, None)
            return None
        if pod["spec"].get("schedulerName", self.name) != self.name:
            return None
        reasons: Counter[str] = Counter()
        fitting = []
        nodes = [node for node in world.all(NODE) if not is_leaving(node)]
        for node in nodes:
            name = node["metadata"]["name"]
            found = obstacles(pod, node, self._occupancy.used(name), self._occupancy.ports(name))
            reasons.update(found)
            if not found:
                fitting.append(node)
        if fitting:
            used = {
                name: self._occupancy.used(name) for name in (node["metadata"]["name"] for node in fitting)
            }
            self._bind(pod, emptiest(pod, fitting, used), world)
            self._waiting.pop(key, None)
        else:
            self._waiting[key] = None
            self._tell_why(pod, summary(reasons, len(nodes)), world)
        return None

    def _bind(self, pod: Json, node: str, world: World) -> None:
        meta = pod["metadata"]
        namespace, name = place_of(pod)
        body = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": name, "namespace": namespace, "uid": meta["uid"]},
            "target": {"apiVersion": "v1", "kind": "Node", "name": node},
        }
        self._cluster.request("POST", path_of(POD, namespace, name, "binding"), body=body)
        bound = self._cluster.find(POD, name, namespace)  # a binding's answer does not carry the pod
        if bound is not None:
            world.wrote(POD, bound)
        self._writer.event(
            pod, POD, "Normal", "Scheduled", f"Successfully assigned {namespace}/{name} to {node}"
        )

    def _tell_why(self, pod: Json, why: str, world: World) -> None:
        told = condition_of(pod, "PodScheduled")
        if told is not None and told.get("status") == "False" and told.get("message") == why:
            return
        moment = written(self._clock.now())
        since = (told.get("lastTransitionTime") if told and told.get("status") == "False" else None) or moment
        condition = {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": why,
            "lastProbeTime": None,
            "lastTransitionTime": since,
        }
        others = [
            each for each in pod.get("status", {}).get("conditions") or () if each["type"] != "PodScheduled"
        ]
        self._writer.patch(world, POD, pod, {"status": {"conditions": [*others, condition]}}, "status")
        self._writer.event(pod, POD, "Warning", "FailedScheduling", why)


def _matters(before: Json | None, after: Json | None) -> bool:
    """Tell whether a node changed in what decides on placing; heartbeats do not."""
    if before is None or after is None:
        return True

    def said(node: Json) -> tuple[Any, ...]:
        status = node.get("status", {})
        return node["metadata"].get("labels"), node.get("spec"), status.get("allocatable")

    return said(before) != said(after)
