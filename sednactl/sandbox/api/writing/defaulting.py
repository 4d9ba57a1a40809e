"""Fills in what a written object leaves unsaid: the defaults of built-in kinds, or those of a CRD's schema.

For built-in kinds most defaults stand in the packaged table beside the fields; what
depends on other fields is in `builtin_defaults`. Fields that the API server always
writes (`status: {}`, `creationTimestamp: null` of a pod template) are filled in as well.
"""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.writing.builtin_defaults import DEPENDENT
from sednactl.sandbox.api.writing.pruning import whole
from sednactl.sandbox.api.writing.structure import ABSENT, Node, Structure


def with_defaults(obj: dict[str, Any], structure: Structure) -> dict[str, Any]:
    """Give a copy of the object with everything filled in that the API server would fill in."""
    if structure.builtin:
        result: dict[str, Any] = whole(obj)
        _fill(structure.root, result)
        return result
    filled: dict[str, Any] = _custom_object(structure.root, obj, keep_nulls=False)
    return filled


def with_defaults_beside_nulls(obj: dict[str, Any], structure: Structure) -> dict[str, Any]:
    """Give a copy of a custom object with its schema's defaults, in which a null without default stays one."""
    filled: dict[str, Any] = _custom_object(structure.root, obj, keep_nulls=True)
    return filled


class _Filling:
    """What there is to fill in below a place: plain values, values to descend into, code for the type."""

    __slots__ = ("after", "before", "below", "plain", "worthwhile")

    def __init__(self, node: Node) -> None:
        self.plain: list[tuple[str, Any, bool]] = []
        self.below: list[tuple[str, Node, int]] = []
        self.before, self.after = DEPENDENT.get(node.go, (None, None))
        self.worthwhile = True


def _filling_of(node: Node) -> _Filling:
    filling: _Filling | None = node.filling
    if filling is not None:
        return filling
    filling = node.filling = _Filling(node)
    filling.worthwhile = (
        False  # while it is being looked at: a type that contains itself adds nothing by that
    )
    for name, child in node.fields.items():
        default = child.default if child.default is not ABSENT else child.zero
        if default is not ABSENT:
            filling.plain.append((name, default, child.default is not ABSENT and not child.pointer))
        if child.fields:
            if _filling_of(child).worthwhile:
                filling.below.append((name, child, 0))
        elif child.items is not None and child.items.fields:
            if _filling_of(child.items).worthwhile:
                filling.below.append((name, child.items, 1))
        elif child.values is not None and child.values.fields and _filling_of(child.values).worthwhile:
            filling.below.append((name, child.values, 2))
    filling.worthwhile = bool(filling.plain or filling.below or filling.before or filling.after)
    return filling


def _fill(node: Node, value: dict[str, Any]) -> None:
    filling = _filling_of(node)
    if filling.before is not None:
        filling.before(value)
    for name, default, zero_counts_as_absent in filling.plain:
        if name not in value or (zero_counts_as_absent and not value[name] and default):
            value[name] = whole(default) if isinstance(default, (dict, list)) else default
    for name, child, depth in filling.below:
        item = value.get(name)
        if not item and item != {}:
            continue
        if depth == 0:
            if type(item) is dict:
                _fill(child, item)
        else:
            for each in item if depth == 1 else item.values():
                if type(each) is dict:
                    _fill(child, each)
    if filling.after is not None:
        filling.after(value)


def _custom_object(node: Node, value: Any, *, keep_nulls: bool) -> Any:
    """Give a copy with a CRD's defaults: absent fields are filled, nulls that may not be are filled or dropped."""
    if type(value) is dict:
        result = {}
        for key, item in value.items():
            child = node.fields.get(key) or node.values
            if child is None or child.go:
                result[key] = whole(item)
            elif item is None and not child.nullable and child.kind != "any":
                if child.default is ABSENT and not child.preserve and not keep_nulls:
                    continue
                if child.default is ABSENT:
                    result[key] = None
            else:
                result[key] = _custom_object(child, item, keep_nulls=keep_nulls)
        for key, child in node.fields.items():
            if key not in result and child.default is not ABSENT:
                result[key] = _custom_object(child, child.default, keep_nulls=keep_nulls)
        return result
    if type(value) is list:
        items = node.items
        return (
            whole(value)
            if items is None
            else [_custom_object(items, item, keep_nulls=keep_nulls) for item in value]
        )
    return value
