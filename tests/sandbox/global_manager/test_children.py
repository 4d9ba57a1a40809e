"""What children every kind has, as pure data."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.sandbox.controllers.global_manager.children import children_of
from sednactl.sandbox.controllers.global_manager.halting import CannotCreate, Panic
from sednactl.sandbox.controllers.global_manager.recipe import Recipe, References
from tests.live.other_kinds import every_other_kind
from tests.live.services import joint_inference, model

Json = dict[str, Any]
LC = "http://localhost:9100"


def living(manifest: Json) -> Json:
    """Give a manifest as the API server would have stored it, as far as children depend on that."""
    meta = {**manifest["metadata"], "uid": "the-uid"}
    return {**manifest, "metadata": meta}


def references(*names: str) -> References:
    models = {name: model(name, "park") for name in ("big", "big-model", "little-model")}
    dataset = {"metadata": {"name": "data"}, "spec": {"url": "/data/index.txt", "format": "txt"}}
    known = {**{name: models[name] for name in models}}
    return References(
        {name: item for name, item in known.items() if not names or name in names},
        {"data": dataset} if not names else {},
    )


def workload(kind: str) -> Json:
    return living(next(one for one in every_other_kind("park") if one["kind"] == kind))


def made(item: Json, recipe: Recipe | None = None) -> list[tuple[str, str]]:
    recipe = recipe or Recipe(random_name=lambda: "xxxxx")
    found = []
    for child in children_of(item, references(), recipe):
        meta = child.manifest["metadata"]
        found.append((child.resource.plural, meta.get("name") or f"{meta['generateName']}*"))
    return found


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "FederatedLearningJob",
            [
                ("pods", "fl-aggregation-*"),
                ("services", "fl-aggregation"),
                ("pods", "fl-train-*"),
                ("pods", "fl-train-*"),
            ],
        ),
        ("IncrementalLearningJob", [("pods", "il-inference-*")]),
        ("LifelongLearningJob", []),
        ("FeatureExtractionService", [("deployments", "fe-deployment-fe"), ("services", "fe-fe")]),
        (
            "ObjectSearchService",
            [
                ("deployments", "search-deployment-reidworker"),
                ("services", "search-reidworker"),
                ("deployments", "search-deployment-userworker"),
                ("services", "search-userworker"),
                ("pods", "search-trackingworker-*"),
            ],
        ),
        ("ObjectTrackingService", []),
        ("ReidJob", [("pods", "reid-reid-*")]),
        ("VideoAnalyticsJob", [("pods", "va-videoanalytics-*"), ("services", "va-videoanalytics")]),
        ("Model", []),
        ("Dataset", []),
    ],
)
def test_children_of_each_kind_in_order(kind: str, expected: list[tuple[str, str]]) -> None:
    assert made(workload(kind)) == expected


def test_joint_inference_makes_the_cloud_side_first_and_an_autoscaler_after_its_deployment() -> None:
    service = living(joint_inference("helmet", "park", hpa=("edge", "cloud")))
    assert made(service) == [
        ("deployments", "helmet-deployment-cloud"),
        ("horizontalpodautoscalers", "hpa-helmet-deployment-cloud"),
        ("services", "helmet-cloud"),
        ("deployments", "helmet-deployment-edge"),
        ("horizontalpodautoscalers", "hpa-helmet-deployment-edge"),
    ]


def test_release_0_6_makes_bare_pods_for_an_owner_that_is_no_kind_and_takes_no_notice_of_hpa() -> None:
    service = living(joint_inference("helmet", "park", hpa=("edge", "cloud")))
    recipe = Recipe("0.6", random_name=lambda: "xxxxx")
    assert made(service, recipe) == [
        ("pods", "helmet-cloud-*"),
        ("services", "helmet-cloud"),
        ("pods", "helmet-edge-*"),
    ]
    *_, edge = children_of(service, references(), recipe)
    assert edge.manifest["metadata"]["ownerReferences"][0]["kind"] == "JointInference"
    assert edge.manifest["metadata"]["labels"]["jointinference.sedna.io/worker-type"] == "edge"
    assert edge.manifest["spec"]["hostNetwork"] is True
    search = workload("ObjectSearchService")
    assert ("deployments", "search-deployment-reidworker-*") in made(search, recipe)


def env_of(spec: Json) -> dict[str, str]:
    return {one["name"]: one["value"] for one in spec["containers"][0]["env"]}


def test_the_edge_worker_learns_where_the_cloud_worker_is_and_how_to_mine() -> None:
    service = living(joint_inference("helmet", "park"))
    *_, edge = children_of(service, references(), Recipe(random_name=lambda: "xxxxx"))
    template = edge.manifest["spec"]["template"]
    assert env_of(template["spec"]) == {
        "DATA_PATH_PREFIX": "/home/data",
        "BIG_MODEL_IP": "helmet-cloud.park",
        "BIG_MODEL_PORT": "5000",
        "HEM_NAME": "IBT",
        "HEM_PARAMETERS": '[{"key":"threshold_img","value":"0.9"}]',
        "LC_SERVER": LC,
        "MODEL_URL": "/home/data/models/little-model/frozen.pb",
        "NAMESPACE": "park",
        "SERVICE_NAME": "helmet",
        "WORKER_NAME": "edgeworker-xxxxx",
    }
    labels = {
        "jointinferenceservice.sedna.io/name": "helmet",
        "jointinferenceservice.sedna.io/uid": "the-uid",
        "jointinferenceservice.sedna.io/worker-type": "edge",
        "app.sedna.io": "helmet-Edge-svc",
    }
    assert template["metadata"]["labels"] == labels
    assert edge.manifest["metadata"]["labels"] == labels
    assert edge.manifest["spec"]["selector"] == {"matchLabels": labels}
    assert "replicas" not in edge.manifest["spec"]
    assert edge.manifest["metadata"]["ownerReferences"] == [
        {
            "apiVersion": "sedna.io/v1alpha1",
            "kind": "JointInferenceService",
            "name": "helmet",
            "uid": "the-uid",
            "controller": True,
            "blockOwnerDeletion": True,
        }
    ]


def test_mining_without_parameters_is_null_and_escaped_as_go_does() -> None:
    service = living(joint_inference("helmet", "park"))
    mining = service["spec"]["edgeWorker"]["hardExampleMining"]
    del mining["parameters"]
    *_, edge = children_of(service, references())
    assert env_of(edge.manifest["spec"]["template"]["spec"])["HEM_PARAMETERS"] == "null"
    mining["parameters"] = [{"key": "a<b", "value": "ä&"}]
    *_, edge = children_of(service, references())
    written = env_of(edge.manifest["spec"]["template"]["spec"])["HEM_PARAMETERS"]
    assert written == '[{"key":"a\\u003cb","value":"ä\\u0026"}]'


def test_the_service_selects_by_uid_and_carries_no_app_label() -> None:
    service = living(joint_inference("helmet", "park"))
    child = next(one for one in children_of(service, references()) if one.resource.plural == "services")
    labels = {
        "jointinferenceservice.sedna.io/name": "helmet",
        "jointinferenceservice.sedna.io/uid": "the-uid",
        "jointinferenceservice.sedna.io/worker-type": "cloud",
    }
    assert child.manifest["spec"] == {
        "selector": labels,
        "ports": [{"name": "tcp-0", "protocol": "TCP", "port": 5000, "targetPort": 5000}],
    }
    assert child.manifest["metadata"]["labels"] == labels


def test_trainers_run_on_the_host_network_and_restart_on_failure() -> None:
    aggregator, _, first, second = children_of(workload("FederatedLearningJob"), references())
    assert "hostNetwork" not in aggregator.manifest["spec"]
    for trainer in (first, second):
        assert trainer.manifest["spec"]["hostNetwork"] is True
        assert trainer.manifest["spec"]["restartPolicy"] == "OnFailure"
        env = env_of(trainer.manifest["spec"])
        assert env["AGG_IP"] == "fl-aggregation.park"
        assert env["PARTICIPANTS_COUNT"] == "2"
        assert env["TRAIN_DATASET_URL"] == "/home/data/data/index.txt"


def test_the_users_template_is_not_changed() -> None:
    service = living(joint_inference("helmet", "park", hpa=("edge",)))
    before = repr(service)
    for child in children_of(service, references()):
        child.manifest["metadata"]["labels"]["x"] = "y"
    assert repr(service) == before


def test_a_missing_model_stops_where_it_is_needed_in_the_words_of_the_api() -> None:
    service = living(joint_inference("helmet", "park"))
    children = children_of(service, references("big-model"))
    assert next(children).manifest["metadata"]["name"] == "helmet-deployment-cloud"
    assert next(children).manifest["metadata"]["name"] == "helmet-cloud"
    with pytest.raises(CannotCreate) as caught:
        next(children)
    assert caught.value.message == (
        'failed to get model little-model: models.sedna.io "little-model" not found'
    )


def test_federated_learning_and_video_analytics_do_not_mind_what_is_missing_unless_told_to() -> None:
    for kind in ("FederatedLearningJob", "VideoAnalyticsJob"):
        job = workload(kind)
        first, *_ = children_of(job, References())
        assert "MODEL_URL" not in env_of(first.manifest["spec"])
        with pytest.raises(CannotCreate, match=r'models\.sedna\.io "big" not found'):
            next(children_of(job, References(), Recipe(strict_references=True)))


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("FeatureExtractionService", ("replicas",), None),
        ("FederatedLearningJob", ("aggregationWorker", "model", "name"), ""),
        ("FederatedLearningJob", ("trainingWorkers", 0, "dataset", "name"), ""),
        ("VideoAnalyticsJob", ("model", "name"), ""),
    ],
)
def test_what_the_real_one_cannot_stand_is_a_panic(kind: str, path: tuple[Any, ...], value: Any) -> None:
    job = workload(kind)
    part: Any = job["spec"]
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    with pytest.raises(Panic):
        list(children_of(job, references()))


def test_a_url_that_go_cannot_read_is_a_panic_once_a_worker_uses_it() -> None:
    bad = model("big-model", "park")
    bad["spec"]["url"] = "/data/100%/m.pb"
    service = living(joint_inference("helmet", "park"))
    with pytest.raises(Panic):
        next(children_of(service, References({"big-model": bad})))


def test_hot_update_mounts_its_folder_and_says_so() -> None:
    job = workload("IncrementalLearningJob")
    job["spec"]["deploySpec"]["model"] |= {"hotUpdateEnabled": True, "pollPeriodSeconds": 30}
    (pod,) = children_of(job, references())
    env = env_of(pod.manifest["spec"])
    assert env["MODEL_HOT_UPDATE"] == "true"
    assert env["MODEL_POLL_PERIOD_SECONDS"] == "30"
    assert env["MODEL_HOT_UPDATE_CONFIG"] == "/model-hot-update/model_config.json"
    folder = "/var/lib/sedna/model-hot-update/park/incrementallearningjob/il/"
    assert {"path": folder, "type": "DirectoryOrCreate"} in [
        volume["hostPath"] for volume in pod.manifest["spec"]["volumes"]
    ]
