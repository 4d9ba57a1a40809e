"""SIGKILL at random moments of a clean-up and of an undo: nothing is lost, and a second run finishes the job.

python -m tests.ghosts.killing [ROUNDS [SEED]]      default 100 rounds
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from sednactl.lifecycle.bundle import read_bundle
from sednactl.sedna.resources import POD, SERVICE
from tests.cluster.stub import Fault, Request, Reset, StubServer
from tests.command import BIN, clean_environment
from tests.ghosts.command import Park
from tests.ghosts.objects import before_0_7

GHOSTS = 12


class Killer:
    """Kills the running command around its nth write: before it is done, after it, or a moment later."""

    def __init__(self, park: Park, chance: random.Random) -> None:
        self._park = park
        self._chance = chance
        self._real = park.server._fault_for
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._left = 0
        self._armed = False
        park.server._fault_for = self._on_request  # type: ignore[method-assign]

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


def play(park: Park, folder: Path, chance: random.Random, rounds: int) -> int:
    """Let a clean-up be killed up to `rounds` times, finish it, kill as many undos, finish those; give the kills.

    Everything may be gone before the rounds are over.
    """
    killer = Killer(park, chance)
    park.fill(
        before_0_7("Service", "helmet-cloud"),
        *(before_0_7("Pod", f"helmet-edge-{n}", workload="helmet") for n in range(GHOSTS - 1)),
    )
    originals = whole(park)
    bundles: list[Path] = []
    killed = 0
    for number in range(rounds):
        unfinished = [file for file in bundles if sealed(file) and read_bundle(file).unfinished()]
        if unfinished and chance.random() < 0.7:
            arguments = ["--yes", "--resume", str(unfinished[0])]
        else:
            bundles.append(folder / f"bundle-{number}")
            arguments = ["--yes", "-n", "park", "--backup", str(bundles[-1])]
        arguments += ["--parallel", str(chance.choice([1, 2, 8])), "--rate", "0"]
        code = killer.run("ghost-instances", *arguments, after_requests=chance.randint(2, 20 + 3 * GHOSTS))
        killed += code == -signal.SIGKILL
        assert_nothing_lost(park, originals, bundles)
        if not whole(park):
            break
    bundles.append(folder / "last")
    last = ["--yes", "-n", "park", "--backup", str(bundles[-1])]
    assert killer.run("ghost-instances", *last, after_requests=None) == 0
    assert whole(park) == {}
    assert_nothing_lost(park, originals, bundles)

    whole_ones = [file for file in bundles if sealed(file)]
    for _ in range(rounds // 2):
        file = chance.choice(whole_ones)
        code = killer.run("undo", str(file), after_requests=chance.randint(2, 2 + 2 * GHOSTS))
        killed += code == -signal.SIGKILL
        read_bundle(file)
    for file in whole_ones:
        assert killer.run("undo", str(file), after_requests=None) == 0
    back = whole(park)
    assert back.keys() == originals.keys()
    for name, original in originals.items():
        assert back[name]["spec"] == original["spec"]
    return killed


def sealed(file: Path) -> bool:
    return file.exists() and b"\n" in file.read_bytes() and read_bundle(file).sealed


def main() -> None:
    """Play until so many runs were killed."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    killed = 0
    while killed < wanted:
        with tempfile.TemporaryDirectory() as folder, StubServer(tls=False) as server:
            killed += play(Park(server, Path(folder)), Path(folder), random.Random(seed), 10)
        print(f"seed {seed}: {killed} runs killed so far, nothing lost, everything finished", flush=True)
        seed += 1


if __name__ == "__main__":
    main()
