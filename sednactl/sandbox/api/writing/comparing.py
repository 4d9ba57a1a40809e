"""Which fields a value has, and which differ between two values: the two questions of field ownership."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.writing.field_sets import FieldSet, Unindexable, element_of
from sednactl.sandbox.api.writing.structure import ANY, Node


def compared(node: Node, old: dict[str, Any], new: dict[str, Any]) -> tuple[FieldSet, FieldSet]:
    """Give what `new` changes or adds to `old`, and what it takes away."""
    changed: FieldSet = {}
    removed: FieldSet = {}
    _compare_maps(node, old, new, changed, removed)
    return changed, removed


def _compare_maps(
    node: Node, old: dict[str, Any], new: dict[str, Any], changed: FieldSet, removed: FieldSet
) -> None:
    fields, element = node.fields, node.element
    for key, was in old.items():
        if key not in new:
            removed[f"f:{key}"] = everything(fields.get(key) or element or ANY, was)
            continue
        now = new[key]
        if was is not now and was != now:
            _compare(fields.get(key) or element or ANY, was, now, f"f:{key}", changed, removed)
    for key, now in new.items():
        if key not in old:
            changed[f"f:{key}"] = everything(fields.get(key) or element or ANY, now)


def _compare(node: Node, was: Any, now: Any, element: str, changed: FieldSet, removed: FieldSet) -> None:
    """Compare two different values at a path element. Null counts as an empty map or list."""
    if not node.atomic and (was or now):
        if isinstance(was or now, dict) and isinstance(now or was, dict) and node.kind in ("object", "any"):
            below_changed: FieldSet = {}
            below_removed: FieldSet = {}
            _compare_maps(node, was or {}, now or {}, below_changed, below_removed)
            if below_changed:
                changed[element] = below_changed
            if below_removed:
                removed[element] = below_removed
            return
        if node.kind == "array" and node.list_type != "atomic" and isinstance(was or now, list):
            below_changed, below_removed = {}, {}
            _compare_lists(node, was or [], now or [], below_changed, below_removed)
            if below_changed:
                changed[element] = below_changed
            if below_removed:
                removed[element] = below_removed
            return
    changed[element] = {}


def _compare_lists(node: Node, old: list[Any], new: list[Any], changed: FieldSet, removed: FieldSet) -> None:
    items = node.items or ANY
    before, after = _indexed(node, old), _indexed(node, new)
    for element, entries in before.items():
        others = after.get(element)
        if others is None:
            removed[element] = everything(items, entries[0]) if len(entries) == 1 else {}
        elif entries == others:
            continue
        elif len(entries) == 1 and len(others) == 1:
            _compare(items, entries[0], others[0], element, changed, removed)
        elif len(entries) > 1 and len(others) > 1:
            changed[element] = {}
        elif len(entries) > 1:
            changed[element] = everything(items, others[0])
            removed[element] = {}
        else:
            removed[element] = everything(items, entries[0])
            changed[element] = {}
    for element, entries in after.items():
        if element not in before:
            changed[element] = everything(items, entries[0]) if len(entries) == 1 else {}


def _indexed(node: Node, items: list[Any]) -> dict[str, list[Any]]:
    result: dict[str, list[Any]] = {}
    for item in items:
        try:
            result.setdefault(element_of(node, item), []).append(item)
        except Unindexable:
            continue
    return result


def everything(node: Node, value: Any) -> FieldSet:
    """Give a place that owns a value and all below it."""
    if not value or node.atomic:
        return {}
    if type(value) is dict:
        if node.kind not in ("object", "any"):
            return {}
        fields, element = node.fields, node.element
        result: FieldSet = {".": {}}
        for key, item in value.items():
            result[f"f:{key}"] = (
                everything(fields.get(key) or element or ANY, item) if type(item) in (dict, list) else {}
            )
        return result
    if type(value) is list and node.kind == "array" and node.list_type != "atomic":
        items = node.items or ANY
        result = {".": {}}
        for place, entries in _indexed(node, value).items():
            result[place] = everything(items, entries[0]) if len(entries) == 1 else {}
        return result
    return {}


def fields_of(node: Node, value: dict[str, Any]) -> FieldSet:
    """Give the set of fields that an applied configuration speaks of."""
    return _fields(node, value) or {}


def _fields(node: Node, value: Any) -> FieldSet | None:
    """Give the place of a value, None where nothing in it counts."""
    if node.atomic:
        return {}
    if type(value) is dict and node.kind in ("object", "any"):
        result: FieldSet = {}
        fields = node.fields
        for key, item in value.items():
            declared = fields.get(key)
            place = _fields(declared or node.element or ANY, item)
            member = declared is None or item is None or item == {}
            if place is None:
                if member:
                    result[f"f:{key}"] = {}
            elif place and member:
                result[f"f:{key}"] = {".": {}, **place}
            else:
                result[f"f:{key}"] = place
        return result or None
    if node.kind == "array" and node.list_type != "atomic":
        if not isinstance(value, list):
            return None
        result = {}
        items = node.items or ANY
        for element, entries in _indexed(node, value).items():
            place = _fields(items, entries[0]) if len(entries) == 1 else {}
            result[element] = {".": {}, **place} if place else {}
        return result or None
    if value is None and node.kind == "object":
        return None
    return {}
