"""What the README shows without a cluster is what happens, to the letter."""

from __future__ import annotations

import re
from pathlib import Path

from sednactl.cli.commands import COMMANDS
from sednactl.errors import ExitCode
from sednactl.manifests.reading import read_documents
from sednactl.validation.ignoring import Ignoring, from_project_file
from sednactl.validation.rulebook import rulebook
from tests.docs.readme import README, run_offline, steps


def test_offline_commands_print_what_is_shown(tmp_path: Path) -> None:
    offline = steps("offline")
    assert len(offline) >= 6
    run_offline(offline, tmp_path)


def test_every_exit_code_is_told() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+)", README.read_text(), re.MULTILINE)}
    assert {int(code) for code in ExitCode} <= told


def test_the_project_file_that_is_shown_is_understood() -> None:
    block = re.search(r"^```yaml\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    assert block
    (document,) = read_documents(block[1].encode(), ".sednactl.yaml")
    ignoring = Ignoring()
    from_project_file(document, "/project", rulebook(), ignoring)
    decision = ignoring.of("SDN213", "/project/lab/helmet.yaml")
    assert decision is not None and decision.reason == "the lab has one node"
    assert ignoring.of("SDN213", "/project/park/helmet.yaml") is None


def test_every_command_is_mentioned() -> None:
    text = README.read_text()
    missing = [name for name in COMMANDS if f"`{name}" not in text and f"sednactl {name}" not in text]
    assert missing == []
