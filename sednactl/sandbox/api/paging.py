"""Continue tokens: where a list goes on, and in which state of the store."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from sednactl.sandbox.api.go_words import json_error
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.text import decode, encode

EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. "
    "You can start a new list without the continue parameter, or use the continue token in this response "
    "to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - "
    "objects that were created, modified, or deleted between the time the first chunk was returned and now may show "
    "up in the list."
)
ANY_REVISION = -1
"""The revision in a token that goes on with the list as it is then."""


@dataclass(frozen=True)
class Place:
    """A place in a list: the last key that was given, and the revision the list is of."""

    revision: int
    after: str


class ExpiredToken(Refusal):
    """410 for a token whose state of the store is forgotten; `rest` goes on with the list as it is now."""

    def __init__(self, rest: str) -> None:
        super().__init__("Expired", EXPIRED)
        self.rest = rest

    def as_json(self) -> dict[str, object]:
        """Give the Status object, with the token for the rest."""
        return {**super().as_json(), "metadata": {"continue": self.rest}}


def token_of(place: Place) -> str:
    """Write a place as a continue token."""
    content = encode({"v": "meta.k8s.io/v1", "rv": place.revision, "start": place.after + "\0"})
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def place_of(token: str) -> Place:
    """Read a continue token. Raises Refusal BadRequest."""
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raise _invalid("illegal base64 data") from None
    try:
        content = decode(text)
    except ValueError:
        raise _invalid(json_error(text)) from None
    try:
        if content["v"] != "meta.k8s.io/v1" or not isinstance(content["rv"], int) or content["rv"] == 0:
            raise ValueError(token)
        return Place(content["rv"], str(content["start"]).rstrip("\0"))
    except (ValueError, KeyError, TypeError):
        raise _invalid("server does not recognize this encoded version") from None


def _invalid(why: str) -> Refusal:
    return Refusal("BadRequest", f"invalid continue token: continue key is not valid: {why}")
