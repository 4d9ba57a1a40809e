"""`scale simulate` as it is typed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from sednactl.sedna.kinds import JOINT_INFERENCE
from tests.cluster.stub import StubServer
from tests.command import CompletedRun
from tests.conftest import RunSednactl
from tests.golden import check_golden
from tests.scaling.services import service


@pytest.fixture
def run(run_sednactl: RunSednactl, tmp_path: Path) -> Any:
    (tmp_path / "helmet.json").write_text(json.dumps(service()))
    tuned = service()
    tuned["spec"]["edgeWorker"]["hpa"]["maxReplicas"] = 2
    (tmp_path / "tuned.json").write_text(json.dumps(tuned))

    def simulate(*arguments: str, file: str | None = "helmet.json", **options: Any) -> CompletedRun:
        chosen = ("-f", file) if file else ()
        return run_sednactl("scale", "simulate", *chosen, *arguments, **options)

    return simulate


def test_table(run: Any) -> None:
    done = run("--compare", "tuned.json", "--fixed", "edge=4,cloud=3", "--price", "edge=0.05,cloud=0.2")
    assert (done.code, done.err) == (0, "")
    check_golden("scaling/simulate/table.txt", done.out)


def test_ascii_bars(run: Any) -> None:
    done = run("--load", "spike", environ={"PYTHONIOENCODING": "ascii", "LANG": "C"})
    assert done.code == 0
    check_golden("scaling/simulate/ascii.txt", done.out)


def test_sweep(run: Any) -> None:
    done = run("--load", "spike", "--sweep", "edge.cpu=40..80:20", "--sweep", "edge.max=2,4")
    assert done.code == 0
    check_golden("scaling/simulate/sweep.txt", done.out)


def test_json_is_the_promised_shape_and_the_same_each_time(run: Any) -> None:
    first, second = (run("--load", "ramp", "-o", "json") for _ in range(2))
    assert first.out == second.out
    found = json.loads(first.out)
    assert (found["kind"], found["apiVersion"]) == ("Simulation", "sednactl.io/v1")
    (variant,) = found["variants"]
    assert variant["name"] == "helmet.json"
    for side in ("edge", "cloud"):
        series, summary = variant["sides"][side]["series"], variant["sides"][side]["summary"]
        assert len(series) == 240
        assert set(series[0]) == {"t", "load", "utilization", "replicas", "desired", "limited"}
        replica_seconds = sum(point["desired"] * 15 for point in series)
        assert summary["replica_seconds"] == replica_seconds
        assert summary["peak_replicas"] == max(point["desired"] for point in series)
        assert {"overload_seconds", "scale_events", "flaps"} <= set(summary)
    assert found["model"]["hard_share"] == 0.3


def test_csv(run: Any) -> None:
    done = run("--load", "steady", "--for", "1m", "-o", "csv")
    lines = list(csv.DictReader(io.StringIO(done.out)))
    assert [(line["side"], line["t"]) for line in lines] == [
        (side, at) for side in ("edge", "cloud") for at in ("0", "15", "30", "45")
    ]
    assert lines[0]["load"] == "5"


@pytest.mark.parametrize(
    ("gate", "words"),
    [
        (("--max-unmet", "0.1%"), "--max-unmet 0.1%: it was"),
        (("--max-over-target", "0.01"), "--max-over-target 1%: it was"),
        (("--max-replica-hours", "1"), "--max-replica-hours 1: it was"),
        (("--max-flaps", "2"), "--max-flaps 2: it was 3"),
        (("--max-flaps", "3"), ""),
        (("--max-cost", "0.1", "--price", "1"), "--max-cost 0.1: it was"),
    ],
)
def test_gates(run: Any, gate: tuple[str, ...], words: str) -> None:
    done = run("--load", "spike", "--rps", "15", *gate)
    assert done.code == (6 if words else 0)
    assert words in done.err
    assert "VARIANT" in done.out


def test_load_from_a_file_and_from_standard_input(run: Any, tmp_path: Path) -> None:
    text = "time,rps\n0,4\n600,4\n"
    (tmp_path / "load.csv").write_text(text)
    named = run("--load", "load.csv", "-o", "csv")
    piped = run("--load", "-", "-o", "csv", input=text)
    assert named.out == piped.out
    assert len(named.out.splitlines()) == 1 + 2 * 40


def test_of_a_running_service(run: Any, tmp_path: Path) -> None:
    config = tmp_path / "config"
    with StubServer() as server:
        server.put(JOINT_INFERENCE.resource, service())
        server.kubeconfig(config)
        flags = ("-n", "park", "--kubeconfig", str(config), "--load", "steady", "-o", "csv")
        live = run("helmet", *flags, file=None)
        absent = run("nobody", *flags, file=None)
    assert (live.code, absent.code) == (0, 4)
    assert live.out.replace("helmet,", "helmet.json,") == run("--load", "steady", "-o", "csv").out
    assert "there is no JointInferenceService nobody" in absent.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--load", "wave"), 3, "shift-change, day, spike"),
        (("--model", "edge.speed=3"), 2, "'edge.speed' is unknown"),
        (("--model", "edge.capacity=0"), 2, "is no number"),
        (("--model", "hard=120%"), 2, "is more than all"),
        (("--fixed", "edge=many"), 2, "write edge=4,cloud=2"),
        (("--sweep", "cpu=20..80:10"), 2, "write cloud.cpu=20..80:10"),
        (("--sweep", "edge.cpu=80..20"), 2, "write the smaller number first"),
        (("--sweep", "edge.max=1..3000", "--sweep", "edge.cpu=1..9"), 2, "at most 2000"),
        (("--sweep", "edge.max=0,1"), 3, "is no number of replicas"),
        (("--rps", "many"), 2, "--rps"),
        (("--for", "1000d"), 3, "at most 1,000,000"),
        (("--max-unmet", "2"), 2, "is more than all"),
        (("--price", "gold=1"), 2, "write edge=0.05,cloud=0.2"),
        (("--controller", "sync=0s"), 2, "more than zero"),
    ],
)
def test_refuses(run: Any, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (code, "")
    assert words in done.err


def test_wants_one_service(run: Any, tmp_path: Path) -> None:
    (tmp_path / "none.yaml").write_text("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n")
    assert run(file="none.yaml").code == 3
    assert run(file=None).code == 2
    assert run("helmet").code == 2
