"""The Global Manager among the sandbox's other controllers, on the sandbox's own API server."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from sednactl.cluster.addresses import path_of
from sednactl.cluster.door import Cluster
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.global_manager.faults import Faults
from sednactl.sandbox.controllers.global_manager.installation import NAMESPACE as SEDNA
from sednactl.sandbox.controllers.global_manager.installation import installation
from sednactl.sandbox.controllers.global_manager.local_controller import SAMPLES, LocalController
from sednactl.sandbox.controllers.global_manager.process import GlobalManager
from sednactl.sandbox.controllers.running import Controller
from sednactl.sandbox.controllers.together import kubernetes_controllers
from sednactl.sandbox.node_set import NodePlan
from sednactl.sandbox.resources import ENDPOINTS
from sednactl.sedna.kinds import BY_KIND, JOINT_INFERENCE
from sednactl.sedna.resources import DEPLOYMENT, HPA, POD, SERVICE, Resource
from tests.live.other_kinds import every_other_kind
from tests.live.plane.api import MERGE, eventually
from tests.live.services import joint_inference, model
from tests.sandbox.controllers.planes import CHOICES, SandboxPlane, at_work
from tests.sandbox.global_manager.both import resource_of

Json = dict[str, Any]
JI = JOINT_INFERENCE.resource
NODES = (NodePlan("cloud-node", False, "16", "32Gi"), NodePlan("edge-node", True, "16", "32Gi"))


class Park:
    """A sandbox with Sedna, and the ways of a test into it."""

    def __init__(self, plane: SandboxPlane, namespace: str) -> None:
        self.plane = plane
        self.api = plane.api
        self.namespace = namespace

    def create(self, *manifests: Json) -> None:
        for manifest in manifests:
            manifest["metadata"]["namespace"] = self.namespace
            self.api.expect("POST", path_of(resource_of(manifest), self.namespace), manifest)

    def get(self, resource: Resource, name: str, namespace: str | None = None) -> Json:
        status, answer = self.api("GET", path_of(resource, namespace or self.namespace, name))
        assert status == 200, answer
        return answer

    def items(self, resource: Resource, namespace: str | None = None) -> list[Json]:
        return list(self.api.expect("GET", path_of(resource, namespace or self.namespace))["items"])

    def names(self, *resources: Resource) -> list[str]:
        return [item["metadata"]["name"] for one in resources for item in self.items(one)]

    def patch(self, resource: Resource, name: str, patch: Json) -> None:
        self.api.expect("PATCH", path_of(resource, self.namespace, name), patch, MERGE)

    def delete(self, resource: Resource, name: str, propagation: str = "Background") -> None:
        body = {"propagationPolicy": propagation}
        self.api.expect("DELETE", path_of(resource, self.namespace, name), body)

    def helmet(self, **more: Any) -> None:
        models = [model("big-model", self.namespace), model("little-model", self.namespace)]
        self.create(*models, joint_inference("helmet", self.namespace, **more))

    def ready(self, deployment: str, replicas: int = 1) -> bool:
        status = self.get(DEPLOYMENT, deployment).get("status", {})
        return bool(status.get("readyReplicas", 0) == replicas)


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxPlane]:
    sandbox = SandboxPlane(tmp_path_factory.mktemp("sandbox-gm"))
    choices = replace(CHOICES, nodes=NODES)

    def controllers(cluster: Cluster, clock: Clock) -> Sequence[Controller]:
        faults = Faults(missing_rbac=False)
        return [
            *kubernetes_controllers(cluster, clock, print, choices),
            GlobalManager(cluster, clock, print, faults=faults),
            LocalController(cluster, clock, stage_seconds=1),
        ]

    try:
        with at_work(sandbox, controllers):
            yield sandbox
    finally:
        sandbox.stop()


@pytest.fixture
def park(plane: SandboxPlane) -> Iterator[Park]:
    name = f"park-{secrets.token_hex(3)}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    plane.api.expect("POST", "/api/v1/namespaces", body)
    yield Park(plane, name)
    plane.api("DELETE", f"/api/v1/namespaces/{name}")


def test_a_service_comes_up_with_endpoints_and_leaves_nothing(park: Park) -> None:
    park.helmet(hpa=("edge", "cloud"))
    for name in ("helmet-deployment-cloud", "helmet-deployment-edge"):
        eventually(partial(park.ready, name), what=f"{name} ready")
    assert park.names(HPA) == ["hpa-helmet-deployment-cloud", "hpa-helmet-deployment-edge"]
    eventually(lambda: park.get(ENDPOINTS, "helmet-cloud").get("subsets"), what="endpoints")
    conditions = eventually(lambda: (park.get(JI, "helmet").get("status") or {}).get("conditions"))
    assert conditions is not None and conditions[-1]["type"] in (
        "Running",
        "Failed",
    )  # by chance, as in the real one
    park.delete(JI, "helmet")
    eventually(lambda: park.names(DEPLOYMENT, HPA, SERVICE, POD) == [], what="all gone")


def test_a_deleted_deployment_is_back_and_ready(park: Park) -> None:
    park.helmet()
    eventually(lambda: park.ready("helmet-deployment-cloud"))
    before = park.get(DEPLOYMENT, "helmet-deployment-cloud")["metadata"]["uid"]
    park.delete(DEPLOYMENT, "helmet-deployment-cloud")

    def back() -> bool:
        now = park.get(DEPLOYMENT, "helmet-deployment-cloud")["metadata"]["uid"]
        return bool(now != before) and park.ready("helmet-deployment-cloud")

    eventually(back, what="the Deployment back and ready")
    eventually(lambda: len([name for name in park.names(POD) if "cloud" in name]) == 1)


@pytest.mark.parametrize("kind", ["FeatureExtractionService", "ObjectSearchService", "FederatedLearningJob"])
def test_other_kinds_come_and_go(park: Park, kind: str) -> None:
    everything = every_other_kind(park.namespace)
    references = [one for one in everything if one["kind"] in ("Model", "Dataset")]
    manifest = next(one for one in everything if one["kind"] == kind)
    park.create(*references, manifest)
    eventually(lambda: park.items(POD), what="pods")
    eventually(
        lambda: all(pod["status"]["phase"] == "Running" for pod in park.items(POD)), what="pods running"
    )
    park.delete(BY_KIND[kind].resource, manifest["metadata"]["name"])
    eventually(lambda: park.names(DEPLOYMENT, SERVICE, POD) == [], what="all gone")


def test_a_round_of_incremental_learning(park: Park) -> None:
    everything = every_other_kind(park.namespace)
    job = next(one for one in everything if one["kind"] == "IncrementalLearningJob")
    park.create(*(one for one in everything if one["kind"] in ("Model", "Dataset")), job)
    resource = BY_KIND["IncrementalLearningJob"].resource
    eventually(lambda: (park.get(resource, "il").get("status") or {}).get("conditions"))
    patch = {"metadata": {"annotations": {SAMPLES: "1000"}}}
    park.patch(BY_KIND["Dataset"].resource, "data", patch)

    def stages() -> list[str]:
        conditions = park.get(resource, "il")["status"]["conditions"]
        return [f"{one['stage']} {one['type']}" for one in conditions]

    eventually(lambda: stages()[1:].count("Train Waiting") == 1, what="a whole round")
    assert [one for one in stages() if one.endswith("Completed")] == [
        "Train Completed",
        "Eval Completed",
        "Deploy Completed",
    ]

    def ended() -> set[str]:
        pods = [pod for pod in park.items(POD) if pod["status"]["phase"] == "Succeeded"]
        return {pod["metadata"]["name"].split("-")[1] for pod in pods}

    eventually(lambda: ended() == {"train", "eval"}, what="the workers ended")


def test_a_crash_shows_on_the_global_managers_own_deployment(park: Park) -> None:
    for resource, manifest in installation(local_controllers=False):
        namespace = SEDNA if resource.namespaced else None
        status, answer = park.api("POST", path_of(resource, namespace), manifest)
        assert status == 201 or answer.get("reason") == "AlreadyExists", answer

    def available() -> bool:
        status = park.get(DEPLOYMENT, "gm", SEDNA).get("status", {})
        return bool(status.get("availableReplicas", 0) == 1)

    eventually(available, what="gm available")
    everything = every_other_kind(park.namespace)
    service = next(one for one in everything if one["kind"] == "FeatureExtractionService")
    del service["spec"]["replicas"]
    park.create(service)
    eventually(lambda: not available(), what="gm unavailable")
    (pod,) = (one for one in park.items(POD, SEDNA) if one["metadata"]["labels"]["sedna"] == "gm")
    (container,) = pod["status"]["containerStatuses"]
    assert container["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    park.helmet()
    park.delete(BY_KIND["FeatureExtractionService"].resource, "fe")
    eventually(available, what="gm available again")
    eventually(lambda: park.ready("helmet-deployment-cloud"), what="what came meanwhile")
