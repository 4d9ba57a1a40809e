"""Controllers on virtual time, one thread, no waiting: what is due is done, then the clock moves on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from sednactl.cluster.door import Change, Selection
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.running import Controller, Runner
from sednactl.sandbox.controllers.world import World
from sednactl.sedna.resources import Resource
from tests.sandbox.controllers.memory_cluster import MemoryCluster


class Stage:
    """A memory cluster and the controllers that work on it. `said` holds what the runner told."""

    def __init__(
        self, kinds: Sequence[Resource], controllers: Callable[[Stage], Sequence[Controller]]
    ) -> None:
        self.time = 0.0
        self.clock = Clock(real=lambda: self.time)
        self.cluster = MemoryCluster(self.clock, kinds)
        self.world = World()
        self.said: list[str] = []
        self.runner = Runner(self.cluster, controllers(self), self.clock, self.said.append, self.world)
        for kind in kinds:
            self.runner.take(Change("synced", Selection(kind)))
        self._stop = threading.Event()

    def settle(self) -> None:
        """Do all that is due now, and what follows from it."""
        for _ in range(2000):
            events, self.cluster.events = self.cluster.events, []
            for event in events:
                self.runner.take(event)
            due = self.runner.next_due()
            if (due is None or due > self.clock.monotonic()) and not self.cluster.events:
                return
            self.runner.look_at_due(self._stop)
        raise AssertionError(f"never settles; last requests: {self.cluster.requests[-12:]}")

    def advance(self, seconds: float) -> None:
        """Let so much time pass, and do what comes due meanwhile at its time."""
        end = self.time + seconds
        self.settle()
        while True:
            due = self.runner.next_due()
            if due is None or due > end:
                break
            self.time = max(self.time, due)
            self.settle()
        self.time = end
        self.settle()
