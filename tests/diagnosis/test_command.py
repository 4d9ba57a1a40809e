"""`doctor` over real HTTP: exit codes, formats, faults of the network, questions."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sednactl.cli.main import run
from sednactl.sedna.kinds import JOINT_INFERENCE, MODEL
from sednactl.surroundings import Surroundings
from tests.cluster.stub import Answers, Reset, Stalls, StubServer, Truncated
from tests.live.services import joint_inference, model

OFF = "\x1b]0;owned\x07"


@pytest.fixture
def server() -> Iterator[StubServer]:
    """An API server that serves Sedna's kinds and little else: no version, no groups, no roles, no metrics."""
    with StubServer() as server:
        server.put(MODEL.resource, model("big-model", "default"))
        server.put(JOINT_INFERENCE.resource, joint_inference("helmet", "default"))
        yield server


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Doctor:
    """Runs the command in this process."""

    def __init__(self, server: StubServer, folder: Path) -> None:
        self._kubeconfig = folder / "config"
        server.kubeconfig(self._kubeconfig)

    def __call__(self, *words: str, answer: str | None = None) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO() if answer is None else Terminal()
        stdin = io.StringIO() if answer is None else Terminal(answer)
        surroundings = Surroundings(
            stdin, out, err, {"HOME": "/nonexistent", "KUBECONFIG": str(self._kubeconfig)}
        )
        return run(["doctor", *words], surroundings), out.getvalue(), err.getvalue()


@pytest.fixture
def doctor(server: StubServer, tmp_path: Path) -> Doctor:
    return Doctor(server, tmp_path)


def by_id(out: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in json.loads(out)["checks"]:
        found.setdefault(one["id"], []).append(one)
    return found


def test_what_an_api_does_not_serve_is_unknown_and_the_rest_is_told(doctor: Doctor) -> None:
    code, out, err = doctor("-o", "json")
    assert (code, err) == (1, "")
    found = by_id(out)
    for identifier in ("DOC403", "DOC405", "DOC501"):
        assert {one["status"] for one in found[identifier]} == {"unknown"}, found[identifier]
    missing = [one for one in found["DOC702"] if one["status"] == "failed"]
    assert len(missing) == 1 and "little-model" in missing[0]["message"]


def test_yaml_says_the_same(doctor: Doctor) -> None:
    as_json, as_yaml = doctor("--check", "DOC702", "-o", "json"), doctor("--check", "DOC702", "-o", "yaml")
    assert as_json[0] == as_yaml[0] == 1
    assert yaml.safe_load(as_yaml[1]) == json.loads(as_json[1])


def test_exit_codes(server: StubServer, doctor: Doctor) -> None:
    assert doctor("--check", "DOC802")[0] == 0
    assert doctor("--check", "DOC702")[0] == 1
    assert doctor("--check", "DOC405")[0] == 7
    assert doctor("ji", "nobody")[0] == 4
    server.stop()
    code, out, err = doctor()
    assert (code, out) == (5, "") and err.startswith("error: ")


@pytest.mark.parametrize(
    "fault",
    [Reset(), Answers(500), Answers(403), Answers(200, {"kind": "List"}), Answers(200, "<html>"), Truncated(), Stalls(30)],
    ids=["reset", "500", "403", "no list", "a page", "truncated", "stalls"],
)  # fmt: skip
def test_faults_on_the_way_leave_one_thing_open(server: StubServer, doctor: Doctor, fault: Any) -> None:
    server.fail(fault, path=r".*/jointinferenceservices(\?|$)", times=20)
    code, out, err = doctor(
        "-o", "json", "--request-timeout", "300ms", "--check", "DOC701", "--check", "DOC801"
    )
    assert code == 7, err
    found = by_id(out)
    assert [one["status"] for one in found["DOC701"]] == ["unknown"]
    assert [one["status"] for one in found["DOC801"]] == ["unknown", "ok"]  # the Model was seen
    assert "jointinferenceservices" in found["DOC701"][0]["message"]


def test_names_of_the_cluster_cannot_drive_the_terminal(server: StubServer, doctor: Doctor) -> None:
    item = joint_inference("hostile", "default")
    item["spec"]["cloudWorker"]["model"]["name"] = f"m{OFF}"
    server.put(JOINT_INFERENCE.resource, item)
    code, out, err = doctor("-v", "--check", "DOC702")
    assert code == 1 and "\\x1b]0;owned" in out
    assert "\x1b" not in out + err and "\x07" not in out + err
    assert "GET /version" in err  # -v also tells what was asked


@pytest.mark.parametrize(
    ("words", "names"),
    [((), {"helmet", "other"}), (("-l", "app=x"), set()), (("ji", "helmet"), {"helmet"}), (("ji/other",), {"other"}), (("other",), {"other"}), (("fl",), set())],
)  # fmt: skip
def test_which_workloads_are_looked_at(
    server: StubServer, doctor: Doctor, words: tuple[str, ...], names: set[str]
) -> None:
    server.put(JOINT_INFERENCE.resource, joint_inference("other", "default"))
    _, out, err = doctor(*words, "--check", "DOC702", "-o", "json")
    found = {one["object"]["name"] for one in by_id(out).get("DOC702", ()) if one["object"]}
    assert found == names, err


def test_nothing_is_asked_where_nothing_can_be_mended(doctor: Doctor) -> None:
    code, _, err = doctor("--fix", "--check", "DOC802", answer="y\n")
    assert code == 0 and "nothing that --fix can mend" in err
