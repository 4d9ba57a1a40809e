"""DaemonSets: one pod on every node that they are for, replaced in turn when the template changes.

The decisions are in `daemon_pods`. Templates of the past are not kept as
ControllerRevisions, so that none can be brought back.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from sednactl.cluster.door import Change, Cluster
from sednactl.cluster.label_selectors import selector_of
from sednactl.errors import Refused
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.claiming import claim, owners_to_look_at
from sednactl.sandbox.controllers.daemon_pods import belongs, by_node, pod_for, replaced, status_of
from sednactl.sandbox.controllers.pods import is_finished, is_leaving, phase_of, seconds_to_available
from sednactl.sandbox.controllers.replica_sets import terminating
from sednactl.sandbox.controllers.world import Json, World, place_of
from sednactl.sandbox.controllers.writing import Writer
from sednactl.sedna.resources import DAEMON_SET, NODE, POD

_AGAIN = 1.0
"""Seconds until a pod that ended is replaced, so that one which always ends does not keep the controller busy."""


class DaemonSets:
    """Keeps a pod of every DaemonSet on each of its nodes."""

    name = "daemonset-controller"
    follows = (DAEMON_SET, NODE, POD)

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._clock = clock
        self._writer = Writer(cluster, clock, self.name)
        self._ended: dict[str, float] = {}

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Give the DaemonSets that a change of themselves, of a pod or of a node concerns."""
        kind = change.selection.resource
        if kind == DAEMON_SET:
            return [place_of(change.object)] if change.object else []
        if kind == POD:
            return owners_to_look_at(world, change, before, DAEMON_SET)
        if before is not None and change.type != "deleted" and _says(before) == _says(change.object or {}):
            return []
        return [place_of(one) for one in world.all(DAEMON_SET)]

    def look(self, key: Any, world: World) -> float | None:
        """Bring one DaemonSet's pods and status up to date."""
        wanted = world.get(DAEMON_SET, *key)
        if wanted is None:
            return None
        if not any((wanted["spec"]["selector"] or {}).values()):
            text = "This daemon set is selecting all pods. A non-empty selector is required."
            self._writer.event(wanted, DAEMON_SET, "Warning", "SelectingAll", text)
            return None
        if "deletionTimestamp" in wanted["metadata"]:
            return None
        nodes = [node for node in world.all(NODE) if not is_leaving(node)]
        again, problem = self._keep(wanted, nodes, self._pods(wanted, world), world)
        now = self._clock.now()
        pods = by_node(self._pods(wanted, world))
        status = status_of(wanted, nodes, pods, now)
        old = {key: value for key, value in (wanted.get("status") or {}).items() if value}
        if {key: value for key, value in status.items() if value} != old:
            self._writer.set_status(world, DAEMON_SET, wanted, status)
        if problem is not None and not terminating(problem):
            raise problem
        least = int(wanted["spec"].get("minReadySeconds") or 0)
        ripening = (seconds_to_available(pod, least, now) for there in pods.values() for pod in there)
        return min([*again, *(wait for wait in ripening if wait)], default=None)

    def _pods(self, wanted: Json, world: World) -> list[Json]:
        selector = selector_of(wanted["spec"]["selector"])
        return claim(self._writer, world, wanted, DAEMON_SET, POD, selector)

    def _keep(
        self, wanted: Json, nodes: list[Json], pods: list[Json], world: World
    ) -> tuple[list[float], Refused | None]:
        """Delete what should not be and create what is missing; gives seconds to wait for and what was refused."""
        there = by_node(pods)
        names = {node["metadata"]["name"] for node in nodes}
        astray = [pod for place, found in there.items() if place not in names for pod in found]
        again: list[float] = []
        missing: list[str] = []
        going = [pod for pod in astray if not is_leaving(pod)]
        count = 0
        for node in nodes:
            name = node["metadata"]["name"]
            runs, stays = belongs(wanted, node)
            count += runs
            found = there.get(name, [])
            alive = [pod for pod in found if not is_leaving(pod)]
            if not stays:
                going += alive
                continue
            if runs and not found:
                missing.append(name)
            over = [pod for pod in alive if is_finished(pod)]
            wait = self._wait_for(f"{wanted['metadata']['uid']}/{name}") if over else 0.0
            if wait:
                again.append(wait)
            else:
                for pod in over:
                    self._tell_end(wanted, pod, name)
                going += over
            going += [pod for pod in alive if not is_finished(pod)][1:]
        if not missing:  # else what is made now would count as nothing at all
            going += replaced(wanted, there, count, self._clock.now())
        for pod in {pod["metadata"]["uid"]: pod for pod in going}.values():
            self._writer.delete(world, POD, pod)
            text = f"Deleted pod: {pod['metadata']['name']}"
            self._writer.event(wanted, DAEMON_SET, "Normal", "SuccessfulDelete", text)
        return again, self._make(wanted, missing, world)

    def _make(self, wanted: Json, nodes: list[str], world: World) -> Refused | None:
        for node in nodes:
            try:
                made = self._writer.create(world, POD, pod_for(wanted, node))
            except Refused as refusal:
                if not terminating(refusal):
                    text = f"Error creating: {refusal.message}"
                    self._writer.event(wanted, DAEMON_SET, "Warning", "FailedCreate", text)
                return refusal
            text = f"Created pod: {made['metadata']['name']}"
            self._writer.event(wanted, DAEMON_SET, "Normal", "SuccessfulCreate", text)
        return None

    def _wait_for(self, place: str) -> float:
        """Give the seconds until the next pod that ended on a node may go, 0 where it is now."""
        now = self._clock.monotonic()
        left = self._ended.get(place, now) - now
        if left > 0:
            return left
        self._ended[place] = now + _AGAIN
        return 0.0

    def _tell_end(self, wanted: Json, pod: Json, node: str) -> None:
        failed = phase_of(pod) == "Failed"
        how, what = ("failed", "kill") if failed else ("succeeded", "delete")
        namespace, name = place_of(pod)
        self._writer.event(
            wanted,
            DAEMON_SET,
            "Warning" if failed else "Normal",
            "FailedDaemonPod" if failed else "SucceededDaemonPod",
            f"Found {how} daemon pod {namespace}/{name} on node {node}, will try to {what} it",
        )


def _says(node: Json) -> tuple[Any, ...]:
    spec = node.get("spec") or {}
    return node["metadata"].get("labels"), spec.get("taints"), is_leaving(node)
