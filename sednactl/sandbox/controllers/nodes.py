"""The life of nodes as the control plane sees it: a node that is silent is unknown, and its pods do not count as ready.

Rules as in Kubernetes' node lifecycle and taint eviction controllers: a lease
not renewed for 40 s makes every condition Unknown and taints the node; pods go
once their toleration of the taint (300 s, where none is written) has run out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Any

from sednactl.cluster.door import Change, Cluster
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.node_report import NODE_LEASES
from sednactl.sandbox.controllers.placing import matching_toleration
from sednactl.sandbox.controllers.pods import condition_of, is_finished, is_leaving, is_ready, node_of
from sednactl.sandbox.controllers.world import Json, World, place_of
from sednactl.sandbox.controllers.writing import Writer
from sednactl.sandbox.resources import LEASE
from sednactl.sandbox.times import read, seconds_between, written
from sednactl.sedna.resources import NODE, POD

GRACE = 40.0
"""Seconds of silence after which a node is unknown."""

STARTUP_GRACE = 60.0
"""The same for a node that never said anything."""

TOLERATED = 300.0
"""Seconds that a pod which says nothing about it stays bound to a lost node."""

UNREACHABLE = "node.kubernetes.io/unreachable"
NOT_READY = "node.kubernetes.io/not-ready"
_OURS = (UNREACHABLE, NOT_READY)


class NodeLifecycle:
    """Marks silent nodes, marks their pods, and evicts them in time."""

    name = "node-controller"
    follows = (NODE, LEASE, POD)

    def __init__(self, cluster: Cluster, clock: Clock, grace: float = GRACE) -> None:
        self._clock = clock
        self._grace = grace
        self._began = clock.now()
        self._writer = Writer(cluster, clock, self.name)

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Give the node that a change concerns; of pods, those bound to a node that is lost."""
        item = change.object
        if item is None:
            return []
        if change.selection.resource == POD:
            if change.type == "deleted" or not node_of(item) or (before is not None and node_of(before)):
                return []
            return [node_of(item)]
        if change.selection.resource == LEASE and item["metadata"].get("namespace") != NODE_LEASES:
            return []
        return [item["metadata"]["name"]]

    def look(self, key: Any, world: World) -> float | None:
        """Judge one node by its lease; gives the seconds after which it or one of its pods is due."""
        node = world.get(NODE, "", key)
        if node is None:
            return None
        now = self._clock.now()
        left = self._seconds_left(node, world.get(LEASE, NODE_LEASES, key), now)
        ready = condition_of(node, "Ready")
        if left <= 0 and (ready is None or ready["status"] != "Unknown"):
            status = {"conditions": _unknown(node, now)}
            node = self._writer.patch(world, NODE, node, {"status": status}, "status")
            self._writer.event(
                node, NODE, "Normal", "NodeNotReady", f"Node {key} status is now: NodeNotReady"
            )
            ready = condition_of(node, "Ready")
        state = ready["status"] if ready is not None else "Unknown"
        node = self._taint(node, state, now, world)
        waits = [left] if left > 0 else []
        if state != "True":
            for pod in world.on_node(key):
                self._mark(pod, world)
                wait = self._evict(pod, node, now, world)
                waits += [] if wait is None else [wait]
        return min(waits, default=None)

    def _seconds_left(self, node: Json, lease: Json | None, now: datetime) -> float:
        """Give the seconds until a node counts as silent, 0 or less when it does.

        Silence is counted from the controller's own beginning: while nobody
        listened, as before a restart, no node was silent.
        """
        told = read((lease or {}).get("spec", {}).get("renewTime"))
        if told is None:
            told = read(node["metadata"].get("creationTimestamp"))
        grace = self._grace if lease is not None else STARTUP_GRACE
        return grace - (now - max(told or self._began, self._began)).total_seconds()

    def _taint(self, node: Json, state: str, now: datetime, world: World) -> Json:
        """Bring a node's taints in line with its Ready condition."""
        key = {"True": "", "Unknown": UNREACHABLE}.get(state, NOT_READY)
        taints = (node.get("spec") or {}).get("taints") or []
        ours = [each for each in taints if each["key"] in _OURS]
        if {each["key"] for each in ours} == ({key} if key else set()):
            return node
        wanted = [each for each in taints if each["key"] not in _OURS]
        if key:
            wanted.append({"key": key, "effect": "NoSchedule", "timeAdded": written(now)})
            wanted.append({"key": key, "effect": "NoExecute", "timeAdded": written(now)})
        meta = {"resourceVersion": node["metadata"]["resourceVersion"]}
        return self._writer.patch(world, NODE, node, {"metadata": meta, "spec": {"taints": wanted or None}})

    def _mark(self, pod: Json, world: World) -> None:
        if is_finished(pod) or not is_ready(pod):
            return
        conditions = [
            {**each, "status": "False", "lastTransitionTime": written(self._clock.now())}
            if each["type"] == "Ready"
            else each
            for each in pod["status"]["conditions"]
        ]
        self._writer.patch(world, POD, pod, {"status": {"conditions": conditions}}, "status")
        self._writer.event(pod, POD, "Warning", "NodeNotReady", "Node is not ready")

    def _evict(self, pod: Json, node: Json, now: datetime, world: World) -> float | None:
        """Delete a pod whose toleration ran out; gives the seconds it has left, None for ever (or no matter)."""
        if is_leaving(pod) or is_finished(pod):
            return None
        left = None
        for taint in (node.get("spec") or {}).get("taints") or ():
            if taint["effect"] == "NoExecute":
                tolerated = _tolerated(pod, taint)
                if tolerated is not None:
                    wait = tolerated - seconds_between(taint.get("timeAdded"), now)
                    left = wait if left is None else min(left, wait)
        if left is None or left > 0:
            return left
        namespace, name = place_of(pod)
        text = f"Marking for deletion Pod {namespace}/{name}"
        self._writer.event(pod, POD, "Normal", "TaintManagerEviction", text)
        self._writer.delete(world, POD, pod)
        return None


def _unknown(node: Json, now: datetime) -> list[Json]:
    never = not condition_of(node, "Ready")
    reason = "NodeStatusNeverUpdated" if never else "NodeStatusUnknown"
    text = "Kubelet never posted node status." if never else "Kubelet stopped posting node status."
    before = {each["type"]: each for each in node.get("status", {}).get("conditions") or ()}
    conditions = []
    for type_ in ("MemoryPressure", "DiskPressure", "PIDPressure", "Ready"):
        old = before.get(type_, {})
        since = old.get("lastTransitionTime") if old.get("status") == "Unknown" else None
        conditions.append(
            {
                "type": type_,
                "status": "Unknown",
                "lastHeartbeatTime": old.get("lastHeartbeatTime")
                or node["metadata"].get("creationTimestamp"),
                "lastTransitionTime": since or written(now),
                "reason": reason,
                "message": text,
            }
        )
    return conditions


def _tolerated(pod: Json, taint: Json) -> float | None:
    """Give for how many seconds a pod tolerates a NoExecute taint, None for ever."""
    matching = [each for each in pod["spec"].get("tolerations") or () if matching_toleration(each, taint)]
    limits = [float(each["tolerationSeconds"]) for each in matching if "tolerationSeconds" in each]
    if limits:
        return max(0.0, min(limits))
    if matching:
        return None
    # An API server with the default admission plugins writes this toleration into every pod.
    return TOLERATED if taint["key"] in _OURS else 0.0
