"""Says whether an API server would take the fields of a manifest: yes or no, nothing about where or why.

Nearly all manifests are right, and `structure` looks for what is wrong with the others. Each node of
a schema becomes a function of a value, made when a value first leads there. A test holds the two
against each other: the answer is yes exactly where `structure` finds nothing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from sednactl.validation.schemas import NOTHING, Node

Fits = Callable[[Any], bool]
_PLAIN: Final = {"string": str, "boolean": bool}
_LEAST: Final = -(2**63)
_MOST: Final = 2**63 - 1
_ELSEWHERE: Final = frozenset(("metadata", "apiVersion", "kind"))
_MOST_TEXTS: Final = 2_000


@functools.cache
def manifest_test(root: Node) -> Fits:
    """Give what says whether the manifest of a kind is right, metadata aside; `root` is the kind's schema."""
    required = tuple(name for name in root.required if name != "metadata")
    of_fields = _fields_test(root, ())

    def fits(content: dict[str, Any]) -> bool:
        for name, value in content.items():
            if name == "status":
                node = root.field(name)
                if node is None or not _known(node, value):
                    return False
            elif name not in _ELSEWHERE and not of_fields({name: value}):
                return False
        return all(content.get(name) is not None for name in required)

    return fits


def _known(node: Node | None, value: Any) -> bool:
    """Tell whether all fields of a value are known, whatever the types."""
    if isinstance(value, dict):
        for name, item in value.items():
            child = (node.field(name) or node.additional) if node else None
            if child is None or not _known(child, item):
                return False
    elif isinstance(value, list):
        items = node.items if node else None
        return all(_known(items, item) for item in value)
    return True


class _Fields(dict[str, Any]):
    """What the fields of an object take, by name: a class where any value of it will do, else a test."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._node = node

    def __missing__(self, name: str) -> Any:
        node = self._node.field(name)
        if node is not None:
            takes = self[name] = _class_or_test(node)
            return takes
        if self._node.additional is not None:  # not remembered: such names are free, and may be very many
            return _class_or_test(self._node.additional)
        return _unknown if self._node.closed else _anything


def _unknown(value: Any) -> bool:  # noqa: ARG001
    return False


def _anything(value: Any) -> bool:  # noqa: ARG001
    return True


def _class_or_test(node: Node) -> Any:
    plain = _PLAIN.get(node.type)
    return plain if plain and (plain is bool or _within(node) is None) else _test(node)


@functools.cache
def _test(node: Node) -> Fits:
    """Give what tells whether a value that is not null fits a node."""
    kind = node.type
    if kind == "object":
        return _object_test(node)
    if kind == "array":
        return _array_test(node)
    if kind == "integer":
        return _integer_test(node)
    within = _within(node) or _anything
    if kind == "string":
        return lambda value: type(value) is str and within(value)
    if kind == "int-or-string":
        return lambda value: within(value) if type(value) is str else is_integer(value)
    if kind == "boolean":
        return lambda value: type(value) is bool
    if kind == "number":
        return lambda value: is_number(value) and within(value)
    return within


def _object_test(node: Node) -> Fits:
    """Give what tells whether a value is a map with the right fields; a null stands for no field at all."""
    needed = [(name, node.field(name)) for name in node.required]
    return _fields_test(
        node, tuple(name for name, child in needed if child is None or child.default is NOTHING)
    )


def _fields_test(node: Node, required: tuple[str, ...]) -> Fits:
    if node.additional is not None and not node.field_names and not required:
        return _map_test(node.additional)
    fields = _Fields(node)

    def fits(value: Any) -> bool:
        if type(value) is not dict:
            return False
        for name, item in value.items():
            wanted = fields[name]
            if type(item) is wanted:
                continue
            if item is None:
                if wanted is _unknown:
                    return False
            elif type(wanted) is type or not wanted(item):
                return False
        for name in required:  # noqa: SIM110 - twice as fast
            if value.get(name) is None:
                return False
        return True

    return fits


def _map_test(items: Node) -> Fits:
    """Give what tells whether a value is a map with free keys whose values fit."""
    wanted = _class_or_test(items)

    def fits(value: Any) -> bool:
        if type(value) is not dict:
            return False
        for item in value.values():
            if type(item) is wanted or item is None:
                continue
            if type(wanted) is type or not wanted(item):
                return False
        return True

    return fits


def _array_test(node: Node) -> Fits:
    items = node.items
    if items is None:
        return lambda value: type(value) is list
    wanted = _class_or_test(items)
    differ = None
    if node.list_type == "map":
        differ = _map_differs(items, node.keys)
    elif node.list_type == "set":
        differ = _set_differs

    def fits(value: Any) -> bool:
        if type(value) is not list:
            return False
        for item in value:
            if type(item) is not wanted and (item is None or type(wanted) is type or not wanted(item)):
                return False
        return differ is None or len(value) < 2 or differ(value)

    return fits


def _set_differs(value: list[Any]) -> bool:
    return len({repr(item) for item in value}) == len(value)


def _map_differs(items: Node, keys: tuple[str, ...]) -> Fits:
    """Give what tells whether the entries of a list, each a map that fits, differ in their keys."""
    first = keys[0] if len(keys) == 1 else None

    def differ(value: list[Any]) -> bool:
        if first is not None:
            names = {item.get(first) for item in value}
            if len(names) == len(value) and None not in names:
                return True
        named = [repr(key) for key in (map_key(items, keys, item) for item in value) if key]
        return len(set(named)) == len(named)

    return differ


def map_key(items: Node, keys: Iterable[str], item: dict[str, Any]) -> list[tuple[str, Any]]:
    """Give what tells an entry of a list from the others: the values of the keys, with their defaults."""
    values = []
    for name in keys:
        value = item.get(name)
        if value is None:
            node = items.field(name)
            value = node.default if node else NOTHING
        if value is not NOTHING:
            values.append((name, value))
    return values


def _integer_test(node: Node) -> Fits:
    least, most = _range(node)
    within = _within(node) if node.limit("enum") else None

    def fits(value: Any) -> bool:
        if type(value) is not int and not is_integer(value):
            return False
        return least <= value <= most and (within is None or within(value))

    return fits


def _range(node: Node) -> tuple[float, float]:
    least, most = node.limit("minimum"), node.limit("maximum")
    ends = (-(2**31), 2**31 - 1) if node.limit("format") == "int32" else (_LEAST, _MOST)
    return max(ends[0], ends[0] if least is None else least), min(ends[1], ends[1] if most is None else most)


def _within(node: Node) -> Fits | None:
    """Give what tells whether a value of the right type keeps the bounds of a node; None where it has none."""
    pattern, values = node.limit("pattern"), node.limit("enum")
    least, most = node.limit("minimum"), node.limit("maximum")
    if node.limit("format") == "int32":
        least, most = _range(node)
    if not pattern and not values and least is None and most is None:
        return None
    matches = _pattern_test(pattern) if pattern else _anything

    def within(value: Any) -> bool:
        if isinstance(value, str) and not matches(value):
            return False
        if values and value not in values:
            return False
        return (least is None or value >= least) and (most is None or value <= most)

    return within


def _pattern_test(pattern: str) -> Callable[[str], bool]:
    """Give what tells whether a text has a form; remembers those that had it, as few are written very often."""
    search = compiled(pattern).search
    known: set[str] = set()

    def matches(text: str) -> bool:
        if text in known:
            return True
        if search(text) is None:
            return False
        if len(known) >= _MOST_TEXTS:
            known.clear()
        known.add(text)
        return True

    return matches


@functools.cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Give the pattern of a schema: Go's `$` is the very end, Python's may be before a last line break."""
    return re.compile(pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern)


def is_integer(value: Any) -> bool:
    """Tell whether the API server takes a value as an integer: 64 bits, or a whole float that is exact."""
    if type(value) is int:
        return _LEAST <= value <= _MOST
    return type(value) is float and value.is_integer() and abs(value) < 2**53


def is_number(value: Any) -> bool:
    """Tell whether the API server takes a value as a number."""
    return type(value) is int or type(value) is float
