"""Reads an object of a built-in kind as kube-apiserver's Go types would take it.

What the type does not know is left out and noted; null is "nothing said"; empty
values of fields that are no pointers vanish; quantities and times take their
canonical spelling. A value of the wrong type ends the reading, worded as Go's
JSON decoder words it.
"""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.writing.quantities import REFUSED, read_quantity
from sednactl.sandbox.api.writing.structure import ANY, Node
from sednactl.validation.metadata import read_time

_INTEGERS = {"int32": 31, "int64": 63, "": 63}
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_STRING, _INT32 = Node("string"), Node("integer")
_INT32.format = "int32"


class Undecodable(Exception):
    """A value that the Go type cannot hold; the text is Go's."""


class Reading:
    """One reading of one object. `unknown` are the paths of fields left out, in the order of the document."""

    def __init__(self) -> None:
        self.unknown: list[str] = []
        self._path: list[str] = []
        self._owner = ""
        self._above = 0

    def at(self, name: str) -> None:
        """Say that the reading begins at a field of the object instead of at its root."""
        self._path.append(f".{name}")
        self._above = 1

    def object(self, node: Node, value: Any) -> dict[str, Any]:
        """Read an object, or a map."""
        if type(value) is not dict:
            raise self._wrong(value, node)
        result: dict[str, Any] = {}
        fields = node.fields
        if not fields:
            values = node.values
            if values is None:
                return dict(value) if node.preserve else {}
            for key, item in value.items():
                result[key] = self._map_value(values, item)
            return result
        path = self._path
        above, self._owner = self._owner, node.go
        for key, item in value.items():
            child = fields.get(key)
            if child is None:
                path.append(f".{key}")
                self.unknown.append("".join(path)[1:])
                path.pop()
            elif item is not None:
                path.append(f".{key}")
                read = self.value(child, item)
                path.pop()
                # a non-pointer's zero is not written, so that it looks as if nothing had been said
                if read or child.kept:
                    # what is stored cannot tell an empty list from none
                    result[key] = None if read == [] and child.zero is None else read
        self._owner = above
        return result

    def value(self, node: Node, value: Any) -> Any:
        """Read any value that is not null."""
        kind = node.kind
        if kind == "string" or kind == "bytes":
            if type(value) is not str:
                raise self._wrong(value, node)
            if kind == "bytes":
                _check_base64(value)
            return value
        if kind == "object":
            return self.object(node, value)
        if kind == "array":
            return self._array(node, value)
        if kind == "integer":
            return self._integer(node, value)
        if kind == "boolean":
            if type(value) is not bool:
                raise self._wrong(value, node)
            return value
        if kind == "quantity":
            quantity = read_quantity(value)
            if quantity is None:
                raise Undecodable(REFUSED)
            return quantity
        if kind == "int-or-string":
            if type(value) is int or type(value) is str:
                return value
            raise self._wrong(value, _INT32)
        if kind == "time" or kind == "micro-time":
            if type(value) is not str:
                raise self._wrong(value, _STRING)
            return _read_time(value, micro=kind == "micro-time")
        if kind == "number":
            if type(value) is not int and type(value) is not float:
                raise self._wrong(value, node)
            return value
        return value

    def _map_value(self, node: Node, value: Any) -> Any:
        if value is not None:
            return self.value(node, value)
        return {
            "string": "",
            "bytes": "",
            "quantity": "0",
            "array": None,
            "integer": 0,
            "boolean": False,
        }.get(node.kind, {})

    def _array(self, node: Node, value: Any) -> list[Any]:
        if type(value) is not list:
            raise self._wrong(value, node)
        items = node.items or ANY
        if items.kind == "string":
            for item in value:
                if type(item) is not str and item is not None:
                    raise self._wrong(item, items)
            return [item or "" for item in value]
        path = self._path
        result = []
        for index, item in enumerate(value):
            path.append(f"[{index}]")
            result.append(self._map_value(items, item))
            path.pop()
        return result

    def _integer(self, node: Node, value: Any) -> int:
        bits = _INTEGERS[node.format if node.format in _INTEGERS else ""]
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int or not -(2**bits) <= value < 2**bits:
            if type(value) in (int, float):
                raise self._wrong(value, node, f"number {value}")
            raise self._wrong(value, node)
        return value

    def _wrong(self, value: Any, node: Node, word: str = "") -> Undecodable:
        names = "".join(part for part in self._path[self._above :] if not part.startswith("["))[1:]
        place = f"Go struct field {self._owner.rpartition('.')[2]}.{names}" if names else "Go value"
        return Undecodable(
            f"json: cannot unmarshal {word or _json_word(value)} into {place} of type {_go_word(node)}"
        )


def _check_base64(text: str) -> None:
    plain = text.replace("\r", "").replace("\n", "")
    for index, letter in enumerate(plain):
        if letter not in _BASE64 and not (letter == "=" and index >= len(plain) - 2):
            raise Undecodable(f"illegal base64 data at input byte {index}")
    if len(plain) % 4:
        raise Undecodable(f"illegal base64 data at input byte {len(plain) - len(plain) % 4}")


def _read_time(value: str, *, micro: bool) -> str | None:
    layout = "2006-01-02T15:04:05.000000Z07:00" if micro else "2006-01-02T15:04:05Z07:00"
    read = read_time(value)
    if read is None:
        raise Undecodable(f'parsing time "{value}" as "{layout}": cannot parse "{value}" as "2006"')
    moment, fraction = read
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{fraction[:6]:0<6}Z" if micro else f"{text}Z"


def _json_word(value: Any) -> str:
    if value is None:
        return "null"
    for kind, word in ((bool, "bool"), (str, "string"), (list, "array"), (dict, "object")):
        if isinstance(value, kind):
            return word
    return "number"


def _go_word(node: Node) -> str:
    if node.go:
        return ".".join(node.go.rpartition("/")[2].split("."))
    if node.kind == "array":
        return f"[]{_go_word(node.items)}" if node.items else "[]interface {}"
    if node.values is not None and node.values.kind == "quantity":
        return "v1.ResourceList"
    if node.kind == "object":
        return f"map[string]{_go_word(node.values)}" if node.values else "map[string]interface {}"
    words = {"boolean": "bool", "number": "float64", "quantity": "resource.Quantity", "bytes": "[]uint8"}
    return node.format or words.get(node.kind, node.kind)
