"""A cluster without a network: `HttpCluster` on a sender that hands requests straight to the API server.

Everything above the exchange stays as it is over HTTP - paths, bodies, errors by
cause - so that a controller cannot tell the difference.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sednactl.cluster.access import ClusterAccess
from sednactl.cluster.answers import Answer, Asked, decoded
from sednactl.cluster.client import HttpCluster
from sednactl.cluster.credentials import Credentials, Trust
from sednactl.cluster.identity import FixedIdentity, Proof
from sednactl.cluster.sending import Repeat, Sender
from sednactl.errors import Unreachable
from sednactl.sandbox.api.requests import Request, Stream, User
from sednactl.sandbox.api.subscriptions import Mark, Subscription

if TYPE_CHECKING:
    from datetime import datetime

    from sednactl.sandbox.api.server import ApiServer
    from sednactl.surroundings import Surroundings


def in_process_cluster(
    server: ApiServer, user: User, surroundings: Surroundings, namespace: str = "default"
) -> HttpCluster:
    """Give the cluster behind an API server of this process, as one user."""
    credentials = Credentials(
        "https://sandbox.invalid", "sandbox", namespace, Trust(), FixedIdentity(Proof())
    )
    sender = InProcessSender(server, user, credentials, surroundings)
    return HttpCluster(credentials, ClusterAccess(namespace=namespace), surroundings, sender)


class InProcessSender(Sender):
    """Sends requests to an API server by calling it."""

    def __init__(
        self, server: ApiServer, user: User, credentials: Credentials, surroundings: Surroundings
    ) -> None:
        super().__init__(credentials, None, surroundings)
        self._server = server
        self._user = user
        self._aborted = threading.Event()
        self._watches: set[Subscription] = set()
        self.close = self._nothing_to_close
        self.abort = self._abort

    def twin(self, stop: threading.Event) -> InProcessSender:
        """Give the same with an abort of its own; `stop` ends its pauses."""

        def sleep(seconds: float) -> None:
            stop.wait(seconds)

        surroundings = self._surroundings._replace(sleep=sleep)
        return InProcessSender(self._server, self._user, self._credentials, surroundings)

    def server_time(self) -> datetime:
        """Give the time by the sandbox's clock."""
        return self._server.state.clock.now()

    def lines(self, asked: Asked, seconds: float) -> Iterator[bytes]:
        """Watch, and give the lines as they come."""
        answer = self._server.handle(self._request("GET", asked.path, None, "application/json", ""))
        if not isinstance(answer, Stream):
            decoded(
                Answer(answer.status, answer.content_type, answer.body),
                asked,
                self._credentials.server,
                "sandbox",
            )
            raise Unreachable("the sandbox does not answer a watch with a stream")
        subscription = answer.subscription
        end = time.monotonic() + min(seconds, answer.seconds)
        self._watches.add(subscription)
        try:
            while not self._aborted.is_set():
                ended = subscription.ended
                items = subscription.wait(max(0.0, end - time.monotonic()))
                for item in items:
                    yield answer.mark(item) if isinstance(item, Mark) else answer.draw(item)
                if not items and (ended or time.monotonic() >= end):
                    return
            raise Unreachable("the work with the sandbox was stopped")
        finally:
            self._watches.discard(subscription)
            subscription.close()

    def _exchange(
        self,
        method: str,
        asked: Asked,
        data: bytes | None,
        accept: str,
        content_type: str,
        deadline: float | None,  # noqa: ARG002 - nothing here can last
        repeat: Repeat,  # noqa: ARG002 - no answer gets lost
    ) -> Answer:
        if self._aborted.is_set():
            raise Unreachable("the work with the sandbox was stopped")
        answer = self._server.handle(self._request(method, asked.path, data, accept, content_type))
        if isinstance(answer, Stream):
            answer.subscription.close()
            raise Unreachable("the sandbox answers a request with a stream")
        retry_after = float(answer.retry_after) if answer.retry_after else None
        return Answer(answer.status, answer.content_type, answer.body, answer.warnings, retry_after)

    def _request(self, method: str, path: str, data: bytes | None, accept: str, content_type: str) -> Request:
        from sednactl import __version__

        headers = {"accept": accept, "content-type": content_type, "user-agent": f"sednactl/{__version__}"}
        return Request.of_target(method, path, headers, data or b"", self._user)

    def _abort(self) -> None:
        self._aborted.set()
        for subscription in list(self._watches):
            subscription.close()  # wakes who waits for it

    def _nothing_to_close(self) -> None:
        """There is no connection."""
