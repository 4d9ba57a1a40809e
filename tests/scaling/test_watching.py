"""The fold: changes in, news out, nothing lost, nothing told twice."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from sednactl.cluster.door import Change, Selection
from sednactl.scaling.snapshot import snapshots_of
from sednactl.scaling.watching import News, ScaleFold, Scope, selections, what_changed
from tests.scaling import objects as o

SCOPE = Scope("park")
JI, DEPLOYMENTS, HPAS = selections(SCOPE)
WHERE = {"JointInferenceService": JI, "Deployment": DEPLOYMENTS, "HorizontalPodAutoscaler": HPAS}


def change(type_: Any, item: dict[str, Any]) -> Change:
    return Change(type_, WHERE[item["kind"]], item)


def started(*items: dict[str, Any], scope: Scope = SCOPE) -> tuple[ScaleFold, list[News]]:
    fold = ScaleFold(scope)
    news: list[News] = []
    for item in items:
        news += fold.step(change("added", item), o.NOW)
    for selection in selections(scope):
        news += fold.step(Change("synced", selection), o.NOW)
    return fold, news


def test_nothing_is_told_before_all_is_read() -> None:
    fold = ScaleFold(SCOPE)
    assert fold.step(change("added", o.workload()), o.NOW) == ()
    assert fold.step(Change("synced", JI), o.NOW) == ()
    assert fold.step(change("added", o.deployment()), o.NOW) == ()
    assert fold.step(Change("synced", HPAS), o.NOW) == ()
    assert not fold.synced
    told = fold.step(Change("synced", DEPLOYMENTS), o.NOW)
    assert [item.type for item in told] == ["changed", "synced"]
    assert fold.synced


def test_a_change_tells_of_its_service_alone() -> None:
    fold, _ = started(
        o.workload(), o.deployment(), o.hpa(), o.workload("b"), o.deployment(name="b"), o.hpa(name="b")
    )
    [news] = fold.step(change("modified", o.deployment(wanted=3, current=1)), o.NOW)
    assert news.snapshot is not None
    assert news.before is not None
    assert news.snapshot.service == "park/helmet"
    assert what_changed(news.before, news.snapshot) == "cloud wants 1 to 3"


def test_what_says_nothing_new_is_not_told() -> None:
    fold, _ = started(o.workload(), o.deployment(), o.hpa())
    again = o.deployment()
    again["metadata"]["resourceVersion"] = "17"
    assert fold.step(change("modified", again), o.NOW) == ()
    assert fold.step(Change("idle", JI), o.NOW) == ()


def test_a_deletion_that_carries_metadata_alone_still_finds_its_service() -> None:
    fold, _ = started(o.workload(), o.deployment(), o.foreign(o.hpa(called="mine")))
    gone = o.foreign(o.hpa(called="mine"))
    del gone["spec"], gone["status"]
    [news] = fold.step(change("deleted", gone), o.NOW)
    assert news.snapshot is not None
    assert news.snapshot.sides["cloud"].hpa is None


def test_an_autoscaler_that_turns_to_another_service_leaves_the_first() -> None:
    fold, _ = started(
        o.workload("a"), o.workload("b"), o.deployment(name="a"), o.deployment(name="b"),
        o.foreign(o.hpa(name="a", called="mine")),
    )  # fmt: skip
    told = fold.step(change("modified", o.foreign(o.hpa(name="b", called="mine"))), o.NOW)
    assert [
        (news.snapshot.name, news.snapshot.sides["cloud"].hpa) for news in told if news.snapshot
    ] == [("a", None), ("b", "mine")]  # fmt: skip


def test_a_deleted_service_is_told_once_and_its_children_go_quietly() -> None:
    fold, _ = started(o.workload(), o.deployment(), o.hpa())
    [news] = fold.step(change("deleted", o.workload()), o.NOW)
    assert news.type == "deleted"
    assert news.snapshot is not None
    assert news.snapshot.deleted
    assert news.snapshot.sides == {}
    assert fold.step(change("deleted", o.deployment()), o.NOW) == ()
    assert fold.step(change("deleted", o.hpa()), o.NOW) == ()
    assert fold.snapshots == {}


def test_a_late_deletion_does_not_take_the_newer_service_of_that_name() -> None:
    fold, _ = started(o.workload(uid="old"))
    fold.step(change("added", o.workload(uid="new")), o.NOW)
    assert fold.step(change("deleted", o.workload(uid="old")), o.NOW) == ()
    assert ("park", "helmet") in fold.snapshots


def test_lost_and_regained_are_told_once_for_all_selections() -> None:
    fold, _ = started(o.workload())
    types = [
        [news.type for news in fold.step(each, o.NOW)]
        for each in (
            Change("lost", JI, detail="reset"),
            Change("lost", HPAS, detail="reset"),
            Change("synced", HPAS),
            Change("lost", JI, detail="still"),
            Change("synced", JI),
        )
    ]
    assert types == [["lost"], [], [], [], ["regained"]]
    assert not fold.lost


def test_a_new_service_is_given_a_moment_and_then_judged() -> None:
    fold, _ = started()
    young = o.workload()
    young["metadata"]["creationTimestamp"] = "2026-11-24T10:02:11Z"
    [news] = fold.step(change("added", young), o.NOW)
    assert news.snapshot is not None
    assert {side.limit.code for side in news.snapshot.sides.values() if side.limit} == {"being made"}
    assert not news.snapshot.trouble
    assert fold.step(Change("idle", JI), o.NOW + timedelta(seconds=5)) == ()
    [news] = fold.step(Change("idle", JI), o.NOW + timedelta(seconds=11))
    assert news.snapshot is not None
    assert {side.limit.code for side in news.snapshot.sides.values() if side.limit} == {"no deployment"}
    assert fold.step(Change("idle", JI), o.NOW + timedelta(seconds=60)) == ()


def test_a_named_service_is_all_that_is_told_and_asked_for() -> None:
    scope = Scope("park", "helmet")
    services, cloud, edge, hpas = selections(scope)
    assert services.fields == "metadata.name=helmet"
    assert (cloud.fields, edge.fields) == (
        "metadata.name=helmet-deployment-cloud",
        "metadata.name=helmet-deployment-edge",
    )
    assert (hpas.namespace, hpas.fields, hpas.labels) == ("park", None, None)
    fold = ScaleFold(scope)
    for item, selection in (
        (o.workload(), services),
        (o.deployment(), cloud),
        (o.hpa(name="other"), hpas),
        (o.hpa(), hpas),
    ):
        fold.step(Change("added", selection, item), o.NOW)
    for selection in (services, cloud, edge, hpas):
        told = fold.step(Change("synced", selection), o.NOW)
    assert [news.type for news in told] == ["changed", "synced"]
    assert list(fold.snapshots) == [("park", "helmet")]


@pytest.mark.parametrize("seed", range(20))
def test_any_order_of_changes_ends_where_a_fresh_reading_does(seed: int) -> None:
    """After any history of additions, edits and deletions the fold knows what one look would show."""
    random_ = random.Random(seed)
    fold, _ = started()
    alive: dict[str, dict[str, Any]] = {}
    names = ["a", "b", "c"]

    def deployed(side: str, name: str) -> Any:
        return o.deployment(side, name=name, wanted=random_.randrange(5))

    def scaled(side: str, name: str) -> Any:
        return o.hpa(side, name=name, maximum=random_.randrange(1, 5))

    def foreign(side: str, name: str) -> Any:
        return o.foreign(o.hpa(side, name=name, called=f"own-{side}"))

    for _step in range(200):
        name, side = random_.choice(names), random_.choice(["cloud", "edge"])
        item = random_.choice(
            [
                partial(o.workload, name),
                partial(deployed, side, name),
                partial(scaled, side, name),
                partial(foreign, side, name),
            ]
        )()
        if item["metadata"].get("uid", "").startswith("own-"):
            item["metadata"]["uid"] = "one-autoscaler-that-turns-around"
            item["metadata"]["name"] = "own"
        uid = item["metadata"]["uid"]
        if uid in alive and random_.random() < 0.4:
            fold.step(change("deleted", alive.pop(uid)), o.NOW)
        else:
            fold.step(change("modified" if uid in alive else "added", item), o.NOW)
            alive[uid] = item
    by_kind = {kind: [item for item in alive.values() if item["kind"] == kind] for kind in WHERE}
    fresh = snapshots_of(
        by_kind["JointInferenceService"], by_kind["Deployment"], by_kind["HorizontalPodAutoscaler"], [], o.NOW
    )
    assert [fold.snapshots[key].as_json() for key in sorted(fold.snapshots)] == [
        snapshot.as_json() for snapshot in fresh
    ]


def test_every_selection_is_one_the_door_can_watch() -> None:
    for scope in (Scope(None), Scope("park", labels="site=north"), Scope("park", "helmet")):
        assert all(isinstance(selection, Selection) for selection in selections(scope))
        assert len(set(selections(scope))) == len(selections(scope))
