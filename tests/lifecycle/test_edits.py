"""What an edit does to what runs, and what an apply leaves to others."""

from __future__ import annotations

import copy

from sednactl.lifecycle.apply import action_of, sendable
from sednactl.lifecycle.edit_effects import effects_of_edit
from sednactl.lifecycle.ordering import apply_order, deletion_order
from sednactl.lifecycle.replicas_owner import autoscaler_of, only_we_own_replicas
from sednactl.sedna.kinds import FEATURE_EXTRACTION, FEDERATED_LEARNING, JOINT_INFERENCE, MODEL
from tests.lifecycle.objects import autoscaler, deployment, ji_spec, workload


def test_changing_only_hpa_restarts_that_side_and_no_other() -> None:
    before = workload(spec=ji_spec(hpa=("cloud", "edge")))
    after = copy.deepcopy(before)
    after["spec"]["cloudWorker"]["hpa"]["maxReplicas"] = 9
    (said,) = effects_of_edit(JOINT_INFERENCE, before, after)
    assert "all cloud pods restart" in said and "only hpa" in said


def test_removing_hpa_keeps_the_replicas() -> None:
    before, after = workload(spec=ji_spec(hpa=("edge",))), workload(spec=ji_spec())
    restart, keeps = effects_of_edit(JOINT_INFERENCE, before, after)
    assert "edge pods restart" in restart and "keeps the replicas" in keeps


def test_other_edits() -> None:
    before, after = workload(), workload()
    assert effects_of_edit(JOINT_INFERENCE, before, after) == ()
    after["spec"]["edgeWorker"]["model"]["name"] = "other"
    (said,) = effects_of_edit(JOINT_INFERENCE, before, after)
    assert "new settings" in said
    for kind, word in (
        (FEDERATED_LEARNING, "another job"),
        (FEATURE_EXTRACTION, "not carry"),
        (MODEL, "keep"),
    ):
        (said,) = effects_of_edit(kind, workload(kind, spec={"a": 1}), workload(kind, spec={"a": 2}))
        assert word in said


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
