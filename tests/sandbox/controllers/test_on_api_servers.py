"""The same controllers, the same stories: against the real API server and against the sandbox's own."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.sandbox import load as loads
from sednactl.sandbox.load import SideLoad, key_of, set_load
from sednactl.sandbox.node_set import OFFLINE
from tests.live.plane.api import MERGE, eventually
from tests.sandbox.controllers.observed import Scene, deployment
from tests.sandbox.controllers.planes import ApiPlane

Json = dict[str, Any]


@pytest.fixture
def scene(plane: ApiPlane, namespace: str) -> Scene:
    return Scene(plane.api, namespace)


def config_map(name: str, *owners: Json, block: bool = True, finalizers: tuple[str, ...] = ()) -> Json:
    references = [
        {
            "apiVersion": owner["apiVersion"],
            "kind": owner["kind"],
            "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"],
            "blockOwnerDeletion": block,
        }
        for owner in owners
    ]
    meta: Json = {"name": name, "ownerReferences": references, "finalizers": list(finalizers)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}


def model(name: str) -> Json:
    return {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "Model",
        "metadata": {"name": name},
        "spec": {"url": "/m.pb", "format": "pb"},
    }


def test_a_deployment_rolls_out_scales_goes_back_and_leaves(scene: Scene) -> None:
    scene.create("deployments", deployment())
    scene.settled("web", 2)
    eventually(lambda: scene.conditions("deployments", "web")[-1][2] == "NewReplicaSetAvailable")
    scene.edit("deployments", "web", {"spec": {"replicas": 3}})
    scene.settled("web", 3)
    assert [type_ for type_, _, _ in scene.conditions("deployments", "web")] == ["Progressing", "Available"]
    patch = [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "web:2"}]
    for _ in range(2):
        scene.api.expect("PATCH", scene.path("deployments", "web"), patch, "application/json-patch+json")
        eventually(lambda: len(scene.all("replicasets")) == 2, what="a second ReplicaSet")
        scene.settled("web", 3)
        patch = [{**patch[0], "value": "web:1"}]
    eventually(lambda: scene.sizes() == {"2": 0, "3": 3}, what="the first template under revision 3")
    scene.delete("deployments", "web")
    eventually(lambda: not scene.all("replicasets") and not scene.all("pods"), what="everything gone")


def test_a_service_knows_its_pods(scene: Scene) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 5000}]},
    }
    scene.create("services", service)
    scene.create("deployments", deployment())
    scene.settled("web", 2)
    addresses = sorted(pod["status"]["podIP"] for pod in scene.all("pods"))

    def known() -> list[str]:
        subsets = scene.get("endpoints", "web").get("subsets") or []
        return sorted(each["ip"] for subset in subsets for each in subset.get("addresses", []))

    eventually(lambda: known() == addresses, what="endpoints")
    slices = scene.all("endpointslices")
    assert (
        sorted(one for each in slices for end in each["endpoints"] for one in end["addresses"]) == addresses
    )
    scene.delete("services", "web")
    eventually(lambda: not scene.all("endpointslices") and not scene.exists("endpoints", "web"))


def test_background_foreground_and_orphan(scene: Scene) -> None:
    for name in ("background", "foreground", "orphan"):
        owner = scene.create("models", model(name))
        hold = ("example.com/hold",) if name == "foreground" else ()
        scene.create("configmaps", config_map(f"of-{name}", owner, finalizers=hold))
    scene.delete("models", "background")
    scene.delete("models", "foreground", "Foreground")
    scene.delete("models", "orphan", "Orphan")
    eventually(
        lambda: not scene.exists("configmaps", "of-background"), what="the child of a deleted owner gone"
    )
    eventually(lambda: not scene.exists("models", "orphan"), what="the owner of an orphan gone")
    assert "ownerReferences" not in scene.get("configmaps", "of-orphan")["metadata"]
    eventually(
        lambda: "deletionTimestamp" in scene.get("configmaps", "of-foreground")["metadata"],
        what="the blocking child being deleted",
    )
    assert scene.exists("models", "foreground")
    scene.edit("configmaps", "of-foreground", {"metadata": {"finalizers": None}})
    eventually(lambda: not scene.exists("models", "foreground"), what="the owner gone after its child")


def test_ghosts_stay_and_absent_owners_do_not(scene: Scene) -> None:
    living = scene.create("models", model("living"))
    former = {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "JointInference",
        "metadata": {"name": "x", "uid": "gone"},
    }
    absent = {**living, "metadata": {**living["metadata"], "uid": "of-a-former-life"}}
    scene.create("configmaps", config_map("ghost", former))
    scene.create("configmaps", config_map("shared", living, absent))
    scene.create("configmaps", config_map("left", absent))
    eventually(lambda: not scene.exists("configmaps", "left"), what="the child of an absent owner gone")
    eventually(
        lambda: len(scene.get("configmaps", "shared")["metadata"]["ownerReferences"]) == 1,
        what="the dangling reference gone",
    )
    assert (
        scene.get("configmaps", "shared")["metadata"]["ownerReferences"][0]["uid"]
        == living["metadata"]["uid"]
    )
    assert scene.exists("configmaps", "ghost")


def test_images_that_cannot_run_and_pods_that_fit_nowhere(scene: Scene) -> None:
    scene.create("deployments", deployment("missing", 1, "web:missing"))
    scene.create("deployments", deployment("crash", 1, "web:crash"))
    scene.create("deployments", deployment("tape", 1, pod={"nodeSelector": {"disk": "tape"}}))
    scene.create("deployments", deployment("pinned", 6, pod={"nodeName": "edge-a"}))

    def waiting(name: str) -> str:
        pods = [pod for pod in scene.all("pods") if pod["metadata"]["labels"]["app"] == name]
        statuses = [each for pod in pods for each in pod["status"].get("containerStatuses") or ()]
        return "".join(each["state"].get("waiting", {}).get("reason", "") for each in statuses)

    eventually(lambda: waiting("missing") == "ImagePullBackOff")
    eventually(lambda: waiting("crash") == "CrashLoopBackOff")

    def events() -> set[str]:
        return {event["reason"] for event in scene.all("events")}

    eventually(lambda: {"FailedScheduling", "BackOff", "OutOfcpu"} <= events(), what="events that say why")
    failed = [pod for pod in scene.all("pods") if pod["status"].get("reason") == "OutOfcpu"]
    assert failed
    assert all(pod["status"]["phase"] == "Failed" for pod in failed)
    scene.delete("deployments", "pinned")


def test_an_edge_node_goes_offline_and_comes_back(plane: ApiPlane, scene: Scene) -> None:
    edge = {"nodeSelector": {"node-role.kubernetes.io/edge": ""}}
    scene.create("deployments", deployment(pod=edge))
    scene.settled("web", 2)

    def link(cut: bool) -> None:
        patch = {"metadata": {"annotations": {OFFLINE: "true" if cut else None}}}
        plane.api.expect("PATCH", "/api/v1/nodes/edge-a", patch, MERGE)

    def ready() -> str:
        conditions = plane.api.expect("GET", "/api/v1/nodes/edge-a")["status"]["conditions"]
        return str(next(each["status"] for each in conditions if each["type"] == "Ready"))

    link(cut=True)
    try:
        eventually(lambda: ready() == "Unknown", timeout=120, what="the node unknown")
        eventually(
            lambda: not scene.get("deployments", "web")["status"].get("readyReplicas"), what="pods not ready"
        )
        scene.delete("deployments", "web")
        eventually(
            lambda: all("deletionTimestamp" in pod["metadata"] for pod in scene.all("pods")),
            what="pods leaving",
        )
        assert len(scene.all("pods")) == 2
    finally:
        link(cut=False)
    eventually(lambda: not scene.all("pods"), what="the pods gone once the node is back")
    eventually(lambda: ready() == "True", what="the node ready")


def test_load_moves_replicas(plane: ApiPlane, scene: Scene) -> None:
    scene.create("deployments", deployment(replicas=1))
    target = {"type": "Utilization", "averageUtilization": 80}
    hpa = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": 1,
            "maxReplicas": 4,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }
    scene.create("horizontalpodautoscalers", hpa)
    cluster = plane.cluster()
    key = key_of(scene.namespace, "web", "edge")
    try:
        set_load(cluster, key, SideLoad("app=web", plane.clock.now(), ((0.0, 2400.0),)))
        scene.settled("web", 4)
        limited = ("ScalingLimited", "True", "TooManyReplicas")
        eventually(lambda: limited in scene.conditions("horizontalpodautoscalers", "web"))
        set_load(cluster, key, None)
        scene.settled("web", 1)
    finally:
        set_load(cluster, key, None)
        cluster.close()
    assert "SuccessfulRescale" in {event["reason"] for event in scene.all("events")}
    assert loads.NAME in [
        item["metadata"]["name"]
        for item in plane.api.expect("GET", f"/api/v1/namespaces/{loads.NAMESPACE}/configmaps")["items"]
    ]


def test_a_namespace_takes_everything_with_it(plane: ApiPlane, scene: Scene) -> None:
    scene.create("deployments", deployment())
    scene.create("configmaps", config_map("plain"))
    scene.create("models", model("m"))
    scene.settled("web", 2)
    path = f"/api/v1/namespaces/{scene.namespace}"
    plane.api.expect("DELETE", path)
    eventually(lambda: plane.api("GET", path)[0] == 404, what="the namespace gone")
    assert not [
        pod
        for pod in plane.api.expect("GET", "/api/v1/pods")["items"]
        if pod["metadata"]["namespace"] == scene.namespace
    ]
