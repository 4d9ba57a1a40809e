"""What we write means the same to every YAML reader, and reads as a person would have written it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from sednactl.errors import InvalidInput
from sednactl.manifests.ordering import in_human_order
from sednactl.manifests.reading import read_documents
from sednactl.manifests.writing import flow, scalar, to_json, to_yaml

TRICKY = [
    "yes", "No", "on", "OFF", "y", "N", "true", "False", "null", "Null", "~", "", " ", "  x", "x ", "nil",
    "24:00", "20:00", "02:00", "1:30:00", "2024-01-01", "2024-01-01T00:00:00Z", "0644", "0o644", "0x1F", "0b11",
    "1_000", "1e3", "1E3", "1.5", ".5", "5.", "-1", "+1", "0", "00", "1,000", "416,736", ".inf", "-.INF", ".NaN",
    "=", "<<", "-", "- x", "?", "? x", ":", "a: b", "a:", ":a", "a #b", "a#b", "#x", "&a", "*a", "!t", "!!str x",
    "|", ">", "%x", "@x", "`x", "{a}", "[a]", "{", "a, b", "'", '"', "it's", '"q"', "\\", "\\n", "---", "--- x",
    "...", "a\nb", "a\n", "\na", "a\n\n", " a\nb", "a \nb", "\ta\nb", "a\n\tb", "a\n  b\nc\n", "\n", "\r\n", "a\rb",
    "a\x85b", "a\u2028b", "\ufeff", "\ufeffa", "\x00", "\x07", "\x1b[31m", "\x7f", "\x9f", "\ufffe", "\uffff",
    "ünïcode", "日本語", "😀", "50m", "2Gi", "64M", "20%", "1k", "1Ei", "1E", "12e", "0m", "kubeedge/x:v0.5.0",
    "rtsp://localhost/video", "/data/", "a b", "a  b", "x" * 3000, "1" * 400, "0.1.2", "1.2.3.4", "10.0.0.1:9000",
    "e", "E5", "n", "None", "inf", "infinity", "a\tb", "\t", "key: |\n  x",
]  # fmt: skip
INTEGERS = st.integers(min_value=-(2**63), max_value=2**63 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.one_of(
    st.sampled_from(TRICKY),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text("019eE._:-+xobyn~=<#| \n\t'\"{}[]%,", max_size=12),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), INTEGERS, FLOATS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=20,
)
MAPS = st.dictionaries(TEXTS, VALUES, max_size=5)


def same(left: Any, right: Any) -> bool:
    """Equal in value and in type, all the way down."""
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and left.keys() == right.keys()
            and all(same(left[k], right[k]) for k in left)
        )
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, (int, float)) and not isinstance(left, bool) and not isinstance(right, bool):
        return isinstance(right, (int, float)) and float(left) == float(right) and left == right
    return type(left) is type(right) and bool(left == right)


def by_us(text: str) -> Any:
    return read_documents(text.encode(), "-")[0].content


def by_pyyaml(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def by_ruamel(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


@settings(max_examples=150, deadline=None)
@given(MAPS)
@example({text: text for text in TRICKY})
@example({"a": [[[]], [{}], [["x", {"y": ["a\nb", {"z": "c\nd\n"}]}]]]})
@example({"k" * 2000: {"a": 1, "b": ["a\nb"]}, "l" * 1500: "a\nb", "m" * 1100: [1, {"a": 2}]})
def test_every_reader_reads_back_what_was_written(value: dict[str, Any]) -> None:
    document = {"apiVersion": "v1", "kind": "Test", "spec": value}
    text = to_yaml([document])
    for read in (by_us, by_pyyaml, by_ruamel):
        assert same(document, read(text)), (read.__name__, text)
    assert to_yaml([document]) == text
    # Written again, nothing moves.
    assert to_yaml([by_us(text)]) == text


@settings(max_examples=150, deadline=None)
@given(VALUES)
@example({text: text for text in TRICKY if len(text) < 1000})
def test_a_value_put_into_a_template_stays_one_value(value: Any) -> None:
    text = f"before: 1\nvalue: {flow(value)}\nafter: 2\n"
    assert "\n" not in flow(value)
    for read in (by_us, by_pyyaml, by_ruamel):
        assert same({"before": 1, "value": value, "after": 2}, read(text)), (read.__name__, text)


@settings(max_examples=60, deadline=None)
@given(MAPS)
def test_json_is_read_back(value: dict[str, Any]) -> None:
    assert same(json.loads(to_json([{"a": value}])), {"a": value})


def test_the_first_line_of_a_document_is_never_taken_for_something_else() -> None:
    documents = [{"kind": "A", "apiVersion": "v1"}, {"kind": "B"}, {}]
    text = to_yaml(documents)
    assert text == "apiVersion: v1\nkind: A\n---\nkind: B\n---\n{}\n"
    assert [dict(document) for document in yaml.safe_load_all(text)] == documents
    assert to_yaml([]) == ""


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**400, float("nan"), float("inf"), "\ud800"])
def test_what_readers_would_change_is_refused(value: Any) -> None:
    with pytest.raises(InvalidInput):
        to_yaml([{"a": value}])


def test_nan_is_refused_in_json() -> None:
    with pytest.raises(InvalidInput):
        to_json([{"a": float("nan")}])


@pytest.mark.parametrize("value", [{1: 2}, {"a": {None: 1}}, {"a": b"x"}, {"a": {1, 2}}])
def test_what_is_no_manifest_is_a_fault(value: Any) -> None:
    with pytest.raises(TypeError):
        to_yaml([value])


@pytest.mark.parametrize(
    "text",
    ["kubeedge/x:v0.5.0", "rtsp://localhost/video", "/data/", "50m", "2Gi", "64M", "20%", "ClusterFirst", "a b",
     "example.com/a@sha256:0f", "RollingUpdate", "IfNotPresent"],
)  # fmt: skip
def test_plain_words_stay_plain(text: str) -> None:
    assert scalar(text) == text


@pytest.mark.parametrize(
    "text", ["0.9", "24:00", "yes", "n", "416,736", "2024-01-01", "", "1e3", "0644", "<<", "="]
)
def test_words_that_some_reader_changes_are_quoted(text: str) -> None:
    assert scalar(text) == f'"{text}"'


def test_scripts_are_written_as_blocks() -> None:
    assert to_yaml([{"args": ["set -e\n\nrun  it\n"], "x": "a\nb"}]) == (
        "args:\n- |\n  set -e\n\n  run  it\nx: |-\n  a\n  b\n"
    )


def test_human_order() -> None:
    given_order = {
        "status": {"x": 1},
        "spec": {"template": {"spec": {"volumes": [], "containers": [{"image": "i", "env": [], "name": "n"}]}},
                 "hpa": {"metrics": [{"resource": {"target": {"averageUtilization": 1, "type": "U"}, "name": "cpu"},
                                      "type": "Resource"}], "maxReplicas": 2, "minReplicas": 1},
                 "model": {"name": "m"}},
        "metadata": {"labels": {"b": "1", "a": "2", "name": "x"}, "name": "n"},
        "kind": "K", "apiVersion": "v1",
    }  # fmt: skip
    ordered = in_human_order(given_order)
    assert ordered == given_order
    assert list(ordered) == ["apiVersion", "kind", "metadata", "spec", "status"]
    assert list(ordered["spec"]) == ["model", "hpa", "template"]
    assert list(ordered["spec"]["hpa"]) == ["minReplicas", "maxReplicas", "metrics"]
    assert list(ordered["spec"]["hpa"]["metrics"][0]) == ["type", "resource"]
    assert list(ordered["spec"]["template"]["spec"]["containers"][0]) == ["name", "image", "env"]
    assert list(ordered["metadata"]["labels"]) == ["b", "a", "name"], "labels are the user's own words"
