"""A hint to quote a value names the characters that `--fix` puts into quotes: those of the file."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sednactl.manifests.reading import read_documents
from sednactl.manifests.scalars import NotJson, plain
from sednactl.validation.check import check_documents
from tests.mending.test_mends import fix

HEAD = "apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {name: m}\nspec:\n  format: pb\n"


def hint_and_mend(text: str) -> tuple[str, str]:
    """Give what the hint wants quoted, and what --fix quotes."""
    (found,) = [one for one in check_documents(read_documents(text.encode(), "m")) if one.rule == "SDN004"]
    hinted = re.match(r'quote it: "([^"]*)"', found.hint)
    written = re.search(r'"?url"?: (?:&a )?"([^"]*)"', fix(text).text)
    return hinted[1] if hinted else found.hint, written[1] if written else ""


@pytest.mark.parametrize(
    "word",
    [
        "010",
        "0x10",
        "0o17",
        "0b11",
        "1_000",
        "1e3",
        ".5",
        "1.50",
        "+12",
        "-0",
        "1.",
        "yes",
        "Off",
        "n",
        "TRUE",
    ],
)
@pytest.mark.parametrize("end", ["\n", " # why\n", "\n  device_soc_versions: [a]\n"])
def test_hint_says_what_fix_writes(word: str, end: str) -> None:
    assert hint_and_mend(f"{HEAD}  url: {word}{end}") == (word, word)


@given(st.from_regex(r"[-+]?(0[xob]?)?[0-9_]{1,6}(\.[0-9]{0,3})?(e[-+]?[0-9])?", fullmatch=True))
def test_hint_says_what_fix_writes_of_any_word(word: str) -> None:
    try:
        assume(isinstance(plain(word), (bool, int, float)))
    except NotJson:
        assume(False)
    assert hint_and_mend(f"{HEAD}  url: {word}\n") == (word, word)


def test_in_braces_in_json_and_behind_an_anchor() -> None:
    braces = "apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {name: m}\nspec: {url: 010, format: pb}\n"
    assert hint_and_mend(braces) == ("010", "010")
    json = '{"apiVersion": "sedna.io/v1alpha1", "kind": "Model", "metadata": {"name": "m"}, "spec": {"url": 1E3, "format": "pb"}}'
    assert hint_and_mend(json) == ("1E3", "1E3")
    assert hint_and_mend(f"{HEAD}  url: &a 010\n") == ("010", "010")


def test_a_tagged_number_is_shown_as_it_is_read() -> None:
    assert hint_and_mend(f"{HEAD}  url: !!int 010\n") == ("8", "")


def test_a_boolean_says_why_it_is_one() -> None:
    (found,) = [
        one
        for one in check_documents(read_documents(f"{HEAD}  url: no\n".encode(), "m"))
        if one.rule == "SDN004"
    ]
    assert found.hint == ('quote it: "no", as unquoted yes, no, on, off, y, n, true and false are booleans')
