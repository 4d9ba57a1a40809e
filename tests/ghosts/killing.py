"""SIGKILL at random moments of a clean-up and of an undo: nothing is lost, and a second run finishes the job.

python -m tests.ghosts.killing [ROUNDS [SEED]]      default 100 rounds
"""

from __future__ import annotations

import random
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from sednactl.lifecycle.bundle import read_bundle
from sednactl.sedna.resources import POD, SERVICE
from tests.cluster.stub import StubServer
from tests.command import clean_environment
from tests.ghosts.command import Park
from tests.ghosts.objects import before_0_7
from tests.killer import Killer, at_stub

GHOSTS = 12


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
    killer = at_stub(park.server, Killer(chance))
    environment = clean_environment(park.folder / "home", {"KUBECONFIG": str(park.kubeconfig)})

    def cleanup(*arguments: str, after_requests: int | None = None) -> int:
        return killer.run("cleanup", *arguments, environment=environment, after_requests=after_requests)

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
        code = cleanup("ghost-instances", *arguments, after_requests=chance.randint(2, 20 + 3 * GHOSTS))
        killed += code == -signal.SIGKILL
        assert_nothing_lost(park, originals, bundles)
        if not whole(park):
            break
    bundles.append(folder / "last")
    last = ["--yes", "-n", "park", "--backup", str(bundles[-1])]
    assert cleanup("ghost-instances", *last) == 0
    assert whole(park) == {}
    assert_nothing_lost(park, originals, bundles)

    whole_ones = [file for file in bundles if sealed(file)]
    for _ in range(rounds // 2):
        file = chance.choice(whole_ones)
        code = cleanup("undo", str(file), after_requests=chance.randint(2, 2 + 2 * GHOSTS))
        killed += code == -signal.SIGKILL
        read_bundle(file)
    for file in whole_ones:
        assert cleanup("undo", str(file)) == 0
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
