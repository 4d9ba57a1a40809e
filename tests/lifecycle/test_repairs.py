"""What is repaired, how, and what is left alone: the plan as a function of what is there."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.lifecycle.ownership import Family
from sednactl.lifecycle.references import references_of
from sednactl.lifecycle.repair_plan import RepairPlan
from sednactl.lifecycle.repairs import repairs_for
from sednactl.sedna.kinds import (
    DATASET,
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    MODEL,
    OBJECT_SEARCH,
    OBJECT_TRACKING,
    REID,
    VIDEO_ANALYTICS,
    SednaKind,
)
from tests.lifecycle.objects import (
    DEAD,
    FALSE_ALARM,
    NOW,
    UID,
    Json,
    ago,
    child,
    deployment,
    ji_spec,
    pod,
    service,
    whole_service,
    workload,
)

STARTED = {"startTime": ago(3600)}


def plan(
    kind: SednaKind, *children: Json, status: Any = STARTED, missing: Any = (), **more: Any
) -> RepairPlan:
    item = workload(kind, status=status, **more)
    return repairs_for(Family(kind, item, tuple(children)), missing, NOW)


def whole(*, without: tuple[str, ...] = ()) -> list[Json]:
    return [one for one in whole_service() if one["metadata"]["name"] not in without]


def joint(*children: Json, **more: Any) -> RepairPlan:
    return plan(JOINT_INFERENCE, *children, spec=ji_spec(hpa=("cloud", "edge")), **more)


def test_a_healthy_service_needs_nothing_however_loudly_sedna_says_failed() -> None:
    assert joint(*whole()).nothing
    assert joint(*whole(), status={**STARTED, **FALSE_ALARM}).nothing


def test_a_deleted_autoscaler_is_made_as_sedna_would_with_nothing_interrupted() -> None:
    (step,) = joint(*whole(without=("hpa-helmet-deployment-edge",))).steps
    assert (step.action, step.name, step.interrupts) == ("create", "hpa-helmet-deployment-edge", "")
    meta, spec = step.body["metadata"], step.body["spec"]
    (owner,) = meta["ownerReferences"]
    assert (owner["uid"], owner["kind"], owner["controller"]) == (UID, "JointInferenceService", True)
    assert meta["labels"] == {
        "jointinferenceservice.sedna.io/name": "helmet",
        "jointinferenceservice.sedna.io/uid": UID,
        "jointinferenceservice.sedna.io/worker-type": "edge",
    }
    assert spec["scaleTargetRef"]["name"] == "helmet-deployment-edge"
    assert spec["maxReplicas"] == ji_spec(hpa=("edge",))["edgeWorker"]["hpa"]["maxReplicas"]


@pytest.mark.parametrize(
    ("kind", "spec", "children", "name", "port"),
    [
        (JOINT_INFERENCE, ji_spec(), [deployment("cloud"), deployment("edge")], "helmet-cloud", 5000),
        (FEATURE_EXTRACTION, {}, [deployment("fe")], "helmet-fe", 6000),
        (
            VIDEO_ANALYTICS,
            {},
            [pod("helmet-videoanalytics-1", "videoanalytics")],
            "helmet-videoanalytics",
            4000,
        ),
        (
            FEDERATED_LEARNING,
            {"trainingWorkers": [{}]},
            [pod("a", "aggregation"), pod("t", "train")],
            "helmet-aggregation",
            7363,
        ),
    ],
)
def test_a_deleted_service_is_made_as_sedna_would(
    kind: SednaKind, spec: Json, children: list[Json], name: str, port: int
) -> None:
    (step,) = plan(kind, *children, spec=spec).steps
    assert (step.action, step.kind, step.name, step.interrupts) == ("create", "Service", name, "")
    assert step.body["spec"]["ports"][0]["port"] == port
    assert step.body["spec"]["selector"] == step.body["metadata"]["labels"]
    assert UID in step.body["spec"]["selector"].values()


def test_a_name_that_somebody_else_has_blocks_the_repair() -> None:
    foreign = service(labels=False, owned=False)
    found = joint(*whole(without=("helmet-cloud",)), foreign)
    assert not found.steps
    assert "Service helmet-cloud is in the way" in found.blocked[0]
    ghost = service(uid=DEAD, selects=DEAD)
    half_made = plan(JOINT_INFERENCE, deployment("cloud"), ghost, spec=ji_spec())
    assert not half_made.steps
    assert any("in the way" in line for line in half_made.blocked)


def test_an_edge_side_that_forgot_the_cloud_side_is_told_again() -> None:
    edge = deployment("edge")
    env = [{"name": "A", "value": "b"}, {"name": "BIG_MODEL_IP"}]
    edge["spec"]["template"] = {"spec": {"containers": [{"env": env}]}}
    service_step, patch = plan(JOINT_INFERENCE, deployment("cloud"), edge, spec=ji_spec()).steps
    assert service_step.name == "helmet-cloud"
    assert patch.body[-1] == {
        "op": "add",
        "path": "/spec/template/spec/containers/0/env/1/value",
        "value": "helmet-cloud.park",
    }
    assert "edge pods restart" in patch.interrupts


def test_a_half_made_service_is_made_anew_once_its_model_is_there() -> None:
    failed = {
        **STARTED,
        "conditions": [{"type": "Failed", "status": "True", "message": "failed to get model big"}],
    }
    lost = references_of(JOINT_INFERENCE, workload())[:1]
    waiting = joint(status=failed, missing=lost)
    assert not waiting.steps
    assert any("apply it first" in line for line in waiting.blocked)
    (step,) = (found := joint(status=failed)).steps
    assert (step.action, step.interrupts, step.also) == ("recreate", "", ())
    assert any("failed to get model big" in note for note in found.notes)


def test_a_service_of_a_sedna_before_0_7_is_made_anew_and_what_kubernetes_would_leave_goes() -> None:
    former: dict[str, Any] = {"prefix": "jointinference", "owner_kind": "JointInference"}
    pods = [pod(f"helmet-{side}-x1", side, **former) for side in ("cloud", "edge")]
    looked = {**STARTED, **FALSE_ALARM}
    (step,) = plan(JOINT_INFERENCE, *pods, service(**former), spec=ji_spec(), status=looked).steps
    assert step.action == "recreate"
    assert {one["metadata"]["name"] for one in step.also} == {
        "helmet-cloud-x1",
        "helmet-edge-x1",
        "helmet-cloud",
    }
    assert "before 0.7" in step.reason and "2 pods" in step.interrupts


def test_a_foreground_deletion_is_released_and_other_finalizers_stay() -> None:
    found = joint(*whole(), deletionTimestamp=ago(90), finalizers=["foregroundDeletion", "mine.org/x"])
    (step,) = found.steps
    assert step.action == "release"
    assert step.body[0] == {"op": "test", "path": "/metadata/uid", "value": UID}
    assert step.body[-1]["value"] == ["mine.org/x"]
    assert "mine.org/x" in found.notes[0]
    assert joint(*whole(), deletionTimestamp=ago(90), finalizers=["mine.org/x"]).nothing


def test_a_child_without_owner_is_adopted() -> None:
    stray = deployment("cloud", owned=False)
    (step,) = joint(stray, *whole(without=("helmet-deployment-cloud",))).steps
    assert step.action == "patch"
    assert step.body[1]["value"][0]["uid"] == UID


@pytest.mark.parametrize(
    ("pods", "word"),
    [
        (["aggregation"], "2 of 2 train pods are missing"),
        (["train", "train"], "1 of 1 aggregation pods are missing"),
        (["aggregation", "train", "train", "train"], "3 train pods run where 2"),
        (["aggregation", "train"], "1 of 2 train pods are missing"),
    ],
)
def test_a_federated_job_with_other_pods_than_it_should_have_is_made_anew(pods: list[str], word: str) -> None:
    spec: Json = {"trainingWorkers": [{}, {}]}
    made = [pod(f"helmet-{worker}-{n}", worker) for n, worker in enumerate(pods)]
    own = child("Service", "helmet-aggregation", "aggregation")
    (step,) = plan(FEDERATED_LEARNING, *made, own, spec=spec).steps
    assert step.action == "recreate" and word in step.reason
    assert f"{len(pods)} pod" in step.interrupts


def test_a_federated_job_whose_pods_are_being_replaced_or_that_is_over_is_left_alone() -> None:
    spec: Json = {"trainingWorkers": [{}, {}]}
    own = child("Service", "helmet-aggregation", "aggregation")
    going = pod("t", "train", meta={"deletionTimestamp": ago(1)})
    assert plan(FEDERATED_LEARNING, pod("a", "aggregation"), going, own, spec=spec).nothing
    over = {**STARTED, "phase": "Succeeded"}
    assert plan(FEDERATED_LEARNING, pod("a", "aggregation"), own, spec=spec, status=over).nothing


def test_deployments_that_sedna_does_not_rebuild() -> None:
    (step,) = plan(FEATURE_EXTRACTION, child("Service", "helmet-fe", "fe")).steps
    assert step.action == "recreate" and "helmet-deployment-fe" in step.reason
    search = plan(OBJECT_SEARCH, deployment("userworker"), spec={"trackingWorkers": [{}]}, status=None)
    (step,) = search.steps
    assert "helmet-deployment-reidworker" in step.reason and "1 of 1 tracking pods" in step.reason
    young = plan(OBJECT_SEARCH, spec={"trackingWorkers": [{}]}, status=None, age=20)
    assert young.nothing


def test_a_lost_inference_pod_comes_back_without_losing_the_stages() -> None:
    (step,) = plan(INCREMENTAL_LEARNING, spec={}).steps
    assert step.action == "restart"
    assert step.body[1] == {"op": "remove", "path": "/status/startTime"}
    assert plan(INCREMENTAL_LEARNING, pod("i", "inference"), spec={}).nothing


def test_what_nothing_looked_at_yet_is_not_repaired() -> None:
    assert joint(status=None, age=5).nothing
    assert "Global Manager running" in joint(status=None).blocked[0]
    family = Family(REID, workload(REID, status=STARTED), (), frozenset({"Pod"}))
    assert "may not be read" in repairs_for(family, (), NOW).blocked[0]


@pytest.mark.parametrize("kind", [MODEL, DATASET, OBJECT_TRACKING, REID])
def test_kinds_with_nothing_to_repair(kind: SednaKind) -> None:
    assert plan(kind, spec={}).nothing


def test_bare_pods_are_left_to_the_global_manager_that_counts_them() -> None:
    former: dict[str, Any] = {"prefix": "jointinference", "owner_kind": "JointInference"}
    pods = [pod(f"helmet-{side}-x1", side, **former) for side in ("cloud", "edge")]
    counted = {**STARTED, "conditions": [{"type": "Running", "status": "True"}]}
    assert plan(JOINT_INFERENCE, *pods, service(**former), spec=ji_spec(), status=counted).nothing
