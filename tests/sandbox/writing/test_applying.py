"""Laws of server-side apply and of field ownership, for any sequence of writes."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.writing import (
    admit,
    server_side_apply,
    structure_of_builtin,
    track_update,
    with_defaults,
)
from tests.sandbox.writing.random_stories import random_story
from tests.sandbox.writing.story import body_of
from tests.sandbox.writing.telling import structure_for
from tests.sandbox.writing.twin import Twin

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
LATER = NOW + timedelta(hours=1)
CONFIG = structure_of_builtin("v1", "ConfigMap")
DEPLOYMENT = structure_of_builtin("apps/v1", "Deployment")

data = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("123"), max_size=5)
some_data = data.filter(bool)


def config(content: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "c", "namespace": "d"},
        **({} if content is None else {"data": content}),
    }


def apply(
    live: dict[str, Any] | None,
    content: dict[str, str] | None,
    manager: str = "a",
    *,
    force: bool = True,
    at: datetime = NOW,
) -> dict[str, Any]:
    return server_side_apply(live, config(content), manager=manager, force=force, structure=CONFIG, now=at)


def owned_keys(obj: dict[str, Any], manager: str) -> set[str]:
    for entry in obj["metadata"].get("managedFields", ()):
        if entry["manager"] == manager:
            return {key[2:] for key in entry["fieldsV1"].get("f:data", {}) if key != "."}
    return set()


@given(data)
def test_applying_the_same_again_changes_nothing_and_no_time(content: dict[str, str]) -> None:
    once = apply(None, content)
    before = copy.deepcopy(once)
    assert apply(once, content, at=LATER) == once
    assert once == before


@given(data, data)
def test_what_is_no_longer_applied_goes(first: dict[str, str], second: dict[str, str]) -> None:
    result = apply(apply(None, first), second)
    assert (result.get("data") or {}) == second
    assert owned_keys(result, "a") == set(second)


@given(data, data, data)
def test_what_others_own_stays(first: dict[str, str], others: dict[str, str], second: dict[str, str]) -> None:
    shared = apply(apply(None, first, "a"), others, "b")
    result = apply(shared, second, "a")
    assert (result.get("data") or {}) == {**others, **second}
    assert owned_keys(result, "a") == set(second)
    assert owned_keys(result, "b") == {key for key in others if second.get(key, others[key]) == others[key]}


@given(data, some_data)
def test_conflicts_are_exactly_the_values_of_others_that_would_change(
    mine: dict[str, str], theirs: dict[str, str]
) -> None:
    live = apply(None, theirs, "them")
    fought = sorted(f".data.{key}" for key in mine if key in theirs and mine[key] != theirs[key])
    if not fought:
        assert (apply(live, mine, "me", force=False).get("data") or {}) == {**theirs, **mine}
        return
    with pytest.raises(Refusal) as refused:
        apply(live, mine, "me", force=False)
    assert refused.value.status == 409
    assert sorted(cause.field for cause in refused.value.causes) == fought
    assert {cause.message for cause in refused.value.causes} == {'conflict with "them"'}


@given(data, data)
def test_an_update_takes_what_it_changes(first: dict[str, str], second: dict[str, str]) -> None:
    live = apply(None, first, "applier")
    changed = {**live, "data": second}
    result = track_update(live, changed, manager="updater", structure=CONFIG, now=LATER)
    taken = {key for key, value in second.items() if first.get(key) != value}
    assert owned_keys(result, "updater") == taken
    assert owned_keys(result, "applier") == {key for key, value in first.items() if second.get(key) == value}


@given(data)
def test_an_update_of_nothing_moves_no_time(content: dict[str, str]) -> None:
    live = track_update(None, config(content), manager="m", structure=CONFIG, now=NOW)
    assert track_update(live, live, manager="m", structure=CONFIG, now=LATER) == live
    assert track_update(live, live, manager="other", structure=CONFIG, now=LATER) == live


def test_an_update_that_toggles_a_value_moves_the_time() -> None:
    live = track_update(None, config({"a": "1"}), manager="m", structure=CONFIG, now=NOW)
    result = track_update(live, {**live, "data": {"a": "2"}}, manager="m", structure=CONFIG, now=LATER)
    assert [entry["time"] for entry in result["metadata"]["managedFields"]] == ["2026-01-01T01:00:00Z"]


def test_an_object_of_which_nobody_tracks_owners_is_owned_before_the_first_apply() -> None:
    live = with_defaults(admit(config({"a": "1"}), CONFIG).object, CONFIG)
    assert (
        "managedFields"
        not in track_update(live, {**live, "data": {"a": "2"}}, manager="m", structure=CONFIG, now=NOW)[
            "metadata"
        ]
    )
    with pytest.raises(Refusal, match=r'conflict with "before-first-apply" using v1: \.data\.a'):
        apply(live, {"a": "2"}, force=False)


def test_no_more_than_ten_updaters_are_kept_apart() -> None:
    live = track_update(None, config({"k0": "1"}), manager="m0", structure=CONFIG, now=NOW)
    for number in range(1, 15):
        new = {**live, "data": {**live["data"], f"k{number}": "1"}}
        live = track_update(
            live, new, manager=f"m{number}", structure=CONFIG, now=NOW + timedelta(seconds=number)
        )
    managers = [entry["manager"] for entry in live["metadata"]["managedFields"]]
    assert len(managers) == 10
    assert managers[0] == "ancient-changes"
    assert owned_keys(live, "ancient-changes") == {f"k{number}" for number in range(6)}


def test_a_quantity_in_other_words_changes_nothing() -> None:
    def body(cpu: str) -> dict[str, Any]:
        container = {"name": "c", "image": "i", "resources": {"limits": {"cpu": cpu}}}
        return {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "d"},
            "spec": {
                "selector": {"matchLabels": {"a": "b"}},
                "template": {"spec": {"containers": [container]}},
            },
        }

    def applied(live: dict[str, Any] | None, cpu: str, at: datetime) -> dict[str, Any]:
        return server_side_apply(live, body(cpu), manager="a", force=False, structure=DEPLOYMENT, now=at)

    once = applied(None, "1000m", NOW)
    assert once["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["cpu"] == "1"
    assert applied(once, "1000m", LATER) == once


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_any_story_leaves_whole_ownership(seed: int) -> None:
    """Whatever is written by whom: functions change no argument, and every owned field of data and labels is there."""
    story = random_story(seed)
    twin = Twin(structure_for(story.kind))
    for write in story.writes:
        before = copy.deepcopy(twin.live)
        body = body_of(story, write)
        sent = copy.deepcopy(body)
        if twin.live is None and write.how not in ("create", "apply"):
            continue
        twin.write(write.how, body, **write.options)
        assert body == sent
        if twin.live is None:
            continue
        if twin.live == before:
            continue
        entries = twin.live["metadata"].get("managedFields", ())
        assert len({(e["manager"], e["operation"]) for e in entries}) == len(entries)
        for entry in entries:
            assert entry["fieldsV1"]
            labels = set(entry["fieldsV1"].get("f:metadata", {}).get("f:labels", {})) - {"."}
            assert labels <= {f"f:{key}" for key in twin.live["metadata"].get("labels") or {}}
