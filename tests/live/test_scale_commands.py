"""Explaining and changing how a running service is scaled, with real controllers behind it."""

from __future__ import annotations

import json

import pytest

from tests.live.conftest import Sednactl, SetLoad
from tests.live.plane.api import Json, eventually
from tests.live.plane.plane import Plane
from tests.live.test_scale_watch import create, hpa

_HPAS = "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers"
_DEPLOYMENTS = "/apis/apps/v1/namespaces/{}/deployments"
SETTINGS = "down-window=6s,cpu-initialization=1s,readiness-delay=1s,sync=2s"


@pytest.fixture
def service(plane: Plane, namespace: str, sednactl: Sednactl) -> str:
    """Give a namespace in which service `helmet` runs, both sides scaled."""
    create(plane, namespace, cloud=hpa(5, 20), edge=hpa(2, 50))
    done = sednactl(
        "scale", "watch", "helmet", "-n", namespace, "--timeout", "60s", "--until",
        "cloud.ready==1 and edge.ready==1 and cloud.utilization.cpu>=0 and edge.utilization.cpu>=0", timeout=90,
    )  # fmt: skip
    assert done.code == 0, done.err
    return namespace


def test_explain_agrees_with_the_controller(
    plane: Plane, service: str, sednactl: Sednactl, load: SetLoad
) -> None:
    load(service, "helmet-deployment-cloud", 76)
    done = sednactl(
        "scale", "watch", "helmet", "-n", service, "--until", "cloud.ready==4 and cloud.utilization.cpu<=20",
        "--timeout", "60s", timeout=90,
    )  # fmt: skip
    assert done.code == 0, done.err

    def agrees() -> bool:
        said = plane.api.expect("GET", f"{_HPAS.format(service)}/hpa-helmet-deployment-cloud")["status"]
        done = sednactl(
            "scale",
            "explain",
            "helmet",
            "-n",
            service,
            "--side",
            "cloud",
            "--controller",
            SETTINGS,
            "-o",
            "json",
        )
        assert done.code == 0, done.err
        found = json.loads(done.out)
        assert found["desired"] == said["desiredReplicas"] == 4
        assert found["metrics"][0]["current"] == 19
        assert _reasons(found) == _reasons(said)
        return True

    eventually(agrees, what="the same answer as the controller's")


def _reasons(of: Json) -> list[tuple[str, str, str]]:
    return [(one["type"], one["status"], one["reason"]) for one in of["conditions"]]


def test_set_is_carried_out(plane: Plane, service: str, sednactl: Sednactl, load: SetLoad) -> None:
    load(service, "helmet-deployment-edge", 700)
    changed = sednactl(
        "scale",
        "set",
        "helmet",
        "-n",
        service,
        "--cloud",
        "max=3,cpu=30%",
        "--edge",
        "min=2,max=3",
        timeout=120,
    )
    assert changed.code == 0, changed.err
    assert "all cloud pods restart" in changed.err
    specs = {
        item["metadata"]["name"]: item["spec"]
        for item in plane.api.expect("GET", _HPAS.format(service))["items"]
    }
    cloud, edge = specs["hpa-helmet-deployment-cloud"], specs["hpa-helmet-deployment-edge"]
    assert cloud["maxReplicas"] == 3
    assert cloud["metrics"][0]["resource"]["target"]["averageUtilization"] == 30
    assert (edge["minReplicas"], edge["maxReplicas"]) == (2, 3)

    eventually(lambda: _replicas(plane, service, "edge") >= 2, what="the edge to have its new minimum")
    off = sednactl("scale", "set", "helmet", "-n", service, "--edge", "off", timeout=120)
    assert off.code == 0, off.err
    assert "edge has no autoscaler; its replicas went from" in off.out
    assert _replicas(plane, service, "edge") == 1
    assert plane.api("GET", f"{_HPAS.format(service)}/hpa-helmet-deployment-edge")[0] == 404

    again = sednactl("scale", "set", "helmet", "-n", service, "--edge", "off")
    assert (again.code, again.out) == (0, "jointinferenceservice.sedna.io/helmet unchanged\n")


def _replicas(plane: Plane, namespace: str, side: str) -> int:
    found = plane.api.expect("GET", f"{_DEPLOYMENTS.format(namespace)}/helmet-deployment-{side}")
    return int(found["spec"]["replicas"])
