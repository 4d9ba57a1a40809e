"""The command reference is what the program's own help makes of it, and man takes the manual page."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sednactl.cli.commands import COMMANDS
from tests.cli.test_help import TREE

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "sednactl.1"


def test_the_reference_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_every_command_and_every_option_is_in_both() -> None:
    """The generator and the test walk the tree each in its own way."""
    text = (ROOT / "docs" / "commands.md").read_text()
    manual = PAGE.read_text().replace("\\-", "-")
    for path, command in TREE.items():
        assert re.search(rf"^#+ sednactl {re.escape(path)}$", text, re.MULTILINE), path
        assert f".SS {path}\n" in manual
        for option in command.params:
            if option.param_type_name == "option":
                assert f"`{option.opts[0]}" in text, (path, option.opts)
                assert re.search(rf"^\.B .*{re.escape(option.opts[0])}\b", manual, re.MULTILINE), option.opts
    assert set(COMMANDS) <= {path.partition(" ")[0] for path in TREE}


def test_the_links_lead_somewhere() -> None:
    text = (ROOT / "docs" / "commands.md").read_text()
    heads = {
        re.sub(r"[^a-z0-9 -]", "", head.lower()).replace(" ", "-")
        for head in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
    links = set(re.findall(r"\]\(#([^)]*)\)", text))
    assert links <= heads
    assert len(links) > len(COMMANDS)


MACROS = {'.\\"', ".TH", ".SH", ".SS", ".B", ".BR", ".br", ".PP", ".RS", ".RE", ".nf", ".fi", ".TP"}


def test_no_text_is_taken_for_a_macro() -> None:
    lines = PAGE.read_text().splitlines()
    assert lines[1].startswith(".TH SEDNACTL 1 ")
    for line in lines:
        assert line, "an empty line is a break of its own to troff"
        if line[0] in ".'":
            assert line.split(" ")[0] in MACROS, line
        assert re.fullmatch(r"(?:[^\\]|\\[-e&\"]|\\\((?:dq|en))*", line), line
    assert lines.count(".nf") == lines.count(".fi")
    assert lines.count(".RS") == lines.count(".RE")


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff to set the page")
def test_groff_sets_it_without_a_warning() -> None:
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", "-P-c", str(PAGE)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    shown = re.sub(r".\x08", "", done.stdout)
    assert "crd upgrade" in shown
    assert "  cpu=20%  memory=70%      share of the request" in shown


@pytest.mark.skipif(shutil.which("man") is None, reason="no man to show the page")
def test_man_shows_it() -> None:
    done = subprocess.run(["man", "-l", str(PAGE)], capture_output=True, text=True, timeout=60)
    if "minimized" in done.stdout + done.stderr:
        pytest.skip("this system's man is a stand-in")
    assert done.returncode == 0, done.stderr
    assert "EXIT STATUS" in re.sub(r".\x08", "", done.stdout)
