"""The HorizontalPodAutoscaler controller: `scaling.decision` with a cluster around it."""

from __future__ import annotations

import operator
import zlib
from collections.abc import Hashable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sednactl.cluster.addresses import path_of
from sednactl.cluster.door import Change, Cluster
from sednactl.cluster.label_selectors import selector_of
from sednactl.errors import Conflict, InvalidInput, Refused
from sednactl.moments import duration_of
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.pods import ready_since
from sednactl.sandbox.controllers.world import Json, Place, World, place_of
from sednactl.sandbox.controllers.writing import Writer
from sednactl.sandbox.times import read, seconds_between
from sednactl.scaling.controller_settings import DEFAULT_SETTINGS, ControllerSettings
from sednactl.scaling.decision import Decision, decide, refused
from sednactl.scaling.readings import Readings, Unavailable
from sednactl.scaling.scale_history import ScaleHistory
from sednactl.scaling.scales import scale_of
from sednactl.sedna.resources import DEPLOYMENT, HPA, POD, POD_METRICS, REPLICA_SET, Resource

_TARGETS = {("apps", "Deployment"): DEPLOYMENT, ("apps", "ReplicaSet"): REPLICA_SET}
_NO_API = "the server could not find the requested resource (get pods.metrics.k8s.io)"
_NO_SUCH_API = "unable to get metrics: no such API is registered in the sandbox"


@dataclass(frozen=True)
class _Inputs:
    """What a decision is made from, but for the time and the history."""

    hpa: Json
    target: Json | None
    kind: Resource | None
    pods: list[Json]
    readings: list[Json] | None
    rivals: tuple[tuple[str, str], ...]

    def same(self, other: _Inputs) -> bool:
        """Tell whether these are the very same objects; the world replaces what changes."""
        if self.hpa is not other.hpa or self.target is not other.target or self.rivals != other.rivals:
            return False
        if (self.readings is None) != (other.readings is None):
            return False
        mine, others = [*self.pods, *(self.readings or ())], [*other.pods, *(other.readings or ())]
        return len(mine) == len(others) and all(map(operator.is_, mine, others))


@dataclass(frozen=True)
class _Rest:
    """An autoscaler that time alone does not move: decided for `inputs`, last confirmed `at`."""

    inputs: _Inputs
    at: datetime


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
        self._resting: dict[Place, _Rest] = {}
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
        """Decide for one autoscaler, unless it is at rest and nothing it depends on has changed."""
        hpa = world.get(HPA, *key)
        if hpa is None:
            self._histories.pop(key, None)
            self._resting.pop(key, None)
            return None
        first = key not in self._histories
        period = self._settings.sync_period
        inputs, now = self._inputs(hpa, world), self._clock.now()
        rest = self._resting.get(key)
        if rest is not None and rest.inputs.same(inputs):
            self._resting[key] = replace(rest, at=now)
            return period
        if rest is not None:
            # What would have been recommended all the while counts for stabilization.
            del self._resting[key]
            asleep = self._decide(rest.inputs, rest.at, self._histories[key])
            if asleep is not None:
                self._histories[key] = asleep.history
        decision = self._decide(inputs, now, self._histories.get(key, ScaleHistory()))
        if decision is None:
            self._histories.setdefault(key, ScaleHistory())
            return period
        changed = self._carry_out(hpa, decision, world)
        self._histories[key] = decision.history
        if not changed and self._is_at_rest(decision, inputs, now):
            self._resting[key] = _Rest(inputs, now)
        # Those that came together (all of them, at the start) must not stay together.
        return period * (0.4 + zlib.crc32(repr(key).encode()) % 600 / 1000) if first else period

    def _is_at_rest(self, decision: Decision, inputs: _Inputs, now: datetime) -> bool:
        """Tell whether the same inputs will give the same decision however much time goes by."""
        if decision.events or not decision.current == decision.desired == decision.asked:
            return False
        grown = self._settings.cpu_initialization_period + self._settings.initial_readiness_delay
        readings = {each["metadata"]["name"]: each for each in inputs.readings or ()}
        return all(
            seconds_between(pod.get("status", {}).get("startTime"), now) > grown
            or _counts_at_any_age(pod, readings.get(pod["metadata"]["name"]))
            for pod in inputs.pods
        )

    def _inputs(self, hpa: Json, world: World) -> _Inputs:
        namespace = hpa["metadata"]["namespace"]
        target, kind = self._find_target(hpa, world)
        if target is None:
            return _Inputs(hpa, None, kind, [], [], ())
        pods = world.selected(POD, namespace, selector_of(target["spec"]["selector"]))
        if self._metrics_served is None:
            self._metrics_served = self._cluster.serves(POD_METRICS)
        readings = None
        if self._metrics_served:
            found = (world.get(POD_METRICS, namespace, pod["metadata"]["name"]) for pod in pods)
            readings = [each for each in found if each is not None]
        rivals = tuple((name, where) for where, name in self._rivals.get(_target(hpa), ()))
        return _Inputs(hpa, target, kind, pods, readings, rivals if len(rivals) > 1 else ())

    def _decide(self, inputs: _Inputs, now: datetime, history: ScaleHistory) -> Decision | None:
        hpa = inputs.hpa
        missing = Unavailable(_NO_SUCH_API)
        pod_readings = Unavailable(_NO_API) if inputs.readings is None else inputs.readings
        try:
            if inputs.target is None:
                reference = hpa["spec"]["scaleTargetRef"]
                plural = inputs.kind.full_name if inputs.kind is not None else reference.get("kind", "")
                why = f'{plural.replace(".", "/scale.", 1)} "{reference["name"]}" not found'
                return decide(hpa, None, (), Readings(), now, history, self._settings, no_scale=why)
            return decide(
                hpa,
                scale_of(inputs.target),
                inputs.pods,
                Readings(pod_readings, missing, missing),
                now,
                history,
                self._settings,
                rivals=inputs.rivals,
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

    def _carry_out(self, hpa: Json, decision: Decision, world: World) -> bool:
        """Rescale, write the status, record events; tells whether anything was to do."""
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
        return decision.rescale or status != _written_status(hpa)

    def _rescale(self, kind: Resource, namespace: str, name: str, replicas: int) -> None:
        self._cluster.request(
            "PATCH",
            path_of(kind, namespace, name, "scale"),
            query={"fieldManager": "kube-controller-manager"},
            body={"spec": {"replicas": replicas}},
            content_type="application/merge-patch+json",
        )


def _counts_at_any_age(pod: Json, reading: Json | None) -> bool:
    """Tell whether a pod is ready and was so all through the window of its reading: then its youth does not matter."""
    since, taken = ready_since(pod), read(reading.get("timestamp")) if reading is not None else None
    if since is None or taken is None or reading is None:
        return False
    return taken >= since + timedelta(seconds=duration_of(str(reading.get("window") or "0")))


def _written_status(hpa: Json) -> Json:
    status = {key: value for key, value in (hpa.get("status") or {}).items() if value is not None}
    status.setdefault("currentReplicas", 0)
    status.setdefault("desiredReplicas", 0)
    return status


def _target(hpa: Json) -> tuple[str, str]:
    reference = hpa["spec"]["scaleTargetRef"]
    return hpa["metadata"]["namespace"], f"{reference.get('kind')}/{reference.get('name')}"
