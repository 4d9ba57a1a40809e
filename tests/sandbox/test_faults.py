"""The Global Manager's faults by name."""

from __future__ import annotations

from dataclasses import astuple, fields

import pytest

from sednactl.errors import UsageError
from sednactl.sandbox.controllers.global_manager.faults import Faults
from sednactl.sandbox.faults import chosen_faults, fault_names, known_faults, usual_faults


def test_every_fault_has_a_name_and_words() -> None:
    known = known_faults()
    assert len(known) == len(fields(Faults))
    assert all(words and words[0] != " " and "\n" not in words for _, words in known.values())


def test_a_sandbox_may_scale_unless_told_otherwise() -> None:
    assert not usual_faults().missing_rbac
    assert usual_faults().false_failed
    assert chosen_faults(None) == usual_faults()


def test_named_ones_are_on_and_no_others() -> None:
    chosen = chosen_faults(fault_names(["missing-rbac", "crashes", "crashes"]))
    assert chosen == Faults(
        **{each.name: each.name in ("missing_rbac", "crashes") for each in fields(Faults)}
    )
    assert not any(astuple(chosen_faults(fault_names(["none"]))))


@pytest.mark.parametrize("words", [["missing_rbac"], ["none", "crashes"], ["list", "crashes"]])
def test_unknown_names_are_refused_with_the_known_ones(words: list[str]) -> None:
    with pytest.raises(UsageError, match="no fault") as caught:
        fault_names(words)
    assert "missing-rbac" in (caught.value.hint or "")
