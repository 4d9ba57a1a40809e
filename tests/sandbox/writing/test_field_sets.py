"""Sets of fields behave as sets, in the form in which managedFields carries them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sednactl.sandbox.api.writing.field_sets import (
    FieldSet,
    difference,
    intersection,
    is_member,
    paths_of,
    recursive_difference,
    union,
)

paths = st.lists(
    st.sampled_from(("f:a", "f:b", "f:c", 'k:{"name":"x"}', 'v:"y"')), min_size=1, max_size=3
).map(tuple)
path_sets = st.frozensets(paths, max_size=8)
Path = tuple[str, ...]


def field_set(members: frozenset[Path]) -> FieldSet:
    """Give the nested form of a plain set of paths."""
    tree: dict[str, Any] = {}
    for path in members:
        place = tree
        for part in path:
            place = place.setdefault(part, {})
        place["."] = {}
    return _tidied(tree)


def _tidied(place: FieldSet) -> FieldSet:
    return {key: {} if set(item) == {"."} else _tidied(item) for key, item in place.items()}


def members_of(place: FieldSet, above: Path = ()) -> frozenset[Path]:
    found: set[Path] = set()
    for key, item in place.items():
        if key == ".":
            continue
        if is_member(item):
            found.add((*above, key))
        found |= members_of(item, (*above, key))
    return frozenset(found)


@given(path_sets)
def test_the_two_forms_say_the_same(members: frozenset[Path]) -> None:
    assert members_of(field_set(members)) == members


@given(path_sets, path_sets)
def test_union_intersection_difference(left: frozenset[Path], right: frozenset[Path]) -> None:
    mine, theirs = field_set(left), field_set(right)
    assert union(mine, theirs) == field_set(left | right)
    assert intersection(mine, theirs) == field_set(left & right)
    assert difference(mine, theirs) == field_set(left - right)
    assert (mine, theirs) == (field_set(left), field_set(right))


@given(path_sets, path_sets)
def test_recursive_difference_takes_all_below(left: frozenset[Path], right: frozenset[Path]) -> None:
    kept = {path for path in left if not any(path[: len(gone)] == gone for gone in right)}
    assert recursive_difference(field_set(left), field_set(right)) == field_set(frozenset(kept))


def test_paths_are_spelled_as_in_conflicts() -> None:
    place = {
        "f:spec": {
            "f:containers": {'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:image": {}}},
            "f:finalizers": {'v:"x.io/a"': {}},
        }
    }
    assert paths_of(place) == [
        '.spec.containers[containerPort=80,protocol="TCP"]',
        '.spec.containers[containerPort=80,protocol="TCP"].image',
        '.spec.finalizers[="x.io/a"]',
    ]
