"""Whatever is sent, the write path takes it or refuses it: nothing else ever comes out."""

from __future__ import annotations

import copy
from datetime import datetime, timezone
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.writing import (
    Structure,
    admit,
    apply_patch,
    server_side_apply,
    track_update,
    validate_create,
    validate_update,
    with_defaults,
)
from sednactl.sandbox.api.writing.patching import JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH
from tests.sandbox.writing.random_stories import random_story
from tests.sandbox.writing.story import body_of
from tests.sandbox.writing.telling import structure_for

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)

nonsense = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4)
    | st.sampled_from(("$patch", "replace", "delete", "", "a/b", "1Gi", "2026-01-01T00:00:00Z")),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.text(max_size=3)
        | st.sampled_from(("name", "spec", "metadata", "labels", "$patch", "$retainKeys", "$setElementOrder/containers",
                           "$deleteFromPrimitiveList/finalizers", "managedFields", "op", "path", "value", "from")),
        inner,
        max_size=3,
    ),
    max_leaves=8,
)  # fmt: skip


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    for key, item in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        found += _places(item, (*path, key))
    return found


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[Structure, dict[str, Any], dict[str, Any]]:
    """Give a kind, a sound object of it, and the same with nonsense in one or two places."""
    story = random_story(draw(st.integers(0, 500)))
    sound = body_of(story, story.writes[0])
    broken = copy.deepcopy(sound)
    for _ in range(draw(st.integers(1, 2))):
        places = [path for path in _places(broken) if path not in (("apiVersion",), ("kind",))]
        path = draw(st.sampled_from(places))
        target = broken
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = draw(nonsense)
    return structure_for(story.kind), sound, broken


def stored(structure: Structure, body: dict[str, Any]) -> dict[str, Any]:
    new = with_defaults(admit(body, structure).object, structure)
    validate_create(new, structure)
    return track_update(None, new, manager="m", structure=structure, now=NOW)


@settings(max_examples=250, deadline=None)
@given(spoiled())
def test_objects(case: tuple[Structure, dict[str, Any], dict[str, Any]]) -> None:
    structure, sound, broken = case
    live = stored(structure, sound)
    try:
        new = with_defaults(admit(broken, structure, "Warn").object, structure)
        validate_update(live, new, structure)
        track_update(live, new, manager="n", structure=structure, now=NOW)
        stored(structure, broken)
    except Refusal as refusal:
        assert refusal.status in (400, 422)


@settings(max_examples=250, deadline=None)
@given(spoiled(), st.booleans())
def test_configurations(case: tuple[Structure, dict[str, Any], dict[str, Any]], force: bool) -> None:
    structure, sound, broken = case
    live = stored(structure, sound)
    for before in (None, live):
        try:
            after = server_side_apply(before, broken, manager="a", force=force, structure=structure, now=NOW)
            validate_create(after, structure)
        except Refusal as refusal:
            assert refusal.status in (400, 409, 422, 500)
            assert refusal.reason != "InternalError"


@settings(max_examples=400, deadline=None)
@given(spoiled(), nonsense, st.sampled_from((JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH)))
def test_patches(
    case: tuple[Structure, dict[str, Any], dict[str, Any]], patch: Any, content_type: str
) -> None:
    structure, sound, broken = case
    for body in (patch, broken, [patch], [{"op": "add", "path": "/metadata/labels", "value": patch}]):
        try:
            result = apply_patch(stored(structure, sound), body, content_type, structure)
            stored(structure, result)
        except Refusal as refusal:
            assert refusal.status in (400, 415, 422, 500)


@settings(max_examples=150, deadline=None)
@given(nonsense)
def test_managed_fields(entries: Any) -> None:
    structure = structure_for("ConfigMap")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "1"}}
    live = stored(structure, body)
    entry = {
        "manager": "x",
        "operation": "Update",
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": entries,
    }
    for sent in (entries, [entries], [entry]):
        changed = {**live, "data": {"a": "2"}, "metadata": {**live["metadata"], "managedFields": sent}}
        try:
            new = admit(changed, structure).object
        except Refusal:
            continue
        result = track_update(live, new, manager="n", structure=structure, now=NOW)
        server_side_apply(result, body, manager="a", force=True, structure=structure, now=NOW)
