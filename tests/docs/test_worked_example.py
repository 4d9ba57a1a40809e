"""The worked example's figures are what its commands print, to the letter."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.readme import PAGES, run_offline, steps

PAGE = PAGES / "worked-example.md"
pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason="not a checkout")


def test_commands_print_what_is_shown(tmp_path: Path) -> None:
    commands = steps("offline", PAGE)
    assert len(commands) >= 8
    run_offline(commands, tmp_path)


def test_the_text_tells_the_figures_of_the_commands() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = "".join(step.output for step in steps("offline", PAGE))
    told = re.sub(r"^```console.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    for words, figure in (
        ("overloaded for 88 minutes", "88m "),
        ("over its target for 0.5 % of the day", "0.5% "),
        ("waits for more than 0.9 seconds", "0.9s "),
    ):
        assert words in told.replace("\n", " ")
        assert figure in shown
