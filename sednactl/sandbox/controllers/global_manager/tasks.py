"""What the Global Manager has to do: one agenda for all kinds, on which each workload stands at most once."""

from __future__ import annotations

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


class Waits:
    """How long to wait before a workload whose look failed is looked at again."""

    def __init__(self) -> None:
        self._failures: dict[Sync, int] = {}

    def after_failure(self, task: Sync) -> float:
        """Count one more failure; gives the seconds to wait."""
        failures = self._failures.get(task, 0)
        self._failures[task] = failures + 1
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failures, 16))

    def forget(self, task: Sync) -> None:
        """Forget a workload's failures."""
        self._failures.pop(task, None)
