"""Names and places in a pod that Sedna takes too: what Kubernetes refuses once both are there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.manifests.document import document_of
from sednactl.sandbox.controllers.global_manager.storage import Mount, Source, storage_of
from sednactl.validation.check import check_documents
from sednactl.validation.finding import spell_path
from sednactl.validation.go_urls import go_refuses, scheme_of
from sednactl.validation.mounting import folder_of, inside_of, volume_name
from tests.validation.learning import INCREMENTAL, LIFELONG, REID, manifest
from tests.validation.test_rules import EXTRACTION, FEDERATED, SERVICE, VIDEO, changed

LOCAL, REMOTE = "/models/big/m.pb", "s3://models/big/m.pb"


def model(name: str, url: str) -> dict[str, Any]:
    return manifest("Model", name, {"url": url, "format": "pb"})


def dataset(name: str, url: str) -> dict[str, Any]:
    return manifest("Dataset", name, {"url": url, "format": "txt", "nodeName": "n"})


def found(content: dict[str, Any], changes: dict[str, Any], *others: dict[str, Any]) -> list[tuple[str, str]]:
    """Give level and place of what SDN151 says of a workload beside other documents."""
    findings = check_documents(map(document_of, (changed(content, changes), *others)))
    return [(one.level, spell_path(one.path)) for one in findings if one.rule == "SDN151"]


def volume(name: str) -> list[dict[str, Any]]:
    return [{"name": name, "emptyDir": {}}]


def mount(at: str) -> list[dict[str, Any]]:
    return [{"name": "own", "mountPath": at}]


WORKERS: list[tuple[dict[str, Any], str, str]] = [
    # workload, worker, a kind of what it gets
    (SERVICE, "spec.edgeWorker.template.spec", "Model"),
    (SERVICE, "spec.cloudWorker.template.spec", "Model"),
    (EXTRACTION, "spec.template.spec", "Model"),
    (VIDEO, "spec.template.spec", "Model"),
    (FEDERATED, "spec.aggregationWorker.template.spec", "Model"),
    (FEDERATED, "spec.trainingWorkers.1.template.spec", "Model"),
    (INCREMENTAL, "spec.trainSpec.template.spec", "Model"),
    (INCREMENTAL, "spec.evalSpec.template.spec", "Model"),
    (INCREMENTAL, "spec.deploySpec.template.spec", "Model"),
    (INCREMENTAL, "spec.trainSpec.template.spec", "Dataset"),
    (LIFELONG, "spec.evalSpec.template.spec", "Dataset"),
]


def answers(kind: str, content: dict[str, Any], url: str) -> list[dict[str, Any]]:
    """Give objects of a kind, all at one url, under every name in a workload."""
    made = [
        model(name, url) if kind == "Model" else dataset(name, url) for name in set(_texts(content["spec"]))
    ]
    return [changed(one, {"metadata.namespace": content["metadata"].get("namespace")}) for one in made]


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [
            text
            for key, one in value.items()
            for text in ([one] if key == "name" and isinstance(one, str) else _texts(one))
        ]
    return [text for one in value for text in _texts(one)] if isinstance(value, list) else []


@pytest.mark.parametrize(("content", "pod", "kind"), WORKERS)
def test_a_name_that_sedna_gives_its_own_volume(content: dict[str, Any], pod: str, kind: str) -> None:
    there = answers(kind, content, LOCAL)
    place = pod.replace(".1.", "[1].")
    clash = {f"{pod}.volumes": volume("models-bigz")}
    assert found(content, clash, *there) == [("error", f"{place}.volumes[0].name")]
    assert found(content, {f"{pod}.volumes": volume("models-big")}, *there) == []
    assert found(content, clash) == []  # where the model lies is not known
    assert found(content, clash, *answers(kind, content, REMOTE)) == []


@pytest.mark.parametrize(("content", "pod", "kind"), WORKERS)
def test_a_place_that_sedna_mounts_at(content: dict[str, Any], pod: str, kind: str) -> None:
    there = answers(kind, content, LOCAL)
    place = f"{pod.replace('.1.', '[1].')}.containers[0].volumeMounts[0].mountPath"

    def at(path: str) -> list[tuple[str, str]]:
        changes = {f"{pod}.volumes": volume("own"), f"{pod}.containers.0.volumeMounts": mount(path)}
        return found(content, changes, *there)

    assert at("/home/data/models/big/") == [("error", place)]
    assert at("/home/data/models/big") == [("warning", place)]
    assert at("/home/data/models/big/own") == at("/home/data") == at("/models/big/") == []


@pytest.mark.parametrize(("content", "pod", "kind"), WORKERS)
def test_names_of_what_downloads(content: dict[str, Any], pod: str, kind: str) -> None:
    place = pod.replace(".1.", "[1].")
    before = [{"name": "storage-initializer", "image": "i"}]
    for changes, where in (
        ({f"{pod}.volumes": volume("sedna-storage-initializer")}, "volumes[0].name"),
        ({f"{pod}.initContainers": before}, "initContainers[0].name"),
        (
            {f"{pod}.volumes": volume("own"), f"{pod}.containers.0.volumeMounts": mount("/downloads")},
            "containers[0].volumeMounts[0].mountPath",
        ),
    ):
        assert found(content, changes, *answers(kind, content, REMOTE)) == [("error", f"{place}.{where}")]
        assert found(content, changes) == [("warning", f"{place}.{where}")]
    everything = [*answers("Model", content, LOCAL), *answers("Dataset", content, LOCAL)]
    assert found(content, {f"{pod}.initContainers": before}, *everything) == []


def test_what_the_workload_itself_says() -> None:
    pod = "spec.deploySpec.template.spec"
    hot = {f"{pod}.volumes": volume("sedna-model-hot-update-volume")}
    assert found(INCREMENTAL, hot) == [("error", f"{pod}.volumes[0].name")]
    cold = {"spec.deploySpec.model": {"name": "running"}}
    assert found(INCREMENTAL, {**hot, **cold}) == []
    clash = {f"{pod}.volumes": volume("outcomes-deployz"), "spec.outputDir": "/outcomes"}
    assert found(LIFELONG, clash) == [("error", f"{pod}.volumes[0].name")]
    assert found(LIFELONG, {**clash, "spec.outputDir": "s3://outcomes"}) == []
    aggregated = {
        "spec.aggregationWorker.template.spec.volumes": volume("agg-dataz"),
        "spec.transmitter": {"s3": {"aggDataPath": "/agg/data/x", "credentialName": "k"}},
    }
    assert found(FEDERATED, aggregated) == [("error", "spec.aggregationWorker.template.spec.volumes[0].name")]


def test_a_reid_job_gets_nothing() -> None:
    assert found(REID, {"spec.template.spec.containers.0.name": "storage-initializer"}) == []


@given(st.text(alphabet="ab-Z0/._% ", min_size=1, max_size=80).map(lambda path: f"/{path}"))
def test_names_and_places_are_those_that_the_global_manager_gives(url: str) -> None:
    if go_refuses(url) or scheme_of(url) or url.startswith("//"):
        return
    made = storage_of([Mount("MODEL_URL", (Source(url),))])
    assert [one["name"] for one in made.volumes] == [volume_name(folder_of(url))]
    assert [one["mountPath"] for one in made.volume_mounts] == [folder_of(inside_of(url))]
