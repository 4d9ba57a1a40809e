"""One HTTP/1.1 connection to the API server: TCP, proxy, TLS, a deadline over a whole exchange.

http.client's time-out is for each read; a server that sends a byte a second
would never hit it. Here a deadline stands behind every read. Any failure on the
way comes out as `Unreachable`, said in a person's words.
"""

from __future__ import annotations

import http.client
import io
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sednactl.cluster import proxies
from sednactl.cluster.inner_tls import InnerTls
from sednactl.errors import InvalidInput

if TYPE_CHECKING:
    from sednactl.cluster.credentials import Credentials, Trust
    from sednactl.cluster.identity import ClientCertificate

_KEEP_ALIVE = (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))
"""Seconds and tries after which the kernel calls a silent peer gone."""

_SLICE = 0.5
"""Seconds that a read blocks at most before Python looks for signals again.

Ctrl-C in the moment between Python's last look and the system call is noticed only when that returns:
of a silent server without a time-out, never.
"""


class Wire:
    """A connected socket as http.client wants one, with a deadline over everything done with it."""

    def __init__(
        self, stream: socket.socket | InnerTls, kernel: socket.socket, clock: Callable[[], float]
    ) -> None:
        self._sock = stream
        self._kernel = kernel
        self._clock = clock
        self.deadline: float | None = None

    def sendall(self, data: Any) -> None:
        """Send everything before the deadline."""
        self._arm()
        self._sock.sendall(data)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        """Give a reader that keeps the deadline."""
        return io.BufferedReader(_Reader(self), 65536)

    def keep_open(self) -> io.RawIOBase:
        """Give what keeps the connection open under a reader until it is closed."""
        kept: io.RawIOBase = self._sock.makefile("rb", buffering=0)
        return kept

    def recv_into(self, buffer: Any) -> int:
        """Read what there is before the deadline; 0 at the end. Waits in slices: see `_SLICE`."""
        while True:
            self._arm(_SLICE)
            try:
                return self._sock.recv_into(buffer)
            except TimeoutError:
                continue  # `_arm` knows whether that was the last slice

    def close(self) -> None:
        """Close; readers that are still open keep the connection until they are closed."""
        self._sock.close()

    def abort(self) -> None:
        """End a read that another thread is blocked in."""
        with suppress(OSError):
            socket.socket.shutdown(self._kernel, socket.SHUT_RDWR)

    def stale(self) -> bool:
        """Tell whether the server closed (or spoke on) this idle connection, so that it cannot be used."""
        import select

        try:
            poll = select.poll()
            poll.register(self._kernel, select.POLLIN)
            return bool(poll.poll(0))
        except (OSError, ValueError):
            return True

    def _arm(self, longest: float | None = None) -> None:
        if self.deadline is None:
            self._sock.settimeout(longest)
            return
        left = self.deadline - self._clock()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left if longest is None else min(left, longest))


class _Reader(io.RawIOBase):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._kept = wire.keep_open()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._wire.recv_into(buffer)

    def close(self) -> None:
        self._kept.close()
        super().close()


class Connection(http.client.HTTPConnection):
    """A connection to one API server that opens itself on the first request."""

    def __init__(
        self, credentials: Credentials, context: ssl.SSLContext | None, clock: Callable[[], float]
    ) -> None:
        parts = urlsplit(credentials.server)
        host = parts.hostname or ""
        super().__init__(host, parts.port or (443 if parts.scheme == "https" else 80))
        self._credentials = credentials
        self.context = context
        self._clock = clock
        self._deadline: float | None = None
        self._aborted = False
        self._opening: socket.socket | None = None
        self.used_at = clock()

    def until(self, deadline: float | None) -> None:
        """Set the deadline, in seconds of the clock, for connecting and for the next exchange."""
        self._deadline = deadline
        if isinstance(self.sock, Wire):
            self.sock.deadline = deadline

    @property
    def open(self) -> bool:
        """Tell whether a connection stands, as far as this side knows."""
        return self.sock is not None

    def stale(self) -> bool:
        """Tell whether the kept-alive connection can no longer be used."""
        return isinstance(self.sock, Wire) and self.sock.stale()

    def abort(self) -> None:
        """Make whatever another thread does with this connection fail at once."""
        self._aborted = True
        wire, opening = self.sock, self._opening
        if isinstance(wire, Wire):
            wire.abort()
        if opening is not None:
            with suppress(OSError):
                socket.socket.shutdown(opening, socket.SHUT_RDWR)

    def connect(self) -> None:
        """Connect through the proxy, if any, and shake hands."""
        proxy = self._credentials.proxy
        host, port = (proxy.host, proxy.port) if proxy else (self.host, self.port)
        sock = self._dial(host, port)
        self._opening = sock
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, value in _KEEP_ALIVE:
                if hasattr(socket, name):
                    sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
            if proxy and proxy.scheme == "https":
                sock.settimeout(self._left())
                sock = _proxy_context(self._credentials.trust).wrap_socket(sock, server_hostname=proxy.host)
            if proxy and (self.context or proxy.scheme.startswith("socks5")):
                proxies.open_tunnel(sock, proxy, self.host, self.port)
            stream: socket.socket | InnerTls = sock
            if self.context:
                sock.settimeout(self._left())
                name = self._credentials.trust.server_name or self.host
                if isinstance(sock, ssl.SSLSocket):
                    stream = InnerTls(sock, self.context, name)
                else:
                    stream = sock = self.context.wrap_socket(sock, server_hostname=_as_bytes(name))
            wire = Wire(stream, sock, self._clock)
            wire.deadline = self._deadline
            self.sock = wire
            if self._aborted:
                wire.abort()
        except BaseException:
            sock.close()
            raise
        finally:
            self._opening = None

    def target(self, path: str) -> str:
        """Give what stands in the request line: the path, or the whole URL for a plain HTTP proxy."""
        parts = urlsplit(self._credentials.server)
        proxy = self._credentials.proxy
        if proxy and not self.context and not proxy.scheme.startswith("socks5"):
            return f"{parts.scheme}://{parts.netloc}{parts.path}{path}"
        return parts.path + path

    def _left(self) -> float | None:
        if self._aborted:
            raise ConnectionAbortedError("stopped")
        if self._deadline is None:
            return None
        left = self._deadline - self._clock()
        if left <= 0:
            raise TimeoutError("timed out")
        return left

    def _dial(self, host: str, port: int) -> socket.socket:
        failure: OSError | None = None
        for family, kind, protocol, _, address in _addresses(host, port, self._left()):
            sock = socket.socket(family, kind, protocol)
            self._opening = sock
            try:
                sock.settimeout(self._left())
                sock.connect(address)
                return sock
            except OSError as error:
                failure = failure or error
                sock.close()
            except BaseException:
                sock.close()
                raise
        raise failure or OSError(f"no address for {host}")


def _proxy_context(trust: Trust) -> ssl.SSLContext:
    # Go's client trusts a proxy's certificate by the cluster's authority; a proxy
    # with a public certificate is as good.
    context = tls_context(trust, None)
    if not trust.insecure:
        context.load_default_certs()
    return context


def _as_bytes(host: str) -> str | bytes:
    # Python turns text into IDNA, a table that takes a millisecond to load; ASCII needs none.
    return host.encode("ascii") if host.isascii() else host


def _addresses(host: str, port: int, limit: float | None) -> list[Any]:
    """Look a host up, giving up after `limit` seconds (the C library's own patience is longer)."""
    name = _as_bytes(host)
    with suppress(socket.gaierror):
        return socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    if host == "localhost":
        return socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    found: list[Any] = []

    def look_up() -> None:
        try:
            found.append(socket.getaddrinfo(name, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.append(error)

    thread = threading.Thread(target=look_up, name="sednactl-dns", daemon=True)
    thread.start()
    thread.join(limit)
    if not found:
        raise TimeoutError("timed out while looking up the host's name")
    if isinstance(found[0], UnicodeError):
        raise socket.gaierror(socket.EAI_NONAME, "no valid host name")
    if isinstance(found[0], BaseException):
        raise found[0]
    addresses: list[Any] = found[0]
    return addresses


def tls_context(trust: Trust, certificate: ClientCertificate | None) -> ssl.SSLContext:
    """Give the TLS settings for one cluster and one identity. Raises InvalidInput for unusable PEM.

    Verification follows Go's rules, so that whatever kubectl takes is taken here:
    any given certificate may be the anchor, and the common name never counts.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    if trust.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif trust.authority is None:
        context.load_default_certs()
    else:
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        try:
            context.load_verify_locations(cadata=trust.authority.decode("ascii"))
        except (ssl.SSLError, ValueError):
            raise InvalidInput(
                "the certificate-authority of the kubeconfig holds no PEM certificate"
            ) from None
    if certificate is not None:
        _load_client_certificate(context, certificate)
    return context


def _load_client_certificate(context: ssl.SSLContext, certificate: ClientCertificate) -> None:
    def no_password() -> str:
        raise InvalidInput(
            "the client-key of the kubeconfig is encrypted", hint="kubectl takes no encrypted key either"
        )

    try:
        with _as_file(certificate.certificate) as chain, _as_file(certificate.key) as key:
            context.load_cert_chain(chain, key, password=no_password)
    except ssl.SSLError as error:
        why = "they do not belong together" if error.reason == "KEY_VALUES_MISMATCH" else "no usable PEM"
        raise InvalidInput(f"client-certificate and client-key cannot be used: {why}") from None
    except OSError as error:
        raise InvalidInput(f"client-certificate or client-key cannot be read: {error.strerror}") from None


@contextmanager
def _as_file(content: bytes | Path) -> Iterator[str]:
    """Give a path for OpenSSL, which reads keys from files only; secrets never reach a disk on Linux."""
    if isinstance(content, Path):
        yield str(content)
    elif hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        descriptor = os.memfd_create("sednactl", os.MFD_CLOEXEC)
        try:
            os.write(descriptor, content)
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
    else:
        import tempfile

        with tempfile.TemporaryDirectory(prefix="sednactl-") as folder:  # mode 0700
            file = Path(folder) / "pem"
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            yield str(file)
