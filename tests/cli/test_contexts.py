"""One command in several clusters: all are heard, each under its name, with one exit code for all."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sednactl.cli.contexts import Told, code_of, combined
from sednactl.sedna.kinds import MODEL
from tests.cluster.stub import Stalls, StubServer
from tests.command import BIN, CompletedRun, clean_environment
from tests.conftest import RunSednactl

A_MODEL = {"metadata": {"name": "big", "namespace": "park"}, "spec": {"url": "/m/big.pb", "format": "pb"}}


@pytest.fixture(scope="module")
def park() -> Iterator[tuple[StubServer, StubServer]]:
    """Give two clusters; the first has a model."""
    with StubServer(tls=False) as north, StubServer(tls=False) as south:
        north.put(MODEL.resource, A_MODEL)
        yield north, south


@pytest.fixture
def config(park: tuple[StubServer, StubServer], tmp_path: Path) -> Path:
    """Give a kubeconfig with both, and with one that nobody answers for."""
    servers = {"north": park[0].url, "south": park[1].url, "west": "http://127.0.0.1:9"}
    file = tmp_path / "config"
    file.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "north",
                "clusters": [{"name": name, "cluster": {"server": url}} for name, url in servers.items()],
                "contexts": [
                    {"name": name, "context": {"cluster": name, "user": "tester", "namespace": "park"}}
                    for name in servers
                ],
                "users": [{"name": "tester", "user": {}}],
            }
        )
    )
    return file


def asked(run: RunSednactl, config: Path, *arguments: str, **more: Any) -> CompletedRun:
    done = run(*arguments, environ={"KUBECONFIG": str(config)}, **more)
    assert "Traceback" not in done.err
    return done


def test_each_cluster_is_shown_under_its_name(run_sednactl: RunSednactl, config: Path) -> None:
    done = asked(run_sednactl, config, "get", "model", "--contexts", "south,north")
    assert done.code == 0, done.err
    south, north = done.out.split("\n\n")
    assert south == "CONTEXT south\n(nothing)"
    assert north.splitlines()[0] == "CONTEXT north" and "big" in north
    assert done.err == "[south] No Models found in namespace park.\n"


def test_one_that_cannot_be_reached_hides_no_other(run_sednactl: RunSednactl, config: Path) -> None:
    done = asked(run_sednactl, config, "get", "model", "--all-contexts", "-o", "json")
    assert done.code == 7
    north, south, west = json.loads(done.out)["items"]
    assert [one["context"] for one in (north, south, west)] == ["north", "south", "west"]
    assert north["result"]["items"][0]["metadata"]["name"] == "big"
    assert (south["result"]["items"], south["exitCode"]) == ([], 0)
    assert (west["result"], west["exitCode"]) == (None, 5)
    assert "cannot reach" in west["messages"][0]
    assert "[west] error: cannot reach" in done.err


def test_every_command_of_a_fleet_takes_it(run_sednactl: RunSednactl, config: Path, tmp_path: Path) -> None:
    assert asked(run_sednactl, config, "scale", "status", "--contexts", "north,south").code == 0
    ghosts = asked(
        run_sednactl, config, "cleanup", "ghost-instances", "--contexts", "north,west", "-o", "json"
    )
    assert ghosts.code == 7
    assert json.loads(ghosts.out)["items"][0]["result"]["kind"] == "GhostReport"
    manifest = json.dumps({"apiVersion": "sedna.io/v1alpha1", "kind": "Model", **A_MODEL})
    checked = asked(
        run_sednactl, config, "validate", "-", "--cluster", "--contexts", "north,south", input=manifest
    )
    assert checked.code == 0, checked.err
    assert checked.err.count("1 document: no findings") == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["get", "--contexts", "north,nowhere"], 'context "nowhere" does not exist'),
        (["get", "--contexts", ","], "names none"),
        (["get", "--contexts", "north", "--context", "south"], "neither with --context"),
        (["get", "--contexts", "north", "--sandbox"], "nor with --sandbox"),
        (
            ["cleanup", "ghost-instances", "--contexts", "north", "--backup", "x"],
            "--backup goes with one context",
        ),
        (["validate", "x", "--cluster", "--contexts", "north", "-o", "sarif=x"], "from several contexts"),
    ],
)
def test_what_does_not_go_together(
    run_sednactl: RunSednactl, config: Path, arguments: list[str], words: str
) -> None:
    done = asked(run_sednactl, config, *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_ctrl_c_does_not_wait_for_a_cluster_that_hangs(
    park: tuple[StubServer, StubServer], config: Path, tmp_path: Path
) -> None:
    park[1].fail(Stalls(60), times=5)
    try:
        process = subprocess.Popen(
            [str(BIN / "sednactl"), "get", "model", "--contexts", "north,south"],
            env=clean_environment(tmp_path / "home", {"KUBECONFIG": str(config)}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        while not any(request.path.endswith("/models") for request in park[1].requests):
            time.sleep(0.02)
        park[1].requests.clear()
        process.send_signal(signal.SIGINT)
        assert process.wait(25) in (-signal.SIGINT, 130)  # a silent request takes 30 s
        process.communicate()
    finally:
        park[1].mend()


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([0, 0], 0), ([1, 1], 1), ([0, 1], 1), ([0, 5], 7), ([1, 5], 7), ([5, 5], 5), ([4, 5], 5), ([4, 4], 4),
        ([0, 4], 7), ([0, 6], 7), ([2, 2], 2), ([0, 3], 3), ([5], 5),
    ],
)  # fmt: skip
def test_one_exit_code_for_all(codes: list[int], code: int) -> None:
    assert code_of(codes) == code


def test_names_and_lines_carry_their_context_and_drive_no_terminal() -> None:
    told = [Told("a\x1b[2J", 0, "model.sedna.io/big\n", ""), Told("b", 0, "model.sedna.io/small\n", "")]
    assert combined(told, "name") == "a\\x1b[2J\tmodel.sedna.io/big\nb\tmodel.sedna.io/small\n"
    assert "\x1b" not in combined(told, "table")
    lines = combined([Told("a", 0, '{"x":1}\n{"x":2}\n', ""), Told("b", 5, "", "error: gone\n")], "jsonl")
    assert [json.loads(line) for line in lines.splitlines()] == [
        {"context": "a", "x": 1},
        {"context": "a", "x": 2},
    ]
