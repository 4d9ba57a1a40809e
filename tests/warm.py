"""The installed command without the cost of its start: each run is a fork of a process that has imported it.

What a user could see of a process is there: arguments, environment, folder, streams, signals, exit code, a
session of its own. Not there: the interpreter's start, and imports in their order. Tests that are about those
run a real process (the mark `process`, or `run_command`).
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.command import CompletedRun, clean_environment

_PROGRAM = Path(__file__).with_name("warm_process.py")


def needs_its_own_start(environ: Mapping[str, str | None] | None) -> bool:
    """Tell whether the interpreter reads some of these variables when it starts, so that a fork would miss them."""
    return any(name.startswith(("PYTHON", "LC_", "LANG")) for name in environ or {})


class WarmCommand:
    """A process that has imported the command, and forks for each run."""

    def __init__(self, folder: Path) -> None:
        self._requests, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, str(_PROGRAM), str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=clean_environment(folder),
            cwd=folder,
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C is for pytest, whose end is this process's end
        )
        theirs.close()
        assert self._requests.recv(1) == b".", "the command could not be imported"

    def run(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        cwd: Path,
        input: str | bytes | None = None,
        timeout: float = 60,
    ) -> CompletedRun:
        """Run a command to its end, as `tests.command.run_command` does; its first word only names the program."""
        run = _Run(b"" if input is None else input.encode() if isinstance(input, str) else input)
        with tempfile.TemporaryFile("w+", encoding="utf-8") as letter:
            json.dump({"command": [*command], "environment": {**environment}, "cwd": str(cwd)}, letter)
            letter.flush()
            theirs = run.streams(with_input=input is not None)
            socket.send_fds(self._requests, [b"."], [*theirs, letter.fileno()])
            for fd in theirs:
                os.close(fd)
        try:
            if run.ends_before(time.monotonic() + timeout):
                return run.completed()
            problem = f"{' '.join(command)} did not end in {timeout} s"
        finally:
            run.kill()
        raise AssertionError(f"{problem}\nstdout: {bytes(run.out)!r}\nstderr: {bytes(run.err)!r}")

    @property
    def ended(self) -> bool:
        """Tell whether the process has ended."""
        return self._process.poll() is not None

    def stop(self) -> None:
        """End the process; a run that has not ended goes on."""
        self._requests.close()
        self._process.wait(60)


class _Run:
    """One run as its caller sees it: the ends of its streams, and what came out of them."""

    def __init__(self, input: bytes) -> None:
        self._input = memoryview(input)
        self._select = selectors.DefaultSelector()
        self.out, self.err, self._report = bytearray(), bytearray(), bytearray()

    def streams(self, *, with_input: bool) -> list[int]:
        """Make the pipes; gives the other ends of input, output, errors and of the report about the process."""
        if with_input:
            read, write = os.pipe()
            os.set_blocking(write, False)
            self._select.register(write, selectors.EVENT_WRITE)
            others = [read]
        else:
            others = [os.open(os.devnull, os.O_RDONLY)]
        for kept in (self.out, self.err, self._report):
            read, write = os.pipe()
            self._select.register(read, selectors.EVENT_READ, kept)
            others.append(write)
        return others

    def ends_before(self, deadline: float) -> bool:
        """Write and read until every stream has ended; False when time (`time.monotonic`) is up first."""
        while self._select.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            for key, _ in self._select.select(left):
                if key.data is None:
                    self._feed(key.fd)
                elif part := os.read(key.fd, 1 << 16):
                    key.data.extend(part)
                else:
                    self._close(key.fd)
        return True

    def completed(self) -> CompletedRun:
        """Give what the ended process left."""
        _pid, code = self._report.split()
        out, err = (bytes(text).decode(errors="backslashreplace") for text in (self.out, self.err))
        return CompletedRun(int(code), out, err)

    def kill(self) -> None:
        """Kill the process and its children if it has not ended, and close what is still open."""
        told = self._report.split()
        if len(told) == 1:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(int(told[0]), signal.SIGKILL)
        for key in list((self._select.get_map() or {}).values()):
            self._close(key.fd)
        self._select.close()

    def _feed(self, fd: int) -> None:
        try:
            self._input = self._input[os.write(fd, self._input[: 1 << 16]) :] if self._input else self._input
        except BrokenPipeError:
            self._input = self._input[:0]
        if not self._input:
            self._close(fd)

    def _close(self, fd: int) -> None:
        self._select.unregister(fd)
        os.close(fd)
