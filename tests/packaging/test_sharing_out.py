"""How the tests themselves are shared out among workers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import _LONG, _SECOND_PLANE, _TOGETHER, spread

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("named", [*_LONG, *_SECOND_PLANE, *_TOGETHER])
def test_what_is_named_is_there(named: str) -> None:
    folder, _, beginning = named.rpartition("/")
    assert any(found.name.startswith(beginning) for found in (ROOT / folder).iterdir())


@given(st.integers(0, 9), st.integers(0, 60), st.floats(0, 1))
def test_all_are_kept_in_order_and_the_few_come_early(few: int, many: int, share: float) -> None:
    rare, usual = [f"long {n}" for n in range(few)], [f"quick {n}" for n in range(many)]
    among = int(many * share)
    mixed = spread(rare, usual, among)
    assert [one for one in mixed if one in rare] == rare
    assert [one for one in mixed if one in usual] == usual
    if few:
        assert mixed[0] == rare[0]
        assert mixed.index(rare[-1]) < max(among, few - 1) + few
