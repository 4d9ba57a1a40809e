"""What goes into the API server and what comes out, whichever way it travelled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote

from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.text import encode

if TYPE_CHECKING:
    from sednactl.sandbox.api.subscriptions import Mark, Notice, Subscription

JSON = "application/json"


@dataclass(frozen=True)
class User:
    """Who asks."""

    name: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """One request. `path` is decoded segment by segment, `headers` have lower-case names."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    user: User = User("system:anonymous", ("system:unauthenticated",))

    @classmethod
    def of_target(
        cls, method: str, target: str, headers: Mapping[str, str], body: bytes, user: User
    ) -> Request:
        """Make a request of an HTTP request target (path and query, still percent-encoded)."""
        path, _, query = target.partition("?")
        return cls(method, unquote(path), parse_qs(query, keep_blank_values=True), headers, body, user)

    def one(self, name: str) -> str:
        """Give a query parameter's first value, empty where it is not given."""
        values = self.query.get(name)
        return values[0] if values else ""

    def flag(self, name: str) -> bool:
        """Tell whether a boolean query parameter is set; anything that Go's parser takes for true."""
        return bool(self.query.get(name)) and self.one(name).lower() not in ("false", "0", "f")

    def content_type(self) -> str:
        """Give the body's media type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class Answer:
    """One answer with its whole body."""

    status: int
    body: bytes
    content_type: str = JSON
    warnings: tuple[str, ...] = ()
    retry_after: int = 0


@dataclass(frozen=True)
class Stream:
    """An answer that goes on: a watch, which ends after `seconds` (real ones) or when its subscription does.

    `draw` turns one item of the subscription into the line to send, `mark` a
    bookmark; `bookmarks` says whether to tell from time to time where the watch has got to.
    """

    subscription: Subscription
    draw: Callable[[Notice | Refusal], bytes]
    mark: Callable[[Mark], bytes]
    seconds: float
    bookmarks: bool


def answer_json(value: object, status: int = 200, warnings: Sequence[str] = ()) -> Answer:
    """Give an answer that is one JSON value."""
    return Answer(status, encode(value) + b"\n", JSON, tuple(warnings))


def answer_refusal(refusal: Refusal) -> Answer:
    """Give the Status object of a refusal."""
    body = encode(refusal.as_json()) + b"\n"
    return Answer(refusal.status, body, JSON, (), refusal.retry_after)
