"""SIGKILL at random moments of a clean-up and of an undo: nothing is lost, and a second run finishes the job."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from sednactl.lifecycle.bundle import read_bundle
from tests.cluster.stub import Fault, Request, Reset
from tests.command import BIN, clean_environment
from tests.ghosts.command import Park
from tests.ghosts.objects import before_0_7

ROUNDS = 10
GHOSTS = 12


class Killer:
    """Kills the running command around its nth write: before it is done, after it, or a moment later."""

    def __init__(self, park: Park, chance: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
        self._park = park
        self._chance = chance
        self._real = park.server._fault_for
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._left = 0
        self._armed = False
        monkeypatch.setattr(park.server, "_fault_for", self._on_request)

    def _on_request(self, request: Request, target: str) -> Fault | None:
        with self._lock:
            self._left -= 1
            if self._process is None or self._left != 0:
                return self._real(request, target)
            process, self._process = self._process, None
        how = self._chance.choice(["before", "after", "later"])
        if how == "later":
            threading.Timer(self._chance.uniform(0, 0.004), _kill, [process]).start()
            return None
        _kill(process)
        return Reset() if how == "before" else None

    def run(self, *arguments: str, after_requests: int | None) -> int:
        """Run the command, killed around that request; gives its exit code, -9 when it was killed."""
        environment = clean_environment(
            self._park.folder / "home", {"KUBECONFIG": str(self._park.kubeconfig)}
        )
        with self._lock:
            process = subprocess.Popen(
                [str(BIN / "sednactl"), "cleanup", *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._process = process if after_requests is not None else None
            self._left = after_requests or 0
        return process.wait(timeout=60)


def _kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.kill(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def whole(park: Park) -> dict[str, Any]:
    from sednactl.sedna.resources import POD, SERVICE

    return {one["metadata"]["name"]: one for kind in (SERVICE, POD) for one in park.server.objects(kind)}


def assert_nothing_lost(park: Park, originals: dict[str, Any], bundles: list[Path]) -> None:
    """Every object is in the cluster, or whole in a bundle that says it was, or was being, deleted."""
    there = whole(park)
    saved: dict[str, Any] = {}
    for file in bundles:
        if not file.exists() or b"\n" not in file.read_bytes():
            continue
        bundle = read_bundle(file)
        saved |= {
            bundle.objects[uid]["metadata"]["name"]: bundle.objects[uid] for uid in bundle.may_be_deleted()
        }
    for name, original in originals.items():
        if name not in there:
            assert saved[name]["spec"] == original["spec"]
            assert saved[name]["metadata"]["labels"] == original["metadata"]["labels"]


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_again_and_again(
    park: Park, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    killer = Killer(park, chance, monkeypatch)
    park.fill(
        before_0_7("Service", "helmet-cloud"),
        *(before_0_7("Pod", f"helmet-edge-{n}", workload="helmet") for n in range(GHOSTS - 1)),
    )
    originals = whole(park)
    bundles: list[Path] = []
    killed = 0
    for number in range(ROUNDS):
        unfinished = [file for file in bundles if _sealed(file) and read_bundle(file).unfinished()]
        if unfinished and chance.random() < 0.7:
            arguments = ["--yes", "--resume", str(unfinished[0])]
        else:
            bundles.append(tmp_path / f"bundle-{number}")
            arguments = ["--yes", "-n", "park", "--backup", str(bundles[-1])]
        code = killer.run("ghost-instances", *arguments, after_requests=chance.randint(2, 12 + 3 * GHOSTS))
        killed += code == -signal.SIGKILL
        assert_nothing_lost(park, originals, bundles)
        if not whole(park):
            break
    assert killed >= 3
    bundles.append(tmp_path / "last")
    assert (
        killer.run(
            "ghost-instances", "--yes", "-n", "park", "--backup", str(bundles[-1]), after_requests=None
        )
        == 0
    )
    assert whole(park) == {}
    assert_nothing_lost(park, originals, bundles)

    sealed = [file for file in bundles if _sealed(file)]
    for _ in range(ROUNDS):
        file = chance.choice(sealed)
        killer.run("undo", str(file), after_requests=chance.randint(2, 2 + 2 * GHOSTS))
        read_bundle(file)
    for file in sealed:
        assert killer.run("undo", str(file), after_requests=None) == 0
    back = whole(park)
    assert back.keys() == originals.keys()
    for name, original in originals.items():
        assert back[name]["spec"] == original["spec"]


def test_ctrl_c_leaves_a_journal_that_can_be_taken_up(
    park: Park, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    park.fill(*(before_0_7("Pod", f"helmet-edge-{n}", workload="helmet") for n in range(GHOSTS)))
    originals = whole(park)
    real = park.server._fault_for
    running: list[subprocess.Popen[bytes]] = []

    def interrupt(request: Request, target: str) -> Fault | None:
        if request.method == "DELETE" and "helmet-edge-3" in request.path and running:
            running.pop().send_signal(signal.SIGINT)
            time.sleep(0.3)
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
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert f"to finish: sednactl cleanup ghost-instances --yes --resume {file}".encode() in err
    assert 0 < len(whole(park)) < GHOSTS
    assert_nothing_lost(park, originals, [file])
    assert park("ghost-instances", "--yes", "--resume", str(file)).code == 0
    assert whole(park) == {}


def _sealed(file: Path) -> bool:
    return file.exists() and b"\n" in file.read_bytes() and read_bundle(file).sealed
