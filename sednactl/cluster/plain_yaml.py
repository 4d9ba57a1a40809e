"""The YAML that kubectl itself writes into kubeconfigs, read without a YAML library.

Importing one costs more than all else that is done before the first request.
Only block mappings and lists of short plain or simply quoted scalars are read
here; at anything else `read_plain` gives up, and the library reads the file.
What it does read means the same to the library; a test compares the two.
"""

from __future__ import annotations

from typing import Any

_LARGEST = 1_000_000
_DEEPEST = 40
_KEY = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-")
_PLAIN = _KEY | frozenset(" :+=@,")
_FIRST = _KEY - {"-"}
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None, "{}": {}, "[]": []}
_OTHER_WORDS = frozenset(("yes", "no", "on", "off", "true", "false", "null", "y", "n", "=", "<<"))
_Line = tuple[int, str]


class _GivesUp(Exception):
    """Something that only a YAML library should read."""


def read_plain(data: bytes) -> dict[str, Any] | None:
    """Read a kubeconfig as kubectl writes it; None for anything else."""
    if len(data) > _LARGEST or not data.isascii() or b"\t" in data or b"\r" in data:
        return None
    lines: list[_Line] = []
    for line in data.decode("ascii").split("\n"):
        content = line.lstrip(" ")
        if content and not content.startswith("#"):
            lines.append((len(line) - len(content), content))
    if not lines or lines[0][0] != 0:
        return None
    try:
        value, end = _block(lines, 0, 0)
    except _GivesUp:
        return None
    return value if end == len(lines) and isinstance(value, dict) else None


def _block(lines: list[_Line], at: int, indent: int) -> tuple[Any, int]:
    if indent > _DEEPEST:
        raise _GivesUp
    return _list(lines, at, indent) if lines[at][1].startswith("- ") else _mapping(lines, at, indent)


def _mapping(lines: list[_Line], at: int, indent: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while at < len(lines) and lines[at][0] == indent and not lines[at][1].startswith("- "):
        key, colon, text = lines[at][1].partition(":")
        plain = key and _KEY.issuperset(key) and key[0] != "-" and key.lower() not in _OTHER_WORDS
        if not plain or not colon or key in found or (text and text[0] != " "):
            raise _GivesUp
        at += 1
        if text:
            found[key] = _scalar(text[1:])
        elif at < len(lines) and lines[at][0] > indent:
            found[key], at = _block(lines, at, lines[at][0])
        elif at < len(lines) and lines[at][0] == indent and lines[at][1].startswith("- "):
            found[key], at = _list(lines, at, indent)
        else:
            found[key] = None
    if at < len(lines) and lines[at][0] > indent:
        raise _GivesUp
    return found, at


def _list(lines: list[_Line], at: int, indent: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    while at < len(lines) and lines[at][0] == indent and lines[at][1].startswith("- "):
        text = lines[at][1][2:]
        if text[:1] not in "'\"" and (": " in text or text.endswith(":")):
            lines[at] = (indent + 2, text)
            value, at = _mapping(lines, at, indent + 2)
        else:
            value, at = _scalar(text), at + 1
            if at < len(lines) and lines[at][0] > indent:
                raise _GivesUp
        found.append(value)
    return found, at


def _scalar(text: str) -> Any:
    if text in _CONSTANTS:
        value = _CONSTANTS[text]
        return value.copy() if isinstance(value, (dict, list)) else value
    if text[:1] in ("'", '"'):
        inner = text[1:-1]
        if (
            len(text) < 2
            or text[-1] != text[0]
            or text[0] in inner
            or "\\" in inner
            or not inner.isprintable()
        ):
            raise _GivesUp
        return inner
    starts = text[:1] in _FIRST or (text[:1] == "-" and text[1:2] in _KEY and text[1:2])
    if (
        not text
        or not starts
        or not _PLAIN.issuperset(text)
        or text[-1] in " :"
        or ": " in text
        or text.lower() in _OTHER_WORDS
        or text.startswith(("---", "..."))
    ):
        raise _GivesUp
    return text
