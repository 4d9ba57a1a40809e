"""Every object in memory, each version as the bytes that go out.

A stored version is bytes and the few values that selectors look at, nothing
else: it cannot be changed by accident, reading is joining bytes, and who wants
to change an object decodes a copy of its own. The store counts one
resourceVersion for all kinds, as etcd does, remembers a bounded number of
changes of each kind for watches and for pages of older lists, and tells
subscribers of each change under its lock, so that they see all in order.
"""

from __future__ import annotations

import bisect
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from sednactl.sandbox.api.kinds import Shelf
from sednactl.sandbox.api.text import Json, decode, encode

REMEMBERED = 5000
"""Changes of one kind that are remembered for watches that begin in the past."""

EventType: TypeAlias = Literal["ADDED", "MODIFIED", "DELETED"]
Versions: TypeAlias = "list[Version]"
_TYPED = ("kind", "apiVersion")


@dataclass(frozen=True)
class Version:
    """One object as it was stored once.

    `text` is its JSON without kind and apiVersion, which are put before it for
    the version it is asked for in. `values` are those of the kind's selectable fields.
    """

    __slots__ = ("labels", "name", "namespace", "revision", "text", "uid", "values")
    namespace: str
    name: str
    uid: str
    revision: int
    labels: Mapping[str, str]
    values: tuple[str, ...]
    text: bytes

    @property
    def key(self) -> str:
        """Give `namespace/name`, or the name of a cluster-scoped object: the order of lists."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    def object(self) -> Json:
        """Give a fresh copy, without kind and apiVersion."""
        content: Json = decode(self.text)
        return content


@dataclass(frozen=True)
class Event:
    """One change: what the object was (None: nothing) and is (for a deletion: its last state)."""

    __slots__ = ("before", "revision", "type", "version")
    revision: int
    type: EventType
    version: Version
    before: Version | None


Listener = Callable[[Event], None]


@dataclass
class _Objects:
    """All objects of one kind, and what happened to them lately."""

    now: dict[str, Version] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    events: deque[Event] = field(default_factory=deque)
    floor: int = 0
    """The newest revision whose event is forgotten."""
    listeners: list[Listener] = field(default_factory=list)

    def remember(self, event: Event) -> None:
        self.events.append(event)
        if len(self.events) > REMEMBERED:
            self.floor = self.events.popleft().revision

    def since(self, revision: int) -> Iterator[Event]:
        """Give the remembered events after a revision, newest first."""
        for event in reversed(self.events):
            if event.revision <= revision:
                return
            yield event


class Forgotten(Exception):
    """The store no longer knows what was at that revision."""


class Store:
    """Objects by shelf and key. Every method may be called from any thread; `lock` makes several calls one."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._shelves: dict[Shelf, _Objects] = {}
        self._revision = 1
        self._watched: list[Callable[[Shelf, Event], None]] = []

    @property
    def revision(self) -> int:
        """Give the resourceVersion of the latest change of all."""
        return self._revision

    def _shelf(self, shelf: Shelf) -> _Objects:
        found = self._shelves.get(shelf)
        if found is None:
            # A kind that nobody wrote to yet has no past before the first change.
            found = self._shelves[shelf] = _Objects()
        return found

    def get(self, shelf: Shelf, key: str) -> Version | None:
        """Give an object's current version, None where there is none."""
        return self._shelf(shelf).now.get(key)

    def count(self, shelf: Shelf) -> int:
        """Give how many objects lie on a shelf."""
        return len(self._shelf(shelf).keys)

    def list(
        self, shelf: Shelf, namespace: str = "", revision: int | None = None
    ) -> tuple[list[Version], int]:
        """Give the objects of a namespace, or all, in order, and the revision this is true for.

        `revision` asks for them as they were then. Raises Forgotten when that is too long ago.
        """
        with self.lock:
            objects = self._shelf(shelf)
            keys = _within(objects.keys, namespace)
            if revision is None or revision >= self._revision:
                return [objects.now[key] for key in keys], self._revision
            if revision < objects.floor:
                raise Forgotten
            then: dict[str, Version | None] = {}
            for event in objects.since(revision):
                then[event.version.key] = event.before
            if not then:
                return [objects.now[key] for key in keys], revision
            old = {key: version for key, version in objects.now.items() if key not in then}
            old.update((key, version) for key, version in then.items() if version is not None)
            return [old[key] for key in _within(sorted(old), namespace)], revision

    def put(self, shelf: Shelf, content: Json, values: tuple[str, ...]) -> Version:
        """Store an object as its newest version; its metadata.resourceVersion is set here, in `content`."""
        with self.lock:
            objects = self._shelf(shelf)
            self._revision += 1
            version = version_of(content, values, self._revision)
            before = objects.now.get(version.key)
            if before is None:
                bisect.insort(objects.keys, version.key)
            objects.now[version.key] = version
            self._tell(
                shelf, objects, Event(self._revision, "MODIFIED" if before else "ADDED", version, before)
            )
            return version

    def remove(self, shelf: Shelf, content: Json, values: tuple[str, ...]) -> Version:
        """Take an object away; `content` is its last state, which watchers get with the deletion's resourceVersion."""
        with self.lock:
            objects = self._shelf(shelf)
            self._revision += 1
            last = version_of(content, values, self._revision)
            before = objects.now.pop(last.key)
            del objects.keys[bisect.bisect_left(objects.keys, last.key)]
            self._tell(shelf, objects, Event(self._revision, "DELETED", last, before))
            return last

    def _tell(self, shelf: Shelf, objects: _Objects, event: Event) -> None:
        objects.remember(event)
        for listener in objects.listeners:
            listener(event)
        for watched in self._watched:
            watched(shelf, event)

    def listen(self, shelf: Shelf, listener: Listener, since: int | None) -> None:
        """Tell a listener of every change after a revision (None: from now on); it must not block.

        Raises Forgotten when changes after that revision are no longer known.
        """
        with self.lock:
            objects = self._shelf(shelf)
            if since is not None:
                if since < objects.floor:
                    raise Forgotten
                for event in reversed(list(objects.since(since))):
                    listener(event)
            objects.listeners.append(listener)

    def hush(self, shelf: Shelf, listener: Listener) -> None:
        """Tell a listener no more."""
        with self.lock:
            listeners = self._shelf(shelf).listeners
            if listener in listeners:
                listeners.remove(listener)

    def on_change(self, watched: Callable[[Shelf, Event], None]) -> None:
        """Call that under the lock for every change of any kind."""
        self._watched.append(watched)

    def compact(self) -> None:
        """Forget every change of the past: watches and pages that begin before now answer 410."""
        with self.lock:
            for objects in self._shelves.values():
                objects.events.clear()
                objects.floor = self._revision

    def contents(self) -> tuple[int, dict[Shelf, Versions]]:
        """Give everything as it is now, with its revision."""
        with self.lock:
            return self._revision, {
                shelf: [objects.now[key] for key in objects.keys] for shelf, objects in self._shelves.items()
            }

    def restore(self, revision: int, contents: Mapping[Shelf, Versions]) -> None:
        """Take in what was kept earlier, into an empty store; nothing is known of its past."""
        with self.lock:
            self._revision = revision
            for shelf, versions in contents.items():
                ordered = sorted(versions, key=lambda version: version.key)
                now = {version.key: version for version in ordered}
                self._shelves[shelf] = _Objects(now, list(now), floor=revision)


def _within(keys: list[str], namespace: str) -> list[str]:
    if not namespace:
        return keys
    begin = bisect.bisect_left(keys, f"{namespace}/")
    return keys[begin : bisect.bisect_left(keys, f"{namespace}0")]  # "0" follows "/"


def version_of(content: Json, values: tuple[str, ...], revision: int) -> Version:
    """Give an object as a stored version; sets its metadata.resourceVersion."""
    meta = content["metadata"]
    meta["resourceVersion"] = str(revision)
    body: dict[str, Any] = {key: value for key, value in content.items() if key not in _TYPED}
    return Version(
        meta.get("namespace", ""),
        meta["name"],
        meta["uid"],
        revision,
        meta.get("labels") or {},
        values,
        encode(body),
    )
