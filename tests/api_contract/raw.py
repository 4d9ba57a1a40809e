"""A raw HTTPS client: what was sent is what the test wrote, what came back is what the test sees."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json"
PARTIAL_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"


@dataclass(frozen=True)
class Answered:
    """Status, headers and body of one answer; the body decoded where it is JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any
    warnings: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        return str(self.body["message"])

    @property
    def version(self) -> str:
        """Give the resourceVersion of the object or list."""
        return str(self.body["metadata"]["resourceVersion"])

    @property
    def names(self) -> list[str]:
        return [item["metadata"]["name"] for item in self.body["items"]]


@dataclass
class Raw:
    """One API server and one identity; `real` tells the kube-apiserver from the sandbox."""

    server: str
    authority: str
    token: str
    real: bool
    others: dict[str, str] = field(default_factory=dict)
    forget: Callable[[], None] = lambda: None
    """Makes the sandbox forget the past, as compaction does."""

    def as_user(self, name: str) -> Raw:
        return Raw(self.server, self.authority, self.others[name], self.real, self.others, self.forget)

    def connection(self, timeout: float = 30) -> http.client.HTTPSConnection:
        address = urlsplit(self.server)
        tls = ssl.create_default_context(cadata=self.authority)
        return http.client.HTTPSConnection(address.hostname or "", address.port, context=tls, timeout=timeout)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str] | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        connection = self.connection()
        try:
            target = path + (f"?{urlencode(query, quote_via=quote)}" if query else "")
            data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            sent = {"Accept": accept, "User-Agent": "contract/1", "Authorization": f"Bearer {self.token}"}
            if data is not None:
                sent["Content-Type"] = content_type
            connection.request(method, target, data, {**sent, **(headers or {})})
            answer = connection.getresponse()
            text = answer.read()
            warnings = tuple(answer.headers.get_all("Warning") or ())
            try:
                decoded: Any = json.loads(text)
            except ValueError:
                decoded = text.decode()
            return Answered(answer.status, dict(answer.headers), decoded, warnings)
        finally:
            connection.close()

    def get(self, path: str, **options: Any) -> Answered:
        return self.ask("GET", path, **options)

    def post(self, path: str, body: Any, **options: Any) -> Answered:
        return self.ask("POST", path, body, **options)

    def put(self, path: str, body: Any, **options: Any) -> Answered:
        return self.ask("PUT", path, body, **options)

    def patch(self, path: str, body: Any, content_type: str = MERGE, **options: Any) -> Answered:
        return self.ask("PATCH", path, body, content_type=content_type, **options)

    def delete(self, path: str, body: Any = None, **options: Any) -> Answered:
        return self.ask("DELETE", path, body, **options)

    def apply(self, path: str, body: Any, manager: str = "contract", **query: str) -> Answered:
        return self.patch(path, body, APPLY, query={"fieldManager": manager, **query})

    @contextmanager
    def watch(
        self, path: str, *, seconds: int = 10, accept: str = "application/json", **query: str
    ) -> Iterator[Iterator[Any]]:
        """Open a watch, once its head is there; gives its events."""
        connection = self.connection(seconds + 10)
        try:
            wanted = {"watch": "1", "timeoutSeconds": str(seconds), **query}
            headers = {"Accept": accept, "Authorization": f"Bearer {self.token}"}
            connection.request("GET", f"{path}?{urlencode(wanted)}", None, headers)
            answer = connection.getresponse()
            if answer.status != 200:
                raise AssertionError(f"{answer.status}: {answer.read()!r}")
            yield (json.loads(line) for line in answer)
        finally:
            connection.close()


def raw_of(kubeconfig: Path, real: bool, others: Mapping[str, Path]) -> Raw:
    """Give the client of a kubeconfig with a token; `others` are kubeconfigs of further identities."""

    def read(path: Path) -> tuple[str, str, str]:
        config = json.loads(path.read_text())
        cluster = config["clusters"][0]["cluster"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        return cluster["server"], authority, config["users"][0]["user"]["token"]

    server, authority, token = read(kubeconfig)
    return Raw(server, authority, token, real, {name: read(path)[2] for name, path in others.items()})
