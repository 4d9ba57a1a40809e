"""Mending manifests in odd layouts: values stay but where they are mended, comments stay, twice is once."""

from __future__ import annotations

import json
import os
from collections import Counter
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sednactl.manifests.mending import Mended, mended
from sednactl.manifests.reading import read_documents
from sednactl.manifests.writing import to_json
from sednactl.validation.check import check_documents
from sednactl.validation.ignoring import Ignoring
from sednactl.validation.mending import wishes_for
from sednactl.validation.target import Target
from tests.mending.layouts import Layout
from tests.mending.test_mends import MENDED
from tests.validation.test_rules import changed

EXAMPLES = int(os.environ.get("SEDNACTL_FUZZ", "0")) or 60
BY_CONTENT: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {}
for _rule, _content, _changes, _, _ in MENDED:
    BY_CONTENT.setdefault(json.dumps(_content), []).append((_content, _changes))
MANIFESTS = list(BY_CONTENT.values())


@st.composite
def spoiled(draw: st.DrawFn) -> Any:
    """Give a manifest with up to three of the slips that are mended."""
    cases = draw(st.sampled_from(MANIFESTS))
    content = cases[0][0]
    for _, changes in draw(st.lists(st.sampled_from(cases), max_size=3)):
        try:
            content = changed(content, changes)
        except (KeyError, IndexError, TypeError, AttributeError):
            continue  # two slips that exclude each other
    return content


def fix(text: str) -> Mended:
    return mended(text, "m.yaml", wishes_for(Ignoring(), Target()))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], str]:
    """Give every bare value, and every empty map or list, by its path."""
    if isinstance(value, dict) and value:
        pairs: Any = value.items()
    elif isinstance(value, list) and value:
        pairs = enumerate(value)
    else:
        return {path: json.dumps(value)}
    return {at: leaf for key, item in pairs for at, leaf in leaves(item, (*path, key)).items()}


def touched(path: tuple[Any, ...], mends: tuple[tuple[str, tuple[Any, ...]], ...]) -> bool:
    """Tell whether a path is a mended one, below it, behind it in a list, or its other spelling."""
    for _, whole in mends:
        mend = whole[2:] if whole[0] == "items" else whole  # below the item of a list
        here = path[: len(mend)]
        in_list = isinstance(mend[-1], int) and len(here) >= len(mend) - 1
        if (in_list and here[: len(mend) - 1] == mend[:-1]) or str(here).lower() == str(mend).lower():
            return True
    return False


def check(text: str, comments: list[str]) -> None:
    before = [document.content for document in read_documents(text.encode(), "m.yaml")]
    made = fix(text)
    after = [document.content for document in read_documents(made.text.encode(), "m.yaml")]
    assert len(before) == len(after)
    for old, new in zip(map(leaves, before), map(leaves, after), strict=True):
        differing = {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
        assert all(touched(path, made.mends) for path in differing)
    for comment, count in Counter(comments).items():
        assert made.text.count(comment) == count
    assert fix(made.text) == Mended(made.text, (), made.refused) or made.refused
    assert fix(made.text).text == made.text
    left = [found for found in check_documents(read_documents(made.text.encode(), "m")) if found.fixable]
    assert len(left) <= len(made.refused) or made.refused
    if not made.mends:
        assert made.text == text


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(spoiled(), min_size=1, max_size=2), st.integers(0, 2**32))
def test_odd_layouts(contents: list[Any], seed: int) -> None:
    layout = Layout(Random(seed))
    text = layout.stream(contents)
    read = [document.content for document in read_documents(text.encode(), "m.yaml")]
    assert json.dumps(read) == json.dumps(contents)  # the layout itself
    check(text, layout.comments)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(spoiled(), min_size=1, max_size=2), st.sampled_from([None, 0, 1, 4]))
def test_json_layouts(contents: list[Any], indent: int | None) -> None:
    whole = (
        to_json(contents) if indent == 4 else "\n".join(json.dumps(one, indent=indent) for one in contents)
    )
    check(whole, [])


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spoiled(), st.integers(0, 2**32), st.data())
def test_broken_texts_are_mended_or_refused(content: Any, seed: int, data: st.DataObject) -> None:
    """A text with characters taken out or put in, as far as it can be read."""
    from sednactl.errors import InvalidInput

    text = Layout(Random(seed)).stream([content])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text) - 1))
        text = (
            text[:at]
            + data.draw(st.sampled_from(["", "&x ", "*x", " ", "#", "'", "- ", "!!str ", "\n"]))
            + text[at + 1 :]
        )
    try:
        read_documents(text.encode(), "m.yaml")
    except InvalidInput:
        return
    check(text, [])
