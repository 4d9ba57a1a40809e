"""SIGKILL at random moments of a replacement, a plain apply and a repair: nothing is lost, a second run finishes it.

Slow because each round starts a process to kill; for more rounds `python -m tests.lifecycle.replacing --rounds 100`,
and likewise tests.lifecycle.applying and tests.lifecycle.repairing.
"""

from __future__ import annotations

from pathlib import Path

from tests.cluster.stub import StubServer
from tests.hurried import hurried_sandbox
from tests.lifecycle.applying import Applying
from tests.lifecycle.repairing import Repairing
from tests.lifecycle.replacing import Replacing

ROUNDS = 10


def test_killed_again_and_again(stub: StubServer, tmp_path: Path) -> None:
    replacing = Replacing(stub, tmp_path, seed=5)
    for version in range(1, ROUNDS + 1):
        replacing.round(version)
    assert replacing.killed >= 5


def test_an_apply_killed_again_and_again(tmp_path: Path) -> None:
    with hurried_sandbox(tmp_path) as park:
        applying = Applying(park, seed=5)
        applying.play(ROUNDS)
    assert applying.killed == ROUNDS


def test_a_repair_killed_again_and_again(tmp_path: Path) -> None:
    with hurried_sandbox(tmp_path) as park:
        repairing = Repairing(park, seed=5)
        repairing.play(ROUNDS)
    assert len(repairing.killed) == len(repairing.breaks)
