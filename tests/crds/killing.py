"""SIGKILL at random moments of `crd upgrade` and `crd install`: `python -m tests.crds.killing --rounds 100`.

After each death every definition is wholly of the one release or wholly of the other, every
object is as it was, and in the end one more run brings all to the release asked for.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any

from sednactl.sandbox.api.requests import Request
from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.releases import RELEASES
from sednactl.sedna.resources import CRD
from sednactl.validation.crd_state import definition_name, state_of
from tests.command import BIN, clean_environment
from tests.crds.bare_cluster import BareCluster, bare_cluster

Json = dict[str, Any]
KINDS = {"reid": "ReidJob", "va": "VideoAnalyticsJob", "fe": "FeatureExtractionService"}
OLD, NEW = RELEASES[-2], RELEASES[-1]
POD = {"spec": {"containers": [{"name": "a", "image": "a:1"}]}}
OBJECTS: dict[str, Json] = {
    "ReidJob": {"template": POD, "completions": 1},
    "VideoAnalyticsJob": {"template": POD, "model": {"name": "big"}},
}


class Killer:
    """Kills the running command at one of its requests: before it is answered, or a moment after."""

    def __init__(self, bare: BareCluster, chance: random.Random) -> None:
        self._bare = bare
        self._chance = chance
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._left = 0
        bare.on_request = self._on_request

    def _on_request(self, request: Request) -> None:
        with self._lock:
            self._left -= 1
            if self._process is None or self._left != 0:
                return
            process, self._process = self._process, None
        if self._chance.random() < 0.5:
            _kill(process)
        else:
            threading.Timer(self._chance.uniform(0, 0.03), _kill, [process]).start()

    def run(self, folder: Path, *arguments: str, at_request: int) -> int:
        """Run `sednactl crd …`, killed around that request; gives its exit code, -9 when it was killed."""
        environment = clean_environment(folder / "home", {"KUBECONFIG": str(self._bare.kubeconfig)})
        with self._lock:
            process = subprocess.Popen(
                [str(BIN / "sednactl"), "crd", *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._process, self._left = process, at_request
        code = process.wait(timeout=120)
        with self._lock:
            self._process = None
        return code


def _kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.kill(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def fill(bare: BareCluster) -> None:
    """Give the cluster the older definitions and an object of each kind."""
    bare.install(str(OLD), *KINDS.values())
    for kind, spec in OBJECTS.items():
        bare.create(BY_KIND[kind].resource, {"metadata": {"name": "a"}, "spec": spec})


def check_nothing_lost(bare: BareCluster) -> None:
    """Every definition is wholly one release's, or not there; every object of a kind that is served is whole."""
    for kind in KINDS.values():
        definition = bare.definition(kind)
        if definition is None:
            continue
        states = {release: state_of(kind, definition, release) for release in (OLD, NEW)}
        assert any(state and state.state == "same" for state in states.values()), kind
        if kind in OBJECTS:
            spec = bare.cluster.get(BY_KIND[kind].resource, "a")["spec"]
            assert {key: spec[key] for key in OBJECTS[kind]} == OBJECTS[kind], kind


def rounds(bare: BareCluster, folder: Path, count: int, seed: int) -> int:
    """Upgrade and downgrade in turns, killed each time; then finish each. Gives how many runs died."""
    chance = random.Random(seed)
    killer = Killer(bare, chance)
    died = 0
    for number in range(count):
        release = str(NEW if number % 2 == 0 else OLD)
        arguments = ("upgrade", *KINDS, "--yes", "--sedna-version", release)
        if chance.random() < 0.2:  # one that is missing, put in again
            bare.cluster.delete(CRD, definition_name("FeatureExtractionService"))
            arguments = ("install", *KINDS, "--sedna-version", release)
        code = killer.run(folder, *arguments, at_request=chance.randint(1, 18))
        died += code == -signal.SIGKILL
        assert code in (0, -signal.SIGKILL), (number, arguments, code)
        check_nothing_lost(bare)
        if chance.random() < 0.3 or number == count - 1:
            finish(bare, release)
    return died


def finish(bare: BareCluster, release: str) -> None:
    """Let the job be done: one run each, and nothing differs."""
    for arguments in (
        ("install", *KINDS, "--sedna-version", release),
        ("upgrade", *KINDS, "--yes", "--sedna-version", release),
        ("diff", *KINDS, "--sedna-version", release),
    ):
        run = bare("crd", *arguments)
        assert run.code == 0, (arguments, run)
    check_nothing_lost(bare)


def main() -> None:
    """Run as many rounds as asked for, and say how many commands died."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, bare_cluster(Path(name)) as bare:
        fill(bare)
        died = rounds(bare, Path(name), asked.rounds, asked.seed)
    print(
        f"{asked.rounds} rounds, seed {asked.seed}: {died} commands were killed; nothing was lost, all was finished"
    )


if __name__ == "__main__":
    main()
