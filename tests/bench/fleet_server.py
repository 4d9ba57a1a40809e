"""An API server that costs nothing: it sends slices of files that `fleet_objects` rendered.

    python -m tests.bench.fleet_server FOLDER       says its port, and serves until it is stopped

Pages are as long as the client's `limit`; whoever asks for whole pods gets the
slice that was rendered whole. Every other list is empty.
"""

from __future__ import annotations

import json
import os
import socketserver
import sys
import threading
from array import array
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from sednactl.sedna.kinds import SEDNA_KINDS
from sednactl.sedna.resources import CHILD_RESOURCES, POD
from tests.bench.fleet_objects import index_of

_RESOURCES = {one.plural: one for one in (*CHILD_RESOURCES, *(kind.resource for kind in SEDNA_KINDS))}


class FleetServer(socketserver.ThreadingTCPServer):
    """Serves a folder of lists over plain HTTP on a free port of the loopback."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.lists: dict[str, tuple[int, array[int]]] = {}
        for index in folder.glob("*.index"):
            items = index.with_suffix("")
            self.lists[items.name] = os.open(items, os.O_RDONLY), index_of(items)
        self.requests = 0

    @property
    def port(self) -> int:
        """Give the port it listens on."""
        return int(self.server_address[1])

    def server_close(self) -> None:
        super().server_close()
        for descriptor, _ in self.lists.values():
            os.close(descriptor)

    def __enter__(self) -> FleetServer:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Connection(socketserver.StreamRequestHandler):
    server: FleetServer
    disable_nagle_algorithm = True

    def handle(self) -> None:
        while line := self.rfile.readline():
            partial = False
            while (header := self.rfile.readline()) not in (b"\r\n", b""):
                partial = partial or (header.lower().startswith(b"accept:") and b"PartialObject" in header)
            self.server.requests += 1
            try:
                self._answer(line.split()[1].decode(), partial)
            except OSError:
                return

    def _answer(self, target: str, partial: bool) -> None:
        parts = urlsplit(target)
        plural = parts.path.rpartition("/")[2]
        if plural not in _RESOURCES:
            self._send(*_discovery(parts.path))
            return
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        name = plural if partial or plural != POD.plural else f"{plural}.full"
        descriptor, offsets = self.server.lists.get(name, (-1, array("Q", [0])))
        begin = int(query.get("continue", 0))
        end = min(begin + int(query.get("limit", len(offsets))), len(offsets) - 1)
        more = f',"continue":"{end}"' if end < len(offsets) - 1 else ""
        resource = _RESOURCES[plural]
        kind = (
            ("meta.k8s.io/v1", "PartialObjectMetadataList")
            if partial
            else (resource.api_version, f"{resource.kind}List")
        )
        head = f'{{"kind":"{kind[1]}","apiVersion":"{kind[0]}","metadata":{{"resourceVersion":"9"{more}}},"items":['
        start, length = offsets[begin], max(0, offsets[end] - offsets[begin] - 1)
        self._head(200, len(head) + length + 2)
        self.wfile.write(head.encode())
        while length:
            sent = os.sendfile(self.connection.fileno(), descriptor, start, length)
            start, length = start + sent, length - sent
        self.wfile.write(b"]}")

    def _head(self, status: int, length: int) -> None:
        self.wfile.write(
            f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n".encode()
        )

    def _send(self, status: int, content: object) -> None:
        data = json.dumps(content).encode()
        self._head(status, len(data))
        self.wfile.write(data)


def _discovery(path: str) -> tuple[int, object]:
    if path == "/api":
        return 200, {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        return 200, {"kind": "APIGroupList", "apiVersion": "v1", "groups": []}
    if path == "/api/v1":
        pods = {
            "name": "pods",
            "singularName": "pod",
            "namespaced": True,
            "kind": "Pod",
            "verbs": ["get", "list"],
        }
        return 200, {"kind": "APIResourceList", "groupVersion": "v1", "resources": [pods]}
    if path == "/version":
        return 200, {"major": "1", "minor": "32", "gitVersion": "v1.32.0"}
    return 404, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}


def kubeconfig(file: Path, port: int) -> Path:
    """Write a kubeconfig for the server on that port."""
    file.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "fleet",
                "clusters": [{"name": "fleet", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
                "contexts": [{"name": "fleet", "context": {"cluster": "fleet", "user": "fleet"}}],
                "users": [{"name": "fleet", "user": {}}],
            }
        )
    )
    return file


def main() -> None:
    """Serve until stopped."""
    server = FleetServer(Path(sys.argv[1]))
    print(server.port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
