"""`events` and `logs` on a control plane: what is told of both sides, and what of a node that nobody reaches."""

from __future__ import annotations

import json

from tests.live.conftest import Sednactl
from tests.live.plane.plane import Plane
from tests.live.plane.sandbox_plane import SandboxPlane
from tests.live.services import joint_inference, with_models


def test_events_of_a_service_and_the_logs_of_both_sides(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    sednactl("apply", "-f", "-", input=with_models(joint_inference("helmet", namespace, hpa=("cloud",))))
    assert sednactl("wait", "ji", "helmet", "-n", namespace).code == 0
    told = sednactl("events", "ji", "helmet", "-n", namespace)
    assert told.code == 0, told.err
    for child in ("Deployment/helmet-deployment-cloud", "Deployment/helmet-deployment-edge", "ReplicaSet/"):
        assert child in told.out
    listed = json.loads(sednactl("events", "ji", "helmet", "-n", namespace, "-o", "json").out)
    assert {one["kind"] for one in listed["items"]} == {"Event"}
    read = sednactl("logs", "ji", "helmet", "-n", namespace)
    assert "Traceback" not in read.err
    if isinstance(plane, SandboxPlane):
        assert read.code == 0, read.err
        assert {line.partition("/")[0] for line in read.out.splitlines()} == {"cloud", "edge"}
        one = sednactl(
            "logs", "ji", "helmet", "-n", namespace, "--side", "edge", "--tail", "1", "-o", "jsonl"
        )
        (line,) = map(json.loads, one.out.splitlines())
        assert (line["side"], line["namespace"]) == ("edge", namespace)
    else:
        # The kubelet here is a stand-in without a port: the API server cannot reach it, as through a closed tunnel.
        assert (read.code, read.out) == (4, "")
        assert "error: " in read.err and "edgeStream" in read.err


def test_logs_and_events_of_nothing(namespace: str, sednactl: Sednactl) -> None:
    for command in ("logs", "events"):
        missing = sednactl(command, "ji", "nothing", "-n", namespace)
        assert (missing.code, missing.out) == (4, "")
        assert 'jointinferenceservices.sedna.io "nothing" not found' in missing.err
