"""`events` and `logs` on a control plane: what is told of both sides, and what of a node that nobody reaches."""

from __future__ import annotations

import itertools
import json
import subprocess
from pathlib import Path

from tests.command import BIN, clean_environment
from tests.live.conftest import Sednactl
from tests.live.plane.api import eventually
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


def test_a_watch_sees_a_service_come_and_go(
    plane: Plane, namespace: str, sednactl: Sednactl, tmp_path: Path
) -> None:
    environment = clean_environment(tmp_path / "home", {"KUBECONFIG": str(plane.kubeconfig)})
    out = tmp_path / "out"
    with out.open("w") as lines:
        process = subprocess.Popen(
            [str(BIN / "sednactl"), "get", "ji", "-w", "-n", namespace],
            env=environment, stdout=lines, stderr=lines,
        )  # fmt: skip
        try:
            eventually(lambda: "there are no" in out.read_text(), what="the watch has begun")
            service = joint_inference("helmet", namespace, hpa=("cloud",))
            assert sednactl("apply", "-f", "-", input=with_models(service)).code == 0
            eventually(lambda: "Running" in out.read_text(), what="both sides are ready")
            assert sednactl("delete", "ji", "helmet", "-n", namespace, "--yes").code == 0
            eventually(lambda: out.read_text().rstrip().endswith("deleted"), what="the service is gone")
        finally:
            process.terminate()
            process.wait(20)
    rows = [line.split() for line in out.read_text().splitlines() if line.startswith("helmet")]
    assert all(one[:-1] != next_one[:-1] for one, next_one in itertools.pairwise(rows[:-1]))
