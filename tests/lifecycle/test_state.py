"""What a workload does, judged by its children; Sedna's condition never decides."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from sednactl.lifecycle.ownership import Family
from sednactl.lifecycle.state import WorkloadState, state_of, stuck_in_foreground
from sednactl.sedna.kinds import (
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    LIFELONG_LEARNING,
    MODEL,
    OBJECT_SEARCH,
    OBJECT_TRACKING,
    REID,
    SednaKind,
)
from tests.lifecycle.objects import (
    DEAD,
    FALSE_ALARM,
    NOW,
    Json,
    ago,
    autoscaler,
    condition,
    deployment,
    ji_spec,
    pod,
    service,
    slice_of,
    whole_service,
    workload,
)


def judge(
    item: Json,
    *children: Json,
    unreadable: tuple[str, ...] = (),
    kind: SednaKind = JOINT_INFERENCE,
    **more: Any,
) -> WorkloadState:
    return state_of(Family(kind, item, tuple(children), frozenset(unreadable)), NOW, **more)


def without(children: list[Json], *kinds: str) -> list[Json]:
    return [item for item in children if item["kind"] not in kinds]


BOTH = ji_spec(hpa=("cloud", "edge"))


def reached(worker: str = "cloud", **more: Any) -> tuple[Json, Json]:
    """Give a worker's Service with a ready endpoint."""
    there = service(worker, **more)
    return there, slice_of(there)


def test_a_whole_service_runs_whatever_its_condition_claims() -> None:
    for status in (None, FALSE_ALARM, {"conditions": [condition("Running")]}):
        state = judge(workload(spec=BOTH, status=status), *whole_service())
        assert state.word == "Running"
        assert state.evidence == ()
        assert {side: str(count) for side, count in state.replicas.items()} == {"cloud": "1/1", "edge": "1/1"}
        assert dict(state.hpa) == {"cloud": "1-5", "edge": "1-5"}


def test_the_false_alarm_is_called_one_only_while_the_children_are_well() -> None:
    well = judge(workload(status=FALSE_ALARM), *whole_service(hpa=()))
    assert well.claim.words(healthy=well.healthy) == "Failed (false alarm)"
    assert well.doubt is not None and "known false alarm" in well.doubt
    ill = judge(workload(status=FALSE_ALARM), deployment("cloud", ready=0), deployment("edge"), service())
    assert ill.claim.words(healthy=ill.healthy) == "Failed (workerFailed)"
    assert ill.doubt is not None and "false alarm" not in ill.doubt


def test_a_real_creation_error_is_broken_and_quoted() -> None:
    message = 'services "helmet-cloud" already exists'
    status = {"conditions": [condition("Failed", "", message)]}
    state = judge(workload(status=status, age=5), deployment("cloud"), service())
    assert state.word == "Broken"
    assert any(message in said for said in state.evidence)
    assert state.claim.creation_error


@pytest.mark.parametrize(
    ("cloud", "edge", "word"),
    [
        ({"wanted": 3, "ready": 2}, {}, "Degraded"),
        ({"wanted": 3, "ready": 0}, {}, "Broken"),
        ({"wanted": 3, "ready": 0, "reason": "ReplicaSetUpdated", "age": 20}, {}, "Starting"),
        ({"wanted": 1, "ready": 0, "since": 20}, {}, "Starting"),
        ({"wanted": 0}, {"wanted": 0}, "Stopped"),
        ({"wanted": 0}, {}, "Degraded"),
        ({"wanted": 2, "ready": 3}, {}, "Running"),
    ],
)
def test_replicas_decide(cloud: Json, edge: Json, word: str) -> None:
    state = judge(workload(), deployment("cloud", **cloud), deployment("edge", **edge), *reached())
    assert state.word == word
    assert word == "Running" or state.evidence


def test_a_missing_deployment_is_awaited_and_then_called_broken() -> None:
    assert judge(workload(age=5), deployment("cloud"), service()).word == "Starting"
    broken = judge(workload(age=300), deployment("cloud"), service())
    assert broken.word == "Broken"
    assert "helmet-deployment-edge" in broken.evidence[0]


def test_a_service_that_sedna_gave_up_is_broken_at_once_even_when_the_message_was_overwritten() -> None:
    state = judge(workload(status=FALSE_ALARM, age=3), deployment("cloud"), service())
    assert state.word == "Broken"
    assert "gave up" in state.evidence[0]


def test_a_ghosts_deployment_is_never_taken_for_the_workloads_own() -> None:
    ghost = deployment("cloud", uid=DEAD, owned=False)
    state = judge(workload(), ghost, deployment("edge"), service())
    assert state.word == "Broken"
    assert str(state.replicas["cloud"]) == "-"
    assert "workload that is gone" in state.evidence[0]


def test_a_service_must_lead_to_this_workloads_pods() -> None:
    deployments = (deployment("cloud"), deployment("edge"))
    assert judge(workload(), *deployments, service(selects=DEAD, uid=DEAD)).word == "Broken"
    missing = judge(workload(), *deployments)
    assert missing.word == "Broken" and "does not make it again" in missing.evidence[0]
    assert judge(workload(), *deployments, unreadable=("Service",)).word == "Running"


def test_a_service_without_ready_endpoints_is_degraded() -> None:
    children = whole_service(hpa=())
    slice_ = next(item for item in children if item["kind"] == "EndpointSlice")
    slice_["endpoints"] = [{"conditions": {"ready": False}}]
    state = judge(workload(), *children)
    assert state.word == "Degraded" and "no ready endpoints" in state.evidence[0]


def test_autoscalers_asked_for_and_missing_or_there_and_unasked() -> None:
    children = without(whole_service(), "HorizontalPodAutoscaler")
    missing = judge(workload(spec=BOTH), *children)
    assert missing.word == "Degraded" and "there is no hpa-helmet-deployment" in missing.evidence[0]
    assert dict(missing.hpa) == {"cloud": "missing", "edge": "missing"}
    assert dict(judge(workload(spec=BOTH, age=5), *children).hpa) == {"cloud": "pending", "edge": "pending"}
    given_up = judge(workload(spec=BOTH, status=FALSE_ALARM, age=5), *children)
    assert dict(given_up.hpa) == {"cloud": "missing", "edge": "missing"}
    stray = judge(workload(), *children, autoscaler("cloud", uid=DEAD, owned=False))
    assert stray.word == "Degraded" and "not this workload's" in stray.evidence[0]


def test_forbidden_autoscalers_cost_a_question_mark_and_nothing_else() -> None:
    children = without(whole_service(), "HorizontalPodAutoscaler")
    state = judge(workload(spec=BOTH), *children, unreadable=("HorizontalPodAutoscaler",))
    assert state.word == "Running"
    assert dict(state.hpa) == {"cloud": "?", "edge": "?"}


def test_an_autoscaler_that_cannot_read_its_metric_is_said_without_changing_the_state() -> None:
    blind = [
        {
            "type": "ScalingActive",
            "status": "False",
            "reason": "FailedGetResourceMetric",
            "message": "no metrics",
        }
    ]
    children = without(whole_service(), "HorizontalPodAutoscaler")
    state = judge(workload(spec=ji_spec(hpa=("cloud",))), *children, autoscaler("cloud", conditions=blind))
    assert state.word == "Running"
    assert state.evidence == ("hpa-helmet-deployment-cloud cannot scale: no metrics",)


def test_orphaned_children_are_said_to_outlive_their_workload() -> None:
    state = judge(workload(), deployment("cloud", owned=False), deployment("edge"), service())
    assert state.word == "Degraded" and "no owner" in state.evidence[0]


def test_a_service_made_before_0_7_runs_as_bare_pods() -> None:
    pods = [
        pod(f"helmet-{side}-x", side, prefix="jointinference", owner_kind="JointInference")
        for side in ("cloud", "edge")
    ]
    state = judge(workload(status=FALSE_ALARM), *pods)
    assert state.word == "Degraded" and "before 0.7" in state.evidence[0]
    assert str(state.replicas["edge"]) == "1/1"


def test_a_global_manager_before_0_7_looks_after_its_bare_pods() -> None:
    former: dict[str, Any] = {"prefix": "jointinference", "owner_kind": "JointInference"}
    running = {"conditions": [condition("Running")]}
    cloud, edge = (pod(f"helmet-{side}-x", side, **former) for side in ("cloud", "edge"))
    state = judge(workload(status=running), cloud, edge)
    assert state.word == "Running" and "before 0.7" in state.evidence[0]
    lost = pod("helmet-edge-x", "edge", ready=False, node="edge-1", **former)
    assert judge(workload(status=running), cloud, lost).word == "Degraded"
    young = judge(workload(status=running, age=5), cloud, lost)
    assert young.word == "Starting" and "the edge pod is not ready" in young.evidence
    waiting = judge(workload(status=running), lost, nodes={"edge-1": False})
    assert waiting.word == "Broken" and any("edge-1" in said for said in waiting.evidence)


def test_causes_come_from_pods_and_nodes() -> None:
    waiting = {"containerStatuses": [{"name": "m", "state": {"waiting": {"reason": "ImagePullBackOff"}}}]}
    cloud = deployment("cloud", ready=0)
    pulled = pod("helmet-deployment-cloud-a-b", ready=False, status=waiting, owned=False)
    state = judge(workload(), cloud, pulled, deployment("edge"), service())
    assert any("image cannot be pulled" in said for said in state.evidence)
    lost = pod("helmet-deployment-edge-a-b", "edge", ready=False, node="edge-node", owned=False)
    children = (deployment("cloud"), deployment("edge", ready=0), lost, service())
    state = judge(workload(), *children, nodes={"edge-node": False})
    assert any("edge-node, which is offline" in said for said in state.evidence)


def test_a_pod_that_a_roll_out_ends_is_no_trouble() -> None:
    ending = pod("x", meta={"deletionTimestamp": ago(2)}, ready=False, owned=False)
    state = judge(workload(), deployment("cloud", wanted=2, ready=1), ending, deployment("edge"), *reached())
    assert state.evidence == ("1 of 2 cloud replicas ready",)


def test_a_foreground_deletion_is_recognised() -> None:
    item = workload(deletionTimestamp=ago(100), finalizers=["foregroundDeletion"])
    state = judge(item, *whole_service())
    assert state.word == "Terminating"
    assert "foreground" in state.evidence[0] and "sednactl delete" in state.evidence[0]
    assert stuck_in_foreground(item)
    assert not stuck_in_foreground(workload(finalizers=["foregroundDeletion"]))


def fl_pod(name: str, worker: str, **more: Any) -> Json:
    return pod(name, worker, prefix="federatedlearningjob", owner_kind="FederatedLearningJob", **more)


@pytest.mark.parametrize(
    ("aggregators", "trainers", "word"),
    [
        ([{}], [{}, {}], "Running"),
        ([{}], [{}, {"ready": False, "phase": "Pending"}], "Starting"),
        ([{}], [], "Broken"),
        ([{}], [{}, {}, {}], "Degraded"),
        ([{}], [{}, {"ready": False, "phase": "Failed"}], "Failed"),
        ([{"ready": False, "phase": "Succeeded"}], [{"ready": False, "phase": "Succeeded"}] * 2, "Succeeded"),
        ([], [], "Broken"),
    ],
)
def test_federated_learning_by_its_pods(aggregators: list[Json], trainers: list[Json], word: str) -> None:
    spec: Json = {"trainingWorkers": [{}, {}]}
    pods = [fl_pod(f"a{i}", "aggregation", **each) for i, each in enumerate(aggregators)]
    pods += [fl_pod(f"t{i}", "train", **each) for i, each in enumerate(trainers)]
    state = judge(
        workload(FEDERATED_LEARNING, spec=spec, status={"phase": "Running"}), *pods, kind=FEDERATED_LEARNING
    )
    assert state.word == word


def test_learning_jobs_by_stage_and_inference_pod() -> None:
    stages = {"conditions": [{"type": "Waiting", "stage": "Train", "status": "True"}]}

    def inference(**more: Any) -> Json:
        return pod(
            "i", "inference", prefix="incrementallearningjob", owner_kind="IncrementalLearningJob", **more
        )

    item = workload(INCREMENTAL_LEARNING, status=stages)
    assert judge(item, inference(), kind=INCREMENTAL_LEARNING).word == "Running"
    assert judge(item, inference(ready=False), kind=INCREMENTAL_LEARNING).word == "Starting"
    idle = judge(item, kind=INCREMENTAL_LEARNING)
    assert (idle.word, idle.claim.says) == ("Waiting", "Train Waiting")
    assert judge(workload(LIFELONG_LEARNING), kind=LIFELONG_LEARNING).word == "Waiting"


def test_the_other_kinds() -> None:
    assert judge(workload(OBJECT_TRACKING), kind=OBJECT_TRACKING).word == "Inert"
    assert judge(workload(MODEL), kind=MODEL).word == "Stored"
    single = pod("r", "reid", prefix="reidjob", owner_kind="ReidJob")
    assert judge(workload(REID), single, kind=REID).word == "Running"
    assert judge(workload(REID), kind=REID, unreadable=("Pod",)).word == "Unknown"
    fe: dict[str, Any] = {"prefix": "featureextractionservice", "owner_kind": "FeatureExtractionService"}
    children = (deployment("fe", **fe), *reached("fe", **fe))
    state = judge(workload(FEATURE_EXTRACTION, status=FALSE_ALARM), *children, kind=FEATURE_EXTRACTION)
    assert state.word == "Running" and state.doubt is not None
    search: dict[str, Any] = {"prefix": "objectsearchservice", "owner_kind": "ObjectSearchService"}
    whole = [deployment(worker, **search) for worker in ("userworker", "reidworker")]
    whole += [one for worker in ("userworker", "reidworker") for one in reached(worker, **search)]
    tracking = pod("t", "trackingworker", **search)
    item = workload(OBJECT_SEARCH, spec={"trackingWorkers": [{}]})
    assert judge(item, *whole, tracking, kind=OBJECT_SEARCH).word == "Running"
    assert judge(item, *whole, kind=OBJECT_SEARCH).word == "Broken"


def test_a_service_without_any_endpoint_slice_leads_nowhere() -> None:
    children = [item for item in whole_service() if item["kind"] != "EndpointSlice"]
    state = judge(workload(spec=BOTH), *children)
    assert state.word == "Degraded"
    assert state.evidence == (
        "Service helmet-cloud has no EndpointSlice, so nothing leads to the 1 ready replicas",
    )
    assert judge(workload(spec=BOTH, age=20), *children).word == "Running"
    assert judge(workload(spec=BOTH), *children, unreadable=("EndpointSlice",)).word == "Running"


def test_a_creation_error_is_outdated_once_all_children_are_there() -> None:
    status = {"conditions": [condition("Failed", "", "horizontalpodautoscalers is forbidden")]}
    item = workload(spec=BOTH, status=status)
    mended = judge(item, *whole_service())
    assert mended.word == "Running" and mended.claim.outdated and not mended.claim.creation_error
    assert mended.claim.words(healthy=True) == "Failed (outdated)"
    assert mended.doubt is not None and "never takes its Failed back" in mended.doubt
    lacking = [one for one in whole_service() if one["metadata"]["name"] != "hpa-helmet-deployment-edge"]
    namesake = autoscaler("edge", owned=False, labels=False)
    for children in (lacking, [*lacking, namesake]):
        true = judge(item, *children)
        assert true.claim.creation_error and not true.claim.outdated
    unseen = judge(item, *lacking, unreadable=("HorizontalPodAutoscaler",))
    assert unseen.claim.creation_error


def test_every_subset_of_children_gets_a_verdict() -> None:
    children = whole_service()
    for count in (0, 1, 2, len(children) - 1):
        for some in itertools.combinations(children, count):
            state = judge(workload(spec=BOTH, status={}), *some)
            assert state.word in ("Running", "Degraded", "Broken", "Starting")
            assert state.word == "Running" or state.evidence
