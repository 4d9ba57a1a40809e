"""Models and datasets made together with a workload: what is left open is filled in, what cannot be is refused."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.errors import InvalidInput
from sednactl.lifecycle.companions import companions_of
from sednactl.lifecycle.index_files import why_unreadable
from sednactl.sedna.kinds import (
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    LIFELONG_LEARNING,
    OBJECT_SEARCH,
)


def job(dataset: str = "data", node: str | None = "edge-1") -> dict[str, Any]:
    pod: dict[str, Any] = {"containers": [{"name": "w", "image": "i"}]} | ({"nodeName": node} if node else {})
    return {
        "spec": {
            "dataset": {"name": dataset},
            "initialModel": {"name": "base"},
            "trainSpec": {"template": {"spec": pod}},
            "evalSpec": {"template": {"spec": pod | {"nodeName": "elsewhere"}}},
            "deploySpec": {"template": {"spec": pod}, "model": {"name": "base"}},
        }
    }


def made(kind: Any, workload: dict[str, Any], **values: Any) -> list[tuple[str, str, dict[str, Any]]]:
    return [(one.kind.kind, one.name, one.values) for one in companions_of(kind, workload, values)]


def test_nothing_is_made_unasked() -> None:
    assert (
        made(INCREMENTAL_LEARNING, job(), models={"base": {"url": "/m.pb"}}, datasets={"x": {"url": "/y"}})
        == []
    )


def test_a_model_named_twice_is_made_once_and_its_format_is_the_url_s_ending() -> None:
    found = made(
        INCREMENTAL_LEARNING,
        job(),
        withModels=True,
        models={"base": {"url": "s3://b/m.PB", "credential": "k"}},
    )
    assert found == [("Model", "base", {"url": "s3://b/m.PB", "credential": "k", "format": "pb"})]


def test_a_dataset_gets_the_node_of_the_worker_that_reads_it() -> None:
    (one,) = made(INCREMENTAL_LEARNING, job(), withDatasets=True, datasets={"data": {"url": "/i.TXT"}})
    assert one == ("Dataset", "data", {"url": "/i.TXT", "format": "txt", "node": "edge-1"})
    (one,) = made(
        LIFELONG_LEARNING, job(), withDatasets=True, datasets={"data": {"url": "/i.csv", "node": "other"}}
    )
    assert one[2]["node"] == "other"
    trainers = [
        {"dataset": {"name": name}, "template": {"spec": {"nodeName": node}}}
        for name, node in (("a", "n1"), ("b", "n2"))
    ]
    workload = {"spec": {"aggregationWorker": {"model": {"name": "m"}}, "trainingWorkers": trainers}}
    found = made(
        FEDERATED_LEARNING,
        workload,
        withDatasets=True,
        datasets={"a": {"url": "/a", "format": "dir"}, "b": {"url": "/b.txt"}},
    )
    assert [(name, values["node"], values["format"]) for _, name, values in found] == [
        ("a", "n1", "dir"),
        ("b", "n2", "txt"),
    ]


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        (INCREMENTAL_LEARNING, {"withModels": True}, "model base is to be made too, but nothing says where it is"),
        (INCREMENTAL_LEARNING, {"withModels": True, "models": {"bsae": {"url": "/m.pb"}}}, "models.bsae: the workload does not refer"),
        (INCREMENTAL_LEARNING, {"withModels": True, "models": {"base": {"url": "/models/base"}}}, "does not end in a format"),
        (INCREMENTAL_LEARNING, {"withModels": True, "models": {"base": {"url": "/models/.pb"}}}, "does not end in a format"),
        (INCREMENTAL_LEARNING, {"withDatasets": True, "datasets": {"data": {"url": "/i.csv"}}}, "format 'csv' is none"),
        (INCREMENTAL_LEARNING, {"withDatasets": True, "datasets": {"data": {"url": "/i/", "format": "txt"}}}, "is a folder"),
        (LIFELONG_LEARNING, {"withDatasets": True, "datasets": {"data": {"url": "/i.json"}}}, "format 'json' is none"),
        (LIFELONG_LEARNING, {"withModels": True, "models": {"m": {"url": "/m.pb"}}}, "models.m: the workload does not refer"),
    ],
)  # fmt: skip
def test_refusals(kind: Any, values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        companions_of(kind, job(), values)
    assert message in caught.value.message
    assert caught.value.hint


def test_a_dataset_that_nobody_watches_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"datasets\.data: no node watches it"):
        companions_of(
            LIFELONG_LEARNING, job(node=None), {"withDatasets": True, "datasets": {"data": {"url": "/i.txt"}}}
        )


def test_a_kind_that_refers_to_nothing_makes_nothing() -> None:
    assert companions_of(OBJECT_SEARCH, {"spec": {}}, {"withModels": True, "withDatasets": True}) == ()


@pytest.mark.parametrize(
    ("kind", "data_format", "readable"),
    [
        (INCREMENTAL_LEARNING, "txt", True), (INCREMENTAL_LEARNING, "csv", False), (LIFELONG_LEARNING, "csv", True),
        (LIFELONG_LEARNING, "CSV", True), (LIFELONG_LEARNING, "dir", False), (FEDERATED_LEARNING, "dir", True),
        (JOINT_INFERENCE, "", True),
    ],
)  # fmt: skip
def test_formats(kind: Any, data_format: str, readable: bool) -> None:
    assert (why_unreadable(kind, "/data/index", data_format) is None) == readable
