"""Keeps a sandbox's state in a folder: read at the start, written every few seconds and at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from sednactl.sandbox.api.snapshot import BEFORE, NEWEST, Kept, load, save
from sednactl.sandbox.api.state import State
from sednactl.sandbox.clock import Clock

EVERY = 5.0
"""Real seconds between two writings, if anything changed."""


class DataUnusable(Exception):
    """The folder cannot be used; the message says why."""


def read_kept(folder: Path, tell: Callable[[str], None]) -> Kept | None:
    """Read what an earlier sandbox kept, None where there is nothing. Raises DataUnusable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept = load(folder)
    except OSError as error:
        raise DataUnusable(f"{folder} cannot be used: {error.strerror}") from None
    except ValueError as error:
        raise DataUnusable(f"{folder}: {error}") from None
    for file in kept.torn if kept else ():
        tell(f"{file} is torn; the state before it is used")
    return kept


def clock_after(kept: Kept | None, speed: float) -> Clock:
    """Give a clock that never runs back: from now, or from where a faster one had come."""
    now = datetime.now(timezone.utc)
    return Clock(speed, now if kept is None else max(now, kept.time))


class Keeper:
    """Writes an API server's state into a folder, on a thread of its own. `tell` takes what went wrong."""

    def __init__(self, state: State, folder: Path, tell: Callable[[str], None]) -> None:
        self._state = state
        self._folder = folder
        self._tell = tell
        self._written = -1
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write once more, and end."""
        self._stop.set()
        self._thread.join()
        self._write()

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            self._write()

    def _write(self) -> None:
        revision = self._state.store.revision
        if revision == self._written:
            return
        try:
            save(self._state, self._folder)
        except OSError as error:
            self._tell(f"the state cannot be written to {self._folder}: {error.strerror}")
        else:
            self._written = revision


def forget(folder: Path) -> None:
    """Throw away what was kept in a folder."""
    for name in (NEWEST, BEFORE):
        (folder / name).unlink(missing_ok=True)
