"""Waiting for what the children do, on virtual time."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.errors import ConditionUnmet, NotFound, Unreachable
from sednactl.lifecycle.waiting import (
    wait_until_gone,
    wait_until_running,
    wait_until_stage,
    wait_until_succeeded,
)
from sednactl.sedna.kinds import FEDERATED_LEARNING, INCREMENTAL_LEARNING, JOINT_INFERENCE, OBJECT_TRACKING
from tests.cluster.stub import Answers, StubServer
from tests.lifecycle.conftest import collect_garbage, fill
from tests.lifecycle.objects import (
    VirtualTime,
    condition,
    deployment,
    pod,
    service,
    whole_service,
    workload,
)

JI = JOINT_INFERENCE


def running(stub: StubServer, time: VirtualTime, timeout: float = 300) -> list[str]:
    said: list[str] = []
    surroundings = time.surroundings()
    cluster = stub.cluster(surroundings=surroundings)
    wait_until_running(cluster, JI, "helmet", "park", timeout, surroundings, tell=said.append)
    return said


def test_it_runs_when_the_children_do_whatever_sedna_claims(stub: StubServer) -> None:
    fill(stub, workload(status={"conditions": [condition("Running")]}, age=5))

    def make(seconds: float) -> None:
        if seconds > 4:
            fill(stub, *whole_service(hpa=()))

    time = VirtualTime(make)
    said = running(stub, time)
    assert "no Deployment helmet-deployment-cloud yet" in said[0]
    assert 4 < time.seconds < 10


def test_old_pods_that_still_serve_do_not_end_the_wait(stub: StubServer) -> None:
    old = deployment("cloud", wanted=2)
    old["status"]["updatedReplicas"] = 1  # the new one cannot start; the old two are ready
    old["status"]["replicas"] = 3
    fill(stub, workload(), old, deployment("edge"), service())
    with pytest.raises(ConditionUnmet, match="new cloud pods replace the old ones"):
        running(stub, VirtualTime(), timeout=10)


def test_the_time_runs_out_with_the_reason(stub: StubServer) -> None:
    fill(stub, workload(), deployment("cloud", wanted=2, ready=1), deployment("edge"), service())
    time = VirtualTime()
    with pytest.raises(ConditionUnmet, match=r"after 30 s: .*1 of 2 cloud replicas ready") as caught:
        running(stub, time, timeout=30)
    assert caught.value.exit_code == 6
    assert time.seconds == pytest.approx(30)


def test_a_real_creation_error_ends_the_wait_at_once(stub: StubServer) -> None:
    fill(stub, workload(age=2, status={"conditions": [condition("Failed", "", "failed to get model x")]}))
    time = VirtualTime()
    with pytest.raises(ConditionUnmet, match="failed to get model x"):
        running(stub, time)
    assert time.seconds == 0


@pytest.mark.parametrize("claim", ["Running", "Failed"])
def test_a_service_that_sedna_does_not_make_again_ends_the_wait(stub: StubServer, claim: str) -> None:
    conditions = [condition(claim, "workerFailed" if claim == "Failed" else "")]
    children = [item for item in whole_service(hpa=()) if item["kind"] not in ("Service", "EndpointSlice")]
    fill(stub, workload(status={"conditions": conditions}), *children)
    time = VirtualTime()
    with pytest.raises(ConditionUnmet, match="will not run: Service helmet-cloud is missing") as caught:
        running(stub, time)
    assert "sednactl repair jointinference helmet" in str(caught.value.hint)
    assert 10 <= time.seconds < 30


def test_a_service_that_may_still_be_made_is_waited_for(stub: StubServer) -> None:
    fill(stub, workload(), deployment("cloud"))  # the edge side comes after the Service
    with pytest.raises(ConditionUnmet, match="after 60 s"):
        running(stub, VirtualTime(), timeout=60)


def test_what_may_not_be_read_is_not_waited_for(stub: StubServer) -> None:
    fill(stub, workload(), *whole_service())
    stub.fail(
        Answers(403), method="GET", path="/(deployments|pods|services|endpointslices|horizontal)", times=999
    )
    time = VirtualTime()
    with pytest.raises(ConditionUnmet, match=r"cannot be seen: Deployments cannot be read here$") as caught:
        running(stub, time)
    assert "right to list Deployment" in str(caught.value.hint)
    assert time.seconds == 0


def test_what_is_not_there_and_what_never_runs(stub: StubServer) -> None:
    with pytest.raises(NotFound):
        running(stub, VirtualTime())
    fill(stub, workload(OBJECT_TRACKING, "ot"))
    surroundings = VirtualTime().surroundings()
    cluster = stub.cluster(surroundings=surroundings)
    with pytest.raises(ConditionUnmet, match="will not run"):
        wait_until_running(cluster, OBJECT_TRACKING, "ot", "park", 10, surroundings)


def test_gone_means_the_children_too_but_not_the_orphans(stub: StubServer) -> None:
    fill(stub, workload(), deployment("cloud"), service(owned=False))

    def go(seconds: float) -> None:
        if seconds > 2:
            stub.remove(JI.resource, "helmet", "park")
        if seconds > 6:
            collect_garbage(stub)

    time = VirtualTime(go)
    surroundings = time.surroundings()
    said: list[str] = []
    wait_until_gone(
        stub.cluster(surroundings=surroundings), JI, "helmet", "park", 60, surroundings, tell=said.append
    )
    assert time.seconds > 6
    assert said == [
        "JointInferenceService helmet is still there",
        "JointInferenceService helmet is gone, Deployment helmet-deployment-cloud not yet",
    ]


def test_a_successor_of_the_same_name_does_not_keep_us_waiting(stub: StubServer) -> None:
    fill(stub, workload())

    def replace(_: float) -> None:
        stub.remove(JI.resource, "helmet", "park")
        fill(stub, workload(uid="new"), deployment("cloud", uid="new"))

    surroundings = VirtualTime(replace).surroundings()
    wait_until_gone(stub.cluster(surroundings=surroundings), JI, "helmet", "park", 60, surroundings)


def test_the_cluster_may_be_away_for_a_moment_but_not_for_good(stub: StubServer) -> None:
    fill(stub, workload(age=5))

    def flicker(seconds: float) -> None:
        if seconds < 1 and stub.running:
            stub.stop()
        elif seconds > 5 and not stub.running:
            stub.start()
            fill(stub, *whole_service(hpa=()))

    said = running(stub, VirtualTime(flicker))
    assert any("no answer from the cluster" in line for line in said)
    stub.stop()
    time = VirtualTime()
    with pytest.raises(Unreachable):
        running(stub, time)
    assert 30 <= time.seconds < 60


def test_a_job_succeeds_when_all_its_pods_have(stub: StubServer) -> None:
    fill(stub, workload(FEDERATED_LEARNING, spec={"trainingWorkers": [{}]}))

    def work(seconds: float) -> None:
        phase = "Succeeded" if seconds > 60 else "Running"
        more: dict[str, Any] = {
            "prefix": "federatedlearningjob",
            "owner_kind": "FederatedLearningJob",
            "phase": phase,
        }
        fill(stub, pod("a", "aggregation", **more), pod("t", "train", **more))

    time = VirtualTime(work)
    surroundings = time.surroundings()
    cluster = stub.cluster(surroundings=surroundings)
    wait_until_succeeded(cluster, FEDERATED_LEARNING, "helmet", "park", 300, surroundings)
    assert 60 < time.seconds < 70
    failed: dict[str, Any] = {
        "prefix": "federatedlearningjob",
        "owner_kind": "FederatedLearningJob",
        "phase": "Failed",
    }
    fill(stub, pod("t", "train", **failed))
    with pytest.raises(ConditionUnmet, match="will not succeed"):
        wait_until_succeeded(cluster, FEDERATED_LEARNING, "helmet", "park", 300, surroundings)


def test_a_learning_job_is_waited_for_by_its_stage(stub: StubServer) -> None:
    def log(*entries: tuple[str, str]) -> None:
        conditions = [{"stage": stage, "type": kind, "status": "True"} for stage, kind in entries]
        fill(stub, workload(INCREMENTAL_LEARNING, spec={}, status={"conditions": conditions}))

    def advance(seconds: float) -> None:
        if seconds > 20:
            log(("Train", "Completed"), ("Eval", "Running"))

    log(("Train", "Waiting"))
    time = VirtualTime(advance)
    surroundings = time.surroundings()
    cluster = stub.cluster(surroundings=surroundings)
    said = wait_until_stage(cluster, INCREMENTAL_LEARNING, "helmet", "park", "eval", 60, surroundings)
    assert (said, 20 < time.seconds < 25) == ("Eval Running", True)
    with pytest.raises(ConditionUnmet, match="Sedna says Eval Running"):
        wait_until_stage(cluster, INCREMENTAL_LEARNING, "helmet", "park", "deploy", 9, surroundings)
