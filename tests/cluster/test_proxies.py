"""Proxies: which one is chosen, and the ways through it."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import trustme

from sednactl.cluster.credentials import Trust
from sednactl.cluster.door import Selection
from sednactl.cluster.proxies import proxy_from, proxy_of_environment
from sednactl.errors import InvalidInput, Unreachable
from sednactl.sedna.kinds import MODEL
from tests.cluster.stub import StubServer, authority, listener


def pump(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until one side ends; on one thread, as TLS sockets want it."""
    while True:
        waiting = [end for end in (one, other) if isinstance(end, ssl.SSLSocket) and end.pending()]
        ready = waiting or select.select([one, other], [], [], 10)[0]
        if not ready:
            return
        for source in ready:
            data = source.recv(65536)
            if not data:
                return
            (other if source is one else one).sendall(data)


def read_head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(1)
        if not piece:
            break
        head += piece
    return head


@contextmanager
def http_proxy(
    stub: StubServer, answer: bytes = b"HTTP/1.1 200 OK\r\n\r\n"
) -> Iterator[tuple[int, list[bytes]]]:
    """A proxy that takes CONNECT, whatever the host, to the stub; and passes on absolute requests."""
    heads: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        head = read_head(connection)
        heads.append(head)
        with socket.create_connection(("127.0.0.1", stub.port)) as upstream:
            if head.startswith(b"CONNECT"):
                connection.sendall(answer)
                if b" 200" not in answer.split(b"\r\n")[0]:
                    return
            else:
                upstream.sendall(head)
            pump(connection, upstream)

    with listener(serve) as port:
        yield port, heads


def socks_proxy(
    stub: StubServer, seen: list[bytes], *, method: int = 0, fault: int = 0
) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        seen.append(connection.recv(257))
        connection.sendall(bytes((5, method)))
        if method == 2:
            seen.append(connection.recv(513))
            connection.sendall(b"\x01\x00" if b"secret" in seen[-1] else b"\x01\x01")
        request = connection.recv(300)
        seen.append(request)
        connection.sendall(bytes((5, fault, 0, 3, 4)) + b"host" + b"\x00\x01")
        if not fault:
            with socket.create_connection(("127.0.0.1", stub.port)) as upstream:
                pump(connection, upstream)

    return serve


def test_a_tunnel_through_an_http_proxy(stub: StubServer) -> None:
    with http_proxy(stub) as (port, heads):
        proxy = proxy_from(f"http://user:p%40ss@127.0.0.1:{port}", "test")
        cluster = stub.cluster(server="https://localhost:7", proxy=proxy)
        assert cluster.request("GET", "/version")["major"] == "1"
        cluster.request("GET", "/version")
    assert len(heads) == 1
    assert heads[0].startswith(b"CONNECT localhost:7 HTTP/1.1\r\nHost: localhost:7\r\n")
    assert b"Proxy-Authorization: Basic dXNlcjpwQHNz\r\n" in heads[0]


def test_plain_http_goes_through_an_http_proxy_by_its_whole_url() -> None:
    with StubServer(tls=False) as stub, http_proxy(stub) as (port, heads):
        proxy = proxy_from(f"127.0.0.1:{port}", "test")
        assert stub.cluster(proxy=proxy).request("GET", "/version")
    assert heads[0].startswith(f"GET {stub.url}/version HTTP/1.1\r\n".encode())


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "407"),
        (b"HTTP/1.1 403 Forbidden by policy\r\n\r\n", "403 Forbidden by policy"),
        (b"SSH-2.0\r\n\r\n", "does not answer as an HTTP proxy"),
        (b"", "closed the connection"),
    ],
)
def test_an_http_proxy_that_refuses(stub: StubServer, answer: bytes, said: str) -> None:
    with http_proxy(stub, answer) as (port, _):
        cluster = stub.cluster(proxy=proxy_from(f"http://u:s3cret@127.0.0.1:{port}", "test"))
        with pytest.raises(Unreachable, match="the proxy http://127") as caught:
            cluster.request("GET", "/version")
    assert said in caught.value.message
    assert "s3cret" not in caught.value.message + (caught.value.hint or "") + repr(
        proxy_from("http://u:s3cret@h", "t")
    )


@pytest.mark.parametrize("tls", [True, False])
def test_a_way_through_a_proxy_that_speaks_tls_itself(tls: bool) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert("127.0.0.1").configure_cert(context)
    with StubServer(tls=tls, token="s3cret") as stub:

        def serve(connection: socket.socket) -> None:
            with context.wrap_socket(connection, server_side=True) as secure:
                head = read_head(secure)
                with socket.create_connection(("127.0.0.1", stub.port)) as upstream:
                    if tls:
                        secure.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    else:
                        upstream.sendall(head)
                    pump(secure, upstream)

        for number in range(1500):
            stub.put(MODEL.resource, {"metadata": {"name": f"m{number}"}, "spec": {"url": "x" * 300}})
        with listener(serve) as port:
            proxy = proxy_from(f"https://127.0.0.1:{port}", "test")
            trust = Trust(authority().cert_pem.bytes())
            cluster = stub.cluster(proxy=proxy, trust=trust, timeout=10)
            if not tls:
                assert cluster.request("GET", "/version")
                return
            here = Selection(MODEL.resource)
            assert len(list(cluster.list(here))) == 1500
            stored = cluster.create(
                MODEL.resource, {"metadata": {"name": "big"}, "spec": {"url": "y" * 300_000}}
            )
            assert cluster.get(MODEL.resource, "big") == stored.object
            changes = cluster.watch([here], idle=0.1)
            while next(changes).type != "synced":
                pass
            stub.wait_for_watches(1)
            stub.remove(MODEL.resource, "big")
            while (change := next(changes)).type == "idle":
                pass
            assert change.type == "deleted"
            changes.close()  # type: ignore[attr-defined]
            foreign = stub.cluster(proxy=proxy, trust=Trust(trustme.CA().cert_pem.bytes()))
            with pytest.raises(Unreachable, match="not trusted"):
                foreign.request("GET", "/version")


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_way_through_a_socks_proxy(stub: StubServer, scheme: str, host: str) -> None:
    seen: list[bytes] = []
    with listener(socks_proxy(stub, seen)) as port:
        proxy = proxy_from(f"{scheme}://127.0.0.1:{port}", "test")
        assert stub.cluster(server=f"https://{host}:77", proxy=proxy).request("GET", "/version")
    address = b"\x03\x09localhost" if host == "localhost" else b"\x01\x7f\x00\x00\x01"
    assert seen == [b"\x05\x01\x00", b"\x05\x01\x00" + address + (77).to_bytes(2, "big")]


def test_signing_in_to_a_socks_proxy(stub: StubServer) -> None:
    seen: list[bytes] = []
    with listener(socks_proxy(stub, seen, method=2)) as port:
        good = proxy_from(f"socks5://me:secret@127.0.0.1:{port}", "test")
        assert stub.cluster(proxy=good).request("GET", "/version")
        assert seen[1] == b"\x01\x02me\x06secret"
        bad = proxy_from(f"socks5://me:wrong@127.0.0.1:{port}", "test")
        with pytest.raises(Unreachable, match="refuses the credentials"):
            stub.cluster(proxy=bad).request("GET", "/version")


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"fault": 5}, "connection refused"), ({"fault": 2}, "rules"), ({"method": 255}, "not supported")],
)
def test_a_socks_proxy_that_refuses(stub: StubServer, settings: dict[str, Any], said: str) -> None:
    with listener(socks_proxy(stub, [], **settings)) as port:
        proxy = proxy_from(f"socks5://127.0.0.1:{port}", "test")
        with pytest.raises(Unreachable, match=said):
            stub.cluster(proxy=proxy).request("GET", "/version")


def test_a_proxy_that_is_not_there_is_named(stub: StubServer) -> None:
    with listener(lambda _: None) as port:
        pass
    for url in (
        f"http://u:s3cret@127.0.0.1:{port}",
        f"socks5://127.0.0.1:{port}",
        "http://no-such.invalid:1",
    ):
        with pytest.raises(Unreachable, match="the connection to the proxy") as caught:
            stub.cluster(proxy=proxy_from(url, "test")).request("GET", "/version")
        assert "s3cret" not in caught.value.message


def test_a_silent_proxy_is_bounded(stub: StubServer) -> None:
    def silent(_connection: socket.socket) -> None:
        threading.Event().wait(5)

    with listener(silent) as port:
        proxy = proxy_from(f"http://127.0.0.1:{port}", "test")
        with pytest.raises(Unreachable, match="no answer in time"):
            stub.cluster(proxy=proxy, timeout=0.3).request("GET", "/version")


@pytest.mark.parametrize(
    ("host", "exceptions", "direct"),
    [
        ("api.example", "", False),
        ("localhost", "", True),
        ("127.0.0.1", "", True),
        ("::1", "", True),
        ("api.example", "*", True),
        ("api.example", "api.example", True),
        ("API.example", "api.EXAMPLE", True),
        ("api.example", "example", True),
        ("api.example", ".example", True),
        ("example", ".example", False),
        ("api.example", "*.example", True),
        ("notexample", "example", False),
        ("api.example", "other, example ,", True),
        ("api.example", "example:443", True),
        ("api.example", "example:6443", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.3:443", True),
        ("fd00::1", "fd00::/8", True),
        ("api.example", "10.0.0.0/8", False),
    ],
)
def test_no_proxy_is_read_as_go_reads_it(host: str, exceptions: str, direct: bool) -> None:
    environ = {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": exceptions}
    assert (proxy_of_environment("https", host, 443, environ) is None) is direct


def test_the_environments_variables() -> None:
    lower = {"https_proxy": "proxy:1", "http_proxy": "http://proxy:2", "no_proxy": "direct"}
    https, http = (proxy_of_environment(scheme, "api", 443, lower) for scheme in ("https", "http"))
    assert https and (https.scheme, https.host, https.port) == ("http", "proxy", 1)
    assert http and http.port == 2
    assert proxy_of_environment("https", "direct", 443, lower) is None
    assert proxy_of_environment("https", "api", 443, {}) is None
    assert proxy_of_environment("https", "api", 443, {"HTTPS_PROXY": ""}) is None


@pytest.mark.parametrize("url", ["ftp://x", "http://", "http://x:port", "http://[::1", "socks4://x"])
def test_proxy_urls_that_cannot_be(url: str) -> None:
    with pytest.raises(InvalidInput, match="HTTPS_PROXY is no proxy URL"):
        proxy_from(url, "HTTPS_PROXY")
