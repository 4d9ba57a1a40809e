"""Every kind that Sedna 0.7 knows, through the real Global Manager: applied, judged by its children, deleted."""

from __future__ import annotations

import pytest

from tests.live.conftest import Sednactl
from tests.live.other_kinds import every_other_kind
from tests.live.plane.api import eventually
from tests.live.plane.plane import Plane
from tests.live.services import stream

EXPECTED = {
    "federatedlearning": "Running",
    "incrementallearning": "Running",
    "lifelonglearning": "Waiting",
    "featureextraction": "Running",
    "objecttracking": "Inert",
    "reid": "Running",
    "videoanalytics": "Running",
    "model": "Stored",
    "dataset": "Stored",
}


def test_every_kind_is_judged_by_what_is_there(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    if not plane.has_global_manager:
        pytest.skip("the stand-in Global Manager makes joint inference services only")
    text = stream(*every_other_kind(namespace))
    applied = sednactl("apply", "-f", "-", input=text)
    assert applied.code == 0, applied.err

    def states() -> dict[str, str]:
        rows = [line.split() for line in sednactl("get", "-n", namespace, "--no-headers").out.splitlines()]
        return {row[0]: row[2] for row in rows}

    eventually(lambda: EXPECTED.items() <= states().items(), what=f"the states {EXPECTED}")
    # Its controller is slow and writes no status: only that it is never called whole before it is.
    search = states()["objectsearch"]
    assert search in ("Starting", "Running", "Broken", "Degraded")
    assert "-" in sednactl("get", "os", "-n", namespace).out
    table = sednactl("get", "fe", "-n", namespace)
    assert "1/1" in table.out
    trainers = sednactl("describe", "fl", "fl", "-n", namespace)
    assert "2 ready of 2 (all 2 together)" in trainers.out
    gone = sednactl("delete", "-f", "-", "--yes", input=text)
    assert gone.code == 0, gone.err
    assert plane.kubectl("get", "deploy,po,svc", "-n", namespace, "-o", "name") == ""


def test_a_foreign_service_would_starve_federated_learning(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    foreign = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "fl-aggregation", "namespace": namespace},
        "spec": {"ports": [{"port": 80}], "selector": {"app": "mine"}},
    }
    sednactl("apply", "-f", "-", input=stream(foreign))
    job = next(one for one in every_other_kind(namespace) if one["kind"] == "FederatedLearningJob")
    refused = sednactl("apply", "-f", "-", input=stream(job))
    assert refused.code == 4
    assert "start its aggregator, no trainer" in refused.err
    assert plane.kubectl("get", "fl", "-n", namespace, "-o", "name") == ""
