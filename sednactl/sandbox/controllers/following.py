"""Follows kinds for a runner and survives what passes: a server that starts, a kind that goes.

`Cluster.watch` gives up on all kinds when one of them is gone for good, for
instance because its CRD was deleted. Then the rest is followed anew, and what
ended in between is told as deleted.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sednactl.cluster.door import Change, Cluster, Json, Selection
from sednactl.errors import ClusterError, Forbidden, Unauthorized
from sednactl.sandbox.controllers.discovery import kinds_of
from sednactl.sedna.resources import Resource

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0
"""Real seconds between two attempts to follow: doubled each time."""


@dataclass(frozen=True)
class Failed:
    """Nothing can be followed any more, and that will not pass by itself."""

    error: ClusterError


class _Stopped(Exception):
    """The runner was told to stop."""


class Follower:
    """Follows some kinds in all namespaces and puts their changes into a queue.

    For every kind one `synced` comes, at the latest when it turns out that the
    cluster does not serve it.
    """

    def __init__(
        self,
        cluster: Cluster,
        kinds: Sequence[Resource],
        changes: queue.Queue[Change | Failed],
        stop: threading.Event,
        tell: Callable[[str], None],
    ) -> None:
        self._cluster = cluster
        self._kinds = list(kinds)
        self._changes = changes
        self._stop = stop
        self._tell = tell
        self._known: dict[Resource, dict[str, Json]] = {kind: {} for kind in kinds}
        self._thread = threading.Thread(target=self._run, name="sandbox-follower", daemon=True)

    def start(self) -> None:
        """Begin to follow, on a thread of its own."""
        self._thread.start()

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            try:
                served = self._served()
                if not served:
                    return
                self._follow(served)
                return
            except _Stopped:
                return
            except (Unauthorized, Forbidden) as error:
                self._changes.put(Failed(error))
                return
            except ClusterError as error:
                self._tell(f"following {len(self._kinds)} kinds: {error.message}; again in {pause:.1f} s")
            self._stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _served(self) -> list[Resource]:
        """Give the kinds that are served now; what is known of the others is at an end."""
        roots = {(kind.group, kind.version) for kind in self._kinds}
        listed = {
            (each.resource.group, each.resource.version, each.resource.plural)
            for group, version in roots
            for each in kinds_of(self._cluster, group, version)
            if "watch" in each.verbs
        }
        served = [kind for kind in self._kinds if (kind.group, kind.version, kind.plural) in listed]
        for kind in self._kinds:
            if kind not in served:
                self._ended(kind, set())
                self._put(Change("synced", Selection(kind)))
        return served

    def _follow(self, kinds: Sequence[Resource]) -> None:
        listed: dict[Resource, set[str]] = {kind: set() for kind in kinds}
        for change in self._cluster.watch([Selection(kind) for kind in kinds], idle=0.5):
            if self._stop.is_set():
                raise _Stopped
            kind, item = change.selection.resource, change.object
            if item is not None:
                uid = item["metadata"]["uid"]
                if change.type == "deleted":
                    self._known[kind].pop(uid, None)
                else:
                    self._known[kind][uid] = _remains(item)
                    if kind in listed:
                        listed[kind].add(uid)
                self._put(change)
            elif change.type == "synced":
                self._ended(kind, listed.pop(kind, None))
                self._put(change)

    def _ended(self, kind: Resource, there: set[str] | None) -> None:
        """Tell as deleted what is known of a kind and not there; None where nothing was listed anew."""
        if there is None:
            return
        for uid in [uid for uid in self._known[kind] if uid not in there]:
            self._put(Change("deleted", Selection(kind), self._known[kind].pop(uid)))

    def _put(self, change: Change) -> None:
        while not self._stop.is_set():
            try:
                self._changes.put(change, timeout=0.2)
                return
            except queue.Full:
                continue  # the runner is busy; the API server waits with us, or ends the watch
        raise _Stopped


def _remains(item: Json) -> Json:
    """Give what must be remembered of an object to name it once it is gone."""
    meta = item["metadata"]
    kept = {key: meta[key] for key in ("name", "namespace", "uid", "resourceVersion") if key in meta}
    return {"apiVersion": item.get("apiVersion"), "kind": item.get("kind"), "metadata": kept}
