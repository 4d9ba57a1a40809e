"""Every rule about what is a ghost and what is none, without a cluster."""

from __future__ import annotations

import pytest

from sednactl.cluster.metadata import Metadata
from sednactl.lifecycle.ghost_sieve import worth_judging
from sednactl.lifecycle.ghosts import (
    Ghost,
    Inventory,
    Place,
    deletion_order,
    find_ghosts,
    unjudged,
)
from tests.ghosts.objects import (
    DEAD,
    FE,
    FL,
    JI,
    LIVE,
    NOW,
    OBJS,
    Json,
    ago,
    before_0_7,
    child,
    living,
    metadata_of,
    orphans,
    owned_by,
    reference,
)  # fmt: skip


def judged(*children: Json, older_than: float = 600.0, **inventory: object) -> list[Ghost]:
    inventory.setdefault("workloads", {})
    return find_ghosts(Inventory(list(children), **inventory), NOW, older_than)  # type: ignore[arg-type]


def only(*children: Json, older_than: float = 600.0, **inventory: object) -> Ghost:
    (ghost,) = judged(*children, older_than=older_than, **inventory)
    return ghost


def test_class_a_children_of_a_gone_service_made_before_0_7() -> None:
    ghosts = judged(before_0_7("Pod", "helmet-edge-x"), before_0_7("Service", "helmet-cloud"))
    assert [(ghost.kind, ghost.cause, ghost.action) for ghost in ghosts] == [
        ("Service", "owner-unresolvable", "delete"),
        ("Pod", "owner-unresolvable", "delete"),
    ]
    assert ghosts[0].workload.kind == JI
    assert "JointInference, a kind that does not exist" in ghosts[0].evidence
    assert "dddddddd" in ghosts[0].evidence and DEAD not in ghosts[0].evidence
    assert ghosts[0].blocks and not ghosts[1].blocks


def test_class_b_children_of_a_gone_object_search_made_before_0_7() -> None:
    owner = reference("ObjectSearch", "seek", DEAD)
    ghost = only(
        child(
            "Deployment",
            "seek-deployment-userworker-x2",
            workload="seek",
            prefix="objectsearch",
            owners=(owner,),
        )
    )
    assert (ghost.workload.kind, ghost.cause, ghost.action) == (OBJS, "owner-unresolvable", "delete")


def test_class_c_only_the_top_objects_are_named_and_carry_the_rest() -> None:
    ghosts = judged(*orphans())
    assert [(ghost.kind, ghost.name) for ghost in deletion_order(ghosts)] == [
        ("HorizontalPodAutoscaler", "hpa-helmet-deployment-cloud"),
        ("HorizontalPodAutoscaler", "hpa-helmet-deployment-edge"),
        ("Deployment", "helmet-deployment-cloud"),
        ("Deployment", "helmet-deployment-edge"),
        ("Service", "helmet-cloud"),
    ]
    assert {ghost.kind: dict(ghost.carries) for ghost in ghosts}["Deployment"] == {"Pod": 2, "ReplicaSet": 1}
    assert {ghost.cause for ghost in ghosts} == {"orphaned", "stray-autoscaler"}


def test_class_d_a_deployment_that_stands_alone_was_resurrected() -> None:
    assert only(child("Deployment", "helmet-deployment-cloud")).cause == "resurrected"
    ghosts = judged(child("Deployment", "helmet-deployment-cloud"), child("Service", "helmet-cloud"))
    assert {ghost.cause for ghost in ghosts} == {"orphaned"}


def test_a_deployment_that_gm_would_put_back_is_kept_with_the_order_that_works() -> None:
    ghost = only(child("Deployment", "helmet-deployment-cloud"), workloads=living())
    assert (ghost.action, ghost.verdict, ghost.kept_because) == ("keep", "ghost", "would-return")
    assert "sednactl delete jointinference helmet -n park" in ghost.mend
    assert "aaaaaaaa" in ghost.evidence  # the namesake is told apart by its UID


def test_gm_looks_for_a_namesake_by_the_deployments_name_whatever_the_labels_say() -> None:
    feature = child("Deployment", "gate-deployment-fe", workload="gate", prefix="featureextractionservice")
    assert only(feature, workloads=living(name="gate")).kept_because == "would-return"
    assert only(feature, workloads=living(name="gate", kind=FE)).action == "delete"
    bare = child("Deployment", "gate", workload="gate")
    assert only(bare, workloads=living(name="gate")).kept_because == "would-return"


def test_a_namesake_does_not_spare_what_gm_does_not_rebuild() -> None:
    ghosts = judged(
        before_0_7("Service", "helmet-cloud"), before_0_7("Pod", "helmet-cloud-x"), workloads=living()
    )
    assert {ghost.action for ghost in ghosts} == {"delete"}
    service, pod = ghosts
    assert "delete the helmet that lives" in service.mend
    assert pod.mend == ""


def test_whether_gm_would_rebuild_is_not_guessed() -> None:
    feature = child("Deployment", "gate-deployment-fe", workload="gate", prefix="featureextractionservice")
    ghost = only(feature, unreadable={JI: "forbidden"})
    assert (ghost.action, ghost.kept_because) == ("keep", "unknown-namesake")


def test_class_e_left_behind_by_an_upgrade_is_reported_with_the_safe_order() -> None:
    pod = before_0_7("Pod", "helmet-edge-x", LIVE)
    ghost = only(pod, workloads=living(failed=True))
    assert (ghost.cause, ghost.action, ghost.verdict) == ("before-0.7", "keep", "ghost")
    assert "delete the helmet that lives (sednactl delete jointinference helmet -n park)" in ghost.mend
    # The same under a Global Manager of its time is a healthy service.
    assert judged(pod, workloads=living()) == []


def test_class_f_surplus_pods_of_a_living_job_are_reported_oldest_first() -> None:
    pods = [
        child(
            "Pod",
            f"fl-train-{n}",
            LIVE,
            workload="fl",
            prefix="federatedlearningjob",
            worker="train",
            age=1000 * n,
        )
        for n in range(1, 5)
    ]
    aggregation = child(
        "Pod", "fl-aggregation-a", LIVE, workload="fl", prefix="federatedlearningjob", worker="aggregation"
    )
    jobs = living(kind=FL, name="fl", expected_pods=3)
    ghosts = judged(*pods, aggregation, workloads=jobs)
    assert [ghost.name for ghost in ghosts] == ["fl-train-3", "fl-train-4"]
    assert {(ghost.cause, ghost.action) for ghost in ghosts} == {("surplus-pod", "keep")}
    assert "sednactl delete federatedlearning fl" in ghosts[0].mend
    # While an edit replaces pods, the old ones are on their way out.
    pods[3]["metadata"]["deletionTimestamp"] = pods[2]["metadata"]["deletionTimestamp"] = ago(1)
    assert judged(*pods, aggregation, workloads=jobs) == []


def test_class_g_a_stray_autoscaler() -> None:
    ghost = only(child("HorizontalPodAutoscaler", "hpa-helmet-deployment-cloud"))
    assert (ghost.cause, ghost.action, ghost.blocks) == ("stray-autoscaler", "delete", True)


def test_a_pod_that_waits_for_an_offline_edge_node_is_no_ghost_and_is_said_to_be_so() -> None:
    pod = child(
        "Pod", "helmet-deployment-edge-7dff-aa",
        owners=(reference("ReplicaSet", "helmet-deployment-edge-7dff", "gone", version="apps/v1"),),
        deletionTimestamp=ago(7200),
    )  # fmt: skip
    ghost = only(pod, places={pod["metadata"]["uid"]: Place("edge-7", False)})
    assert (ghost.action, ghost.verdict, ghost.kept_because) == ("keep", "not-a-ghost", "edge-offline")
    assert "edge-7, which is offline" in ghost.evidence and "no ghost" in ghost.evidence


@pytest.mark.parametrize(
    ("place", "finalizers", "since", "code", "verdict"),
    [
        (Place("edge-7", True), [], 20, "terminating", "not-a-ghost"),
        (Place("edge-7", None), [], 20, "terminating", "not-a-ghost"),
        (Place("edge-7", None, False), [], 20, "terminating", "not-a-ghost"),
        (None, [], 20, "terminating", "not-a-ghost"),
        (None, ["example.com/hold"], 20, "held", "not-a-ghost"),
        (None, ["example.com/hold"], 7200, "held", "ghost"),
        (Place("edge-7", False), ["example.com/hold"], 7200, "edge-offline", "not-a-ghost"),
    ],
)
def test_what_is_being_deleted_is_kept(
    place: Place | None, finalizers: list[str], since: float, code: str, verdict: str
) -> None:
    pod = before_0_7("Pod", "helmet-edge-x", deletionTimestamp=ago(since), finalizers=finalizers)
    ghost = only(pod, places={pod["metadata"]["uid"]: place} if place else {})
    assert (ghost.action, ghost.kept_because, ghost.verdict) == ("keep", code, verdict)


def test_a_workload_deleted_only_just_leaves_nothing_to_report_until_a_second_look() -> None:
    owner = reference(JI, "helmet", DEAD)
    deployment = child("Deployment", "helmet-deployment-cloud", owners=(owner,))
    ghost = only(deployment)
    assert (ghost.action, ghost.verdict, ghost.kept_because) == ("keep", "not-a-ghost", "just-deleted")
    stayed = frozenset({deployment["metadata"]["uid"]})
    ghost = only(deployment, stayed=stayed)
    assert (ghost.action, ghost.cause) == ("delete", "owner-gone")


def test_young_objects_are_left_alone() -> None:
    pod = before_0_7("Pod", "helmet-edge-x", age=599)
    assert only(pod).kept_because == "too-young"
    assert only(pod).verdict == "not-a-ghost"
    assert only(pod, older_than=599).action == "delete"
    ahead = before_0_7("Pod", "helmet-edge-x", age=-30)  # the server's clock is ahead of ours
    assert only(ahead).age == 0


def test_somebody_elses_objects_are_kept() -> None:
    foreign = child("Pod", "helmet-x", owners=(reference("ReplicaSet", "theirs", "r-1", version="apps/v1"),))
    ghost = only(foreign)
    assert (ghost.action, ghost.kept_because) == ("keep", "foreign-owner")
    assert "ReplicaSet theirs" in ghost.evidence


def test_two_owners_of_whom_one_is_not_a_ghost() -> None:
    deployment = child("Deployment", "helmet-deployment-cloud")
    both = (owned_by(deployment), reference("Widget", "w", "w-1", version="example.com/v1"))
    pod = child("Pod", "helmet-x", owners=both)
    assert {ghost.name: ghost.action for ghost in judged(deployment, pod)} == {
        "helmet-deployment-cloud": "delete",
        "helmet-x": "keep",
    }


def test_objects_without_sedna_labels_are_never_touched() -> None:
    plain: Json = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "helmet-cloud", "namespace": "park", "uid": "s"},
    }
    assert judged(plain) == []
    claimed = before_0_7("Service", "helmet-cloud")
    del claimed["metadata"]["labels"]
    ghost = only(claimed)
    assert (ghost.action, ghost.kept_because) == ("keep", "no-labels")


@pytest.mark.parametrize("where", ["on itself", "on a pod that goes with it"])
def test_the_annotation_keeps_an_object(where: str) -> None:
    deployment = child("Deployment", "helmet-deployment-cloud")
    replicas = child("ReplicaSet", "helmet-7dff", owners=(owned_by(deployment),))
    marked = deployment if where == "on itself" else replicas
    marked["metadata"]["annotations"] = {"sednactl.io/keep": "true"}
    assert only(deployment, replicas).kept_because == "annotated"
    marked["metadata"]["annotations"] = {"sednactl.io/keep": "false"}
    assert only(deployment, replicas).action == "delete"


def test_any_living_uid_spares() -> None:
    by_label = child("Service", "helmet-cloud", LIVE, owners=(reference(JI, "helmet", DEAD),))
    by_owner = child("Service", "helmet-cloud", DEAD, owners=(reference(JI, "helmet", LIVE),))
    assert judged(by_label, workloads=living()) == []
    assert judged(by_owner, workloads=living()) == []


def test_a_workload_that_is_being_deleted_still_lives() -> None:
    # It is in the list until its last finalizer is gone, so its children are not judged.
    assert judged(child("Service", "helmet-cloud", LIVE), workloads=living()) == []


def test_nothing_is_judged_by_a_list_that_could_not_be_read() -> None:
    inventory = Inventory(
        [before_0_7("Pod", "x"), child("Service", "y", prefix="mystery")], {}, {JI: "forbidden"}
    )
    assert find_ghosts(inventory, NOW, 0) == []
    assert unjudged(inventory) == {JI: 1, "": 1}


def test_an_empty_uid_proves_nothing() -> None:
    inventory = Inventory([child("Pod", "x", "")], {})
    assert find_ghosts(inventory, NOW, 0) == []
    assert unjudged(inventory) == {"": 1}


def test_a_federated_learning_pod_that_gm_would_rebuild() -> None:
    owner = reference(FL, "fl", DEAD)
    pod = child(
        "Pod", "fl-train-x", workload="fl", prefix="federatedlearningjob", worker="train", owners=(owner,)
    )
    stayed = frozenset({pod["metadata"]["uid"]})
    assert only(pod, stayed=stayed).action == "delete"
    assert only(pod, stayed=stayed, workloads=living(kind=FL, name="fl")).kept_because == "would-return"


def test_owners_in_a_circle_do_not_hang() -> None:
    one, two = child("Pod", "one"), child("Pod", "two")
    one["metadata"]["ownerReferences"] = [owned_by(two)]
    two["metadata"]["ownerReferences"] = [owned_by(one)]
    assert {ghost.action for ghost in judged(one, two)} == {"keep"}


def test_the_great_mass_is_not_kept_in_memory() -> None:
    live = living()
    assert not worth_judging(Metadata("x", "1"), live)
    assert not worth_judging(
        metadata_of(child("Pod", "x", LIVE, owners=(reference(JI, "helmet", LIVE),))), live
    )
    assert worth_judging(metadata_of(child("Pod", "x", DEAD)), live)
    assert worth_judging(metadata_of(before_0_7("Pod", "x", LIVE)), live)
