"""Windows, policies and bounds, with the cases of Kubernetes' own tests as inputs and expected numbers."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.scaling.normalization import Frame, next_scale_down, normalize
from sednactl.scaling.rate_limits import at_start, down_limit, up_limit
from sednactl.scaling.scale_history import Moments, ScaleHistory, history_from
from sednactl.scaling.scaling_rules import Behavior, Policy, Rules, behavior_of
from sednactl.scaling.stabilization import stabilized_both, stabilized_down

NOW = 1_800_000_000.0


def _past(*entries: tuple[int, float]) -> Moments:
    return tuple((NOW - ago, number) for number, ago in entries)


def _spread(changes: list[int], period: float) -> Moments:
    """Spread events evenly over the last `period` seconds, each in the middle of its part."""
    step = period / len(changes)
    return tuple((NOW - period + step * (place + 0.5), change) for place, change in enumerate(changes))


def _rules(pods: int, pods_period: int, percent: int, percent_period: int, window: int) -> dict[str, Any]:
    policies = []
    if pods:
        policies.append({"type": "Pods", "value": pods, "periodSeconds": pods_period})
    if percent:
        policies.append({"type": "Percent", "value": percent, "periodSeconds": percent_period})
    return {"stabilizationWindowSeconds": window, "policies": policies}


@pytest.mark.parametrize(
    ("past", "desired", "expected", "kept"),
    [
        (_past(), 5, 5, 1),
        (_past((4, 120), (5, 60)), 3, 5, 3),
        (_past((1, 120), (2, 60)), 3, 3, 3),
        (_past((10, 600), (9, 540)), 3, 3, 2),
        (_past((10, 600), (4, 60), (5, 120), (9, 540)), 3, 5, 4),
    ],
)
def test_window_without_behavior(past: Moments, desired: int, expected: int, kept: int) -> None:
    found = stabilized_down(past, desired, NOW, 300)
    assert found.replicas == expected
    assert len(ScaleHistory(past).recommended(desired, NOW, found.outdated).recommendations) == kept


@pytest.mark.parametrize(
    ("past", "current", "desired", "up", "down", "expected", "kept"),
    [
        (_past(), 100, 5, 0, 0, 5, [5]),
        (_past((4, 120), (5, 60)), 100, 3, 0, 180, 5, [4, 5, 3]),
        (_past((4, 120), (5, 60)), 1, 7, 300, 0, 4, [4, 5, 7]),
        (_past((1, 120), (2, 60)), 100, 3, 300, 0, 3, [1, 2, 3]),
        (_past((4, 120), (5, 60)), 1, 3, 0, 300, 3, [4, 5, 3]),
        (_past((10, 600), (9, 540)), 100, 3, 0, 0, 3, [10, 3]),
        (_past((10, 600), (9, 540)), 1, 100, 0, 0, 100, [10, 100]),
        (_past((10, 600), (4, 60), (5, 120), (9, 540)), 100, 3, 0, 180, 5, [10, 4, 5, 3]),
        (_past((10, 6000), (6, 60), (5, 120), (9, 180)), 1, 100, 300, 0, 5, [100, 6, 5, 9]),
        (_past((2, 6000), (3, 180)), 2, 1, 300, 300, 2, [1, 3]),
        (_past((2, 6000), (1, 180)), 2, 3, 300, 300, 2, [3, 1]),
    ],
)
def test_windows_of_a_behavior(
    past: Moments, current: int, desired: int, up: int, down: int, expected: int, kept: list[int]
) -> None:
    behavior = Behavior(Rules(up, "Max", ()), Rules(down, "Max", ()))
    found = stabilized_both(past, current, desired, NOW, behavior)
    history = ScaleHistory(past).recommended(desired, NOW, found.outdated)
    assert found.replicas == expected
    assert [replicas for _, replicas in history.recommendations] == kept


def test_a_recommendation_as_old_as_the_window_counts_without_behavior_only() -> None:
    past = _past((7, 300))
    assert stabilized_down(past, 3, NOW, 300).replicas == 7
    behavior = Behavior(Rules(0, "Max", ()), Rules(300, "Max", ()))
    assert stabilized_both(past, 7, 3, NOW, behavior).replicas == 3


@pytest.mark.parametrize(
    ("current", "desired", "least", "most", "expected", "reason"),
    [
        (5, 7, 3, 8, 7, "DesiredWithinRange"),
        (3, 1, 2, 8, 2, "TooFewReplicas"),
        (1, 0, 0, 10, 0, "DesiredWithinRange"),
        (20, 1000, 1, 10, 10, "TooManyReplicas"),
        (3, 1000, 1, 2000, 6, "ScaleUpLimit"),
        (1, 1000, 1, 2000, 4, "ScaleUpLimit"),
        (2, 1000, 1, 4, 4, "TooManyReplicas"),
    ],
)
def test_bounds_without_behavior(
    current: int, desired: int, least: int, most: int, expected: int, reason: str
) -> None:
    found = normalize(current, desired, Frame(least, most, None, 300), ScaleHistory(), NOW)
    assert (found.replicas, found.limit[0]) == (expected, reason)
    assert found.limited == (reason != "DesiredWithinRange")


NONE: Moments = ()
WITHIN, FEW, MANY, UP, DOWN = (
    "DesiredWithinRange", "TooFewReplicas", "TooManyReplicas", "ScaleUpLimit", "ScaleDownLimit",
)  # fmt: skip
UPWARDS = [
    # current, desired, least, most, rules, ups, downs, expected, reason
    (5, 7, 3, 8, None, NONE, NONE, 7, WITHIN),
    (20, 1000, 1, 10, None, NONE, NONE, 10, MANY),
    (100, 1000, 100, 150, None, NONE, NONE, 150, MANY),
    (3, 1000, 1, 2000, (0, 0, 1, 60, 0), NONE, NONE, 4, UP),
    (10, 50, 1, 1000, None, NONE, NONE, 20, UP),
    (10, 500, 1, 1000, (100, 60, 100, 60, 0), NONE, NONE, 110, UP),
    (10, 500, 1, 1000, (2, 60, 100, 60, 0), NONE, NONE, 20, UP),
    (10, 50, 1, 1000, (100, 60, 0, 0, 0), NONE, NONE, 50, WITHIN),
    (10, 50, 1, 1000, (30, 60, 0, 0, 0), NONE, NONE, 40, UP),
    (10, 50, 1, 1000, (0, 0, 200, 60, 0), NONE, NONE, 30, UP),
    (100, 500, 1, 200, (300, 60, 0, 0, 0), _spread([1, 5, 9], 120), NONE, 200, MANY),
    (100, 500, 1, 200, (0, 0, 10000, 60, 0), _spread([1, 5, 9], 120), NONE, 200, MANY),
    (100, 500, 1, 1000, (5, 120, 0, 0, 0), _spread([1, 5, 9], 120), NONE, 100, UP),
    (100, 500, 1, 1000, (150, 120, 0, 0, 0), _spread([1, 5, 9], 120), NONE, 235, UP),
    (100, 500, 1, 1000, (0, 0, 200, 120, 0), _spread([1, 5, 9], 120), NONE, 255, UP),
    (6, 24, 1, 1000, (0, 0, 300, 300, 0), _spread([4], 120), _spread([2], 120), 16, UP),
    (10, 50, 1, 1000, (10000, 60, 0, 0, 0), NONE, NONE, 50, WITHIN),
    (100, 200, 1, 1000, (1000, 60, 0, 0, 0), _spread([8, 12, 9, 11], 120), NONE, 200, WITHIN),
    (100, 200, 1, 1000, (1000, 120, 100, 60, 0), _spread([8, 12, 9, 11], 120), NONE, 200, WITHIN),
    (100, 200, 1, 1000, (1000, 30, 100, 60, 0), _spread([8, 12, 9, 11], 120), NONE, 200, WITHIN),
]
DOWNWARDS = [
    (3, 1, 2, 8, None, NONE, NONE, 2, FEW),
    (1, 0, 0, 10, None, NONE, NONE, 0, WITHIN),
    (1000, 3, 3, 2000, (20, 60, 0, 0, 0), NONE, NONE, 980, DOWN),
    (100, 2, 1, 1000, (20, 60, 1, 60, 300), NONE, NONE, 80, DOWN),
    (100, 2, 1, 1000, (2, 60, 1, 60, 300), NONE, NONE, 98, DOWN),
    (10, 0, 1, 1000, (100, 60, 0, 0, 300), NONE, NONE, 1, FEW),
    (10, 2, 5, 1000, (0, 0, 100, 60, 300), NONE, NONE, 5, FEW),
    (10, 2, 1, 1000, (5, 60, 0, 0, 300), NONE, NONE, 5, DOWN),
    (10, 5, 1, 1000, (0, 0, 50, 60, 300), NONE, NONE, 5, WITHIN),
    (10, 5, 1, 1000, None, NONE, _spread([1, 5, 9], 120), 5, WITHIN),
    (100, 0, 1, 1000, (115, 120, 0, 0, 300), NONE, _spread([1, 5, 9], 120), 1, FEW),
    (100, 0, 5, 1000, (130, 120, 0, 0, 300), NONE, _spread([1, 5, 9], 120), 5, FEW),
    (100, 2, 5, 1000, (0, 0, 100, 120, 300), NONE, _spread([1, 5, 9], 120), 5, FEW),
    (100, 2, 1, 1000, (5, 120, 0, 0, 300), NONE, _spread([1, 5, 9], 120), 100, DOWN),
    (100, 0, 1, 1000, (0, 0, 50, 120, 300), NONE, _spread([2, 4, 6], 120), 56, DOWN),
    (10, 1, 1, 1000, (0, 0, 50, 180, 0), _spread([2], 120), _spread([4], 120), 6, DOWN),
    (100, 0, 1, 1000, (0, 0, 10, 120, 300), NONE, _spread([10, 10, 10], 120), 100, DOWN),
    (10, 5, 1, 1000, (0, 0, 1000, 120, 300), NONE, _spread([10, 10, 10], 120), 5, WITHIN),
    (100, 5, 1, 1000, (1000, 60, 0, 0, 300), NONE, _spread([8, 12, 9, 11], 120), 5, WITHIN),
    (100, 5, 1, 1000, (1000, 120, 100, 60, 300), NONE, _spread([8, 12, 9, 11], 120), 5, WITHIN),
    (100, 5, 1, 1000, (1000, 30, 100, 60, 300), NONE, _spread([8, 12, 9, 11], 120), 5, WITHIN),
]


@pytest.mark.parametrize(
    "case", [("scaleUp", *case) for case in UPWARDS] + [("scaleDown", *case) for case in DOWNWARDS]
)
def test_policies(case: tuple[Any, ...]) -> None:
    way, current, desired, least, most, rules, ups, downs, expected, reason = case
    behavior = behavior_of({"behavior": {way: _rules(*rules)} if rules else {}}, ControllerSettings())
    found = normalize(current, desired, Frame(least, most, behavior, 300), ScaleHistory((), ups, downs), NOW)
    assert (found.replicas, found.limit[0]) == (expected, reason)


@pytest.mark.parametrize(("select", "up", "down"), [("Max", 40, 0), ("Min", 22, 18), ("Disabled", 20, 20)])
def test_select_policy(select: str, up: int, down: int) -> None:
    rules = {**_rules(2, 60, 100, 60, 0), "selectPolicy": select}
    behavior = behavior_of({"behavior": {"scaleUp": rules, "scaleDown": rules}}, ControllerSettings())
    frame = Frame(0, 1000, behavior, 300)
    assert normalize(20, 500, frame, ScaleHistory(), NOW).replicas == up
    assert normalize(20, 0, frame, ScaleHistory(), NOW).replicas == down


def test_the_least_change_of_two_policies() -> None:
    policies = (Policy("Pods", 2, 60), Policy("Percent", 50, 60))
    rules = Rules(300, "Min", policies)
    assert up_limit(1, (), (), rules, NOW) == 2
    assert down_limit(5, (), (), rules, NOW) == 3


@pytest.mark.parametrize(
    ("before", "period", "after", "within_a_minute"),
    [
        (_past(), 60, [5], 0),
        (_past((7, 61)), 60, [5], 0),
        (_past((7, 58)), 60, [7, 5], 7),
        (_past((7, 61), (6, 59)), 60, [5, 6], 6),
        (_past((8, 29), (6, 59), (7, 61), (9, 61)), 60, [8, 6, 7, 5], 14),
        (_past((7, 58), (6, 59)), 120, [7, 6, 5], 13),
    ],
)
def test_events_take_the_last_outdated_place(
    before: Moments, period: float, after: list[int], within_a_minute: int
) -> None:
    grown = ScaleHistory((), before, ()).scaled(10, 15, NOW, period)
    shrunk = ScaleHistory((), (), before).scaled(10, 5, NOW, period)
    assert [change for _, change in grown.ups] == [change for _, change in shrunk.downs] == after
    minute = Policy("Pods", 1, 60)
    assert at_start(10, before, (), minute, NOW) == 10 - within_a_minute
    assert at_start(10, (), before, minute, NOW) == 10 + within_a_minute


def test_scale_down_comes_when_the_last_high_recommendation_leaves_the_window() -> None:
    history = ScaleHistory(_past((5, 200), (5, 80), (3, 20), (2, 0)))
    frame = Frame(1, 10, None, 300)
    waits = next_scale_down(5, 2, frame, history, NOW)
    assert waits == pytest.approx(220, abs=0.01)
    assert normalize(5, 2, frame, history, NOW + 219.9).replicas == 5
    assert normalize(5, 2, frame, history, NOW + 220.1).replicas == 3


def test_scale_down_waits_for_the_policy_too() -> None:
    behavior = behavior_of({"behavior": {"scaleDown": _rules(1, 120, 0, 0, 0)}}, ControllerSettings())
    history = ScaleHistory(_past((2, 0)), (), _past((1, 50)))
    assert next_scale_down(5, 2, Frame(1, 10, behavior, 300), history, NOW) == pytest.approx(70)


@pytest.mark.parametrize(("current", "desired", "select"), [(3, 3, "Max"), (2, 1, "Max"), (5, 2, "Disabled")])
def test_no_scale_down_in_sight(current: int, desired: int, select: str) -> None:
    behavior = behavior_of({"behavior": {"scaleDown": {"selectPolicy": select}}}, ControllerSettings())
    assert next_scale_down(current, desired, Frame(2, 10, behavior, 300), ScaleHistory(), NOW) is None


def test_history_survives_its_file() -> None:
    history = ScaleHistory(_past((3, 60)), _past((1, 50)), _past((2, 40)))
    assert history_from(history.as_json()) == history
