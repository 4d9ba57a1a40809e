"""SIGKILL at random moments of a replacement: nothing is lost, and a second run finishes it.

Slow because each round starts a process to kill; `python -m tests.lifecycle.replacing --rounds 100` does more.
"""

from __future__ import annotations

from pathlib import Path

from tests.cluster.stub import StubServer
from tests.lifecycle.replacing import Replacing

ROUNDS = 10


def test_killed_again_and_again(stub: StubServer, tmp_path: Path) -> None:
    replacing = Replacing(stub, tmp_path, seed=5)
    for version in range(1, ROUNDS + 1):
        replacing.round(version)
    assert replacing.killed >= 5
