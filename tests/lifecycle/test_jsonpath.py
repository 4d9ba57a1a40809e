"""`-o jsonpath` does what kubectl's does, for what scripts use."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.errors import UsageError
from sednactl.render.jsonpath import evaluate

DATA = {
    "kind": "List",
    "items": [
        {
            "metadata": {"name": "a", "labels": {"app.io/x": "1"}},
            "status": {"ready": True, "n": 3},
            "spec": {"l": [1, 2, 3]},
        },
        {"metadata": {"name": "b", "labels": {}}, "status": {"ready": False, "n": 5}, "spec": {"l": []}},
    ],
}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{.kind}", "List"),
        (".kind", "List"),
        ("kind", "List"),
        ("{.items[*].metadata.name}", "a b"),
        ("{.items[0].metadata.name}{'\\n'}", "a\n"),
        ("{.items[-1].metadata.name}", "b"),
        ("{.items[0].spec.l[0:2]}", "1 2"),
        ("{.items[0].spec.l[0,2]}", "1 3"),
        ("{..name}", "a b"),
        ("{.items[0].metadata.labels.app\\.io/x}", "1"),
        ("{.items[0].metadata.labels['app.io/x']}", "1"),
        ('{range .items[*]}{.metadata.name}{"\\t"}{.status.n}{"\\n"}{end}', "a\t3\nb\t5\n"),
        ("{range .items[?(@.status.n>4)]}{.metadata.name}{end}", "b"),
        ('{.items[?(@.metadata.name=="a")].status}', '{"ready":true,"n":3}'),
        ("{.items[?(@.status.ready==true)].metadata.name}", "a"),
        ("{.nothing.there}", ""),
        ("x={$.kind}!", "x=List!"),
        ("{range .none[*]}{.x}{range .y}{end}{end}.", "."),
    ],
)
def test_templates(template: str, expected: str) -> None:
    assert evaluate(template, DATA) == expected


@pytest.mark.parametrize("template", ["{.a", "{range .items[*]}x", "{.items[?(@.a~b)]}", "{end}", "{.a b}"])
def test_what_cannot_be_read_is_a_usage_error(template: str) -> None:
    with pytest.raises(UsageError, match="jsonpath"):
        evaluate(template, DATA)


@given(st.text(alphabet="{}.[]@?()'\"ab*:,-0= rangeend\\", max_size=30))
def test_any_text_is_filled_or_refused(template: str) -> None:
    with contextlib.suppress(UsageError):
        assert isinstance(evaluate(template, DATA), str)
