"""The garbage collector: by UID, in every propagation, and never what it cannot be sure of."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sednactl.sandbox.controllers.garbage import GarbageCollector
from sednactl.sandbox.resources import CONFIG_MAP
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.resources import CRD, DEPLOYMENT, NODE, POD, REPLICA_SET, SERVICE
from tests.sandbox.controllers.stage import Stage

Json = dict[str, Any]
JI = JOINT_INFERENCE.resource
KINDS = [POD, SERVICE, NODE, CONFIG_MAP, DEPLOYMENT, REPLICA_SET, CRD, JI]


@pytest.fixture
def stage() -> Stage:
    return Stage(KINDS, lambda stage: [GarbageCollector(stage.cluster, stage.clock)])


def owned(name: str, *owners: Json, block: bool = True) -> Json:
    references = [
        {
            "apiVersion": owner["apiVersion"],
            "kind": owner["kind"],
            "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"],
            "blockOwnerDeletion": block,
        }
        for owner in owners
    ]
    return {"metadata": {"name": name, "ownerReferences": references}, "spec": {}}


def plain(name: str) -> Json:
    return {"metadata": {"name": name}, "spec": {}}


def names(stage: Stage, kind: Any = None) -> list[str]:
    return [
        item["metadata"]["name"]
        for (each, _, _), item in stage.cluster.objects.items()
        if kind in (None, each)
    ]


def tree(stage: Stage) -> Json:
    """A service with a Deployment, its ReplicaSet and two pods."""
    top = stage.cluster.put(JI, plain("helmet"))
    deployment = stage.cluster.put(DEPLOYMENT, owned("d", top))
    one = stage.cluster.put(REPLICA_SET, owned("r", deployment))
    for name in ("p1", "p2"):
        stage.cluster.put(POD, owned(name, one))
    stage.settle()
    return top


def test_a_living_tree_is_left_alone_and_costs_no_request(stage: Stage) -> None:
    tree(stage)
    before = len(stage.cluster.requests)
    stage.advance(3600)
    assert len(stage.cluster.requests) == before
    assert len(names(stage)) == 5


def test_background_deletion_takes_the_whole_tree(stage: Stage) -> None:
    tree(stage)
    stage.cluster.delete(JI, "helmet")
    stage.settle()
    assert names(stage) == []


def test_foreground_deletion_ends_with_the_owner(stage: Stage) -> None:
    tree(stage)
    stage.cluster.edit(POD, "p1", {"metadata": {"finalizers": ["example.com/hold"]}})
    stage.cluster.delete(JI, "helmet", propagation="Foreground")
    stage.settle()
    assert sorted(names(stage)) == ["d", "helmet", "p1", "r"]
    stage.cluster.edit(POD, "p1", {"metadata": {"finalizers": None}})
    stage.settle()
    assert names(stage) == []


def test_foreground_deletion_does_not_wait_for_what_does_not_block(stage: Stage) -> None:
    top = stage.cluster.put(JI, plain("helmet"))
    child = owned("c", top, block=False)
    child["metadata"]["finalizers"] = ["example.com/hold"]
    stage.cluster.put(CONFIG_MAP, child)
    stage.settle()
    stage.cluster.delete(JI, "helmet", propagation="Foreground")
    stage.settle()
    assert names(stage) == ["c"]
    assert "deletionTimestamp" in stage.cluster.get(CONFIG_MAP, "c")["metadata"]


def test_orphans_stay_and_name_no_owner(stage: Stage) -> None:
    tree(stage)
    stage.cluster.delete(JI, "helmet", propagation="Orphan")
    stage.settle()
    assert sorted(names(stage)) == ["d", "p1", "p2", "r"]
    assert "ownerReferences" not in stage.cluster.get(DEPLOYMENT, "d")["metadata"]
    assert "ownerReferences" in stage.cluster.get(REPLICA_SET, "r")["metadata"]


def test_an_owner_of_the_same_name_but_another_uid_is_absent(stage: Stage) -> None:
    top = stage.cluster.put(JI, plain("helmet"))
    top["metadata"]["uid"] = "of-a-former-life"
    stage.cluster.put(DEPLOYMENT, owned("d", top))
    stage.settle()
    assert names(stage) == ["helmet"]


def test_an_owner_kind_that_nobody_serves_keeps_its_children_for_ever(stage: Stage) -> None:
    ghost = owned("ghost")
    ghost["metadata"]["ownerReferences"] = [
        {"apiVersion": "sedna.io/v1alpha1", "kind": "JointInference", "name": "helmet", "uid": "gone"}
    ]
    stage.cluster.put(SERVICE, ghost)
    stage.advance(3600)
    assert names(stage) == ["ghost"]
    assert stage.said == []
    stage.cluster.put(CRD, plain("something.example.com"))  # kinds may have come: asked anew, still none
    stage.advance(3600)
    assert "ghost" in names(stage)


def test_a_ghost_goes_once_its_owners_kind_is_served(stage: Stage) -> None:
    stage.cluster.kinds.remove(JI)
    child = owned("d")
    child["metadata"]["ownerReferences"] = [
        {"apiVersion": "sedna.io/v1alpha1", "kind": JI.kind, "name": "helmet", "uid": "gone"}
    ]
    stage.cluster.put(DEPLOYMENT, child)
    stage.settle()
    assert names(stage) == ["d"]
    stage.cluster.kinds.append(JI)
    stage.cluster.put(CRD, plain(JI.full_name))
    stage.settle()
    assert names(stage) == [JI.full_name]


def test_one_living_owner_is_enough_and_the_dead_reference_goes(stage: Stage) -> None:
    living, dying = stage.cluster.put(JI, plain("living")), stage.cluster.put(JI, plain("dying"))
    stage.cluster.put(CONFIG_MAP, owned("shared", living, dying))
    stage.settle()
    stage.cluster.delete(JI, "dying")
    stage.settle()
    references = stage.cluster.get(CONFIG_MAP, "shared")["metadata"]["ownerReferences"]
    assert [each["name"] for each in references] == ["living"]


def test_one_owner_that_waits_lets_go_of_what_another_keeps(stage: Stage) -> None:
    living, dying = stage.cluster.put(JI, plain("living")), stage.cluster.put(JI, plain("dying"))
    stage.cluster.put(CONFIG_MAP, owned("shared", living, dying))
    stage.settle()
    stage.cluster.delete(JI, "dying", propagation="Foreground")
    stage.settle()
    assert sorted(names(stage)) == ["living", "shared"]


def test_an_owner_that_is_not_known_yet_is_read_before_anything_is_deleted(stage: Stage) -> None:
    top = stage.cluster.put(JI, plain("helmet"))
    stage.cluster.events.clear()  # the watch of that kind is late
    stage.cluster.put(DEPLOYMENT, owned("d", top))
    stage.settle()
    assert sorted(names(stage)) == ["d", "helmet"]


def test_deletions_are_bound_to_the_uid(stage: Stage) -> None:
    top = stage.cluster.put(JI, plain("helmet"))
    stage.cluster.put(CONFIG_MAP, owned("c", top))
    stage.settle()
    stage.cluster.delete(JI, "helmet")
    # Before the collector hears of it, somebody replaces the child by one of their own.
    stage.cluster.delete(CONFIG_MAP, "c")
    events, stage.cluster.events = stage.cluster.events, []
    stage.cluster.put(CONFIG_MAP, plain("c"))
    stage.cluster.events[:] = events[:1]
    stage.settle()
    assert names(stage) == ["c"]


def test_a_circle_of_foreground_deletions_ends(stage: Stage) -> None:
    one = stage.cluster.put(CONFIG_MAP, plain("one"))
    two = stage.cluster.put(CONFIG_MAP, owned("two", one))
    references = owned("one", two)["metadata"]["ownerReferences"]
    stage.cluster.edit(CONFIG_MAP, "one", {"metadata": {"ownerReferences": references}})
    stage.settle()
    stage.cluster.delete(CONFIG_MAP, "one", propagation="Foreground")
    stage.advance(120)
    assert names(stage) == []


def test_cluster_wide_children_of_a_namespaced_owner_are_never_collected(stage: Stage) -> None:
    top = stage.cluster.put(JI, plain("helmet"))
    top["metadata"]["uid"] = "gone"
    stage.cluster.put(NODE, owned("n", top))
    stage.settle()
    assert "n" in names(stage)


@settings(max_examples=60, deadline=None)
@given(
    owners=st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=1, max_size=10),
    deletions=st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from(["Background", "Foreground", "Orphan"])), max_size=4
    ),
    blocking=st.booleans(),
    settle_between=st.booleans(),
)
def test_what_is_left_of_any_tree_has_a_living_owner_or_never_had_one(
    owners: list[list[int]], deletions: list[tuple[int, str]], blocking: bool, settle_between: bool
) -> None:
    stage = Stage(KINDS, lambda stage: [GarbageCollector(stage.cluster, stage.clock)])
    made: list[Json] = []
    for number, named in enumerate(owners):
        parents = [made[each % number] for each in dict.fromkeys(named)] if number else []
        unique = list({each["metadata"]["uid"]: each for each in parents}.values())
        made.append(stage.cluster.put(CONFIG_MAP, owned(f"c{number}", *unique, block=blocking)))
    stage.settle()
    orphans: set[str] = set()
    for which, propagation in deletions:
        name = f"c{which % len(made)}"
        if (CONFIG_MAP, "default", name) in stage.cluster.objects:
            if propagation == "Orphan":
                uid = stage.cluster.get(CONFIG_MAP, name)["metadata"]["uid"]
                orphans |= {
                    item["metadata"]["name"]
                    for item in stage.cluster.of(CONFIG_MAP)
                    if any(each["uid"] == uid for each in item["metadata"].get("ownerReferences") or ())
                }
            stage.cluster.delete(CONFIG_MAP, name, propagation=propagation)
        if settle_between:
            stage.settle()
    stage.advance(300)
    left = {item["metadata"]["uid"]: item for item in stage.cluster.of(CONFIG_MAP)}
    for item in left.values():
        meta = item["metadata"]
        references = meta.get("ownerReferences") or []
        assert all(each["uid"] in left for each in references)
        had = made[int(meta["name"][1:])]["metadata"].get("ownerReferences")
        assert references or not had or meta["name"] in orphans
        assert "deletionTimestamp" not in meta
    assert stage.said == []
