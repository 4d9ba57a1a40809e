"""Findings that only show over several documents, and where they are placed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.manifests.document import document_of
from sednactl.manifests.reading import read_documents
from sednactl.validation.all_together import _may_be_alike
from sednactl.validation.check import check_documents
from sednactl.validation.finding import spell_path
from tests.validation.learning import INCREMENTAL, LIFELONG, manifest
from tests.validation.test_rules import DATASET, FEDERATED, REMOVED, SERVICE, VIDEO, changed

RULES = ("SDN104", "SDN105", "SDN123", "SDN220", "SDN406", "SDN407", "SDN408", "SDN511", "SDN512", "SDN606")
PARK = {"metadata.namespace": "park"}


def found(*documents: dict[str, Any]) -> list[tuple[str, str]]:
    findings = check_documents(document_of(one, index=index) for index, one in enumerate(documents))
    return [(one.rule, spell_path(one.path)) for one in findings if one.rule in RULES]


def levels(*documents: dict[str, Any]) -> list[str]:
    findings = check_documents(document_of(one, index=index) for index, one in enumerate(documents))
    return [one.level for one in findings if one.rule in RULES]


def other(kind: str, name: str, spec: dict[str, Any] | None = None, namespace: str = "") -> dict[str, Any]:
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec or {}}


def secret(
    name: str, annotations: Any = None, keys: tuple[str, ...] = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
) -> dict[str, Any]:
    made = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
        "stringData": dict.fromkeys(keys, "x"),
    }
    return changed(made, {"metadata.annotations": annotations}) if annotations is not None else made


TAKEN = [("SDN104", "metadata.name")]


def test_names_of_children_that_are_taken() -> None:
    assert found(SERVICE, other("Service", "helmet-cloud", namespace="park")) == TAKEN
    assert found(other("Deployment", "helmet-deployment-edge", namespace="park"), SERVICE) == TAKEN
    assert found(SERVICE, other("Service", "helmet-cloud")) == []
    assert found(SERVICE, other("Service", "helmet-edge", namespace="park")) == []
    assert found(FEDERATED, other("Service", "surface-aggregation")) == TAKEN
    autoscaler = other("HorizontalPodAutoscaler", "hpa-helmet-deployment-cloud", namespace="park")
    assert found(SERVICE, autoscaler) == TAKEN
    assert found(changed(SERVICE, {"spec.cloudWorker.hpa": None}), autoscaler) == []


def test_a_taken_name_is_an_error_unless_its_owner_takes_it_along() -> None:
    taken = other("Deployment", "helmet-deployment-edge", namespace="park")
    owner = {"apiVersion": "sedna.io/v1alpha1", "kind": "JointInferenceService", "name": "helmet", "uid": "1"}
    owned = changed(taken, {"metadata.ownerReferences": [owner]})
    assert found(SERVICE, owned) == TAKEN
    assert [levels(SERVICE, one) for one in (taken, owned)] == [["error"], ["warning"]]


AROUND = st.text("a-", max_size=3)


@given(AROUND, AROUND, AROUND, AROUND, AROUND, AROUND)
def test_children_of_one_name_are_never_taken_for_ones_that_differ(
    before: str, name: str, after: str, before_too: str, name_too: str, after_too: str
) -> None:
    same = before + name + after == before_too + name_too + after_too
    assert _may_be_alike(("Service", before, after), ("Service", before_too, after_too)) or not same
    assert not _may_be_alike(("Service", before, after), ("Deployment", before, after))


@pytest.mark.parametrize("name", ["helmet", "helmet-deployment", "helmet-deployment-old"])
def test_deployments_that_come_back(name: str) -> None:
    deployment = other("Deployment", name, namespace="park")
    assert found(SERVICE, deployment) == found(deployment, SERVICE) == [("SDN105", "metadata.name")]
    assert found(deployment) == found(SERVICE, other("Deployment", name)) == []
    assert found(SERVICE, changed(deployment, {"kind": "StatefulSet"})) == []


def test_deployments_of_other_names_stay_away() -> None:
    for name in ("helmets", "helmet-2-deployment", "deployment"):
        assert found(SERVICE, other("Deployment", name, namespace="park")) == []


def test_two_workloads_that_want_one_name() -> None:
    """A federated job `a` and a video job `a`: different Services, no quarrel; two jobs of one name are SDN103."""
    assert found(FEDERATED, changed(VIDEO, {"metadata.name": "surface"})) == []
    reid = changed(VIDEO, {"metadata.name": "surface"})
    assert found(reid, other("Service", "surface-videoanalytics")) == TAKEN


def test_two_autoscalers_for_one_deployment() -> None:
    scaled = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "helmet-deployment-cloud"}
    own = other("HorizontalPodAutoscaler", "mine", {"scaleTargetRef": scaled}, "park")
    assert found(SERVICE, own) == [("SDN220", "spec.cloudWorker.hpa")]
    assert found(changed(SERVICE, {"spec.cloudWorker.hpa": None}), own) == []
    second = changed(own, {"metadata.name": "mine-too"})
    assert found(changed(SERVICE, {"spec.cloudWorker.hpa": None}), own, second) == [
        ("SDN220", "metadata.name")
    ]
    away = changed(own, {"spec.scaleTargetRef.kind": "StatefulSet"})
    assert found(SERVICE, away) == []


KEYED = changed(DATASET, {"spec.credentialName": "key"})


@pytest.mark.parametrize("user", [KEYED, LIFELONG, changed(INCREMENTAL, {"spec.credentialName": "key"})])
def test_a_secret_without_annotations_crashes(user: dict[str, Any]) -> None:
    assert found(user, secret("key")) == [("SDN406", "metadata")]
    assert found(secret("key"), user) == [("SDN406", "metadata")]
    assert found(user, secret("key", {"s3-endpoint": "minio:9000"})) == []
    assert found(user, secret("other")) == []


def test_a_model_of_incremental_learning_hands_its_secret_on() -> None:
    model = manifest("Model", "running", {"url": "s3://a/m.pb", "format": "pb", "credentialName": "key"})
    assert found(model, INCREMENTAL, secret("key")) == [("SDN406", "metadata")]
    other = changed(model, {"metadata.name": "unused"})
    assert found(other, INCREMENTAL, secret("key")) == [("SDN407", "metadata.annotations")]


def test_a_secret_that_is_no_login() -> None:
    model = manifest("Model", "m", {"url": "s3://a/m.pb", "format": "pb", "credentialName": "key"})
    assert found(model, secret("key")) == [("SDN407", "metadata.annotations")]
    place = "metadata.annotations.s3-endpoint"
    assert found(model, secret("key", {"s3-endpoint": "http://minio:9000"})) == [("SDN407", place)]
    assert found(model, secret("key", {"s3-endpoint": "minio:9000/models"})) == [("SDN407", place)]
    plain = {"s3-endpoint": "minio:9000", "s3-usehttps": "false"}
    assert found(model, secret("key", plain)) == [("SDN407", "metadata.annotations.s3-usehttps")]
    assert found(model, secret("key", {**plain, "s3-usehttps": "0"})) == []
    assert found(model, secret("key", {"s3-endpoint": "minio"}, ("ACCESS_KEY_ID",))) == [("SDN407", "")]
    assert found(secret("key")) == []  # nobody uses it


@pytest.mark.parametrize(
    ("form", "rules"), [("csv", ["SDN511"]), ("TXT", ["SDN511"]), ("txt", []), ("dir", ["SDN511"])]
)
def test_incremental_learning_reads_txt_only(form: str, rules: list[str]) -> None:
    data = changed(DATASET, {"metadata.name": "frames", "spec.format": form})
    assert [rule for rule, _ in found(INCREMENTAL, data) if rule != "SDN606"] == rules


@pytest.mark.parametrize(
    ("form", "places"),
    [("CSV", []), ("Txt", []), ("", ["spec.dataset.name"]), ("dir", ["spec.dataset.name"])],
)
def test_lifelong_learning_reads_csv_too(form: str, places: list[str]) -> None:
    data = changed(DATASET, {"metadata.name": "atcii", "spec.format": form})
    assert [path for rule, path in found(LIFELONG, data) if rule == "SDN511"] == places


def test_federated_workers_read_any_format() -> None:
    data = changed(DATASET, {"metadata.name": "surface-1", "spec.format": "dir"})
    assert found(FEDERATED, data) == []


def test_formats_of_models_that_do_not_fit() -> None:
    def model(name: str, form: str) -> dict[str, Any]:
        return manifest("Model", name, {"url": "/m/x", "format": form})

    assert found(INCREMENTAL, model("first", "pb"), model("running", "onnx")) == [
        ("SDN512", "spec.deploySpec.model.name")
    ]
    assert found(INCREMENTAL, model("first", "pb"), model("running", "pb")) == []
    assert found(INCREMENTAL, model("first", "pb")) == []


def test_workers_where_their_data_is_not() -> None:
    data = changed(DATASET, {"metadata.name": "surface-1", "spec.nodeName": "edge-9"})
    assert found(FEDERATED, data) == [("SDN606", "spec.trainingWorkers[0].template.spec.nodeName")]
    assert found(FEDERATED, changed(data, {"spec.nodeName": "edge-1"})) == []
    assert found(FEDERATED, changed(data, {"spec.url": "s3://b/index.txt"})) == []


def test_learning_where_the_data_is_not() -> None:
    places = [("SDN606", f"spec.{stage}.template.spec.nodeName") for stage in ("trainSpec", "evalSpec")]
    for job in (INCREMENTAL, LIFELONG):
        name = job["spec"]["dataset"]["name"]
        data = changed(DATASET, {"metadata.name": name, "spec.format": "txt", "spec.nodeName": "edge-9"})
        pinned = {f"spec.{stage}.template.spec.nodeName": "edge-1" for stage in ("trainSpec", "evalSpec")}
        assert found(changed(job, pinned), data) == places
        assert found(changed(job, pinned), changed(data, {"spec.nodeName": "edge-1"})) == []
        assert found(changed(job, pinned), changed(data, {"spec.url": "s3://b/index.txt"})) == []
        assert found(changed(job, {**pinned, "spec.dataset.name": "another"}), data) == []


def test_workers_that_nothing_keeps_at_their_data() -> None:
    data = changed(DATASET, {"metadata.name": "surface-1", "spec.nodeName": "edge-1"})
    pod = "spec.trainingWorkers.0.template.spec"
    free = changed(FEDERATED, {f"{pod}.nodeName": REMOVED})
    assert found(free, data) == [("SDN606", "spec.trainingWorkers[0].template.spec")]
    assert found(changed(free, {f"{pod}.nodeSelector": {"place": "gate"}}), data) == []
    assert found(changed(free, {f"{pod}.affinity": {"nodeAffinity": {}}}), data) == []
    assert found(free, changed(data, {"spec.url": "s3://b/index.txt"})) == []


def model(name: str, url: str) -> dict[str, Any]:
    return manifest("Model", name, {"url": url, "format": "pb"})


def folders(*contents: dict[str, Any]) -> list[str]:
    return [path for rule, path in found(*contents) if rule == "SDN408"]


def test_federated_workers_with_two_files_of_one_folder() -> None:
    name = FEDERATED["spec"]["aggregationWorker"]["model"]["name"]
    samples = changed(DATASET, {"metadata.name": "surface-1", "spec.nodeName": "edge-1"})
    dataset = "spec.trainingWorkers[0].dataset.name"
    for ours, theirs, places in (
        ("/a/m.pb", "/a/i.txt", [dataset]),
        ("/a/m.pb", "/a//i.txt", [dataset]),
        ("/m.pb", "/i.txt", [dataset]),
        ("/a/m.pb", "/A/i.txt", [dataset]),  # one volume for two folders
        ("/a/b/m.pb", "/a-b/i.txt", [dataset]),
        ("/a/ b/m.pb", "/a/b/i.txt", [dataset]),
        ("/a/b-c/m.pb", "/a/b--c/i.txt", []),
        ("/a/m.pb", "/b/i.txt", []),
        ("/a/m.pb", "/a/b/i.txt", []),
        ("s3://a/m.pb", "s3://a/i.txt", []),
    ):
        assert folders(FEDERATED, model(name, ours), changed(samples, {"spec.url": theirs})) == places
    pretrained = changed(FEDERATED, {"spec.pretrainedModel": {"name": "before"}})
    assert folders(pretrained, model(name, "/a/m.pb"), model("before", "/a/before.pb")) == [
        "spec.pretrainedModel.name"
    ]
    same = changed(FEDERATED, {"spec.pretrainedModel": {"name": name}})
    assert folders(same, model(name, "/a/m.pb")) == ["spec.pretrainedModel.name"]


def test_learning_with_two_files_of_one_folder() -> None:
    name = INCREMENTAL["spec"]["dataset"]["name"]
    data = changed(DATASET, {"metadata.name": name, "spec.format": "txt", "spec.url": "/a/i.txt"})
    first, running = model("first", "/a/first.pb"), model("running", "/a/running.pb")
    places = ["spec.initialModel.name", "spec.deploySpec.model.name"]
    assert sorted(folders(INCREMENTAL, data, first, running)) == sorted(places)
    assert folders(INCREMENTAL, first, running) == []  # no worker gets both
    judged = changed(INCREMENTAL, {"spec.evalSpec.initialEvalModel": {"name": "judged"}})
    assert folders(judged, data, running, model("judged", "/b/judged.pb")) == []


def test_nodes_among_the_files() -> None:
    place = "spec.trainingWorkers[1].template.spec.nodeName"
    assert found(FEDERATED, other("Node", "edge-1")) == [("SDN123", place)]
    assert found(FEDERATED, other("Node", "edge-1"), other("Node", "edge-2")) == []
    assert found(FEDERATED) == []


def test_findings_stand_where_the_mend_is() -> None:
    text = """apiVersion: sedna.io/v1alpha1
kind: Dataset
metadata: {name: d}
spec: {url: "s3://b/i.txt", format: txt, nodeName: n, credentialName: key}
---
apiVersion: v1
kind: Secret
metadata:
  name: key
stringData: {ACCESS_KEY_ID: a, SECRET_ACCESS_KEY: b}
"""
    (finding,) = [one for one in check_documents(read_documents(text.encode(), "f")) if one.rule == "SDN406"]
    assert (finding.line, finding.level) == (8, "error")
    assert finding.message == "used by a Dataset, a Secret without annotations crashes Sedna"
