"""The metrics server: PodMetrics and NodeMetrics, from the load that services are given.

A reading is written when it says something new: a cluster at rest costs nothing,
and a reading's timestamp tells since when it holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sednactl.cluster.door import Change, Cluster
from sednactl.errors import NotFound
from sednactl.sandbox import load as loads
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.pods import is_leaving, is_ready, node_of, phase_of, ready_since
from sednactl.sandbox.controllers.requests import amount
from sednactl.sandbox.controllers.usage import same_usage, shares_of, usage_of
from sednactl.sandbox.controllers.world import Json, World, place_of
from sednactl.sandbox.controllers.writing import Writer
from sednactl.sandbox.load import SideLoad
from sednactl.sandbox.node_set import is_offline
from sednactl.sandbox.resources import CONFIG_MAP
from sednactl.sandbox.times import read, written
from sednactl.scaling.label_selectors import selector_from
from sednactl.sedna.resources import NODE, NODE_METRICS, POD, POD_METRICS, Resource

RESOLUTION = 15.0
"""Seconds between two rounds, and the window of a reading, as metrics-server's default."""

_SCRAPE = "scrape"
_KUBELET_CPU, _KUBELET_MEMORY = 50, 512 * 1024**2
"""What a node itself uses: millicores and bytes."""


class Metrics:
    """Publishes what running pods and their nodes use."""

    name = "metrics-server"
    follows = (POD, NODE, CONFIG_MAP, POD_METRICS, NODE_METRICS)

    def __init__(
        self,
        cluster: Cluster,
        clock: Clock,
        tell: Callable[[str], None],
        resolution: float = RESOLUTION,
    ) -> None:
        self._resolution = resolution
        self._clock = clock
        self._tell = tell
        self._writer = Writer(cluster, clock, self.name, self.name)
        self._text: Any = None
        self._loads: dict[str, SideLoad] = {}

    def opening(self, world: World) -> Iterable[Hashable]:
        """Give the first round."""
        return [_SCRAPE]

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Give a round at once when the loads were changed, and the readings of what is gone."""
        item = change.object
        kind = change.selection.resource
        if item is None:
            return []
        if kind == CONFIG_MAP:
            return [_SCRAPE] if place_of(item) == (loads.NAMESPACE, loads.NAME) else []
        if change.type == "deleted" and kind in (POD, NODE):
            return [(POD_METRICS if kind == POD else NODE_METRICS, *place_of(item))]
        return []

    def look(self, key: Any, world: World) -> float | None:
        """Take a round, or take away a reading."""
        if key == _SCRAPE:
            self._scrape(world)
            return self._resolution
        kind, namespace, name = key
        reading = world.get(kind, namespace, name)
        if reading is not None and world.get(POD if kind == POD_METRICS else NODE, namespace, name) is None:
            self._writer.delete(world, kind, reading)
        return None

    def _scrape(self, world: World) -> None:
        now = self._clock.now()
        self._read_loads(world)
        shares = shares_of([(load, _sharers(key, load, world)) for key, load in self._loads.items()], now)
        lost = {node["metadata"]["name"] for node in world.all(NODE) if is_offline(node)}
        cpu: Counter[str] = Counter()
        memory: Counter[str] = Counter()
        measured = {(NODE_METRICS, "", node["metadata"]["name"]) for node in world.all(NODE)}
        measured -= {(NODE_METRICS, "", name) for name in lost}
        for pod in world.all(POD):
            if phase_of(pod) != "Running" or node_of(pod) in lost or is_leaving(pod):
                continue
            measured.add((POD_METRICS, *place_of(pod)))
            used = usage_of(pod, shares.get(pod["metadata"]["uid"], 0.0))
            for each in used:
                cpu[node_of(pod)] += amount("cpu", each["usage"]["cpu"])
                memory[node_of(pod)] += amount("memory", each["usage"]["memory"])
            self._publish_pod(pod, used, now, world)
        for node in world.all(NODE):
            name = node["metadata"]["name"]
            if name not in lost:
                usage = {
                    "cpu": f"{cpu[name] + _KUBELET_CPU}m",
                    "memory": f"{(memory[name] + _KUBELET_MEMORY) // 1024}Ki",
                }
                self._publish(NODE_METRICS, node, {"usage": usage}, now, world)
        for kind in (POD_METRICS, NODE_METRICS):
            for reading in world.all(kind):
                if (kind, *place_of(reading)) not in measured:
                    self._writer.delete(world, kind, reading)

    def _read_loads(self, world: World) -> None:
        there = world.get(CONFIG_MAP, loads.NAMESPACE, loads.NAME)
        text = (there or {}).get("data")
        if text != self._text:
            self._text = text
            self._loads, remarks = loads.loads_in(there)
            for remark in remarks:
                self._tell(f"load {remark}")

    def _publish_pod(self, pod: Json, used: list[Json], now: datetime, world: World) -> None:
        since = ready_since(pod) or read(pod.get("status", {}).get("startTime"))
        if since is None or now < since + timedelta(seconds=self._resolution):
            return  # metrics-server knows a container's usage only from its second reading on
        there = world.get(POD_METRICS, *place_of(pod))
        taken = read(there.get("timestamp")) if there is not None else None
        # The autoscaler takes a reading from before a pod was ready for one of its start.
        outdated = taken is None or taken < since + timedelta(seconds=self._resolution)
        self._publish(POD_METRICS, pod, {"containers": used}, now, world, outdated=outdated)

    def _publish(
        self, kind: Resource, about: Json, said: Json, now: datetime, world: World, *, outdated: bool = False
    ) -> None:
        namespace, name = place_of(about)
        there = world.get(kind, namespace, name)
        if there is not None and not outdated and same_usage(there, said):
            return
        body = {"timestamp": written(now), "window": f"{self._resolution:g}s", **said}
        if there is not None:
            try:
                self._writer.patch(world, kind, there, body)
                return
            except NotFound:
                world.removed(kind, there)
        meta: Json = {"name": name, "labels": about["metadata"].get("labels") or {}}
        if namespace:
            meta["namespace"] = namespace
        whole = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": meta, **body}
        self._writer.create(world, kind, whole)


def _sharers(key: str, load: SideLoad, world: World) -> list[Json]:
    """Give the ready pods that share a load."""
    pods = world.selected(POD, key.partition(".")[0], selector_from(load.selector))
    return [pod for pod in pods if is_ready(pod) and not is_leaving(pod)]
