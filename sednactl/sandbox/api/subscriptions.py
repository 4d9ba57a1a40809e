"""One watch's events on their way out: a bounded queue between the store, which never waits, and a reader.

A reader that is too slow loses its watch, nobody else's: when the queue is full
the subscription says so with a 410, which makes a client list again.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from sednactl.sandbox.api.kinds import Shelf
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.selectors import Selection
from sednactl.sandbox.api.store import Event, EventType, Store, Version

MOST_WAITING = 4096
"""Events that wait for a slow reader before its watch is ended."""


class Notice:
    """One event as one watch sees it: its selectors may make an addition of a change."""

    __slots__ = ("revision", "type", "version")

    def __init__(self, kind: EventType, version: Version, revision: int) -> None:
        self.type = kind
        self.version = version
        self.revision = revision


class Mark:
    """A bookmark in the queue: everything up to `revision` was given before it."""

    __slots__ = ("initial", "revision")

    def __init__(self, revision: int, *, initial: bool = False) -> None:
        self.revision = revision
        self.initial = initial


Item = Notice | Mark | Refusal


class Subscription:
    """Events of one shelf that a selection is about, in order, until it is closed or overflows."""

    def __init__(
        self, store: Store, shelf: Shelf, selection: Selection, after: int, most: int = MOST_WAITING
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._selection = selection
        self._after = after
        self._most = most
        self._items: deque[Item] = deque()
        self._arrived = threading.Condition(threading.Lock())
        self._wake: Callable[[], None] | None = None
        self.ended = False
        """Set once nothing more will come; what is queued may still be taken."""

    def put(self, item: Item) -> None:
        """Queue something out of the usual way: initial events, bookmarks, the last word."""
        with self._arrived:
            self._items.append(item)
        self._notify()

    def take_event(self, event: Event) -> None:
        """Queue a change of the store if it is this watch's business. Called under the store's lock; never waits."""
        if event.revision <= self._after or self.ended:
            return
        notice = self._seen(event)
        if notice is None:
            return
        with self._arrived:
            if len(self._items) < self._most:
                self._items.append(notice)
            else:
                self.ended = True
                self._items.append(
                    Refusal("Expired", f"too old resource version: {event.revision - 1} ({event.revision})")
                )
        self._notify()

    def _seen(self, event: Event) -> Notice | None:
        now = event.type != "DELETED" and self._selection.holds(event.version)
        before = event.before is not None and self._selection.holds(event.before)
        if now:
            return Notice("MODIFIED" if before else "ADDED", event.version, event.revision)
        if not before or event.before is None:
            return None
        if event.type == "DELETED":
            return Notice("DELETED", event.version, event.revision)
        # It left the selection: the watcher gets what it last knew, with the newer resourceVersion.
        return Notice("DELETED", with_revision(event.before, event.revision), event.revision)

    def take(self) -> list[Item]:
        """Give what waits, without waiting."""
        with self._arrived:
            items = list(self._items)
            self._items.clear()
        return items

    def wait(self, seconds: float) -> list[Item]:
        """Give what waits, or wait for something; gives nothing after that many seconds."""
        with self._arrived:
            if not self._items and not self.ended:
                self._arrived.wait(seconds)
            items = list(self._items)
            self._items.clear()
        return items

    def on_arrival(self, wake: Callable[[], None]) -> None:
        """Call that, from any thread, whenever something was queued."""
        self._wake = wake
        wake()

    def mark(self) -> None:
        """Queue a bookmark for where the store is now."""
        with self._store.lock:
            self.put(Mark(self._store.revision))

    def close(self) -> None:
        """End it from either side."""
        self._store.hush(self._shelf, self.take_event)
        self.ended = True
        self._notify()

    def _notify(self) -> None:
        with self._arrived:
            self._arrived.notify_all()
        if self._wake is not None:
            self._wake()


def with_revision(version: Version, revision: int) -> Version:
    """Give a version that names another resourceVersion."""
    from sednactl.sandbox.api.text import encode

    content = version.object()
    content["metadata"]["resourceVersion"] = str(revision)
    return Version(
        version.namespace,
        version.name,
        version.uid,
        revision,
        version.labels,
        version.values,
        encode(content),
    )
