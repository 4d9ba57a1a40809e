"""A proxy that stands between sednactl and an API server over HTTPS, and does it ill.

It takes TLS off, hands each request on, and gives the answer back; what goes wrong with
a connection or a request, a plan decides. A plan is seeded, or a script of faults:

    with ChaosProxy(upstream_port, Chance(random.Random(1), 0.2)) as proxy:
        proxy.kubeconfig(text_of_the_servers_own, file)
        ...
        proxy.met        # the faults that came about, in order
"""

from __future__ import annotations

import base64
import http.client
import json
import random
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

import trustme

from tests.cluster.stub import authority, reset

STALL_SECONDS = 1.0
MOST_CONNECTIONS = 64
_LARGEST_HEAD = 64 * 1024


class Fault(Enum):
    """What can go wrong. The first four concern a connection, the others a request."""

    EXPIRED = "its certificate has expired"
    WRONG_NAME = "its certificate is another's"
    PLAIN_TEXT = "it answers in plain text"
    CUT_HANDSHAKE = "it hangs up in the handshake"

    RESET = "a reset instead of the request"
    LOST_ANSWER = "the request is done, its answer lost"
    TRUNCATED = "the request is done, its answer breaks off"
    STALL = "no answer, nothing done"
    DONE_THEN_STALL = "done, and no answer"
    STALL_IN_BODY = "done, and the answer stops half way"
    THROTTLED = "429 with Retry-After"
    BROKEN = "500, nothing done"
    DONE_THEN_BROKEN = "500 after it was done"
    EXPIRED_VERSION = "410, too old resource version"


OF_CONNECTIONS = (Fault.EXPIRED, Fault.WRONG_NAME, Fault.PLAIN_TEXT, Fault.CUT_HANDSHAKE)
OF_REQUESTS = tuple(one for one in Fault if one not in OF_CONNECTIONS)
_STATUS = {
    Fault.THROTTLED: (429, "TooManyRequests", "too many requests"),
    Fault.BROKEN: (500, "InternalError", "etcdserver: leader changed"),
    Fault.DONE_THEN_BROKEN: (500, "InternalError", "etcdserver: request timed out"),
    Fault.EXPIRED_VERSION: (410, "Expired", "The provided continue parameter is too old"),
}
_STALLS = (Fault.STALL, Fault.DONE_THEN_STALL, Fault.STALL_IN_BODY)


class Plan(Protocol):
    """Decides; called by one thread at a time."""

    def of_connection(self) -> Fault | None:
        """Give what goes wrong with the next connection."""
        ...

    def of_request(self, method: str) -> Fault | None:
        """Give what goes wrong with the next request."""
        ...


class Chance:
    """Lets each request fail with a probability: a write three times as often as a read, a connection a third as often.

    Stalls are rarer than all else, as each costs its time.
    """

    def __init__(self, chance: random.Random, share: float) -> None:
        self._chance = chance
        self._share = share

    def of_connection(self) -> Fault | None:
        return self._chance.choice(OF_CONNECTIONS) if self._chance.random() < self._share / 3 else None

    def of_request(self, method: str) -> Fault | None:
        share = self._share if method in ("GET", "HEAD") else min(3 * self._share, 0.5)
        if self._chance.random() >= share:
            return None
        weights = [1 if one in _STALLS else 3 for one in OF_REQUESTS]
        return self._chance.choices(OF_REQUESTS, weights)[0]


class Script:
    """Lets one request after the other meet what a script says, then none; `throughout` every connection."""

    def __init__(self, faults: Iterable[Fault | None] = (), throughout: Fault | None = None) -> None:
        self._faults = iter(faults)
        self._throughout = throughout

    def of_connection(self) -> Fault | None:
        return self._throughout

    def of_request(self, method: str) -> Fault | None:
        return next(self._faults, None)


class ChaosProxy:
    """Listens on the loopback until the end of its block. `plan` may be exchanged at any time."""

    def __init__(self, upstream_port: int, plan: Plan | None = None) -> None:
        self.plan: Plan = plan or Script()
        self.met: list[Fault] = []
        self._upstream = upstream_port
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._slots = threading.Semaphore(MOST_CONNECTIONS)
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=MOST_CONNECTIONS)
        self.port: int = self._socket.getsockname()[1]
        past = datetime.now(timezone.utc) - timedelta(days=2)
        good = authority().issue_cert("127.0.0.1")
        late = authority().issue_cert("127.0.0.1", not_before=past, not_after=past + timedelta(days=1))
        self._contexts = {
            None: _context(good),
            Fault.EXPIRED: _context(late),
            Fault.WRONG_NAME: _context(authority().issue_cert("another.example")),
        }

    def __enter__(self) -> ChaosProxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._socket.close()

    def kubeconfig(self, text: str, file: Path, namespace: str = "default") -> Path:
        """Write a kubeconfig of the API server's (JSON) so that it leads here, with a namespace in its contexts."""
        config = json.loads(text)
        pem = base64.b64encode(authority().cert_pem.bytes()).decode()
        for one in config["clusters"]:
            one["cluster"] = {"server": f"https://127.0.0.1:{self.port}", "certificate-authority-data": pem}
        for one in config["contexts"]:
            one["context"]["namespace"] = namespace
        file.write_text(json.dumps(config))
        return file

    def _decided(self, ask: Callable[[], Fault | None]) -> Fault | None:
        with self._lock:
            fault = ask()
            if fault is not None:
                self.met.append(fault)
        return fault

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            if not self._slots.acquire(timeout=5):
                reset(client)
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            client.settimeout(30)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            fault = self._decided(self.plan.of_connection)
            if fault is Fault.CUT_HANDSHAKE:
                client.recv(100)
                reset(client)
                return
            if fault is Fault.PLAIN_TEXT:
                client.recv(4096)
                client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                return
            tls = self._contexts[fault].wrap_socket(client, server_side=True)
            client = tls
            upstream = http.client.HTTPSConnection(
                "127.0.0.1", self._upstream, timeout=60, context=_unchecked()
            )
            try:
                while self._one(tls, upstream):
                    pass
            finally:
                upstream.close()
        except (OSError, ValueError, http.client.HTTPException):
            reset(client)  # one of the two hung up: that is this proxy's trade
        finally:
            with suppress(OSError):
                client.close()
            self._slots.release()

    def _one(self, client: ssl.SSLSocket, upstream: http.client.HTTPSConnection) -> bool:
        """Handle one request; tells whether the connection goes on."""
        request = _read_request(client)
        if request is None:
            return False
        method, target, headers, body = request
        fault = self._decided(lambda: self.plan.of_request(method))
        if fault is Fault.RESET:
            reset(client)
            return False
        if fault is Fault.STALL:
            self._stopped.wait(STALL_SECONDS)
            return False
        if fault in (Fault.THROTTLED, Fault.BROKEN, Fault.EXPIRED_VERSION):
            return _answer_status(client, fault)
        upstream.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            upstream.putheader(name, value)
        upstream.endheaders(body or None)
        response = upstream.getresponse()
        if fault in (Fault.LOST_ANSWER, Fault.DONE_THEN_STALL, Fault.DONE_THEN_BROKEN):
            response.close() if response.chunked else response.read()
            if fault is Fault.DONE_THEN_BROKEN:
                return _answer_status(client, fault) and not response.chunked
            if fault is Fault.DONE_THEN_STALL:
                self._stopped.wait(STALL_SECONDS)
            reset(client)
            return False
        return self._relay(client, response, fault)

    def _relay(self, client: ssl.SSLSocket, response: http.client.HTTPResponse, fault: Fault | None) -> bool:
        """Give an answer back, or its first half."""
        head = [f"HTTP/1.1 {response.status} {response.reason}"]
        skipped = ("content-length", "transfer-encoding", "connection")
        head += [f"{name}: {value}" for name, value in response.getheaders() if name.lower() not in skipped]
        if response.chunked:
            client.sendall("\r\n".join([*head, "Transfer-Encoding: chunked", "", ""]).encode("latin-1"))
            while data := response.read1(65536):
                client.sendall(b"%x\r\n%s\r\n" % (len(data), data))
                if fault is not None:
                    reset(client)
                    return False
            client.sendall(b"0\r\n\r\n")
            return True
        body = response.read()
        client.sendall("\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode("latin-1"))
        if fault is None:
            client.sendall(body)
            return True
        client.sendall(body[: len(body) // 2])
        if fault is Fault.STALL_IN_BODY:
            self._stopped.wait(STALL_SECONDS)
        return False


def _read_request(client: ssl.SSLSocket) -> tuple[str, str, list[tuple[str, str]], bytes] | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = client.recv(65536)
        if not more or len(data) > _LARGEST_HEAD:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    while len(body) < length:
        more = client.recv(65536)
        if not more:
            return None
        body += more
    return method, target, headers, body


def _answer_status(client: ssl.SSLSocket, fault: Fault) -> bool:
    code, reason, message = _STATUS[fault]
    status: dict[str, Any] = {"apiVersion": "v1", "kind": "Status", "status": "Failure", "code": code}
    body = json.dumps({**status, "reason": reason, "message": message}).encode()
    retry = "Retry-After: 1\r\n" if code == 429 else ""
    head = f"HTTP/1.1 {code} {reason}\r\nContent-Type: application/json\r\n{retry}Content-Length: {len(body)}\r\n\r\n"
    client.sendall(head.encode() + body)
    return True


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def _unchecked() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
