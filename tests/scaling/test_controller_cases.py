"""The cases of Kubernetes' own tests of the whole autoscaler, as inputs and what the controller wrote.

Its pods have two containers that share request and usage equally. Where those
tests begin without any recommendation, an old one that no longer counts stands
for that. What they say about queues, monitors and a thousand autoscalers at once
is not arithmetic and left out. They run with a scale-up limit of eight times the
replicas; no case that is here depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.scaling.decision import Decision, decide, refused
from sednactl.scaling.readings import Readings, Unavailable
from sednactl.scaling.scale_history import ScaleHistory
from tests.scaling.autoscaled import (
    NOW,
    Json,
    autoscaler,
    cpu_metric,
    external_metric,
    object_metric,
    per_pod,
    pod,
    pods_metric,
    reasons,
    scale,
    stamp,
    usage,
)

SETTINGS = ControllerSettings(cpu_initialization_period=120, initial_readiness_delay=10)
HOT, COOL = 0.0, 180.0
T, F = True, False
FORGOTTEN = ScaleHistory(((NOW.timestamp() - 7200, 1),))
WITHIN = {
    "AbleToScale": "True SucceededRescale",
    "ScalingActive": "True ValidMetricFound",
    "ScalingLimited": "False DesiredWithinRange",
}
READY = {**WITHIN, "AbleToScale": "True ReadyForNewScale"}
CHEESE: Json = {"type": "CheddarCheese"}


def _failed(reason: str) -> dict[str, str]:
    return {"AbleToScale": "True SucceededGetScale", "ScalingActive": f"False {reason}"}


def _limited(reason: str) -> dict[str, str]:
    return {**WITHIN, "ScalingLimited": f"True {reason}"}


@dataclass(frozen=True)
class Case:
    """Bounds, replicas told, metrics, readings and pods; then the replicas wanted and the conditions.

    `levels` are the pods' CPU in millicores and, unless there is a `total`, their
    values of a custom metric in thousandths; `total` is that of an object or a queue.
    """

    bounds: tuple[int, int]
    current: int
    metrics: list[Json]
    levels: list[int]
    desired: int
    conditions: dict[str, str] = field(default_factory=lambda: WITHIN)
    requests: list[str] | None = None
    ready: list[bool] = field(default_factory=list)
    started: list[float] = field(default_factory=list)
    phases: list[str] = field(default_factory=list)
    deleted: list[bool] = field(default_factory=list)
    total: int | None = None
    behavior: Json | None = None
    running: int | None = None
    history: ScaleHistory = FORGOTTEN
    broken: bool = False


def _at(values: list[Any], place: int, otherwise: Any) -> Any:
    return values[place] if place < len(values) else otherwise


def _half(quantity: str) -> str:
    return f"{round(float(quantity) * 500)}m"


def _pods(case: Case) -> list[Json]:
    running = case.current if case.running is None else case.running
    requests = ["1"] * running if case.requests is None else case.requests
    found = []
    for place, request in enumerate(requests):
        started = _at(case.started, place, None)
        one = pod(
            f"pod-{place}",
            (_half(request),) * 2,
            phase=_at(case.phases, place, "Running"),
            ready=_at(case.ready, place, True),
            started=started,
            deleted=_at(case.deleted, place, False),
        )
        # Pods without a start time started in the year 1, and became ready then.
        one["status"].setdefault("startTime", "0001-01-01T00:00:00Z")
        one["status"]["conditions"][0].setdefault("lastTransitionTime", "0001-01-01T00:00:00Z")
        found.append(one)
    return found


def _readings(case: Case) -> Readings:
    if case.broken:
        wrong = Unavailable("something went wrong")
        return Readings(wrong, wrong, wrong)
    names = [f"pod-{place}" for place in range(len(case.levels))]
    used = [
        {**usage(name, [f"{level / 2}m"] * 2), "window": "1m0s"}
        for name, level in zip(names, case.levels, strict=True)
    ]
    custom = [per_pod("qps", name, f"{level}m") for name, level in zip(names, case.levels, strict=True)]
    external = []
    if case.total is not None:
        about = {"kind": "Deployment", "name": "some"}
        custom = [{"describedObject": about, "metric": {"name": "qps"}, "value": f"{case.total}m"}]
        external = [{"metricName": "qps", "metricLabels": {}, "value": f"{case.total}m"}]
    return Readings(used, custom, external)


def _hpa(case: Case) -> Json:
    least, most = case.bounds
    status = {"currentReplicas": case.current, "desiredReplicas": case.current}
    return autoscaler(*case.metrics, minimum=least, maximum=most, behavior=case.behavior, status=status)


def _decided(case: Case, target: Json | None = None, **more: Any) -> Decision:
    target = target or scale(case.current, case.running)
    return decide(_hpa(case), target, _pods(case), _readings(case), NOW, case.history, SETTINGS, **more)


def _percent(pods: int, percent: int, window: int) -> Json:
    policies = [{"type": "Pods", "value": pods, "periodSeconds": 60}] if pods else []
    policies.append({"type": "Percent", "value": percent, "periodSeconds": 60})
    return {"stabilizationWindowSeconds": window, "selectPolicy": "Max", "policies": policies}


HIGH = [300, 500, 700]
LOW = [100, 300, 500, 250, 250]
UNEVEN = ["0.9", "1.0", "1.1"]
TENTH = ["0.1"] * 3
SPREAD = ["0.4", "0.2", "0.31", "0.29", "0.302", "0.298", "0.301", "0.299", "0.3", "0.3"]

CPU = {
    "up": Case((2, 6), 3, [cpu_metric(30)], HIGH, 5),
    "up, one container": Case((2, 6), 3, [cpu_metric(30, "container1")], HIGH, 5),
    "up less, one unready": Case((2, 6), 3, [cpu_metric(30)], HIGH, 4, ready=[F, T, T]),
    "up less, one hot": Case((2, 6), 3, [cpu_metric(30)], HIGH, 4, started=[HOT, COOL, COOL]),
    "not up, two unready": Case((2, 6), 3, [cpu_metric(30)], [400, 500, 700], 3, READY, ready=[T, F, F]),
    "not up, two hot": Case(
        (2, 6), 3, [cpu_metric(30)], [400, 500, 700], 3, READY, ready=[T, F, F], started=[COOL, HOT, HOT]
    ),
    "up, two failed": Case(
        (2, 6), 2, [cpu_metric(30)], [500, 700], 4, requests=["1"] * 4, ready=[T, T, F, F],
        phases=["Running", "Running", "Failed", "Failed"],
    ),
    "up, two being deleted": Case(
        (2, 6), 2, [cpu_metric(30)], [500, 700], 4, requests=["1"] * 4, ready=[T, T, F, F],
        deleted=[F, F, T, T],
    ),
    "down": Case((2, 6), 5, [cpu_metric(50)], LOW, 3),
    "down, one container": Case((2, 6), 5, [cpu_metric(50, "container2")], LOW, 3),
    "down, rules for the way up": Case(
        (2, 6), 5, [cpu_metric(50)], LOW, 3, behavior={"scaleUp": _percent(0, 100, 30)}
    ),
    "down waits for the size it began with": Case(
        (2, 6), 5, [cpu_metric(50)], LOW, 5, {**READY, "AbleToScale": "True ScaleDownStabilized"},
        history=ScaleHistory(),
    ),
    "down without the unready": Case((2, 6), 5, [cpu_metric(50)], LOW, 2, ready=[T, T, T, F, F]),
    "down without the hot": Case(
        (2, 6), 5, [cpu_metric(50)], LOW, 2, started=[COOL, COOL, COOL, HOT, HOT]
    ),
    "down, two failed": Case(
        (2, 6), 5, [cpu_metric(50)], LOW, 3, requests=["1"] * 7, ready=[T] * 5 + [F] * 2,
        phases=["Running"] * 5 + ["Failed"] * 2,
    ),
    "down, two being deleted": Case(
        (2, 6), 5, [cpu_metric(50)], LOW, 3, requests=["1"] * 7, ready=[T] * 5 + [F] * 2,
        deleted=[F] * 5 + [T] * 2,
    ),
    "tolerance": Case((1, 5), 3, [cpu_metric(100)], [1010, 1030, 1020], 3, READY, UNEVEN),
    "minimum": Case((2, 5), 3, [cpu_metric(90)], [10, 95, 10], 2, _limited("TooFewReplicas"), UNEVEN),
    "down to zero": Case((0, 5), 3, [cpu_metric(90)], [0, 0, 0], 0, WITHIN, UNEVEN),
    "zero wanted, two at least": Case(
        (2, 5), 3, [cpu_metric(90)], [0, 0, 0], 2, _limited("TooFewReplicas"), UNEVEN
    ),
    "zero replicas": Case((3, 5), 0, [cpu_metric(90)], [], 0, _failed("ScalingDisabled")),
    "too few replicas": Case(
        (3, 5), 2, [cpu_metric(90)], [], 3, {"AbleToScale": "True SucceededRescale"}, []
    ),
    "too many replicas": Case(
        (3, 5), 10, [cpu_metric(90)], [], 5, {"AbleToScale": "True SucceededRescale"}, []
    ),
    "maximum": Case(
        (2, 5), 3, [cpu_metric(90)], [8000, 9500, 1000], 5, _limited("TooManyReplicas"), UNEVEN
    ),
    "readings of pods that are not there": Case(
        (2, 6), 4, [cpu_metric(100)], [4000, 9500, 3000, 7000, 3200, 2000], 6, _limited("TooManyReplicas")
    ),
    "readings missing": Case((2, 6), 4, [cpu_metric(100)], [400, 95], 3),
    "no readings": Case((2, 6), 4, [cpu_metric(100)], [], 4, _failed("FailedGetResourceMetric")),
    "no pods": Case((1, 5), 1, [cpu_metric(100)], [200], 1, _failed("FailedGetResourceMetric"), []),
    "one reading of four": Case((1, 5), 4, [cpu_metric(50)], [200], 2, requests=["0.2"]),
    "capped by a policy": Case(
        (1, 100), 3, [cpu_metric(10)], [100, 200, 300], 24, _limited("ScaleUpLimit"), TENTH,
        behavior={"scaleUp": _percent(0, 700, 0)},
    ),
    "capped by the maximum": Case(
        (1, 20), 3, [cpu_metric(10)], [100, 200, 300], 20, _limited("TooManyReplicas"), TENTH,
        behavior={"scaleUp": _percent(0, 700, 0)},
    ),
    "a surge of a rolling update": Case(
        (1, 8), 4, [cpu_metric(50)], [500] * 5, 4, READY, ["1"] * 5, running=5
    ),
    "held by the window": Case(
        (1, 5), 4, [cpu_metric(100)], [50, 50, 50], 4, {**READY, "AbleToScale": "True ScaleDownStabilized"},
        TENTH,
        history=ScaleHistory(((NOW.timestamp() - 600, 10), (NOW.timestamp() - 60, 4))),
    ),
    "just beyond tolerance": Case((0, 1000), 10, [cpu_metric(56)], [150] * 10, 9, WITHIN, SPREAD),
    "just within tolerance": Case((0, 1000), 10, [cpu_metric(55)], [150] * 10, 10, READY, SPREAD),
    "up to the minimum at once": Case(
        (2, 6), 1, [cpu_metric(50)], [0] * 4, 2, {"AbleToScale": "True SucceededRescale"}
    ),
    "down to the maximum at once": Case(
        (2, 5), 6, [cpu_metric(50)], [8000, 9500, 1000], 5, {"AbleToScale": "True SucceededRescale"}, UNEVEN
    ),
}  # fmt: skip

OTHERS = {
    "pods, up": Case((2, 6), 3, [pods_metric("15")], [20000, 10000, 30000], 4),
    "pods, up, the unready count": Case(
        (2, 6), 3, [pods_metric("15")], [50000, 10000, 30000], 6, ready=[T, T, F], started=[COOL, COOL, HOT]
    ),
    "pods, up, the unready and hot count": Case(
        (2, 6), 3, [pods_metric("15")], [50000, 15000, 30000], 6, _limited("TooManyReplicas"),
        ready=[F, T, F], started=[HOT, COOL, HOT],
    ),
    "pods, up, the hot count": Case(
        (2, 6), 3, [pods_metric("15")], [50000, 15000, 30000], 6, _limited("TooManyReplicas"),
        started=[HOT, COOL, HOT],
    ),
    "pods, down": Case((2, 6), 5, [pods_metric("20")], [12000] * 5, 3),
    "pods, tolerance": Case((1, 5), 3, [pods_metric("20")], [20000, 20001, 21000], 3, READY, UNEVEN),
    "pods and CPU": Case(
        (1, 5), 3, [cpu_metric(10), pods_metric("15")], [20000, 10000, 30000], 5, _limited("TooManyReplicas")
    ),
    "object, up": Case((2, 6), 3, [object_metric(value="15")], [], 4, total=20000),
    "object, up from zero": Case((0, 6), 0, [object_metric(value="15")], [], 2, total=20000),
    "object, up from zero in spite of tolerance": Case(
        (0, 6), 0, [object_metric(value="1")], [], 1, total=1000
    ),
    "object, up, a pod": Case((2, 6), 3, [object_metric(averageValue="10")], [], 4, total=40000),
    "object, down": Case((2, 6), 5, [object_metric(value="20")], [], 3, total=12000),
    "object, down to zero": Case((0, 6), 5, [object_metric(value="20")], [], 0, total=0),
    "object, down, a pod": Case((2, 6), 5, [object_metric(averageValue="20")], [], 3, total=60000),
    "object, tolerance": Case((1, 5), 3, [object_metric(value="20")], [], 3, READY, UNEVEN, total=20050),
    "object, tolerance, a pod": Case(
        (2, 6), 4, [object_metric(averageValue="2200m")], [], 4, READY, total=8600
    ),
    "external, up": Case((2, 6), 3, [external_metric(value="6666m")], [], 4, total=8600),
    "external, up, a pod": Case((2, 6), 3, [external_metric(averageValue="2222m")], [], 4, total=8600),
    "external, down": Case((2, 6), 5, [external_metric(value="14400m")], [], 3, total=8600),
    "external, down to zero": Case((0, 6), 5, [external_metric(value="14400m")], [], 0, total=0),
    "external, down, a pod": Case((2, 6), 5, [external_metric(averageValue="3")], [], 3, total=8600),
    "external, tolerance": Case((2, 6), 4, [external_metric(value="8666m")], [], 4, READY, total=8600),
    "external, tolerance, a pod": Case(
        (2, 6), 4, [external_metric(averageValue="2200m")], [], 4, READY, total=8600
    ),
}  # fmt: skip

FAILING = {
    "one invalid, up": Case((2, 6), 3, [cpu_metric(30), CHEESE], [300, 400, 500], 4),
    "one invalid, up from zero": Case(
        (0, 6), 0, [cpu_metric(30), CHEESE], [300, 400, 500], 4, requests=["1"] * 3
    ),
    "one invalid, not down": Case(
        (2, 6), 5, [cpu_metric(50), CHEESE], LOW, 5, _failed("InvalidMetricSourceType")
    ),
    "one empty, up": Case((2, 6), 3, [cpu_metric(30), external_metric(value="100m")], [300, 400, 500], 4),
    "one empty, not down": Case(
        (2, 6), 5, [cpu_metric(50), external_metric(value="1")], LOW, 5, _failed("FailedGetExternalMetric")
    ),
    "only an invalid one": Case((2, 6), 3, [CHEESE], [], 3, _failed("InvalidMetricSourceType")),
    "no CPU": Case(
        (1, 100), 3, [cpu_metric(10)], [], 3, _failed("FailedGetResourceMetric"), TENTH, broken=True
    ),
    "no pods metric": Case(
        (1, 100), 3, [pods_metric("15")], [], 3, _failed("FailedGetPodsMetric"), TENTH, broken=True
    ),
    "no object metric": Case(
        (1, 100), 3, [object_metric(value="15")], [], 3, _failed("FailedGetObjectMetric"), TENTH, broken=True
    ),
    "no external metric": Case(
        (1, 100), 3, [external_metric(value="300m")], [], 3, _failed("FailedGetExternalMetric"), TENTH,
        broken=True,
    ),
}  # fmt: skip
ALL = CPU | OTHERS | FAILING


@pytest.mark.parametrize("case", ALL.values(), ids=ALL.keys())
def test_what_the_controller_wrote(case: Case) -> None:
    found = _decided(case)
    assert (found.desired, found.rescale) == (case.desired, case.desired != case.current)
    assert reasons(found) == case.conditions
    told = [event.message for event in found.events if event.reason == "SuccessfulRescale"]
    assert [message.partition(";")[0] for message in told] == [f"New size: {case.desired}"] * found.rescale


UP = Case((2, 6), 3, [cpu_metric(30)], HIGH, 5)


@pytest.mark.parametrize(
    ("selector", "said"),
    [("", "the HPA target's scale is missing a selector"), ("cheddar cheese", "couldn't convert selector")],
)
def test_selectors_that_are_none(selector: str, said: str) -> None:
    target = {"spec": {"replicas": 3}, "status": {"replicas": 3, "selector": selector}}
    found = _decided(UP, target)
    assert (found.desired, reasons(found)) == (3, _failed("InvalidSelector"))
    assert found.conditions[1]["message"].startswith(said)


@pytest.mark.parametrize(("rivals", "desired"), [(1, 5), (2, 3)])
def test_pods_of_several_autoscalers(rivals: int, desired: int) -> None:
    found = _decided(UP, rivals=[("hpa-x", "park"), ("other", "park")][:rivals])
    assert found.desired == desired
    assert reasons(found) == (WITHIN if desired == 5 else _failed("AmbiguousSelector"))


def test_a_scale_that_cannot_be_read() -> None:
    found = decide(_hpa(UP), None, [], Readings(), NOW, FORGOTTEN, SETTINGS, no_scale="something went wrong")
    assert (found.rescale, reasons(found)) == (False, {"AbleToScale": "False FailedGetScale"})


def test_a_scale_that_cannot_be_written() -> None:
    case = Case((1, 5), 3, [cpu_metric(100)], [150] * 3, 3, requests=TENTH)
    found = refused(_decided(case), _hpa(case), "something went wrong")
    assert (found.desired, found.rescale) == (3, False)
    assert reasons(found) == {**WITHIN, "AbleToScale": "False FailedUpdateScale"}


@pytest.mark.parametrize(
    ("current", "levels", "requests", "told"),
    [(1, [200], ["0.2"], ["SuccessfulRescale"]), (2, [200, 200], ["0.4", "0.4"], [])],
)
def test_events(current: int, levels: list[int], requests: list[str], told: list[str]) -> None:
    found = _decided(Case((1, 5), current, [cpu_metric(50)], levels, 2, requests=requests))
    assert (found.desired, [event.reason for event in found.events]) == (2, told)


def test_a_status_that_says_it_all_is_not_written_again() -> None:
    case = Case((2, 6), 2, [cpu_metric(80)], [400, 500, 700], 2, requests=["1"] * 3, started=[COOL, HOT, HOT])
    hpa = _hpa(case)
    message = (
        "the HPA was able to successfully calculate a replica count from cpu resource utilization "
        "(percentage of request)"
    )
    conditions = [
        ("AbleToScale", "ReadyForNewScale", "recommended size matches current size"),
        ("ScalingActive", "ValidMetricFound", message),
        ("ScalingLimited", "TooFewReplicas", "the desired replica count is less than the minimum replica count"),
    ]  # fmt: skip
    current = {"averageUtilization": 40, "averageValue": "400m"}
    hpa["status"] |= {
        "lastScaleTime": stamp(3600),
        "currentMetrics": [{"type": "Resource", "resource": {"name": "cpu", "current": current}}],
        "conditions": [
            {"type": type_, "status": "True", "lastTransitionTime": stamp(3600), "reason": why, "message": what}
            for type_, why, what in conditions
        ],
    }  # fmt: skip
    found = decide(hpa, scale(2), _pods(case), _readings(case), NOW, case.history, SETTINGS)
    assert (found.desired, found.status) == (2, hpa["status"])


@pytest.mark.parametrize("behavior", [None, {}])
def test_changes_are_remembered_only_where_rules_need_them(behavior: Json | None) -> None:
    case = Case((2, 6), 3, [cpu_metric(30)], HIGH, 5, behavior=behavior)
    ups = [change for _, change in _decided(case).history.ups]
    assert ups == ([] if behavior is None else [2])
