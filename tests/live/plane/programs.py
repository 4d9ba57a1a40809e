"""Finds the control plane's programs and keeps them running no longer than the test session."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

DEFAULT_FOLDER = Path("/usr/local/kubebuilder/bin")  # where envtest looks when told nothing
NEEDED = ("etcd", "kube-apiserver", "kube-controller-manager")
_PR_SET_PDEATHSIG = 1
_LESS_COLLECTING = {"GOGC": "400", "GOMEMLIMIT": "800MiB"}
"""Collecting garbage is a quarter of what a control plane computes at Go's own setting; the bound holds the API server."""


def program_folder() -> Path:
    """Give the folder that should hold the programs."""
    return Path(os.environ.get("KUBEBUILDER_ASSETS") or DEFAULT_FOLDER)


def why_no_plane() -> str | None:
    """Say why no control plane can be started here, or None when one can."""
    folder = program_folder()
    missing = [name for name in NEEDED if not os.access(folder / name, os.X_OK)]
    if not missing:
        return None
    return (
        f"no {', '.join(missing)} in {folder}: set KUBEBUILDER_ASSETS to a folder with {', '.join(NEEDED)} "
        "(CONTRIBUTING.md says how to get them)"
    )


def find_program(name: str) -> Path | None:
    """Give an optional program from the folder, else from PATH; None when there is none."""
    beside = program_folder() / name
    if os.access(beside, os.X_OK):
        return beside
    found = shutil.which(name)
    return Path(found) if found else None


def free_port() -> int:
    """Give a loopback port that nobody listens on, and that no outgoing connection gets in the meantime.

    Linux takes those from 32768 on, so that a port from there may be gone before a program binds it.
    """
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _die_with_parent() -> None:
    # Even a SIGKILL of pytest must leave no etcd behind (Linux only; elsewhere atexit has to do).
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class RunningProgram:
    """One background process, its log file, and a stop that never leaves it running."""

    def __init__(self, name: str, command: Sequence[str | Path], log: Path) -> None:
        self.name = name
        self.log = log
        with log.open("wb") as stream:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**_LESS_COLLECTING, **os.environ},
                preexec_fn=_die_with_parent,
            )
        atexit.register(self.stop)

    @property
    def pid(self) -> int:
        return self._process.pid

    def ended(self) -> bool:
        """Tell whether it ended by itself."""
        return self._process.poll() is not None

    def check(self) -> None:
        """Raise RuntimeError with the end of the log when the program is no longer running."""
        if self._process.poll() is not None:
            tail = self.log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{self.name} ended with {self._process.returncode}:\n{tail}")

    def stop(self) -> None:
        """Ask it to end, then make it."""
        atexit.unregister(self.stop)
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()

    def pause(self) -> None:
        """Freeze the process: it keeps its connections and answers nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen process go on."""
        self._process.send_signal(signal.SIGCONT)
