"""Whatever a kubeconfig holds and whatever a server sends: one of our errors, never another, never a hang."""

from __future__ import annotations

import io
import socket
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sednactl.cluster.access import ClusterAccess
from sednactl.cluster.client import HttpCluster
from sednactl.cluster.credentials import Credentials, Trust, credentials_of
from sednactl.cluster.door import Selection
from sednactl.cluster.identity import FixedIdentity, Proof
from sednactl.cluster.kubeconfig import choose_context
from sednactl.errors import ClusterError, SednactlError
from sednactl.sedna.kinds import MODEL
from sednactl.surroundings import Surroundings
from tests.cluster.stub import listener

MODELS = MODEL.resource
streams = (io.StringIO(), io.StringIO(), io.StringIO())


def no_sleep(seconds: float) -> None:
    """Let pauses take no time."""


NOWHERE = Surroundings(*streams, {"PATH": "/nowhere"}, sleep=no_sleep)

loose = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=12), st.lists(st.text(max_size=3)), st.just({})
)
server = st.one_of(
    st.text(max_size=20),
    st.builds(
        "{}://{}{}".format,
        st.sampled_from(["https", "http", "HTTPS", "ftp", ""]),
        st.sampled_from(
            ["127.0.0.1", "[::1]", "localhost", "a..b", "x" * 64, "ä", ".", "*", "", "127.0.0.1 "]
        ),
        st.sampled_from(["", ":1", ":0", ":99999", ":x", "/path", "/p?q#f", ":1/%zz", ":1/\n", ":1/ä"]),
    ),
)
cluster_entries = st.fixed_dictionaries(
    {"server": server},
    optional={
        "certificate-authority-data": st.sampled_from(["", "!!", "aGFsbG8=", "ä"]),
        "insecure-skip-tls-verify": st.sampled_from([True, False, "yes", None]),
        "tls-server-name": st.sampled_from(["", ".x", "a\x00b", "ä", "x" * 300, "a..b", "*.x"]),
        "proxy-url": st.sampled_from(
            ["", "http://127.0.0.1:1", "socks5://127.0.0.1:1", "http://[", "x", "ä://"]
        ),
    },
)
keys = [
    "token",
    "tokenFile",
    "username",
    "password",
    "client-certificate-data",
    "client-key-data",
    "client-certificate",
    "client-key",
    "exec",
    "as",
    "as-groups",
    "as-user-extra",
]
user_entries = st.dictionaries(st.sampled_from(keys), loose, max_size=3)


@settings(deadline=None, max_examples=400)
@given(cluster_entries, user_entries)
@example({"server": "https://a..b:1"}, {})
@example({"server": "https://127.0.0.1:1", "tls-server-name": ".x"}, {})
@example({"server": "https://127.0.0.1:1/\n"}, {})
def test_any_entry_of_a_kubeconfig(cluster: dict[str, Any], user: dict[str, Any]) -> None:
    config = {
        "current-context": "x",
        "contexts": {"x": {"cluster": "c", "user": "u"}},
        "clusters": {"c": cluster},
        "users": {"u": user},
        "user-files": {},
    }
    access = ClusterAccess(request_timeout=0.5)
    with pytest.raises(SednactlError) as caught:
        found = credentials_of(choose_context(config, None, []), access, NOWHERE)
        HttpCluster(found, access, NOWHERE).request("GET", "/version")
    assert caught.value.message
    assert "\n" not in caught.value.message


def talk(answer: bytes, watch: bool) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    with listener(serve) as port:
        identity = FixedIdentity(Proof())
        credentials = Credentials(f"http://127.0.0.1:{port}", "x", "default", Trust(), identity)
        cluster = HttpCluster(credentials, ClusterAccess(request_timeout=1), NOWHERE)
        try:
            if watch:
                list(cluster.events(Selection(MODELS), "1", 1, 1))
            else:
                list(cluster.list(Selection(MODELS)))
        except ClusterError as error:
            assert error.message
        finally:
            cluster.close()


heads = st.sampled_from(
    [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 200",
        b"HTTP/1.0 200 OK",
        b"HTTP/1.1 404 Not Found",
        b"HTTP/1.1 100 Continue",
        b"HTTP/1.1 999 ?",
        b"HTTP/1.1 -1 ?",
        b"HTTP/9 200 OK",
        b"HTTP/1.1 204 None",
        b"\x15\x03\x01\x00\x02\x02\x46",
    ]
)
fields = st.lists(
    st.sampled_from(
        [
            b"Content-Type: application/json",
            b"Content-Length: 5",
            b"Content-Length: -5",
            b"Content-Length: x",
            b"Content-Length: 99999999999999999999",
            b"Transfer-Encoding: chunked",
            b"Transfer-Encoding: gzip",
            b"Content-Encoding: gzip",
            b"Retry-After: x",
            b"Retry-After: 99999999999999999999999999",
            b'Warning: 299 - "a',
            b'Warning: \xff"',
            b": nothing",
            b"no colon",
            b"Connection: close",
        ]
    ),
    max_size=4,
)
bodies = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            b'5\r\n{"a":\r\n0\r\n\r\n',
            b"-1\r\nx",
            b"zz\r\n",
            b"ffffffffffffffffffff\r\nx",
            b'{"items": [], "metadata": {}}',
            b'{"items": [{"metadata": 3}], "metadata": {}}',
            b'{"kind": "Status", "code": "x", "details": 3, "message": 4, "reason": []}',
            b'{"kind": "Status", "code": 409, "details": {"causes": [3, {"field": 1}]}, "reason": "Conflict"}',
            b'{"kind": "Status", "code": 422, "details": {"causes": "x"}}',
            b'{"type": "ERROR", "object": {"code": []}}\n',
            b"29\r\n" + b'{"type": "ADDED", "object": {"metadata":' + b"\n\r\n0\r\n\r\n",
            b"null",
            b"NaN",
        ]
    ),
)


@settings(deadline=None, max_examples=300)
@given(heads, fields, bodies, st.booleans())
# A chunk longer than any memory, in an answer that says it has no body.
@example(b"HTTP/1.1 204 None", [b"Transfer-Encoding: chunked"], b"a000000000000000", False)
def test_any_answer(head: bytes, lines: list[bytes], body: bytes, watch: bool) -> None:
    talk(b"\r\n".join([head, *lines]) + b"\r\n\r\n" + body, watch)


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes(answer: bytes, watch: bool) -> None:
    talk(answer, watch)


@pytest.mark.parametrize("count", [1_000, 100_000])
def test_headers_without_end(count: int) -> None:
    talk(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * count, watch=False)
    talk(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 10 * count, watch=False)
