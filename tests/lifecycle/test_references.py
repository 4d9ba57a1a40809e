"""What refers to what: one table, read by validate, apply, doctor and delete alike."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.lifecycle.references import references_of
from sednactl.lifecycle.users_of import USERS
from sednactl.sedna.kinds import DATASET, FEDERATED_LEARNING, INCREMENTAL_LEARNING, MODEL, SEDNA_KINDS
from sednactl.sedna.referring import REFERENCES, when_missing


def test_every_reference_has_its_place_and_its_fate() -> None:
    spec: dict[str, Any] = {
        "aggregationWorker": {"model": {"name": "joined"}},
        "pretrainedModel": {"name": ""},
        "trainingWorkers": [{"dataset": {"name": "a"}}, "no worker", {"dataset": {"name": "b"}}],
        "transmitter": {"s3": {"credentialName": "keys"}},
    }
    found = references_of(FEDERATED_LEARNING, {"spec": spec})
    assert [(one.path, one.resource.kind, one.name) for one in found] == [
        ("aggregationWorker.model", "Model", "joined"),
        ("trainingWorkers[0].dataset", "Dataset", "a"),
        ("trainingWorkers[2].dataset", "Dataset", "b"),
        ("transmitter.s3.credentialName", "Secret", "keys"),
    ]
    assert "without it" in found[0].when_missing and "gets no workers" in found[3].when_missing
    (key,) = references_of(MODEL, {"spec": {"credentialName": "keys"}})
    assert "without credentials" in key.when_missing


@pytest.mark.parametrize("workload", [{}, {"spec": None}, {"spec": {"dataset": "text", "deploySpec": []}}])
def test_what_is_not_a_reference_is_none(workload: dict[str, Any]) -> None:
    assert references_of(INCREMENTAL_LEARNING, workload) == ()


def test_users_are_the_kinds_that_name_something() -> None:
    named = {kind.kind for kind in USERS[MODEL.kind]}
    assert named == {
        "JointInferenceService",
        "FederatedLearningJob",
        "IncrementalLearningJob",
        "FeatureExtractionService",
        "VideoAnalyticsJob",
    }
    assert {kind.word for kind in USERS[DATASET.kind]} == {
        "federatedlearning",
        "incrementallearning",
        "lifelonglearning",
    }
    assert (
        when_missing("VideoAnalyticsJob", "Model") == "ignored" and when_missing("ReidJob", "Model") is None
    )
    assert set(REFERENCES) <= {kind.kind for kind in SEDNA_KINDS}
