"""Small changes to a document, as data: what becomes of its value, and which characters of its text that takes.

A change that cannot be made without touching more than is meant raises Unsafe: comments stay, and so
does everything around.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sednactl.manifests.pieces import Entry, Piece, under
from sednactl.manifests.scalars import json_number, plain
from sednactl.manifests.writing import flow, scalar
from sednactl.records import Record

Path = tuple["str | int", ...]
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_INDENT = re.compile(r"[ ]*")


class Unsafe(Exception):
    """A change cannot be made in the text alone; says why."""


@dataclass(frozen=True)
class Replace:
    """Another value for the scalar at a path."""

    path: Path
    value: str | int | float


@dataclass(frozen=True)
class Quote:
    """The scalar at a path as text, character by character as it is written."""

    path: Path


@dataclass(frozen=True)
class Unquote:
    """The text at a path as the number or the boolean that it spells."""

    path: Path


@dataclass(frozen=True)
class Rename:
    """Another key for what stands at a path."""

    path: Path
    key: str


@dataclass(frozen=True)
class Remove:
    """Nothing at a path: the key with its value, or the entry of a list."""

    path: Path


@dataclass(frozen=True)
class Insert:
    """One more key, before the others, in the map at a path; a map to be put there is given as its pairs."""

    path: Path
    key: str
    value: str | int | tuple[tuple[str, str | int], ...]

    @property
    def content(self) -> Any:
        """Give the value as it will be read."""
        return dict(self.value) if isinstance(self.value, tuple) else self.value


Change = Replace | Quote | Unquote | Rename | Remove | Insert


def place_of(change: Change) -> Path:
    """Give the path that is another one afterwards."""
    return (*change.path, change.key) if isinstance(change, Insert) else change.path


class Splice(Record):
    """Characters of a text from an offset to another, and what stands there afterwards."""

    begin: int
    end: int
    text: str


class Way(Record):
    """How a path runs through the pieces: the entry at its end, what holds that, and whether any of it is flow."""

    entry: Entry | None
    owner: Piece | None
    piece: Piece
    in_flow: bool


def way_to(root: Piece, path: Path) -> Way:
    """Follow a path. Raises Unsafe where it leads nowhere in the text."""
    piece, entry, owner = root, None, None
    in_flow = False
    for step in path:
        in_flow = in_flow or piece.style == "flow"
        owner, entry = piece, piece.entry(step)
        if entry is None:
            raise Unsafe("its place in the text is not clear")
        piece = entry.value
    return Way(entry, owner, piece, in_flow)


def splice_of(text: str, root: Piece, change: Change, *, as_json: bool) -> Splice:
    """Give what a change takes in a text. Raises Unsafe."""
    way = way_to(root, change.path)
    if isinstance(change, Replace):
        return _written(text, way.piece, change.value, in_flow=way.in_flow)
    if isinstance(change, Quote):
        if way.piece.kind != "scalar" or way.piece.style or way.piece.tagged:
            raise Unsafe("it is not written as a plain word")
        return Splice(way.piece.begin, way.piece.end, f'"{text[way.piece.begin : way.piece.end]}"')
    if isinstance(change, Unquote):
        if way.piece.style not in ("'", '"') or way.piece.tagged:
            raise Unsafe("it is not written in quotes")
        return Splice(way.piece.begin, way.piece.end, text[way.piece.begin + 1 : way.piece.end - 1])
    if isinstance(change, Insert):
        return _inserted(text, way.piece, change, as_json=as_json)
    if way.entry is None or way.owner is None:
        raise Unsafe("it is the whole document")
    if isinstance(change, Rename):
        if way.entry.key is None:
            raise Unsafe("it has no key")
        return _written(text, way.entry.key, change.key, in_flow=way.owner.style == "flow")
    if way.owner.entry(change.path[-1]) not in way.owner.entries:
        raise Unsafe("it is merged in from elsewhere")
    return _removed(text, way.owner, way.entry)


def _written(text: str, piece: Piece, value: str | float, *, in_flow: bool) -> Splice:
    if piece.kind != "scalar" or piece.style in ("|", ">") or piece.tagged:
        raise Unsafe("it is not written as a single word")
    if isinstance(value, str) and piece.style == "'" and value.isprintable():
        shown = "'" + value.replace("'", "''") + "'"
    elif isinstance(value, str) and (piece.style or in_flow):
        shown = value if not piece.style and _WORD.fullmatch(scalar(value)) else flow(value)
    else:
        shown = scalar(value)
    if piece.begin == piece.end and text[piece.begin - 1 : piece.begin] not in (" ", ""):
        shown = f" {shown}"
    return Splice(piece.begin, piece.end, shown)


def _inserted(text: str, piece: Piece, change: Insert, *, as_json: bool) -> Splice:
    if piece.kind != "map":
        raise Unsafe("there is no map that it could be put into")
    key = change.key if not as_json and _WORD.fullmatch(change.key) else flow(change.key)
    plainly = not as_json and not isinstance(change.value, tuple) and piece.style != "flow"
    value = scalar(change.content) if plainly else flow(change.content)
    pair = f"{key}: {value}"
    if not piece.entries:
        return Splice(piece.begin + 1, piece.begin + 1, pair)
    first = piece.entries[0].begin
    if piece.style == "flow":
        blank = text[piece.begin + 1 : first]
        if blank.strip():
            raise Unsafe("a comment stands before the first key")
        return Splice(first, first, f"{pair},{blank or ' '}")
    indent = " " * (first - text.rfind("\n", 0, first) - 1)
    return Splice(first, first, f"{pair}{_line_end(text, first)}{indent}")


def _line_end(text: str, at: int) -> str:
    end = text.find("\n", at)
    if end < 0:
        end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


def _removed(text: str, owner: Piece, entry: Entry) -> Splice:
    place = owner.entries.index(entry)
    if owner.style == "flow":
        return _removed_from_flow(text, owner, place)
    if len(owner.entries) == 1:
        raise Unsafe(f"nothing else would be left in its {owner.kind}")
    begin = entry.begin if owner.kind == "map" else _dash(text, owner, place)
    line = text.rfind("\n", 0, begin) + 1
    before = text[line:begin]
    comments = [text[at:end] for at, end in comments_in(text, begin, entry.end, owner)]
    if before.strip(" "):
        following = owner.entries[place + 1] if place + 1 < len(owner.entries) else None
        if place or owner.kind != "map" or following is None or before.strip(" -"):
            raise Unsafe("something else stands on its line")
        until = following.begin
        if text[entry.end : until].strip() or comments:
            raise Unsafe("a comment stands behind it")
        return Splice(begin, until, "")
    stop = text.find("\n", entry.end)
    stop = len(text) if stop < 0 else stop + 1
    rest = text[entry.end : stop].strip()
    if rest and not rest.startswith("#"):
        raise Unsafe("something else stands on its line")
    comments += [rest] if rest else []
    kept = "".join(f"{before}{comment}{_line_end(text, line)}" for comment in comments)
    return Splice(line, stop, kept)


def _dash(text: str, owner: Piece, place: int) -> int:
    """Give where the dash of a list's entry stands: in the column of the first one."""
    column = owner.begin - text.rfind("\n", 0, owner.begin) - 1
    value = owner.entries[place]
    lower = owner.entries[place - 1].end if place else owner.begin
    upper = value.end if value.aliased else max(value.value.begin, lower)
    at = text.rfind("-", lower, upper + 1)
    while at >= lower:
        if at - text.rfind("\n", 0, at) - 1 == column:
            return at
        at = text.rfind("-", lower, at)
    raise Unsafe("its place in the list is not clear")


def _removed_from_flow(text: str, owner: Piece, place: int) -> Splice:
    entry = owner.entries[place]
    if entry.aliased and entry.key is None:
        raise Unsafe("it is an alias in a list")
    begin, end = entry.begin, entry.end
    if place + 1 < len(owner.entries):
        end = owner.entries[place + 1].begin
        if owner.entries[place + 1].aliased and owner.kind == "list":
            raise Unsafe("an alias stands behind it")
    elif place:
        begin = owner.entries[place - 1].end
    if any(comments_in(text, begin, end, owner)):
        raise Unsafe("a comment stands inside it")
    return Splice(begin, end, "")


def comments_in(text: str, begin: int, end: int, owner: Piece) -> Iterator[tuple[int, int]]:
    """Give where comments stand between two offsets within a piece. Raises Unsafe where one is in a block's head."""
    spans = [(piece.begin, piece.end) for piece in under(owner) if piece.kind == "scalar"]
    spans = sorted(span for span in spans if span[0] < end and span[1] > begin)
    for piece in under(owner):
        head = text[piece.begin : piece.end].partition("\n")[0] if piece.style in ("|", ">") else ""
        if "#" in head and begin <= piece.begin < end:
            raise Unsafe("a comment stands in the head of its text")
    at = text.find("#", begin, end)
    while at >= 0:
        inside = next((span for span in spans if span[0] <= at < span[1]), None)
        if inside is not None:
            at = text.find("#", inside[1], end)
            continue
        if at == 0 or text[at - 1] in " \t\r\n":
            stop = text.find("\n", at, end)
            stop = end if stop < 0 else stop
            yield at, at + len(text[at:stop].rstrip())
            at = text.find("#", stop, end)
        else:
            at = text.find("#", at + 1, end)


def changed(content: Any, done: Sequence[tuple[Change, str]]) -> Any:
    """Give what a document's value becomes by changes, each with the text of its splice. Raises Unsafe."""
    import copy

    made = copy.deepcopy(content)
    removals = sorted((change.path for change, _ in done if isinstance(change, Remove)), key=_order)
    for change, text in done:
        if isinstance(change, Insert):
            _owner(made, (*change.path, change.key))[change.key] = change.content
        elif isinstance(change, Rename):
            owner = _owner(made, change.path)
            owner[change.key] = owner.pop(change.path[-1])
        elif not isinstance(change, Remove):
            _owner(made, change.path)[change.path[-1]] = _value(change, text)
    for path in reversed(removals):
        del _owner(made, path)[path[-1]]
    return made


def _value(change: Replace | Quote | Unquote, text: str) -> Any:
    if isinstance(change, Replace):
        return change.value
    if isinstance(change, Quote):
        return text[1:-1]
    value = plain(text)
    return json_number(value) if isinstance(value, float) else value


def _order(path: Path) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in path]


def _owner(content: Any, path: Path) -> Any:
    for step in path[:-1]:
        content = content[step]
    return content
