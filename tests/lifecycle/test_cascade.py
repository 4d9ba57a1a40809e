"""What a deletion takes with it, and why something stays."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.lifecycle.cascade import cascade_of
from sednactl.lifecycle.leftovers import leftover_of
from tests.lifecycle.objects import (
    DEAD,
    Json,
    ago,
    child,
    deployment,
    pod,
    service,
    whole_service,
    workload,
)


def test_everything_owned_goes_parents_first_and_nothing_else() -> None:
    bystander = child("Service", "bystander", labels=False, owned=False)
    namesake = deployment("edge", uid=DEAD, owned=False, meta={"uid": "ghost"})
    children = whole_service(replicas=2)
    cascade = cascade_of(workload(), [*children, bystander, namesake])
    assert len(cascade.goes) == 1 + len(children)
    assert cascade.goes[0].because == "named"
    seen = {cascade.goes[0].name}
    for one in cascade.goes[1:]:
        assert one.because.rpartition(" ")[2] in seen
        seen.add(one.name)
    assert cascade.stays == ()


def test_what_has_no_owner_is_foretold_to_stay() -> None:
    orphan = service(owned=False)
    cascade = cascade_of(workload(), [deployment("cloud"), orphan])
    assert [one.name for one in cascade.goes] == ["helmet", "helmet-deployment-cloud"]
    (left,) = cascade.stays
    assert (left.name, left.cause) == ("helmet-cloud", "orphaned")
    assert "cleanup ghost-instances" in left.mend


def test_what_a_sedna_before_0_7_made_is_foretold_to_stay_with_all_below_it() -> None:
    """Its owner's kind does not exist for the garbage collector, though the UID is the workload's."""
    former = service()
    former["metadata"]["ownerReferences"][0]["kind"] = "JointInference"
    owner = {"apiVersion": "v1", "kind": "Service", "name": "helmet-cloud", "uid": former["metadata"]["uid"]}
    slice_ = child("EndpointSlice", "helmet-cloud-x", owned=False, labels=False)
    slice_["metadata"]["ownerReferences"] = [owner]
    cascade = cascade_of(workload(), [deployment("cloud"), former, slice_])
    assert [one.name for one in cascade.goes] == ["helmet", "helmet-deployment-cloud"]
    assert [(one.name, one.cause) for one in cascade.stays] == [("helmet-cloud", "owner-unresolvable")]


def test_a_pod_on_an_offline_node_goes_in_the_end_and_is_foretold_to_wait() -> None:
    waiting = pod("helmet-x", "edge", node="edge-node")
    cascade = cascade_of(workload(), [waiting], {"edge-node": False})
    assert [one.name for one in cascade.goes] == ["helmet", "helmet-x"]
    (left,) = cascade.stays
    assert left.cause == "edge-offline" and "it will wait for node edge-node" in left.evidence


def test_a_second_owner_keeps_its_child() -> None:
    shared = service()
    shared["metadata"]["ownerReferences"].append(
        {"apiVersion": "v1", "kind": "ConfigMap", "name": "c", "uid": "c"}
    )
    cascade = cascade_of(workload(), [shared])
    assert [one.name for one in cascade.goes] == ["helmet"]
    assert cascade.stays[0].cause == "other-owner"


DELETED: dict[str, Any] = {"deletionTimestamp": ago(5)}


@pytest.mark.parametrize(
    ("item", "new", "cause", "words"),
    [
        (service(owned=False), False, "orphaned", "no owner reference"),
        (deployment("cloud", owned=False), True, "recreated", "copy without an owner"),
        (deployment("cloud"), True, "recreated", "made it anew"),
        (deployment("cloud"), False, "not-collected", "Kubernetes has not removed it"),
        (service(owner_kind="JointInference"), False, "owner-unresolvable", "a kind that does not exist"),
        (service(meta={**DELETED, "finalizers": ["a/b"]}), False, "held", "finalizer a/b"),
        (workload(**DELETED, finalizers=["foregroundDeletion"]), False, "foreground", "in the foreground"),
        (pod("p", node="edge-node", meta=DELETED), False, "edge-offline", "waits for node edge-node"),
        (pod("p", node="gone-node", meta=DELETED), False, "node-gone", "node gone-node is not there"),
        (
            pod("p", node="good-node", meta={**DELETED, "deletionGracePeriodSeconds": 30}),
            False,
            "terminating",
            "30 s to stop",
        ),
    ],
)
def test_what_is_left_has_a_cause(item: Json, new: bool, cause: str, words: str) -> None:
    nodes = {"edge-node": False, "gone-node": None, "good-node": True}
    left = leftover_of(item, owner_gone=True, nodes=nodes, new=new)
    assert left.cause == cause
    assert words in left.evidence
    assert set(left.as_json()) == {"kind", "namespace", "name", "uid", "cause", "evidence", "mend"}


def test_a_namespace_says_what_it_waits_for() -> None:
    remaining = {
        "type": "NamespaceContentRemaining",
        "status": "True",
        "message": "configmaps. has 1 resource",
    }
    space: Json = {
        "kind": "Namespace",
        "metadata": {"name": "park", **DELETED},
        "status": {"conditions": [remaining]},
    }
    assert "configmaps. has 1 resource" in leftover_of(space, owner_gone=True).evidence


def test_a_child_waits_for_an_owner_that_is_still_there() -> None:
    left = leftover_of(deployment("cloud"), owner_gone=False)
    assert left.cause == "terminating" and "when its owner is gone" in left.evidence


@given(st.lists(st.sets(st.integers(0, 9), max_size=3), min_size=1, max_size=10))
def test_what_is_foretold_is_what_a_garbage_collector_removes(owners: list[set[int]]) -> None:
    """Number 0 is the workload; object n is owned by those of its numbers that are smaller than n."""
    target = workload()
    uids = {0: target["metadata"]["uid"]} | {number: f"uid-{number}" for number in range(1, len(owners))}
    objects = []
    for number in range(1, len(owners)):
        item = child("Pod", f"p{number}", labels=False, owned=False)
        item["metadata"]["uid"] = uids[number]
        item["metadata"]["ownerReferences"] = [
            {"apiVersion": "v1", "kind": "Pod", "name": f"p{one}", "uid": uids[one]}
            for one in owners[number]
            if one < number
        ]
        objects.append(item)
    living = {number for number in uids if number}
    for number in sorted(living):  # owners have smaller numbers, so once through is enough
        theirs = {one for one in owners[number] if one < number}
        if theirs and not theirs & living:
            living.discard(number)
    cascade = cascade_of(target, objects)
    assert {one.uid for one in cascade.goes} == {uids[number] for number in uids if number not in living}
    assert all(one.because == "named" or one.owner_uid in uids.values() for one in cascade.goes)
