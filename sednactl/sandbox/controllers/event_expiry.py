"""Events do not stay for ever: etcd drops them after an hour, and so does the sandbox, which has no etcd."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from contextlib import suppress
from typing import Any

from sednactl.cluster.door import Change, Cluster, Selection
from sednactl.errors import Conflict, NotFound
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.world import Json, World
from sednactl.sandbox.times import seconds_between
from sednactl.sedna.resources import EVENT

LIFETIME = 3600.0
"""Seconds that an event stays after it was last told: kube-apiserver's --event-ttl."""

EVERY = 300.0
_REAL_PAUSE = 30.0
"""Seconds between two sweeps, by the sandbox's clock, but at least so many real ones."""

_SWEEP = "sweep"


class EventExpiry:
    """Deletes old events now and then; it does not follow them, as nobody needs them at hand."""

    name = "event-expiry"
    follows = ()

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock

    def opening(self, world: World) -> Iterable[Hashable]:
        """Give the first sweep."""
        return [_SWEEP]

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Give nothing: only time matters."""
        return ()

    def look(self, key: Any, world: World) -> float | None:
        """Delete what is too old."""
        now = self._clock.now()
        for event in list(self._cluster.list(Selection(EVENT))):
            meta = event["metadata"]
            told = event.get("lastTimestamp") or event.get("eventTime") or meta.get("creationTimestamp")
            if seconds_between(told, now) > LIFETIME:
                with suppress(NotFound, Conflict):
                    self._cluster.delete(EVENT, meta["name"], namespace=meta["namespace"], uid=meta["uid"])
        return max(EVERY, _REAL_PAUSE * self._clock.speed)
