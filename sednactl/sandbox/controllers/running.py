"""Runs controllers: follows what they follow, and lets them look at one key after the other.

The pattern is Kubernetes' own: a change only says *where* to look; looking
compares what is with what should be. A key that is due several times is looked
at once, a look that failed is repeated later and later. All controllers of one
runner share a thread and a `World`, so that none sees half of what another did.
"""

from __future__ import annotations

import operator
import queue
import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Protocol, runtime_checkable

from sednactl.cluster.door import Change, Cluster
from sednactl.errors import AlreadyExists, Conflict, SednactlError
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.agenda import Agenda
from sednactl.sandbox.controllers.following import Failed, Follower
from sednactl.sandbox.controllers.world import Json, World
from sednactl.sedna.resources import Resource

FIRST_RETRY = 0.2
LONGEST_RETRY = 30.0
"""Seconds of the sandbox's clock before a look that failed is repeated: doubled each time."""

SHORTEST_PAUSE = 0.02
"""Real seconds between two looks at the same key that no change asked for, however fast the clock runs."""

_QUIET_CONFLICTS = 3
_LOOKS_IN_A_ROW = 100
_QUEUED = 1024
_NAP = 0.5


class Controller(Protocol):
    """One controller. `name` is for messages and tells its keys from those of others."""

    name: str

    @property
    def follows(self) -> Sequence[Resource]:
        """Give the kinds whose changes it wants to hear of.

        They may become more while it runs: another sequence is then given, and
        what is new in it is followed from then on.
        """

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Give the keys to look at because of a change; `before` is the object as it was, None if new.

        A `deleted` change's object may hold no more than metadata; `before` is then whole.
        """

    def look(self, key: Any, world: World) -> float | None:
        """Bring what the key stands for nearer to what it should be.

        Gives the seconds after which to look again although nothing changed, or
        None. May raise a SednactlError: the look is then repeated later.
        """


@runtime_checkable
class Opening(Protocol):
    """A controller that has something to do before anything changed."""

    def opening(self, world: World) -> Iterable[Hashable]:
        """Give the keys to look at once all was listed."""


class Runner:
    """Runs controllers against a cluster until told to stop.

    `tell` takes one line about a look that failed. The controllers' kinds are
    followed in all namespaces; a kind that the cluster does not serve is left out
    until a controller asks for it anew.
    """

    def __init__(
        self,
        cluster: Cluster,
        controllers: Sequence[Controller],
        clock: Clock,
        tell: Callable[[str], None],
        world: World | None = None,
    ) -> None:
        self._cluster = cluster
        self._controllers = controllers
        self._clock = clock
        self._tell = tell
        self._world = world or World()
        self._changes: queue.Queue[Change | Failed] = queue.Queue(_QUEUED)
        self._agenda = Agenda()
        self._failures: dict[tuple[str, Hashable], int] = {}
        self._asked: dict[Resource, None] = {}
        self._unsynced: set[Resource] = set()
        self._listeners: dict[Resource, list[Controller]] = {}
        self._listen([controller.follows for controller in controllers])
        self._names = {controller.name: controller for controller in controllers}
        if len(self._names) != len(controllers):
            raise ValueError("two controllers of one name would share their keys")
        self.ready = threading.Event()
        """Set once every kind was listed and the first round of looks is done."""

    def run(self, stop: threading.Event) -> None:
        """Run until `stop` is set; the caller's thread is the controllers' thread.

        Raises what cannot pass by itself: credentials that are not (or no longer) good.
        """
        self._follow_new(stop)
        opened: float | None = None
        while not stop.is_set():
            for change in self._wait():
                if isinstance(change, Failed):
                    raise change.error
                self.take(change)
            if self._unsynced:
                continue  # a controller that saw half of the cluster would undo the other half
            if opened is None:
                self.open()
                opened = self._clock.monotonic()
            self.look_at_due(stop)
            self._follow_new(stop)
            if not self.ready.is_set() and not self._agenda.due(opened):
                self.ready.set()

    def open(self) -> None:
        """Note what controllers have to do before anything changed."""
        for controller in self._controllers:
            if isinstance(controller, Opening):
                for key in controller.opening(self._world):
                    self.wake(controller, key)

    def take(self, change: Change) -> None:
        """Take in one change and note who is to look where because of it."""
        if change.type == "synced":
            self._unsynced.discard(change.selection.resource)
            return
        step = self._world.take(change)
        if step is not None:
            self._spread(step.change, step.before)
        self._spread_news()

    def look_at_due(self, stop: threading.Event) -> None:
        """Let controllers look at what is due now, but not at too much of it: changes are taken in between two rounds."""
        now = self._clock.monotonic()
        for _ in range(_LOOKS_IN_A_ROW):
            entry = None if stop.is_set() else self._agenda.take(now)
            if entry is None:
                return
            self._look(entry)
            self._spread_news()

    def next_due(self) -> float | None:
        """Give when the next look is due, by the clock's `monotonic`; None where none is."""
        return self._agenda.next()

    def wake(self, controller: Controller, key: Hashable) -> None:
        """Make a controller look at a key now; for its own thread, e.g. from another look."""
        self._agenda.put((controller.name, key), self._clock.monotonic())

    def _follow_new(self, stop: threading.Event) -> None:
        """Follow the kinds that no follower was asked for yet, on a thread of their own."""
        follows = [controller.follows for controller in self._controllers]
        if self._asked and all(map(operator.is_, follows, self._follows)):
            return
        self._listen(follows)
        new = [kind for kind in self._listeners if kind not in self._asked]
        if not new:
            return
        self._asked.update(dict.fromkeys(new))
        self._unsynced |= set(new)
        Follower(self._cluster, new, self._changes, stop, self._tell).start()

    def _listen(self, follows: list[Sequence[Resource]]) -> None:
        self._follows = follows
        self._listeners = {}
        for controller, kinds in zip(self._controllers, follows, strict=True):
            for kind in kinds:
                self._listeners.setdefault(kind, []).append(controller)

    def _wait(self) -> list[Change | Failed]:
        """Wait for changes or for the next key that is due; gives the changes that are there, in order."""
        next_ = self._agenda.next()
        wait = _NAP
        if next_ is not None and not self._unsynced:
            wait = min(_NAP, self._clock.real_seconds(next_ - self._clock.monotonic()))
        found: list[Change | Failed] = []
        with suppress(queue.Empty):
            found.append(self._changes.get(timeout=wait) if wait > 0 else self._changes.get_nowait())
            while len(found) < _QUEUED:
                found.append(self._changes.get_nowait())
        return found

    def _spread_news(self) -> None:
        for step in self._world.news():
            self._spread(step.change, step.before)

    def _spread(self, change: Change, before: Json | None) -> None:
        now = self._clock.monotonic()
        for controller in self._listeners.get(change.selection.resource, ()):
            try:
                for key in controller.changed(change, before, self._world):
                    self._agenda.put((controller.name, key), now)
            except (
                SednactlError
            ) as error:  # an object that cannot be read: the others are looked at all the same
                self._tell(f"{controller.name}: {error.message}")

    def _look(self, entry: tuple[str, Hashable]) -> None:
        controller, key = self._names[entry[0]], entry[1]
        try:
            again = controller.look(key, self._world)
        except SednactlError as error:
            failures = self._failures.get(entry, 0)
            self._failures[entry] = failures + 1
            again = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(failures, 16))
            # Somebody else wrote first: that is how it should be, and its change is on its way.
            conflict = isinstance(error, Conflict) and not isinstance(error, AlreadyExists)
            if not conflict or failures >= _QUIET_CONFLICTS:
                self._tell(f"{controller.name}: {key}: {error.message}; looking again in {again:.1f} s")
        else:
            self._failures.pop(entry, None)
        if again is not None:
            pause = max(again, SHORTEST_PAUSE * self._clock.speed)
            self._agenda.put(entry, self._clock.monotonic() + pause)
