"""Strategic merge patch: a merge patch that knows which lists merge, and by which key.

Directives as kubectl sends them: `$patch` (replace, delete, merge), `$deleteFromPrimitiveList/FIELD`,
`$setElementOrder/FIELD` and `$retainKeys`.
"""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.writing.pruning import whole
from sednactl.sandbox.api.writing.structure import Node

DIRECTIVE = "$patch"
RETAIN = "$retainKeys"
DELETE_PREFIX = "$deleteFromPrimitiveList/"
ORDER_PREFIX = "$setElementOrder/"


def strategic_patched(node: Node | None, live: Any, patch: dict[str, Any]) -> dict[str, Any]:
    """Give the object after a strategic merge patch. Raises Refusal for a patch that makes no sense."""
    result: dict[str, Any] = {key: whole(item) for key, item in live.items()} if type(live) is dict else {}
    directive = patch.get(DIRECTIVE)
    if directive == "replace":
        return {key: _without_directives(item) for key, item in patch.items() if key != DIRECTIVE}
    if directive == "delete":
        return {}
    if directive not in (None, "merge"):
        raise Refusal("", f"unknown patch type: {directive} in map: {go_words(patch)}")
    retained = patch.get(RETAIN)
    if retained is not None:
        if not isinstance(retained, list):
            raise Refusal("", "the value of $retainKeys must be a list of keys")
        result = {key: item for key, item in result.items() if key in retained}
    for key, item in patch.items():
        if key in (DIRECTIVE, RETAIN):
            continue
        if key.startswith(DELETE_PREFIX):
            _delete_from_list(result, key[len(DELETE_PREFIX) :], item, patch)
        elif key.startswith(ORDER_PREFIX):
            name = key[len(ORDER_PREFIX) :]
            if name not in patch and isinstance(result.get(name), list):
                result[name] = _in_order(_key_of(_child(node, name)), result[name], item, result[name])
        elif item is None:
            result.pop(key, None)
        else:
            child = _child(node, key)
            if isinstance(item, dict):
                result[key] = strategic_patched(child, result.get(key), item)
            elif isinstance(item, list) and child is not None and "merge" in child.strategy:
                merged = _merged_list(child, result.get(key), item)
                order = patch.get(f"{ORDER_PREFIX}{key}")
                if order is not None:
                    _check_order(child.merge_key, item, order)
                before = result[key] if isinstance(result.get(key), list) else []
                result[key] = merged if order is None else _in_order(child.merge_key, merged, order, before)
            else:
                result[key] = whole(item)
    return result


def _check_order(key: str, patch: list[Any], order: Any) -> None:
    """Refuse a list whose entries stand in another order than its own $setElementOrder."""

    def name(item: Any) -> Any:
        return item.get(key) if key and isinstance(item, dict) else item

    if not isinstance(order, list):
        raise Refusal("", "the value of $setElementOrder must be a list")
    waiting = [item for item in patch if not (isinstance(item, dict) and item.get(DIRECTIVE) == "delete")]
    position = 0
    for each in order:
        if position < len(waiting) and name(waiting[position]) == name(each):
            position += 1
    if position < len(waiting):
        raise Refusal(
            "",
            f"The order in patch list:\n{go_words(waiting)}\n doesn't match $setElementOrder list:\n"
            f"{go_words(order)}\n",
        )


def _key_of(node: Node | None) -> str:
    return "" if node is None else node.merge_key


def _child(node: Node | None, name: str) -> Node | None:
    return None if node is None else node.child(name)


def _without_directives(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_directives(item)
            for key, item in value.items()
            if key not in (DIRECTIVE, RETAIN) and not key.startswith((DELETE_PREFIX, ORDER_PREFIX))
        }
    if isinstance(value, list):
        return [_without_directives(item) for item in value]
    return value


def _delete_from_list(result: dict[str, Any], name: str, gone: Any, patch: dict[str, Any]) -> None:
    live = result.get(name)
    if isinstance(live, list) and isinstance(gone, list):
        left = [item for item in live if item not in gone]
        if left or name in patch:
            result[name] = left
        else:
            del result[name]


def _merged_list(node: Node, live: Any, patch: list[Any]) -> list[Any]:
    old = live if isinstance(live, list) else []
    key = node.merge_key
    if not key:
        merged = [*whole(old), *(whole(item) for item in patch if item not in old)]
        return _in_order(key, merged, patch, old)
    for item in patch:
        if not isinstance(item, dict):
            raise Refusal("", f"expected a map in the list that merges by {key}")
    if any(item.get(DIRECTIVE) == "replace" for item in patch):
        return [_without_directives(item) for item in patch if DIRECTIVE not in item or len(item) > 1]
    result: list[Any] = whole(old)
    for item in patch:
        if key not in item:
            raise Refusal("", f"map: {go_words(item)} does not contain declared merge key: {key}")
        if item.get(DIRECTIVE) == "delete":
            result = [each for each in result if each.get(key) != item[key]]
            continue
        at = next((index for index, each in enumerate(result) if each.get(key) == item[key]), None)
        if at is None:
            result.append(strategic_patched(node.items, {}, item))
        else:
            result[at] = strategic_patched(node.items, result[at], item)
    return _in_order(key, result, patch, old)


def _in_order(key: str, items: list[Any], wanted: Any, live: list[Any]) -> list[Any]:
    """Give the entries in the wanted order; others keep the order of the live list, after new ones where both fit."""

    def place(item: Any, among: list[Any]) -> int:
        name = item.get(key) if key and isinstance(item, dict) else item
        for index, each in enumerate(among):
            if (each.get(key) if key and isinstance(each, dict) else each) == name:
                return index
        return -1

    if not isinstance(wanted, list):
        return items
    asked = sorted((item for item in items if place(item, wanted) >= 0), key=lambda item: place(item, wanted))
    others = sorted((item for item in items if place(item, wanted) < 0), key=lambda item: place(item, live))
    result: list[Any] = []
    while asked and others:
        other, first = place(others[0], live), place(asked[0], live)
        result.append(others.pop(0) if 0 <= other < first else asked.pop(0))
    return [*result, *asked, *others]


def go_words(value: Any) -> str:
    """Give plain JSON data as Go prints it by default, e.g. map[spec:map[foo:1]]."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{go_words(item)}" for key, item in sorted(value.items())) + "]"
    if isinstance(value, list):
        return "[" + " ".join(go_words(item) for item in value) + "]"
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)
