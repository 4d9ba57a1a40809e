"""Merges an applied configuration into an object, and takes sets of fields out of one."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.writing.field_sets import FieldSet, Unindexable, element_of, is_member
from sednactl.sandbox.api.writing.pruning import whole
from sednactl.sandbox.api.writing.structure import ABSENT, ANY, Node


def merged(node: Node, live: Any, applied: Any) -> Any:
    """Give the live value with the applied one laid over it; where both speak, the applied one counts."""
    if applied is ABSENT:
        return whole(live)
    if not node.atomic and live is not ABSENT and (live or applied):
        if node.kind in ("object", "any") and _is_map(live) and _is_map(applied) and (live or applied):
            return _merged_maps(node, live or {}, applied or {})
        if (
            node.kind == "array"
            and node.list_type != "atomic"
            and isinstance(live or [], list)
            and isinstance(applied or [], list)
        ):
            return _merged_lists(node, live or [], applied or [])
    return whole(applied)


def _is_map(value: Any) -> bool:
    return value is None or type(value) is dict


def _merged_maps(node: Node, live: dict[str, Any], applied: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, item in live.items():
        result[key] = merged(node.child(key) or ANY, item, applied.get(key, ABSENT))
    for key, item in applied.items():
        if key not in live:
            result[key] = whole(item)
    return result


def _merged_lists(node: Node, live: list[Any], applied: list[Any]) -> list[Any]:
    """Merge entry by entry: shared entries in the order of the applied list, others where they stood."""
    items = node.items or ANY
    old: list[tuple[str, Any]] = []
    for item in live:
        try:
            old.append((element_of(node, item), item))
        except Unindexable:
            continue
    wanted = {element_of(node, item): item for item in applied}
    counted: dict[str, int] = {}
    for element, _ in old:
        counted[element] = counted.get(element, 0) + 1
    values = {element: item for element, item in old if counted[element] == 1}
    waiting = [element for element in wanted if element in counted]
    result: list[Any] = []
    done: set[str] = set()
    order = list(wanted)
    left = right = 0
    while left < len(old) or right < len(order):
        if left < len(old):
            element, item = old[left]
            if right < len(order) and element == order[right]:
                result.append(merged(items, values.get(element, ABSENT), wanted[element]))
                done.add(element)
                waiting = waiting[1:]
                left += 1
                right += 1
                continue
            if right < len(order) and element in wanted and waiting and waiting[0] != element:
                left += 1
                continue
            if element not in wanted:
                result.append(whole(item))
                left += 1
                continue
            if element in done:
                left += 1
        if right < len(order):
            element = order[right]
            result.append(merged(items, values.get(element, ABSENT), wanted[element]))
            done.add(element)
            right += 1
            if waiting and waiting[0] == element:
                waiting = waiting[1:]
    return result


def without(node: Node, value: Any, gone: FieldSet) -> Any:
    """Give the value without the fields of a set; what is left empty becomes null."""
    if not gone or not value:
        return value
    if type(value) is dict and node.kind in ("object", "any"):
        if node.atomic:
            return None
        result: dict[str, Any] = {}
        for key, item in value.items():
            place = gone.get(f"f:{key}")
            if place is None:
                result[key] = item
            elif not is_member(place):
                result[key] = without(node.child(key) or ANY, item, place)
        return result or None
    if type(value) is list and node.kind == "array":
        if node.list_type == "atomic":
            return None
        entries: list[Any] = []
        for item in value:
            try:
                place = gone.get(element_of(node, item))
            except Unindexable:
                place = None
            if place is None:
                entries.append(item)
            elif not is_member(place):
                entries.append(without(node.items or ANY, item, place))
        return entries or None
    return value
