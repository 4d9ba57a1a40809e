"""The first of the README's two commands, as `make demo` runs it, plays to its end and leaves a valid manifest."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.command import BIN, clean_environment

ROOT = Path(__file__).parents[2]
PROGRAMS = ("run", "test", "install", "demo")

pytestmark = pytest.mark.skipif(not (ROOT / ".ci").is_dir(), reason="not a checkout")


@pytest.mark.parametrize("name", PROGRAMS)
def test_make_can_run_it(name: str) -> None:
    assert os.access(ROOT / ".ci" / name, os.X_OK)


def test_the_demo(tmp_path: Path) -> None:
    done = subprocess.run(
        [ROOT / ".ci" / "demo", BIN.parent],
        env=clean_environment(tmp_path / "home"),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout
    assert "(exit code 3)" in done.stdout  # the mistake at its end is refused
    assert (ROOT / "build" / "demo" / "helmet.yaml").read_text().startswith("apiVersion: sedna.io/v1alpha1")
