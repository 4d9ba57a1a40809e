"""The cluster goes, or falls silent, in the middle: of a watch, a write, a wait and a clean-up, with the installed command.

Where a command must end within a bound of its own, it is given far less time
here than a single unanswered request may take (30 s).
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sednactl.sedna.kinds import JOINT_INFERENCE, MODEL
from sednactl.sedna.resources import DEPLOYMENT, NAMESPACE, SERVICE
from tests.cluster.stub import Fault, Request, Reset, Stalls, StubServer
from tests.command import BIN, CompletedRun, clean_environment
from tests.conftest import RunSednactl
from tests.ghosts.objects import before_0_7
from tests.lifecycle.conftest import fill
from tests.lifecycle.objects import whole_service, workload

JI = JOINT_INFERENCE.resource
BOUND = 28.0
"""Seconds: less than one silent request takes by default, much more than the waits below ask for."""


@pytest.fixture
def park() -> Iterator[StubServer]:
    with StubServer() as server:
        fill(server, workload(), *whole_service())
        yield server


class Command:
    """The installed command against the park."""

    def __init__(self, park: StubServer, run_sednactl: RunSednactl, folder: Path) -> None:
        self.environment = {"KUBECONFIG": str(park.kubeconfig(folder / "config"))}
        self._run = run_sednactl
        self._folder = folder

    def __call__(self, *arguments: str, input: str | None = None) -> CompletedRun:
        done = self._run(*arguments, input=input, environ=self.environment, timeout=BOUND)
        assert "Traceback" not in done.err
        return done

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(BIN / "sednactl"), *arguments],
            env=clean_environment(self._folder / "home", self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def command(park: StubServer, run_sednactl: RunSednactl, tmp_path: Path) -> Command:
    return Command(park, run_sednactl, tmp_path)


def test_a_watch_whose_cluster_stays_away_ends_in_its_time(park: StubServer, command: Command) -> None:
    watch = command.start(
        "scale", "watch", "helmet", "-n", "park", "--until", "cloud.ready>=9", "--timeout", "6s", "-o", "jsonl"
    )  # fmt: skip
    assert watch.stdout is not None
    first = json.loads(watch.stdout.readline())
    park.stop()
    out, err = watch.communicate(timeout=BOUND)
    assert watch.returncode == 6, err
    assert first["service"] == "park/helmet"
    assert all(json.loads(line)["kind"] == "ScaleSnapshot" for line in out.splitlines())
    assert "connection lost" in err
    assert "the condition is not met: cloud.ready>=9" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("scale", "watch", "helmet", "--until", "cloud.ready>=9", "--timeout", "3s"),
        ("wait", "ji", "helmet", "--for=running", "--timeout", "3s"),
        ("wait", "ji", "helmet", "--for=gone", "--timeout", "3s"),
    ],
    ids=lambda arguments: " ".join(arguments[:1]),
)
def test_a_wait_for_a_cluster_that_never_answers_keeps_its_bound(
    park: StubServer, command: Command, arguments: tuple[str, ...]
) -> None:
    park.fail(Stalls(), times=1000)
    done = command(*arguments, "-n", "park")
    assert done.code in (5, 6), done.err
    assert done.out == ""


def test_a_wait_whose_cluster_falls_silent_keeps_its_bound(park: StubServer, command: Command) -> None:
    waiting = command.start("wait", "ji", "helmet", "--for=gone", "-n", "park", "--timeout", "4s")
    _after_requests(park, 3)
    park.fail(Stalls(), times=1000)
    _, err = waiting.communicate(timeout=BOUND)
    assert waiting.returncode in (5, 6), err
    assert "JointInferenceService helmet is still there" in err


def test_a_deletion_whose_cluster_falls_silent_keeps_its_bound_and_says_what_was_asked(
    park: StubServer, command: Command
) -> None:
    park.put(JI, {**workload(), "metadata": {**workload()["metadata"], "finalizers": ["example.org/hold"]}})
    deleting = command.start("delete", "ji", "helmet", "-n", "park", "--yes", "--timeout", "4s")
    _until(lambda: any(request.method == "DELETE" for request in park.requests), "the deletion")
    park.fail(Stalls(), method="GET", times=1000)
    _, err = deleting.communicate(timeout=BOUND)
    assert deleting.returncode in (5, 7), err
    assert "the deletion was asked for" in err


def test_a_creation_whose_answers_never_come_is_in_doubt_and_done_once(
    park: StubServer, command: Command
) -> None:
    park.fail(Reset(done=True), method="PATCH", path="/models", times=1000)
    done = command("create", "model", "big", "--url", "/m/big.pb", "--format", "pb", "-n", "park")
    assert (done.code, done.out) == (5, "")
    assert "is not known" in done.err
    assert [item["metadata"]["name"] for item in park.objects(MODEL.resource)] == ["big"]


def test_a_creation_whose_first_answer_is_lost_does_not_trip_over_itself(
    park: StubServer, command: Command
) -> None:
    park.fail(Reset(done=True), method="PATCH", path="/models", times=1)
    done = command("create", "model", "big", "--url", "/m/big.pb", "--format", "pb", "-n", "park")
    assert (done.code, done.out) == (0, "model.sedna.io/big created\n"), done.err
    again = command("create", "model", "big", "--url", "/m/big.pb", "--format", "pb", "-n", "park")
    assert (again.code, again.out) == (4, "")


def test_a_creation_that_somebody_else_was_before_is_refused_though_an_answer_was_lost(
    park: StubServer, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = park._fault_for

    def taken_meanwhile(request: Request, target: str) -> Fault | None:
        if request.method == "PATCH" and not park.objects(MODEL.resource):
            metadata = {"name": "big", "namespace": "park"}
            park.put(MODEL.resource, {"metadata": metadata, "spec": {"url": "/theirs.pb", "format": "pb"}})
            return Reset()
        return usual(request, target)

    monkeypatch.setattr(park, "_fault_for", taken_meanwhile)
    done = command("create", "model", "big", "--url", "/m.pb", "--format", "pb", "-n", "park")
    assert (done.code, done.out) == (4, ""), done.err
    assert "exists already" in done.err


def test_a_clean_up_whose_cluster_goes_is_taken_up_again(
    park: StubServer, command: Command, tmp_path: Path
) -> None:
    park.put(NAMESPACE, {"metadata": {"name": "kube-system", "uid": "cluster-1"}})
    for number in range(5):
        park.put(SERVICE, before_0_7("Service", f"old-{number}-cloud"))
    living = park.objects(DEPLOYMENT)
    bundle = str(tmp_path / "bundle")
    clean = ("cleanup", "ghost-instances", "--yes")
    park.fail(Reset(), method="DELETE", path="/services/old-2", times=1000)
    done = command(*clean, "-n", "park", "--backup", bundle)
    assert done.code == 7, done.err
    assert f"--resume {bundle}" in done.err
    # Several are deleted at a time: how many went before it stopped is left to chance.
    assert "old-2-cloud" in [item["metadata"]["name"] for item in park.objects(SERVICE)]
    park.mend()
    again = command(*clean, "--resume", bundle)
    assert again.code == 0, again.err
    assert not [item for item in park.objects(SERVICE) if item["metadata"]["name"].startswith("old-")]
    assert park.objects(DEPLOYMENT) == living


def _after_requests(park: StubServer, count: int) -> None:
    _until(lambda: len(park.requests) >= count, f"{count} requests")


def _until(holds: object, what: str) -> None:
    assert callable(holds)
    end = time.monotonic() + BOUND
    while not holds():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.02)
