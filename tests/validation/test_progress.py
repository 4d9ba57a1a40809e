"""How far a run is: told on a terminal, after a while, on one line that is gone at the end; and Ctrl-C in one."""

from __future__ import annotations

import io
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from sednactl.cli.main import run
from sednactl.surroundings import Surroundings
from tests.command import clean_environment

MODEL = "apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {{name: m{}}}\nspec: {{url: /a, format: pb}}\n"


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def _told(folder: Path, stderr: io.StringIO, seconds: Iterator[float], **environ: str) -> str:
    surroundings = Surroundings(
        io.StringIO(), io.StringIO(), stderr, environ, monotonic=lambda: next(seconds)
    )
    assert run(["validate", str(folder), "-j", "1"], surroundings) == 0
    return stderr.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(6):
        (tmp_path / f"{number}.yaml").write_text(MODEL.format(number) + "---\n" + MODEL.format(f"x{number}"))
    return tmp_path


def test_progress_comes_after_a_while_and_is_wiped(folder: Path) -> None:
    told = _told(folder, Screen(), count(0, 0.15), TERM="xterm")
    lines = told.split("\r\x1b[K")
    assert lines[0] == ""
    assert lines[1] == "checked 1 file, 2 documents"
    assert "checked 4 files, 8 documents" in lines
    assert lines[-1] == "6 files, 12 documents: no findings\n"


@pytest.mark.parametrize(
    ("stderr", "step", "environ"),
    [
        (Screen(), 0.001, {"TERM": "xterm"}),  # over before anybody wonders
        (io.StringIO(), 1, {"TERM": "xterm"}),
        (Screen(), 1, {"TERM": "dumb"}),
        (Screen(), 1, {"TERM": "xterm", "CI": "true"}),
    ],
)
def test_nothing_moves_elsewhere(
    folder: Path, stderr: io.StringIO, step: float, environ: dict[str, str]
) -> None:
    assert _told(folder, stderr, count(0, step), **environ) == "6 files, 12 documents: no findings\n"


_IN_A_TERMINAL = """
import fcntl, os, sys, termios, time
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from sednactl.cli.main import main
from sednactl.validation import portions
of_file = portions.of_file
def at_a_file(looker, source):
    if source.name.endswith("130.yaml"):
        with open("pid", "a") as file:
            file.write(f"{os.getpid()}.")
        time.sleep(100)
    return of_file(looker, source)
portions.of_file = at_a_file
sys.argv = ["sednactl", "validate", ".", "-j", "2"]
sys.exit(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the wait is put into what is forked")
def test_ctrl_c_in_a_terminal_ends_every_process(tmp_path: Path) -> None:
    for number in range(200):
        (tmp_path / f"{number:03}.yaml").write_text(MODEL.format(number))
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _IN_A_TERMINAL],
        env=clean_environment(
            tmp_path / "home", {"PYTHONPATH": os.pathsep.join(sys.path[:1]), "TERM": "xterm", "CI": None}
        ),
        cwd=tmp_path,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        pid = _when_written(tmp_path / "pid")
        os.write(ours, b"\x03")
        shown = b"".join(_shown(ours))
        assert process.wait(30) == 130
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert b"Traceback" not in shown
    assert not shown.rstrip(b"\r\n").endswith((b"document", b"documents"))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, signal.SIGCONT)  # nobody of the whole group is left


def _shown(terminal: int) -> Iterator[bytes]:
    """Give what is written to a terminal, until nobody has it open any more."""
    while select.select([terminal], [], [], 30)[0]:
        try:
            data = os.read(terminal, 4096)
        except OSError:
            return
        if not data:
            return
        yield data
    raise AssertionError("a process still has the terminal open")


def _when_written(file: Path) -> int:
    for _ in range(600):
        if file.exists() and (text := file.read_text()).endswith("."):
            return int(text[:-1])
        time.sleep(0.05)
    raise AssertionError("no process came to the file")
