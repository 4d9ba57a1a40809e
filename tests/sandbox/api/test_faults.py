"""What goes wrong on the wire hurts nobody else: oversized, malformed and nameless requests, slow and vanished readers."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

import pytest

from sednactl.sandbox.api.http import LARGEST_BODY
from sednactl.sandbox.api.requests import Answer, Request, Stream
from sednactl.sandbox.api.rights import ADMIN
from sednactl.sandbox.api.server import ApiServer
from sednactl.sandbox.api.subscriptions import MOST_WAITING
from sednactl.sandbox.api.text import encode
from tests.api_contract.servers import Sandbox
from tests.live.plane.api import eventually

PATH = "/api/v1/namespaces/default/configmaps"


def config_map(name: str, size: int = 0) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"x": "y" * size}}


def raw_socket(sandbox: Sandbox, receive_buffer: int | None = None) -> ssl.SSLSocket:
    address = urlsplit(sandbox.front.url)
    plain = socket.socket()
    if receive_buffer:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    plain.settimeout(20)
    plain.connect((address.hostname, address.port))
    tls = ssl.create_default_context(cadata=sandbox.raw.authority)
    return tls.wrap_socket(plain, server_hostname="127.0.0.1")


def test_it_listens_on_the_loopback_interface_only(sandbox: Sandbox) -> None:
    assert sandbox.front._socket.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YTpi"}])
def test_without_a_token_nothing_is_told(sandbox: Sandbox, header: dict[str, str]) -> None:
    connection = sandbox.raw.connection()
    connection.request("GET", "/api/v1/secrets", headers=header)
    answer = connection.getresponse()
    assert answer.status == 401
    assert json.loads(answer.read())["reason"] == "Unauthorized"
    connection.request("GET", "/readyz", headers=header)
    assert connection.getresponse().read() == b"ok"
    connection.close()


def test_a_body_over_the_limit_is_413_and_the_server_lives_on(sandbox: Sandbox) -> None:
    refused = sandbox.raw.post(PATH, config_map("big", LARGEST_BODY))
    assert (refused.status, refused.body["reason"]) == (413, "RequestEntityTooLarge")
    assert refused.message == "Request entity too large: limit is 3145728"
    assert sandbox.raw.post(PATH, config_map("small")).status == 201


def test_chunks_that_add_up_to_too_much_are_413(sandbox: Sandbox) -> None:
    connection = sandbox.raw.connection()
    chunks = (b"x" * 65536 for _ in range(LARGEST_BODY // 65536 + 2))
    headers = {"Authorization": f"Bearer {sandbox.raw.token}", "Content-Type": "application/json"}
    try:
        connection.request("POST", PATH, chunks, headers, encode_chunked=True)
        status = connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
        status = 413  # it hung up before all was sent
    assert status == 413
    connection.close()
    assert sandbox.raw.get(PATH).status == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"5", b'"x"', b"\xff\xfe", b"[" * 20000])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_malformed_bodies_are_400(sandbox: Sandbox, method: str, body: bytes) -> None:
    sandbox.raw.post(PATH, config_map("a"))
    path = PATH if method == "POST" else f"{PATH}/a"
    media = "application/merge-patch+json" if method == "PATCH" else "application/json"
    refused = sandbox.raw.ask(method, path, body, content_type=media)
    assert refused.status == 400
    assert (refused.body["kind"], refused.body["reason"]) == ("Status", "BadRequest")


def test_nonsense_instead_of_http_is_400(sandbox: Sandbox) -> None:
    with raw_socket(sandbox) as wire:
        wire.sendall(b"\x00\x01\x02 nonsense\r\n\r\n")
        assert b" 400 " in wire.recv(4096)
    assert sandbox.raw.get("/version").status == 200


def test_half_a_request_holds_nobody_up(sandbox: Sandbox) -> None:
    with raw_socket(sandbox) as wire:
        wire.sendall(b"POST /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert sandbox.raw.post(PATH, config_map("a")).status == 201


def test_a_reader_that_vanishes_is_forgotten(sandbox: Sandbox) -> None:
    store = sandbox.server.state.store
    listeners = store._shelf(("", "configmaps")).listeners
    with sandbox.raw.watch(PATH):
        eventually(lambda: len(listeners) == 1)
    eventually(lambda: not listeners)


def test_a_slow_reader_loses_its_watch_and_nobody_waits_for_it(sandbox: Sandbox) -> None:
    sandbox.raw.post(PATH, config_map("a"))
    shelf = sandbox.server.state.store._shelf(("", "configmaps"))
    with raw_socket(sandbox, receive_buffer=4096) as slow, sandbox.raw.watch(PATH, seconds=60) as events:
        slow.sendall(
            f"GET {PATH}?watch=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sandbox.raw.token}\r\n\r\n".encode()
        )
        eventually(lambda: len(shelf.listeners) == 2)
        assert next(events)["type"] == "ADDED"
        # 64 KiB each: soon neither the slow one's socket nor the server's buffer takes any more.
        for number in range(300):
            body = {"data": {"x": str(number) * 21000}}
            answer = sandbox.server.handle(
                Request(
                    "PATCH",
                    f"{PATH}/a",
                    {},
                    {"content-type": "application/merge-patch+json"},
                    encode(body),
                    ADMIN,
                )
            )
            assert isinstance(answer, Answer)
            assert answer.status == 200
            assert next(events)["object"]["data"] == body["data"]


def test_a_full_queue_ends_in_410(server: ApiServer) -> None:
    stream = server.handle(Request("GET", PATH, {"watch": ["1"], "resourceVersion": [""]}, {}, b"", ADMIN))
    assert isinstance(stream, Stream)
    server.handle(
        Request("POST", PATH, {}, {"content-type": "application/json"}, encode(config_map("a")), ADMIN)
    )
    merge = {"content-type": "application/merge-patch+json"}
    for number in range(MOST_WAITING + 10):
        server.handle(Request("PATCH", f"{PATH}/a", {}, merge, encode({"data": {"n": str(number)}}), ADMIN))
    items = stream.subscription.take()
    lines = [stream.draw(item) for item in items]  # type: ignore[arg-type]
    assert len(lines) == MOST_WAITING + 1
    last = json.loads(lines[-1])
    assert (last["type"], last["object"]["code"], last["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert stream.subscription.ended


def test_stopping_ends_every_watch_in_good_order(sandbox: Sandbox) -> None:
    with sandbox.raw.watch(PATH, seconds=60) as events:
        sandbox.front.stop()
        assert list(events) == []
