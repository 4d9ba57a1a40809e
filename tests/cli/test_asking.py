"""Questions at a terminal."""

from __future__ import annotations

import io

import pytest

from sednactl.cli.asking import says_yes
from sednactl.surroundings import Surroundings


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "yes", "end"),
    [
        ("y\n", True, "[y/N] "),
        (" YES \n", True, "[y/N] "),
        ("n\n", False, "[y/N] "),
        ("\n", False, "[y/N] "),
        ("yesterday\n", False, "[y/N] "),
        ("", False, "[y/N] \n"),
        ("y", True, "[y/N] \n"),
    ],
)
def test_only_a_yes_is_a_yes_and_what_follows_begins_a_line(typed: str, yes: bool, end: str) -> None:
    err = Terminal()
    surroundings = Surroundings(Terminal(typed), Terminal(), err, {})
    assert says_yes("Delete it?", surroundings) is yes
    assert err.getvalue() == f"Delete it? {end}"


def test_a_long_question_is_broken_at_a_blank() -> None:
    err = Terminal()
    says_yes("Would you " + "really " * 12 + "do that?", Surroundings(Terminal("\n"), Terminal(), err, {}))
    lines = err.getvalue().splitlines()
    assert len(lines) == 2 and max(map(len, lines)) <= 80 and lines[1].endswith("do that? [y/N] ")
