"""The kubelets of all the sandbox's nodes: they keep nodes alive and let pods run, without running anything.

A node whose link is cut (`node_set.OFFLINE`) sends nothing and does nothing, as
an edge node that KubeEdge lost: its pods stay as the API server last heard of
them, and deleted ones stay Terminating until the node is back.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from sednactl.cluster.addresses import path_of
from sednactl.cluster.door import Change, Cluster
from sednactl.errors import AlreadyExists, NotFound
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers import pod_course
from sednactl.sandbox.controllers.container_course import REPORTED_BY
from sednactl.sandbox.controllers.node_report import LEASE_SECONDS, NODE_LEASES, lease_object, report
from sednactl.sandbox.controllers.pods import is_finished, is_leaving, node_of
from sednactl.sandbox.controllers.requests import (
    Occupancy,
    amounts,
    host_ports_of,
    lacking,
    ports_clash,
    requests_of,
)
from sednactl.sandbox.controllers.world import Json, World, place_of
from sednactl.sandbox.controllers.writing import Writer
from sednactl.sandbox.node_set import PARK, NodePlan, has_kubelet, is_offline, node_object
from sednactl.sandbox.resources import LEASE
from sednactl.sandbox.times import read, seconds_between, written, written_micro
from sednactl.sedna.resources import NODE, POD

_REJECTION = 1.0
"""Seconds until a pod is rejected: its ReplicaSet makes the next at once, and would never rest."""


@dataclass(frozen=True)
class Pace:
    """How fast kubelets are, in seconds: from taking a pod on to its containers' start, from deletion to its end."""

    start: float = 2.0
    stop: float = 1.0
    heartbeat: float = 10.0


DEFAULT_PACE = Pace()


class Kubelets:
    """Plays the kubelet of every node that carries the sandbox's label, and makes the planned nodes."""

    name = "kubelet"
    follows = (NODE, POD)

    def __init__(
        self, cluster: Cluster, clock: Clock, nodes: Sequence[NodePlan] = PARK, pace: Pace = DEFAULT_PACE
    ) -> None:
        self._cluster = cluster
        self._clock = clock
        self._plans = {plan.name: (number, plan) for number, plan in enumerate(nodes)}
        self._pace = pace
        self._writer = Writer(cluster, clock, self.name, "kubelet")
        self._occupancy = Occupancy()
        self._addresses: dict[str, int] = {}

    def opening(self, world: World) -> Iterable[Hashable]:
        """Give the planned nodes, to be made where they are not."""
        yield from (("plan", name) for name in self._plans)
        yield from (("node", node["metadata"]["name"]) for node in world.all(NODE) if has_kubelet(node))

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Give the node or pod that changed; all pods of a node that is back."""
        item = change.object
        gone = change.type == "deleted"
        if change.selection.resource == POD:
            self._occupancy.take(before, None if gone else item)
            return [] if gone or item is None or not node_of(item) else [("pod", *place_of(item))]
        if item is None or gone:
            return []
        name = item["metadata"]["name"]
        if before is None or is_offline(before) == is_offline(item):
            return [("node", name)] if before is None else []
        return [("node", name), *(("pod", *place_of(pod)) for pod in world.on_node(name))]

    def look(self, key: Any, world: World) -> float | None:
        """Do what a kubelet has to do next for a node or a pod."""
        if key[0] == "plan":
            self._make_node(key[1], world)
            return None
        if key[0] == "node":
            return self._keep_node(key[1], world)
        pod = world.get(POD, key[1], key[2])
        node = world.get(NODE, "", node_of(pod)) if pod is not None else None
        if pod is None or node is None or not has_kubelet(node) or is_offline(node):
            return None
        return self._stop(pod, world) if is_leaving(pod) else self._run(pod, node, world)

    # -- nodes ---------------------------------------------------------------

    def _make_node(self, name: str, world: World) -> None:
        if world.get(NODE, "", name) is None:
            number, plan = self._plans[name]
            try:
                self._writer.create(world, NODE, node_object(plan, number))
            except AlreadyExists:
                return

    def _keep_node(self, name: str, world: World) -> float | None:
        """Renew a node's lease, and report it ready where it is not."""
        node = world.get(NODE, "", name)
        if node is None or is_offline(node) or not has_kubelet(node):
            return None
        status = report(node, self._plans.get(name, (0, None))[1], self._clock.now())
        if status is not None:
            node = self._writer.patch(world, NODE, node, {"status": status}, "status")
        renewed = {"spec": {"renewTime": written_micro(self._clock.now())}}
        try:
            self._cluster.request(
                "PATCH",
                path_of(LEASE, NODE_LEASES, name, query={"fieldManager": self.name}),
                body=renewed,
                content_type="application/merge-patch+json",
            )
        except NotFound:
            lease = lease_object(node, LEASE_SECONDS, self._clock.now())
            self._cluster.request("POST", path_of(LEASE, NODE_LEASES), body=lease)
        return self._pace.heartbeat

    # -- pods ----------------------------------------------------------------

    def _run(self, pod: Json, node: Json, world: World) -> float | None:
        if is_finished(pod) or REPORTED_BY in (pod["metadata"].get("annotations") or {}):
            return None
        now = self._clock.now()
        again: float | None
        if not pod.get("status", {}).get("startTime"):
            status = self._admit(pod, node)
            again = self._pace.start
            age = seconds_between(pod["metadata"].get("creationTimestamp"), now, _REJECTION)
            if status["phase"] == "Failed" and age < _REJECTION:
                return _REJECTION - age
        else:
            status, again = pod_course.running(pod, self._pace.start, self._address(pod, node, world), now)
            if status is pod["status"]:
                return again
        status["hostIP"] = _host_address(node)
        status["hostIPs"] = [{"ip": status["hostIP"]}]
        if any(pod.get("status", {}).get(key) != value for key, value in status.items()):
            self._writer.patch(world, POD, pod, {"status": status}, "status")
            self._tell(pod, status)
        return again

    def _admit(self, pod: Json, node: Json) -> Json:
        """Take a pod on, or reject it when the node has no room: the scheduler was passed by."""
        now = self._clock.now()
        name = node["metadata"]["name"]
        used, wanted = dict(self._occupancy.used(name)), requests_of(pod)
        for each, value in wanted.items():
            used[each] = used.get(each, 0) - value  # itself is counted already
        allocatable = amounts(node.get("status", {}).get("allocatable"))
        for each in lacking(wanted, used, allocatable):
            return pod_course.rejected(pod, each, wanted[each], used[each], allocatable.get(each, 0), now)
        others = self._occupancy.ports(name).copy()
        ports = host_ports_of(pod)
        others.subtract(ports)
        if ports_clash(ports, others):
            text = "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"
            return {"phase": "Failed", "reason": "NodePorts", "message": text, "startTime": written(now)}
        return pod_course.admitted(pod, now)

    def _stop(self, pod: Json, world: World) -> float | None:
        """Let a deleted pod's containers end, within its grace period, and then tell so."""
        meta = pod["metadata"]
        grace = float(meta.get("deletionGracePeriodSeconds") or 0)
        now = self._clock.now()
        asked = (read(meta["deletionTimestamp"]) or now) - timedelta(seconds=grace)
        left = (asked + timedelta(seconds=min(grace, self._pace.stop)) - now).total_seconds()
        if left > 0 and not is_finished(pod):
            return left
        self._writer.delete(world, POD, pod, grace_seconds=0)
        return None

    def _address(self, pod: Json, node: Json, world: World) -> str:
        there = pod["status"].get("podIP")
        if there:
            return str(there)
        if pod["spec"].get("hostNetwork"):
            return _host_address(node)
        name = node["metadata"]["name"]
        taken = {each.get("status", {}).get("podIP") for each in world.on_node(name)}
        network = _network(node)
        while True:
            # Counts on instead of filling gaps, so that an address is not soon another pod's.
            number = self._addresses[name] = self._addresses.get(name, 0) % (network.num_addresses - 3) + 1
            address = str(network[number + 1])
            if address not in taken:
                return address

    def _tell(self, pod: Json, status: Json) -> None:
        """Record the events that users look for when a pod does not run."""
        if status.get("reason"):
            self._writer.event(pod, POD, "Warning", status["reason"], status["message"])
        for each in status.get("containerStatuses", ()):
            waiting = each["state"].get("waiting", {})
            if waiting.get("reason") == "ImagePullBackOff":
                self._writer.event(pod, POD, "Warning", "Failed", f'Failed to pull image "{each["image"]}"')
            elif waiting.get("reason") == "CrashLoopBackOff":
                text = f"Back-off restarting failed container {each['name']} in pod {pod['metadata']['name']}"
                self._writer.event(pod, POD, "Warning", "BackOff", text)


def _network(node: Json) -> IPv4Network | IPv6Network:
    """Give the network of a node's pods; one that is missing, unreadable or too small does not count."""
    try:
        network = ip_network((node.get("spec") or {}).get("podCIDR") or "", strict=False)
    except ValueError:
        return ip_network("10.60.0.0/16")
    return network if network.num_addresses > 8 else ip_network("10.60.0.0/16")


def _host_address(node: Json) -> str:
    addresses = node.get("status", {}).get("addresses") or ()
    return next((str(each["address"]) for each in addresses if each["type"] == "InternalIP"), "127.0.0.1")
