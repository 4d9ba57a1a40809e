"""However a run ends, it ends in a known code and without a traceback."""

from __future__ import annotations

import io
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import typer

from sednactl import __version__
from sednactl.cli import commands
from sednactl.cli.main import FAULT, run
from sednactl.errors import ExitCode, Unreachable
from sednactl.surroundings import Surroundings
from tests.command import BIN, clean_environment
from tests.conftest import RunSednactl

pytestmark = pytest.mark.process


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _surroundings(environ: Mapping[str, str] | None = None) -> Surroundings:
    return Surroundings(io.StringIO(), io.StringIO(), io.StringIO(), environ or {})


def _text(stream: object) -> str:
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()


@pytest.mark.parametrize("arguments", [["--version"], ["version"], ["-v", "--version"]])
def test_version(run_sednactl: RunSednactl, arguments: list[str]) -> None:
    done = run_sednactl(*arguments)
    assert (done.code, done.out, done.err) == (0, f"sednactl {__version__}\n", "")


def test_nothing_typed_shows_the_help(run_sednactl: RunSednactl) -> None:
    bare, asked = run_sednactl(), run_sednactl("--help")
    assert (bare.code, bare.err) == (0, "")
    assert bare.out == asked.out
    for name in commands.COMMANDS:
        assert f"\n  {name} " in bare.out


def test_a_group_without_a_command_is_usage(run_sednactl: RunSednactl) -> None:
    done = run_sednactl("scale")
    assert (done.code, done.out) == (2, "")
    assert "status" in done.err


def test_an_unknown_command_is_answered_with_the_one_meant(run_sednactl: RunSednactl) -> None:
    done = run_sednactl("aply", "-f", "x.yaml")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "error: there is no command 'aply'\nhint: did you mean 'apply'? try 'sednactl --help'\n"
    )


def test_an_unknown_flag_is_one_line(run_sednactl: RunSednactl) -> None:
    done = run_sednactl("scale", "watch", "--utnil", "x")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: no such option: --utnil")
    assert done.err.endswith("hint: did you mean '--until'? try 'sednactl scale watch --help'\n")
    assert len(done.err.splitlines()) == 2


def test_the_plugin_calls_itself_kubectl_sedna(run_sednactl: RunSednactl) -> None:
    top = run_sednactl("--help", program="kubectl-sedna").out
    assert top.startswith("Usage: kubectl sedna ")
    assert "kubectl sedna validate helmet.yaml" in top
    watch = run_sednactl("scale", "watch", "--help", program="kubectl-sedna").out
    assert "  kubectl sedna scale watch " in watch
    assert "  sednactl " not in top + watch
    assert "try 'kubectl sedna --help'" in run_sednactl("nonsense", program="kubectl-sedna").err


def _failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def raise_it(*_: object) -> int:
        raise error

    monkeypatch.setattr(commands, "invoke", raise_it)


def test_a_known_error_is_a_line_details_and_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    _failing(monkeypatch, Unreachable("no \x1b[2Janswer", hint="look", detail=["from 127.0.0.1"]))
    surroundings = _surroundings()
    assert run(["get"], surroundings) == ExitCode.UNREACHABLE
    assert _text(surroundings.stdout) == ""
    lines = _text(surroundings.stderr).splitlines()
    assert "\x1b" not in lines[0]
    assert lines[1:] == ["  from 127.0.0.1", "hint: look"]


@pytest.mark.parametrize(
    "error", [ValueError("odd\nthing"), RecursionError(), MemoryError(), OSError(5, "x", "f")]
)
def test_a_fault_of_ours_shows_its_traceback_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    _failing(monkeypatch, error)
    surroundings = _surroundings()
    assert run(["get"], surroundings) == FAULT
    lines = _text(surroundings.stderr).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"error: unexpected {type(error).__name__}")
    asked = _surroundings()
    assert run(["get", "-v"], asked) == FAULT
    assert "Traceback (most recent call last)" in _text(asked.stderr)


def test_ctrl_c_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    _failing(monkeypatch, KeyboardInterrupt())
    surroundings = _surroundings()
    assert run(["get"], surroundings) == 130
    assert _text(surroundings.stderr) == ""


def _shell(script: str, tmp_path: Path, **environ: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["bash", "-c", script],
        env=clean_environment(tmp_path / "home", environ),
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
    )


def test_a_reader_that_left_is_no_error(tmp_path: Path) -> None:
    done = _shell("for i in 1 2 3; do sednactl --help | true; echo ${PIPESTATUS[0]}; done", tmp_path)
    assert (done.stdout, done.stderr) == (b"0\n0\n0\n", b"")


def test_a_reader_that_left_changes_no_exit_code(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(
        "apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {name: m}\nspec: {}\n"
    )
    done = _shell(
        "sednactl validate bad.yaml 2>&1 | true; echo ${PIPESTATUS[0]}; sednactl get 2>&1 | true; echo ${PIPESTATUS[0]}",
        tmp_path,
    )
    assert (done.stdout, done.stderr) == (b"1\n3\n", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_output_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    done = _shell("sednactl --help >/dev/full", tmp_path)
    assert done.returncode == 7
    assert done.stderr == b"error: cannot write the output: No space left on device\n"
    assert _shell("sednactl --help >/dev/full 2>/dev/full", tmp_path).returncode == 7


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams(tmp_path: Path, closed: str) -> None:
    assert _shell(f"sednactl --help {closed}", tmp_path).returncode == 0
    done = _shell(f"sednactl nonsense {closed}", tmp_path)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "locale",
    [
        {"LANG": "C"},
        {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
)
def test_the_same_bytes_under_every_locale(tmp_path: Path, locale: dict[str, str]) -> None:
    (tmp_path / "x.yaml").write_text("größe: [", encoding="utf-8")
    done = _shell("sednactl validate x.yaml", tmp_path, **locale)
    assert (done.returncode, done.stderr) == (3, _shell("sednactl validate x.yaml", tmp_path).stderr)
    assert _shell("sednactl --help", tmp_path, **locale).stdout == _shell("sednactl --help", tmp_path).stdout


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_signals_end_it_quietly(tmp_path: Path, number: int, code: int) -> None:
    # It waits for its standard input, which never comes.
    process = subprocess.Popen(
        [BIN / "sednactl", "validate", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(tmp_path / "home"),
    )
    try:
        _until_it_reads(process)
        process.send_signal(number)
        process.wait(60)
        assert process.stdout is not None
        assert process.stderr is not None
        assert (process.returncode, process.stdout.read(), process.stderr.read()) == (code, b"", b"")
    finally:
        process.kill()
        process.communicate()


def _until_it_reads(process: subprocess.Popen[bytes]) -> None:
    """Wait until the process sleeps in a read of its standard input."""
    state = Path(f"/proc/{process.pid}/syscall")
    if not state.exists():
        pytest.skip("no /proc to see what a process does")
    for _ in range(400):
        assert process.poll() is None, process.communicate()
        try:
            if state.read_text().split()[:2] == ["0", "0x0"]:
                return
        except PermissionError:
            pytest.skip("may not look at what a process does")
        time.sleep(0.05)
    raise AssertionError("it never read its input")


def test_no_color_is_taken_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    probe = typer.Typer(add_completion=False, rich_markup_mode=None)

    @probe.command()
    def command(ctx: typer.Context) -> None:
        seen.append(ctx.obj.colour(ctx.obj.stdout))

    class _Module:
        app = probe

    monkeypatch.setattr(commands, "import_module", lambda name: _Module)
    surroundings = Surroundings(io.StringIO(), _Terminal(), io.StringIO(), {"TERM": "xterm"})
    for arguments in (["get"], ["get", "--no-color"], ["--no-color", "get"]):
        assert run(arguments, surroundings) == 0
    assert seen == [True, False, False]


def test_verbose_listens_to_the_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    probe = typer.Typer(add_completion=False, rich_markup_mode=None)

    @probe.command()
    def command(ctx: typer.Context) -> None:
        ctx.obj.trace("GET /version \x1b[1m200")

    class _Module:
        app = probe

    monkeypatch.setattr(commands, "import_module", lambda name: _Module)
    for arguments, heard in ((["get"], False), (["get", "-v"], True), (["-v", "get"], True)):
        surroundings = _surroundings()
        assert run(arguments, surroundings) == 0
        assert ("GET /version" in _text(surroundings.stderr)) is heard
        assert "\x1b" not in _text(surroundings.stderr)
