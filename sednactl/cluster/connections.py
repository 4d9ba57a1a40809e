"""The open connections to one API server: kept for the next request, dropped when in doubt, cut when asked."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sednactl.cluster.wire import Connection, tls_context
from sednactl.errors import Unreachable

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from sednactl.cluster.credentials import Credentials
    from sednactl.cluster.identity import Proof

_FRESH_FOR = 25.0
"""Seconds after which an idle connection is not trusted with a write: servers close them, and a write must not meet that."""


class Connections:
    """A small pool. Each request has a connection of its own, so it may be used from several threads."""

    def __init__(self, credentials: Credentials, clock: Callable[[], float]) -> None:
        self._credentials = credentials
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: list[Connection] = []
        self._busy: set[Connection] = set()
        self._aborted = False
        self._context: tuple[object, ssl.SSLContext | None] | None = None

    def take(self, *, fresh: bool) -> tuple[Connection, Proof]:
        """Give a connection and what to sign in with; `fresh` ones were used moments ago or never."""
        proof = self._credentials.identity.proof()
        context = self._tls(proof)
        now = self._clock()
        chosen: Connection | None = None
        with self._lock:
            if self._aborted:
                raise Unreachable(f"the work with {self._credentials.server} was stopped")
            while self._idle and chosen is None:
                connection = self._idle.pop()
                old = fresh and now - connection.used_at > _FRESH_FOR
                if old or connection.stale() or connection.context is not context:
                    connection.close()
                else:
                    chosen = connection
            chosen = chosen or Connection(self._credentials, context, self._clock)
            self._busy.add(chosen)
        return chosen, proof

    def give_back(self, connection: Connection) -> None:
        """Keep a connection whose last answer was read to its end."""
        connection.used_at = self._clock()
        with self._lock:
            self._busy.discard(connection)
            self._idle.append(connection)

    def drop(self, connection: Connection) -> None:
        """Close a connection whose last answer was not."""
        connection.close()
        with self._lock:
            self._busy.discard(connection)

    def close(self) -> None:
        """Close those that are idle."""
        with self._lock:
            connections, self._idle = self._idle, []
        for connection in connections:
            connection.close()

    def abort(self) -> None:
        """End every exchange that another thread is in the middle of; none can begin afterwards."""
        with self._lock:
            self._aborted = True
            connections = [*self._idle, *self._busy]
            self._idle = []
        for connection in connections:
            connection.abort()

    def twin(self) -> Connections:
        """Give an empty pool for the same server, which can be aborted alone."""
        twin = Connections(self._credentials, self._clock)
        twin._context = self._context  # made once: it costs two milliseconds
        return twin

    def _tls(self, proof: Proof) -> ssl.SSLContext | None:
        if not self._credentials.server.startswith("https:"):
            return None
        with self._lock:
            if self._context is None or self._context[0] is not proof.certificate:
                self._context = (proof.certificate, tls_context(self._credentials.trust, proof.certificate))
            return self._context[1]
