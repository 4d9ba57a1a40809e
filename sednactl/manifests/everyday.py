"""A quick reader of everyday YAML: blocks of `key: value` and `- entry`, a line at a time.

Nearly every manifest is written in a small part of YAML: maps and lists by indentation, names of
plain letters, scalars on one line, comments. This module reads that part many times faster than
libyaml builds its nodes, without loading it, and declines whatever else it meets (anchors, tags,
flow collections, blocks of text, escapes, doubled keys, every error): `yaml_text` reads that. So it
never decides that a document is wrong, and a test holds every value and place against `yaml_text`.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from sednactl.manifests.document import Position
from sednactl.manifests.scalars import NotJson, json_number, plain

LONGEST = 256 * 1024
"""Characters of a document that is read here; anything larger is worth the start of libyaml."""
_DEEPEST = 60
_MOST_LINES_KNOWN = 20_000
_LONGEST_LINE = 400

_PLAIN = r"(?:[A-Za-z0-9_./+($~]|-+(?=[A-Za-z0-9]))(?:(?::| +)?[A-Za-z0-9_./@+=%~,()$\"'<>|&*!?;^\\{}\[\]-])*"
_LINE = re.compile(
    r"( *)(?:-( +))?"
    r"(?:([A-Za-z_][A-Za-z0-9_./-]*):(?=[ ]|\Z)( *))?"
    rf"({_PLAIN}|\"[ !#-\[\]-~]*\"|'[ -&(-~]*'|\{{\}}|\[\])?"
    r"(?: +#[ -~]*)? *"
)
_REMARK = re.compile(r" *(?:#[ -~]*)?")

_NOTHING, _KEY_AND_VALUE, _KEY, _ENTRY = range(4)
_Read = tuple[int, int, int, str, Any, int]
"""One line: what it is, the columns (from 0) of its dash (-1 without one) and key, key, value, the value's column."""
_SKIPPED: _Read = (_NOTHING, -1, 0, "", None, 0)

_known: dict[str, _Read | None] = {}
"""Lines that were read before: manifests repeat most of theirs, and each other's."""


class _Empty:
    """Stands for `{}` or `[]` in a line, as every document needs one of its own."""

    def __init__(self, make: type) -> None:
        self.make = make


_EMPTY = {"{}": _Empty(dict), "[]": _Empty(list)}


class Marks:
    """Where a map or list begins (line and column from 0), and the places of what it holds.

    `lines` has the line of each key, or of each entry's dash; `below` the marks of the maps and
    lists among them.
    """

    __slots__ = ("below", "column", "line", "lines")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column
        self.lines: dict[str | int, int] = {}
        self.below: dict[str | int, Marks] = {}


def load(text: str) -> tuple[Any, int] | None:
    """Give the value of a document and the line (from 0) on which it begins; None where libyaml must look."""
    found = _read(text, None)
    return None if found is None else (found[0], found[1])


def locate(text: str, path: tuple[str | int, ...], *, key: bool = False) -> Position | None:
    """Find what stands at a path as `yaml_text.locate` does, lines from 1; None where that must look."""
    found = _marked(text)
    if found is None:
        return None
    marks, lines = found
    line, column = marks.line, marks.column
    for step in path:
        at = marks.lines.get(step) if type(step) is str or type(step) is int else None
        if at is None:
            break
        _kind, _dash, key_column, _, _, value_column = _line(lines[at]) or _SKIPPED
        below = marks.below.get(step)
        if key and type(step) is str:
            line, column = at, key_column
        elif below is not None:
            line, column = below.line, below.column
        else:
            line, column = at, value_column
        if below is None:
            break
        marks = below
    return Position(line + 1, column + 1)


@functools.lru_cache(maxsize=1)
def _marked(text: str) -> tuple[Marks, list[str]] | None:
    """Give the places in the last document that was asked about."""
    marks: list[Marks] = []
    if _read(text, marks) is None:
        return None
    return marks[0], text.split("\n")


def _line(line: str) -> _Read | None:
    try:
        return _known[line]
    except KeyError:
        pass
    read = _read_line(line)
    if len(_known) >= _MOST_LINES_KNOWN:
        _known.clear()
    _known[line] = read
    return read


def _read_line(line: str) -> _Read | None:
    if len(line) > _LONGEST_LINE:
        return None
    if _REMARK.fullmatch(line):
        return _SKIPPED
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    indent, gap, key, space, value = found.groups()
    column = len(indent)
    dash = -1
    if gap is not None:
        dash = column
        column += 1 + len(gap)
    if key is None:
        if dash < 0 or value is None:
            return None
        means = _meaning(value)
        return None if means is _UNREAD else (_ENTRY, dash, column, "", means, column)
    if type(plain(key)) is not str:  # yes, no, null …
        return None
    behind = column + len(key) + 1
    if value is None:
        return (_KEY, dash, column, key, None, behind)
    means = _meaning(value)
    return None if means is _UNREAD else (_KEY_AND_VALUE, dash, column, key, means, behind + len(space))


_UNREAD = object()


def _meaning(word: str) -> Any:
    if word[0] in "\"'":
        return word[1:-1]
    if word in _EMPTY:
        return _EMPTY[word]
    try:
        means = plain(word)
    except NotJson:
        return _UNREAD
    return json_number(means) if type(means) is float else means


def _read(text: str, marks: list[Marks] | None) -> tuple[Any, int] | None:
    """Read a document; with `marks`, put the places in it (of the whole document, first) into that list.

    `holder` is the map or list that lines belong to at the moment, `column` where its keys or
    dashes stand; `waiting` is a key that has no value yet, which the next line may give it.
    """
    if len(text) > LONGEST:
        return None
    known = _known
    holder: Any = None
    column = -1
    waiting: str | None = None
    outer: list[tuple[Any, int, Marks | None]] = []
    here: Marks | None = None
    root: Any = None
    first = 0
    number = -1
    for line in text.split("\n"):
        number += 1
        try:
            read = known[line]
        except KeyError:
            read = _line(line)
        if read is None:
            return None
        kind, dash, key_column, key, value, _ = read
        if kind == _NOTHING:
            continue
        begins = key_column if dash < 0 else dash
        made: Any = None
        if waiting is not None and (begins > column or (begins == column and dash >= 0)):
            made = {} if dash < 0 else []
            holder[waiting] = made
            if here is not None:
                below = here.below[waiting] = Marks(number, begins)
                outer.append((holder, column, here))
                here = below
            else:
                outer.append((holder, column, None))
            holder, column, waiting = made, begins, None
            if len(outer) > _DEEPEST:
                return None
        elif root is None:
            root = holder = {} if dash < 0 else []
            column, first = begins, number
            if marks is not None:
                here = Marks(number, begins)
                marks.append(here)
        else:
            waiting = None  # its value is null, as it stands there already
            wanted = dict if dash < 0 else list
            while column > begins or (column == begins and type(holder) is not wanted):
                if not outer:
                    return None
                holder, column, here = outer.pop()
            if column != begins:
                return None
        if dash >= 0:
            if here is not None:
                here.lines[len(holder)] = number
            if kind == _ENTRY:
                holder.append(value.make() if type(value) is _Empty else value)
                continue
            made = {}
            if here is not None:
                below = here.below[len(holder)] = Marks(number, key_column)
                outer.append((holder, column, here))
                here = below
            else:
                outer.append((holder, column, None))
            holder.append(made)
            holder, column = made, key_column
        if key in holder:
            return None
        if here is not None:
            here.lines[key] = number
        if kind == _KEY:
            holder[key] = None
            waiting = key
        else:
            holder[key] = value.make() if type(value) is _Empty else value
    return None if root is None else (root, first)
