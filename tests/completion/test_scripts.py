"""The completion scripts are what the program's own options make of them, and real shells complete with them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from sednactl.packaged import completions_dir
from sednactl.sedna.kinds import JOINT_INFERENCE, MODEL
from sednactl.sedna.resources import NAMESPACE
from tests.cluster.stub import Stalls, StubServer
from tests.command import clean_environment
from tests.conftest import RunSednactl

ROOT = Path(__file__).parents[2]

Complete = Callable[..., set[str]]


def test_scripts_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "completions/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("shell", "file"), [("bash", "sednactl.bash"), ("zsh", "_sednactl"), ("fish", "sednactl.fish")]
)
def test_the_command_prints_the_script(run_sednactl: RunSednactl, shell: str, file: str) -> None:
    done = run_sednactl("completion", shell)
    assert (done.code, done.err) == (0, "")
    assert done.out == (completions_dir() / file).read_text()


def test_another_shell_is_a_usage_error(run_sednactl: RunSednactl) -> None:
    done = run_sednactl("completion", "tcsh")
    assert done.code == 2
    assert "tcsh" in done.err


def _need(shell: str) -> str:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"no {shell} here")
    return found


def _run(command: list[str], cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def _bash(*words: str, cwd: Path) -> set[str]:
    # What bash does at Tab: words in COMP_WORDS, the function called, answers in COMPREPLY.
    script = (
        f"source '{completions_dir() / 'sednactl.bash'}'\n"
        'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))\n'
        "compopt() { :; }\n"
        '_sednactl sednactl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"\n'
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    out = _run([_need("bash"), "--norc", "-c", script, "bash", "sednactl", *words], cwd)
    return set(out.split("\n")) - {""}


def _fish(*words: str, cwd: Path) -> set[str]:
    # In fish the line is one string; it answers with `candidate<Tab>description`.
    line = " ".join(["sednactl", *words])
    script = f"source '{completions_dir() / 'sednactl.fish'}'; complete -C '{line}'"
    out = _run([_need("fish"), "--no-config", "-c", script], cwd)
    return {row.partition("\t")[0] for row in out.split("\n")} - {""}


def _zsh(*words: str, cwd: Path) -> set[str]:
    """Press Tab in an interactive zsh and read what it lists."""
    line = " ".join(["sednactl", *words])
    child = pexpect.spawn(
        _need("zsh"), ["-f", "-i"], cwd=str(cwd), encoding="utf-8", dimensions=(200, 120), timeout=60
    )
    try:
        child.sendline(
            f"PS1='ready%% '; fpath=({completions_dir()} $fpath); autoload -U compinit; compinit -u -D; "
            "zstyle ':completion:*' menu no; zstyle ':completion:*' list-packed no; setopt list_rows_first; "
            "LISTMAX=1000; bindkey '^I' list-choices; unsetopt zle_bracketed_paste; print start''ed"
        )
        child.expect_exact("started")
        child.expect_exact("ready% ")
        child.send(line + "\t")
        child.expect_exact(line)
        child.send("\x15print en''ded\r")  # clear the line, then a mark to read up to
        child.expect_exact("ended")
        plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", " ", child.before or "")
        return set(plain.split())
    finally:
        child.close(force=True)


@pytest.fixture(params=["bash", "fish", "zsh"])
def complete(request: pytest.FixtureRequest, tmp_path: Path) -> Complete:
    """Give what a shell offers for the words typed so far; the last one is being typed."""
    (tmp_path / "manifest.yaml").touch()
    of_shell = {"bash": _bash, "fish": _fish, "zsh": _zsh}[request.param]
    return lambda *words: of_shell(*words, cwd=tmp_path)


def test_commands(complete: Complete) -> None:
    assert {"create", "validate", "apply", "scale", "cleanup"} <= complete("")
    assert {"create", "completion", "cleanup"} & complete("cre") == {"create"}


def test_commands_of_a_group(complete: Complete) -> None:
    assert {"watch", "status"} <= complete("scale", "")
    assert {"ghost-instances", "undo"} <= complete("cleanup", "")


def test_flags(complete: Complete) -> None:
    offered = complete("scale", "watch", "--")
    assert {"--until", "--timeout", "--record", "--namespace", "--verbose", "--help"} <= {
        each.split("[")[0].rstrip("=") for each in offered
    }


def test_a_value_that_looks_like_a_command_is_none(complete: Complete) -> None:
    offered = complete("scale", "-v", "watch", "-n", "status", "--")
    assert any(each.startswith("--until") for each in offered)


def test_values_of_a_flag(complete: Complete) -> None:
    assert {"table", "wide", "jsonl"} <= complete("scale", "watch", "-o", "")


def test_kinds(complete: Complete) -> None:
    assert {"jointinference", "federatedlearning", "dataset", "model"} <= complete("get", "")


def test_files(complete: Complete) -> None:
    assert "manifest.yaml" in complete("validate", "man")
    assert "manifest.yaml" in complete("apply", "-f", "man")


def test_an_equals_sign_in_bash(tmp_path: Path) -> None:
    assert {"table", "wide", "jsonl"} <= _bash("scale", "watch", "--output", "=", "", cwd=tmp_path)
    assert _bash("scale", "watch", "--output", "=", "js", cwd=tmp_path) == {"jsonl"}


def test_flags_after_a_name_and_an_alias(complete: Complete) -> None:
    offered = {each.rstrip("=") for each in complete("create", "ji", "helmet", "--cloud-")}
    assert {"--cloud-model", "--cloud-image", "--cloud-hpa"} <= offered
    assert {"cloud", "edge", "both", "none"} <= complete("create", "ji", "helmet", "--hpa", "")


@pytest.fixture
def park(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StubServer]:
    """Give a cluster with two services, as the one that the user's shell knows."""
    with StubServer(tls=False) as server:
        for name in ("helmet", "gate"):
            server.put(JOINT_INFERENCE.resource, {"metadata": {"name": name, "namespace": "default"}})
        server.put(MODEL.resource, {"metadata": {"name": "big", "namespace": "default"}})
        server.put(NAMESPACE, {"metadata": {"name": "park"}})
        for name, value in clean_environment(
            tmp_path / "home",
            {"KUBECONFIG": str(server.kubeconfig(tmp_path / "kubeconfig")), "TERM": "xterm"},
        ).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("PATH", os.pathsep.join((str(_patient(tmp_path)), os.environ["PATH"])))
        yield server


def _patient(folder: Path) -> Path:
    """Give a folder with the command as it is, but with time for its names on a busy machine.

    It gives up after less than a second; a test of its own shows that.
    """
    program = folder / "patient" / "sednactl"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\n"
        "import sys\n"
        "from sednactl.cli import live_names\n"
        "from sednactl.cli.main import main\n"
        "live_names._LONGEST = 60.0\n"
        "sys.exit(main())\n"
    )
    program.chmod(0o755)
    return program.parent


def test_names_that_live_in_the_cluster(park: StubServer, complete: Complete) -> None:
    assert {"helmet", "gate"} <= complete("describe", "ji", "")
    assert "big" not in complete("describe", "ji", "")
    assert "big" in complete("get", "model", "")
    assert {"helmet", "gate"} <= complete("scale", "watch", "")
    assert "park" in complete("get", "-n", "")
    assert "stub" in complete("get", "--context", "")


def test_a_cluster_that_does_not_answer_offers_nothing_and_says_nothing(
    park: StubServer, run_sednactl: RunSednactl, tmp_path: Path
) -> None:
    park.fail(Stalls(30), times=9)
    config = {"KUBECONFIG": str(tmp_path / "kubeconfig")}
    for words in (["names", "get", "ji"], ["namespaces"], ["names", "--context", "nowhere", "get", "ji"], []):
        done = run_sednactl("__names", *words, environ=config)
        assert (done.code, done.out, done.err) == (0, "", "")


def test_a_name_that_a_shell_would_read_as_more_is_not_offered(park: StubServer, tmp_path: Path) -> None:
    park.put(NAMESPACE, {"metadata": {"name": "$(touch x)"}})
    assert _run(["sednactl", "__names", "namespaces"], tmp_path) == "park\n"
