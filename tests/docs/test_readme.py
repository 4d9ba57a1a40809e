"""What the README shows without a cluster is what happens, to the letter."""

from __future__ import annotations

import re
from pathlib import Path

from sednactl.cli.commands import COMMANDS
from sednactl.errors import ExitCode
from tests.docs.readme import README, run_offline, steps


def test_offline_commands_print_what_is_shown(tmp_path: Path) -> None:
    offline = steps("offline")
    assert len(offline) >= 6
    run_offline(offline, tmp_path)


def test_every_exit_code_is_told() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+)", README.read_text(), re.MULTILINE)}
    assert {int(code) for code in ExitCode} <= told


def test_every_command_is_mentioned() -> None:
    text = README.read_text()
    missing = [name for name in COMMANDS if f"`{name}" not in text and f"sednactl {name}" not in text]
    assert missing == []
