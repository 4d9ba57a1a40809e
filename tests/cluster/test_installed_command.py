"""What a user of the installed command meets when the cluster is not there, refuses, or hangs."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from sednactl.errors import ExitCode
from sednactl.sedna.resources import POD
from tests.cluster.stub import Answers, Reset, Stalls, StubServer
from tests.command import BIN, clean_environment
from tests.conftest import RunSednactl

pytestmark = pytest.mark.process

GET = ("get", "jointinference")


def told(err: str) -> tuple[str, str]:
    """Give the error and the hint; a traceback or anything longer fails."""
    error, hint = err.splitlines()
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")
    return error, hint


def test_no_kubeconfig(run_sednactl: RunSednactl) -> None:
    done = run_sednactl(*GET)
    assert (done.code, done.out) == (ExitCode.INVALID, "")
    assert "no kubeconfig found" in told(done.err)[0]


def test_a_wrong_context(run_sednactl: RunSednactl, stub: StubServer, tmp_path: Path) -> None:
    config = stub.kubeconfig(tmp_path / "config")
    done = run_sednactl(*GET, "--kubeconfig", str(config), "--context", "prod")
    assert done.code == ExitCode.INVALID
    error, hint = told(done.err)
    assert 'context "prod" does not exist' in error
    assert hint == "hint: contexts that exist: stub"
    assert stub.requests == []


def test_a_cluster_that_is_gone(run_sednactl: RunSednactl, stub: StubServer, tmp_path: Path) -> None:
    config = stub.kubeconfig(tmp_path / "config")
    stub.stop()
    done = run_sednactl(*GET, environ={"KUBECONFIG": str(config)})
    assert done.code == ExitCode.UNREACHABLE
    assert "the connection was refused" in told(done.err)[0]


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (Answers(401), ExitCode.REFUSED, "does not know who we are"),
        (
            Answers(403, {"kind": "Status", "code": 403, "message": 'User "x" cannot list resource "y"'}),
            ExitCode.REFUSED,
            "cannot list",
        ),
        (Answers(500), ExitCode.REFUSED, "in trouble"),
        (Answers(200, "<html>", content_type="text/html"), ExitCode.UNREACHABLE, "text/html"),
        (Reset(), ExitCode.UNREACHABLE, "cannot reach the cluster"),
        (Stalls(), ExitCode.UNREACHABLE, "no answer in time"),
    ],
)
def test_a_cluster_that_refuses_or_fails(
    run_sednactl: RunSednactl, stub: StubServer, tmp_path: Path, fault: Answers, code: ExitCode, words: str
) -> None:
    config = stub.kubeconfig(tmp_path / "config")
    stub.fail(fault, times=1000)
    timeout = "1s" if isinstance(fault, Stalls) else "30s"
    done = run_sednactl(*GET, "--kubeconfig", str(config), "--request-timeout", timeout)
    assert (done.code, done.out) == (code, "")
    assert words in told(done.err)[0]


def test_a_cluster_without_sedna(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    with StubServer(served=(POD,)) as stub:
        config = stub.kubeconfig(tmp_path / "config")
        done = run_sednactl(*GET, "--kubeconfig", str(config))
    assert done.code == ExitCode.REFUSED
    error, hint = told(done.err)
    assert "does not serve jointinferenceservices.sedna.io" in error
    assert "CRDs" in hint


def test_an_interrupt_ends_it_while_the_cluster_is_silent(stub: StubServer, tmp_path: Path) -> None:
    config = stub.kubeconfig(tmp_path / "config")
    stub.fail(Stalls(), times=1000)
    process = subprocess.Popen(
        [str(BIN / "sednactl"), *GET, "--kubeconfig", str(config), "--request-timeout", "0"],
        env=clean_environment(tmp_path / "home"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    until = time.monotonic() + 60
    while not stub.requests and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=45)  # less than the silence
    assert process.returncode == ExitCode.INTERRUPTED
    assert out == b""
    assert b"Traceback" not in err
