"""What the README shows without a cluster is what happens, to the letter."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from sednactl.cli.commands import COMMANDS
from sednactl.errors import ExitCode
from tests.command import clean_environment
from tests.docs.readme import README, steps


def test_offline_commands_print_what_is_shown(tmp_path: Path) -> None:
    offline = steps("offline")
    assert len(offline) >= 6
    environment = clean_environment(tmp_path / "home")
    folder = tmp_path / "work"
    folder.mkdir()
    for step in offline:
        done = subprocess.run(
            ["bash", "-c", step.command],
            env=environment,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"$ {step.command}\n{done.stdout}"
        if step.output.strip() != "…":
            assert done.stdout == step.output, f"$ {step.command}"


def test_every_exit_code_is_told() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+)", README.read_text(), re.MULTILINE)}
    assert {int(code) for code in ExitCode} <= told


def test_every_command_is_mentioned() -> None:
    text = README.read_text()
    missing = [name for name in COMMANDS if f"`{name}" not in text and f"sednactl {name}" not in text]
    assert missing == []
