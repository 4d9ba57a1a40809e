"""Read on in a thread while what was read is worked on: several lists at once, in memory for a few pages each."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

PAGES = 2
"""Pages of one list that may wait to be worked on."""

AT_ONCE = 4
"""Requests that fetch at a time: more only wait for each other at the API server, and each costs a handshake."""


class Ahead(Generic[T]):
    """An iterator whose items are fetched by a thread, from its making on; whatever fetching raises comes out of it.

    `gate` bounds how many of those that share it fetch at a time, and so the connections they need.
    `close` lets the thread end with the request it is in the middle of.
    """

    def __init__(self, source: Iterator[T], gate: threading.Semaphore, pages: int = PAGES) -> None:
        self._source = source
        self._gate = gate
        self._ready: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(pages)
        self._closed = threading.Event()
        # A daemon: whoever leaves early (Ctrl-C) does not wait for an answer nobody wants.
        threading.Thread(target=self._read, name="sednactl-reading", daemon=True).start()

    def _read(self) -> None:
        end: BaseException | None = None
        try:
            while not self._closed.is_set():
                with self._gate:
                    item = next(self._source, None)
                if item is None or not self._put((item,)):
                    break
        except BaseException as error:  # noqa: BLE001 - it is the other thread's to judge
            end = error
        self._put(end)

    def _put(self, word: tuple[T] | BaseException | None) -> bool:
        while not self._closed.is_set():
            try:
                self._ready.put(word, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def __iter__(self) -> Iterator[T]:
        while True:
            word = self._ready.get()
            if word is None:
                return
            if isinstance(word, BaseException):
                raise word
            yield word[0]

    def close(self) -> None:
        """Read no further."""
        self._closed.set()
