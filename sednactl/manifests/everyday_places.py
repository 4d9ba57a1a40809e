"""Where things stand in everyday YAML: the walk of `everyday` once more, for whoever asks for a place."""

from __future__ import annotations

import functools

from sednactl.manifests.document import Position
from sednactl.manifests.everyday import LONGEST
from sednactl.manifests.everyday_lines import ENTRY, ENTRY_KEY, FRESH, KEY, NOTHING, VALUE, Declined, line_of


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


def locate(text: str, path: tuple[str | int, ...], *, key: bool = False) -> Position | None:
    """Find what stands at a path as `yaml_text.locate` does, lines from 1; None where that must look."""
    marks = _marked(text)
    if marks is None:
        return None
    line, column = marks.line, marks.column
    for number, step in enumerate(path, 1):
        at = marks.lines.get(step) if type(step) is str or type(step) is int else None
        if at is None:
            break
        below = marks.below.get(step)
        if key and type(step) is str:
            line, column = at, _columns(text, at)[0]
        elif below is not None:
            line, column = below.line, below.column
        else:
            line, column = at, _columns(text, at)[1]
        if below is None:
            if number < len(path) and _in_brackets(text, at):
                return None
            break
        marks = below
    return Position(line + 1, column + 1)


def _columns(text: str, number: int) -> tuple[int, int]:
    """Give the columns of a line's key and of its value; for an entry that of its value twice."""
    line = text.split("\n", number + 1)[number]
    kind, level, inner, _, _ = line_of(line)
    column = inner // 2 if level & 1 else level // 2
    if kind % FRESH == ENTRY:
        column = level // 2 + 1
        behind = column
    else:
        behind = line.index(":", column) + 1  # keys hold none here
    value = line[behind:].lstrip(" ")
    if not value or value[0] == "#":  # null, and libyaml says that it stands behind the colon
        return column, behind
    behind = len(line) - len(value)
    return (behind if kind % FRESH == ENTRY else column), behind


def _in_brackets(text: str, number: int) -> bool:
    """Tell whether a line holds a map or list in brackets, in which nothing is found here."""
    kind, _, _, _, value = line_of(text.split("\n", number + 1)[number])
    return kind >= FRESH and value not in (dict, list)


@functools.lru_cache(maxsize=1)
def _marked(text: str) -> Marks | None:
    """Give the places in the last document that was asked about."""
    if len(text) > LONGEST:
        return None
    try:
        return _read(text)
    except Declined:
        return None


def _read(text: str) -> Marks | None:
    """Read a document as `everyday.load` does. Raises Declined."""
    root = here = Marks(0, 0)
    level = -1
    waiting: str | None = ""
    outer: list[tuple[Marks, int]] = []
    for number, line in enumerate(text.split("\n")):
        kind, begins, inner, key, _ = line_of(line)
        if kind == NOTHING:
            continue
        if begins > level:
            if waiting is None:
                return None
            outer.append((here, level))
            below = here.below[waiting] = Marks(number, begins // 2)
            here, level = below, begins
        while level > begins:
            here, level = outer.pop()
        if level != begins:
            return None
        what = kind % FRESH
        if what in (ENTRY, VALUE, KEY):
            name: str | int = key if what != ENTRY else len(here.lines)
            if name in here.lines:
                return None
            here.lines[name] = number
        else:
            here.lines[len(here.lines)] = number
            below = here.below[len(here.lines) - 1] = Marks(number, inner // 2)
            outer.append((here, level))
            here, level = below, inner
            here.lines[key] = number
        waiting = key if what in (KEY, ENTRY_KEY) else None
    return root.below.get("")
