"""The same workloads under Sedna's own Global Manager and under the sandbox's: the same children, conditions, reactions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sednactl.cluster.addresses import path_of
from sednactl.sedna.kinds import BY_KIND, JOINT_INFERENCE
from sednactl.sedna.resources import DEPLOYMENT, HPA, POD, SERVICE, Resource
from tests.live.other_kinds import every_other_kind
from tests.live.plane.api import MERGE, eventually
from tests.live.services import joint_inference, model
from tests.sandbox.global_manager.both import OURS, REAL, Both

pytestmark = pytest.mark.compared

Json = dict[str, Any]
JI = JOINT_INFERENCE.resource
KINDS = [one["kind"] for one in every_other_kind("PLACE") if one["kind"] not in ("Model", "Dataset")]


@pytest.fixture(autouse=True)
def cleared(both: Both) -> Iterator[None]:
    yield
    both.clear()


def workload(kind: str) -> list[Json]:
    everything = every_other_kind("PLACE")
    references = [one for one in everything if one["kind"] in ("Model", "Dataset")]
    return [*references, next(one for one in everything if one["kind"] == kind)]


def helmet(**more: Any) -> list[Json]:
    models = [model("big-model", "PLACE"), model("little-model", "PLACE")]
    return [*models, joint_inference("helmet", "PLACE", **more)]


def names(found: dict[str, list[Json]]) -> list[str]:
    return [one["metadata"]["name"] for items in found.values() for one in items]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind(both: Both, kind: str) -> None:
    manifests = workload(kind)
    both.create(*manifests)
    name = manifests[-1]["metadata"]["name"]

    def look(namespace: str) -> Any:
        # On a busy machine the real one may look at a feature extraction service a second time before it knows
        # of the Deployment it made, and then writes that it could not make one.
        status = None if kind == "FeatureExtractionService" else both.status(kind, name, namespace)
        return {"children": both.children(namespace), "status": status}

    found = both.compare(look)
    assert names(found["children"]) or kind in ("LifelongLearningJob", "ObjectTrackingService")
    both.delete(BY_KIND[kind].resource, name)
    left = both.compare(both.children, calm=4)
    assert names(left) == []


def test_joint_inference_with_hpa(both: Both) -> None:
    both.create(*helmet(hpa=("edge", "cloud")))
    found = both.compare(both.children)
    assert len(names(found)) == 5
    both.compare(lambda namespace: first_condition(both, "helmet", namespace))


def first_condition(both: Both, name: str, namespace: str) -> Json:
    return both.first_conditions("JointInferenceService", name, namespace)[0]


def left_over(resource: Resource, name: str) -> Json:
    labels = {"left": "over"}
    container = {"name": "w", "image": "example.org/old:v1"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    specs: dict[str, Json] = {
        "Service": {"selector": labels, "ports": [{"port": 1}]},
        "Deployment": {"selector": {"matchLabels": labels}, "template": template},
        "HorizontalPodAutoscaler": {
            "maxReplicas": 2,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "nothing"},
        },
    }
    return {
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "metadata": {"name": name},
        "spec": specs[resource.kind],
    }


@pytest.mark.parametrize("hpa", [(), ("cloud", "edge")], ids=["plain", "hpa"])
@pytest.mark.parametrize(
    ("resource", "name"),
    [
        (SERVICE, "helmet-cloud"),
        (DEPLOYMENT, "helmet-deployment-cloud"),
        (DEPLOYMENT, "helmet-deployment-edge"),
        (HPA, "hpa-helmet-deployment-edge"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_left_overs_under_a_childs_name(
    both: Both, resource: Resource, name: str, hpa: tuple[str, ...]
) -> None:
    both.create(left_over(resource, name), *helmet(hpa=hpa))
    both.compare(
        lambda namespace: {
            "first": first_condition(both, "helmet", namespace),
            "children": both.children(namespace),
        }
    )


@pytest.mark.parametrize(
    ("kind", "resource", "name"),
    [
        ("FederatedLearningJob", SERVICE, "fl-aggregation"),
        ("FeatureExtractionService", SERVICE, "fe-fe"),
        ("FeatureExtractionService", DEPLOYMENT, "fe-deployment-fe"),
        ("VideoAnalyticsJob", SERVICE, "va-videoanalytics"),
        ("ObjectSearchService", SERVICE, "search-userworker"),
        ("ObjectSearchService", DEPLOYMENT, "search-deployment-reidworker"),
    ],
)
def test_left_overs_under_names_of_other_kinds(both: Both, kind: str, resource: Resource, name: str) -> None:
    manifests = workload(kind)
    both.create(left_over(resource, name), *manifests)
    workload_name = manifests[-1]["metadata"]["name"]

    def look(namespace: str) -> Any:
        # Feature extraction's status may be written over by a second look, see there.
        status: Any = (
            both.first_conditions(kind, workload_name, namespace)
            if kind == "FeatureExtractionService"
            else both.status(kind, workload_name, namespace)
        )
        return {"children": both.children(namespace), "status": status}

    both.compare(look, calm=4)


def without_image() -> list[Json]:
    *models, service = helmet()
    del service["spec"]["edgeWorker"]["template"]["spec"]["containers"][0]["image"]
    return [*models, service]


def under_another_name(name: str) -> list[Json]:
    *models, service = helmet()
    service["metadata"]["name"] = name
    return [*models, service]


@pytest.mark.parametrize(
    "manifests",
    [
        helmet()[1:],
        [helmet()[0], helmet()[2]],
        without_image(),
        under_another_name("1abc"),
        under_another_name("a.b"),
        under_another_name("x" * 54),
        under_another_name("x" * 53),
    ],
    ids=["no cloud model", "no edge model", "no image", "1abc", "a.b", "54 letters", "53 letters"],
)
def test_what_cannot_be_created_is_told_in_the_same_words(both: Both, manifests: list[Json]) -> None:
    both.create(*manifests)
    name = manifests[-1]["metadata"]["name"]
    both.compare(
        lambda namespace: {
            "first": first_condition(both, name, namespace),
            "children": both.children(namespace),
        }
    )


def uids(both: Both, namespace: str) -> dict[str, str]:
    items = [*both.items(DEPLOYMENT, namespace), *both.items(HPA, namespace)]
    return {one["metadata"]["name"]: one["metadata"]["uid"] for one in items}


def test_deleted_deployments_come_back_and_so_do_foreign_ones(both: Both) -> None:
    both.create(*helmet(hpa=("cloud",)), left_over(DEPLOYMENT, "helmet-deployment-foo"))
    both.compare(both.children)
    before = {namespace: uids(both, namespace) for namespace in (REAL, OURS)}
    for name in ("helmet-deployment-cloud", "helmet-deployment-foo"):
        both.delete(DEPLOYMENT, name)
    both.delete(HPA, "hpa-helmet-deployment-cloud")
    found = both.compare(both.children)
    assert sorted(one["metadata"]["name"] for one in found["deployments"]) == [
        "helmet-deployment-cloud",
        "helmet-deployment-edge",
        "helmet-deployment-foo",
    ]
    assert found["horizontalpodautoscalers"] == []
    for namespace in (REAL, OURS):
        after = uids(both, namespace)
        assert after["helmet-deployment-cloud"] != before[namespace]["helmet-deployment-cloud"]
        assert after["helmet-deployment-edge"] == before[namespace]["helmet-deployment-edge"]


def worker_names(both: Both, namespace: str) -> dict[str, str]:
    found = {}
    for item in both.items(DEPLOYMENT, namespace):
        env = item["spec"]["template"]["spec"]["containers"][0]["env"]
        found[item["metadata"]["name"]] = next(one["value"] for one in env if one["name"] == "WORKER_NAME")
    return found


def test_edits_reach_the_children(both: Both) -> None:
    both.create(*helmet(hpa=("cloud",)))
    both.compare(both.children)
    before = {namespace: worker_names(both, namespace) for namespace in (REAL, OURS)}
    both.patch(JI, "helmet", {"spec": {"cloudWorker": {"hpa": {"minReplicas": 2, "maxReplicas": 6}}}})
    found = both.compare(both.children)
    assert [one["spec"]["maxReplicas"] for one in found["horizontalpodautoscalers"]] == [6]
    for namespace in (REAL, OURS):
        after = worker_names(both, namespace)
        assert after["helmet-deployment-cloud"] != before[namespace]["helmet-deployment-cloud"]
        assert after["helmet-deployment-edge"] == before[namespace]["helmet-deployment-edge"]
    both.patch(JI, "helmet", {"spec": {"cloudWorker": {"hpa": None}}})
    found = both.compare(both.children)
    assert found["horizontalpodautoscalers"] == []
    both.patch(DEPLOYMENT, "helmet-deployment-edge", {"spec": {"replicas": 2}})

    def at_rest(namespace: str) -> Any:
        # An edit that meets a Deployment just written by another is lost, in both.
        return (
            both.get(DEPLOYMENT, namespace, "helmet-deployment-edge").get("status", {}).get("readyReplicas")
        )

    assert both.compare(at_rest, calm=3) == 2
    edge = {"hpa": {"maxReplicas": 3}, "hardExampleMining": {"name": "CrossEntropy", "parameters": None}}
    both.patch(JI, "helmet", {"spec": {"edgeWorker": edge}})
    found = both.compare(both.children)
    assert names({"hpa": found["horizontalpodautoscalers"]}) == ["hpa-helmet-deployment-edge"]
    for namespace in (REAL, OURS):
        assert both.get(DEPLOYMENT, namespace, "helmet-deployment-edge")["spec"]["replicas"] == 2
    bad = {"template": {"spec": {"nodeName": "no node"}}}
    both.patch(JI, "helmet", {"spec": {"edgeWorker": bad}})
    both.compare(both.children)
    both.delete(SERVICE, "helmet-cloud")
    both.patch(JI, "helmet", {"spec": {"cloudWorker": {"template": {"spec": {"nodeName": "cloud-node"}}}}})
    found = both.compare(both.children)
    assert found["services"] == []
    both.delete(JI, "helmet")
    assert names(both.compare(both.children, calm=4)) == []


SECRET_WITH_ENDPOINT = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "key", "annotations": {"s3-endpoint": "minio:9000", "s3-usehttps": "0"}},
    "stringData": {"ACCESS_KEY_ID": "id", "SECRET_ACCESS_KEY": "secret"},
}


def at(item: Json, url: str) -> Json:
    item["spec"] |= {"url": url, "credentialName": "key"}
    return item


def test_storage_and_secrets(both: Both) -> None:
    big, little, service = helmet()
    both.create(
        SECRET_WITH_ENDPOINT, at(big, "s3://bucket/big/m.pb"), at(little, "https://h:1/l/m.pb"), service
    )
    both.compare(both.children)
    big, dataset, job = workload("FederatedLearningJob")
    job["spec"]["transmitter"] = {"s3": {"aggDataPath": "s3://bucket/agg", "credentialName": "key"}}
    job["spec"]["pretrainedModel"] = {"name": "big"}
    both.create(at(big, "s3://bucket/m%20m/m.pb"), at(dataset, "/data/a b/index.txt"), job)
    found = both.compare(both.children)
    assert len(found["pods"]) == 3


INPUT = {
    "input": {
        "models": [{"url": "/models/big/frozen.pb", "format": "pb"}, {"url": "/output/m.pb"}],
        "dataURL": "/output/data/train/1/data.txt",
        "dataIndexURL": "/output/data/train/1/index.txt",
        "outputDir": "s3://bucket/train/1",
    }
}


def reported(both: Both, kind: str, name: str, stage: str, type_: str) -> None:
    resource = BY_KIND[kind].resource
    condition = {"stage": stage, "type": type_, "status": "True", "data": json.dumps(INPUT)}
    for namespace in (REAL, OURS):
        job = both.get(resource, namespace, name)
        conditions = [*job["status"]["conditions"], condition]
        path = path_of(resource, namespace, name, "status")
        both.plane.api.expect("PATCH", path, {"status": {"conditions": conditions}}, MERGE)


@pytest.mark.parametrize("hot_update", [False, True], ids=["", "hot update"])
@pytest.mark.parametrize(("kind", "name"), [("IncrementalLearningJob", "il"), ("LifelongLearningJob", "ll")])
def test_stages_of_learning(both: Both, kind: str, name: str, hot_update: bool) -> None:
    model_, dataset, job = workload(kind)
    if kind == "IncrementalLearningJob" and hot_update:
        job["spec"]["deploySpec"]["model"]["hotUpdateEnabled"] = True
    job["spec"]["credentialName"] = "key"
    both.create(SECRET_WITH_ENDPOINT, model_, dataset, job)

    def look(namespace: str) -> Any:
        item = both.get(BY_KIND[kind].resource, namespace, name)
        # Each once: the real one restarts the serving pod twice when it has not seen its own deed yet.
        pods = {json.dumps(pod, sort_keys=True) for pod in both.children(namespace)["pods"]}
        return {
            "children": [json.loads(pod) for pod in sorted(pods)],
            "status": both.status(kind, name, namespace),
            "annotations": json.loads(
                json.dumps(item["metadata"].get("annotations")).replace(namespace, "PLACE")
            ),
        }

    both.compare(look)
    for stage in ("Train", "Eval", "Deploy"):
        reported(both, kind, name, stage, "Ready")
        both.compare(look)
        if stage != "Deploy":
            reported(both, kind, name, stage, "Completed")
            both.compare(look)


def test_an_edit_of_federated_learning_makes_new_pods(both: Both) -> None:
    both.create(*workload("FederatedLearningJob"))
    assert len(both.compare(both.children)["pods"]) == 3
    template = {"spec": {"nodeName": "edge-node", "containers": [{"name": "w", "image": "example.org/w:v2"}]}}
    spec = {"spec": {"aggregationWorker": {"template": template}}}
    both.patch(BY_KIND["FederatedLearningJob"].resource, "fl", spec)

    def look(namespace: str) -> Any:
        # How many of the old ones come back is chance: those that are gone while the edit is carried out do not.
        images = [pod["spec"]["containers"][0]["image"] for pod in both.items(POD, namespace)]
        assert len(images) >= 3
        # The real one may make the new aggregator twice, when it has not seen its first yet.
        return "example.org/w:v2" in images

    assert both.compare(look, calm=4)


def test_deleted_pods_come_back_or_not(both: Both) -> None:
    for kind in ("FederatedLearningJob", "ReidJob"):
        *references, job = workload(kind)
        both.create(*(references if kind == "FederatedLearningJob" else ()), job)
    both.compare(both.children)
    before = {}
    for namespace in (REAL, OURS):
        before[namespace] = {pod["metadata"]["name"] for pod in both.items(POD, namespace)}
        doomed = [name for name in sorted(before[namespace]) if not name.startswith("fl-aggregation")]
        for name in (doomed[0], doomed[-1]):  # a trainer and the one of the other kind
            both.plane.api.expect("DELETE", path_of(POD, namespace, name))

    def look(namespace: str) -> Any:
        after = {pod["metadata"]["name"] for pod in both.items(POD, namespace)}
        assert all(not pod["metadata"].get("deletionTimestamp") for pod in both.items(POD, namespace))
        return {
            "back": sorted(name[:8] for name in after & before[namespace]),
            # More than one may be new: the real one creates by what it saw last.
            "new": sorted({name[:8] for name in after - before[namespace]}),
        }

    found = both.compare(look, calm=4)
    assert found == {"back": ["fl-aggre", "fl-train", "fl-train"], "new": ["reid-rei"]}


def crashing() -> dict[str, list[Json]]:
    *_, extraction = workload("FeatureExtractionService")
    del extraction["spec"]["replicas"]
    models = workload("ReidJob")[:-1]
    *_, federated = workload("FederatedLearningJob")
    federated["spec"]["aggregationWorker"]["model"]["name"] = ""
    *_, analytics = workload("VideoAnalyticsJob")
    analytics["spec"]["model"]["name"] = ""
    big, little, service = helmet()
    big["spec"]["url"] = "/data/100%/m.pb"
    *references, learning = workload("IncrementalLearningJob")
    learning["metadata"]["name"] = "a" * 58
    bare = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "bare"}, "stringData": {"a": "b"}}
    dataset = models[-1]
    dataset["spec"]["credentialName"] = "bare"
    return {
        "replicas": [*workload("ReidJob")[:-1], extraction],
        "aggregator": [federated],
        "analytics": [analytics],
        "url": [big, little, service],
        "secret": [bare, dataset],
        "name": [*references, learning],
    }


@pytest.mark.parametrize("cause", list(crashing()))
def test_the_same_inputs_crash_both(both: Both, cause: str) -> None:
    both.create(*crashing()[cause])
    try:
        eventually(both.real_is_down, timeout=30, what="the real one has crashed")
        eventually(both.ours_is_down, timeout=30, what="ours has crashed")
    finally:
        both.clear()
        both.restart()
