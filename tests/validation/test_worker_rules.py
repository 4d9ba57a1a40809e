"""What becomes of workers: variables that Sedna sets itself, jobs that never end, a search that nobody does."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.manifests.document import document_of
from sednactl.validation.check import check_documents
from sednactl.validation.finding import spell_path
from tests.validation.learning import INCREMENTAL, LIFELONG, REID, SEARCH
from tests.validation.test_rules import EXTRACTION, FEDERATED, REMOVED, SERVICE, VIDEO, changed

RULES = ("SDN151", "SDN706", "SDN707", "SDN708")


def found(content: dict[str, Any], changes: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Give rule, level and place of what these rules find."""
    findings = check_documents([document_of(changed(content, changes))])
    return [(one.rule, one.level, spell_path(one.path)) for one in findings if one.rule in RULES]


@pytest.mark.parametrize(
    ("content", "pod", "own", "free"),
    [
        (SERVICE, "spec.cloudWorker.template.spec", "BIG_MODEL_BIND_PORT", "BIG_MODEL_PORT"),
        (SERVICE, "spec.edgeWorker.template.spec", "HEM_PARAMETERS", "BIG_MODEL_BIND_PORT"),
        (FEDERATED, "spec.aggregationWorker.template.spec", "PARTICIPANTS_COUNT", "DATASET_NAME"),
        (FEDERATED, "spec.trainingWorkers.1.template.spec", "AGG_IP", "AGG_BIND_PORT"),
        (INCREMENTAL, "spec.trainSpec.template.spec", "BASE_MODEL_URL", "MODEL_URLS"),
        (INCREMENTAL, "spec.evalSpec.template.spec", "TEST_DATASET_URL", "TRAIN_DATASET_URL"),
        (INCREMENTAL, "spec.deploySpec.template.spec", "HEM_NAME", "MODEL_URLS"),
        (LIFELONG, "spec.trainSpec.template.spec", "KB_SERVER", "MODEL_URL"),
        (LIFELONG, "spec.deploySpec.template.spec", "OUTPUT_URL", "KB_SERVER"),
        (EXTRACTION, "spec.template.spec", "MODEL_URL", "KAFKA_ENABLED"),
        (SEARCH, "spec.userWorker.template.spec", "SERVICE_NAME", "USERWORKER_URL"),
        (SEARCH, "spec.trackingWorkers.0.template.spec", "USERWORKER_URL", "MODEL_URL"),
        (VIDEO, "spec.template.spec", "MODEL_NAME", "SERVICE_NAME"),
        (REID, "spec.template.spec", "JOB_NAME", "MODEL_URL"),
    ],
)
def test_variables_that_sedna_sets(content: dict[str, Any], pod: str, own: str, free: str) -> None:
    env = [{"name": free, "value": "1"}, {"name": own, "value": "1"}, {"name": own.lower(), "value": "1"}]
    place = f"{pod}.containers[0].env[1].name".replace(".0.", "[0].").replace(".1.", "[1].")
    assert found(content, {f"{pod}.containers.0.env": env}) == [("SDN706", "warning", place)]
    before = {f"{pod}.initContainers": [{"name": "before", "image": "i", "env": env}]}
    assert found(content, before) == []  # Sedna gives init containers nothing


def test_variables_that_other_fields_bring() -> None:
    def named(name: str) -> list[dict[str, Any]]:
        return [{"name": name, "value": "1"}]

    env = {"spec.template.spec.containers.0.env": named("KAFKA_ENABLED")}
    assert [rule for rule, *_ in found(REID, {**env, "spec.kafkaSupport": True})] == ["SDN706"]
    assert found(REID, {**env, "spec.kafkaSupport": False}) == []
    hot = {"spec.deploySpec.template.spec.containers.0.env": named("MODEL_HOT_UPDATE")}
    update = {"spec.deploySpec.model": {"name": "running", "hotUpdateEnabled": True}}
    assert [rule for rule, *_ in found(INCREMENTAL, {**hot, **update})] == ["SDN706"]
    assert found(INCREMENTAL, {**hot, "spec.deploySpec.model": {"name": "running"}}) == []
    path = {"spec.aggregationWorker.template.spec.containers.0.env": named("AGG_DATA_PATH")}
    s3 = {"spec.transmitter": {"s3": {"aggDataPath": "s3://b/agg", "credentialName": "k"}}}
    assert [rule for rule, *_ in found(FEDERATED, {**path, **s3})] == ["SDN706"]
    assert found(FEDERATED, {**path, "spec.transmitter": {"ws": {}}}) == []


def test_names_that_sedna_takes() -> None:
    pod = "spec.edgeWorker.template.spec"
    container = f"{pod}.containers[0]"
    spoiled: list[tuple[dict[str, Any], str]] = [
        ({f"{pod}.containers.0.name": "storage-initializer"}, f"{container}.name"),
        (
            {f"{pod}.initContainers": [{"name": "storage-initializer", "image": "i"}]},
            f"{pod}.initContainers[0].name",
        ),
        (
            {f"{pod}.volumes.0.name": "sedna-storage-initializer"},
            f"{pod}.volumes[0].name",
        ),
        (
            {f"{pod}.containers.0.volumeMounts.0.mountPath": "/downloads"},
            f"{container}.volumeMounts[0].mountPath",
        ),
    ]
    for changes, place in spoiled:
        assert found(SERVICE, changes) == [("SDN151", "warning", place)]
    assert found(SERVICE, {f"{pod}.containers.0.volumeMounts.0.mountPath": "/downloads/x"}) == []
    assert found(REID, {"spec.template.spec.containers.0.name": "storage-initializer"}) == []


def test_a_search_needs_somebody_who_looks() -> None:
    assert found(SEARCH, {"spec.trackingWorkers": []}) == [("SDN707", "warning", "spec.trackingWorkers")]
    assert found(SEARCH, {}) == []


@pytest.mark.parametrize("stage", ["trainSpec", "evalSpec"])
@pytest.mark.parametrize("job", [INCREMENTAL, LIFELONG])
def test_a_stage_that_never_ends(job: dict[str, Any], stage: str) -> None:
    path = f"spec.{stage}.template.spec.restartPolicy"
    assert found(job, {path: "Always"}) == [("SDN708", "error", path)]
    for policy in ("OnFailure", "Never", None):
        assert found(job, {path: policy}) == []
    assert found(job, {"spec.deploySpec.template.spec.restartPolicy": "Always"}) == []


def test_jobs_that_never_end() -> None:
    trainer = "spec.trainingWorkers.1.template.spec.restartPolicy"
    assert found(FEDERATED, {trainer: "Always"}) == [("SDN708", "warning", trainer.replace(".1.", "[1]."))]
    assert found(FEDERATED, {}) == found(FEDERATED, {trainer: "Never"}) == []
    policy = "spec.template.spec.restartPolicy"
    for job, level in ((REID, "warning"), (VIDEO, "info")):  # a video may be live
        assert found(job, {policy: "Always"}) == [("SDN708", "warning", policy)]
        assert found(job, {policy: REMOVED}) == [("SDN708", level, "spec.template.spec")]
        assert found(job, {policy: None}) == [("SDN708", level, "spec.template.spec")]
    assert found(SERVICE, {"spec.cloudWorker.template.spec.restartPolicy": "Always"}) == []
