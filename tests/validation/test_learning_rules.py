"""Rules about learning jobs, federated jobs and the kinds that are only half heeded."""

from __future__ import annotations

from typing import Any

import pytest

from tests.validation.learning import INCREMENTAL, LIFELONG, REID, SEARCH, TRACKING
from tests.validation.test_rules import (
    DATASET,
    EXTRACTION,
    FEDERATED,
    MODEL,
    REMOVED,
    SERVICE,
    VIDEO,
    changed,
    expect,
    found_in,
)

TRAIN = "spec.trainSpec.trigger"
DEPLOY = "spec.deploySpec.trigger"
TRAINER = "spec.trainingWorkers.{}.template.spec"


def train_condition(operator: str, threshold: float) -> dict[str, Any]:
    return {"metric": "num_of_samples", "operator": operator, "threshold": threshold}


SPOILED: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    # rule, what is spoiled, how, where it is found
    ("SDN101", SEARCH, {"metadata.name": "a" * 49}, "metadata.name"),
    ("SDN101", VIDEO, {"metadata.name": "a" * 49}, "metadata.name"),
    ("SDN101", EXTRACTION, {"metadata.name": "a" * 57}, "metadata.name"),
    ("SDN101", INCREMENTAL, {"metadata.name": "a" * 64}, "metadata.name"),
    ("SDN101", LIFELONG, {"metadata.name": "a" * 64}, "metadata.name"),
    ("SDN101", REID, {"metadata.name": "a" * 64}, "metadata.name"),
    ("SDN111", INCREMENTAL, {"spec.initialModel.name": "$MODEL"}, "spec.initialModel.name"),
    ("SDN113", INCREMENTAL, {"spec.deploySpec.model.name": ""}, "spec.deploySpec.model.name"),
    ("SDN113", INCREMENTAL, {"spec.dataset.name": "My Data"}, "spec.dataset.name"),
    ("SDN113", EXTRACTION, {"spec.model.name": ""}, "spec.model.name"),
    ("SDN113", FEDERATED, {"spec.pretrainedModel": {"name": "A"}}, "spec.pretrainedModel.name"),
    ("SDN113", MODEL, {"spec.credentialName": "My_Key"}, "spec.credentialName"),
    (
        "SDN301",
        INCREMENTAL,
        {"spec.deploySpec.hardExampleMining.name": "ibt"},
        "spec.deploySpec.hardExampleMining.name",
    ),
    (
        "SDN301",
        INCREMENTAL,
        {"spec.deploySpec.hardExampleMining.name": ""},
        "spec.deploySpec.hardExampleMining.name",
    ),
    (
        "SDN302",
        INCREMENTAL,
        {"spec.deploySpec.hardExampleMining.parameters.0.key": "img"},
        "spec.deploySpec.hardExampleMining.parameters[0].key",
    ),
    (
        "SDN303",
        INCREMENTAL,
        {"spec.deploySpec.hardExampleMining.parameters.0.value": "1.5"},
        "spec.deploySpec.hardExampleMining.parameters[0].value",
    ),
    (
        "SDN113",
        INCREMENTAL,
        {"spec.evalSpec.initialEvalModel": {"name": ""}},
        "spec.evalSpec.initialEvalModel.name",
    ),
    *(("SDN101", job, {"metadata.name": "a" * 48}, "metadata.name") for job in (INCREMENTAL, LIFELONG)),
    ("SDN402", DATASET, {"spec.url": "/data/pictures/"}, "spec.url"),
    ("SDN402", MODEL, {"spec.url": "/models/../other/m.pb"}, "spec.url"),
    ("SDN401", INCREMENTAL, {"spec.outputDir": "/output/100%"}, "spec.outputDir"),
    ("SDN401", LIFELONG, {"spec.outputDir": "10.0.0.1:9000/x"}, "spec.outputDir"),
    (
        "SDN401",
        FEDERATED,
        {"spec.transmitter": {"s3": {"aggDataPath": "s3://a bucket/x"}}},
        "spec.transmitter.s3.aggDataPath",
    ),
    ("SDN402", INCREMENTAL, {"spec.outputDir": "output"}, "spec.outputDir"),
    ("SDN402", INCREMENTAL, {"spec.outputDir": ""}, "spec.outputDir"),
    ("SDN402", LIFELONG, {"spec.outputDir": "https://example.org/x"}, "spec.outputDir"),
    ("SDN405", MODEL, {"spec.url": "s3://a/m.pb", "spec.credentialName": ""}, "spec.url"),
    ("SDN501", INCREMENTAL, {f"{TRAIN}.condition.operator": "GT"}, f"{TRAIN}.condition.operator"),
    ("SDN501", LIFELONG, {f"{TRAIN}.condition.operator": "=>"}, f"{TRAIN}.condition.operator"),
    ("SDN501", INCREMENTAL, {f"{DEPLOY}.condition.operator": ""}, f"{DEPLOY}.condition.operator"),
    ("SDN502", INCREMENTAL, {f"{TRAIN}.condition.metric": "samples"}, f"{TRAIN}.condition.metric"),
    ("SDN502", LIFELONG, {f"{TRAIN}.condition.metric": "num_of_samples[0]"}, f"{TRAIN}.condition.metric"),
    ("SDN503", INCREMENTAL, {f"{DEPLOY}.condition.metric": "precision_delta"}, f"{DEPLOY}.condition.metric"),
    ("SDN503", INCREMENTAL, {f"{DEPLOY}.condition.metric": "precision[a]"}, f"{DEPLOY}.condition.metric"),
    ("SDN503", INCREMENTAL, {f"{DEPLOY}.condition.metric": "p[0]_delta"}, f"{DEPLOY}.condition.metric"),
    ("SDN503", INCREMENTAL, {f"{DEPLOY}.condition.metric": "p[0] gt"}, f"{DEPLOY}.condition.metric"),
    ("SDN503", INCREMENTAL, {f"{DEPLOY}.condition.metric": ""}, f"{DEPLOY}.condition.metric"),
    ("SDN503", INCREMENTAL, {f"{DEPLOY}.condition.metric": "[0]"}, f"{DEPLOY}.condition.metric"),
    *(
        ("SDN503", INCREMENTAL, {f"{DEPLOY}.condition.metric": metric}, f"{DEPLOY}.condition.metric")
        for metric in ("num_of_samples", "num_of_samples[0]")
    ),
    *(
        ("SDN509", job, {f"{TRAIN}.condition": train_condition(*said)}, f"{TRAIN}.condition")
        for job in (INCREMENTAL, LIFELONG)
        for said in (
            ("ge", 0),
            ("gt", -1),
            ("<", 500),
            ("le", 0),
            ("ne", 5),
            ("lt", 0),
            ("eq", 0.5),
            ("==", 500),
        )
    ),
    ("SDN504", INCREMENTAL, {f"{DEPLOY}.condition.metric": "precision[-1]"}, f"{DEPLOY}.condition.metric"),
    ("SDN504", INCREMENTAL, {f"{DEPLOY}.condition.metric": "precision[0"}, f"{DEPLOY}.condition.metric"),
    ("SDN504", INCREMENTAL, {f"{DEPLOY}.condition.metric": "p]0["}, f"{DEPLOY}.condition.metric"),
    ("SDN504", LIFELONG, {f"{TRAIN}.condition.metric": "num_of_samples["}, f"{TRAIN}.condition.metric"),
    ("SDN505", INCREMENTAL, {f"{TRAIN}.timer.start": "2:00"}, f"{TRAIN}.timer.start"),
    ("SDN505", INCREMENTAL, {f"{TRAIN}.timer.start": "24:00"}, f"{TRAIN}.timer.start"),
    ("SDN505", LIFELONG, {f"{TRAIN}.timer.end": "7 pm"}, f"{TRAIN}.timer.end"),
    ("SDN505", LIFELONG, {f"{TRAIN}.timer.end": "02:60"}, f"{TRAIN}.timer.end"),
    ("SDN505", LIFELONG, {f"{TRAIN}.timer.end": "02:00"}, f"{TRAIN}.timer"),
    ("SDN506", INCREMENTAL, {"spec.dataset.trainProb": 80}, "spec.dataset.trainProb"),
    ("SDN506", LIFELONG, {"spec.dataset.trainProb": -0.1}, "spec.dataset.trainProb"),
    ("SDN506", LIFELONG, {"spec.dataset.trainProb": 1}, "spec.dataset.trainProb"),
    ("SDN507", INCREMENTAL, {f"{TRAIN}.checkPeriodSeconds": 60}, f"{TRAIN}.checkPeriodSeconds"),
    (
        "SDN507",
        INCREMENTAL,
        {"spec.deploySpec.model.hotUpdateEnabled": False},
        "spec.deploySpec.model.pollPeriodSeconds",
    ),
    (
        "SDN601",
        FEDERATED,
        {"spec.transmitter": {"ws": {}, "s3": {"aggDataPath": "s3://a/b"}}},
        "spec.transmitter.ws",
    ),
    ("SDN602", FEDERATED, {"spec.trainingWorkers": []}, "spec.trainingWorkers"),
    ("SDN602", FEDERATED, {"spec.trainingWorkers.1": REMOVED}, "spec.trainingWorkers"),
    (
        "SDN603",
        FEDERATED,
        {
            f"{TRAINER.format(0)}.containers.0.ports": [{"containerPort": 80}],
            f"{TRAINER.format(1)}.containers.0.ports": [{"containerPort": 80, "protocol": "TCP"}],
            f"{TRAINER.format(1)}.nodeName": "edge-1",
        },
        "spec.trainingWorkers[1].template.spec.containers[0].ports[0]",
    ),
    (
        "SDN604",
        FEDERATED,
        {"spec.trainingWorkers.1.dataset.name": "surface-1"},
        "spec.trainingWorkers[1].dataset.name",
    ),
    (
        "SDN605",
        FEDERATED,
        {"spec.transmitter": {"s3": {"aggDataPath": "/agg"}}},
        "spec.transmitter.s3.aggDataPath",
    ),
    ("SDN701", TRACKING, {}, "kind"),
    ("SDN702", EXTRACTION, {"spec.minReadySeconds": 5}, "spec.minReadySeconds"),
    ("SDN702", EXTRACTION, {"spec.paused": True}, "spec.paused"),
    ("SDN702", SEARCH, {"spec.reidWorkers.strategy": {"type": "Recreate"}}, "spec.reidWorkers.strategy"),
    ("SDN702", REID, {"spec.parallelism": 3}, "spec.parallelism"),
    ("SDN702", VIDEO, {"spec.backoffLimit": 3}, "spec.backoffLimit"),
    (
        "SDN703",
        FEDERATED,
        {f"{TRAINER.format(1)}.hostNetwork": False},
        "spec.trainingWorkers[1].template.spec.hostNetwork",
    ),
    (
        "SDN703",
        LIFELONG,
        {"spec.evalSpec.template.spec.hostNetwork": False},
        "spec.evalSpec.template.spec.hostNetwork",
    ),
    (
        "SDN704",
        SERVICE,
        {"spec.edgeWorker.template.spec.hostNetwork": False},
        "spec.edgeWorker.template.spec",
    ),
]


@pytest.mark.parametrize(
    ("rule", "content", "changes", "path"), SPOILED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_found(rule: str, content: dict[str, Any], changes: dict[str, Any], path: str) -> None:
    expect(rule, changed(content, changes), path)


HARMLESS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    *((job, {"metadata.name": "a" * 47}) for job in (INCREMENTAL, LIFELONG)),
    (INCREMENTAL, {}),
    (LIFELONG, {}),
    (SEARCH, {}),
    (REID, {}),
    (SEARCH, {"metadata.name": "a" * 48}),
    (INCREMENTAL, {"metadata.name": "1.5"}),
    (INCREMENTAL, {"spec.credentialName": ""}),
    (FEDERATED, {"spec.pretrainedModel": {"name": ""}, "spec.transmitter": {}}),
    (FEDERATED, {"spec.transmitter": {"s3": {"aggDataPath": "s3://bucket/agg", "credentialName": "k"}}}),
    (FEDERATED, {"spec.aggregationWorker.template.spec.hostNetwork": False}),
    (FEDERATED, {f"{TRAINER.format(0)}.hostNetwork": True}),
    (
        FEDERATED,
        {
            f"{TRAINER.format(index)}.containers.0.ports": [{"containerPort": 80}]
            for index in (0, 1)  # on two nodes
        },
    ),
    *(
        (INCREMENTAL, {f"{DEPLOY}.condition.operator": operator})
        for operator in ("gt", ">", "ge", ">=", "eq", "=", "==", "ne", "!=", "le", "<=", "lt", "<", "$OP")
    ),
    (INCREMENTAL, {f"{DEPLOY}.condition.metric": "precision_delta[+3]"}),
    (INCREMENTAL, {f"{DEPLOY}.condition.metric": "precision [0]"}),
    (INCREMENTAL, {f"{TRAIN}.timer": REMOVED}),
    (INCREMENTAL, {f"{TRAIN}.timer": {"start": "23:00", "end": "01:00"}}),
    (
        INCREMENTAL,
        {"spec.dataset.trainProb": 0.5, "spec.outputDir": "s3://b/out", "spec.credentialName": "k"},
    ),
    (INCREMENTAL, {"spec.deploySpec.model": {"name": "running"}}),
    (REID, {"spec.parallelism": 1, "spec.completions": 1, "spec.suspend": False, "spec.backoffLimit": None}),
    (EXTRACTION, {"spec.paused": False, "spec.kafkaSupport": True}),
    (DATASET, {"spec.credentialName": ""}),
    (MODEL, {"spec.url": "/models/m..pb", "spec.credentialName": ""}),
]


@pytest.mark.parametrize(("content", "changes"), HARMLESS)
def test_lets_pass(content: dict[str, Any], changes: dict[str, Any]) -> None:
    assert found_in(changed(content, changes)) == []


@pytest.mark.parametrize(
    ("operator", "threshold", "outcome"),
    [
        ("gt", 0.1, "0 > 0.1 is never true"),
        ("lt", 0.1, "0 < 0.1 is always true"),
        ("gt", 0, "0 > 0 is never true"),
        ("ge", 0, "0 >= 0 is always true"),
        ("eq", 1e-7, "0 == 1e-07 is always true"),
        ("ne", 1, "0 != 1 is always true"),
        ("le", -1, "0 <= -1 is never true"),
    ],
)
def test_what_a_metric_without_index_comes_to(operator: str, threshold: float, outcome: str) -> None:
    """As the local controller computes it: a list is no number, and stands for 0."""
    condition = {"metric": "precision_delta", "operator": operator, "threshold": threshold}
    (finding,) = found_in(changed(INCREMENTAL, {f"{DEPLOY}.condition": condition}))
    assert (finding.rule, finding.level) == ("SDN503", "warning")
    assert finding.message == f'"precision_delta" is a list and counts as 0: {outcome}'


def levels(content: dict[str, Any], changes: dict[str, Any]) -> list[tuple[str, str]]:
    return [(found.rule, found.level) for found in found_in(changed(content, changes))]


def test_levels_within_a_rule() -> None:
    """What crashes or never works is an error; what merely surprises is not."""
    assert levels(INCREMENTAL, {"spec.dataset.trainProb": 1.5}) == [("SDN506", "error")]
    assert levels(INCREMENTAL, {"spec.dataset.trainProb": 0}) == [("SDN506", "warning")]
    assert levels(INCREMENTAL, {f"{DEPLOY}.condition.metric": "p[x]"}) == [("SDN503", "error")]
    for said, level in (
        (("ge", 0), "warning"), (("eq", 0), "warning"), (("eq", 500), "warning"), (("lt", 500), "warning"),
        (("lt", 0), "error"), (("le", -1), "error"), (("eq", 2.5), "error"), (("eq", -3), "error"),
    ):  # fmt: skip
        assert levels(INCREMENTAL, {f"{TRAIN}.condition": train_condition(*said)}) == [("SDN509", level)]
    for said in (("ge", 1), ("gt", 0), (">", 0.5), (">=", 1e18)):
        assert levels(LIFELONG, {f"{TRAIN}.condition": train_condition(*said)}) == []
    assert levels(FEDERATED, {"spec.trainingWorkers": []}) == [("SDN602", "error")]
    assert levels(FEDERATED, {"spec.trainingWorkers.1": REMOVED}) == [("SDN602", "warning")]
    assert levels(REID, {"spec.completions": 4}) == [("SDN702", "warning")]
    assert levels(REID, {"spec.backoffLimit": 4}) == [("SDN702", "info")]


@pytest.mark.parametrize("release", ["0.5", "0.6"])
def test_algorithms_per_release(release: str) -> None:
    from sednactl.manifests.document import document_of
    from sednactl.validation.check import check_documents
    from sednactl.validation.target import target_named

    for content, path in ((INCREMENTAL, "spec.deploySpec"), (SERVICE, "spec.edgeWorker")):
        random = changed(content, {f"{path}.hardExampleMining": {"name": "Random"}})
        findings = check_documents([document_of(random)], target=target_named(release, None))
        messages = [found.message for found in findings if found.rule == "SDN301"]
        assert messages == (
            ['"Random" came with Sedna 0.6; the library of 0.5 lacks it'] if release == "0.5" else []
        )
