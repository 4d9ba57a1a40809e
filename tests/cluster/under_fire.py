"""Every command that talks to a cluster, as a user types it, in this process and on a clock that sleeping moves."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from sednactl.cli.main import run
from sednactl.surroundings import Surroundings
from tests.command import CompletedRun

TIMEOUT = 20.0
"""Seconds that each command is given for its own wait."""


@dataclass(frozen=True)
class Bounded(CompletedRun):
    """What a command left, and how long it slept, in seconds."""

    slept: float


def commands(folder: Path) -> dict[str, list[str]]:
    """Give a line for each command; `folder` has its manifest (m.yaml), load and bundle."""
    manifest, bundle = str(folder / "m.yaml"), str(folder / "bundle")
    wait = ["--timeout", f"{TIMEOUT:.0f}s"]
    simulated = ["--cloud", "min=1,max=3"]
    return {
        "validate": ["validate", manifest, "--cluster"],
        "diff": ["diff", "-f", manifest],
        "apply": ["apply", "-f", manifest],
        "apply --replace": ["apply", "-f", manifest, "--replace", *wait],
        "create": [
            *("create", "jointinference", "fresh", "--cloud-model", "big", "--cloud-image", "example/big:v1"),
            *("--cloud-node", "c", "--edge-model", "little", "--edge-image", "example/little:v1"),
            *("--edge-node", "e", "--hem", "IBT"),
        ],
        "get": ["get", "ji", "-A"],
        "get one": ["get", "ji", "helmet", "-o", "yaml"],
        "describe": ["describe", "ji", "helmet"],
        "tree": ["tree", "ji", "helmet"],
        "wait": ["wait", "ji", "helmet", "--for", "gone", *wait],
        "delete": ["delete", "ji", "helmet", "--yes", *wait],
        "events": ["events", "ji", "helmet"],
        "logs": ["logs", "ji", "helmet"],
        "repair": ["repair", "ji", "helmet", "--yes", *wait],
        "doctor": ["doctor", *wait],
        "doctor --fix": ["doctor", "--fix", "--yes", *wait],
        "crd diff": ["crd", "diff"],
        "crd install": ["crd", "install", "ji", *wait],
        "crd upgrade": ["crd", "upgrade", "ji", "--yes", "--force-conflicts", *wait],
        "scale status": ["scale", "status", "-A"],
        "scale watch": ["scale", "watch", "helmet", "--until", "cloud.replicas>=9", "--timeout", "300ms"],
        "scale explain": ["scale", "explain", "helmet"],
        "scale simulate": ["scale", "simulate", "helmet", "--load", "steady"],
        "scale recommend": ["scale", "recommend", "helmet", "--load", "steady"],
        "scale set": ["scale", "set", "helmet", *simulated],
        "cleanup ghost-instances": ["cleanup", "ghost-instances", "-A"],
        "cleanup --yes": [
            "cleanup",
            "ghost-instances",
            "--yes",
            "--backup",
            str(folder / "new-bundle"),
            *wait,
        ],
        "cleanup undo": ["cleanup", "undo", bundle],
    }


def run_bounded(
    arguments: list[str], folder: Path, kubeconfig: Path, *, request_timeout: str = "60s"
) -> Bounded:
    """Run one command line; its sleeps cost nothing, but those of all its threads move the one clock.

    `request_timeout` "" is for commands that ask no cluster.
    """
    slept: list[float] = []
    begin = time.monotonic()
    streams = io.StringIO(), io.StringIO(), io.StringIO()

    def now() -> datetime:
        return datetime(2026, 11, 24, 10, 0, 0, tzinfo=timezone.utc) + timedelta(seconds=sum(slept))

    surroundings = Surroundings(
        *streams,
        environ={"HOME": str(folder), "KUBECONFIG": str(kubeconfig), "COLUMNS": "100"},
        now=now,
        monotonic=lambda: time.monotonic() - begin + sum(slept),
        sleep=slept.append,
    )
    limit = ["--request-timeout", request_timeout] if request_timeout else []
    code = run([*arguments, *limit], surroundings)
    return Bounded(int(code), streams[1].getvalue(), streams[2].getvalue(), sum(slept))
