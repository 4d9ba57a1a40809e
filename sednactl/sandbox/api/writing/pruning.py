"""Leaves out of a custom object what its CRD's schema does not know, as the API server does on every write."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.writing.structure import Node

_NOTHING = Node("object")
"""What the entries of a list are where the schema knows of no list: nothing in them is known."""


def pruned(node: Node, value: Any, path: str, unknown: list[str]) -> Any:
    """Give a copy of the value without unknown fields; their paths are added to `unknown`."""
    if type(value) is dict:
        result = {}
        fields, values, preserve = node.fields, node.values, node.preserve
        for key, item in value.items():
            child = fields.get(key)
            if child is not None:
                result[key] = pruned(child, item, f"{path}.{key}", unknown)
            elif values is not None:
                result[key] = pruned(values, item, f"{path}.{key}", unknown)
            elif preserve:
                result[key] = whole(item)
            else:
                unknown.append(f"{path}.{key}"[1:])
        return result
    if type(value) is list:
        if node.items is None and node.preserve:
            return whole(value)
        items = node.items or _NOTHING
        return [pruned(items, item, f"{path}[{index}]", unknown) for index, item in enumerate(value)]
    return value


def whole(value: Any) -> Any:
    """Give a deep copy of plain JSON data."""
    if type(value) is dict:
        return {key: whole(item) for key, item in value.items()}
    if type(value) is list:
        return [whole(item) for item in value]
    return value
