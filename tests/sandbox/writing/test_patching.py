"""The three patches: their standards' own examples, and laws that hold for any object."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.writing import apply_patch, structure_of_builtin, structure_of_crd
from sednactl.sandbox.api.writing.merge_patch import merge_patched
from sednactl.sandbox.api.writing.patching import JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH

DEPLOYMENT = structure_of_builtin("apps/v1", "Deployment")
CUSTOM = structure_of_crd({"type": "object"}, "x.io/v1", "Thing")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("abc", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)
json_objects = st.dictionaries(st.text("abc", max_size=2), json_values, max_size=4)


@pytest.mark.parametrize(
    ("live", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_rfc_7386(live: Any, patch: Any, result: Any) -> None:
    assert merge_patched(live, patch) == result


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return value


@given(json_objects, json_objects)
def test_a_merge_patch_says_the_last_word_once(live: dict[str, Any], patch: dict[str, Any]) -> None:
    before = copy.deepcopy((live, patch))
    once = merge_patched(live, patch)
    assert merge_patched(once, patch) == once
    assert (live, patch) == before


@given(json_objects, json_objects)
def test_a_merge_patch_without_nulls_onto_nothing_is_itself(
    live: dict[str, Any], patch: dict[str, Any]
) -> None:
    plain = _without_nulls(patch)
    assert merge_patched({}, plain) == plain
    assert merge_patched(live, {}) == live


@given(json_objects, json_objects)
def test_a_json_patch_that_adds_all_fields_gives_them_all(
    live: dict[str, Any], wanted: dict[str, Any]
) -> None:
    patch = [{"op": "add", "path": f"/{key}", "value": value} for key, value in wanted.items()]
    before = copy.deepcopy(live)
    assert apply_patch(live, patch, JSON_PATCH, DEPLOYMENT) == {**live, **wanted}
    assert live == before


@given(json_objects)
def test_an_empty_strategic_merge_changes_nothing(live: dict[str, Any]) -> None:
    assert apply_patch(live, {}, STRATEGIC_MERGE_PATCH, DEPLOYMENT) == live


names = st.lists(st.sampled_from("abcdef"), unique=True, min_size=1, max_size=5)


def _pod_of(containers: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": containers, **more}}}}


def _containers(obj: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = obj["spec"]["template"]["spec"]["containers"]
    return found


@given(names, names)
def test_entries_merge_by_their_key(old: list[str], new: list[str]) -> None:
    live = _pod_of([{"name": name, "image": "old", "tty": True} for name in old])
    patch = _pod_of([{"name": name, "image": "new"} for name in new])
    result = {
        each["name"]: each
        for each in _containers(apply_patch(live, patch, STRATEGIC_MERGE_PATCH, DEPLOYMENT))
    }
    assert set(result) == {*old, *new}
    for name, container in result.items():
        assert container["image"] == ("new" if name in new else "old")
        assert container.get("tty", False) == (name in old)


@given(names, st.data())
def test_entries_stand_in_the_order_asked_for(old: list[str], data: st.DataObject) -> None:
    order = data.draw(st.permutations(old))
    live = _pod_of([{"name": name} for name in old])
    patch = _pod_of([], **{"$setElementOrder/containers": [{"name": name} for name in order]})
    del patch["spec"]["template"]["spec"]["containers"]
    result = apply_patch(live, patch, STRATEGIC_MERGE_PATCH, DEPLOYMENT)
    assert [each["name"] for each in _containers(result)] == list(order)


@given(names, st.sampled_from("abcdef"))
def test_a_delete_directive_takes_out_one_entry(old: list[str], gone: str) -> None:
    live = _pod_of([{"name": name} for name in old])
    patch = _pod_of([{"name": gone, "$patch": "delete"}])
    result = _containers(apply_patch(live, patch, STRATEGIC_MERGE_PATCH, DEPLOYMENT))
    assert [each["name"] for each in result] == [name for name in old if name != gone]


def test_a_custom_kind_takes_no_strategic_merge() -> None:
    with pytest.raises(Refusal) as refused:
        apply_patch({}, {}, STRATEGIC_MERGE_PATCH, CUSTOM)
    assert refused.value.status == 415
    assert STRATEGIC_MERGE_PATCH not in refused.value.message
    assert apply_patch({"a": 1}, {"b": 2}, MERGE_PATCH, CUSTOM) == {"a": 1, "b": 2}


def test_a_json_patch_may_not_be_endless() -> None:
    patch = [{"op": "add", "path": "/a", "value": 1}] * 10_001
    with pytest.raises(Refusal) as refused:
        apply_patch({}, patch, JSON_PATCH, DEPLOYMENT)
    assert refused.value.status == 413
