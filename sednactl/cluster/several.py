"""Several requests at a time, but neither too many nor too fast: the rest of the cluster needs its API server too."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

PARALLEL = 8
"""Pieces of work at a time where nothing else is said."""


class Pace:
    """At most so many per second, and no burst after a pause; may be waited for from several threads.

    `rate` 0 is no bound. `clock` and `sleep` work in seconds.
    """

    def __init__(self, rate: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._gap = 1 / rate if rate > 0 else 0.0
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = clock()

    def wait(self) -> None:
        """Return when it is this caller's turn."""
        if not self._gap:
            return
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._gap
        if turn > now:
            self._sleep(turn - now)


def each(work: Callable[[T], R], items: Iterable[T], parallel: int = PARALLEL) -> Iterator[R]:
    """Do the same with every item, up to `parallel` at a time, and give the results in the items' order.

    What `work` raises comes out at its item's place; from then on nothing new is
    begun, and what has begun is waited for. Whoever leaves for another reason
    (Ctrl-C) does not wait. With `parallel` 1 everything happens in the caller's
    thread. Little is done ahead of who takes the results.
    """
    if parallel <= 1:
        for item in items:
            yield work(item)
        return
    crew = _Crew(work)
    waiting: deque[_Piece[T, R]] = deque()
    try:
        for item in items:
            waiting.append(crew.take(item, parallel))
            if len(waiting) >= 2 * parallel:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        crew.dismiss()


class _Piece(Generic[T, R]):
    """One item, and in time what became of it."""

    def __init__(self, number: int, item: T) -> None:
        self.number = number
        self.item = item
        self.ended = threading.Event()
        self.results: list[R] = []
        self.error: BaseException | None = None
        self.crew_ends: Callable[[], None] = lambda: None

    def result(self) -> R:
        self.ended.wait()
        if self.error is not None:
            self.crew_ends()
            raise self.error
        return self.results[0]


class _Crew(Generic[T, R]):
    """The threads of one `each`: daemons, as a request that nobody waits for must not keep the program alive."""

    def __init__(self, work: Callable[[T], R]) -> None:
        self._work = work
        self._pieces: SimpleQueue[_Piece[T, R] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._taken = 0
        self._lock = threading.Lock()
        self._last = sys.maxsize

    def take(self, item: T, parallel: int) -> _Piece[T, R]:
        piece: _Piece[T, R] = _Piece(self._taken, item)
        self._taken += 1
        piece.crew_ends = self._end
        self._pieces.put(piece)
        if len(self._threads) < parallel:
            self._threads.append(threading.Thread(target=self._run, name="sednactl-several", daemon=True))
            self._threads[-1].start()
        return piece

    def dismiss(self) -> None:
        """Begin nothing more."""
        self._end_after(-1)
        for _ in self._threads:
            self._pieces.put(None)

    def _end(self) -> None:
        self.dismiss()
        for thread in self._threads:
            thread.join()

    def _end_after(self, number: int) -> None:
        with self._lock:
            self._last = min(self._last, number)

    def _run(self) -> None:
        # What came before a piece that failed is waited for, so it has to be done, be it begun ever so late.
        while (piece := self._pieces.get()) is not None and piece.number <= self._last:
            try:
                piece.results.append(self._work(piece.item))
            except BaseException as error:  # noqa: BLE001 - it comes out where the result is asked for
                piece.error = error
                self._end_after(piece.number)
            piece.ended.set()
