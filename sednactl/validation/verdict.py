"""Says whether an API server would take the fields of a manifest: yes or no, nothing about where or why.

Nearly all manifests are right, and `structure` looks for what is wrong with the others. Each node of
a schema becomes a test of values, made when a value first leads there. A test holds the two
against each other: the answer is yes exactly where `structure` finds nothing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Any, Final

from sednactl.sedna.quantity import is_plain_quantity
from sednactl.validation.schemas import NOTHING, Node

_LEAST: Final = -(2**63)
_MOST: Final = 2**63 - 1
_ELSEWHERE: Final = frozenset(("metadata", "apiVersion", "kind"))
_MOST_TEXTS: Final = 2_000
_QUANTITY: Final = "Quantity"
"""The type whose pattern is that of quantities."""


class Test:
    """Tells whether values that are not null fit a node: any value of `whole_class` does, others if it takes them.

    What takes nothing else is a test by itself, of texts or booleans of any kind, or of fields that are not known.
    """

    def __init__(self, whole_class: Any = None) -> None:
        self.whole_class = whole_class

    def takes(self, value: Any) -> bool:  # noqa: ARG002
        """Tell whether a value fits that is not of the class."""
        return False


class _Anything(Test):
    def takes(self, value: Any) -> bool:  # noqa: ARG002
        return True


_UNKNOWN: Final = Test()
_ANYTHING: Final = _Anything()
_TEXT: Final = Test(str)
_BOOLEAN: Final = Test(bool)


class ManifestTest:
    """Tells whether the manifest of a kind is right, metadata aside; `root` is the kind's schema."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._required = tuple(name for name in root.required if name != "metadata")
        self._fields = _Object(root, ())

    def takes(self, content: dict[str, Any]) -> bool:
        """Tell whether an API server would take the fields of a manifest."""
        for name, value in content.items():
            if name in _ELSEWHERE:
                continue
            if name == "status":
                node = self._root.field(name)
                if node is None or not _known(node, value):
                    return False
            elif not self._fields.has(name, value):
                return False
        for name in self._required:  # noqa: SIM110 - twice as fast
            if content.get(name) is None:
                return False
        return True


@functools.cache
def manifest_test(root: Node) -> ManifestTest:
    """Give what says whether the manifest of a kind is right, metadata aside; `root` is the kind's schema."""
    return ManifestTest(root)


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


@functools.cache
def _test(node: Node) -> Test:
    """Give what tells whether a value that is not null fits a node."""
    kind = node.type
    if kind == "object":
        required = _required(node)
        if node.additional is not None and not node.field_names and not required:
            return _Map(node.additional)
        return _Object(node, required)
    if kind == "array":
        return _Array(node)
    if kind == "integer":
        return _Integer(node)
    if kind == "boolean":
        return _BOOLEAN
    bounds = _Bounds(node)
    if kind == "string":
        return _TEXT if bounds.none else _Text(bounds)
    if kind == "int-or-string":
        return _IntegerOrText(bounds)
    if kind == "number":
        return _Number(bounds)
    return _ANYTHING if bounds.none else _Bounded(bounds)


def _required(node: Node) -> tuple[str, ...]:
    """Give the fields that an object has to have, as no default stands for them."""
    needed = [(name, node.field(name)) for name in node.required]
    return tuple([name for name, child in needed if child is None or child.default is NOTHING])


class _Object(Test):
    """Takes maps with the right fields; a null stands for no field at all."""

    def __init__(self, node: Node, required: tuple[str, ...]) -> None:
        super().__init__()
        self._node = node
        self._required = required
        self._fields: dict[str, Test] = {}

    def takes(self, value: Any) -> bool:
        if type(value) is not dict:
            return False
        fields = self._fields
        for name, item in value.items():
            try:
                test = fields[name]
            except KeyError:
                test = self._field(name)
            if type(item) is test.whole_class:
                continue
            if item is None:
                if test is _UNKNOWN:
                    return False
            elif not test.takes(item):
                return False
        for name in self._required:  # noqa: SIM110 - twice as fast
            if value.get(name) is None:
                return False
        return True

    def has(self, name: str, value: Any) -> bool:
        """Tell whether it has a field, and that takes a value."""
        test = self._field(name)
        if value is None:
            return test is not _UNKNOWN
        return type(value) is test.whole_class or test.takes(value)

    def _field(self, name: str) -> Test:
        found = self._fields.get(name)
        if found is not None:
            return found
        node = self._node.field(name)
        if node is not None:
            self._fields[name] = made = _test(node)
            return made
        if self._node.additional is not None:  # not remembered: such names are free, and may be very many
            return _test(self._node.additional)
        return _UNKNOWN if self._node.closed else _ANYTHING


class _Map(Test):
    """Takes maps with free keys whose values fit."""

    def __init__(self, items: Node) -> None:
        super().__init__()
        self._test = _test(items)

    def takes(self, value: Any) -> bool:
        if type(value) is not dict:
            return False
        test = self._test
        wanted = test.whole_class
        for item in value.values():
            if type(item) is not wanted and item is not None and not test.takes(item):
                return False
        return True


class _Array(Test):
    """Takes lists whose entries fit, and differ where they have to."""

    def __init__(self, node: Node) -> None:
        super().__init__(list if node.items is None else None)
        self._items = node.items
        self._test = _ANYTHING if node.items is None else _test(node.items)
        self._of_texts = node.list_type == "set"
        self._keys = node.keys if node.list_type == "map" else ()

    def takes(self, value: Any) -> bool:
        if type(value) is not list:
            return False
        test = self._test
        wanted = test.whole_class
        for item in value:
            if type(item) is not wanted and (item is None or not test.takes(item)):
                return False
        if len(value) < 2:
            return True
        if self._of_texts:
            return len({repr(item) for item in value}) == len(value)
        return not self._keys or self._differ(value)

    def _differ(self, value: list[Any]) -> bool:
        """Tell whether the entries of a list, each a map that fits, differ in their keys."""
        if len(self._keys) == 1:
            first = self._keys[0]
            names = {item.get(first) for item in value}
            if len(names) == len(value) and None not in names:
                return True
        items = self._items
        named = (
            [repr(key) for key in (map_key(items, self._keys, item) for item in value) if key]
            if items
            else []
        )
        return len(set(named)) == len(named)


class _Integer(Test):
    """Takes whole numbers of a range."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._least, self._most = _range(node)
        self._bounds = _Bounds(node) if node.limit("enum") else None

    def takes(self, value: Any) -> bool:
        if type(value) is int:
            right = self._least <= value <= self._most
        else:
            right = is_integer(value) and self._least <= value <= self._most
        return right and (self._bounds is None or self._bounds.hold(value))


def _range(node: Node) -> tuple[int, int]:
    least, most = node.limit("minimum"), node.limit("maximum")
    ends = (-(2**31), 2**31 - 1) if node.limit("format") == "int32" else (_LEAST, _MOST)
    return max(ends[0], ends[0] if least is None else least), min(ends[1], ends[1] if most is None else most)


class _Bounds:
    """The bounds that a node sets to values of its type: a pattern, words, ends; or none."""

    def __init__(self, node: Node) -> None:
        pattern = node.limit("pattern")
        self._values: Any = node.limit("enum")
        self._least: Any = node.limit("minimum")
        self._most: Any = node.limit("maximum")
        if node.limit("format") == "int32":
            self._least, self._most = _range(node)
        self._search: Any = compiled(pattern).search if pattern else None
        self._matched: set[str] = set()
        self._of_quantities = node.name == _QUANTITY
        of_texts = not self._values and self._least is None and self._most is None
        self.none = not pattern and of_texts

    def hold(self, value: Any) -> bool:
        """Tell whether a value of the right type keeps them."""
        if isinstance(value, str) and self._search is not None and not self._matches(value):
            return False
        if self._values and value not in self._values:
            return False
        return (self._least is None or value >= self._least) and (self._most is None or value <= self._most)

    def _matches(self, text: str) -> bool:
        """Tell whether a text has the form; remembers those that had it, as few are written very often."""
        if text in self._matched or (self._of_quantities and is_plain_quantity(text)):
            return True
        if self._search(text) is None:
            return False
        if len(self._matched) >= _MOST_TEXTS:
            self._matched.clear()
        self._matched.add(text)
        return True


class _Bounded(Test):
    """Takes what keeps the bounds."""

    def __init__(self, bounds: _Bounds) -> None:
        super().__init__()
        self._bounds = bounds

    def takes(self, value: Any) -> bool:
        return self._bounds.hold(value)


class _Text(_Bounded):
    def takes(self, value: Any) -> bool:
        return type(value) is str and self._bounds.hold(value)


class _IntegerOrText(_Bounded):
    def takes(self, value: Any) -> bool:
        return self._bounds.hold(value) if type(value) is str else is_integer(value)


class _Number(_Bounded):
    def takes(self, value: Any) -> bool:
        return is_number(value) and self._bounds.hold(value)


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
