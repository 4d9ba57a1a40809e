"""How the Global Manager treats the other kinds, on virtual time: status, edits, stages, references."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sednactl.sandbox.controllers.global_manager.faults import Faults
from sednactl.sedna.kinds import (
    BY_KIND,
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    LIFELONG_LEARNING,
    OBJECT_SEARCH,
)
from sednactl.sedna.resources import DEPLOYMENT, EVENT, POD, SERVICE
from tests.live.services import model
from tests.sandbox.global_manager.acting import NAMESPACE, Scene, conditions, workload

Json = dict[str, Any]
NONE = Faults.none()


def set_phase(scene: Scene, name_part: str, phase: str) -> None:
    for pod in scene.cluster.of(POD):
        if name_part in pod["metadata"]["name"]:
            scene.cluster.edit(POD, pod["metadata"]["name"], {"status": {"phase": phase}}, "status")
    scene.settle()


# -- jobs that end -----------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "complete"),
    [("ReidJob", "Completed"), ("VideoAnalyticsJob", "Completed"), ("FederatedLearningJob", "Complete")],
)
def test_a_job_runs_and_completes(kind: str, complete: str) -> None:
    scene = Scene()
    job = scene.put(*workload(kind))
    assert (job["status"]["phase"], job["status"].get("conditions")) == ("Running", None)
    set_phase(scene, "-", "Succeeded")
    job = scene.again(job)
    assert job["status"]["phase"] == "Succeeded"
    assert job["status"]["active"] == 0
    assert job["status"]["completionTime"]
    assert conditions(job) == [(complete, "", "")]


@pytest.mark.parametrize("kind", ["ReidJob", "VideoAnalyticsJob", "FederatedLearningJob"])
def test_a_failed_pod_fails_a_job_for_good(kind: str) -> None:
    scene = Scene()
    job = scene.put(*workload(kind))
    set_phase(scene, "-", "Failed")
    assert scene.again(job)["status"]["phase"] == "Failed"
    assert conditions(scene.again(job)) == [("Failed", "workerFailed", f"the worker of {kind} failed")]
    (event,) = scene.cluster.of(EVENT)
    assert (event["type"], event["reason"]) == ("Warning", "workerFailed")
    set_phase(scene, "-", "Running")
    assert scene.again(job)["status"]["phase"] == "Failed"


def test_a_deleted_reid_pod_is_made_anew_with_another_name() -> None:
    scene = Scene()
    scene.put(*workload("ReidJob"))
    (before,) = scene.cluster.of(POD)
    scene.delete(POD, before["metadata"]["name"])
    (after,) = scene.cluster.of(POD)
    assert after["metadata"]["name"] != before["metadata"]["name"]


# -- federated learning ------------------------------------------------------


def federated(name: str) -> Json:
    job = workload("FederatedLearningJob")[-1]
    return {**job, "metadata": {**job["metadata"], "name": name}}


def references() -> list[Json]:
    return workload("FederatedLearningJob")[:-1]


ONE_JOB = ["fl-aggregation-*", "fl-train-*", "fl-train-*"]


def test_deleted_pods_come_back_under_their_names() -> None:
    scene = Scene()
    scene.put(*workload("FederatedLearningJob"))
    pods = [pod["metadata"]["name"] for pod in scene.cluster.of(POD)]
    scene.delete(POD, pods[1])
    assert sorted(pod["metadata"]["name"] for pod in scene.cluster.of(POD)) == sorted(pods)
    scene.delete(POD, pods[1])
    assert pods[1] not in [pod["metadata"]["name"] for pod in scene.cluster.of(POD)]
    scene.advance(6)
    scene.delete(POD, pods[2])
    assert pods[2] in [pod["metadata"]["name"] for pod in scene.cluster.of(POD)]


def test_a_service_of_that_name_leaves_the_aggregator_alone_and_the_job_running() -> None:
    scene = Scene()
    scene.cluster.put(SERVICE, {"metadata": {"name": "fl-aggregation", "namespace": NAMESPACE}})
    job = scene.put(*workload("FederatedLearningJob"))
    scene.advance(60)
    assert scene.names(POD) == ["fl-aggregation-*"]
    assert scene.again(job)["status"]["phase"] == "Running"
    assert scene.again(job)["status"].get("conditions") is None


def test_missing_references_are_ignored_unless_the_fault_is_off() -> None:
    scene = Scene()
    job = scene.put(workload("FederatedLearningJob")[-1])
    assert scene.names(POD) == ONE_JOB
    assert job["status"]["phase"] == "Running"
    strict = Scene(NONE)
    strict.put(workload("FederatedLearningJob")[-1])
    assert strict.names(POD) == []
    strict.put(*references())
    strict.advance(60)
    assert strict.names(POD) == ONE_JOB


def image_of(pod: Json) -> str:
    return str(pod["spec"]["containers"][0]["image"])


NEW = {"spec": {"containers": [{"name": "w", "image": "example.org/w:v2"}]}}


def test_an_edit_leaves_old_pods_beside_the_new_ones() -> None:
    scene = Scene()
    job = scene.put(*workload("FederatedLearningJob"))
    scene.edit(job, {"spec": {"aggregationWorker": {"template": NEW}}})
    scene.advance(31)  # the old pods' grace period, after which they are gone for a moment
    for pod in list(scene.cluster.of(POD)):
        if pod["metadata"].get("deletionTimestamp"):
            scene.delete(POD, pod["metadata"]["name"])
    assert len(scene.cluster.of(POD)) == 6


def test_without_the_faults_an_edit_replaces_the_jobs_own_pods() -> None:
    scene = Scene(NONE)
    job, other = scene.put(*references(), federated("one")), scene.put(federated("two"))
    kept = {pod["metadata"]["uid"] for pod in scene.cluster.of(POD) if "two-" in pod["metadata"]["name"]}
    scene.edit(job, {"spec": {"aggregationWorker": {"template": NEW}}})
    for pod in list(scene.cluster.of(POD)):
        if pod["metadata"].get("deletionTimestamp"):
            scene.delete(POD, pod["metadata"]["name"])
    assert len(scene.cluster.of(POD)) == 6
    assert kept <= {pod["metadata"]["uid"] for pod in scene.cluster.of(POD)}
    aggregator = next(pod for pod in scene.cluster.of(POD) if "one-aggregation" in pod["metadata"]["name"])
    assert image_of(aggregator) == "example.org/w:v2"
    assert scene.again(other)["status"]["phase"] == "Running"


def test_an_edit_takes_the_pods_of_the_job_that_was_looked_at_last() -> None:
    scene = Scene()
    job = scene.put(*references(), federated("one"))
    scene.put(federated("two"))
    scene.edit(job, {"spec": {"aggregationWorker": {"template": NEW}}})
    leaving = [
        pod["metadata"]["name"] for pod in scene.cluster.of(POD) if pod["metadata"].get("deletionTimestamp")
    ]
    assert len(leaving) == 3
    assert all(name.startswith("two-") for name in leaving)


# -- services ----------------------------------------------------------------


def test_feature_extraction_is_always_failed() -> None:
    scene = Scene()
    service = scene.put(*workload("FeatureExtractionService"))
    message = "the worker of FeatureExtractionService failed"
    assert conditions(service) == [("Running", "", ""), ("Failed", "workerFailed", message)]
    mended = Scene(NONE)
    service = mended.put(*workload("FeatureExtractionService"))
    assert conditions(service) == [("Running", "", "")]
    assert mended.names(DEPLOYMENT, SERVICE) == scene.names(DEPLOYMENT, SERVICE)


def test_a_deleted_deployment_of_feature_extraction_stays_away() -> None:
    scene = Scene()
    scene.put(*workload("FeatureExtractionService"))
    scene.delete(DEPLOYMENT, "fe-deployment-fe")
    scene.advance(100)
    assert scene.names(DEPLOYMENT) == []
    assert scene.names(FEATURE_EXTRACTION.resource) == ["fe"]


def test_object_search_never_gets_a_status_and_its_children_come_once_more_after_its_end() -> None:
    scene = Scene(garbage=True)
    service = scene.put(*workload("ObjectSearchService"))
    assert scene.names(DEPLOYMENT) == ["search-deployment-reidworker", "search-deployment-userworker"]
    scene.advance(100)
    assert "status" not in scene.again(service)
    scene.cluster.requests.clear()
    for pod in scene.cluster.of(POD):  # the kubelet's part
        scene.cluster.edit(POD, pod["metadata"]["name"], {"spec": {"nodeName": None}})
    scene.delete(OBJECT_SEARCH.resource, "search")
    scene.advance(1)
    made = [path for method, path in scene.cluster.requests if method == "POST"]
    assert any(path.endswith("/deployments") for path in made)
    for _ in range(5):
        scene.advance(5)
        for pod in list(scene.cluster.of(POD)):
            scene.delete(POD, pod["metadata"]["name"])
    assert scene.names(DEPLOYMENT, SERVICE, POD) == []


def test_object_tracking_is_stored_and_nothing_happens() -> None:
    scene = Scene()
    service = scene.put(*workload("ObjectTrackingService"))
    scene.advance(120)
    assert scene.names(POD, DEPLOYMENT, SERVICE) == []
    assert "status" not in service


# -- learning, stage by stage ------------------------------------------------


def stages(job: Json) -> list[tuple[str, str]]:
    return [(one["stage"], one["type"]) for one in job["status"]["conditions"]]


def report(scene: Scene, job: Json, stage: str, type_: str, data: Json) -> Json:
    """Append a condition as the Local Controller's report does."""
    job = scene.again(job)
    condition = {"stage": stage, "type": type_, "status": "True", "data": json.dumps(data)}
    conditions_ = [*job["status"]["conditions"], condition]
    return scene.edit(job, {"status": {"conditions": conditions_}}, "status")


INPUT = {
    "input": {
        "models": [{"url": "/models/big/frozen.pb"}],
        "dataURL": "/output/data.txt",
        "outputDir": "/output/train",
    }
}


def test_incremental_learning_serves_at_once_and_waits_to_train() -> None:
    scene = Scene()
    job = scene.put(*workload("IncrementalLearningJob"))
    assert scene.names(POD) == ["il-inference-*"]
    assert stages(job) == [("Train", "Waiting")]
    assert job["status"]["startTime"]


def test_incremental_learning_without_its_model_gives_no_sign_and_starts_once_the_model_is_there() -> None:
    scene = Scene()
    dataset, job = (
        one
        for one in workload("IncrementalLearningJob")
        if one["kind"] in ("Dataset", "IncrementalLearningJob")
    )
    job = scene.put(dataset, job)
    scene.advance(100)
    assert "status" not in scene.again(job)
    scene.put(model("big", NAMESPACE))
    scene.advance(61)
    assert stages(scene.again(job)) == [("Train", "Waiting")]
    assert scene.names(POD) == ["il-inference-*"]


@pytest.mark.parametrize("kind", [INCREMENTAL_LEARNING, LIFELONG_LEARNING])
def test_a_round_of_learning(kind: Any) -> None:
    scene = Scene()
    job = scene.put(*workload(kind.kind))
    name = job["metadata"]["name"]
    first = [f"{name}-inference-*"] if kind is INCREMENTAL_LEARNING else []
    job = report(scene, job, "Train", "Ready", INPUT)
    assert scene.names(POD) == [*first, f"{name}-train-*"]
    assert stages(job)[-1] == ("Train", "Starting")
    set_phase(scene, "-train-", "Running")
    job = scene.again(job)
    assert stages(job)[-1] == ("Train", "Running")
    assert job["metadata"]["annotations"]["sedna.io/Train"] == "edge-node"
    set_phase(scene, "-train-", "Succeeded")
    assert stages(scene.again(job))[-2:] == [("Train", "Completed"), ("Eval", "Waiting")]
    report(scene, job, "Eval", "Ready", INPUT)
    set_phase(scene, "-eval-", "Running")
    set_phase(scene, "-eval-", "Succeeded")
    assert stages(scene.again(job))[-1] == ("Deploy", "Waiting")
    before = {
        pod["metadata"]["name"] for pod in scene.cluster.of(POD) if "-inference-" in pod["metadata"]["name"]
    }
    report(scene, job, "Deploy", "Ready", {})
    after = {
        pod["metadata"]["name"]
        for pod in scene.cluster.of(POD)
        if "-inference-" in pod["metadata"]["name"] and not pod["metadata"].get("deletionTimestamp")
    }
    assert len(after) == 1
    assert not after & before
    assert stages(scene.again(job))[-2:] == [("Deploy", "Completed"), ("Train", "Waiting")]


def test_a_failed_training_begins_again() -> None:
    scene = Scene()
    job = scene.put(*workload("LifelongLearningJob"))
    report(scene, job, "Train", "Ready", INPUT)
    set_phase(scene, "-train-", "Failed")
    assert stages(scene.again(job))[-2:] == [("Train", "Failed"), ("Train", "Waiting")]


def test_kinds_here_are_all_kinds_that_are_acted_upon() -> None:
    scene = Scene()
    followed = {resource.kind for resource in scene.manager.follows if resource.group == "sedna.io"}
    assert followed == set(BY_KIND) - {"ObjectTrackingService"}
    assert FEDERATED_LEARNING.kind in followed
