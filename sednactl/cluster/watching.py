"""Following objects for ever: list, then watch, and after any break list again and compare.

One thread follows one selection over a connection of its own and puts changes
into a queue that all selections share. What is remembered of an object is what
it takes to tell whether it changed and to name it once it is gone, so memory is
bounded by what exists. The queue is bounded, too: a slow consumer slows the
reading, and the API server then ends the watch, which is one more break that
listing again repairs.
"""

from __future__ import annotations

import json
import queue
import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from sednactl.cluster.answers import Asked, from_status
from sednactl.cluster.door import Change, Json, Selection
from sednactl.errors import ClusterError, Expired, Forbidden, NotFound, Unauthorized, Unreachable

if TYPE_CHECKING:
    from sednactl.cluster.client import HttpCluster

WATCH_SECONDS = 60
"""How long the API server keeps one watch; short, as a new one from the same place costs little."""

SILENCE_SECONDS = 15.0
"""How much longer than that a connection may stay silent before it counts as dead."""

FIRST_PAUSE = 0.25
LONGEST_PAUSE = 15.0
"""Seconds between tries: doubled each time, with jitter."""

GRACE_SECONDS = 30.0
"""How long 401, 403 and 404 are taken for an API server that is still starting, once a list went well."""

_QUEUED = 512
_REMEMBERED = (
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "labels",
    "ownerReferences",
    "creationTimestamp",
)

_Changes = queue.Queue["Change | BaseException"]


class Memory:
    """What one selection holds now, and the changes that lead from one state to the next.

    Pure: fed with lists and watch events, it gives exactly the changes between
    what was known and what is, each once, whatever was lost or sent twice.
    """

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._known: dict[str, Json] = {}

    def __len__(self) -> int:
        return len(self._known)

    def compare(self, items: Sequence[Json]) -> Iterator[Change]:
        """Give the changes that a new, complete list brings; deletions first."""
        present = {_uid(item) for item in items}
        for uid in [uid for uid in self._known if uid not in present]:
            yield self._deleted(uid, None)
        for item in items:
            change = self._put(item)
            if change is not None:
                yield change

    def event(self, kind: str, item: Json) -> Change | None:
        """Give the change that one watch event brings; None where it brings nothing new."""
        if kind == "DELETED":
            return self._deleted(_uid(item), item) if _uid(item) in self._known else None
        return self._put(item)

    def _put(self, item: Json) -> Change | None:
        metadata = item["metadata"]
        uid = _uid(item)
        before = self._known.get(uid)
        if before is not None and before["resourceVersion"] == metadata.get("resourceVersion"):
            return None
        self._known[uid] = {key: metadata[key] for key in _REMEMBERED if key in metadata}
        self._known[uid].setdefault("resourceVersion", "")
        return Change("added" if before is None else "modified", self._selection, item)

    def _deleted(self, uid: str, last: Json | None) -> Change:
        metadata = self._known.pop(uid)
        if last is None:
            resource = self._selection.resource
            last = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata}
        return Change("deleted", self._selection, last)


def follow(cluster: HttpCluster, selections: Sequence[Selection], idle: float) -> Iterator[Change]:
    """Follow several selections together; see `door.Cluster.watch`. `idle` is in seconds."""
    if not selections:
        return
    changes: _Changes = queue.Queue(_QUEUED)
    stop = threading.Event()
    followers: list[_Follower] = []
    try:
        for selection in selections:
            follower = _Follower(cluster.twin(stop), selection, changes, stop)
            followers.append(follower)
            follower.start()
        while True:
            try:
                change = changes.get(timeout=idle)
            except queue.Empty:
                yield Change("idle", selections[0])
                continue
            if isinstance(change, BaseException):
                raise change
            yield change
    finally:
        stop.set()
        for follower in followers:
            follower.abort()


class _Stopped(Exception):
    """The consumer went away."""


class _Follower:
    """Follows one selection on a thread of its own."""

    def __init__(
        self, cluster: HttpCluster, selection: Selection, changes: _Changes, stop: threading.Event
    ) -> None:
        self._cluster = cluster
        self._selection = selection
        self._changes = changes
        self._stop = stop
        self._memory = Memory(selection)
        self._synced = False
        self._lost = ""
        self._pause = FIRST_PAUSE
        self._refused_since: float | None = None
        self._thread = threading.Thread(
            target=self._run, name=f"sednactl-watch-{selection.resource.plural}", daemon=True
        )

    def start(self) -> None:
        """Begin to list and to follow."""
        self._thread.start()

    def abort(self) -> None:
        """End whatever the thread is blocked in; `stop` must be set before."""
        self._cluster.abort()

    def _run(self) -> None:
        try:
            while True:
                self._once()
        except _Stopped:
            pass
        except BaseException as error:  # noqa: BLE001 - whatever ends the thread is the consumer's to know
            with suppress(_Stopped):
                self._put(error)
        finally:
            self._cluster.abort()

    def _once(self) -> None:
        """List, compare and watch until that breaks; then wait a little."""
        try:
            self._watch(self._list())
        except Expired:
            pass  # too long ago for the API server's memory: list anew, nothing is wrong
        except ClusterError as error:
            if self._stop.is_set():
                raise _Stopped from None
            self._endure(error)
        if self._stop.wait(self._pause * random.uniform(0.5, 1.0)):  # noqa: S311 - jitter, no secret
            raise _Stopped
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def _endure(self, error: ClusterError) -> None:
        """Tell that the connection is lost, or raise what will not pass by itself."""
        if not self._synced:
            raise error
        if isinstance(error, (Unauthorized, Forbidden, NotFound)):
            now = self._cluster.clock()
            self._refused_since = now if self._refused_since is None else self._refused_since
            if now - self._refused_since > GRACE_SECONDS:
                raise error
        else:
            self._refused_since = None
        if self._lost != error.message:
            self._lost = error.message
            self._put(Change("lost", self._selection, detail=error.message))

    def _list(self) -> str:
        listing = self._cluster.snapshot(self._selection)
        for change in self._memory.compare(listing.items):
            self._put(change)
        if self._lost or not self._synced:
            self._lost = ""
            self._synced = True
            self._put(Change("synced", self._selection))
        return listing.resource_version

    def _watch(self, version: str) -> NoReturn:
        """Follow from a resourceVersion, over as many requests as it takes, until something breaks."""
        while True:
            began = self._cluster.clock()
            events = 0
            for kind, item in self._cluster.events(self._selection, version, WATCH_SECONDS, SILENCE_SECONDS):
                version = str(item["metadata"].get("resourceVersion") or version)
                self._refused_since = None
                self._pause = FIRST_PAUSE
                events += 1
                change = None if kind == "BOOKMARK" else self._memory.event(kind, item)
                if change is not None:
                    self._put(change)
            # The API server ended the watch in good order; go on from the same place.
            if not events and self._cluster.clock() - began < 1.0:
                raise Unreachable(f"{self._cluster.server} ends every watch at once")

    def _put(self, change: Change | BaseException) -> None:
        while not self._stop.is_set():
            try:
                self._changes.put(change, timeout=0.2)
                return
            except queue.Full:
                continue
        raise _Stopped


def read_events(lines: Iterator[bytes], selection: Selection) -> Iterator[tuple[str, Json]]:
    """Read watch events: the type and the object of each, complete with apiVersion and kind.

    Raises what an ERROR event says (Expired for 410), and Unreachable for a line
    that no API server writes.
    """
    for line in lines:
        if not line.strip():
            continue
        try:
            event = json.loads(line)
            kind, item = event["type"], event["object"]
            if kind == "ERROR":
                path = selection.resource.full_name
                raise from_status(item, 500, Asked("watch", path, selection.resource), "")
            if kind not in ("ADDED", "MODIFIED", "DELETED", "BOOKMARK"):
                raise ValueError(kind)
            metadata = item["metadata"]
            if kind != "BOOKMARK" and not (isinstance(metadata.get("uid"), str) and metadata.get("name")):
                raise ValueError("no uid")
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise Unreachable("the watch gave a line that is no event") from None
        item.setdefault("apiVersion", selection.resource.api_version)
        item.setdefault("kind", selection.resource.kind)
        yield kind, item


def _uid(item: Json) -> str:
    metadata: dict[str, Any] = item["metadata"]
    return str(metadata.get("uid") or f"{metadata.get('namespace')}/{metadata.get('name')}")
