"""Streams, lists, JSON and positions: which documents a file holds, and where each value stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.errors import InvalidInput
from sednactl.manifests.document import Document, Position
from sednactl.manifests.reading import read_documents


def contents(data: str | bytes) -> list[Any]:
    return [
        found.content for found in read_documents(data.encode() if isinstance(data, str) else data, "f.yaml")
    ]


def one(data: str) -> Document:
    (document,) = read_documents(data.encode(), "f.yaml")
    return document


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("", []),
        ("\n", []),
        ("---\n---\n", []),
        ("# only words\n", []),
        ("null", []),
        ("a: 1", [{"a": 1}]),
        ("---\na: 1\n--- # next\nb: 2\n---\n", [{"a": 1}, {"b": 2}]),
        ("a: |\n  x\n  ---\n  y\n", [{"a": "x\n---\ny\n"}]),
        ("a: 1\r\n---\r\nb: 2\r\n", [{"a": 1}, {"b": 2}]),
        ("a: 1\n...\n", [{"a": 1}]),
        ('{"a": 1.0, "b": 1e3}', [{"a": 1, "b": 1000}]),
        ('{"a": 1} {"b": 2}\n{"c": 3}', [{"a": 1}, {"b": 2}, {"c": 3}]),
        ('{"a": 9223372036854775808}', [{"a": 9223372036854775808.0}]),
        ('{"a": "\\ud83d\\ude00 \\ud800"}', [{"a": "\U0001f600 \ufffd"}]),
        ("x: &a {p: 1}\nz: *a\n", [{"x": {"p": 1}, "z": {"p": 1}}]),
        ("x: &a 1\ny: &a 2\nz: *a\n", [{"x": 1, "true": 2, "z": 2}]),
        ("<<: {a: 1}\nb: 2\n", [{"a": 1, "b": 2}]),
        ("a: 3\n<<: {a: 1}\n", [{"a": 1}]),
        ("<<: {a: 1}\na: 3\n", [{"a": 3}]),
        ("<<: [{a: 1}, {a: 2, b: 2}]\n", [{"a": 1, "b": 2}]),
        ('"<<": {a: 1}\n', [{"<<": {"a": 1}}]),
    ],
)
def test_stream(text: str, documents: list[Any]) -> None:
    assert json.dumps(contents(text)) == json.dumps(documents)


def test_byte_order_marks() -> None:
    text = "a: é\n"
    assert contents(b"\xef\xbb\xbf" + text.encode()) == [{"a": "é"}]
    assert contents(b"\xff\xfe" + text.encode("utf-16-le")) == [{"a": "é"}]
    assert contents(b"\xfe\xff" + text.encode("utf-16-be")) == [{"a": "é"}]


def test_lists_give_their_items() -> None:
    text = """
apiVersion: v1
kind: List
items:
- kind: Model
  metadata: {name: a}
- apiVersion: sedna.io/v1alpha1
  kind: ModelList
  items:
  - metadata: {name: b}
"""
    first, second = read_documents(text.encode(), "f.yaml")
    assert first.content == {"kind": "Model", "metadata": {"name": "a"}}
    assert second.content == {"apiVersion": "sedna.io/v1alpha1", "kind": "Model", "metadata": {"name": "b"}}
    assert (first.index, second.index) == (0, 1)
    assert (first.line, second.line) == (5, 10)
    assert second.locate(("metadata", "name")) == Position(10, 22)


def test_positions_in_yaml() -> None:
    document = read_documents(
        "a: 1\n---\n# 字\nspec:\n  列: [x, {名: 字, b: c}]\n  d: &q\n    e: 1\n  f: *q\n".encode(), "f"
    )[1]
    assert document.line == 4
    assert document.locate(()) == (4, 1)
    assert document.locate(("spec", "列", 1, "b")) == (5, 20)
    assert document.locate(("spec", "列", 1, "b"), key=True) == (5, 17)
    assert document.locate(("spec", "d", "e")) == (7, 8)
    assert document.locate(("spec", "f", "e")) == (7, 8)
    assert document.locate(("spec", "gone", "deeper")) == (5, 3)
    assert document.source_line(7) == "    e: 1"
    assert document.source_line(99) == ""


def test_positions_in_json() -> None:
    document = one('{"a": {"x": ["}", {"b": "q\\"{"}],\n  "c": null}, "d": [1,\n 2]}')
    assert document.locate(("a", "x", 1, "b")) == (1, 25)
    assert document.locate(("a", "x", 1, "b"), key=True) == (1, 20)
    assert document.locate(("a", "c")) == (2, 8)
    assert document.locate(("d", 1)) == (3, 2)
    assert document.locate(("d", 7)) == (2, 20)


@pytest.mark.parametrize("folder", ["valid"])
def test_every_value_is_where_locate_says(folder: str) -> None:
    for file in sorted((Path(__file__).parents[1] / "fixtures" / "manifests" / folder).iterdir()):
        text = file.read_text()
        for document in read_documents(text.encode(), file.name):
            for path, value in _scalars(document.content):
                line, column = document.locate(path)
                rest = text.splitlines()[line - 1][column - 1 :]
                assert rest.lstrip("\"'").startswith(_spelled(value)), (path, rest)


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _scalars(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in _scalars(item, (*path, key))]
    if isinstance(value, list):
        return [found for index, item in enumerate(value) for found in _scalars(item, (*path, index))]
    return [(path, value)]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=6).filter(lambda key: key != "items"), JSON_VALUES, max_size=5))
def test_json_is_read_as_it_is(value: dict[str, Any]) -> None:
    assert read_documents(json.dumps(value).encode(), "f.json")[0].content == value
    assert read_documents(json.dumps(value, ensure_ascii=False).encode(), "f.json")[0].content == value


def test_doubled_keys_in_json_name_both_lines() -> None:
    with pytest.raises(InvalidInput) as caught:
        contents('{"a": {"b": 1,\n"c": {"b": 2},\n  "b": 3}}')
    assert caught.value.message == "f.yaml:3:3: the key 'b' is given twice, first on line 1"


def test_what_only_looks_like_an_escaped_slash() -> None:
    (document,) = read_documents(b'a: "a\\\\/b"' + b"\nb: 'a\\/b'\nc: a\\/b\n", "x")
    assert document.content == {"a": "a\\/b", "b": "a\\/b", "c": "a\\/b"}


def test_items_get_the_kind_of_their_list_only_when_they_name_none() -> None:
    text = (
        b"apiVersion: sedna.io/v1alpha1\nkind: ModelList\nitems: [{a: 1}, {kind: Model}, {apiVersion: v1}]\n"
    )
    assert [document.content for document in read_documents(text, "x")] == [
        {"a": 1, "apiVersion": "sedna.io/v1alpha1", "kind": "Model"},
        {"kind": "Model"},
        {"apiVersion": "v1"},
    ]
