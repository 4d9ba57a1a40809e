"""Sets of fields, in the very form in which managedFields carries them (FieldsV1).

A set is a dict from path elements to sets: `f:name` a field, `k:{"name":"a"}` an entry of a list
by its keys, `v:"a"` an entry of a set by its value. A place belongs to the set when it has
nothing below it (`{}`) or holds the key ".". The empty dict at the root is the empty set.
"""

from __future__ import annotations

import json
from typing import Any

from sednactl.sandbox.api.writing.structure import ABSENT, Node

FieldSet = dict[str, Any]


def is_member(place: FieldSet) -> bool:
    """Tell whether a place itself belongs to the set it was found in."""
    return not place or "." in place


def union(left: FieldSet, right: FieldSet) -> FieldSet:
    """Give the set of what is in either."""
    if not left or not right:
        return left or right
    result = dict(left)
    for key, place in right.items():
        mine = result.get(key)
        if mine is None:
            result[key] = place
        elif mine is not place and mine != place:
            below = union(
                {k: v for k, v in mine.items() if k != "."}, {k: v for k, v in place.items() if k != "."}
            )
            result[key] = _place(below, is_member(mine) or is_member(place))
    return result


def difference(left: FieldSet, right: FieldSet) -> FieldSet:
    """Give the set of what is in `left` and not in `right`, place by place."""
    if not right:
        return left
    result: FieldSet = {}
    for key, place in left.items():
        theirs = right.get(key)
        if theirs is None:
            result[key] = place
            continue
        if key == ".":
            continue
        below = difference(_below(place), _below(theirs)) if place and theirs else _below(place)
        member = is_member(place) and not is_member(theirs)
        if member or below:
            result[key] = _place(below, member)
    return result


def recursive_difference(left: FieldSet, right: FieldSet) -> FieldSet:
    """Give `left` without what is in `right` and all that lies below it."""
    if not right:
        return left
    result: FieldSet = {}
    for key, place in left.items():
        theirs = right.get(key)
        if theirs is None:
            result[key] = place
        elif not is_member(theirs):
            below = recursive_difference(_below(place), theirs)
            if below or is_member(place):
                result[key] = _place(below, is_member(place))
    return result


def intersection(left: FieldSet, right: FieldSet) -> FieldSet:
    """Give the set of what is in both."""
    result: FieldSet = {}
    for key, place in left.items():
        theirs = right.get(key)
        if theirs is None or key == ".":
            continue
        below = intersection(_below(place), _below(theirs))
        member = is_member(place) and is_member(theirs)
        if member or below:
            result[key] = _place(below, member)
    return result


def _below(place: FieldSet) -> FieldSet:
    return {key: item for key, item in place.items() if key != "."} if "." in place else place


def _place(below: FieldSet, member: bool) -> FieldSet:
    if not member:
        return below
    return {".": {}, **below} if below else {}


def with_named_fields(node: Node | None, place: FieldSet) -> FieldSet:
    """Give the set with every declared field that has members below it as a member too."""
    result: FieldSet = {}
    for key, item in place.items():
        if not item:
            result[key] = item
            continue
        child = None
        member = is_member(item)
        if node is not None:
            if key.startswith("f:"):
                name = key[2:]
                child = node.child(name)
                member = member or name in node.fields
            elif key.startswith("k:"):
                child = node.items
        result[key] = _place(with_named_fields(child, _below(item)), member)
    return result


def paths_of(place: FieldSet, prefix: str = "") -> list[str]:
    """Give every member as the API server spells paths, e.g. `.spec.template.spec.containers[name="a"].image`."""
    result: list[str] = []
    for key in sorted(place):
        if key != "." and is_member(place[key]):
            result.append(prefix + spelled(key))
    for key in sorted(place):
        if key != ".":
            result += paths_of(place[key], prefix + spelled(key))
    return result


def spelled(element: str) -> str:
    """Give a path element as it stands in messages."""
    kind, content = element[:2], element[2:]
    if kind == "f:":
        return f".{content}"
    if kind == "k:":
        keys = json.loads(content)
        return f"[{','.join(f'{name}={_literal(keys[name])}' for name in sorted(keys))}]"
    return f"[={content}]" if kind == "v:" else f"[{content}]"


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


class Unindexable(Exception):
    """An entry of a list that cannot be told from others; the text says why."""


def element_of(node: Node, item: Any) -> str:
    """Give the path element of an entry of a set or of a list with keys. Raises Unindexable."""
    keys = node.keys
    if not keys:
        if isinstance(item, (dict, list)) or item is None:
            what = (
                "an explicit null" if item is None else "a map type" if isinstance(item, dict) else "a list"
            )
            raise Unindexable(f"associative list without keys has an element that's {what}")
        return f"v:{json.dumps(item, ensure_ascii=False)}"
    if type(item) is not dict:
        what = "a null element" if item is None else "non-map elements"
        raise Unindexable(f"associative list with keys may not have {what}")
    if len(keys) == 1:
        value = item.get(keys[0], ABSENT)
        if value is not ABSENT:
            if type(value) is str and value.isalnum():
                return f'k:{{"{keys[0]}":"{value}"}}'
            return f'k:{{"{keys[0]}":{_literal(value)}}}'
    found = {}
    for name in keys:
        value = item.get(name, ABSENT)
        if value is ABSENT:
            child = node.items.fields.get(name) if node.items else None
            value = child.key_default if child is not None else ABSENT
        if value is ABSENT:
            raise Unindexable(
                f'associative list with keys has an element that omits key field "{name}"'
                " (and doesn't have default value)"
            )
        found[name] = value
    return "k:" + json.dumps(dict(sorted(found.items())), separators=(",", ":"), ensure_ascii=False)
