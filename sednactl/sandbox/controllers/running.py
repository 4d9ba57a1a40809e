"""Runs controllers: follows what they follow, and lets them look at one key after the other.

The pattern is Kubernetes' own: a change only says *where* to look; looking
compares what is with what should be. A key that is due several times is looked
at once, a look that failed is repeated later and later. All controllers of one
runner share a thread and a `World`, so that none sees half of what another did.
"""

from __future__ import annotations

import heapq
import itertools
import queue
import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from contextlib import suppress
from typing import Protocol

from sednactl.cluster.door import Change, Cluster, Selection
from sednactl.errors import ClusterError
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.world import Json, World
from sednactl.sedna.resources import Resource

FIRST_RETRY = 0.2
LONGEST_RETRY = 30.0
"""Seconds of the sandbox's clock before a look that failed is repeated: doubled each time."""

_IDLE = 3600.0


class Controller(Protocol):
    """One controller. `name` is for messages, `follows` the kinds whose changes it wants to hear of."""

    name: str
    follows: Sequence[Resource]

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Give the keys to look at because of a change; `before` is the object as it was, None if new."""

    def look(self, key: Hashable, world: World) -> float | None:
        """Bring what the key stands for nearer to what it should be.

        Gives the seconds after which to look again although nothing changed, or
        None. May raise ClusterError: the look is then repeated later.
        """


class Runner:
    """Runs controllers against a cluster until told to stop.

    `tell` takes one line about a look that failed. The controllers' kinds are
    followed in all namespaces; a kind that the cluster does not serve is left out.
    """

    def __init__(
        self,
        cluster: Cluster,
        controllers: Sequence[Controller],
        clock: Clock,
        tell: Callable[[str], None],
    ) -> None:
        self._cluster = cluster
        self._controllers = controllers
        self._clock = clock
        self._tell = tell
        self._world = World()
        self._changes: queue.SimpleQueue[Change | ClusterError] = queue.SimpleQueue()
        self._due: list[tuple[float, int, Controller, Hashable]] = []
        self._when: dict[tuple[str, Hashable], float] = {}
        self._failures: dict[tuple[str, Hashable], int] = {}
        self._order = itertools.count()
        self.ready = threading.Event()
        """Set once every kind was listed and the first round of looks is done."""

    def run(self, stop: threading.Event) -> None:
        """Run until `stop` is set; the caller's thread is the controllers' thread."""
        kinds = [kind for kind in _kinds(self._controllers) if self._cluster.serves(kind)]
        follower = threading.Thread(target=self._follow, args=(kinds, stop), daemon=True)
        follower.start()
        unsynced = set(kinds)
        while not stop.is_set():
            for change in self._wait():
                if isinstance(change, ClusterError):
                    raise change
                if change.type == "synced":
                    unsynced.discard(change.selection.resource)
                else:
                    self._take(change)
            if not unsynced:  # a controller that saw half of the cluster would undo the other half
                self._look_at_due(stop)
                if self._changes.empty():
                    self.ready.set()

    def wake(self, controller: Controller, key: Hashable) -> None:
        """Make a controller look at a key now; for its own thread, e.g. from another look."""
        self._put(controller, key, self._clock.monotonic())

    def _follow(self, kinds: Sequence[Resource], stop: threading.Event) -> None:
        try:
            for change in self._cluster.watch([Selection(kind) for kind in kinds], idle=0.5):
                if stop.is_set():
                    return
                if change.type not in ("idle", "lost"):
                    self._changes.put(change)
        except ClusterError as error:
            self._changes.put(error)

    def _wait(self) -> list[Change | ClusterError]:
        """Wait for changes or for the next key that is due; gives all changes that are there."""
        now = self._clock.monotonic()
        wait = min(0.5, self._clock.real_seconds(self._due[0][0] - now)) if self._due else 0.5
        found: list[Change | ClusterError] = []
        with suppress(queue.Empty):
            found.append(
                self._changes.get(timeout=max(wait, 0.0)) if wait > 0 else self._changes.get_nowait()
            )
            while True:
                found.append(self._changes.get_nowait())
        return found

    def _take(self, change: Change) -> None:
        before = self._world.take(change)
        for controller in self._controllers:
            if change.selection.resource in controller.follows:
                for key in controller.changed(change, before, self._world):
                    self._put(controller, key, self._clock.monotonic())

    def _put(self, controller: Controller, key: Hashable, when: float) -> None:
        entry = (controller.name, key)
        if self._when.get(entry, when + _IDLE) <= when:
            return
        self._when[entry] = when
        heapq.heappush(self._due, (when, next(self._order), controller, key))

    def _look_at_due(self, stop: threading.Event) -> None:
        # Only what is due now: new changes must be taken in between two rounds.
        now = self._clock.monotonic()
        while self._due and self._due[0][0] <= now and not stop.is_set():
            when, _, controller, key = heapq.heappop(self._due)
            entry = (controller.name, key)
            if self._when.get(entry) != when:
                continue  # an earlier look took its place
            del self._when[entry]
            self._look(controller, key, entry)

    def _look(self, controller: Controller, key: Hashable, entry: tuple[str, Hashable]) -> None:
        try:
            again = controller.look(key, self._world)
        except ClusterError as error:
            failures = self._failures.get(entry, 0)
            self._failures[entry] = failures + 1
            again = min(LONGEST_RETRY, FIRST_RETRY * 2**failures)
            self._tell(f"{controller.name}: {key}: {error.message}; looking again in {again:.1f} s")
        else:
            self._failures.pop(entry, None)
        if again is not None:
            self._put(controller, key, self._clock.monotonic() + again)


def _kinds(controllers: Iterable[Controller]) -> list[Resource]:
    return list(dict.fromkeys(kind for controller in controllers for kind in controller.follows))
