"""The cases of Kubernetes' own replica calculator, as inputs and expected numbers.

Its tests run with a CPU initialization period of two minutes and a readiness
delay of ten seconds; the pods have two containers, each with the same request.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.scaling.pod_groups import group_pods
from sednactl.scaling.readings import NoReading, PodReading, Readings, resource_readings
from sednactl.scaling.replica_calculator import by_average, by_share, by_total, by_utilization
from tests.scaling.autoscaled import NOW, Json, pod, stamp, usage

SETTINGS = ControllerSettings(cpu_initialization_period=120, initial_readiness_delay=10)
HOT, COOL = 0.0, 180.0
T, F = True, False


@dataclass(frozen=True)
class Case:
    """One case: replicas told, readings, target, and what comes of it (replicas, usage, average)."""

    current: int
    target: int
    levels: list[Any]
    expected: tuple[int, int, int] | str
    requests: list[str] = field(default_factory=list)
    ready: list[bool] = field(default_factory=list)
    started: list[float] = field(default_factory=list)
    phases: list[str] = field(default_factory=list)
    deleted: list[bool] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    container: str = ""


def _at(values: list[Any], place: int, otherwise: Any) -> Any:
    return values[place] if place < len(values) else otherwise


def _pods(case: Case) -> list[Json]:
    found = []
    for place in range(max(case.current, len(case.phases))):
        request = _at(case.requests, place, None)
        one = pod(
            f"pod-{place}",
            (request, request),
            phase=_at(case.phases, place, "Running"),
            ready=_at(case.ready, place, True),
            started=_at(case.started, place, None),
            deleted=_at(case.deleted, place, False),
        )
        # Upstream's pods without a start time started in the year 1, and none says when it became ready.
        one["status"].setdefault("startTime", "0001-01-01T00:00:00Z")
        one["status"]["conditions"][0].pop("lastTransitionTime", None)
        found.append(one)
    return found


def _metrics(case: Case) -> Readings:
    items = []
    for place, level in enumerate(case.levels):
        values = level if isinstance(level, tuple) else (level, level)
        item = usage(_at(case.names, place, f"pod-{place}"), [f"{value}m" for value in values])
        item["timestamp"], item["window"] = "0001-01-01T00:00:00Z", "1m0s"
        items.append(item)
    return Readings(items)


CPU = {
    "disjoint": Case(1, 100, [100], "no metrics returned matched known pods", ["1"], names=["older"]),
    "no such container in the metrics": Case(
        1, 100, [(0,)], "container container2 not present in metrics for pod park/pod-0", ["1"],
        container="container2",
    ),
    "up": Case(3, 30, [300, 500, 700], (5, 50, 1000), ["1"] * 3),
    "up, one container": Case(
        3, 30, [(1000, 300), (1000, 500), (1000, 700)], (5, 50, 500), ["1"] * 3, container="container2"
    ),
    "up less with one unready": Case(3, 30, [300, 500, 700], (4, 60, 1200), ["1"] * 3, [F, T, T]),
    "up less with one hot, one container": Case(
        3, 30, [(0, 300), (0, 500), (0, 700)], (4, 60, 600), ["1"] * 3, started=[HOT, COOL, COOL],
        container="container2",
    ),
    "up less with one hot": Case(
        3, 30, [300, 500, 700], (4, 60, 1200), ["1"] * 3, started=[HOT, COOL, COOL]
    ),
    "not up with two unready": Case(3, 30, [400, 500, 700], (3, 40, 800), ["1"] * 3, [T, F, F]),
    "not up with two hot": Case(
        3, 30, [400, 500, 700], (3, 40, 800), ["1"] * 3, [T, F, F], [COOL, HOT, HOT]
    ),
    "failed pods": Case(
        2, 30, [500, 700], (4, 60, 1200), ["1"] * 4, [T, T, F, F],
        phases=["Running", "Running", "Failed", "Failed"],
    ),
    "failed pods, one container": Case(
        2, 30, [(1000, 500), (9000, 700)], (4, 60, 600), ["1"] * 4, [T, T, F, F],
        phases=["Running", "Running", "Failed", "Failed"], container="container2",
    ),
    "pods being deleted": Case(
        2, 30, [500, 700], (4, 60, 1200), ["1"] * 4, [T, T, F, F], phases=["Running"] * 4,
        deleted=[F, F, T, T],
    ),
    "pods being deleted, one container": Case(
        2, 30, [500, 700], (4, 60, 600), ["1"] * 4, [T, T, F, F], phases=["Running"] * 4,
        deleted=[F, F, T, T], container="container1",
    ),
    "down": Case(5, 50, [100, 300, 500, 250, 250], (3, 28, 560), ["1"] * 5),
    "down, one container": Case(
        5, 50, [(1000, 100), (1000, 300), (1000, 500), (1000, 250), (1000, 250)], (3, 28, 280), ["1"] * 5,
        container="container2",
    ),
    "down without the unready": Case(
        5, 50, [100, 300, 500, 250, 250], (2, 30, 600), ["1"] * 5, [T, T, T, F, F]
    ),
    "down without the unready, one container": Case(
        5, 50, [(1000, 100), (1000, 300), (1000, 500), (1000, 250), (1000, 250)], (2, 30, 300), ["1"] * 5,
        [T, T, T, F, F], container="container2",
    ),
    "down without the pending": Case(
        5, 50, [100], (1, 10, 200), ["1"] * 5, [T, F, F, F, F], phases=["Running"] + ["Pending"] * 4
    ),
    "down without the pending, one container": Case(
        5, 50, [(1000, 100), (1000, 300), (1000, 500), (1000, 250), (1000, 250)], (1, 10, 100), ["1"] * 5,
        [T, F, F, F, F], phases=["Running"] + ["Pending"] * 4, container="container2",
    ),
    "down without the hot": Case(
        5, 50, [100, 300, 500, 250, 250], (2, 30, 600), ["1"] * 5, started=[COOL, COOL, COOL, HOT, HOT]
    ),
    "down without the hot, one container": Case(
        5, 50, [(1000, 100), (1000, 300), (1000, 500), (1000, 1000), (1000, 1000)], (2, 30, 300), ["1"] * 5,
        started=[COOL, COOL, COOL, HOT, HOT], container="container2",
    ),
    "down, failed pods": Case(
        5, 50, [100, 300, 500, 250, 250], (3, 28, 560), ["1"] * 7, [T] * 5 + [F] * 2,
        phases=["Running"] * 5 + ["Failed"] * 2,
    ),
    "down, pods being deleted": Case(
        5, 50, [100, 300, 500, 250, 250], (3, 28, 560), ["1"] * 7, [T] * 5 + [F] * 2,
        phases=["Running"] * 7, deleted=[F] * 5 + [T] * 2,
    ),
    "down, pods being deleted, one container": Case(
        5, 50, [(1000, 100), (1000, 300), (1000, 500), (1000, 250), (1000, 250)], (3, 28, 280), ["1"] * 7,
        [T] * 5 + [F] * 2, phases=["Running"] * 7, deleted=[F] * 5 + [T] * 2, container="container2",
    ),
    "tolerance": Case(3, 100, [1010, 1030, 1020], (3, 102, 2040), ["0.9", "1.0", "1.1"]),
    "readings of unknown pods count as pods": Case(
        4, 100, [4000, 9500, 3000, 7000, 3200, 2000], (24, 587, 11750), ["1"] * 4
    ),
    "missing readings": Case(4, 100, [400, 95], (3, 24, 495), ["1"] * 4),
    "no readings": Case(4, 100, [], "no metrics returned from resource metrics API", ["1"] * 3),
    "no request": Case(1, 100, [200], "missing request for cpu in container container1 of Pod pod-0"),
    "missing, at target": Case(2, 100, [1000], (2, 100, 2000), ["1"] * 2),
    "missing, above": Case(2, 100, [1900], (2, 190, 3800), ["1"] * 2),
    "missing, below": Case(2, 100, [600], (2, 60, 1200), ["1"] * 2),
    "missing and unready": Case(3, 50, [100, 450], (3, 45, 900), ["1"] * 3, [F, T, T]),
    "missing and hot": Case(3, 50, [100, 450], (3, 45, 900), ["1"] * 3, started=[HOT, COOL, COOL]),
    "missing and unready, up": Case(3, 50, [100, 2000], (4, 200, 4000), ["1"] * 3, [F, T, T]),
    "missing and hot, up": Case(
        3, 50, [100, 2000], (4, 200, 4000), ["1"] * 3, [F, T, T], [HOT, COOL, COOL]
    ),
    "missing and unready, down": Case(4, 50, [100, 100, 100], (3, 10, 200), ["1"] * 4, [F, T, T, T]),
    "target over 100": Case(4, 300, [200, 100, 100], (2, 6, 200), ["1", "1", "2", "2"], [F, T, T, T]),
    "surge of a rolling update": Case(2, 50, [100, 100], (2, 10, 200), ["1"] * 3, phases=["Running"] * 3),
    "just beyond tolerance": Case(
        10, 56, [150] * 10, (9, 50, 300),
        ["400m", "200m", "310m", "290m", "302m", "298m", "301m", "299m", "300m", "300m"],
    ),
    "just within tolerance": Case(
        10, 55, [150] * 10, (10, 50, 300),
        ["400m", "200m", "310m", "290m", "302m", "298m", "301m", "299m", "300m", "300m"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CPU.values(), ids=CPU.keys())
def test_utilization(case: Case) -> None:
    pods = _pods(case)
    if isinstance(case.expected, str):
        with pytest.raises(NoReading, match=case.expected):
            _utilization(case, pods)
        return
    found = _utilization(case, pods)
    assert (found.replicas, found.measured.usage, found.measured.average) == case.expected


def _utilization(case: Case, pods: list[Json]) -> Any:
    readings = resource_readings(_metrics(case), "cpu", case.container)
    return by_utilization(
        case.current, case.target, "cpu", pods, readings, case.container, NOW.timestamp(), SETTINGS
    )


QPS = {
    "up": Case(3, 15000, [20000, 10000, 30000], (4, 20000, 20000)),
    "up, unready pods count": Case(
        3, 15000, [50000, 10000, 30000], (6, 30000, 30000), [], [T, T, F], [COOL, COOL, HOT]
    ),
    "up, hot pods count": Case(
        3, 15000, [50000, 15000, 30000], (7, 31666, 31666), [], [F, T, F], [HOT, COOL, HOT]
    ),
    "one pod": Case(1, 4400, [8600], (2, 8600, 8600)),
    "down": Case(5, 20000, [12000] * 5, (3, 12000, 12000)),
    "tolerance": Case(3, 20000, [20000, 21000, 21000], (3, 20666, 20666)),
    "missing, at target": Case(5, 20000, [20000, 19000, 21000], (5, 20000, 20000)),
    "surge of a rolling update": Case(
        2, 17000, [10000, 10000], (2, 10000, 10000), phases=["Running"] * 3
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", QPS.values(), ids=QPS.keys())
def test_average_of_a_custom_metric(case: Case) -> None:
    readings = {f"pod-{place}": PodReading(level) for place, level in enumerate(case.levels)}
    found = by_average(case.current, case.target, "", _pods(case), readings, NOW.timestamp(), SETTINGS)
    assert (found.replicas, found.measured.usage, found.measured.average) == case.expected


@pytest.mark.parametrize(
    ("current", "usage_", "target", "ready", "expected"),
    [
        (3, 20000, 15000, [T, T, T], 4),
        (3, 50000, 10000, [F, T, F], 5),
        (1, 8600, 4400, [T], 2),
        (3, 8600, 4400, [F, T, F], 2),
        (5, 12000, 20000, [T] * 5, 3),
        (5, 8600, 14334, [T] * 5, 3),
        (3, 20666, 20000, [T] * 3, 3),
        (3, 8600, 8888, [T] * 3, 3),
        (0, 20000, 15000, [], 2),
        (0, 15001, 15000, [], 2),
        (0, 0, 15000, [], 0),
    ],
)
def test_sum(current: int, usage_: int, target: int, ready: list[bool], expected: int) -> None:
    pods = _pods(Case(current, target, [], (0, 0, 0), ready=ready))
    found = by_total(current, usage_, target, pods, SETTINGS)
    assert (found.replicas, found.measured.usage) == (expected, usage_)


@pytest.mark.parametrize(
    ("current", "usage_", "target", "replicas", "shown"),
    [
        (3, 20000, 5000, 4, 6667),
        (3, 8600, 2150, 4, 2867),
        (5, 6000, 2000, 3, 1200),
        (5, 8600, 2867, 3, 1720),
        (4, 20166, 5000, 4, 5042),
        (3, 8600, 2900, 3, 2867),
    ],
)
def test_share_of_a_sum(current: int, usage_: int, target: int, replicas: int, shown: int) -> None:
    found = by_share(current, usage_, target, SETTINGS)
    assert (found.replicas, found.measured.usage) == (replicas, shown)


def test_share_without_replicas_is_what_go_makes_of_it() -> None:
    assert by_share(0, 8600, 2000, SETTINGS).replicas == 5
    assert by_share(0, 8600, 2000, SETTINGS).measured.usage == -(2**63)
    assert by_share(0, 0, 2000, SETTINGS).replicas == 0


def _state(
    phase: str = "Succeeded", started: float | None = None, ready: tuple[bool, float] | None = None
) -> Json:
    status: Json = {"phase": phase}
    if started is not None:
        status["startTime"] = stamp(started)
    if ready is not None:
        holds, ago = ready
        status["conditions"] = [
            {"type": "Ready", "status": str(holds), "lastTransitionTime": stamp(ago)},
        ]
    return {"metadata": {"name": "p"}, "status": status}


@pytest.mark.parametrize(
    ("group", "resource", "one", "reading"),
    [
        ("ready", "memory", _state(), (0, 60)),
        ("unready", "cpu", _state(started=0), (0, 0)),
        ("ready", "cpu", _state(started=60, ready=(T, 30)), (0, 30)),
        ("unready", "cpu", _state(started=60, ready=(T, 30)), (0, 60)),
        ("unready", "cpu", _state(started=600, ready=(F, 594)), (0, 0)),
        ("ready", "cpu", _state(started=180, ready=(T, 180)), (120, 60)),
        ("ready", "cpu", _state(started=600, ready=(F, 540)), (0, 0)),
        ("ready", "cpu", _state(started=600, ready=(F, 590)), (0, 0)),
        ("missing", "cpu", _state(started=180), None),
        ("unready", "cpu", _state("Pending"), None),
        ("ignored", "cpu", _state("Failed"), (0, 0)),
    ],
)
def test_groups(group: str, resource: str, one: Json, reading: tuple[float, float] | None) -> None:
    readings = {}
    if reading is not None:
        readings["p"] = PodReading(1, NOW.timestamp() - reading[0], reading[1])
    found = group_pods([one], readings, resource, NOW.timestamp(), SETTINGS)
    named = {
        "ready": found.ready,
        "unready": found.unready,
        "missing": found.missing,
        "ignored": found.ignored,
    }
    assert {name for name, pods in named.items() if "p" in pods} == {group}


def test_groups_of_no_pods_and_of_several() -> None:
    none = group_pods([], {}, "cpu", NOW.timestamp(), SETTINGS)
    assert (none.ready, none.unready, none.missing, none.ignored) == ((), {}, {}, {})
    states = {
        "young": _state(started=0),
        "fine": _state(started=180, ready=(T, 180)),
        "silent": _state(started=180),
    }
    pods = [{**one, "metadata": {"name": name}} for name, one in states.items()]
    readings = {name: PodReading(1, NOW.timestamp(), 0) for name in ("young", "fine")}
    found = group_pods(pods, readings, "cpu", NOW.timestamp(), SETTINGS)
    assert (found.ready, set(found.unready), set(found.missing)) == (("fine",), {"young"}, {"silent"})


def test_a_pod_being_deleted_is_left_out_even_when_pending() -> None:
    one = _state("Pending")
    one["metadata"]["deletionTimestamp"] = stamp(1)
    assert group_pods([one], {}, "cpu", NOW.timestamp(), SETTINGS).ignored == {"p": "being deleted"}


SIDECARS = [
    {"name": "first", "resources": {"requests": {"cpu": "20m"}}},
    {"name": "beside", "restartPolicy": "Always", "resources": {"requests": {"cpu": "50m"}}},
]


@pytest.mark.parametrize(
    ("requests", "init", "container", "expected"),
    [
        (("100m", "50m"), [], "", 150),
        (("100m", "50m"), [], "container1", 100),
        (("100m",), SIDECARS, "", 150),
        ((None,), [], "", "missing request for cpu in container container1 of Pod p"),
    ],
)
def test_requests(
    requests: tuple[str | None, ...], init: list[Json], container: str, expected: int | str
) -> None:
    one = pod("p", requests)
    one["spec"]["initContainers"] = init
    used = 300  # millicores

    def utilization() -> int:
        found = by_utilization(
            1, 50, "cpu", [one], {"p": PodReading(used)}, container, NOW.timestamp(),
            ControllerSettings(cpu_initialization_period=0),
        )  # fmt: skip
        return found.measured.usage

    if isinstance(expected, str):
        with pytest.raises(NoReading, match=expected):
            utilization()
    else:
        assert utilization() == used * 100 // expected


def test_requests_of_no_pods() -> None:
    with pytest.raises(NoReading, match="no pods returned by selector"):
        by_utilization(1, 50, "cpu", [], {"p": PodReading(1)}, "", NOW.timestamp(), SETTINGS)
