"""Killed at random moments, an upgrade or an install is finished by the next run. For more rounds: tests.crds.killing."""

from __future__ import annotations

from pathlib import Path

from tests.crds.bare_cluster import BareCluster
from tests.crds.killing import fill, rounds


def test_killed_again_and_again(bare: BareCluster, tmp_path: Path) -> None:
    """Ten processes and what finishes them: it takes its seconds, as a process that dies cannot be had for less."""
    fill(bare)
    assert rounds(bare, tmp_path, 10, seed=7) >= 10
