"""What controllers know: own writes at once, late news never, the end of an object always once."""

from __future__ import annotations

from typing import Any

from sednactl.cluster.door import Change, Selection
from sednactl.cluster.label_selectors import Selector, equal_selector, selector_of, selects
from sednactl.sandbox.controllers.world import World
from sednactl.sedna.resources import DEPLOYMENT, POD


def pod(name: str, uid: str, version: int, **meta: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": "n", "name": name, "uid": uid, "resourceVersion": str(version), **meta}}


def change(kind: Any, item: dict[str, Any]) -> Change:
    return Change(kind, Selection(POD), item)


def test_the_watchs_word_of_an_own_write_tells_nothing_new() -> None:
    world = World()
    world.take(change("added", pod("a", "1", 5)))
    world.wrote(POD, pod("a", "1", 7, labels={"x": "y"}))
    (step,) = world.news()
    assert step.before == pod("a", "1", 5)
    assert world.news() == []
    assert world.take(change("modified", pod("a", "1", 6))) is None
    assert world.take(change("modified", pod("a", "1", 7, labels={"x": "y"}))) is None
    assert world.get(POD, "n", "a") == pod("a", "1", 7, labels={"x": "y"})


def test_what_was_removed_does_not_come_back_by_late_news() -> None:
    world = World()
    world.take(change("added", pod("a", "1", 5)))
    world.removed(POD, pod("a", "1", 5))
    assert [step.change.type for step in world.news()] == ["deleted"]
    assert world.take(change("modified", pod("a", "1", 6))) is None
    assert world.get(POD, "n", "a") is None
    assert world.take(change("deleted", pod("a", "1", 7))) is None
    # Another object of that name is another object.
    assert world.take(change("added", pod("a", "2", 8))) is not None


def test_a_successor_tells_the_end_of_the_one_before() -> None:
    world = World()
    world.take(change("added", pod("a", "1", 5)))
    step = world.take(change("added", pod("a", "2", 9)))
    assert step is not None
    assert step.before is None
    (end,) = world.news()
    assert end.change.type == "deleted"
    assert end.before == pod("a", "1", 5)
    assert world.take(change("deleted", pod("a", "1", 8))) is None
    assert world.get(POD, "n", "a") == pod("a", "2", 9)


def test_owned_objects_are_found_by_the_owners_uid_until_they_let_go() -> None:
    world = World()
    owner = [{"uid": "o", "name": "x", "kind": "Y", "apiVersion": "v1"}]
    world.take(change("added", pod("a", "1", 5, ownerReferences=owner)))
    assert [item["metadata"]["name"] for _, item in world.owned_by("o")] == ["a"]
    assert list(world.owned_by("o", DEPLOYMENT)) == []
    world.take(change("modified", pod("a", "1", 6)))
    assert list(world.owned_by("o")) == []


def test_selected_by_label_index_is_selected_by_looking_at_each() -> None:
    world = World()
    for number in range(20):
        labels = {"app": f"a{number % 3}", "tier": "x" if number % 2 else "y"}
        world.take(change("added", pod(f"p{number}", f"u{number}", number + 1, labels=labels)))
    written = {
        "matchLabels": {"app": "a1"},
        "matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["y"]}],
    }
    selector = selector_of(written)
    expected = [item for item in world.all(POD) if selects(selector, item["metadata"]["labels"])]
    assert expected
    assert world.selected(POD, "n", selector) == expected
    assert world.selected(POD, "other", selector) == []
    world.take(change("deleted", expected[0]))
    assert world.selected(POD, "n", selector) == expected[1:]


def test_empty_and_missing_selectors() -> None:
    assert selects(selector_of({}), {"a": "b"})
    assert not selects(selector_of(None), {"a": "b"})
    assert not selects(equal_selector({}), {"a": "b"})
    assert selects(Selector(), None)
