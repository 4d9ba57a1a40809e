"""Kubernetes' own controllers, the real program, work on the sandbox's API server: no better judge of an API."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api_contract.raw import STRATEGIC, Raw
from tests.api_contract.servers import Sandbox
from tests.live.plane.api import eventually
from tests.live.plane.programs import RunningProgram, program_folder

CONTROLLERS = ("deployment", "replicaset", "garbage-collector", "namespace", "horizontal-pod-autoscaler")


@pytest.fixture(scope="module")
def controlled(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Raw]:
    """Give the sandbox while kube-controller-manager works on it; skips where that is missing."""
    program = program_folder() / "kube-controller-manager"
    if not os.access(program, os.X_OK):
        pytest.skip(f"no {program}")
    names = ",".join(f"{name}-controller" for name in CONTROLLERS)
    arguments = [
        f"--kubeconfig={sandbox.kubeconfigs['admin']}",
        "--secure-port=0",
        "--leader-elect=false",
        f"--controllers={names}",
        "--horizontal-pod-autoscaler-sync-period=1s",
        "--horizontal-pod-autoscaler-initial-readiness-delay=0s",
        "--horizontal-pod-autoscaler-cpu-initialization-period=0s",
    ]
    log = tmp_path_factory.mktemp("controllers") / "log"
    running = RunningProgram("kube-controller-manager", [program, *arguments], log)
    try:
        yield sandbox.raw
    finally:
        running.stop()


@pytest.fixture
def place(controlled: Raw) -> str:
    """Give a fresh namespace."""
    name = f"controlled-{secrets.token_hex(3)}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    assert controlled.post("/api/v1/namespaces", body).status == 201
    return name


def deployment(name: str, replicas: int) -> dict[str, Any]:
    labels = {"app": name}
    container = {"name": "c", "image": "nginx:1", "resources": {"requests": {"cpu": "100m"}}}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def pods(api: Raw, place: str) -> list[Any]:
    found: list[Any] = api.get(f"/api/v1/namespaces/{place}/pods").body["items"]
    return found


@pytest.mark.parametrize("policy", ["Background", "Foreground", "Orphan"])
def test_deployments_make_pods_and_leave_by_policy(controlled: Raw, place: str, policy: str) -> None:
    apps = f"/apis/apps/v1/namespaces/{place}"
    assert controlled.post(f"{apps}/deployments", deployment("web", 2)).status == 201
    eventually(lambda: len(pods(controlled, place)) == 2)
    options = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": policy}
    assert controlled.delete(f"{apps}/deployments/web", options).status == 200
    eventually(lambda: controlled.get(f"{apps}/deployments/web").status == 404)
    if policy == "Orphan":
        eventually(
            lambda: (
                "ownerReferences" not in controlled.get(f"{apps}/replicasets").body["items"][0]["metadata"]
            )
        )
        assert len(pods(controlled, place)) == 2
    else:
        eventually(lambda: not controlled.get(f"{apps}/replicasets").names)
        eventually(lambda: not pods(controlled, place))


def test_a_namespace_goes_with_all_it_holds(controlled: Raw, place: str) -> None:
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}
    assert controlled.post(f"/api/v1/namespaces/{place}/configmaps", config_map).status == 201
    assert controlled.delete(f"/api/v1/namespaces/{place}").status == 200
    eventually(lambda: controlled.get(f"/api/v1/namespaces/{place}").status == 404)
    assert controlled.get(f"/api/v1/namespaces/{place}/configmaps").names == []


def test_an_autoscaler_scales_by_the_metrics_it_is_served(controlled: Raw, place: str) -> None:
    apps = f"/apis/apps/v1/namespaces/{place}"
    assert controlled.post(f"{apps}/deployments", deployment("web", 1)).status == 201
    (pod,) = eventually(lambda: pods(controlled, place))
    name = pod["metadata"]["name"]
    ready = [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"}]
    status = {"phase": "Running", "startTime": "2026-01-01T00:00:00Z", "conditions": ready}
    path = f"/api/v1/namespaces/{place}/pods/{name}/status"
    assert controlled.patch(path, {"status": status}, STRATEGIC).status == 200
    metrics = {
        "apiVersion": "metrics.k8s.io/v1beta1",
        "kind": "PodMetrics",
        "metadata": {"name": name, "labels": {"app": "web"}},
        "timestamp": pod["metadata"]["creationTimestamp"],
        "window": "30s",
        "containers": [{"name": "c", "usage": {"cpu": "200m", "memory": "1Mi"}}],
    }
    path = f"/apis/metrics.k8s.io/v1beta1/namespaces/{place}/pods"
    assert controlled.post(path, metrics).status == 201
    target = {"type": "Utilization", "averageUtilization": 50}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "maxReplicas": 3,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
    }
    kind = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler"}
    path = f"/apis/autoscaling/v2/namespaces/{place}/horizontalpodautoscalers"
    assert controlled.post(path, {**kind, "metadata": {"name": "web"}, "spec": spec}).status == 201
    eventually(lambda: controlled.get(f"{apps}/deployments/web").body["spec"]["replicas"] == 3)
    found = eventually(lambda: controlled.get(f"{path}/web").body["status"].get("currentMetrics"))
    assert found[0]["resource"]["current"]["averageUtilization"] == 200
