"""A clean-up that is killed or interrupted leaves nothing lost and nothing that a second run could not finish."""

from __future__ import annotations

import random
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cluster.stub import Fault, Request, Reset
from tests.command import BIN, clean_environment
from tests.ghosts.command import Park
from tests.ghosts.killing import GHOSTS, assert_nothing_lost, play, whole
from tests.ghosts.objects import before_0_7


def test_killed_again_and_again(park: Park, tmp_path: Path) -> None:
    assert play(park, tmp_path, random.Random(1), 10) >= 5


def test_ctrl_c_leaves_a_journal_that_can_be_taken_up(
    park: Park, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    park.fill(*(before_0_7("Pod", f"helmet-edge-{n}", workload="helmet") for n in range(GHOSTS)))
    originals = whole(park)
    real = park.server._fault_for
    running: list[subprocess.Popen[bytes]] = []
    started, ended = threading.Event(), threading.Event()

    def interrupt(request: Request, target: str) -> Fault | None:
        if request.method == "DELETE" and len(whole(park)) < GHOSTS and not ended.is_set():
            # One is gone; the others' requests are not looked at before the program is.
            assert started.wait(60)
            with suppress(IndexError):
                running.pop().send_signal(signal.SIGINT)
            assert ended.wait(60)
            return Reset()
        return real(request, target)

    monkeypatch.setattr(park.server, "_fault_for", interrupt)
    file = tmp_path / "b"
    environment = clean_environment(tmp_path / "home", {"KUBECONFIG": str(park.kubeconfig)})
    process = subprocess.Popen(
        [str(BIN / "sednactl"), "cleanup", "ghost-instances", "--yes", "-n", "park", "--backup", str(file)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    running.append(process)
    started.set()
    _, err = process.communicate(timeout=60)
    ended.set()
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert f"to finish: sednactl cleanup ghost-instances --yes --resume {file}".encode() in err
    assert 0 < len(whole(park)) < GHOSTS
    assert_nothing_lost(park, originals, [file])
    assert park("ghost-instances", "--yes", "--resume", str(file)).code == 0
    assert whole(park) == {}
