"""Look-alikes that a hasty clean-up would take: every guard that keeps somebody's running objects."""

from __future__ import annotations

import pytest

from sednactl.lifecycle.ghosts import Inventory, find_ghosts
from sednactl.sedna.kinds import JOINT_INFERENCE
from tests.cluster.stub import Answers, Fault, Request
from tests.ghosts.command import Park
from tests.ghosts.objects import (
    DEAD,
    JI,
    LIVE,
    NOW,
    Json,
    ago,
    before_0_7,
    child,
    living,
    orphans,
    owned_by,
    reference,
)

LIVING = {"metadata": {"name": "gate", "namespace": "park", "uid": LIVE}}


def test_a_second_set_of_labels_that_names_the_living_spares() -> None:
    service = child("Service", "helmet-cloud", prefix="featureextractionservice")
    service["metadata"]["labels"] |= child("Service", "x", LIVE)["metadata"]["labels"]
    assert find_ghosts(Inventory([service], living()), NOW, 0) == []
    (ghost,) = find_ghosts(Inventory([service], {}), NOW, 0)
    assert ghost.action == "delete"


def test_what_names_the_living_and_hangs_on_a_ghost_keeps_the_ghost(park: Park) -> None:
    park.server.put(JOINT_INFERENCE.resource, LIVING)
    deployment = child("Deployment", "helmet-deployment-cloud")
    replicas = child("ReplicaSet", "helmet-deployment-cloud-7dff", owners=(owned_by(deployment),))
    pod = child("Pod", "gate-x", LIVE, workload="gate", owners=(owned_by(replicas),))
    park.fill(deployment, replicas, pod)
    code, report = park.report("--yes")
    assert code == 7
    (ghost,) = report["ghosts"]
    assert (ghost["action"], ghost["keptBecause"]) == ("keep", "carries-others")
    assert "Pod gate-x" in ghost["evidence"]
    assert "Deployment/helmet-deployment-cloud" in park.names()


def test_somebodys_own_object_that_hangs_on_a_ghost_keeps_the_ghost(park: Park) -> None:
    deployment = child("Deployment", "helmet-deployment-cloud")
    park.fill(deployment)
    for kind in ("HorizontalPodAutoscaler", "Service", "Pod"):
        own = child(kind, "mine", owners=(owned_by(deployment),))
        del own["metadata"]["labels"]
        park.fill(own)
        _, report = park.report("--yes")
        (ghost,) = report["ghosts"]
        assert (ghost["action"], ghost["keptBecause"]) == ("keep", "carries-others"), kind
        assert f"{kind} mine" in ghost["evidence"]
        park.server._objects.clear()
        park.fill(deployment)


@pytest.mark.parametrize(
    "chosen", [("-l", "jointinferenceservice.sedna.io/worker-type=cloud"), ("--kind", "deploy")]
)
def test_a_narrow_choice_does_not_hide_what_hangs_on_a_ghost(park: Park, chosen: tuple[str, str]) -> None:
    deployment = child("Deployment", "helmet-deployment-cloud")
    own = child("Pod", "mine", owners=(owned_by(deployment),))
    del own["metadata"]["labels"]
    park.fill(deployment, own)
    code, report = park.report("--yes", *chosen)
    (ghost,) = report["ghosts"]
    assert (code, ghost["action"], ghost["keptBecause"]) == (7, "keep", "carries-others")
    assert park.names() == {"Deployment/helmet-deployment-cloud", "Pod/mine"}


def test_a_narrow_choice_does_not_hide_what_a_service_serves(park: Park) -> None:
    park.server.put(
        JOINT_INFERENCE.resource, {"metadata": {"name": "helmet", "namespace": "park", "uid": LIVE}}
    )
    left = orphans()
    for one in left:
        if one["kind"] == "Service":
            one["metadata"]["labels"]["only"] = "this"
    park.fill(*left)
    code, report = park.report("--yes", "-l", "only=this")
    (ghost,) = report["ghosts"]
    assert (code, ghost["kind"], ghost["keptBecause"]) == (7, "Service", "belongs-to-kept")
    assert "Service/helmet-cloud" in park.names()


def test_what_a_clean_up_was_not_told_to_delete_is_neither_waited_for_nor_called_back(park: Park) -> None:
    park.fill(*orphans())
    code, report = park.report("--yes", "--kind", "svc")
    assert (code, [one["kind"] for one in report["ghosts"]], report["remaining"]) == (0, ["Service"], [])
    assert sum(park.slept) < 30
    edge = "jointinferenceservice.sedna.io/worker-type=edge"
    code, report = park.report("--yes", "-l", edge, "--kind", "hpa", "--backup", str(park.folder / "b"))
    assert (code, report["remaining"]) == (0, [])


def test_what_has_another_owner_too_is_not_carried() -> None:
    deployment = child("Deployment", "helmet-deployment-cloud")
    owners = (owned_by(deployment), reference(JI, "gate", LIVE))
    shared = child("Pod", "gate-x", LIVE, owners=owners)
    (ghost,) = find_ghosts(Inventory([deployment, shared], living(name="gate")), NOW, 0)
    assert (ghost.action, ghost.name) == ("delete", "helmet-deployment-cloud")


def test_what_serves_a_kept_deployment_is_kept_with_it(park: Park) -> None:
    # Orphaned on purpose and created anew: the old pods go on serving through the old Service.
    park.server.put(
        JOINT_INFERENCE.resource, {"metadata": {"name": "helmet", "namespace": "park", "uid": LIVE}}
    )
    park.fill(*orphans())
    before = park.names()
    code, report = park.report("--yes")
    assert code == 7
    assert {ghost["action"] for ghost in report["ghosts"]} == {"keep"}
    assert {ghost["keptBecause"] for ghost in report["ghosts"]} == {"would-return", "belongs-to-kept"}
    assert park.names() == before


def test_an_autoscaler_whose_deployment_is_the_living_ones_goes(park: Park) -> None:
    # Left by a former helmet; the Deployment it scales is the new one's, which asked for none.
    park.server.put(
        JOINT_INFERENCE.resource, {"metadata": {"name": "helmet", "namespace": "park", "uid": LIVE}}
    )
    new = child("Deployment", "helmet-deployment-cloud", LIVE, owners=(reference(JI, "helmet", LIVE),))
    park.fill(new, child("HorizontalPodAutoscaler", "hpa-helmet-deployment-cloud", DEAD))
    _, report = park.report("--yes")
    assert [(one["kind"], one["result"]) for one in report["ghosts"]] == [
        ("HorizontalPodAutoscaler", "deleted")
    ]


def test_ages_go_by_the_clock_that_wrote_the_timestamps(park: Park) -> None:
    # Our clock is an hour ahead: what is 100 s old looks more than an hour old.
    park.server.date = "Tue, 24 Nov 2026 09:00:00 GMT"
    park.fill(before_0_7("Service", "helmet-cloud", age=3700))
    _, report = park.report("--yes")
    (ghost,) = report["ghosts"]
    assert (ghost["age"], ghost["keptBecause"]) == (100, "too-young")
    park.server.date = "Tue, 24 Nov 2026 09:08:21 GMT"
    assert park.report("--yes")[1]["ghosts"][0]["result"] == "deleted"


@pytest.mark.parametrize(
    "date", ["", "nonsense", "Tue, 24 Nov 2026 10:00:03 GMT", "Tue, 24 Nov 2026 09:00:00 -0000"]
)
def test_a_clock_that_agrees_or_cannot_be_read_changes_nothing(park: Park, date: str) -> None:
    park.server.date = date
    park.fill(before_0_7("Service", "helmet-cloud", age=3700))
    assert park.report()[1]["ghosts"][0]["age"] == 3700


def test_a_kind_that_only_a_newer_sedna_knows_is_not_judged(park: Park) -> None:
    newer = reference("LargeModelJob", "chat", DEAD)
    labelled = child("Pod", "chat-a", prefix="largemodeljob", owners=(newer,))
    bare = child("Pod", "chat-b", owners=(newer,))
    del bare["metadata"]["labels"]
    of_both = child("Pod", "chat-c", owners=(newer,))
    park.fill(labelled, bare, of_both)
    code, report = park.report("--yes", "--older-than", "0s")
    assert code == 7
    assert [one for one in report["ghosts"] if one["action"] == "delete"] == []
    assert park.names() == {"Pod/chat-a", "Pod/chat-b", "Pod/chat-c"}


@pytest.mark.parametrize("version", ["example.org/v1", "sedna.io.example.org/v1", "v1", ""])
def test_an_owner_of_another_group_spares_whatever_the_labels_say(park: Park, version: str) -> None:
    owner = reference("JointInferenceService", "helmet", DEAD, version=version)
    park.fill(child("Service", "helmet-cloud", owners=(owner,)))
    _, report = park.report("--yes")
    (ghost,) = report["ghosts"]
    assert (ghost["action"], ghost["keptBecause"]) == ("keep", "foreign-owner")
    assert park.names() == {"Service/helmet-cloud"}


def test_lists_that_expire_between_two_pages_make_no_ghosts(
    park: Park, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workloads and children fill several pages, and each continue token has expired when it comes to be used."""
    for number in range(1200):
        meta = {"name": f"gate-{number:04}", "namespace": "park", "uid": f"live-{number}"}
        park.server.put(JOINT_INFERENCE.resource, {"metadata": meta})
    for number in range(0, 1200, 3):
        name = f"gate-{number:04}"
        park.fill(child("Service", f"{name}-cloud", f"live-{number}", workload=name))
    park.fill(before_0_7("Service", "old-cloud", workload="old"))
    real = park.server._fault_for
    expired: list[str] = []

    def forget(request: Request, target: str) -> Fault | None:
        if "continue" in request.query and expired.count(request.path) < 2:
            expired.append(request.path)
            park.server.compact()
        return real(request, target)

    monkeypatch.setattr(park.server, "_fault_for", forget)
    _, report = park.report("--yes", "--max", "2000")
    assert len(expired) >= 2
    assert [one["name"] for one in report["ghosts"]] == ["old-cloud"]
    assert len(park.names()) == 400


@pytest.mark.parametrize("remainders", [True, False])
def test_a_list_that_expires_again_and_again_is_read_whole_and_never_taken_for_empty(
    park: Park, monkeypatch: pytest.MonkeyPatch, remainders: bool
) -> None:
    park.server.remainders = remainders
    for number in range(1200):
        meta = {"name": f"gate-{number:04}", "namespace": "park", "uid": f"live-{number}"}
        park.server.put(JOINT_INFERENCE.resource, {"metadata": meta})
    park.fill(child("Service", "gate-1199-cloud", "live-1199", workload="gate-1199"))
    real = park.server._fault_for

    def gone(request: Request, target: str) -> Fault | None:
        later = "continue" in request.query and request.path.endswith("/jointinferenceservices")
        return Answers(410) if later else real(request, target)

    monkeypatch.setattr(park.server, "_fault_for", gone)
    done = park.clean("--yes", "--older-than", "0s")
    assert done.code in (0, 4, 7), done
    assert park.names() == {"Service/gate-1199-cloud"}


def _rollout(uid: str, **meta: object) -> list[Json]:
    """Give a Deployment between two ReplicaSets: new pods come, an old one goes, another's set is collected already."""
    owner = reference(JI, "helmet", uid)
    name = "helmet-deployment-cloud"
    deployment = child("Deployment", name, uid, owners=(owner,))
    new = child("ReplicaSet", f"{name}-6c4f", uid, owners=(owned_by(deployment),), age=700)
    old = child("ReplicaSet", f"{name}-7dff", uid, owners=(owned_by(deployment),))
    collected = reference("ReplicaSet", f"{name}-5b9d", "replicaset-long-gone", version="apps/v1")
    return [
        deployment, new, old,
        child("Pod", f"{name}-6c4f-aa", uid, owners=(owned_by(new),), age=700),
        child("Pod", f"{name}-7dff-bb", uid, owners=(owned_by(old),)),
        child("Pod", f"{name}-7dff-cc", uid, owners=(owned_by(old),), deletionTimestamp=ago(20)),
        child("Pod", f"{name}-5b9d-dd", uid, owners=(collected,)),
        child("Pod", f"{name}-5b9d-ee", uid, owners=(collected,), deletionTimestamp=ago(20)),
    ]  # fmt: skip


def test_a_rollout_under_way_has_no_ghosts(park: Park) -> None:
    park.server.put(
        JOINT_INFERENCE.resource, {"metadata": {"name": "helmet", "namespace": "park", "uid": LIVE}}
    )
    park.fill(*_rollout(LIVE))
    code, report = park.report()
    assert (code, report["ghosts"]) == (0, [])
    done = park.clean("--yes", "--older-than", "0s")
    assert done.code == 0 and not [one for one in park.server.requests if one.method == "DELETE"]


def test_the_same_objects_of_a_service_that_is_gone_are_ghosts(park: Park) -> None:
    park.fill(*_rollout(DEAD))
    _, report = park.report()
    assert {one["name"]: one["action"] for one in report["ghosts"]} == {
        "helmet-deployment-cloud": "delete",
        "helmet-deployment-cloud-5b9d-dd": "keep",  # their ReplicaSet is not to be seen
        "helmet-deployment-cloud-5b9d-ee": "keep",
    }
