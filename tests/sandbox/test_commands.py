"""The sandbox as its users meet it: the installed command, a process in the background, real HTTPS, kubectl."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sednactl.errors import ExitCode
from tests.command import CompletedRun
from tests.conftest import RunSednactl
from tests.live.plane.api import eventually
from tests.live.plane.programs import find_program


class Shell:
    """A user's shell with a home of its own."""

    def __init__(self, run: RunSednactl, home: Path) -> None:
        self._run = run
        self.home = home

    def __call__(self, *arguments: str, code: int = ExitCode.DONE, **more: Any) -> CompletedRun:
        done = self._run(*arguments, **more)
        assert done.code == code, f"{arguments}: {done.code}\n{done.out}\n{done.err}"
        assert "Traceback" not in done.err
        return done

    def status(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self("sandbox", "status", "-o", "json").out)
        return content


@pytest.fixture
def shell(run_sednactl: RunSednactl, tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(run_sednactl, tmp_path / "home")
    yield shell
    shell("sandbox", "down")


def test_up_status_and_down(shell: Shell) -> None:
    assert shell.status() | {"kubeconfig": ""} == {
        "apiVersion": "sednactl.io/v1", "kind": "Sandbox", "running": False, "server": None, "kubeconfig": "",
        "sedna": None, "speed": None, "started": None, "data": None, "faults": None, "pid": None,
    }  # fmt: skip
    up = shell("sandbox", "up", "--speed", "5", "--sedna", "0.6", "--fault", "none")
    found = shell.status()
    assert (found["running"], found["sedna"], found["speed"], found["faults"]) == (True, "0.6", 5.0, [])
    assert found["server"].startswith("https://127.0.0.1:")
    assert found["server"] in up.out
    assert found["kubeconfig"] in up.out
    kubeconfig = Path(found["kubeconfig"])
    assert kubeconfig.is_relative_to(shell.home / ".state" / "sednactl")
    assert kubeconfig.stat().st_mode & 0o777 == 0o600

    again = shell("sandbox", "up", "--speed", "9")
    assert "up already" in again.err
    assert shell.status() == found

    assert shell("get", "-A", "--sandbox").err == "No Sedna workloads found.\n"
    assert shell("sandbox", "down").out == "The sandbox is down.\n"
    assert not shell.status()["running"]
    assert not kubeconfig.exists()
    assert shell("sandbox", "down").err == "The sandbox is not up.\n"
    eventually(lambda: not lives(found["pid"]), what="the end of its process")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["get", "--sandbox"], ExitCode.UNREACHABLE, "the sandbox is not up"),
        (["--sandbox", "get", "ji"], ExitCode.UNREACHABLE, "sednactl sandbox up"),
        (["get", "--sandbox", "--context", "x"], ExitCode.USAGE, "--sandbox excludes"),
        (["get", "--sandbox", "--kubeconfig", "x"], ExitCode.USAGE, "--sandbox excludes"),
        (["sandbox", "up", "--speed", "0"], ExitCode.USAGE, "--speed takes"),
        (["sandbox", "up", "--speed", "nan"], ExitCode.USAGE, "--speed takes"),
        (["sandbox", "up", "--sedna", "0.5"], ExitCode.USAGE, "0.5"),
        (["sandbox", "up", "--fault", "ghost"], ExitCode.USAGE, "there is no fault 'ghost'"),
        (["sandbox", "load", "x"], ExitCode.USAGE, "--profile"),
        (["sandbox", "load", "x", "--off"], ExitCode.UNREACHABLE, "not up"),
        (["sandbox", "reset"], ExitCode.USAGE, "not up"),
        (["sandbox", "upp"], ExitCode.USAGE, "did you mean 'up'"),
    ],
)
def test_wrong_use_is_one_clear_line(shell: Shell, arguments: list[str], code: int, words: str) -> None:
    done = shell(*arguments, code=code)
    assert words in done.err
    assert done.out == ""


def test_what_cannot_start_says_why(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    done = shell("sandbox", "up", "--data", "data", code=ExitCode.INVALID)
    assert "data" in done.err
    assert not shell.status()["running"]


def test_a_killed_sandbox_is_noticed_and_another_starts(shell: Shell) -> None:
    shell("sandbox", "up")
    first = shell.status()
    os.kill(first["pid"], signal.SIGKILL)
    eventually(lambda: not lives(first["pid"]), what="the end of its process")
    assert not shell.status()["running"]
    assert "not up" in shell("get", "--sandbox", code=ExitCode.UNREACHABLE).err
    shell("sandbox", "up")
    assert shell.status()["pid"] != first["pid"]


def test_a_service_lives_there_and_a_reset_empties_it(shell: Shell) -> None:
    shell("sandbox", "up", "--speed", "20")
    before = shell.status()
    make_service(shell)
    assert "Running" in shell("get", "ji", "--sandbox").out
    shell("sandbox", "reset")
    after = shell.status()
    assert after["pid"] != before["pid"]
    assert {key: after[key] for key in ("server", "speed", "sedna")} == {
        key: before[key] for key in ("server", "speed", "sedna")
    }
    assert shell("get", "-A", "--sandbox").out == ""


def test_load_lets_both_sides_scale(shell: Shell) -> None:
    shell("sandbox", "up", "--speed", "60")
    make_service(shell)
    assert "not found" in shell("sandbox", "load", "nobody", "--profile", "steady", code=ExitCode.REFUSED).err
    assert (
        "no load profile" in shell("sandbox", "load", "helmet", "--profile", "calm", code=ExitCode.USAGE).err
    )
    said = shell("sandbox", "load", "helmet", "--profile", "steady", "--times", "4")
    assert said.out == (
        "helmet: steady on cloud, level 1 is 64% of one replica's CPU request\n"
        "helmet: steady on edge, level 1 is 160% of one replica's CPU request\n"
    )
    until = "edge.ready==edge.max and cloud.ready==4"
    shell("scale", "watch", "helmet", "--until", until, "--timeout", "50s", "--sandbox")
    shell("sandbox", "load", "helmet", "--off")
    until = "edge.ready==1 and cloud.ready==1"
    shell("scale", "watch", "helmet", "--until", until, "--timeout", "50s", "--sandbox")


def test_load_from_a_file(shell: Shell, tmp_path: Path) -> None:
    shell("sandbox", "up", "--speed", "60")
    make_service(shell)
    (tmp_path / "gate.csv").write_text("time,edge_millicores\n0,10\n60,500\n")
    assert shell("sandbox", "load", "helmet", "--profile", "gate.csv").out == "helmet: gate.csv on edge\n"
    shell("scale", "watch", "helmet", "--until", "edge.ready==2", "--timeout", "50s", "--sandbox")
    (tmp_path / "requests.csv").write_text("time,rps\n0,10\n")
    done = shell("sandbox", "load", "helmet", "--profile", "requests.csv", code=ExitCode.INVALID)
    assert "requests a second" in done.err


@pytest.mark.skipif(find_program("kubectl") is None, reason="no kubectl")
def test_kubectl_works_with_its_kubeconfig(shell: Shell) -> None:
    shell("sandbox", "up", "--speed", "20")
    make_service(shell)
    kubeconfig = shell.status()["kubeconfig"]
    done = subprocess.run(
        [str(find_program("kubectl")), "--kubeconfig", kubeconfig, "get", "hpa"],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    head = ["NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"]
    assert done.stdout.splitlines()[0].split() == head


def lives(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def make_service(shell: Shell) -> None:
    """Make the helmet service with both sides scaling, and wait until it runs."""
    for size in ("little", "big"):
        shell("create", "model", size, "--url", f"/models/{size}.pb", "--format", "pb", "--sandbox")
    shell(
        "create", "ji", "helmet", "--edge-model", "little", "--edge-image", "example/little:v1",
        "--edge-request", "cpu=50m", "--edge-hpa", "min=1,max=2,cpu=50%,down-window=0",
        "--cloud-model", "big", "--cloud-image", "example/big:v1", "--cloud-request", "cpu=1",
        "--cloud-hpa", "min=1,max=5,cpu=20%,down-window=0", "--hem", "IBT", "--wait", "--timeout", "50s", "--sandbox",
    )  # fmt: skip


def test_sedna_0_6_leaves_ghosts_and_says_so(shell: Shell) -> None:
    shell("sandbox", "up", "--speed", "20", "--sedna", "0.6")
    shell("crd", "diff", "--sedna-version", "0.6", "--sandbox")
    for size in ("little", "big"):
        shell("create", "model", size, "--url", f"/models/{size}.pb", "--format", "pb", "--sandbox")
    sides = [f"--{side}-{what}" for side in ("edge", "cloud") for what in ("model", "image")]
    values = ("little", "example/little:v1", "big", "example/big:v1")
    flags = [word for pair in zip(sides, values, strict=True) for word in pair]
    shell("create", "ji", "gate", *flags, "--sandbox")
    eventually(lambda: shell("tree", "ji", "gate", "--sandbox").out.count("Pod ") == 2, what="its pods")
    gone = shell("delete", "ji", "gate", "--yes", "--sandbox", code=ExitCode.PARTIAL)
    assert gone.err.count("Kubernetes never removes it") >= 3
    assert (
        "3 to delete"
        in shell("cleanup", "ghost-instances", "--older-than", "0s", "--sandbox", code=ExitCode.FOUND).err
    )
    shell("cleanup", "ghost-instances", "--older-than", "0s", "--yes", "--backup", "b", "--sandbox")
    assert "No ghost" in shell("cleanup", "ghost-instances", "--older-than", "0s", "--sandbox").err


def test_its_state_outlives_it_where_data_is_kept(shell: Shell, tmp_path: Path) -> None:
    shell("sandbox", "up", "--speed", "20", "--data", "data")
    make_service(shell)
    pods = names_of_pods(shell)
    assert len(pods) == 2
    assert str(tmp_path / "data") in shell("sandbox", "down").out
    shell("sandbox", "up", "--speed", "20", "--data", "data")
    assert names_of_pods(shell) == pods
    assert "Running" in shell("get", "ji", "--sandbox").out

    # A disk that tears the newest file costs what came after the one before it, and nothing else.
    shell("sandbox", "down")
    newest = tmp_path / "data" / "objects.snapshot"
    newest.write_bytes(newest.read_bytes()[:-100])
    shell("sandbox", "up", "--data", "data")
    assert "is torn" in (shell.home / ".state/sednactl/sandbox/log").read_text()
    assert "Running" in shell("get", "ji", "--sandbox").out
    shell("sandbox", "reset")
    assert shell("get", "-A", "--sandbox").out == ""


def names_of_pods(shell: Shell) -> set[str]:
    tree = shell("tree", "ji", "helmet", "--sandbox").out
    return {line.split("Pod ")[1].split()[0] for line in tree.splitlines() if "Pod " in line}
