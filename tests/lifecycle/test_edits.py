"""What an edit does to what runs, and what an apply leaves to others."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from sednactl.lifecycle.apply import action_of, sendable
from sednactl.lifecycle.ordering import apply_order, deletion_order
from sednactl.lifecycle.replicas_owner import autoscaler_of, only_we_own_replicas
from sednactl.lifecycle.users_of import Usage, usage_among
from sednactl.sedna.edit_effects import effects_of_edit
from sednactl.sedna.kinds import (
    DATASET,
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    LIFELONG_LEARNING,
    MODEL,
    OBJECT_SEARCH,
    REID,
    VIDEO_ANALYTICS,
    SednaKind,
)
from sednactl.sedna.releases import release_named
from tests.lifecycle.objects import autoscaler, deployment, ji_spec, workload


def test_changing_only_hpa_restarts_that_side_and_no_other() -> None:
    before = workload(spec=ji_spec(hpa=("cloud", "edge")))
    after = copy.deepcopy(before)
    after["spec"]["cloudWorker"]["hpa"]["maxReplicas"] = 9
    (effect,) = effects_of_edit(JOINT_INFERENCE, before, after)
    assert effect.how == "restart" and not effect.needs_replacement
    assert "all cloud pods restart" in effect.sentence and "only hpa" in effect.sentence


def test_removing_hpa_keeps_the_replicas() -> None:
    before, after = workload(spec=ji_spec(hpa=("edge",))), workload(spec=ji_spec())
    restart, keeps = effects_of_edit(JOINT_INFERENCE, before, after)
    assert (restart.how, keeps.how) == ("restart", "unscaled") and keeps.path == ("edgeWorker",)
    assert "edge pods restart" in restart.sentence and "keeps the replicas" in keeps.sentence


def test_an_edit_of_a_side_without_deployment_is_ignored() -> None:
    before, after = workload(), workload()
    assert effects_of_edit(JOINT_INFERENCE, before, after) == ()
    after["spec"]["edgeWorker"]["model"]["name"] = "other"
    (effect,) = effects_of_edit(JOINT_INFERENCE, before, after)
    assert effect.how == "rollout" and "new settings" in effect.sentence
    (effect,) = effects_of_edit(JOINT_INFERENCE, before, after, without_deployment=("edge",))
    assert effect.how == "ignored" and "no Deployment" in effect.sentence


@pytest.mark.parametrize(
    ("kind", "how", "word"),
    [
        (FEDERATED_LEARNING, "harmful", "another one's"),
        (FEATURE_EXTRACTION, "ignored", "not carry"),
        (OBJECT_SEARCH, "ignored", "not carry"),
        (REID, "ignored", "not carry"),
        (VIDEO_ANALYTICS, "ignored", "not carry"),
        (MODEL, "later", "keep"),
        (DATASET, "later", "keep"),
    ],
)
def test_other_kinds(kind: SednaKind, how: str, word: str) -> None:
    before = workload(kind, spec={"a": 1})
    (effect,) = effects_of_edit(kind, before, workload(kind, spec={"a": 2}))
    assert (effect.how, word in effect.sentence) == (how, True)
    labelled = workload(kind, spec={"a": 1}, labels={"team": "vision"})
    assert effects_of_edit(kind, before, labelled) == ()


@pytest.mark.parametrize("kind", [INCREMENTAL_LEARNING, LIFELONG_LEARNING])
@pytest.mark.parametrize(
    ("path", "how", "words"),
    [
        ("trainSpec.template", "later", "next training"),
        ("evalSpec.template", "later", "next evaluation"),
        ("dataset.trainProb", "later", "next training"),
        ("deploySpec.template", "later", "next trained model is deployed"),
        ("trainSpec.trigger", "ignored", "Local Controller"),
        ("outputDir", "ignored", "Local Controller"),
        ("dataset.name", "ignored", "another node"),
    ],
)
def test_what_learning_jobs_read_once_and_what_anew(kind: SednaKind, path: str, how: str, words: str) -> None:
    before, after = ({"spec": {}, "metadata": {"name": "job"}} for _ in range(2))
    at: Any = after["spec"]
    *steps, last = path.split(".")
    for step in steps:
        at = at.setdefault(step, {})
    at[last] = "changed"
    (effect,) = effects_of_edit(kind, before, after)
    assert effect.how == how
    assert path in effect.sentence and words in effect.sentence


@pytest.mark.parametrize("word", ["0.3", "0.4", "0.5", "0.6"])
@pytest.mark.parametrize("kind", [JOINT_INFERENCE, FEDERATED_LEARNING])
def test_before_0_7_no_edit_reached_what_runs(kind: SednaKind, word: str) -> None:
    before, after = (
        workload(kind, spec={"edgeWorker": {"a": 1}}),
        workload(kind, spec={"edgeWorker": {"a": 2}}),
    )
    (effect,) = effects_of_edit(kind, before, after, release=release_named(word))
    assert effect.how == "ignored" and effect.needs_replacement
    assert effect.sentence.startswith(f"Sedna {word} does not carry")
    assert {one.how for one in effects_of_edit(kind, before, after)} <= {"rollout", "harmful"}


@pytest.mark.parametrize(("word", "how"), [("0.4.3", "later"), ("0.5.0", "ignored"), ("0.7", "ignored")])
def test_credentials_of_lifelong_learning_were_once_read_anew(word: str, how: str) -> None:
    before, after = {"spec": {"credentialName": "a"}}, {"spec": {"credentialName": "b"}}
    (effect,) = effects_of_edit(LIFELONG_LEARNING, before, after, release=release_named(word))
    assert effect.how == how and "credentialName" in effect.sentence
    (same,) = effects_of_edit(INCREMENTAL_LEARNING, before, after, release=release_named(word))
    assert same.how == "ignored"


def test_hot_updated_inference_never_takes_an_edit_up() -> None:
    hot = {"name": "m", "hotUpdateEnabled": True}
    before = {"spec": {"deploySpec": {"model": hot, "template": {"a": 1}}}}
    after = {"spec": {"deploySpec": {"model": hot, "template": {"a": 2}}}}
    (effect,) = effects_of_edit(INCREMENTAL_LEARNING, before, after)
    assert effect.how == "ignored" and "hot" in effect.sentence


def test_users_of_a_model_are_found_in_every_kind_that_can_name_one() -> None:
    service = workload(JOINT_INFERENCE)
    job = workload(
        FEDERATED_LEARNING,
        "fl",
        spec={"aggregationWorker": {"model": {"name": "big-model"}}, "trainingWorkers": []},
    )
    used = usage_among(MODEL, [(JOINT_INFERENCE, service), (FEDERATED_LEARNING, job)])
    assert [str(user) for user in used["park", "big-model"]] == ["ji/helmet", "fl/fl"]
    assert [user.path for user in used["park", "little-model"]] == ["edgeWorker.model"]
    assert Usage(used).of("park", "nobody's") == ()


def test_an_apply_is_judged_by_content_and_our_fields_not_by_what_others_do_meanwhile() -> None:
    live = workload(status={"conditions": []}, resourceVersion="1")
    stored = workload(status={"conditions": [{"type": "Running"}]}, resourceVersion="2")
    assert action_of(live, stored, created=False) == "unchanged"
    stored["spec"]["cloudWorker"]["model"]["name"] = "other"
    assert action_of(live, stored, created=False) == "configured"
    assert action_of(None, stored, created=True) == "created"
    owned = workload(
        managedFields=[{"manager": "sednactl", "operation": "Apply", "fieldsV1": {"f:spec": {}}}]
    )
    assert action_of(live, owned, created=False) == "configured"


def test_an_exported_manifest_can_be_sent() -> None:
    exported = workload(
        status={"x": 1}, managedFields=[{}], resourceVersion="7", generation=3, labels={"a": "b"}
    )
    sent = sendable(exported, "mall")
    assert "status" not in sent
    assert sent["metadata"] == {
        "name": "helmet",
        "namespace": "mall",
        "uid": exported["metadata"]["uid"],
        "labels": {"a": "b"},
        "resourceVersion": "7",
    }
    assert exported["metadata"]["namespace"] == "park"


def test_the_order_of_sending_and_of_deleting() -> None:
    kinds = ["JointInferenceService", "Dataset", "Model", "Secret", "Namespace", "ReidJob"]
    manifests = [{"kind": kind} for kind in kinds]
    assert [one["kind"] for one in apply_order(manifests)] == [
        "Namespace", "Secret", "Model", "Dataset", "JointInferenceService", "ReidJob",
    ]  # fmt: skip
    assert [one["kind"] for one in deletion_order(manifests)] == [
        "JointInferenceService", "ReidJob", "Dataset", "Model", "Secret", "Namespace",
    ]  # fmt: skip


def test_whose_the_replicas_are() -> None:
    assert (
        autoscaler_of("Deployment", "helmet-deployment-cloud", [autoscaler()])
        == "hpa-helmet-deployment-cloud"
    )
    assert autoscaler_of("StatefulSet", "helmet-deployment-cloud", [autoscaler()]) is None
    ours = {"manager": "sednactl", "fieldsV1": {"f:spec": {"f:replicas": {}}}}
    theirs = {"manager": "kube-controller-manager", "fieldsV1": {"f:spec": {"f:replicas": {}}}}
    assert only_we_own_replicas(deployment(meta={"managedFields": [ours]}))
    assert not only_we_own_replicas(deployment(meta={"managedFields": [ours, theirs]}))
    assert not only_we_own_replicas(deployment())
