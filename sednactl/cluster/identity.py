"""Who we are to the API server: what a request carries to prove it, and how that is renewed.

Nothing in here ever shows a secret: the classes leave secrets out of their
`repr`, and no message holds one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sednactl.errors import InvalidInput

_TOKEN_READ_AGAIN = 60.0
"""Seconds after which a token file is read again (client-go's period)."""


@dataclass(frozen=True)
class ClientCertificate:
    """A client certificate with its key: PEM bytes, or the paths of files."""

    certificate: bytes | Path = field(repr=False)
    key: bytes | Path = field(repr=False)


@dataclass(frozen=True)
class Proof:
    """What one request carries: the value of its Authorization header, and the TLS certificate."""

    authorization: str | None = field(default=None, repr=False)
    certificate: ClientCertificate | None = None


class Identity(Protocol):
    """One identity, which may have to be renewed from time to time."""

    def proof(self) -> Proof:
        """Give what the next request carries. May read a file or run a plugin."""

    def renew(self) -> bool:
        """After a 401: tell whether asking `proof` again may give something better."""


class FixedIdentity:
    """Certificates, a token or a password that stay what they are."""

    def __init__(self, proof: Proof) -> None:
        self._proof = proof

    def proof(self) -> Proof:
        """Give the same proof each time."""
        return self._proof

    def renew(self) -> bool:
        """There is nothing to renew."""
        return False


class TokenFileIdentity:
    """A bearer token in a file that something else keeps fresh, e.g. a service account's.

    `fallback` is the token to use while the file cannot be read (client-go's rule).
    """

    def __init__(
        self,
        file: Path,
        clock: Callable[[], float],
        certificate: ClientCertificate | None = None,
        fallback: str | None = None,
    ) -> None:
        self._file = file
        self._clock = clock
        self._certificate = certificate
        self._token = fallback
        self._read_at: float | None = None

    def proof(self) -> Proof:
        """Give the token, read again after a minute. Raises InvalidInput when there is none."""
        if self._read_at is None or self._clock() - self._read_at >= _TOKEN_READ_AGAIN:
            self._read()
        return Proof(bearer(self._token or "", str(self._file)), self._certificate)

    def renew(self) -> bool:
        """Read the file again at once; true if it holds another token now."""
        before = self._token
        self._read()
        return self._token != before

    def _read(self) -> None:
        try:
            token = self._file.read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            if self._token is None:
                raise InvalidInput(f"token file {self._file} cannot be read: {reason}") from None
            token = ""
        if not token and self._token is None:
            raise InvalidInput(f"token file {self._file} is empty")
        self._token = token or self._token
        self._read_at = self._clock()


def bearer(token: str, source: str) -> str:
    """Give the Authorization header for a bearer token. `source` says where it stands, for messages."""
    token = token.strip()
    if not token.isascii() or not token.isprintable():
        # http.client would refuse it with a message that quotes the token.
        raise InvalidInput(f"the token of {source} holds characters that no HTTP header may carry")
    return f"Bearer {token}"
