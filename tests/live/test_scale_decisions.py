"""The real autoscaler controller decides on random states, and every decision of ours is the same."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

import pytest

from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.scaling.decision import Decision, decide
from sednactl.scaling.readings import Readings
from sednactl.scaling.scale_history import ScaleHistory
from tests.live.plane.api import MERGE, Json, eventually
from tests.live.plane.metrics_adapter import MetricsAdapter
from tests.live.plane.plane import Plane
from tests.live.plane.programs import find_program
from tests.live.random_states import GROUP, HOLD, KIND, PLURAL, QUEUE, State, random_state

MEASURED = {
    "cpu resource utilization",
    "cpu container resource utilization",
    "memory resource",
    "pods metric qps",
    f"{KIND} metric jobs",
    f"external metric {QUEUE}",
}
"""What the controller calls the metrics by which it decides; each type has to decide somewhere."""
SETTINGS = ControllerSettings(
    scale_down_window=6, cpu_initialization_period=1, initial_readiness_delay=1, sync_period=2
)
"""As tests/live/plane/plane.py starts the controller."""
SEEDS, BATCHES, STATES = (1, 5, 8), 2, 60
LONGEST = 17
"""Seconds after which a change can still follow another: the default rules' period, and one sync."""
pytestmark = pytest.mark.compared

_TARGETS = f"/apis/{GROUP}/v1/namespaces/{{}}/{PLURAL}"
_HPAS = "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers"
_METRICS = "/apis/metrics.k8s.io/v1beta1/namespaces/{}/pods"
_QUEUES = f"/apis/external.metrics.k8s.io/v1beta1/namespaces/{{}}/{QUEUE}"


@dataclass
class Statuses:
    """Every status of every autoscaler of a namespace, in order."""

    seen: dict[str, list[Json]] = field(default_factory=dict)

    def of(self, name: str) -> list[Json]:
        return self.seen.get(name, [])

    def follow(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            item = json.loads(line)["object"]
            status = item.get("status") or {}
            found = self.seen.setdefault(item["metadata"]["name"], [])
            if status.get("conditions") and (not found or found[-1] != status):
                found.append(status)


@contextmanager
def _watching(plane: Plane, namespace: str) -> Iterator[Statuses]:
    kubectl = find_program("kubectl")
    if kubectl is None:
        pytest.skip("no kubectl on PATH or beside the control plane's programs")
    watch = f"{_HPAS.format(namespace)}?watch=true&timeoutSeconds=900"
    process = subprocess.Popen(
        [kubectl, "--kubeconfig", str(plane.kubeconfig), "get", "--raw", watch],
        stdout=subprocess.PIPE,
        text=True,
    )
    statuses = Statuses()
    thread = threading.Thread(target=statuses.follow, args=(process,), daemon=True)
    thread.start()
    try:
        yield statuses
    finally:
        process.terminate()
        process.wait(20)
        thread.join(20)


def _define(plane: Plane) -> None:
    """Make a kind that can be scaled and that nothing else acts on, and an external metric."""
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    scale = {
        "specReplicasPath": ".spec.replicas",
        "statusReplicasPath": ".status.replicas",
        "labelSelectorPath": ".status.selector",
    }
    kinds = [
        (GROUP, "v1", PLURAL, KIND, {"subresources": {"scale": scale}}),
        ("external.metrics.k8s.io", "v1beta1", QUEUE, "ExternalMetricValue", {}),
    ]
    for group, version, plural, kind, more in kinds:
        crd = {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {
                "name": f"{plural}.{group}",
                "annotations": {"api-approved.kubernetes.io": "unapproved, a test's stand-in"},
            },
            "spec": {
                "group": group,
                "scope": "Namespaced",
                "names": {"plural": plural, "singular": plural, "kind": kind, "listKind": f"{kind}List"},
                "versions": [{"name": version, "served": True, "storage": True, "schema": schema, **more}],
            },
        }
        status, answer = plane.api("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd)
        assert status in (201, 409), answer


def _create(plane: Plane, namespace: str, state: State) -> None:
    """Make everything but the autoscaler."""
    pods = f"/api/v1/namespaces/{namespace}/pods"
    plane.api.expect("POST", _TARGETS.format(namespace), state.target)
    for pod in state.pods:
        name = pod["metadata"]["name"]
        plane.api.expect("POST", pods, pod)
        status = state.statuses[name]
        plane.api.expect("PATCH", f"{pods}/{name}/status", {"status": status}, MERGE)
    for name in state.deleted:
        plane.api.expect("DELETE", f"{pods}/{name}")
    for metrics in state.metrics:
        plane.api.expect("POST", _METRICS.format(namespace), metrics)


def _queues(plane: Plane, namespace: str) -> None:
    for name, queue, value in (("one", "a", "7"), ("two", "a", "3500m"), ("three", "b", "120")):
        body = {
            "apiVersion": "external.metrics.k8s.io/v1beta1",
            "kind": "ExternalMetricValue",
            "metadata": {"name": name, "labels": {"queue": queue}},
            "metricName": QUEUE,
            "metricLabels": {"queue": queue},
            "timestamp": "2026-01-01T00:00:00Z",
            "value": value,
        }
        plane.api.expect("POST", _QUEUES.format(namespace), body)


def _let_go(plane: Plane, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods"
    for pod in plane.api.expect("GET", path)["items"]:
        if HOLD in (pod["metadata"].get("finalizers") or ()):
            name = pod["metadata"]["name"]
            plane.api("PATCH", f"{path}/{name}", {"metadata": {"finalizers": None}}, MERGE)


@dataclass
class Ours:
    """Our own controller for one state: the same objects, the readings as they are stored."""

    hpa: Json
    scale: Json
    pods: list[Json]
    readings: Readings
    history: ScaleHistory = field(default_factory=ScaleHistory)

    def sync(self, now: datetime) -> Decision:
        found = decide(self.hpa, self.scale, self.pods, self.readings, now, self.history, SETTINGS)
        self.history = found.history
        self.hpa = {**self.hpa, "status": found.status}
        self.scale = {**self.scale, "spec": {"replicas": found.desired}}
        return found

    def settled(self, begun: datetime) -> Decision:
        """Sync until nothing changed for longer than anything can still be pending."""
        found = self.sync(begun)
        shown, since, now = _comparable(found.status), begun, begun
        while now - since <= timedelta(seconds=2 * LONGEST):
            now += timedelta(seconds=SETTINGS.sync_period)
            found = self.sync(now)
            if _comparable(found.status) != shown:
                shown, since = _comparable(found.status), now
        return found


def _ours(state: State, hpa: Json, pods: list[Json], metrics: list[Json], queues: list[Json]) -> Ours:
    def mine(items: list[Json]) -> list[Json]:
        return [item for item in items if item["metadata"]["labels"]["of"] == state.name]

    scale = {"spec": state.target["spec"], "status": state.target["status"]}
    return Ours({**hpa, "status": {}}, scale, mine(pods), Readings(mine(metrics), state.custom, queues))


def _told(state: State, namespace: str) -> list[Json]:
    """Give the values of custom metrics as the adapter has them."""
    return [
        {
            **value,
            "describedObject": {**value["describedObject"], "namespace": namespace},
            "labels": {"of": state.name},
        }
        for value in state.custom
    ]


def _comparable(status: Json) -> Json:
    conditions = [
        (item["type"], item["status"], item["reason"], _message(item["message"]))
        for item in status.get("conditions") or ()
    ]
    return {
        "current": status.get("currentReplicas", 0),
        "desired": status["desiredReplicas"],
        "metrics": status.get("currentMetrics"),
        "conditions": conditions,
        "scaled": "lastScaleTime" in status,
    }


def _message(text: str) -> str:
    """Cut the name of the pod that lacks a request: the controller looks at pods in no order."""
    head, found, _ = text.partition(" in container ")
    if found and "missing request for" in head:
        return head
    if "unable to get external metric" in text:
        # One that nobody serves fails otherwise here than with a real adapter.
        return text.partition(": no metrics returned")[0].partition(": unable to fetch")[0]
    # The adapter calls an object's kind as the API server's paths do.
    return text.partition(" for Target")[0].partition(f" for {PLURAL}.{GROUP}")[0]


@pytest.fixture
def adapter(plane: Plane) -> Iterator[MetricsAdapter]:
    found = MetricsAdapter(plane.api)
    found.start()
    try:
        yield found
    finally:
        found.stop()


@pytest.fixture
def canary(plane: Plane, namespace: str) -> None:
    """Wait until the controller knows the kind that is scaled; it looks for new kinds twice a minute."""
    _define(plane)

    def made() -> bool:
        body = {
            **_plain("canary"),
            "spec": {"replicas": 1},
            "status": {"replicas": 1, "selector": "of=canary"},
        }
        return plane.api("POST", _TARGETS.format(namespace), body)[0] in (201, 409)

    eventually(made, what="the kind to be served")
    hpa = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "canary"},
        "spec": {
            "scaleTargetRef": {"apiVersion": f"{GROUP}/v1", "kind": KIND, "name": "canary"},
            "maxReplicas": 2,
        },
    }
    plane.api.expect("POST", _HPAS.format(namespace), hpa)

    def able() -> bool:
        found = plane.api.expect("GET", _HPAS.format(namespace) + "/canary")
        conditions = (found.get("status") or {}).get("conditions") or ()
        return any(item["type"] == "AbleToScale" and item["status"] == "True" for item in conditions)

    eventually(able, timeout=90, what="the controller to know the kind")
    plane.api.expect("DELETE", _HPAS.format(namespace) + "/canary")


def _plain(name: str) -> Json:
    return {"apiVersion": f"{GROUP}/v1", "kind": KIND, "metadata": {"name": name}}


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("canary")
@pytest.mark.parametrize("seed", SEEDS)
def test_every_decision_is_the_controllers(
    plane: Plane, namespace: str, adapter: MetricsAdapter, seed: int
) -> None:
    if not plane.own:
        pytest.skip("the controller of a running plane may be set otherwise")
    random = Random(seed)
    _queues(plane, namespace)
    differences: list[str] = []
    outcomes: dict[Any, int] = {}
    try:
        with _watching(plane, namespace) as statuses:
            for batch in range(BATCHES):
                now = datetime.now(timezone.utc)
                states = [random_state(random, f"s{batch}x{n}", now) for n in range(STATES)]
                adapter.values = [value for state in states for value in _told(state, namespace)]
                differences += _batch(plane, namespace, states, statuses, outcomes)
    finally:
        _let_go(plane, namespace)
    assert not differences, f"seed {seed}: {len(differences)} differ\n" + "\n".join(differences[:5])
    assert sum(outcomes.values()) == BATCHES * STATES * 2
    # The states are worth something only if they lead to all kinds of outcomes; these seeds do.
    told = {reason for reasons in outcomes for reason in reasons}
    assert {
        "SucceededRescale", "ScaleDownStabilized", "ScaleUpStabilized", "ScalingDisabled", "InvalidSelector",
        "TooManyReplicas",
        "TooFewReplicas", "ScaleUpLimit", "ScaleDownLimit", "DesiredWithinRange", "FailedGetResourceMetric",
        "FailedGetContainerResourceMetric", "FailedGetExternalMetric", "FailedGetPodsMetric",
        "FailedGetObjectMetric", "ValidMetricFound",
    } <= told, told  # fmt: skip
    deciding = {word for word in MEASURED if any(word in message for message in _messages(statuses))}
    assert deciding == MEASURED


def _messages(statuses: Statuses) -> set[str]:
    """Give by which metrics the controller decided, in its own words."""
    return {
        condition["message"]
        for told in statuses.seen.values()
        for status in told
        for condition in status["conditions"]
        if condition["reason"] == "ValidMetricFound"
    }


def _batch(
    plane: Plane,
    namespace: str,
    states: list[State],
    statuses: Statuses,
    outcomes: dict[Any, int],
) -> list[str]:
    for state in states:
        _create(plane, namespace, state)
    for state in states:
        plane.api.expect("POST", _HPAS.format(namespace), state.hpa)
    hpas = {
        item["metadata"]["name"]: item for item in plane.api.expect("GET", _HPAS.format(namespace))["items"]
    }
    pods = plane.api.expect("GET", f"/api/v1/namespaces/{namespace}/pods")["items"]
    metrics = plane.api.expect("GET", _METRICS.format(namespace))["items"]
    queues = plane.api.expect("GET", _QUEUES.format(namespace))["items"]
    missing = [state.name for state in states]

    def decided() -> bool:
        missing[:] = [name for name in missing if not statuses.of(name)]
        return not missing

    try:
        eventually(decided, timeout=60, what="a first decision on each")
    except AssertionError:
        raise AssertionError("no decision on " + _described(states, missing)) from None
    found: list[str] = []
    begun = datetime.now(timezone.utc)
    _settle(statuses, begun)
    for state in states:
        ours = _ours(state, hpas[state.name], pods, metrics, queues)
        theirs = statuses.of(state.name)
        first = _comparable(ours.sync(begun).status)
        found += _difference(state, "first", first, _comparable(theirs[0]), outcomes)
        last = _comparable(ours.settled(begun + timedelta(seconds=SETTINGS.sync_period)).status)
        found += _difference(state, "settled", last, _comparable(theirs[-1]), outcomes)
    for state in states:
        plane.api.expect("DELETE", f"{_HPAS.format(namespace)}/{state.name}")
    return found


def _settle(statuses: Statuses, begun: datetime) -> None:
    """Wait until nothing was told for longer than anything can still be pending."""
    seen, since = 0, begun

    def quiet() -> bool:
        nonlocal seen, since
        now, count = datetime.now(timezone.utc), sum(map(len, statuses.seen.values()))
        if count != seen:
            seen, since = count, now
        return now - since > timedelta(seconds=LONGEST + 5)

    eventually(quiet, timeout=240, what="all to settle")


def _difference(state: State, when: str, ours: Json, theirs: Json, outcomes: dict[Any, int]) -> list[str]:
    reasons = tuple(condition[2] for condition in theirs["conditions"])
    outcomes[reasons] = outcomes.get(reasons, 0) + 1
    if ours == theirs:
        return []
    return [f"{state.name}, {when}:\n ours   {ours}\n theirs {theirs}\n{_described([state], [state.name])}"]


def _described(states: list[State], names: list[str]) -> str:
    return "\n".join(_description(state) for state in states if state.name in names)


def _description(state: State) -> str:
    return (
        f" {state.name}\n hpa    {json.dumps(state.hpa['spec'])}\n"
        f" target {state.target['spec']} {state.target['status']}\n"
        f" pods   {[(pod['metadata']['name'], pod['spec'], state.statuses[pod['metadata']['name']]) for pod in state.pods]}\n"
        f" deleted {state.deleted}\n metrics {state.metrics}"
    )
