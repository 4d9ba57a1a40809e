"""Simulating a service: the fast arithmetic agrees with the whole, and the model does what it says."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sednactl.errors import InvalidInput
from sednactl.scaling.comparison import runs_of, summed
from sednactl.scaling.controller_settings import DEFAULT_SETTINGS, ControllerSettings
from sednactl.scaling.decision import decide
from sednactl.scaling.load_profiles import PROFILES
from sednactl.scaling.loads import Series, load_of, sampled
from sednactl.scaling.normalization import Frame
from sednactl.scaling.readings import Readings
from sednactl.scaling.scale_history import ScaleHistory
from sednactl.scaling.scaling_rules import behavior_of
from sednactl.scaling.service_plan import Assumptions, SideAssumptions, plan_of, variant_of
from sednactl.scaling.simulated_autoscaler import Goal, SimulatedAutoscaler
from sednactl.scaling.simulation import Plan, SideModel, SidePlan, SideRun, run_side, simulate
from tests.scaling.autoscaled import (
    NOW,
    autoscaler,
    cpu_metric,
    external_metric,
    object_metric,
    per_pod,
    pod,
    pods_metric,
    scale,
)
from tests.scaling.services import cpu_hpa, service
from tests.scaling.slow_simulation import slowly
from tests.scaling.test_decision_properties import behaviors

MODEL = SideModel(capacity=10, request=1000, full=1000, startup=30, patience=10, reading_window=30)


def _side(
    target: int = 50,
    least: int = 1,
    most: int = 10,
    *,
    model: SideModel = MODEL,
    behavior: Any = None,
    replicas: int = 1,
) -> SidePlan:
    rules = behavior_of({"behavior": behavior}, DEFAULT_SETTINGS)
    goals = (Goal("cpu", "cpu", "utilization", target),)
    return SidePlan(model, replicas, Frame(least, most, rules, 300), goals, target)


def _run(load: list[float], plan: SidePlan) -> SideRun:
    return run_side(plan, load, 15, DEFAULT_SETTINGS)


loads = st.lists(st.tuples(st.integers(0, 120), st.integers(1, 10)), min_size=1, max_size=6).map(
    lambda parts: [float(rate) for rate, steps in parts for _ in range(steps)]
)


@settings(max_examples=60, deadline=None)
@given(
    loads,
    st.integers(5, 120),
    st.integers(1, 4),
    st.integers(0, 12),
    behaviors,
    st.sampled_from([0, 15, 40, 400]),
    st.sampled_from([0, 30, 60]),
    st.integers(1, 8),
    st.sampled_from([500, 1000, 1500]),
)
def test_agrees_with_the_whole_arithmetic(
    load: list[float],
    target: int,
    least: int,
    more: int,
    behavior: Any,
    startup: int,
    window: int,
    replicas: int,
    full: int,
) -> None:
    model = replace(MODEL, startup=startup, reading_window=window, full=full)
    plan = _side(target, least, least + more, model=model, behavior=behavior, replicas=replicas)
    hpa = autoscaler(cpu_metric(target), minimum=least, maximum=least + more, behavior=behavior)
    fast = [(one[2], one[3], one[4], one[5]) for one in _run(load, plan).series]
    assert fast == slowly(hpa, model, replicas, load, 15, DEFAULT_SETTINGS)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["average", "share", "total"]),
    st.integers(1, 12),
    st.integers(0, 200),
    st.integers(1, 40),
)
def test_sums_agree_with_the_whole_arithmetic(kind: str, current: int, amount: int, target: int) -> None:
    names = [f"pod-{place}" for place in range(current)]
    spec = {
        "average": pods_metric(str(target)),
        "share": external_metric(averageValue=str(target)),
        "total": object_metric(value=str(target)),
    }[kind]
    each = Fraction(amount * 1000, current)
    readings = Readings(
        custom=[
            {
                "describedObject": {"kind": "Deployment", "name": "some"},
                "metricName": "qps",
                "value": str(amount),
            },
            *(per_pod("qps", name, f"{floor(each)}m") for name in names),
        ],
        external=[{"metricName": "qps", "value": str(amount)}],
    )
    hpa = autoscaler(spec, maximum=1000)
    found = decide(hpa, scale(current), [pod(name) for name in names], readings, NOW, ScaleHistory())
    scaler = SimulatedAutoscaler(
        Frame(1, 1000, None, 300), (Goal("qps", "requests", kind, target * 1000),), 1000, DEFAULT_SETTINGS
    )
    assert scaler.sync(NOW.timestamp(), current, current, 0, float(amount), 0.0) == found.desired


def test_shift_change_step_by_step() -> None:
    """Four times the load: up at once as fast as readings count, down five minutes after the last high reading."""
    load = [4.0] * 4 + [16.0] * 8 + [4.0] * 40
    run = _run(load, _side(50))
    replicas = [point[4] for point in run.series]
    assert replicas[:4] == [1] * 4
    assert max(replicas) == run.peak == 4
    last_high = max(at for at, *_ in run.series[:12])
    first_down = next(point[0] for point in run.series[12:] if point[4] < point[3])
    assert 300 <= first_down - last_high <= 345
    assert replicas[-1] == 1
    assert run.scale_events == len([1 for point in run.series if point[3] != point[4]])


def test_what_cannot_be_served_waits_then_is_turned_away() -> None:
    plan = replace(_side(), frame=None)
    run = _run([12.0] * 20, plan)
    # 2 requests a second too many: 30 a step. Ten seconds' work (100) may wait, the rest is lost.
    assert run.unmet == pytest.approx(20 * 30 - 100)
    assert run.longest_wait == pytest.approx(10)
    assert run.overload_seconds == 300
    assert [point[2] for point in run.series] == [100] * 20
    assert run.requests == pytest.approx(3600)


def test_a_queue_empties_again() -> None:
    run = _run([12.0, 12.0, 5.0, 5.0, 5.0, 5.0], replace(_side(), frame=None))
    assert run.unmet == 0 and run.longest_wait == pytest.approx(6)
    assert [point[2] for point in run.series] == [100, 100, 90, 50, 50, 50]


def test_hard_examples_load_the_cloud() -> None:
    alone = replace(_side(), frame=None)
    load = [8.0] * 10
    run = simulate(Plan("x", alone, alone, 0.25, load, [1.0] * 10, 15))
    assert [point[1] for point in run.cloud.series] == pytest.approx([3.0] * 10)
    drowned = simulate(Plan("x", alone, alone, 1.0, [99.0] * 10, [0.0] * 10, 15))
    assert max(point[1] for point in drowned.cloud.series) == pytest.approx(10.0)


def test_flaps_are_turns_within_ten_minutes() -> None:
    eager = {"scaleDown": {"stabilizationWindowSeconds": 0}}
    load = ([2.0] * 8 + [18.0] * 8) * 4
    run = _run(load, _side(50, behavior=eager))
    calm = _run(load, _side(50))
    assert run.flaps >= 6
    assert calm.flaps == 0


def test_the_same_in_gives_the_same_out() -> None:
    plan = Plan("x", _side(40), _side(60), 0.3, *_shift(), 15)
    assert simulate(plan) == simulate(plan)


def _shift() -> tuple[list[float], list[float]]:
    series = load_of(PROFILES["shift-change"], 5).sides["edge"]
    return sampled(series, 15, 480), [0.0] * 480


def test_several_processes_give_what_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    plans = [Plan(str(target), _side(target), _side(60), 0.3, *_shift(), 15) for target in (30, 50, 70)]
    alone = runs_of(plans, series=False, processes=1, done=lambda: None)
    monkeypatch.setattr("sednactl.scaling.processes.WORTH_A_PROCESS", 0)
    told: list[int] = []
    assert runs_of(plans, series=False, processes=2, done=lambda: told.append(1)) == alone
    assert len(told) == 3
    assert alone == [summed(plan) for plan in plans]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_profiles_begin_and_end_in_order(profile: Any) -> None:
    times = [at for at, _ in profile.points]
    assert times == sorted(set(times)) and times[0] == 0
    assert all(level > 0 for _, level in profile.points)
    assert profile.level_at(-5) == profile.points[0][1]
    assert profile.level_at(profile.duration + 5) == profile.points[-1][1]


def test_what_profiles_are() -> None:
    levels = {name: max(level for _, level in profile.points) for name, profile in PROFILES.items()}
    assert levels["shift-change"] == 4.0  # +300 %
    assert levels["spike"] == 6.0
    assert PROFILES["steady"].level_at(1234) == 1.0
    assert PROFILES["ramp"].level_at(20 * 60) == pytest.approx(3.0)
    assert PROFILES["day"].level_at(4 * 3600) == pytest.approx(0.3)
    assert PROFILES["day"].level_at(16 * 3600) == pytest.approx(2.0)


def test_samples_hold_and_a_short_load_starts_anew() -> None:
    series = Series(((0, 1.0), (30, 2.0), (60, 5.0)), "rps")
    assert sampled(series, 15, 6) == [1.0, 1.0, 2.0, 2.0, 5.0, 1.0]
    assert sampled(replace(series, joined=True), 15, 5) == [1.0, 1.5, 2.0, 3.5, 5.0]
    assert sampled(None, 15, 2) == [0.0, 0.0]


def test_plan_of_a_service() -> None:
    assumed = Assumptions(edge=SideAssumptions(capacity=20), hard_share=0.5)
    load = load_of(PROFILES["steady"], 6)
    plan, remarks = plan_of(variant_of(service(), "a"), load, assumed, DEFAULT_SETTINGS, 3600, {})
    assert remarks == ()
    assert (plan.edge.model.capacity, plan.edge.model.request, plan.edge.model.full) == (20, 500, 2000)
    assert (plan.cloud.model.request, plan.cloud.model.full) == (1000, 1000)
    assert plan.edge.frame is not None and (plan.edge.frame.least, plan.edge.frame.most) == (1, 6)
    assert (plan.edge.goal, plan.edge.replicas, plan.hard_share) == (60, 1, 0.5)
    assert len(plan.edge_load) == 240 and set(plan.edge_load) == {6.0}


def test_millicores_and_utilization_become_requests() -> None:
    load = load_of(PROFILES["steady"], 6)
    for unit, value in (("millicores", 1000.0), ("utilization", 200.0)):
        measured = replace(load, sides={"edge": Series(((0, value), (600, value)), unit)})  # type: ignore[arg-type]
        plan, _ = plan_of(variant_of(service(), "a"), measured, Assumptions(), DEFAULT_SETTINGS, 600, {})
        assert set(plan.edge_load) == {5.0}  # half of what 2000 millicores serve


def test_a_target_out_of_reach_is_said() -> None:
    one = service()
    one["spec"]["cloudWorker"]["hpa"] = cpu_hpa(95, 5)
    load = load_of(PROFILES["steady"], 6)
    _, remarks = plan_of(variant_of(one, "a"), load, Assumptions(), DEFAULT_SETTINGS, 600, {})
    assert remarks == (
        "cloud: a replica at its capacity uses 100% of its request, so its target of 95% never asks for more; "
        "say what it really uses with --model cloud.full=2",
    )
    busier = Assumptions(cloud=SideAssumptions(full=1500))
    assert plan_of(variant_of(one, "a"), load, busier, DEFAULT_SETTINGS, 600, {})[1] == ()


def test_metrics_outside_the_model() -> None:
    one = service()
    one["spec"]["edgeWorker"]["hpa"]["metrics"].append(pods_metric("1", "queue"))
    load = load_of(PROFILES["steady"], 6)
    _, remarks = plan_of(variant_of(one, "a"), load, Assumptions(), DEFAULT_SETTINGS, 600, {})
    assert remarks == ("edge: metric queue is not part of the model and was left out",)
    meant = Assumptions(metrics={"queue": "requests"})
    plan, remarks = plan_of(variant_of(one, "a"), load, meant, DEFAULT_SETTINGS, 600, {})
    assert remarks == ()
    assert simulate(plan).edge.peak == 6  # 6 requests a second, one a pod; CPU asks for 4
    one["spec"]["edgeWorker"]["hpa"]["metrics"] = [pods_metric("1", "queue")]
    with pytest.raises(InvalidInput, match="none of its metrics"):
        plan_of(variant_of(one, "a"), load, Assumptions(), DEFAULT_SETTINGS, 600, {})


def test_settings_of_the_controller_count() -> None:
    load = [4.0] * 4 + [16.0] * 8 + [4.0] * 40
    quick = ControllerSettings(scale_down_window=60)
    plan = replace(_side(50), frame=Frame(1, 10, None, quick.scale_down_window))
    assert (
        run_side(plan, load, 15, quick).replica_seconds
        < run_side(_side(50), load, 15, DEFAULT_SETTINGS).replica_seconds
    )
