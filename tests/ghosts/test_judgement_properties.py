"""What must hold for any inventory whatever: the living are never named for deletion."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sednactl.lifecycle import ghost_evidence as say
from sednactl.lifecycle.ghost_sieve import Sieve
from sednactl.lifecycle.ghosts import Inventory, LiveWorkload, find_ghosts, traces, unjudged
from sednactl.sedna.belonging import owner_uids
from sednactl.sedna.kinds import BY_KIND, SEDNA_KINDS
from tests.ghosts.objects import NOW, Json, ago, child, metadata_of

_UIDS = [f"u{number}" for number in range(6)]
_NAMES = ["a", "b", "a-deployment", "b-cloud"]
_KINDS = [kind for kind in SEDNA_KINDS if kind.makes_children]
_PREFIXES = [kind.kind.lower() for kind in _KINDS] + ["jointinference", "objectsearch", "mystery"]
_OWNER_KINDS = [kind.kind for kind in _KINDS] + ["JointInference", "ObjectSearch", "Mystery"]
_CHILD_KINDS = ["HorizontalPodAutoscaler", "Deployment", "ReplicaSet", "Service", "Pod"]
_NAMESPACES = ["park", "yard"]
_BESIDE = ("carries-others", "belongs-to-kept")


@st.composite
def children(draw: st.DrawFn) -> list[Json]:
    count = draw(st.integers(1, 8))
    made = []
    for number in range(count):
        owners = []
        for _ in range(draw(st.integers(0, 2))):
            name, controller = draw(st.sampled_from(_NAMES)), draw(st.booleans())
            if draw(st.booleans()):
                kind, uid, version = (
                    draw(st.sampled_from(_OWNER_KINDS)),
                    draw(st.sampled_from(_UIDS)),
                    "sedna.io/v1alpha1",
                )
            else:
                kind, uid, version = "ReplicaSet", f"c{draw(st.integers(0, count))}", "apps/v1"
            owners.append(
                {"apiVersion": version, "kind": kind, "name": name, "uid": uid, "controller": controller}
            )
        meta: dict[str, Any] = {}
        if draw(st.integers(0, 4)) == 0:
            meta["deletionTimestamp"] = ago(draw(st.integers(0, 5000)))
        if draw(st.integers(0, 4)) == 0:
            meta["annotations"] = {"sednactl.io/keep": draw(st.sampled_from(["true", "false"]))}
        one = child(
            draw(st.sampled_from(_CHILD_KINDS)),
            draw(st.sampled_from(["", "hpa-"])) + draw(st.sampled_from(_NAMES)) + draw(st.sampled_from(["", "-deployment-cloud", "-x"])),
            draw(st.sampled_from(_UIDS)),
            workload=draw(st.sampled_from(_NAMES)),
            prefix=draw(st.sampled_from(_PREFIXES)),
            worker=draw(st.sampled_from(["cloud", "train", "aggregation"])),
            owners=tuple(owners),
            age=draw(st.integers(0, 2000)),
            namespace=draw(st.sampled_from(_NAMESPACES)),
            **meta,
        )  # fmt: skip
        one["metadata"]["uid"] = f"c{number}"
        if draw(st.integers(0, 6)) == 0:
            del one["metadata"]["labels"]
        made.append(one)
    return made


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    live = {
        uid: LiveWorkload(
            draw(st.sampled_from(_KINDS)).kind,
            draw(st.sampled_from(_NAMESPACES)),
            draw(st.sampled_from(_NAMES)),
            draw(st.none() | st.integers(1, 3)),
            draw(st.booleans()),
        )
        for uid in draw(st.sets(st.sampled_from(_UIDS)))
    }
    unreadable = {kind.kind: "forbidden" for kind in draw(st.sets(st.sampled_from(_KINDS), max_size=2))}
    made = draw(children())
    stayed = frozenset(one["metadata"]["uid"] for one in made if draw(st.booleans()))
    return Inventory(made, live, unreadable, stayed=stayed)


@given(inventories(), st.integers(0, 1500))
def test_whatever_is_to_be_deleted_is_dead_old_ours_and_nobody_elses(
    inventory: Inventory, older_than: int
) -> None:
    by_uid = {one["metadata"]["uid"]: one for one in inventory.children}
    living = {(one.kind, one.namespace, one.name) for one in inventory.workloads.values()}
    for ghost in find_ghosts(inventory, NOW, older_than):
        if ghost.action != "delete":
            assert ghost.kept_because
            continue
        meta = by_uid[ghost.uid]["metadata"]
        labels = meta["labels"]
        (uid,) = (value for key, value in labels.items() if key.endswith("/uid"))
        assert uid not in inventory.workloads
        for owner in meta.get("ownerReferences", ()):
            assert owner["apiVersion"] == "sedna.io/v1alpha1"
            assert owner["uid"] not in inventory.workloads
        assert not meta.get("deletionTimestamp")
        assert meta.get("annotations", {}).get("sednactl.io/keep") != "true"
        assert ghost.age >= older_than
        assert ghost.workload.kind in BY_KIND and ghost.workload.kind not in inventory.unreadable
        assert "mystery" not in str(labels) and "Mystery" not in str(meta.get("ownerReferences"))
        if ghost.kind == "Deployment":
            assert (
                "JointInferenceService",
                ghost.namespace,
                ghost.name.split("-deployment")[0],
            ) not in living


@given(inventories())
def test_every_object_is_named_once_and_explained(inventory: Inventory) -> None:
    ghosts = find_ghosts(inventory, NOW, 0)
    assert len({ghost.uid for ghost in ghosts}) == len(ghosts)
    for ghost in ghosts:
        assert ghost.cause and ghost.evidence.endswith(".") and "\n" not in ghost.evidence
        assert ghost.uid in {one["metadata"]["uid"] for one in inventory.children}
    assert sum(unjudged(inventory).values()) + len(ghosts) <= len(inventory.children)


@given(inventories(), st.sampled_from(_UIDS))
def test_a_workload_found_alive_takes_its_children_off_the_list(inventory: Inventory, uid: str) -> None:
    for one in inventory.children:
        # A marked object spares what it hangs from, until it turns out to hang from the living.
        one["metadata"].pop("annotations", None)
    more = {uid: LiveWorkload("ReidJob", "park", "zz"), **inventory.workloads}
    enlarged = Inventory(inventory.children, more, inventory.unreadable, stayed=inventory.stayed)
    named = {ghost.uid for ghost in find_ghosts(enlarged, NOW, 0) if ghost.action == "delete"}
    for one in inventory.children:
        owners = [owner["uid"] for owner in one["metadata"].get("ownerReferences", ())]
        if uid in (*owners, *one["metadata"].get("labels", {}).values()):
            assert one["metadata"]["uid"] not in named
    # So does somebody's own object, and what serves a worker that was kept.
    before = find_ghosts(inventory, NOW, 0)
    assert named <= {one.uid for one in before if one.action == "delete" or one.kept_because in _BESIDE}


@given(inventories())
def test_nothing_living_and_nothing_of_others_goes_along(inventory: Inventory) -> None:
    going = {ghost.uid for ghost in find_ghosts(inventory, NOW, 0) if ghost.action == "delete"}
    named = going.copy()
    before = None
    while before != going:
        before = set(going)
        for one in inventory.children:
            owners = set(owner_uids(one))
            dead = {owner for owner in owners if owner in _UIDS} - inventory.workloads.keys()
            if owners & going and owners <= going | dead:
                going.add(one["metadata"]["uid"])
    for one in inventory.children:
        if one["metadata"]["uid"] in going - named:
            found = traces(one)
            assert found.uids() and not found.uids() & inventory.workloads.keys()
            assert not found.kinds() & {"", *inventory.unreadable}


@given(inventories(), st.randoms(use_true_random=False))
def test_the_order_of_lists_does_not_matter(inventory: Inventory, chance: random.Random) -> None:
    shuffled = list(inventory.children)
    chance.shuffle(shuffled)
    again = Inventory(shuffled, inventory.workloads, inventory.unreadable, stayed=inventory.stayed)
    assert {(ghost.uid, ghost.action, ghost.cause) for ghost in find_ghosts(again, NOW)} == {
        (ghost.uid, ghost.action, ghost.cause) for ghost in find_ghosts(inventory, NOW)
    }


@given(inventories())
def test_what_a_scan_drops_early_would_not_have_been_deleted(inventory: Inventory) -> None:
    sieve = Sieve(inventory.workloads)
    owners_first = sorted(inventory.children, key=lambda one: len(owner_uids(one)))
    dropped = {
        one["metadata"]["uid"] for one in owners_first if not sieve.holds(metadata_of(one), one["kind"])
    }
    # Surplus pods of living jobs are counted by the sieve, and read again where there are too many.
    ghosts = {ghost.uid for ghost in find_ghosts(inventory, NOW, 0) if ghost.cause != say.SURPLUS_POD}
    assert not dropped & ghosts
