"""The control plane that the other live tests stand on does what they rely on."""

from __future__ import annotations

from functools import partial

import pytest

from tests.live.conftest import SetLoad
from tests.live.plane.api import Json, eventually
from tests.live.plane.plane import Plane

_MODELS = "/apis/sedna.io/v1alpha1/namespaces/{}/models"
_SERVICES = "/apis/sedna.io/v1alpha1/namespaces/{}/jointinferenceservices"
_PODS = "/api/v1/namespaces/{}/pods"
_DEPLOYMENTS = "/apis/apps/v1/namespaces/{}/deployments"


def _model(name: str) -> Json:
    spec = {"url": "/models/m.pb", "format": "pb"}
    return {"apiVersion": "sedna.io/v1alpha1", "kind": "Model", "metadata": {"name": name}, "spec": spec}


def _service(name: str) -> Json:
    def template(node: str) -> Json:
        container = {"name": "main", "image": "example/worker:v1", "resources": {"requests": {"cpu": "100m"}}}
        return {"spec": {"nodeName": node, "containers": [container]}}

    target = {"type": "Utilization", "averageUtilization": 50}
    hpa = {
        "minReplicas": 1,
        "maxReplicas": 3,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
    }
    return {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "JointInferenceService",
        "metadata": {"name": name},
        "spec": {
            "edgeWorker": {
                "model": {"name": "little"},
                "hardExampleMining": {"name": "IBT"},
                "template": template("edge-node"),
            },
            "cloudWorker": {"model": {"name": "big"}, "template": template("cloud-node"), "hpa": hpa},
        },
    }


def _has_one(plane: Plane, namespace: str, deployment: str) -> bool:
    return _ready(plane, namespace, deployment) == 1


def _ready(plane: Plane, namespace: str, deployment: str) -> int:
    status, answer = plane.api("GET", f"{_DEPLOYMENTS.format(namespace)}/{deployment}")
    return answer.get("status", {}).get("readyReplicas", 0) if status == 200 else -1


def _start_service(plane: Plane, namespace: str) -> None:
    for name in ("little", "big"):
        plane.api.expect("POST", _MODELS.format(namespace), _model(name))
    plane.api.expect("POST", _SERVICES.format(namespace), _service("helmet"))
    for side in ("cloud", "edge"):
        eventually(partial(_has_one, plane, namespace, f"helmet-deployment-{side}"), what=f"{side} ready")


def test_a_service_runs_scales_with_load_and_goes(plane: Plane, namespace: str, load: SetLoad) -> None:
    _start_service(plane, namespace)
    load(namespace, "helmet-deployment-cloud", 900)
    eventually(lambda: _ready(plane, namespace, "helmet-deployment-cloud") == 3, what="scaled to the maximum")
    load(namespace, "helmet-deployment-cloud", 10)
    eventually(lambda: _ready(plane, namespace, "helmet-deployment-cloud") == 1, what="scaled down")

    plane.api.expect("DELETE", f"{_SERVICES.format(namespace)}/helmet")
    eventually(
        lambda: not plane.api.expect("GET", _DEPLOYMENTS.format(namespace))["items"], what="children gone"
    )
    eventually(lambda: not plane.api.expect("GET", _PODS.format(namespace))["items"], what="pods gone")


def test_pods_of_an_offline_node_stay_terminating(plane: Plane, namespace: str) -> None:
    _start_service(plane, namespace)
    with plane.offline("edge-node"):
        plane.api.expect("DELETE", f"{_SERVICES.format(namespace)}/helmet")

        def only_the_edge_pod_waits() -> bool:
            pods = plane.api.expect("GET", _PODS.format(namespace))["items"]
            deployments = plane.api.expect("GET", _DEPLOYMENTS.format(namespace))["items"]
            return (
                not deployments
                and [pod["spec"]["nodeName"] for pod in pods] == ["edge-node"]
                and "deletionTimestamp" in pods[0]["metadata"]
            )

        eventually(only_the_edge_pod_waits)
    eventually(
        lambda: not plane.api.expect("GET", _PODS.format(namespace))["items"], what="pod gone once online"
    )


def test_a_pod_without_its_image_never_runs(plane: Plane, namespace: str) -> None:
    if not plane.own:
        pytest.skip("only the stand-in kubelet knows images that are missing")
    container = {"name": "main", "image": "example/worker:missing"}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [container]}}
    plane.api.expect("POST", _PODS.format(namespace), body)

    def waits_for_its_image() -> bool:
        pod = plane.api.expect("GET", f"{_PODS.format(namespace)}/p")
        states = pod["status"].get("containerStatuses", [])
        return bool(states) and states[0]["state"]["waiting"]["reason"] == "ImagePullBackOff"

    eventually(waits_for_its_image)


def test_the_api_server_comes_back_on_its_address(plane: Plane, namespace: str) -> None:
    plane.restart_api_server()
    assert plane.api("GET", f"/api/v1/namespaces/{namespace}")[0] == 200


def test_identities(plane: Plane) -> None:
    from tests.live.plane.api import Api

    assert Api(plane.kubeconfig_of("admin-certificate"))("GET", "/api/v1/secrets")[0] == 200
    status, answer = Api(plane.kubeconfig_of("nobody"))("GET", "/api/v1/secrets")
    assert (status, answer["reason"]) == (403, "Forbidden")
