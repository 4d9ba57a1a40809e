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
    """Give the object after a strategic merge patch. Raises Refusal BadRequest for a patch that makes no sense."""
    result: dict[str, Any] = {key: whole(item) for key, item in live.items()} if type(live) is dict else {}
    directive = patch.get(DIRECTIVE)
    if directive == "replace":
        return {key: _without_directives(item) for key, item in patch.items() if key != DIRECTIVE}
    if directive == "delete":
        return {}
    if directive not in (None, "merge"):
        raise Refusal("BadRequest", f"Unknown patch type: {directive}")
    retained = patch.get(RETAIN)
    if retained is not None:
        if not isinstance(retained, list):
            raise Refusal("BadRequest", "$retainKeys: a list of keys was expected")
        result = {key: item for key, item in result.items() if key in retained}
    for key, item in patch.items():
        if key in (DIRECTIVE, RETAIN):
            continue
        if key.startswith(DELETE_PREFIX):
            _delete_from_list(result, key[len(DELETE_PREFIX) :], item, patch)
        elif key.startswith(ORDER_PREFIX):
            name = key[len(ORDER_PREFIX) :]
            if name not in patch and isinstance(result.get(name), list):
                result[name] = _ordered(_child(node, name), result[name], item)
        elif item is None:
            result.pop(key, None)
        else:
            child = _child(node, key)
            if isinstance(item, dict):
                result[key] = strategic_patched(child, result.get(key), item)
            elif isinstance(item, list) and child is not None and "merge" in child.strategy:
                merged = _merged_list(child, result.get(key), item)
                order = patch.get(f"{ORDER_PREFIX}{key}")
                result[key] = merged if order is None else _ordered(child, merged, order)
            else:
                result[key] = whole(item)
    return result


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
    if not node.merge_key:
        added: list[Any] = [*whole(old), *(whole(item) for item in patch if item not in old)]
        return added
    key = node.merge_key
    if any(not isinstance(item, dict) for item in patch):
        raise Refusal("BadRequest", f"a list that merges by {key} takes objects only")
    if any(item.get(DIRECTIVE) == "replace" for item in patch):
        return [
            _without_directives(item) for item in patch if item.get(DIRECTIVE) != "replace" or len(item) > 1
        ]
    result: list[Any] = whole(old)
    for item in patch:
        if key not in item:
            raise Refusal(
                "BadRequest",
                f"map: {_go_map(item)} does not contain declared merge key: {key}",
            )
        if item.get(DIRECTIVE) == "delete":
            result = [each for each in result if each.get(key) != item[key]]
            continue
        at = next((index for index, each in enumerate(result) if each.get(key) == item[key]), None)
        if at is None:
            result.append(strategic_patched(node.items, {}, item))
        else:
            result[at] = strategic_patched(node.items, result[at], item)
    return result


def _ordered(node: Node | None, items: list[Any], order: Any) -> list[Any]:
    """Give the entries in the order asked for; those it does not name stay before the entry they preceded."""
    if not isinstance(order, list) or node is None:
        return items
    key = node.merge_key

    def identity(item: Any) -> Any:
        return item.get(key) if key and isinstance(item, dict) else item

    wanted = [identity(item) for item in order]
    named = [item for item in items if identity(item) in wanted]
    named.sort(key=lambda item: wanted.index(identity(item)))
    place = {repr(identity(item)): index for index, item in enumerate(items)}
    rest = [item for item in items if identity(item) not in wanted]
    result: list[Any] = []
    while named or rest:
        if rest and (not named or place[repr(identity(rest[0]))] < place[repr(identity(named[0]))]):
            result.append(rest.pop(0))
        else:
            result.append(named.pop(0))
    return result


def _go_map(item: dict[str, Any]) -> str:
    return "map[" + " ".join(f"{key}:{value}" for key, value in sorted(item.items())) + "]"
