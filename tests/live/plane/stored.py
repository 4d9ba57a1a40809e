"""Puts definitions into etcd as an API server stores them, before one starts.

An API server judges a definition whenever it or its status is written, which takes it seconds for each of
Sedna's, as they hold whole pod templates. What it finds in etcd it takes as judged.
"""

from __future__ import annotations

import base64
import http.client
import json
import uuid

from tests.live.plane.api import Json, eventually

_KEYS = "/registry/apiextensions.k8s.io/customresourcedefinitions/"
_LONG_AGO = "2026-01-01T00:00:00Z"


def store_definitions(etcd_port: int, definitions: list[Json]) -> None:
    """Write definitions through the JSON gateway of an etcd on the loopback that is about to answer."""
    for definition in definitions:
        key = _KEYS + definition["metadata"]["name"]
        pair = {"key": _encoded(key), "value": _encoded(json.dumps(_established(definition)))}
        eventually(lambda pair=pair: _put(etcd_port, pair), every=0.05, what="etcd ready")  # type: ignore[misc]


def _established(definition: Json) -> Json:
    """Give a definition with what the server and its controllers add until it is served."""
    spec = definition["spec"]
    conditions = [
        ("NamesAccepted", "NoConflicts", "no conflicts found"),
        ("Established", "InitialNamesAccepted", "the initial names have been accepted"),
    ]
    return {
        **definition,
        "metadata": {
            **definition["metadata"],
            "uid": str(uuid.uuid4()),
            "generation": 1,
            "creationTimestamp": _LONG_AGO,
        },
        "status": {
            "acceptedNames": spec["names"],
            "storedVersions": [version["name"] for version in spec["versions"] if version["storage"]],
            "conditions": [
                {
                    "type": kind,
                    "status": "True",
                    "reason": reason,
                    "message": message,
                    "lastTransitionTime": _LONG_AGO,
                }
                for kind, reason, message in conditions
            ],
        },
    }


def _put(port: int, pair: Json) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/v3/kv/put", json.dumps(pair), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = answer.read()
    except OSError:
        return False
    finally:
        connection.close()
    if answer.status != 200:
        raise RuntimeError(f"etcd refused a definition: {answer.status} {said[:200]!r}")
    return True


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
