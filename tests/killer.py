"""Kill a running command around its nth request to a stub API server."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.cluster.stub import Fault, Request, Reset, StubServer
from tests.command import BIN


class Killer:
    """Kills a command around its nth request: before that is done, after it, or a moment later.

    `meanwhile` is called before every request, for what a cluster does by itself.
    """

    def __init__(
        self, server: StubServer, chance: random.Random, meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        self._chance = chance
        self._real = server._fault_for
        self._meanwhile = meanwhile
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._left = 0
        server._fault_for = self._on_request  # type: ignore[method-assign]

    def run(self, *arguments: str, environment: Mapping[str, str], after_requests: int) -> int:
        """Run the command, killed around that request; gives its exit code, -9 when it was killed."""
        with self._lock:
            process = subprocess.Popen(
                [str(BIN / "sednactl"), *arguments],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._process, self._left = process, after_requests
        try:
            return process.wait(timeout=60)
        finally:
            with self._lock:
                self._process = None

    def _on_request(self, request: Request, target: str) -> Fault | None:
        self._meanwhile()
        with self._lock:
            self._left -= 1
            if self._process is None or self._left != 0:
                return self._real(request, target)
            process, self._process = self._process, None
        how = self._chance.choice(["before", "after", "later"])
        if how == "later":
            threading.Timer(self._chance.uniform(0, 0.004), _kill, [process]).start()
            return None
        _kill(process)
        return Reset() if how == "before" else None


def _kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.kill(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def files_below(folder: Path) -> list[Path]:
    """Give every file below a folder that may not exist."""
    return [one for one in folder.rglob("*") if one.is_file()] if folder.is_dir() else []
