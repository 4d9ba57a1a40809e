"""A stream of JSON documents, read as kubectl does: a file that begins with `{` is JSON, nothing else.

Doubled keys are refused with both lines, whole numbers lose their point as they
do in Go, and positions are found by a small scanner only when asked for.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.manifests.chunk import template_in
from sednactl.manifests.document import Position
from sednactl.manifests.lines import lines_of
from sednactl.manifests.scalars import json_number

_BLANK = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r'["\[\]{}:,]|[^\s\[\]{}:,"]+')
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Doubled(ValueError):
    """An object has one key twice."""


def load_stream(text: str, file: str, deepest: int) -> Iterator[tuple[Any, int, int]]:
    """Give each document's value with the offsets where it begins and ends. Raises InvalidInput."""
    _measure_depth(text, file, deepest)
    decoder = json.JSONDecoder(
        object_pairs_hook=_object, parse_float=_float, parse_int=_integer, parse_constant=_refuse_constant
    )
    escapes = "\\u" in text
    at = _skip(text, 0)
    while at < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
        except _Doubled as error:
            raise _doubled(text, file, at, str(error)) from None
        except json.JSONDecodeError as error:
            raise template_in(text, file) or InvalidInput(
                f"{file}:{error.lineno}:{error.colno}: not valid JSON: {_lower(error.msg)}",
                hint=_hint(error.msg, text, error.pos),
            ) from None
        except ValueError as error:
            hint = "put it in double quotes if it is meant as text"
            raise InvalidInput(f"{file}:{_line(text, at)}:1: not valid JSON: {error}", hint=hint) from None
        yield _without_surrogates(value) if escapes else value, at, end
        at = _skip(text, end)


def locate(text: str, begin: int, path: tuple[str | int, ...], *, key: bool = False) -> Position:
    """Find where the value at `path` stands in the document that begins at offset `begin`, or its key."""
    at = begin
    for key_at, value_at in _way(text, begin, path):
        at = key_at if key else value_at
    return lines_of(text).position(at)


def _way(text: str, begin: int, path: tuple[str | int, ...]) -> Iterator[tuple[int, int]]:
    at = begin
    for step in path:
        found = _entries_at(text, at).get(step)
        if found is None:
            return
        yield found
        at = found[1]


@functools.lru_cache(maxsize=1)
def _known(text: str) -> dict[int, dict[str | int, tuple[int, int]]]:  # noqa: ARG001 - the cache's key
    return {}


def _entries_at(text: str, begin: int) -> dict[str | int, tuple[int, int]]:
    # Kept for the last text: a long list with many findings is scanned once, not once a finding.
    known = _known(text)
    if begin not in known:
        known[begin] = {name: (key_at, value_at) for name, key_at, value_at in _entries(text, begin)}
    return known[begin]


def _entries(text: str, begin: int) -> Iterator[tuple[str | int, int, int]]:
    """Give name or index, offset of the key and offset of the value, for what a container holds."""
    if text[begin : begin + 1] not in ("{", "["):
        return
    named = text[begin] == "{"
    depth, index, name, fresh = 1, 0, None, True
    key_at = begin
    for at, word in _tokens(text, begin + 1):
        if depth == 1 and fresh and word not in ("}", "]", ":", ","):
            if named and name is None:
                name, key_at = scanstring(text, at + 1)[0], at
                continue
            yield (name if name is not None else index), (key_at if named else at), at
            index, name, fresh = index + 1, None, False
        if word in ("{", "["):
            depth += 1
        elif word in ("}", "]"):
            depth -= 1
            if depth == 0:
                return
        elif word == "," and depth == 1:
            fresh = True


def _doubled(text: str, file: str, begin: int, key: str) -> InvalidInput:
    # The decoder does not say where: go through the objects once more, all open ones at a time.
    lines = lines_of(text)
    open_ones: list[dict[str, int] | None] = []
    name_next = False
    for at, word in _tokens(text, begin):
        if word in ("{", "["):
            open_ones.append({} if word == "{" else None)
            name_next = word == "{"
        elif word in ("}", "]"):
            open_ones.pop()
            name_next = False
        elif word == ",":
            name_next = bool(open_ones) and open_ones[-1] is not None
        elif name_next and word == '"':
            seen, name = open_ones[-1], scanstring(text, at + 1)[0]
            name_next = False
            if name == key and seen is not None and seen.setdefault(name, at) != at:
                place, first = lines.position(at), lines.position(seen[name])
                return InvalidInput(
                    f"{file}:{place.line}:{place.column}: "
                    f"the key '{key}' is given twice, first on line {first.line}",
                    hint="keep one; kubectl would silently take the last",
                )
    return InvalidInput(
        f"{file}:{lines.position(begin).line}:1: the key '{key}' is given twice",
        hint="keep one; kubectl would silently take the last",
    )


def _tokens(text: str, at: int) -> Iterator[tuple[int, str]]:
    """Give offset and text of every token; of a string only its opening quote. Ends at the first broken one."""
    while True:
        token = _TOKEN.search(text, at)
        if token is None:
            return
        word, at = token.group(), token.end()
        if word == '"':
            try:
                at = scanstring(text, at)[1]
            except ValueError:
                return  # the decoder says so, with the place
        yield token.start(), word


def _hint(message: str, text: str, at: int) -> str:
    from sednactl.manifests.mending_hints import of_json

    return of_json(message, text, at)


def _measure_depth(text: str, file: str, deepest: int) -> None:
    if text.count("[") + text.count("{") <= deepest:
        return
    depth = 0
    for at, word in _tokens(text, 0):
        if word in ("{", "["):
            depth += 1
            if depth > deepest:
                raise InvalidInput(
                    f"{file}:{_line(text, at)}:{at - text.rfind(chr(10), 0, at)}: "
                    f"nested deeper than {deepest} levels",
                    hint="no manifest is so deep: close the brackets that are open",
                )
        elif word in ("}", "]"):
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Doubled(key)
            seen.add(key)
    return result


def _float(text: str) -> int | float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text[:20]} is too large")
    return json_number(value)


def _integer(text: str) -> int | float:
    if len(text) < 19:
        return int(text)
    if len(text) > 400:
        raise ValueError(f"the number {text[:20]}… is too large")
    value = int(text)
    return value if -(2**63) <= value < 2**63 else float(value)


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} has no place in JSON")


def _without_surrogates(value: Any) -> Any:
    # Go turns half a surrogate pair into U+FFFD; left alone it could never be sent.
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]
