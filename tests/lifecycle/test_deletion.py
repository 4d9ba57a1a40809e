"""A deletion from plan to report, against a server that collects garbage, on virtual time."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.errors import Unreachable
from sednactl.lifecycle.deletion import Deletion, Doomed, execute, plan_deletion
from sednactl.sedna.kinds import JOINT_INFERENCE, MODEL, OBJECT_SEARCH
from sednactl.sedna.resources import DEPLOYMENT, NAMESPACE, NODE, POD, SERVICE
from tests.cluster.stub import Answers, Fault, Reset, StubServer
from tests.lifecycle.conftest import collect_garbage, fill
from tests.lifecycle.objects import (
    Json,
    VirtualTime,
    ago,
    deployment,
    pod,
    service,
    whole_service,
    workload,
)

JI = JOINT_INFERENCE.resource


def delete(stub: StubServer, time: VirtualTime, item: Json | None = None, **more: Any) -> Deletion:
    cluster = stub.cluster(surroundings=time.surroundings())
    doomed = [Doomed(JI, item or cluster.get(JI, "helmet", "park"))]
    said: list[str] = []
    deletion = execute(
        cluster, plan_deletion(cluster, doomed), time.surroundings(), progress=said.append, **more
    )
    time.said = said  # type: ignore[attr-defined]
    return deletion


def test_all_goes_as_foretold_in_the_background_and_by_uid(stub: StubServer) -> None:
    children = whole_service(replicas=2)
    fill(stub, workload(), *children)
    deletion = delete(stub, VirtualTime(lambda _: collect_garbage(stub)))
    assert deletion.remaining == ()
    assert {one.name for one in deletion.plan.foretold} == {
        "helmet", *(item["metadata"]["name"] for item in children if item["kind"] != "EndpointSlice")
    }  # fmt: skip
    (sent,) = [request for request in stub.requests if request.method == "DELETE"]
    assert sent.body["propagationPolicy"] == "Background"
    assert sent.body["preconditions"]["uid"] == workload()["metadata"]["uid"]


def test_an_orphan_is_left_named_and_not_waited_for_until_the_time_is_up(stub: StubServer) -> None:
    fill(stub, workload(), deployment("cloud"), service(owned=False))
    time = VirtualTime(lambda _: collect_garbage(stub))
    deletion = delete(stub, time, timeout=300)
    assert [(one.name, one.cause) for one in deletion.remaining] == [("helmet-cloud", "orphaned")]
    assert time.seconds < 30
    assert deletion.as_json()["remaining"][0]["cause"] == "orphaned"
    assert stub.objects(SERVICE)


def test_a_pod_of_an_offline_node_is_left_and_is_no_ghost(stub: StubServer) -> None:
    stub.put(
        NODE,
        {
            "metadata": {"name": "edge-node"},
            "status": {"conditions": [{"type": "Ready", "status": "Unknown"}]},
        },
    )
    waiting = pod("helmet-p", "edge", node="edge-node", meta={"deletionTimestamp": ago(1)})
    fill(stub, workload(), deployment("cloud"), waiting)
    deletion = delete(stub, VirtualTime(lambda _: collect_garbage(stub, but=("helmet-p",))))
    assert [(one.name, one.cause) for one in deletion.remaining] == [("helmet-p", "edge-offline")]
    assert "no ghost" in deletion.remaining[0].mend


def test_a_finalizer_is_waited_for_to_the_end(stub: StubServer) -> None:
    held = service(meta={"deletionTimestamp": ago(1), "finalizers": ["cloud.example/lb"]})
    fill(stub, workload(), held)
    time = VirtualTime(lambda _: collect_garbage(stub, but=("helmet-cloud",)))
    deletion = delete(stub, time, timeout=60)
    assert [one.cause for one in deletion.remaining] == ["held"]
    assert time.seconds == pytest.approx(60, abs=1)
    assert time.said == ["1 Service"]  # type: ignore[attr-defined]


def test_what_the_global_manager_makes_anew_is_found_by_its_label(stub: StubServer) -> None:
    fill(stub, workload(), deployment("cloud"))

    def resurrect(seconds: float) -> None:
        collect_garbage(stub)
        if seconds < 1:
            stub.put(DEPLOYMENT, deployment("cloud", owned=False, meta={"uid": "anew"}))

    deletion = delete(stub, VirtualTime(resurrect))
    assert [(one.uid, one.cause) for one in deletion.remaining] == [("anew", "recreated")]


def test_a_new_workload_of_the_same_name_is_left_alone(stub: StubServer) -> None:
    old = workload()
    fill(stub, workload(uid="new"))
    deletion = delete(stub, VirtualTime(), old)
    assert [(one.uid, one.cause) for one in deletion.remaining] == [("new", "not-deleted")]
    assert deletion.deleted == () and stub.objects(JI)


def test_a_refusal_for_one_does_not_keep_the_others(stub: StubServer) -> None:
    fill(stub, workload(), workload(MODEL, "m", uid="m"))
    cluster = stub.cluster(surroundings=VirtualTime().surroundings())
    doomed = [Doomed(JI, workload()), Doomed(MODEL.resource, workload(MODEL, "m", uid="m"))]
    plan = plan_deletion(cluster, doomed)
    stub.fail(Answers(403), method="DELETE")
    deletion = execute(cluster, plan, VirtualTime().surroundings())
    assert [one.name for one in deletion.deleted] == ["m"]
    assert [one.cause for one in deletion.remaining] == ["not-deleted"]
    assert len(deletion.failures) == 1


def test_a_cluster_that_goes_away_in_the_middle_says_what_was_done(stub: StubServer) -> None:
    fill(stub, workload(MODEL, "a", uid="a"), workload(MODEL, "b", uid="b"))
    surroundings = VirtualTime().surroundings()
    cluster = stub.cluster(surroundings=surroundings)
    doomed = [Doomed(MODEL.resource, workload(MODEL, name, uid=name)) for name in ("a", "b")]
    plan = plan_deletion(cluster, doomed)
    stub.fail(Reset(), times=50, path="/models/b", method="DELETE")
    with pytest.raises(Unreachable, match="while Model b was being deleted") as caught:
        execute(cluster, plan, surroundings)
    assert caught.value.detail[0] == "deleted before that: Model a"
    assert [item["metadata"]["name"] for item in stub.objects(MODEL.resource)] == ["b"]


def test_a_refusal_is_told_though_the_cluster_goes_away_after_it(stub: StubServer) -> None:
    fill(stub, workload(MODEL, "a", uid="a"), workload(MODEL, "b", uid="b"))
    surroundings = VirtualTime().surroundings()
    cluster = stub.cluster(surroundings=surroundings)
    plan = plan_deletion(
        cluster, [Doomed(MODEL.resource, workload(MODEL, name, uid=name)) for name in ("a", "b")]
    )
    stub.fail(Answers(403), path="/models/a", method="DELETE")
    stub.fail(Reset(), times=50, path="/models/b", method="DELETE")
    with pytest.raises(Unreachable) as caught:
        execute(cluster, plan, surroundings)
    nothing, refused = caught.value.detail
    assert nothing == "deleted before that: nothing"
    assert refused.startswith("not deleted: Model a, the cluster refused")


@pytest.mark.parametrize("lost", [Reset(done=True), Answers(500, done=True)])
def test_a_deletion_whose_answer_was_lost_is_no_refusal(stub: StubServer, lost: Fault) -> None:
    """Though a second try was refused: what is there afterwards decides, and where nobody can look, that is said."""
    surroundings = VirtualTime().surroundings()
    cluster = stub.cluster(surroundings=surroundings)
    for looks in (True, False):
        fill(stub, workload(MODEL, "m", uid="m"))
        plan = plan_deletion(cluster, [Doomed(MODEL.resource, workload(MODEL, "m", uid="m"))])
        stub.fail(lost, method="DELETE")
        stub.fail(Answers(403), method="DELETE")
        if not looks:
            stub.fail(Answers(403), method="GET")
        deletion = execute(cluster, plan, surroundings, wait=False)
        assert stub.objects(MODEL.resource) == []
        if looks:
            assert [one.name for one in deletion.deleted] == ["m"]
            assert not deletion.failures and not deletion.remaining
        else:
            (left,) = deletion.remaining
            assert left.evidence.startswith("whether it was deleted is not known")
            assert deletion.deleted == () and len(deletion.failures) == 1


def test_a_dry_run_deletes_nothing(stub: StubServer) -> None:
    fill(stub, workload(), deployment("cloud"))
    deletion = delete(stub, VirtualTime(), dry_run=True)
    assert [one.name for one in deletion.deleted] == ["helmet"]
    assert not deletion.waited
    assert stub.objects(JI) and stub.objects(DEPLOYMENT)


def test_the_wait_rides_out_a_cluster_that_is_away_for_a_moment(stub: StubServer) -> None:
    fill(stub, workload(), deployment("cloud"))

    def flicker(seconds: float) -> None:
        if seconds < 1 and stub.running:
            stub.stop()
        elif seconds > 3 and not stub.running:
            stub.start()
            collect_garbage(stub)

    assert delete(stub, VirtualTime(flicker)).remaining == ()


def test_a_cluster_that_stays_away_is_said_with_what_goes_on(stub: StubServer) -> None:
    fill(stub, workload(), deployment("cloud"))

    def leave(_: float) -> None:
        if stub.running:
            stub.stop()

    with pytest.raises(Unreachable, match="the deletion was asked for and goes on without us") as caught:
        delete(stub, VirtualTime(leave))
    assert caught.value.exit_code == 5


def test_a_deletion_in_the_foreground_is_recognised(stub: StubServer) -> None:
    fill(stub, workload(deletionTimestamp=ago(60), finalizers=["foregroundDeletion"]))
    cluster = stub.cluster()
    plan = plan_deletion(cluster, [Doomed(JI, cluster.get(JI, "helmet", "park"))])
    assert "foreground" in plan.cascades[0].notes[0]


def test_children_of_an_object_search_may_come_again_and_that_is_foretold(stub: StubServer) -> None:
    item = workload(OBJECT_SEARCH)
    plan = plan_deletion(stub.cluster(), [Doomed(OBJECT_SEARCH.resource, item)])
    assert "half a minute" in plan.cascades[0].notes[0]
    assert plan_deletion(stub.cluster(), [Doomed(JI, workload())]).cascades[0].notes == ()


def test_forbidden_lists_leave_a_note_and_the_rest_of_the_plan(stub: StubServer) -> None:
    fill(stub, workload(), *whole_service())
    stub.fail(Answers(403), times=1, method="GET")
    cluster = stub.cluster()
    plan = plan_deletion(cluster, [Doomed(JI, workload())])
    assert "cannot be foretold" in plan.notes[0]
    assert any(one.kind == POD.kind for one in plan.foretold)


def test_a_child_that_may_be_listed_but_not_read_does_not_stop_the_wait(stub: StubServer) -> None:
    fill(stub, workload(), *whole_service())
    stub.fail(Answers(403), method="GET", path="/services/", times=99)
    deletion = delete(stub, VirtualTime(lambda _: collect_garbage(stub)))
    assert (deletion.remaining, deletion.failures) == ((), ())


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_for_a_while_is_ridden_out(stub: StubServer, status: int) -> None:
    fill(stub, workload(), deployment("cloud"))

    def trouble(seconds: float) -> None:
        collect_garbage(stub)
        if seconds > 4:
            stub.mend()

    cluster = stub.cluster(surroundings=VirtualTime().surroundings())
    plan = plan_deletion(cluster, [Doomed(JI, cluster.get(JI, "helmet", "park"))])
    stub.fail(Answers(status), method="GET", times=999)
    deletion = execute(cluster, plan, VirtualTime(trouble).surroundings())
    assert [one.name for one in deletion.deleted] == ["helmet"]
    assert (deletion.remaining, deletion.failures) == ((), ())


@pytest.mark.parametrize("status", [401, 500])
def test_what_was_deleted_is_told_also_when_nothing_more_can_be_seen(stub: StubServer, status: int) -> None:
    fill(stub, workload(), deployment("cloud"))
    time = VirtualTime()
    cluster = stub.cluster(surroundings=time.surroundings())
    plan = plan_deletion(cluster, [Doomed(JI, cluster.get(JI, "helmet", "park"))])
    stub.fail(Answers(status), method="GET", times=9999)
    deletion = execute(cluster, plan, time.surroundings())
    assert [one.name for one in deletion.deleted] == ["helmet"]
    assert not deletion.waited
    assert "could not be seen" in deletion.failures[0].message
    assert time.seconds < 60


def test_a_namespace_that_is_being_emptied_counts_as_deleted(stub: StubServer) -> None:
    item = {"metadata": {"name": "park", "uid": "n", "deletionTimestamp": ago(9)}}
    stub.put(NAMESPACE, item)
    cluster = stub.cluster(surroundings=VirtualTime().surroundings())
    plan = plan_deletion(cluster, [Doomed(NAMESPACE, cluster.get(NAMESPACE, "park"))])
    busy = {
        "kind": "Status",
        "code": 409,
        "reason": "Conflict",
        "message": "The system is ensuring all content is removed from this namespace",
    }
    stub.fail(Answers(409, busy), method="DELETE")
    deletion = execute(cluster, plan, VirtualTime().surroundings(), wait=False)
    assert [one.name for one in deletion.deleted] == ["park"]
    assert (deletion.remaining, deletion.failures) == ((), ())


def test_a_path_that_is_not_served_for_a_moment_does_not_count_as_deleted(stub: StubServer) -> None:
    fill(stub, workload())
    stub.fail(Answers(404, "404 page not found", content_type="text/plain"), method="DELETE")
    deletion = delete(stub, VirtualTime(), wait=False)
    assert deletion.deleted == () and len(deletion.failures) == 1
    assert stub.objects(JI)
