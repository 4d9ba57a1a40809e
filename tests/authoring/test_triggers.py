"""When a learning job trains and deploys: what may be written, and what Sedna would read of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.errors import InvalidInput
from sednactl.manifests.triggers import deploy_trigger, train_trigger


@pytest.mark.parametrize(
    ("when", "metric", "operator", "threshold"),
    [
        ("precision_delta[0]>0.1", "precision_delta[0]", ">", 0.1),
        ("precision_delta > .5", "precision_delta[0]", ">", 0.5),
        ("recall[12] ge -3", "recall[12]", "ge", -3),
        (" f1==1 ", "f1[0]", "==", 1),
        ("ltlt lt 2", "ltlt[0]", "lt", 2),
        ("a!=0", "a[0]", "!=", 0),
        ({"metric": "p", "operator": "<=", "threshold": 1.5}, "p[0]", "<=", 1.5),
    ],
)
def test_conditions(when: Any, metric: str, operator: str, threshold: float) -> None:
    condition = deploy_trigger({"when": when}, "deploy")["condition"]
    assert condition == {"metric": metric, "operator": operator, "threshold": threshold}
    assert type(condition["threshold"]) is type(threshold)


@pytest.mark.parametrize(
    "when",
    [
        "",
        "p",
        "p>",
        ">1",
        "p=>1",
        "p>1%",
        "p>1e3",
        "p[x]>1",
        "p[-1]>1",
        "p[0>1",
        "p]>1",
        "p[0]x>1",
        "p > 1 > 2",
        "p q>1",
    ],
)
def test_conditions_that_could_never_come_true_or_crash_the_local_controller(when: str) -> None:
    with pytest.raises(InvalidInput, match=r"^deploy\.when: "):
        deploy_trigger({"when": when}, "deploy")


def test_training_knows_one_metric() -> None:
    assert train_trigger({"when": "num_of_samples>500"}, "train")["condition"]["threshold"] == 500
    for when in ("num_of_samples[0]>5", "samples>5", "Num_of_samples>5"):
        with pytest.raises(InvalidInput, match="nothing but num_of_samples"):
            train_trigger({"when": when}, "train")


@pytest.mark.parametrize(
    ("hours", "timer"),
    [
        ("02:00-24:00", ("02:00", "24:00")),
        ("2:00 - 3:05", ("02:00", "03:05")),
        ("22:00-06:00", ("22:00", "06:00")),
        ({"start": "0:00", "end": "12:30"}, ("00:00", "12:30")),
    ],
)
def test_hours_have_both_digits(hours: Any, timer: tuple[str, str]) -> None:
    made = train_trigger({"when": "num_of_samples>1", "hours": hours}, "train")["timer"]
    assert (made["start"], made["end"]) == timer


@pytest.mark.parametrize(
    "hours",
    [
        "",
        "2",
        "02:00",
        "24:01-25:00",
        "12:60-13:00",
        "a-b",
        "02:00-03:00-04:00",
        {"start": "x", "end": "24:00"},
    ],
)
def test_hours_that_are_none(hours: Any) -> None:
    with pytest.raises(InvalidInput, match=r"train\.hours: .* is no time of day"):
        train_trigger({"when": "num_of_samples>1", "hours": hours}, "train")


def test_without_a_condition_there_is_no_trigger() -> None:
    assert train_trigger({}, "train") == {} == deploy_trigger({}, "deploy")


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 23), st.integers(0, 59))
def test_times_compare_as_texts_as_they_do_as_times(h1: int, m1: int, h2: int, m2: int) -> None:
    made = train_trigger({"when": "num_of_samples>1", "hours": f"{h1}:{m1:02}-{h2}:{m2:02}"}, "train")[
        "timer"
    ]
    assert (made["start"] < made["end"]) == ((h1, m1) < (h2, m2))


@given(st.text(max_size=30))
def test_any_text_is_a_condition_or_a_clean_refusal(text: str) -> None:
    try:
        condition = deploy_trigger({"when": text}, "deploy")["condition"]
    except InvalidInput:
        return
    assert condition["metric"].endswith("]")
    assert condition["operator"] in (
        ">",
        ">=",
        "=",
        "==",
        "!=",
        "<=",
        "<",
        "gt",
        "ge",
        "eq",
        "ne",
        "le",
        "lt",
    )
