"""A recording is explained as if one had been there."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sednactl.errors import InvalidInput
from sednactl.scaling.controller_settings import DEFAULT_SETTINGS
from sednactl.scaling.recording import header, snapshot_line
from sednactl.scaling.replay import is_recording, recorded_at
from sednactl.scaling.snapshot import snapshots_of
from sednactl.scaling.watching import Scope
from tests.conftest import RunSednactl
from tests.scaling.objects import NOW, cpu, cpu_reading, deployment, hpa, workload

Json = dict[str, Any]


def _line(second: int, replicas: int, percent: int, side: str = "cloud") -> Json:
    """Give the line of a recording: so many replicas, so busy; the request is 1024m."""
    value = f"{1024 * percent // 100}m"
    (snapshot,) = snapshots_of(
        [workload()],
        [deployment(side, wanted=replicas)],
        [hpa(side, maximum=5, specs=[cpu(50)], readings=[cpu_reading(percent, value)], current=replicas)],
        (),
        NOW + timedelta(seconds=second),
    )
    return snapshot_line(snapshot)


LINES = [
    header(Scope("park"), server="s", context="c", program="p", now=NOW),
    _line(0, 2, 50),
    _line(60, 2, 120),
    _line(75, 5, 120),
    _line(100, 5, 40),
    _line(120, 5, 10),
]


def _history(second: int) -> Json:
    found = recorded_at(LINES, NOW.timestamp() + second, DEFAULT_SETTINGS)
    return next(item for item in found.objects if item["kind"] == "ScaleHistory")


def test_what_was_asked_for_is_computed_from_what_was_measured() -> None:
    asked = [one["replicas"] for one in _history(130)["recommendations"]]
    # 50 % is the target; 120 % asks 2 for 5, and 5 for 12; 40 % of 5 is 4; 10 % of 5 is 1.
    assert asked == [2, 2, 5, 5, 12, 12, 4, 4, 1, 1]
    assert [one["replicas"] for one in _history(130)["scaleUps"]] == [3]
    assert _history(70)["scaleUps"] == []


def test_a_moment_is_what_its_last_line_says() -> None:
    for second, replicas in ((0, 2), (74, 2), (75, 5), (500, 5)):
        found = recorded_at(LINES, NOW.timestamp() + second, DEFAULT_SETTINGS).objects
        assert next(one for one in found if one["kind"] == "Deployment")["spec"]["replicas"] == replicas
    assert recorded_at(LINES, None, DEFAULT_SETTINGS).time == NOW.timestamp() + 120


def test_nothing_is_known_before_the_first_line() -> None:
    with pytest.raises(InvalidInput, match="begins later"):
        recorded_at(LINES, NOW.timestamp() - 1, DEFAULT_SETTINGS)


def test_other_files_are_no_recording() -> None:
    assert is_recording(LINES)
    assert not is_recording([{"kind": "Deployment"}, {"kind": "ScaleSnapshot"}])


def test_command(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    (tmp_path / "night.jsonl").write_text("".join(json.dumps(line) + "\n" for line in LINES))
    done = run_sednactl("scale", "explain", "helmet", "-f", "night.jsonl", "-o", "json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert (found["current"], found["desired"], found["history"]) == (5, 5, "recorded")
    assert found["metrics"][0]["proposal"] == 1
    # The last line that asked for as many as there are was that at 75 s; it held until 100 s.
    assert found["next_scale_down_seconds"] == pytest.approx(300 - 20, abs=1.1)
    earlier = run_sednactl(
        "scale",
        "explain",
        "-f",
        "night.jsonl",
        "--now",
        "2026-11-24T10:03:15Z",
        "--side",
        "cloud",
        "-o",
        "json",
    )
    assert (json.loads(earlier.out)["current"], json.loads(earlier.out)["desired"]) == (2, 4)
