"""What the help of `create` shows can be typed as it stands, with the values file that `templates show` prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import RunSednactl

KINDS = ("ji", "fl", "il", "ll", "fe", "os", "ot", "reid", "va", "model", "dataset")


@pytest.mark.parametrize("kind", KINDS)
def test_every_example_makes_a_manifest(run_sednactl: RunSednactl, tmp_path: Path, kind: str) -> None:
    (tmp_path / "values.yaml").write_text(run_sednactl("templates", "show", kind, "--values").out)
    help_text = run_sednactl("create", kind, "--help").out
    examples = help_text.partition("Examples:\n")[2].partition("\n\n")[0]
    commands = re.sub(r"\\\n\s*", "", examples).strip().splitlines()
    assert commands
    for command in commands:
        words = [word for word in shlex.split(command) if word != "--wait"]
        run = run_sednactl(*words[1:], "--dry-run=client", "-o", "yaml")
        assert run.code == 0, (command, run.err)
        judged = run_sednactl("validate", "-", input=run.out)
        assert judged.code == 0, (command, judged.out)


@pytest.mark.parametrize("kind", KINDS)
def test_examples_fit_a_terminal(run_sednactl: RunSednactl, kind: str) -> None:
    for line in run_sednactl("create", kind, "--help").out.splitlines():
        assert len(line) <= 80, line
