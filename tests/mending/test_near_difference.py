"""The diff that --fix shows: what it says is what changes, and it never compares two whole texts in vain."""

from __future__ import annotations

import re
from difflib import SequenceMatcher, unified_diff

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.render import near_difference
from sednactl.render.near_difference import difference

LINES = st.lists(st.sampled_from(["a", "b", "c", "---", "  x: 1", ""]), max_size=40)
MANIFEST = [f"  key{number % 7}: {number % 5}" for number in range(60)]


def applied(before: list[str], lines: list[str]) -> list[str]:
    """Give what a unified diff makes of a text; fails where the diff tells of other lines than there are."""
    after: list[str] = []
    at = 0
    for line in lines[2:]:
        if found := re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", line):
            begin = int(found[1]) - (found[2] != "0")
            after += before[at:begin]
            at = begin
            assert int(found[3]) == len(after) + (found[4] != "0")
        elif line[0] == "+":
            after.append(line[1:])
        else:
            assert before[at] == line[1:]
            at += 1
            after += [line[1:]] if line[0] == " " else []
    return after + before[at:]


@given(LINES, LINES)
def test_any_two_texts(before: list[str], after: list[str]) -> None:
    lines = list(difference("x", before, after))
    assert applied(before, lines) == after
    assert bool(lines) == (before != after)


@given(st.lists(st.tuples(st.integers(0, 59), st.sampled_from(["new", "gone", "more"])), max_size=6))
def test_a_few_changes(changes: list[tuple[int, str]]) -> None:
    after = list(MANIFEST)
    for at, what in changes:
        if what == "gone":
            del after[min(at, len(after) - 1)]
        elif what == "more":
            after.insert(at, "  one: more")
        else:
            after[min(at, len(after) - 1)] = "  another: one"
    assert applied(MANIFEST, list(difference("x", MANIFEST, after))) == after


def test_a_plain_change_looks_as_difflib_writes_it() -> None:
    before = [str(number) for number in range(40)]
    after = ["first", *before[1:12], "12.5", *before[13:20], *before[21:30], "more", *before[30:39]]
    assert list(difference("x", before, after)) == list(unified_diff(before, after, "x", "x", lineterm=""))


def test_two_whole_texts_are_never_compared_where_little_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []

    class Watched(SequenceMatcher[str]):
        def __init__(self, junk: None, before: list[str], after: list[str]) -> None:
            compared.append(len(before) + len(after))
            super().__init__(junk, before, after)

    before = MANIFEST * 50
    after = ["  changed: 1" if number % 50 == 7 else line for number, line in enumerate(before)]
    monkeypatch.setattr(near_difference, "SequenceMatcher", Watched)
    assert applied(before, list(difference("x", before, after))) == after
    assert compared == [2] * 60
