"""What holds for every decision, whatever the load, the rules and the past."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sednactl.scaling.scale_history import ScaleHistory
from tests.scaling.autoscaled import NOW, Json, alike, autoscaler, cpu_metric, decided

SECONDS = NOW.timestamp()


def _moments(most: int) -> st.SearchStrategy[tuple[tuple[float, int], ...]]:
    one = st.tuples(st.floats(0, 900).map(lambda ago: SECONDS - ago), st.integers(1, most))
    return st.lists(one, max_size=12).map(lambda found: tuple(sorted(found)))


histories = st.builds(ScaleHistory, _moments(40), _moments(10), _moments(10))
policies = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["Pods", "Percent"]),
            "value": st.integers(1, 200),
            "periodSeconds": st.integers(1, 600),
        }
    ),
    min_size=1,
    max_size=3,
)
rules: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "stabilizationWindowSeconds": st.sampled_from([0, 0, 60]) | st.integers(0, 900),
        "selectPolicy": st.sampled_from(["Max", "Min", "Disabled"]),
        "policies": policies,
    },
)
behaviors = st.none() | st.fixed_dictionaries({}, optional={"scaleUp": rules, "scaleDown": rules})


@st.composite
def situations(draw: st.DrawFn) -> tuple[Json, int, ScaleHistory]:
    least = draw(st.integers(1, 20))
    most = draw(st.integers(least, 40))
    hpa = autoscaler(
        cpu_metric(draw(st.integers(1, 150))), minimum=least, maximum=most, behavior=draw(behaviors)
    )
    return hpa, draw(st.integers(1, 45)), draw(histories)


loads = st.sampled_from([0, 20, 300]) | st.integers(0, 4000)


@settings(max_examples=150, deadline=None)
@given(situations(), loads)
def test_replicas_end_within_the_bounds(situation: tuple[Json, int, ScaleHistory], load: int) -> None:
    hpa, current, history = situation
    found = decided(hpa, current, *alike(current, load), history=history)
    assert hpa["spec"]["minReplicas"] <= found.desired <= hpa["spec"]["maxReplicas"]
    assert found.status["desiredReplicas"] == found.desired
    assert found.rescale == (found.desired != current)


@settings(max_examples=150, deadline=None)
@given(situations(), loads, loads)
def test_more_load_never_means_fewer_replicas(
    situation: tuple[Json, int, ScaleHistory], one: int, other: int
) -> None:
    hpa, current, history = situation
    low, high = (
        decided(hpa, current, *alike(current, load), history=history) for load in sorted((one, other))
    )
    assert low.desired <= high.desired


@settings(max_examples=150, deadline=None)
@given(situations(), loads, st.floats(0, 1), st.integers(0, 5))
def test_no_scale_down_inside_the_window(
    situation: tuple[Json, int, ScaleHistory], load: int, share: float, surplus: int
) -> None:
    hpa, current, history = situation
    least, most = hpa["spec"]["minReplicas"], hpa["spec"]["maxReplicas"]
    current = min(max(current, least), most)
    down = (hpa["spec"].get("behavior") or {}).get("scaleDown") or {}
    window = down.get("stabilizationWindowSeconds", 300)
    if window == 0:
        return
    recent = (SECONDS - share * (window - 0.001), current + surplus)
    history = ScaleHistory((*history.recommendations, recent), history.ups, history.downs)
    assert decided(hpa, current, *alike(current, load), history=history).desired >= current


@settings(max_examples=100, deadline=None)
@given(situations(), loads)
def test_the_foretold_scale_down_comes_then_and_not_before(
    situation: tuple[Json, int, ScaleHistory], load: int
) -> None:
    hpa, current, history = situation
    found = decided(hpa, current, *alike(current, load), history=history)
    if found.next_scale_down is None or found.asked is None or found.rescale:
        return
    again: dict[str, Any] = {"history": found.history}
    after = found.next_scale_down
    assert decided(hpa, current, *alike(current, load), **again, after=after + 0.01).desired < current
    if after > 0.02:
        assert decided(hpa, current, *alike(current, load), **again, after=after - 0.01).desired == current


@settings(max_examples=50, deadline=None)
@given(situations(), loads)
def test_the_same_again_gives_the_same(situation: tuple[Json, int, ScaleHistory], load: int) -> None:
    hpa, current, history = situation
    first, second = (decided(hpa, current, *alike(current, load), history=history) for _ in range(2))
    assert first == second
