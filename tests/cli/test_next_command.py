"""What is said to be typed next is called as this program was, for the same cluster; kubectl completes the plugin."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest

from sednactl.cli.main import report
from sednactl.cli.next_command import next_command
from sednactl.cluster.access import ClusterAccess
from sednactl.errors import UsageError
from sednactl.sandbox.place import place_of
from sednactl.surroundings import Surroundings
from tests.command import BIN
from tests.conftest import RunSednactl


def plugin() -> Surroundings:
    return Surroundings(io.StringIO(), io.StringIO(), io.StringIO(), {}, program="kubectl sedna")


def test_the_program_and_the_cluster_are_kept() -> None:
    access = ClusterAccess("my config", "edge", "park", 5.0, "me", ("a", "b"))
    assert next_command(plugin(), access, "cleanup", "undo", "b.jsonl") == (
        "kubectl sedna cleanup undo b.jsonl --kubeconfig 'my config' --context edge --as me"
        " --as-group a --as-group b"
    )
    assert (
        next_command(plugin(), ClusterAccess(), "cleanup", "undo", "a b")
        == "kubectl sedna cleanup undo 'a b'"
    )


def test_the_sandbox_is_named_as_it_is_typed() -> None:
    streams = (io.StringIO(), io.StringIO(), io.StringIO())
    surroundings = Surroundings(*streams, {"HOME": "/home/me", "XDG_STATE_HOME": "/state"})
    file = str(place_of(surroundings.environ).kubeconfig)
    assert (
        next_command(surroundings, ClusterAccess(file), "crd", "install") == "sednactl crd install --sandbox"
    )
    other = next_command(surroundings, ClusterAccess(f"/other{file}"), "crd", "install")
    assert other == f"sednactl crd install --kubeconfig /other{file}"


def test_hints_carry_the_program() -> None:
    surroundings = plugin()
    report(UsageError("no", hint="see 'sednactl get --help'"), surroundings)
    assert isinstance(surroundings.stderr, io.StringIO)
    assert "hint: see 'kubectl sedna get --help'" in surroundings.stderr.getvalue()


def complete(*words: str) -> list[str]:
    done = subprocess.run(
        [BIN / "kubectl_complete-sedna", *words], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_what_kubectl_asks_at_tab() -> None:
    assert complete("cre") == ["create", ":4"]
    assert {"create", "get", "scale"} < set(complete(""))
    assert complete("create", "ji", "x", "--hpa", "") == ["cloud", "edge", "both", "none", ":4"]
    assert complete("validate", "") == [":0"]  # files are the shell's
    assert complete("nonsense", "x") == [":0"]
    assert complete("get", "$(touch made)") == [":0"]


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="no kubectl here")
@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_kubectl_finds_it(tmp_path: Path) -> None:
    kubectl = shutil.which("kubectl")
    assert kubectl is not None
    done = subprocess.run(
        [kubectl, "__complete", "sedna", "cle"],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    assert done.stdout.splitlines() == ["cleanup", ":4"]


def test_a_plugin_says_its_own_name(run_sednactl: RunSednactl) -> None:
    done = run_sednactl("get", "nonsense", program="kubectl-sedna")
    assert "sednactl " not in done.err
