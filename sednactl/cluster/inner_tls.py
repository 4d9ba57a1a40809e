"""TLS to the API server inside TLS to a proxy, which Python's sockets cannot do by themselves."""

from __future__ import annotations

import io
import ssl
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


class InnerTls:
    """A TLS connection whose bytes travel over another one; as much of a socket as `wire.Wire` needs.

    Time-outs are those of the outer connection, for each of its reads and writes.
    """

    def __init__(self, outer: ssl.SSLSocket, context: ssl.SSLContext, server_name: str) -> None:
        self._outer = outer
        self._arriving = ssl.MemoryBIO()
        self._leaving = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._arriving, self._leaving, server_hostname=server_name)
        self._carry(self._tls.do_handshake)

    def settimeout(self, seconds: float | None) -> None:
        """Bound each read and write, in seconds."""
        self._outer.settimeout(seconds)

    def sendall(self, data: Any) -> None:
        """Send everything."""
        view = memoryview(data)
        while view:
            written = self._carry(partial(self._tls.write, view))
            view = view[written:]

    def recv_into(self, buffer: Any) -> int:
        """Read what there is; 0 at the end."""
        try:
            count: Any = self._carry(partial(self._tls.read, len(buffer), buffer))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return 0
        return int(count)

    def makefile(self, mode: str = "rb", *, buffering: int = 0) -> io.RawIOBase:
        """Give what keeps the outer connection open until it is closed; what comes over it is read by `recv_into`."""
        kept: io.RawIOBase = self._outer.makefile(mode, buffering=buffering)  # type: ignore[call-overload]
        return kept

    def close(self) -> None:
        """Close the outer connection; readers that are still open keep it until they are closed."""
        self._outer.close()

    def _carry(self, step: Callable[[], T]) -> T:
        """Take one step of TLS, moving bytes between it and the outer connection as it asks."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._flush()
                if data := self._outer.recv(65536):
                    self._arriving.write(data)
                else:
                    self._arriving.write_eof()
                continue
            except ssl.SSLError:
                self._flush()  # the alert that says why
                raise
            self._flush()
            return result

    def _flush(self) -> None:
        if data := self._leaving.read():
            self._outer.sendall(data)
