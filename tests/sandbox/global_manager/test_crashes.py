"""What ends the Global Manager's process, what that stops, and how its own pod shows it."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.errors import Unreachable
from sednactl.sandbox.controllers.global_manager.faults import Faults
from sednactl.sandbox.controllers.global_manager.installation import GM_LABELS, NAMESPACE
from sednactl.sedna.kinds import DATASET, FEATURE_EXTRACTION, JOINT_INFERENCE
from sednactl.sedna.resources import DEPLOYMENT, POD, SECRET
from tests.sandbox.global_manager.acting import Scene, conditions, helmet, workload

Json = dict[str, Any]
RIGHTS = Faults(missing_rbac=False, false_failed=False)


def without_replicas() -> list[Json]:
    *others, service = workload("FeatureExtractionService")
    del service["spec"]["replicas"]
    return [*others, service]


def without_model_name(kind: str) -> list[Json]:
    *others, job = workload(kind)
    holder = job["spec"].get("aggregationWorker", job["spec"])
    holder["model"]["name"] = ""
    return [*others, job]


def with_bad_url() -> list[Json]:
    big, little, service = helmet()
    big["spec"]["url"] = "/data/100%/m.pb"
    return [big, little, service]


def with_bare_secret() -> list[Json]:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "key", "namespace": "default"},
        "data": {"ACCESS_KEY_ID": "aWQ="},
    }
    dataset = next(one for one in workload("ReidJob") if one["kind"] == "Dataset")
    dataset["spec"]["credentialName"] = "key"
    return [secret, dataset]


def with_long_name(kind: str) -> list[Json]:
    *others, job = workload(kind)
    job["metadata"]["name"] = "a" * 60
    return [*others, job]


CRASHES = [
    with_long_name("IncrementalLearningJob"),
    without_replicas(),
    without_model_name("FederatedLearningJob"),
    without_model_name("VideoAnalyticsJob"),
    with_bad_url(),
    with_bare_secret(),
]


@pytest.mark.parametrize("manifests", CRASHES, ids=lambda manifests: manifests[-1]["kind"])
def test_a_crash_stops_every_kind_and_comes_again_while_its_cause_exists(manifests: list[Json]) -> None:
    scene = Scene(RIGHTS)
    scene.put(*manifests)
    assert scene.manager.crashes == 1
    *_, job = workload("ReidJob")
    scene.put(job)
    assert [pod for pod in scene.names(POD) if pod.startswith("reid-")] == []
    scene.advance(10.5)
    assert scene.manager.crashes == 2
    scene.advance(20)
    assert scene.manager.crashes == 3
    assert scene.log[-1].startswith("panic: ")


@pytest.mark.parametrize("manifests", CRASHES, ids=lambda manifests: manifests[-1]["kind"])
def test_without_the_fault_nothing_crashes(manifests: list[Json]) -> None:
    scene = Scene(Faults.none())
    scene.put(*manifests)
    scene.advance(100)
    assert scene.manager.crashes == 0


def test_once_the_cause_is_gone_it_works_again_on_all_that_came_meanwhile() -> None:
    scene = Scene(RIGHTS)
    scene.put(*without_replicas())
    service = scene.put(*helmet())
    assert conditions(service) == []
    scene.delete(FEATURE_EXTRACTION.resource, "fe")
    scene.advance(11)
    assert conditions(scene.again(service)) == [("Running", "", "")]
    scene.advance(1000)
    assert scene.manager.crashes == 1


def test_an_annotation_on_the_secret_or_no_node_avoids_the_crash() -> None:
    secret, dataset = with_bare_secret()
    secret["metadata"]["annotations"] = {"s3-endpoint": "minio:9000"}
    scene = Scene(RIGHTS)
    scene.put(secret, dataset)
    assert scene.manager.crashes == 0
    secret, dataset = with_bare_secret()
    dataset["spec"]["nodeName"] = ""
    scene = Scene(RIGHTS)
    scene.put(secret, dataset)
    assert scene.manager.crashes == 0
    assert scene.names(SECRET, DATASET.resource) == ["key", "data"]


def test_its_own_pod_shows_the_crash_loop() -> None:
    scene = Scene(RIGHTS)
    pod = {
        "metadata": {"name": "gm-1", "namespace": NAMESPACE, "labels": GM_LABELS},
        "spec": {"containers": [{"name": "gm", "image": "kubeedge/sedna-gm:v0.7.0"}]},
    }
    scene.cluster.put(POD, pod)
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/gm-1/status"
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    scene.cluster.request("PATCH", path, body={"status": ready})
    scene.settle()
    scene.put(*without_replicas())
    status = scene.cluster.get(POD, "gm-1", NAMESPACE)["status"]
    (container,) = status["containerStatuses"]
    assert container["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert container["lastState"]["terminated"]["exitCode"] == 2
    assert (container["ready"], container["restartCount"]) == (False, 1)
    assert status["conditions"][0]["status"] == "False"
    scene.delete(FEATURE_EXTRACTION.resource, "fe")
    scene.advance(11)
    status = scene.cluster.get(POD, "gm-1", NAMESPACE)["status"]
    assert "running" in status["containerStatuses"][0]["state"]
    assert status["conditions"][0]["status"] == "True"
    assert scene.names(DEPLOYMENT) == []


def test_a_task_that_met_silence_is_done_later() -> None:
    scene = Scene(RIGHTS)
    big, little, service = helmet()
    scene.put(big, little)
    scene.cluster.refuse["POST /apis/apps/v1"] = Unreachable("no answer")
    scene.cluster.put(JOINT_INFERENCE.resource, service)
    scene.settle()
    assert scene.names(DEPLOYMENT) == []
    scene.cluster.refuse.clear()
    scene.advance(5)
    assert scene.names(DEPLOYMENT) == ["helmet-deployment-cloud", "helmet-deployment-edge"]


def test_a_status_whose_writing_met_silence_once_is_written_all_the_same() -> None:
    scene = Scene(RIGHTS)
    big, _, service = helmet()
    scene.put(big)
    ask, silent = scene.cluster.request, [True]

    def once_silent(method: str, path: str, **more: Any) -> Json:
        if method == "PUT" and path.endswith("/status") and silent:
            silent.clear()
            raise Unreachable("no answer")
        return ask(method, path, **more)

    scene.cluster.request = once_silent  # type: ignore[method-assign]
    service = scene.put(service)
    message = 'failed to get model little-model: models.sedna.io "little-model" not found'
    assert conditions(service) == [("Failed", "", message)]
