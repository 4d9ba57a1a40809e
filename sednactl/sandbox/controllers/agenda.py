"""When to look at what: each key once, at the earliest of the times it was put down for."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Hashable

Entry = tuple[str, Hashable]
"""A controller's name and one of its keys."""

_SLACK = 1024


class Agenda:
    """Entries with the time they are due, in seconds of one clock."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Entry]] = []
        self._when: dict[Entry, float] = {}
        self._order = itertools.count()

    def __len__(self) -> int:
        return len(self._when)

    def put(self, entry: Entry, when: float) -> None:
        """Put an entry down; an earlier time that it has already stands."""
        there = self._when.get(entry)
        if there is not None and there <= when:
            return
        self._when[entry] = when
        heapq.heappush(self._heap, (when, next(self._order), entry))
        if len(self._heap) > 2 * len(self._when) + _SLACK:
            # Times that an earlier one took the place of would pile up until they come.
            self._heap = [each for each in self._heap if self._when.get(each[2]) == each[0]]
            heapq.heapify(self._heap)

    def next(self) -> float | None:
        """Give the time of what is due first, None where nothing is put down."""
        while self._heap:
            when, _, entry = self._heap[0]
            if self._when.get(entry) == when:
                return when
            heapq.heappop(self._heap)
        return None

    def due(self, now: float) -> bool:
        """Tell whether anything is due."""
        when = self.next()
        return when is not None and when <= now

    def take(self, now: float) -> Entry | None:
        """Give, and strike out, what is due first; None where nothing is due. In the order of due times, then of putting down."""
        if not self.due(now):
            return None
        _, _, entry = heapq.heappop(self._heap)
        del self._when[entry]
        return entry
