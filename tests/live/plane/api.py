"""A few lines of HTTP to an API server, for fixtures only: the product's own client is what is under test."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import yaml

Json = dict[str, Any]
T = TypeVar("T")

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


class Api:
    """Requests with the identity of a kubeconfig's current context (certificate or token). One connection a thread."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        context = _named(config["contexts"], config["current-context"])["context"]
        cluster = _named(config["clusters"], context["cluster"])["cluster"]
        user = _named(config["users"], context["user"])["user"]
        self.server: str = cluster["server"]
        self._address = urlsplit(self.server)
        self._token: str | None = user.get("token")
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self._tls = ssl.create_default_context(cadata=authority)
        if "client-certificate-data" in user:
            with tempfile.NamedTemporaryFile() as pair:
                pair.write(base64.b64decode(user["client-certificate-data"]) + b"\n")
                pair.write(base64.b64decode(user["client-key-data"]))
                pair.flush()
                self._tls.load_cert_chain(pair.name)
        self._of_thread = threading.local()

    def __call__(
        self, method: str, path: str, body: Any = None, content_type: str = "application/json"
    ) -> tuple[int, Json]:
        """Send one request; gives the status and the decoded body. A dropped connection is tried once more."""
        headers = {"Content-Type": content_type, "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body)
        for last_try in (False, True):
            connection = getattr(self._of_thread, "connection", None)
            if connection is None:
                connection = http.client.HTTPSConnection(
                    self._address.hostname or "", self._address.port, context=self._tls, timeout=30
                )
                self._of_thread.connection = connection
            try:
                connection.request(method, path, data, headers)
                answer = connection.getresponse()
                raw = answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                self._of_thread.connection = None
                if last_try:
                    raise
                continue
            try:
                decoded = json.loads(raw) if raw else {}
            except ValueError:
                decoded = {"message": raw.decode(errors="replace")}
            return answer.status, decoded
        raise AssertionError("unreachable")

    def expect(
        self, method: str, path: str, body: Any = None, content_type: str = "application/json"
    ) -> Json:
        """Send a request that must succeed."""
        status, answer = self(method, path, body, content_type)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer.get('message', answer)}")
        return answer


def eventually(look: Callable[[], T], *, timeout: float = 60, every: float = 0.2, what: str = "") -> T:
    """Call `look` until it gives something true, and give that; fails after `timeout` seconds.

    An AssertionError inside `look` counts as "not yet" and is shown when time is up.
    """
    until = time.monotonic() + timeout
    last: object = None
    while True:
        try:
            found = look()
            if found:
                return found
            last = found
        except AssertionError as error:
            last = error
        if time.monotonic() > until:
            label = what or getattr(look, "__name__", "condition")
            raise AssertionError(f"{label}: not within {timeout} s; last seen: {last!r}")
        time.sleep(every)


def _named(entries: list[Json], name: str) -> Json:
    return next(entry for entry in entries if entry["name"] == name)
