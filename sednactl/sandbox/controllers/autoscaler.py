"""The HorizontalPodAutoscaler controller: `scaling.decision` with a cluster around it."""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Iterable
from contextlib import suppress
from typing import Any

from sednactl.cluster.addresses import path_of
from sednactl.cluster.door import Change, Cluster
from sednactl.errors import Conflict, InvalidInput, Refused
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.selecting import selector_of
from sednactl.sandbox.controllers.world import Json, Place, World, place_of
from sednactl.sandbox.controllers.writing import Writer
from sednactl.sandbox.resources import POD_METRICS
from sednactl.scaling.controller_settings import DEFAULT_SETTINGS, ControllerSettings
from sednactl.scaling.decision import Decision, decide, refused
from sednactl.scaling.readings import Readings, Unavailable
from sednactl.scaling.scale_history import ScaleHistory
from sednactl.scaling.scales import scale_of
from sednactl.sedna.resources import DEPLOYMENT, HPA, POD, REPLICA_SET, Resource

_TARGETS = {("apps", "Deployment"): DEPLOYMENT, ("apps", "ReplicaSet"): REPLICA_SET}
_NO_API = "the server could not find the requested resource (get pods.metrics.k8s.io)"
_NO_SUCH_API = "unable to get metrics: no such API is registered in the sandbox"


class Autoscalers:
    """Decides for every autoscaler each `settings.sync_period` seconds, and carries it out.

    Targets are Deployments and ReplicaSets. Custom and external metrics are not
    available, as no adapter serves them.
    """

    name = "horizontal-pod-autoscaler"
    follows = (HPA, DEPLOYMENT, REPLICA_SET, POD, POD_METRICS)

    def __init__(
        self, cluster: Cluster, clock: Clock, settings: ControllerSettings = DEFAULT_SETTINGS
    ) -> None:
        self._cluster = cluster
        self._clock = clock
        self._settings = settings
        self._writer = Writer(cluster, clock, self.name)
        self._histories: dict[Place, ScaleHistory] = {}
        self._rivals: dict[tuple[str, str], dict[Place, None]] = {}
        self._metrics_served: bool | None = None

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Give an autoscaler that is new or gone; everything else waits for the next period."""
        item = change.object
        if item is None or change.selection.resource != HPA:
            return []
        place = place_of(item)
        gone = change.type == "deleted"
        if before is not None and "spec" in before:
            self._rivals.get(_target(before), {}).pop(place, None)
        if not gone:
            self._rivals.setdefault(_target(item), {})[place] = None
        return [place] if gone or before is None else []

    def look(self, key: Any, world: World) -> float | None:
        """Decide for one autoscaler."""
        hpa = world.get(HPA, *key)
        if hpa is None:
            self._histories.pop(key, None)
            return None
        first = key not in self._histories
        period = self._settings.sync_period
        decision = self._decide(hpa, key, world)
        if decision is not None:
            self._carry_out(hpa, decision, world)
            self._histories[key] = decision.history
        else:
            self._histories.setdefault(key, ScaleHistory())
        # Those that came together (all of them, at the start) must not stay together.
        return period * (0.4 + zlib.crc32(repr(key).encode()) % 600 / 1000) if first else period

    def _decide(self, hpa: Json, key: Place, world: World) -> Decision | None:
        namespace = key[0]
        target, kind = self._find_target(hpa, world)
        history = self._histories.get(key, ScaleHistory())
        now = self._clock.now()
        try:
            if target is None or kind is None:
                name = hpa["spec"]["scaleTargetRef"]["name"]
                plural = kind.full_name if kind is not None else hpa["spec"]["scaleTargetRef"].get("kind", "")
                why = f'{plural.replace(".", "/scale.", 1)} "{name}" not found'
                return decide(hpa, None, (), Readings(), now, history, self._settings, no_scale=why)
            pods = world.selected(POD, namespace, selector_of(target["spec"]["selector"]))
            rivals = list(self._rivals.get(_target(hpa), ()))
            return decide(
                hpa,
                scale_of(target),
                pods,
                self._readings(namespace, pods, world),
                now,
                history,
                self._settings,
                rivals=[(name, where) for where, name in rivals] if len(rivals) > 1 else (),
            )
        except InvalidInput as error:  # a spec that no API server should have taken
            self._writer.event(hpa, HPA, "Warning", "InvalidSpec", error.message)
            return None

    def _find_target(self, hpa: Json, world: World) -> tuple[Json | None, Resource | None]:
        reference = hpa["spec"]["scaleTargetRef"]
        group = str(reference.get("apiVersion") or "").rpartition("/")[0]
        kind = _TARGETS.get((group, str(reference.get("kind"))))
        if kind is None:
            return None, None
        return world.get(kind, hpa["metadata"]["namespace"], reference["name"]), kind

    def _readings(self, namespace: str, pods: list[Json], world: World) -> Readings:
        if self._metrics_served is None:
            self._metrics_served = self._cluster.serves(POD_METRICS)
        missing = Unavailable(_NO_SUCH_API)
        if not self._metrics_served:
            return Readings(Unavailable(_NO_API), missing, missing)
        found = (world.get(POD_METRICS, namespace, pod["metadata"]["name"]) for pod in pods)
        return Readings([each for each in found if each is not None], missing, missing)

    def _carry_out(self, hpa: Json, decision: Decision, world: World) -> None:
        if decision.rescale:
            reference = hpa["spec"]["scaleTargetRef"]
            _, kind = self._find_target(hpa, world)
            if kind is not None:
                try:
                    self._rescale(kind, hpa["metadata"]["namespace"], reference["name"], decision.desired)
                except Refused as refusal:
                    decision = refused(decision, hpa, refusal.message)
        status = {key: value for key, value in decision.status.items() if value is not None}
        if status != _written_status(hpa):
            # Where somebody edited it meanwhile, what was decided stands; the next period tells it.
            with suppress(Conflict):
                self._writer.set_status(world, HPA, hpa, status)
        for notice in decision.events:
            self._writer.event(hpa, HPA, notice.type, notice.reason, notice.message)

    def _rescale(self, kind: Resource, namespace: str, name: str, replicas: int) -> None:
        self._cluster.request(
            "PATCH",
            path_of(kind, namespace, name, "scale"),
            query={"fieldManager": "kube-controller-manager"},
            body={"spec": {"replicas": replicas}},
            content_type="application/merge-patch+json",
        )


def _written_status(hpa: Json) -> Json:
    status = {key: value for key, value in (hpa.get("status") or {}).items() if value is not None}
    status.setdefault("currentReplicas", 0)
    status.setdefault("desiredReplicas", 0)
    return status


def _target(hpa: Json) -> tuple[str, str]:
    reference = hpa["spec"]["scaleTargetRef"]
    return hpa["metadata"]["namespace"], f"{reference.get('kind')}/{reference.get('name')}"
