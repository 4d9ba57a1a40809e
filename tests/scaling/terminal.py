"""The installed command on a real pseudo-terminal, and what that terminal would show."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pexpect
import pyte

from tests.command import BIN, clean_environment


class Terminal:
    """A terminal with a program in it. `screen` is what it shows, `bytes` all that was ever written to it."""

    def __init__(
        self,
        home: Path,
        *arguments: str,
        columns: int = 80,
        lines: int = 24,
        environ: Mapping[str, str | None] | None = None,
    ) -> None:
        environment = clean_environment(home, {"TERM": "xterm-256color", "TZ": "UTC", **(environ or {})})
        self.bytes = b""
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.process = pexpect.spawn(
            str(BIN / "sednactl"),
            list(arguments),
            env=environment,
            cwd=str(home),
            dimensions=(lines, columns),
            timeout=60,
        )

    def read(self, seconds: float = 0.05) -> None:
        """Take in what the program writes within `seconds`."""
        try:
            data = self.process.read_nonblocking(65536, timeout=seconds)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
        self.bytes += data
        self._stream.feed(data)

    def text(self) -> str:
        """Give the screen's lines, with one blank where there are several."""
        return "\n".join(re.sub(" +", " ", line.rstrip()) for line in self.screen.display).rstrip()

    def until(self, holds: Callable[[str], bool], seconds: float = 60.0) -> str:
        """Read until the screen's text is as wanted; fails with the screen after `seconds`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read()
            if holds(self.text()):
                return self.text()
        raise AssertionError(f"the screen never got there:\n{self.text()}")

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size, as a window manager does."""
        self.screen.resize(lines, columns)
        self.screen.erase_in_display(2)
        self.process.setwinsize(lines, columns)

    def mode(self) -> list[object]:
        """Give the terminal's settings (termios)."""
        import termios

        return termios.tcgetattr(self.process.child_fd)

    def end(self, seconds: float = 60.0) -> int:
        """Wait for the program's end and give its exit code; negative for a signal."""
        until = time.monotonic() + seconds
        while self.process.isalive():
            self.read()
            if time.monotonic() > until:
                self.process.kill(9)
                raise AssertionError(f"it did not end:\n{self.text()}")
        for _ in range(20):
            self.read()
        self.process.close()
        if self.process.signalstatus is not None:
            return -int(self.process.signalstatus)
        return int(self.process.exitstatus)

    def signal(self, number: int) -> None:
        """Send a signal to the program."""
        os.kill(self.process.pid, number)
