"""The world a command runs in: streams, environment, clock.

Handed in from outside, so that tests run on virtual time, on a fake terminal
and without the user's environment.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import TextIO

from sednactl.records import Record


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


def _nobody_listens(line: str) -> None:
    """Take a line of the trace when none was asked for."""


class Surroundings(Record):
    """Streams, environment and time as one object.

    `now` gives aware UTC datetimes; `monotonic` and `sleep` work in seconds.
    `trace` takes one line about what is being done, for those who asked to see
    it; a caller must keep credentials out of it. `program` is the name that the
    user called, for what is said about further commands: `sednactl` or `kubectl sedna`.
    """

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    environ: Mapping[str, str]
    now: Callable[[], datetime] = _utc_now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    trace: Callable[[str], None] = _nobody_listens
    program: str = "sednactl"

    @classmethod
    def of_process(cls) -> Surroundings:
        """Give the real process's surroundings."""
        return cls(sys.stdin, sys.stdout, sys.stderr, os.environ)

    def interactive(self) -> bool:
        """Tell whether a question could be asked and answered."""
        return self.stdin.isatty() and self.stderr.isatty()

    def colour(self, stream: TextIO) -> bool:
        """Tell whether `stream` may carry colour (NO_COLOR, FORCE_COLOR, TERM=dumb, a terminal)."""
        if self.environ.get("NO_COLOR"):
            return False
        if self.environ.get("FORCE_COLOR"):
            return True
        return stream.isatty() and self.environ.get("TERM") != "dumb"

    def moving(self, stream: TextIO) -> bool:
        """Tell whether `stream` is a terminal on which the cursor may be moved."""
        return stream.isatty() and self.environ.get("TERM", "dumb") != "dumb"
