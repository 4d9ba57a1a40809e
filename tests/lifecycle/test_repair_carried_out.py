"""What a repair says of steps that were, were not, or may have been done when the API server fails in the midst."""

from __future__ import annotations

import pytest

from sednactl.cluster.client import HttpCluster
from sednactl.lifecycle.repair import Repair, carry_out, plan_repair
from sednactl.render.repair import outcome_text
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.resources import HPA, SERVICE
from tests.cluster.stub import Answers, Fault, Request, Reset, StubServer
from tests.lifecycle.conftest import fill
from tests.lifecycle.objects import FALSE_ALARM, Json, VirtualTime, ago, ji_spec, whole_service, workload

JI = JOINT_INFERENCE


def service_without(stub: StubServer, missing: str) -> HttpCluster:
    spec = ji_spec(hpa=("cloud", "edge"))
    for side in ("cloud", "edge"):
        fill(stub, workload_of_kind("Model", spec[f"{side}Worker"]["model"]["name"]))
    fill(stub, {**workload(status={"startTime": ago(3600), **FALSE_ALARM}), "spec": spec})
    fill(stub, *(one for one in whole_service() if one["metadata"]["name"] != missing))
    return stub.cluster(surroundings=VirtualTime().surroundings())


def workload_of_kind(kind: str, name: str) -> Json:
    return {"kind": kind, "metadata": {"name": name, "namespace": "park", "uid": name}}


def repair(cluster: HttpCluster) -> Repair:
    plan, _, _ = plan_repair(cluster, JI, "helmet", "park")
    assert plan.steps
    return carry_out(cluster, JI, plan, VirtualTime().surroundings(), timeout=30)


@pytest.mark.parametrize("lost", [Reset(done=True), Answers(500, done=True)])
def test_a_step_whose_answer_was_lost_is_not_said_to_be_undone(stub: StubServer, lost: Fault) -> None:
    cluster = service_without(stub, "hpa-helmet-deployment-edge")
    stub.fail(lost, method="POST")
    done = repair(cluster)
    (step,) = done.carried
    assert step.result == "failed"
    assert step.detail.endswith(("may or may not be done", "is not known"))
    assert "hpa-helmet-deployment-edge" in {one["metadata"]["name"] for one in stub.objects(HPA)}
    assert plan_repair(cluster, JI, "helmet", "park")[0].nothing


@pytest.mark.parametrize("status", [401, 429, 500, 503])
def test_a_server_in_trouble_is_not_taken_for_an_object_that_has_changed(
    stub: StubServer, status: int
) -> None:
    cluster = service_without(stub, "")
    orphan = next(one for one in stub.objects(SERVICE) if one["metadata"]["name"].startswith("helmet"))
    del orphan["metadata"]["ownerReferences"]
    stub.put(SERVICE, orphan)
    stub.fail(Answers(status), method="PATCH", times=9)
    done = repair(cluster)
    assert [one.result for one in done.carried] == ["failed"]
    assert "not as it was" not in done.left
    stub.mend()
    stub.fail(Answers(422), method="PATCH")
    assert "is not as it was when the repair was planned" in repair(cluster).left


def test_steps_that_were_done_are_told_though_nobody_could_look_afterwards(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = service_without(stub, "hpa-helmet-deployment-edge")
    real = stub._fault_for

    def gone(request: Request, target: str) -> Fault | None:
        made = any(one.method == "POST" for one in stub.requests)
        return Answers(403) if made and request.method == "GET" else real(request, target)

    monkeypatch.setattr(stub, "_fault_for", gone)
    done = repair(cluster)
    assert [one.result for one in done.carried] == ["done"]
    assert done.mended is None and done.error is not None
    assert "whether JointInferenceService helmet is repaired could not be seen" in outcome_text(done)
