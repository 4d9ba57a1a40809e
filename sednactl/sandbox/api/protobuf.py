"""Reads objects in Kubernetes' protobuf encoding, in which kubectl's typed commands send them.

Reading only: every client that sends it accepts JSON, too. The result is what the
JSON would be, but that fields without a value may stand there empty, which admission
takes for absent. Numbers and names of the fields come from schemas/kubernetes.
"""

from __future__ import annotations

import base64
import functools
import json
import struct
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from sednactl.packaged import schemas_dir
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.text import Json, decode

PROTOBUF = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\0"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_DEEPEST = 64


def read_protobuf(data: bytes) -> Json:
    """Read one object with its envelope. Raises Refusal BadRequest for what is none, or of a kind that is not known."""
    try:
        return _read(data)
    except (ValueError, IndexError, TypeError, AttributeError, OverflowError, OSError, struct.error):
        # A field of another wire type than its message says, a time beyond the calendar, a text that is none.
        raise Refusal("BadRequest", "the body is no object in Kubernetes' protobuf encoding") from None


def _read(data: bytes) -> Json:
    if not data.startswith(_MAGIC):
        raise ValueError("no magic number")
    envelope = {number: value for number, _, value in _fields(data[len(_MAGIC) :])}
    meta = {number: bytes(value).decode() for number, _, value in _fields(envelope.get(1, b""))}
    api_version, kind = meta.get(1, ""), meta.get(2, "")
    table = _table()
    name = table["kinds"].get(f"{api_version} {kind}")
    if kind == "DeleteOptions":
        name = "meta/v1.DeleteOptions"
    if name is None:
        raise Refusal("BadRequest", f'no kind "{kind}" is registered for version "{api_version}"')
    content = _message(envelope.get(2, b""), name, _DEEPEST)
    return {"apiVersion": api_version, "kind": kind, **content}


def _fields(data: bytes) -> Iterator[tuple[int, int, Any]]:
    """Give each field's number, wire type and value: an int, or bytes."""
    position, end = 0, len(data)
    while position < end:
        tag, position = _varint(data, position)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, position = _varint(data, position)
            yield number, wire, value
            continue
        if wire == _BYTES:
            size, position = _varint(data, position)
        elif wire in (_FIXED64, _FIXED32):
            size = 8 if wire == _FIXED64 else 4
        else:
            raise ValueError(f"wire type {wire}")
        if position + size > end:
            raise ValueError("cut off")
        yield number, wire, data[position : position + size]
        position += size


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift > 63:
            raise ValueError("number too long")


def _message(data: bytes, name: str, deep: int) -> Any:
    if not deep:
        raise ValueError("too deep")
    special = _SPECIAL.get(name)
    if special is not None:
        return special(data)
    result: Json = {}
    fields = _table()["types"][name]
    for number, wire, value in _fields(data):
        spelled = fields.get(str(number))
        if spelled is None:
            continue  # a field of a newer release
        field, _, kind = spelled.partition(":")
        if not field:
            result.update(_value(value, wire, kind, deep))
        elif kind.startswith("*"):
            result.setdefault(field, []).append(_value(value, wire, kind[1:], deep))
        elif kind.startswith("%"):
            entry = {part: (kind_of, item) for part, kind_of, item in _fields(value)}
            key = bytes(entry[1][1]).decode() if 1 in entry else ""
            default: Any = (_BYTES, b"")
            result.setdefault(field, {})[key] = _value(entry.get(2, default)[1], _BYTES, kind[1:], deep)
        else:
            result[field] = _value(value, wire, kind, deep)
    return result


def _value(value: Any, wire: int, kind: str, deep: int) -> Any:
    if wire == _VARINT:
        if kind == "bool":
            return bool(value)
        return value - (1 << 64) if value >= 1 << 63 else value
    if kind == "string":
        return value.decode()
    if kind == "bytes":
        return base64.b64encode(value).decode()
    if kind == "double":
        return struct.unpack("<d", value)[0]
    return _message(value, kind, deep - 1)


def _time(data: bytes, *, micro: bool = False) -> str | None:
    parts = {number: value for number, _, value in _fields(data)}
    seconds = parts.get(1, 0)
    if not seconds:
        return None
    then = datetime.fromtimestamp(seconds - (1 << 64) if seconds >= 1 << 63 else seconds, timezone.utc)
    text = then.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{parts.get(2, 0) // 1000:06d}Z" if micro else f"{text}Z"


def _quantity(data: bytes) -> str:
    return next((value.decode() for number, _, value in _fields(data) if number == 1), "0")


def _int_or_string(data: bytes) -> int | str:
    parts = {number: value for number, _, value in _fields(data)}
    return bytes(parts.get(3, b"")).decode() if parts.get(1) else int(parts.get(2, 0))


def _raw(data: bytes) -> Any:
    text = next((value for number, _, value in _fields(data) if number == 1), b"")
    return decode(text) if text else None


_SPECIAL: dict[str, Any] = {
    "meta/v1.Time": _time,
    "meta/v1.MicroTime": functools.partial(_time, micro=True),
    "meta/v1.FieldsV1": _raw,
    "api/resource.Quantity": _quantity,
    "util/intstr.IntOrString": _int_or_string,
    "pkg/runtime.RawExtension": _raw,
}


@functools.cache
def _table() -> Json:
    table: Json = json.loads((schemas_dir() / "kubernetes" / "protobuf-1.32.json").read_bytes())
    return table
