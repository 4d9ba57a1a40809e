"""The fleet's benchmark in small: every ghost named and nothing else, in as many requests as there are pages."""

from __future__ import annotations

import io
from datetime import datetime, timezone
from pathlib import Path

from sednactl.cli.main import run
from sednactl.surroundings import Surroundings
from tests.bench.fleet_objects import render
from tests.bench.fleet_server import FleetServer, kubeconfig

NOW = datetime(2026, 11, 24, 10, 0, 0, tzinfo=timezone.utc)


def test_all_ghosts_of_a_fleet_and_nothing_else(tmp_path: Path) -> None:
    fleet = render(tmp_path, 5_000, "2026-11-24T10:00:00Z")
    streams = io.StringIO(), io.StringIO(), io.StringIO()
    with FleetServer(tmp_path) as server:
        environ = {"HOME": str(tmp_path), "KUBECONFIG": str(kubeconfig(tmp_path / "kubeconfig", server.port))}
        surroundings = Surroundings(*streams, environ=environ, now=lambda: NOW)
        code = run(["cleanup", "ghost-instances", "-A", "-o", "name"], surroundings)
        requests = server.requests
    assert code == 1, streams[2].getvalue()
    assert fleet.counts["pods"] == 5_000 and len(fleet.ghosts) > 25
    assert set(streams[1].getvalue().split()) == fleet.ghosts
    assert (
        requests <= 8 + 5 + 1 + 4
    )  # the living, five kinds of children, the living named; four more pages of pods
