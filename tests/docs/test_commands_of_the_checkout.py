"""The README's two commands can be run from a checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = ("run", "test", "install")

pytestmark = pytest.mark.skipif(not (ROOT / ".ci").is_dir(), reason="not a checkout")


@pytest.mark.parametrize("name", PROGRAMS)
def test_make_can_run_it(name: str) -> None:
    assert os.access(ROOT / ".ci" / name, os.X_OK)


@pytest.mark.parametrize(("target", "what"), [("demo", "sednactl demo"), ("test", ".ci/test")])
def test_make_runs_what_the_readme_promises(target: str, what: str) -> None:
    if shutil.which("make") is None:
        pytest.skip("no make")
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert what in done.stdout.splitlines()[-1]
