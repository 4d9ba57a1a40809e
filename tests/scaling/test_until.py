"""The condition language: what it takes, what it refuses and where, what it means."""

from __future__ import annotations

import operator
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.errors import UsageError
from sednactl.scaling.snapshot import ScaleSnapshot, snapshots_of
from sednactl.scaling.until import And, Comparison, Expression, Field, Literal, Or, judge
from sednactl.scaling.until_parser import read_until
from sednactl.sedna.quantity import NANO
from tests.scaling import objects as o


def snapshot(cloud: int = 3, edge: int = 2, percent: int | None = 37) -> ScaleSnapshot:
    readings = [] if percent is None else [o.cpu_reading(percent)]
    [found] = snapshots_of(
        [o.workload(hpa="cloud")],
        [o.deployment("cloud", wanted=4, current=cloud), o.deployment("edge", wanted=2, ready=edge)],
        [o.hpa(readings=readings)],
        [],
        o.NOW,
    )
    return found


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("cloud.replicas>=3", True),
        ("cloud.replicas > 3", False),
        ("cloud.desired==4", True),
        ("edge.ready==edge.desired", True),
        ("cloud.utilization.cpu<20", False),
        ("cloud.utilization.cpu>=37%", True),
        ("cloud.value.cpu<=379m", True),
        ("cloud.value.cpu<0.3", False),
        ("cloud.min==1 and cloud.max==5", True),
        ("cloud.min!=1 or cloud.max==5", True),
        ("cloud.hpa==hpa-helmet-deployment-cloud", True),
        ("edge.hpa==none", True),
        ("cloud.hpa!=none", True),
        ("cloud.hpa==edge.hpa", False),
        ("cloud.replicas<=cloud.max", True),
        ("edge.max>=0", False),  # unknown: no autoscaler there
        ("edge.max!=0", False),
        ("edge.utilization.cpu!=5", False),
        ("cloud.utilization.memory!=5", False),
        ("cloud.replicas==9 and cloud.replicas==9 or cloud.replicas==3", True),
        ("cloud.replicas==9 and (cloud.replicas==9 or cloud.replicas==3)", False),
        ("((cloud.replicas==3))", True),
        ("cloud.utilization.'cpu'==37 and cloud.utilization.\"cpu\"==37", True),
    ],
)
def test_what_it_means(text: str, met: bool) -> None:
    assert judge(read_until(text), snapshot()).met is met


def test_an_unknown_reading_is_false_and_said() -> None:
    verdict = judge(read_until("cloud.utilization.cpu!=5"), snapshot(percent=None))
    assert not verdict.met
    assert str(verdict.terms[0]) == "cloud.utilization.cpu!=5: left side unknown, so it does not hold"


def test_the_reading_of_every_term_is_told() -> None:
    verdict = judge(read_until("cloud.replicas>=4 or edge.ready==edge.desired"), snapshot())
    assert [str(term) for term in verdict.terms] == [
        "cloud.replicas>=4: does not hold (3 against 4)",
        "edge.ready==edge.desired: holds (2 against 2)",
    ]


def test_two_metrics_of_one_name_must_both_hold() -> None:
    def external(queue: str) -> dict[str, Any]:
        return {"name": "jobs", "selector": {"matchLabels": {"q": queue}}}

    specs = [
        {"type": "External", "external": {"metric": external(q), "target": {"type": "Value", "value": "1"}}}
        for q in "ab"
    ]
    readings = [
        {"type": "External", "external": {"metric": external(q), "current": {"value": v}}}
        for q, v in (("a", "3"), ("b", "9"))
    ]
    [found] = snapshots_of(
        [o.workload()], [o.deployment()], [o.hpa(specs=specs, readings=readings)], [], o.NOW
    )
    assert judge(read_until("cloud.value.jobs>=3"), found).met
    assert not judge(read_until("cloud.value.jobs>3"), found).met


@pytest.mark.parametrize(
    ("text", "column", "why"),
    [
        ("", 1, "expected a side and field"),
        ("  ", 3, "expected a side and field"),
        ("replicas>=3", 1, "expected a side"),
        ("cloud.pods>=3", 7, "no such field"),
        ("cloud.replicas.x>=3", 7, "no such field"),
        ("cloud.utilization>=3", 7, "utilization of what"),
        ("cloud.replicas", 15, "expected one of"),
        ("cloud.replicas=3", 15, "no such operator"),
        ("cloud.replicas>==3", 15, "no such operator"),
        ("cloud.replicas>=", 17, "expected a number"),
        ("cloud.replicas>=three", 17, "expected a number"),
        ("cloud.replicas>=3%", 17, "no percentage"),
        ("cloud.replicas>=3 cloud.ready>=1", 19, "expected 'and'"),
        ("cloud.replicas>=3 and", 22, "expected a side"),
        ("cloud.replicas>=3 and and edge.ready>1", 23, "expected a side"),
        ("(cloud.replicas>=3", 19, "expected ')'"),
        ("cloud.replicas>=3)", 18, "never opened"),
        ("cloud.hpa>=x", 10, "can only be"),
        ("cloud.hpa==cloud.max", 12, "autoscaler's name"),
        ("cloud.max==cloud.hpa", 12, "expected a number"),
        ("3<=cloud.replicas", 1, "expected a side"),
        ("cloud.value.'a>3", 1, "never closed"),
        ("云.replicas>=3", 1, "expected a side"),
        ("(" * 60 + "cloud.replicas>=3", 51, "more than 50"),
    ],
)
def test_errors_point_at_the_column(text: str, column: int, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_until(text)
    assert f"column {column}:" in caught.value.message
    assert why in caught.value.message
    line, caret = caught.value.detail
    assert line == text
    assert caret.index("^") == column - 1


def test_the_caret_stands_under_its_column_after_wide_characters() -> None:
    with pytest.raises(UsageError) as caught:
        read_until("cloud.value.帧>x")
    assert caught.value.detail[1].index("^") == len("cloud.value.") + 2 + 1


numbers = st.integers(-(10**20), 10**20).map(lambda nanos: Literal(Fraction(nanos, NANO)))
sides = st.sampled_from(["cloud", "edge"])
metric_names = st.one_of(
    st.sampled_from(
        ["cpu", "memory", "big-model/cpu", "and", "or", "a.b|c", "has blank", "(x)", "<", "it's"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="'\""), min_size=1, max_size=6),
)
number_fields = st.one_of(
    st.builds(Field, sides, st.sampled_from(["replicas", "desired", "ready", "min", "max"])),
    st.builds(Field, sides, st.sampled_from(["utilization", "value"]), metric_names),
)
comparisons = st.one_of(
    st.builds(
        Comparison,
        number_fields,
        st.sampled_from([">=", ">", "<=", "<", "==", "!="]),
        st.one_of(numbers, number_fields),
    ),
    st.builds(
        Comparison,
        st.builds(Field, sides, st.just("hpa")),
        st.sampled_from(["==", "!="]),
        st.sampled_from([Literal("none"), Literal("hpa-x-deployment-edge"), Field("edge", "hpa")]),
    ),
)


def _several(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(lists.map(And), lists.map(Or))


expressions = st.recursive(comparisons, _several, max_leaves=12)


@given(expressions)
def test_reading_what_was_written_gives_the_same(expression: Expression) -> None:
    assert read_until(str(expression)) == expression


@given(expressions, st.integers(0, 6), st.integers(0, 3), st.one_of(st.none(), st.integers(0, 900)))
def test_agrees_with_a_naive_reading(
    expression: Expression, cloud: int, edge: int, percent: int | None
) -> None:
    state = snapshot(cloud, min(edge, 2), percent)
    assert judge(expression, state).met is _naive(expression, state.as_json()["sides"])


def _naive(expression: Any, sides: dict[str, Any]) -> bool:
    if isinstance(expression, And):
        return all(_naive(part, sides) for part in expression.parts)
    if isinstance(expression, Or):
        return any(_naive(part, sides) for part in expression.parts)
    left, right = _value(expression.left, sides), _value(expression.right, sides)
    if left is None or right is None:
        return False
    name = {">=": "ge", ">": "gt", "<=": "le", "<": "lt", "==": "eq", "!=": "ne"}[expression.operator]
    return bool(getattr(operator, name)(left, right))


def _value(operand: Any, sides: dict[str, Any]) -> Any:
    if isinstance(operand, Literal):
        return operand.value
    side = sides[operand.side]
    if operand.name == "hpa":
        return side["hpa"] or "none"
    if operand.metric is None:
        return side["current" if operand.name == "replicas" else operand.name]
    for metric in side["metrics"]:
        if metric["name"] == operand.metric:
            if operand.name == "utilization":
                return metric["current"]
            found = re.fullmatch(r"(\d+)m", metric["value"] or "")
            return Fraction(int(found[1]), 1000) if found else None
    return None
