"""Run the installed command as a user's shell would: a process of its own, in an environment of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent
"""Where the environment that runs the tests keeps its commands."""


@dataclass(frozen=True)
class CompletedRun:
    """What a finished process left: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str


def clean_environment(home: Path, extra: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """Give an environment that knows nothing of the user's: own home, no kubeconfig, UTF-8, no colour wishes.

    `extra` adds variables; a value of None removes one.
    """
    home.mkdir(parents=True, exist_ok=True)
    environment: dict[str, str | None] = {
        "PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)]),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_STATE_HOME": str(home / ".state"),
        "XDG_DATA_HOME": str(home / ".data"),
        "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
        "LANG": "C.UTF-8",
        **(extra or {}),
    }
    return {name: value for name, value in environment.items() if value is not None}


def run_command(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    cwd: Path,
    input: str | bytes | None = None,
    timeout: float = 60,
) -> CompletedRun:
    """Run a command to its end; `timeout` is in seconds and a hang fails the test.

    Output that is no UTF-8 shows as escapes, so that a test can look at it.
    """
    process = subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment),
        cwd=cwd,
        start_new_session=True,
    )
    data = input.encode() if isinstance(input, str) else input
    try:
        out, err = process.communicate(data, timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        raise AssertionError(
            f"{' '.join(command)} did not end in {timeout} s\nstdout: {out!r}\nstderr: {err!r}"
        ) from None
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    return CompletedRun(
        process.returncode, out.decode(errors="backslashreplace"), err.decode(errors="backslashreplace")
    )
