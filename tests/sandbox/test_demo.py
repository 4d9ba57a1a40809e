"""The demo plays to its end, tells what it promises, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.command import BIN, clean_environment
from tests.conftest import RunSednactl
from tests.live.plane.api import eventually

STORY = (
    "jointinferenceservice.sedna.io/helmet running",
    "Failed (false alarm)",
    "helmet: steady on edge, level 1 is 160% of one replica's CPU request",
    "at max, needs more",
    "met after",
    "waits to scale down",
    "$ kubectl delete deployment helmet-deployment-edge",
    "jointinferenceservice.sedna.io/helmet running",
    "error: JointInferenceService gate was not created",
    "# exit code 4",
    "3 to delete",
    "# exit code 1",
    "3 deleted",
    "jointinferenceservice.sedna.io/gate running",
    "All 20 foretold objects are gone.",
    "No ghost instances",
)


def test_it_tells_the_story_in_order(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    done = run_sednactl("demo", "--keep", "files", timeout=180, environ={"TMPDIR": str(scratch)})
    assert done.code == 0, done.out + done.err
    assert done.err == ""
    rest = done.out
    for part in STORY:
        _, found, rest = rest.partition(part)
        assert found, f"{part!r} is not told, or not in its place:\n{done.out}"
    assert "\x1b" not in done.out
    assert sorted(file.name for file in (tmp_path / "files").iterdir()) == ["gate.yaml", "ghosts.jsonl"]
    assert list(scratch.iterdir()) == []
    assert not (tmp_path / "home" / ".state" / "sednactl" / "sandbox").exists()  # the user's own is untouched


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_stopped_halfway_it_takes_its_sandbox_with_it(tmp_path: Path, sign: signal.Signals) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [str(BIN / "sednactl"), "demo"],
        env=clean_environment(tmp_path / "home", {"TMPDIR": str(scratch)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("$ sednactl create ji"):
            break
    (record,) = scratch.glob("*/sednactl/sandbox/sandbox.json")
    assert record.is_file()
    os.kill(process.pid, sign)
    process.communicate(timeout=60)
    assert process.returncode == 128 + sign
    eventually(lambda: not list(scratch.iterdir()), what="the end of its files")
