"""A small API server over real HTTP and TLS on loopback, which can be made to fail.

It keeps objects, lists them in pages, follows them in watches with a history
that can be compacted, and honours UID preconditions, dry runs and labels. That
is what the real one does on a good day; `fail` and the methods beside it give
the bad days. For how a *real* API server behaves, see tests/live.

    with StubServer() as server:
        server.put(MODEL.resource, {"metadata": {"name": "m", "namespace": "default"}})
        cluster = server.cluster()                     # a connected HttpCluster
        server.kubeconfig(tmp_path / "config")         # for the installed command

        server.fail(Reset(), method="DELETE")          # the next deletion meets a reset
        server.fail(Answers(500), times=3)             # the next three requests get a 500
        server.fail(Reset(done=True), method="POST")   # done, but its answer is lost
        server.cut_watches()                           # resets every open watch
        server.stop()                                  # the cluster is gone ...
        server.start()                                 # ... and back, on the same port

        assert server.requests[-1].method == "DELETE"

Every fault is consumed by the requests it fits, in the order of the `fail` calls.
"""

from __future__ import annotations

import base64
import copy
import json
import re
import socket
import ssl
import struct
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonpatch
import jsonpointer
import trustme

from sednactl.cluster.access import ClusterAccess
from sednactl.cluster.client import HttpCluster
from sednactl.cluster.credentials import Credentials, Trust
from sednactl.cluster.identity import FixedIdentity, Identity, Proof
from sednactl.sedna.kinds import SEDNA_KINDS
from sednactl.sedna.resources import CHILD_RESOURCES, CRD, EVENT, NAMESPACE, NODE, SECRET, Resource
from sednactl.surroundings import Surroundings

Json = dict[str, Any]

SERVED = (
    *(kind.resource for kind in SEDNA_KINDS),
    *CHILD_RESOURCES,
    NODE,
    SECRET,
    EVENT,
    CRD,
    NAMESPACE,  # last: its path begins those of what lies in it
)

_authority: trustme.CA | None = None


def authority() -> trustme.CA:
    """Give the CA of all stub servers; one for the whole run, as keys take time to make."""
    global _authority
    if _authority is None:
        _authority = trustme.CA()
    return _authority


# --- what can go wrong -----------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """Something other than a good answer. With `done` the request does its work first."""

    done: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class Answers(Fault):
    """An answer of this status; `body` is a dict (sent as JSON), text or bytes."""

    status: int = 500
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"


@dataclass(frozen=True)
class Reset(Fault):
    """The connection is reset (RST) without an answer."""


@dataclass(frozen=True)
class Closes(Fault):
    """The connection is closed in good order without an answer."""


@dataclass(frozen=True)
class Stalls(Fault):
    """No answer for so many seconds (the server stops waiting when it is stopped)."""

    seconds: float = 60.0


@dataclass(frozen=True)
class SlowHeaders(Fault):
    """The answer's head comes byte by byte, with so many seconds between two."""

    seconds: float = 0.05


@dataclass(frozen=True)
class Truncated(Fault):
    """The answer promises its whole length and breaks off after so many bytes."""

    after: int = 20


@dataclass(frozen=True)
class ClosesAfterwards(Fault):
    """A good answer that promises to keep the connection, which is then closed all the same."""


@dataclass
class _Rule:
    fault: Fault
    method: str | None
    path: str | None
    watch: bool | None
    times: int


@dataclass(frozen=True)
class Request:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Any
    body: Any


@dataclass(frozen=True)
class _Event:
    version: int
    resource: Resource
    before: Json | None
    after: Json | None


# --- the server ------------------------------------------------------------------------------


@dataclass
class StubServer:
    """See the module. `token` wants that bearer token, `client_certificates` a certificate of the CA.

    `names` are what its certificate is made out to; `tls=False` gives plain HTTP.
    `date` is what its clock says in every answer (an HTTP date), "" for no such header.
    What is `graceful`, or has finalizers, only gets a deletionTimestamp when it is deleted.
    With `remainders` a 410 for a continue token carries one for the rest, as since Kubernetes 1.11.
    """

    tls: bool = True
    token: str | None = None
    client_certificates: bool = False
    names: tuple[str, ...] = ("127.0.0.1", "localhost")
    served: tuple[Resource, ...] = SERVED
    ca: trustme.CA | None = None
    remainders: bool = True
    graceful: tuple[Resource, ...] = ()
    date: str = ""
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Condition()
        self._objects: dict[Resource, dict[str, Json]] = {}
        self._history: list[_Event] = []
        self._forgotten = 100
        self._version = 100
        self._rules: list[_Rule] = []
        self._connections: set[socket.socket] = set()
        self._watches: dict[socket.socket, list[bytes | None]] = {}
        self._port = 0
        self._http: ThreadingHTTPServer | None = None
        self._tokens: dict[str, int] = {}
        self._context: ssl.SSLContext | None = None
        if self.tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            issuer = self.ca or authority()
            issuer.issue_cert(*self.names).configure_cert(self._context)
            if self.client_certificates:
                self._context.verify_mode = ssl.CERT_REQUIRED
                authority().configure_trust(self._context)

    def __enter__(self) -> StubServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Give its URL."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self._port}"

    @property
    def port(self) -> int:
        """Give the port, which stays over stop and start."""
        return self._port

    def start(self) -> None:
        """Listen; after `stop` on the same port again, with the same objects."""
        stub = self

        class Handler(_Handler):
            server_stub = stub

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 64

            def get_request(self) -> tuple[Any, Any]:
                accepted, address = super().get_request()
                with stub._lock:
                    stub._connections.add(accepted)
                return accepted, address

            def shutdown_request(self, request: Any) -> None:
                with stub._lock:
                    stub._connections.discard(request)
                super().shutdown_request(request)

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # broken connections are this server's business

        self._http = Server(("127.0.0.1", self._port), Handler)
        self._port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections from now on and reset those that are open."""
        if self._http is None:
            return
        http, self._http = self._http, None
        http.shutdown()
        http.server_close()
        with self._lock:
            connections = list(self._connections)
            self._lock.notify_all()
        for connection in connections:
            reset(connection)

    @property
    def running(self) -> bool:
        """Tell whether it listens."""
        return self._http is not None

    # --- using it

    def credentials(self, identity: Identity | None = None, **changes: Any) -> Credentials:
        """Give credentials that fit this server."""
        if identity is None:
            identity = FixedIdentity(Proof(f"Bearer {self.token}" if self.token else None))
        trust = Trust(authority().cert_pem.bytes() if self.tls else None)
        return replace(Credentials(self.url, "stub", "default", trust, identity), **changes)

    def cluster(
        self,
        *,
        timeout: float | None = 15.0,
        surroundings: Surroundings | None = None,
        **changes: Any,
    ) -> HttpCluster:
        """Give a cluster that talks to this server; `timeout` in seconds for each request."""
        return HttpCluster(
            self.credentials(**changes),
            ClusterAccess(request_timeout=timeout),
            surroundings or Surroundings.of_process(),
        )

    def kubeconfig(self, file: Path) -> Path:
        """Write a kubeconfig for this server."""
        cluster: Json = {"server": self.url}
        if self.tls:
            cluster["certificate-authority-data"] = base64.b64encode(authority().cert_pem.bytes()).decode()
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "stub",
            "clusters": [{"name": "stub", "cluster": cluster}],
            "contexts": [{"name": "stub", "context": {"cluster": "stub", "user": "tester"}}],
            "users": [{"name": "tester", "user": {"token": self.token} if self.token else {}}],
        }
        file.write_text(json.dumps(config))
        return file

    # --- objects

    def put(self, resource: Resource, manifest: Json) -> Json:
        """Create or replace an object, and give it as stored."""
        with self._lock:
            return copy.deepcopy(self._store(resource, copy.deepcopy(manifest)))

    def remove(self, resource: Resource, name: str, namespace: str | None = "default") -> None:
        """Delete an object, if it is there."""
        with self._lock:
            self._delete(resource, _key(resource, namespace, name))

    def objects(self, resource: Resource) -> list[Json]:
        """Give what is stored of a kind."""
        with self._lock:
            return copy.deepcopy(
                [self._objects[resource][key] for key in sorted(self._objects.get(resource, {}))]
            )

    # --- bad days

    def fail(
        self,
        fault: Fault,
        *,
        method: str | None = None,
        path: str | None = None,
        watch: bool | None = None,
        times: int = 1,
    ) -> None:
        """Let the next requests fail that fit: `path` is a regex for path and query, `watch` picks or spares watches."""
        with self._lock:
            self._rules.append(_Rule(fault, method, path, watch, times))

    def mend(self) -> None:
        """Forget every fault that is still to come."""
        with self._lock:
            self._rules.clear()

    def compact(self) -> None:
        """Forget the history: a watch from before now, and every continue token, meets 410."""
        with self._lock:
            self._version += 1
            self._forgotten = self._version  # watches that are open still get what happened before
            self._tokens.clear()

    def cut_watches(self) -> None:
        """Reset the connection of every open watch."""
        self._each_watch(None)

    def end_watches(self) -> None:
        """End every open watch in good order, as after timeoutSeconds."""
        self._each_watch(b"")

    def say(self, line: bytes) -> None:
        """Write a line into every open watch, whatever it is."""
        self._each_watch(line)

    def bookmark(self) -> None:
        """Write a bookmark of now into every open watch."""
        with self._lock:
            version = str(self._version)
        item = {"kind": "Bookmark", "apiVersion": "v1", "metadata": {"resourceVersion": version}}
        self.say(json.dumps({"type": "BOOKMARK", "object": item}).encode() + b"\n")

    @property
    def open_watches(self) -> int:
        """Give how many watches are open."""
        with self._lock:
            return len(self._watches)

    def wait_for_watches(self, count: int, seconds: float = 5.0) -> None:
        """Wait until so many watches are open."""
        with self._lock:
            assert self._lock.wait_for(lambda: len(self._watches) >= count, seconds), "no watch was opened"

    def _each_watch(self, word: bytes | None) -> None:
        with self._lock:
            for words in self._watches.values():
                words.append(word)
            self._lock.notify_all()

    # --- the store; the lock is held

    def _store(self, resource: Resource, manifest: Json) -> Json:
        metadata = manifest.setdefault("metadata", {})
        if resource.namespaced:
            metadata.setdefault("namespace", "default")
        key = _key(resource, metadata.get("namespace"), metadata["name"])
        before = self._objects.setdefault(resource, {}).get(key)
        old = before["metadata"] if before else {}
        metadata["uid"] = old.get("uid") or metadata.get("uid") or str(uuid.uuid4())
        metadata.setdefault("creationTimestamp", old.get("creationTimestamp", "2026-01-01T00:00:00Z"))
        self._version += 1
        metadata["resourceVersion"] = str(self._version)
        stored = {"apiVersion": resource.api_version, "kind": resource.kind, **manifest}
        self._objects[resource][key] = stored
        self._history.append(_Event(self._version, resource, before, stored))
        self._lock.notify_all()
        return stored

    def _delete(self, resource: Resource, key: str) -> Json | None:
        before = self._objects.get(resource, {}).pop(key, None)
        if before is not None:
            self._version += 1
            self._history.append(_Event(self._version, resource, before, None))
            self._lock.notify_all()
        return before

    def _fault_for(self, request: Request, target: str) -> Fault | None:
        watching = request.query.get("watch") in ("1", "true")
        with self._lock:
            for rule in self._rules:
                if rule.method not in (None, request.method):
                    continue
                if rule.watch not in (None, watching) or (rule.path and not re.search(rule.path, target)):
                    continue
                rule.times -= 1
                if rule.times <= 0:
                    self._rules.remove(rule)
                return rule.fault
        return None


def reset(connection: socket.socket) -> None:
    """Close a socket with RST, also under a thread that reads from it."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    with suppress(OSError):
        socket.socket.close(connection)


class _Broken(Exception):
    """The connection is no more."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_stub: StubServer
    disable_nagle_algorithm = True
    timeout = 60

    def setup(self) -> None:
        plain = self.request
        if self.server_stub._context is not None:
            plain.settimeout(10)
            self.request = self.server_stub._context.wrap_socket(plain, server_side=True)
            with self.server_stub._lock:
                self.server_stub._connections.discard(plain)
                self.server_stub._connections.add(self.request)
        super().setup()

    def finish(self) -> None:
        with self.server_stub._lock:
            self.server_stub._connections.discard(self.request)
        with suppress(OSError, ValueError):
            super().finish()
        with suppress(OSError):
            self.request.close()

    def send_header(self, keyword: str, value: str) -> None:
        if keyword != "Date" or self.server_stub.date:
            super().send_header(keyword, self.server_stub.date if keyword == "Date" else value)

    def log_message(self, *_: object) -> None:
        pass

    def _any(self) -> None:
        stub = self.server_stub
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        if len(raw) < length:
            self.close_connection = True  # the client died while it wrote; a real server does nothing either
            return
        parts = urlsplit(self.path)
        query = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        body = None
        if raw:
            body = json.loads(raw)
        request = Request(self.command, parts.path, query, self.headers, body)
        with stub._lock:
            stub.requests.append(request)
        fault = stub._fault_for(request, self.path)
        try:
            if fault is None or fault.done:
                status, answer = self._work(request, silent=fault is not None)
                if fault is None:
                    if status:
                        self._send(status, answer)
                    return
            else:
                status, answer = 200, {"kind": "Status", "status": "Success", "filler": "x" * 200}
            self._misbehave(fault, status, answer, request)
        except _Broken:
            self.close_connection = True
        except (OSError, ValueError):
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815 - http.server's names

    def _misbehave(self, fault: Fault, status: int, answer: Any, request: Request) -> None:
        if isinstance(fault, Answers):
            content = fault.body
            if content is None:
                content = _status(fault.status, "", f"scripted {fault.status}")
            self._send(fault.status, content, fault.headers, fault.content_type)
        elif isinstance(fault, Reset):
            reset(self.request)
            raise _Broken
        elif isinstance(fault, Closes):
            raise _Broken
        elif isinstance(fault, Stalls):
            until = time.monotonic() + fault.seconds
            with self.server_stub._lock:
                while self.server_stub.running and time.monotonic() < until:
                    self.server_stub._lock.wait(0.05)
            raise _Broken
        elif isinstance(fault, SlowHeaders):
            for byte in b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + b"X: y\r\n" * 2000:
                self.wfile.write(bytes((byte,)))
                time.sleep(fault.seconds)
        elif isinstance(fault, Truncated):
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: fault.after])
            raise _Broken
        elif isinstance(fault, ClosesAfterwards):
            status, answer = self._work(request)
            self._send(status, answer)
            raise _Broken

    def _send(
        self,
        status: int,
        content: Any,
        headers: tuple[tuple[str, str], ...] = (),
        content_type: str = "application/json",
    ) -> None:
        data = content
        if isinstance(content, str):
            data = content.encode()
        elif not isinstance(content, bytes):
            data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    # --- what an API server does

    def _work(self, request: Request, silent: bool = False) -> tuple[int, Any]:
        stub = self.server_stub
        if stub.token and request.headers.get("Authorization") != f"Bearer {stub.token}":
            return 401, _status(401, "Unauthorized", "Unauthorized")
        if request.path == "/version":
            return 200, {"major": "1", "minor": "30", "gitVersion": "v1.30.0"}
        found = _route(request.path, stub.served)
        if found is None:
            return self._discovery(request.path)
        resource, namespace, name, _sub = found
        watching = request.query.get("watch") in ("1", "true")
        if request.method == "GET" and watching:
            if not silent:
                self._watch(resource, namespace, request)
            return 0, None
        with stub._lock:
            return self._locked(request, resource, namespace, name)

    def _discovery(self, path: str) -> tuple[int, Any]:
        entries = []
        for resource in self.server_stub.served:
            root = (
                f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
            )
            if path == root:
                entries.append(
                    {"name": resource.plural, "kind": resource.kind, "namespaced": resource.namespaced}
                )
        if entries:
            return 200, {"kind": "APIResourceList", "apiVersion": "v1", "resources": entries}
        self._send(404, "404 page not found\n", content_type="text/plain; charset=utf-8")
        return 0, None

    def _locked(
        self, request: Request, resource: Resource, namespace: str | None, name: str | None
    ) -> tuple[int, Any]:
        stub = self.server_stub
        key = _key(resource, namespace, name) if name else ""
        stored = stub._objects.get(resource, {}).get(key)
        body = request.body if isinstance(request.body, dict) else {}
        dry = request.query.get("dryRun") == "All" or body.get("dryRun") == ["All"]
        missing = _status(404, "NotFound", f'{resource.full_name} "{name}" not found', name, resource)
        if request.method == "GET":
            if name:
                return (200, stored) if stored else (404, missing)
            return self._list(request, resource, namespace)
        if request.method == "POST":
            manifest = copy.deepcopy(body)
            metadata = manifest.setdefault("metadata", {})
            if namespace:
                metadata["namespace"] = namespace
            if "name" not in metadata:
                metadata["name"] = metadata.get("generateName", "x-") + uuid.uuid4().hex[:5]
            name = metadata["name"]
            if _key(resource, namespace, name) in stub._objects.get(resource, {}):
                message = f'{resource.full_name} "{name}" already exists'
                return 409, _status(409, "AlreadyExists", message, name, resource)
            return 201, manifest if dry else stub._store(resource, manifest)
        if request.method == "PATCH":
            applying = "apply-patch" in request.headers.get("Content-Type", "")
            if stored is None and not applying:
                return 404, missing
            guard = (body.get("metadata") or {}).get("resourceVersion")
            if stored is not None and guard and guard != stored["metadata"]["resourceVersion"]:
                message = (
                    f'Operation cannot be fulfilled on {resource.full_name} "{name}": the object has been modified; '
                    "please apply your changes to the latest version and try again"
                )
                return 409, _status(409, "Conflict", message, name, resource)
            merged: Json | None
            if isinstance(request.body, list):
                merged = _json_patched(stored or {}, request.body)
                if merged is None:
                    message = "the server rejected our request due to an error in our request"
                    return 422, _status(422, "Invalid", message)
            else:
                merged = _merged(copy.deepcopy(stored) if stored else {}, body)
            merged.setdefault("metadata", {}).update(
                {"name": name} | ({"namespace": namespace} if namespace else {})
            )
            if stored is not None and merged == stored:
                return 200, stored
            if stored is not None and "spec" in merged and merged["spec"] != stored.get("spec"):
                # Kubernetes counts the versions of a spec, from 1 on.
                merged["metadata"]["generation"] = int(stored["metadata"].get("generation") or 1) + 1
            leaving = merged["metadata"].get("deletionTimestamp") and not merged["metadata"].get("finalizers")
            if stored is not None and leaving and stored["metadata"].get("finalizers") and not dry:
                stub._delete(resource, key)  # its last finalizer is off
                return 200, merged
            status = 200 if stored else 201
            return status, merged if dry else stub._store(resource, merged)
        if stored is None:
            return 404, missing
        wanted = (body.get("preconditions") or {}).get("uid")
        if wanted and wanted != stored["metadata"]["uid"]:
            message = (
                f'Operation cannot be fulfilled on {resource.full_name} "{name}": the UID in the precondition '
                f"({wanted}) does not match the UID in record ({stored['metadata']['uid']})"
            )
            return 409, _status(409, "Conflict", message, name, resource)
        version = (body.get("preconditions") or {}).get("resourceVersion")
        if version and version != stored["metadata"]["resourceVersion"]:
            message = (
                f'Operation cannot be fulfilled on {resource.full_name} "{name}": the ResourceVersion in the '
                f"precondition ({version}) does not match the ResourceVersion in record "
                f"({stored['metadata']['resourceVersion']}). The object might have been modified"
            )
            return 409, _status(409, "Conflict", message, name, resource)
        if not dry and (stored["metadata"].get("finalizers") or resource in stub.graceful):
            if not stored["metadata"].get("deletionTimestamp"):
                leaving = copy.deepcopy(stored)
                leaving["metadata"]["deletionTimestamp"] = "2026-11-24T10:00:00Z"
                stub._store(resource, leaving)
        elif not dry:
            stub._delete(resource, key)
        return 200, {"kind": "Status", "apiVersion": "v1", "status": "Success"}

    def _list(self, request: Request, resource: Resource, namespace: str | None) -> tuple[int, Any]:
        stub = self.server_stub
        limit = int(request.query.get("limit") or 0)
        token = request.query.get("continue", "")
        version, after = stub._version, ""
        if token:
            if token not in stub._tokens:
                gone = _status(410, "Expired", "The provided continue parameter is too old")
                if self.server_stub.remainders:
                    after = token.partition(":")[2]
                    gone["metadata"] = {"continue": f"{uuid.uuid4().hex}:{after}"}
                    stub._tokens[gone["metadata"]["continue"]] = stub._version
                return 410, gone
            version, after = stub._tokens[token], token.partition(":")[2]
        keys = sorted(
            key
            for key, item in stub._objects.get(resource, {}).items()
            if key > after and _fits(item, namespace, request.query)
        )
        metadata: Json = {"resourceVersion": str(version)}
        if limit and len(keys) > limit:
            keys = keys[:limit]
            metadata["continue"] = f"{uuid.uuid4().hex}:{keys[-1]}"
            stub._tokens[metadata["continue"]] = version
        items = [copy.deepcopy(stub._objects[resource][key]) for key in keys]
        partial = "PartialObjectMetadataList" in request.headers.get("Accept", "")
        for item in items:
            if partial:
                metadata_only = item["metadata"]
                item.clear()
                item |= {
                    "apiVersion": "meta.k8s.io/v1",
                    "kind": "PartialObjectMetadata",
                    "metadata": metadata_only,
                }
            else:
                item.pop("apiVersion", None)
                item.pop("kind", None)
        kind = "PartialObjectMetadataList" if partial else f"{resource.kind}List"
        return 200, {"kind": kind, "apiVersion": resource.api_version, "metadata": metadata, "items": items}

    def _watch(self, resource: Resource, namespace: str | None, request: Request) -> None:
        stub = self.server_stub
        version = int(request.query.get("resourceVersion") or 0)
        until = time.monotonic() + float(request.query.get("timeoutSeconds") or 300)
        with stub._lock:
            if version < stub._forgotten and version < stub._version:
                too_old = _status(410, "Expired", f"too old resource version: {version} ({stub._forgotten})")
                self._send(410, too_old)
                return
            words: list[bytes | None] = []
            stub._watches[self.request] = words
            stub._lock.notify_all()
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            while True:
                with stub._lock:
                    lines: list[bytes | None] = []
                    for event in stub._history:
                        if event.version > version and event.resource == resource:
                            line = _line(event, namespace, request.query)
                            lines += [line] if line else []
                    version = max(version, stub._version)
                    lines += words
                    words.clear()
                    if not lines:
                        if not stub.running:
                            raise _Broken
                        if time.monotonic() >= until:
                            lines.append(b"")
                        else:
                            stub._lock.wait(min(0.5, until - time.monotonic()))
                            continue
                for line in lines:
                    if line is None:
                        reset(self.request)
                        raise _Broken
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
                    if not line:
                        return
        finally:
            with stub._lock:
                stub._watches.pop(self.request, None)


# --- shapes ----------------------------------------------------------------------------------


def _key(resource: Resource, namespace: str | None, name: str | None) -> str:
    return f"{namespace or 'default'}/{name}" if resource.namespaced else str(name)


def _route(
    path: str, served: tuple[Resource, ...]
) -> tuple[Resource, str | None, str | None, str | None] | None:
    for resource in served:
        root = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
        pattern = rf"{re.escape(root)}(?:/namespaces/([^/]+))?/{resource.plural}(?:/([^/]+))?(?:/([^/]+))?"
        if resource == NAMESPACE:
            pattern = rf"{re.escape(root)}()/namespaces(?:/([^/]+))?(?:/([^/]+))?"
        match = re.fullmatch(pattern, path)
        if match:
            return resource, match[1] or None, match[2], match[3]
    return None


def _fits(item: Json, namespace: str | None, query: Mapping[str, str]) -> bool:
    if namespace and item["metadata"].get("namespace") != namespace:
        return False
    labels = item["metadata"].get("labels") or {}
    for term in filter(None, re.split(r",(?![^(]*\))", query.get("labelSelector", ""))):
        if several := re.fullmatch(r"(\S+) in \((.*)\)", term):
            if labels.get(several[1]) not in several[2].split(","):
                return False
            continue
        name, equals, value = term.partition("=")
        if (equals and labels.get(name) != value.lstrip("=")) or (not equals and name not in labels):
            return False
    for term in filter(None, query.get("fieldSelector", "").split(",")):
        name, _, value = term.partition("=")
        here: Any = item
        for part in name.split("."):
            here = here.get(part) if isinstance(here, dict) else None
        if str(here) != value.lstrip("="):
            return False
    return True


def _line(event: _Event, namespace: str | None, query: Mapping[str, str]) -> bytes | None:
    before = event.before is not None and _fits(event.before, namespace, query)
    after = event.after is not None and _fits(event.after, namespace, query)
    if not before and not after:
        return None
    kind = "MODIFIED" if before and after else "ADDED" if after else "DELETED"
    item = copy.deepcopy(event.after if after else event.before)
    assert item is not None
    item["metadata"]["resourceVersion"] = str(event.version)
    return json.dumps({"type": kind, "object": item}).encode() + b"\n"


def _status(
    code: int, reason: str, message: str, name: str | None = None, resource: Resource | None = None
) -> Json:
    status: Json = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": code,
    }
    if name and resource:
        status["details"] = {"name": name, "group": resource.group, "kind": resource.plural}
    return status


def _json_patched(stored: Json, patch: list[Json]) -> Json | None:
    """Give the object after a JSON patch; None where a test fails or a path leads nowhere."""
    try:
        patched: Json = jsonpatch.apply_patch(stored, patch)
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException):
        return None
    return patched


def _merged(into: Any, patch: Any) -> Any:
    if not isinstance(patch, dict) or not isinstance(into, dict):
        return patch
    for key, value in patch.items():
        if value is None:
            into.pop(key, None)
        else:
            into[key] = _merged(into.get(key, {}), value) if isinstance(value, dict) else value
    return into


@contextmanager
def listener(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Listen on a loopback port and hand each connection to `serve` on a thread; for servers that are no API."""
    sock = socket.create_server(("127.0.0.1", 0))
    stopping = threading.Event()

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            serve(connection)

    def loop() -> None:
        while not stopping.is_set():
            try:
                connection, _ = sock.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()
    try:
        yield sock.getsockname()[1]
    finally:
        stopping.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        sock.close()
