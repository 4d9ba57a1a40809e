"""Stands in for a custom metrics adapter: an API server of its own behind the control plane's aggregator.

custom.metrics.k8s.io names its resources after metrics and objects, which no CRD
can: so this one answers over HTTPS on the loopback, and an APIService sends the
API server there through a Service of type ExternalName.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import trustme

from tests.live.plane.api import Api, Json, eventually

GROUP, VERSION = "custom.metrics.k8s.io", "v1beta2"
_NAME, _NAMESPACE = f"{VERSION}.{GROUP}", "default"
_ROOT = f"/apis/{GROUP}/{VERSION}"
_API_SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"
_SERVICES = f"/api/v1/namespaces/{_NAMESPACE}/services"
_SERVICE = "metrics-adapter"


class MetricsAdapter:
    """Answers for the values that it was given; one thread, until `stop`.

    Values are MetricValues with their pods' labels in `labels`, which are not told; of
    selectors it knows `key=value` alone.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self.values: Sequence[Json] = ()
        adapter = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                status, body = adapter.answer(self.path)
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *arguments: object) -> None:
                """Say nothing on standard error."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> None:
        """Answer, and let the control plane know."""
        self._thread.start()
        port = self._server.server_address[1]
        service = {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": _SERVICE},
            "spec": {"type": "ExternalName", "externalName": "127.0.0.1", "ports": [{"port": port}]},
        }
        self._api.expect("POST", _SERVICES, service)
        registration = {
            "apiVersion": "apiregistration.k8s.io/v1",
            "kind": "APIService",
            "metadata": {"name": _NAME},
            "spec": {
                "group": GROUP,
                "version": VERSION,
                "groupPriorityMinimum": 100,
                "versionPriority": 100,
                "insecureSkipTLSVerify": True,
                "service": {"namespace": _NAMESPACE, "name": _SERVICE, "port": port},
            },
        }
        self._api.expect("POST", _API_SERVICES, registration)
        eventually(self._available, what="the metrics adapter available")

    def stop(self) -> None:
        """Take it off the control plane; a group that nobody answers for would keep namespaces from going."""
        self._api("DELETE", f"{_API_SERVICES}/{_NAME}")
        self._api("DELETE", f"{_SERVICES}/{_SERVICE}")
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def _available(self) -> bool:
        found = self._api.expect("GET", f"{_API_SERVICES}/{_NAME}")
        conditions = (found.get("status") or {}).get("conditions") or ()
        return any(item["type"] == "Available" and item["status"] == "True" for item in conditions)

    def answer(self, target: str) -> tuple[int, Json]:
        """Answer one request: discovery, all pods' values of a metric, one object's value."""
        url = urlsplit(target)
        path = unquote(url.path).rstrip("/")
        if path == _ROOT:
            return 200, {
                "kind": "APIResourceList",
                "apiVersion": "v1",
                "groupVersion": f"{GROUP}/{VERSION}",
                "resources": [],
            }
        parts = path.removeprefix(f"{_ROOT}/namespaces/").split("/")
        if not path.startswith(f"{_ROOT}/namespaces/") or len(parts) != 4:
            return 404, _not_found(f"the server could not find the requested resource {path}")
        namespace, resource, name, metric = parts
        selector = parse_qs(url.query).get("labelSelector", [""])[0]
        wanted = dict(parse_qsl(selector.replace(",", "&"))).items()
        found = [
            {key: value for key, value in item.items() if key != "labels"}
            for item in self.values
            if item["metric"]["name"] == metric
            and item["describedObject"]["namespace"] == namespace
            and item["describedObject"]["kind"].lower() + "s" == resource.partition(".")[0]
            and (wanted <= item["labels"].items() if name == "*" else item["describedObject"]["name"] == name)
        ]
        if not found and name != "*":
            return 404, _not_found(f"the server could not find the metric {metric} for {resource} {name}")
        return 200, {"kind": "MetricValueList", "apiVersion": f"{GROUP}/{VERSION}", "items": found}


def _not_found(message: str) -> Json:
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "reason": "NotFound",
        "message": message,
        "code": 404,
    }
