"""Which proxy, if any, stands between us and the API server, and how to ask it for a way through.

The choice mirrors kubectl (Go's net/http and httpproxy): a cluster's proxy-url
goes before HTTPS_PROXY and HTTP_PROXY, and NO_PROXY and loopback addresses are
only looked at for the latter.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from sednactl.errors import InvalidInput, Unreachable
from sednactl.records import Record

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_LONGEST_HEAD = 64 * 1024


class Proxy(Record):
    """A proxy by scheme, host and port; `shown` is its URL without credentials."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None
    shown: str

    def __repr__(self) -> str:
        """Give the proxy without its credentials."""
        return f"Proxy({self.shown})"


def proxy_from(url: str, source: str) -> Proxy:
    """Read a proxy's URL. `source` says where it stands, for messages. Raises InvalidInput."""
    if "://" not in url:
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InvalidInput(f"{source} is no proxy URL") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise InvalidInput(
            f"{source} is no proxy URL that can be used",
            hint="write http://host:port, https://host:port or socks5://host:port",
        )
    port = port or _PORTS[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Proxy(
        parts.scheme,
        parts.hostname,
        port,
        unquote(parts.username) if parts.username is not None else None,
        unquote(parts.password or "") if parts.username is not None else None,
        f"{parts.scheme}://{host}:{port}",
    )


def proxy_of_environment(scheme: str, host: str, port: int, environ: Mapping[str, str]) -> Proxy | None:
    """Give the proxy that the environment names for a server, or None."""
    name = "HTTPS_PROXY" if scheme == "https" else "HTTP_PROXY"
    for variable in (name, name.lower()):
        if url := environ.get(variable, ""):
            if _goes_direct(host, port, environ.get("NO_PROXY") or environ.get("no_proxy") or ""):
                return None
            return proxy_from(url, variable)
    return None


def _goes_direct(host: str, port: int, exceptions: str) -> bool:
    import ipaddress

    host = host.lower().rstrip(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    for rule in (part.strip().lower() for part in exceptions.split(",")):
        if address is not None:
            with suppress(ValueError):
                if address in ipaddress.ip_network(rule, strict=False):
                    return True
        if rule and _names(rule, host, port):
            return True
    return False


def _names(rule: str, host: str, port: int) -> bool:
    if rule == "*":
        return True
    name, colon, wanted_port = rule.rpartition(":")
    if colon and wanted_port.isdigit() and not name.endswith(":"):
        if int(wanted_port) != port:
            return False
        rule = name.strip("[]")
    rule = rule.removeprefix("*")
    if rule.startswith("."):
        return host.endswith(rule)
    return host == rule or host.endswith(f".{rule}")


def open_tunnel(sock: socket.socket, proxy: Proxy, host: str, port: int) -> None:
    """Ask the proxy at the other end of `sock` for a connection to a server.

    The socket's time-out bounds each step. Raises Unreachable with the proxy's own words.
    """
    if proxy.scheme.startswith("socks5"):
        _socks5(sock, proxy, host, port)
    else:
        _connect(sock, proxy, host, port)


def basic_credentials(user: str, password: str) -> str:
    """Give the value of an Authorization header for a user and a password."""
    import base64

    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def _connect(sock: socket.socket, proxy: Proxy, host: str, port: int) -> None:
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.user is not None:
        lines.append(f"Proxy-Authorization: {basic_credentials(proxy.user, proxy.password or '')}")
    sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
    head = bytearray()
    while b"\r\n\r\n" not in head:
        # Byte by byte: what follows the head belongs to the server's TLS.
        byte = sock.recv(1)
        if not byte or len(head) > _LONGEST_HEAD:
            raise _refused(proxy, host, "it closed the connection without an answer")
        head += byte
    status = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
    if len(status) < 2 or not status[0].startswith("HTTP/") or not status[1].isdigit():
        raise _refused(proxy, host, "it does not answer as an HTTP proxy")
    if status[1] == "407":
        raise _refused(
            proxy, host, "it wants other credentials (407)", "put user:password@ into the proxy's URL"
        )
    if status[1] != "200":
        raise _refused(proxy, host, f"it answered {' '.join(status[1:])}")


_SOCKS_FAULTS = {
    1: "general failure",
    2: "its rules do not allow this connection",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "time to live expired",
    7: "command not supported",
    8: "address type not supported",
}


def _socks5(sock: socket.socket, proxy: Proxy, host: str, port: int) -> None:
    # RFC 1928 and 1929. Names are resolved by the proxy, as Go's client does.
    methods = b"\x00\x02" if proxy.user is not None else b"\x00"
    sock.sendall(bytes((5, len(methods))) + methods)
    version, method = _exactly(sock, 2, proxy, host)
    if version != 5:
        raise _refused(proxy, host, "it does not answer as a SOCKS5 proxy")
    if method == 2 and proxy.user is not None:
        user, password = proxy.user.encode()[:255], (proxy.password or "").encode()[:255]
        sock.sendall(bytes((1, len(user))) + user + bytes((len(password),)) + password)
        if _exactly(sock, 2, proxy, host)[1] != 0:
            raise _refused(
                proxy, host, "it refuses the credentials", "check user:password@ in the proxy's URL"
            )
    elif method != 0:
        raise _refused(
            proxy, host, "it wants a way to sign in that is not supported", "put user:password@ into its URL"
        )
    sock.sendall(b"\x05\x01\x00" + _socks_address(host) + port.to_bytes(2, "big"))
    _, fault, _, kind = _exactly(sock, 4, proxy, host)
    if fault:
        raise _refused(proxy, host, _SOCKS_FAULTS.get(fault, f"fault {fault}"))
    length = {1: 4, 4: 16}.get(kind) or _exactly(sock, 1, proxy, host)[0]
    _exactly(sock, length + 2, proxy, host)


def _socks_address(host: str) -> bytes:
    for kind, family in ((b"\x01", socket.AF_INET), (b"\x04", socket.AF_INET6)):
        try:
            return kind + socket.inet_pton(family, host)
        except OSError:
            continue
    name = host.encode("idna")
    return b"\x03" + bytes((len(name),)) + name


def _exactly(sock: socket.socket, count: int, proxy: Proxy, host: str) -> bytes:
    data = b""
    while len(data) < count:
        piece = sock.recv(count - len(data))
        if not piece:
            raise _refused(proxy, host, "it closed the connection")
        data += piece
    return data


def _refused(proxy: Proxy, host: str, why: str, hint: str | None = None) -> Unreachable:
    return Unreachable(
        f"the proxy {proxy.shown} gives no way to {host}: {why}",
        hint=hint or "check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY",
    )
