"""What the Global Manager has to do: one list for all kinds, in order, each workload on it at most once."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass

from sednactl.sedna.resources import Resource

FIRST_WAIT = 10.0
LONGEST_WAIT = 360.0
"""Seconds before a workload whose look failed is looked at again; doubled each time, as the real one does."""


@dataclass(frozen=True)
class Sync:
    """Look at one workload."""

    resource: Resource
    namespace: str
    name: str


@dataclass(frozen=True, eq=False)
class Handle:
    """Do once what an event asks for; each event is a task of its own."""

    run: Callable[[], None]


@dataclass(frozen=True)
class Resync:
    """Treat every workload as if it had just changed."""


@dataclass(frozen=True)
class Restart:
    """Start the process again after a crash."""


Task = Sync | Handle | Resync | Restart


class Agenda:
    """Tasks by the time at which they are due, in seconds of the sandbox's clock."""

    def __init__(self) -> None:
        self._order = itertools.count()
        self._heap: list[tuple[float, int, Task]] = []
        self._when: dict[Task, float] = {}
        self._failures: dict[Task, int] = {}

    def put(self, task: Task, when: float) -> None:
        """Put a task on the list; one that is there already for an earlier time stays as it is."""
        known = self._when.get(task)
        if known is not None and known <= when:
            return
        self._when[task] = when
        heapq.heappush(self._heap, (when, next(self._order), task))

    def take(self, now: float) -> Task | None:
        """Take the next task that is due, None where none is."""
        while self._heap and self._heap[0][0] <= now:
            when, _, task = heapq.heappop(self._heap)
            if self._when.get(task) == when:
                del self._when[task]
                return task
        return None

    def next_due(self) -> float | None:
        """Give when the next task is due, None where there is none."""
        while self._heap and self._when.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def failed(self, task: Task, now: float) -> float:
        """Put a task that failed back for later; gives the seconds until then."""
        failures = self._failures.get(task, 0)
        self._failures[task] = failures + 1
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2.0**failures)
        self.put(task, now + wait)
        return wait

    def forget(self, task: Task) -> None:
        """Forget a task's failures."""
        self._failures.pop(task, None)

    def clear(self) -> None:
        """Forget everything, as a process does that ends."""
        self._heap.clear()
        self._when.clear()
        self._failures.clear()
