"""Where everything in a document's text begins and ends, so that a text can be changed and not written anew.

YAML and JSON give the same pieces. An alias gives the piece of its anchor once more, a merge key
the entries of what it merges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from sednactl.manifests.scalars import key_text, plain

_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*(?:\s+|(?=[,\[\]{}])|\Z)(?:#[^\n]*\s+)*)*")
_ALIAS = re.compile(r"(?:[\s,\[{:?-]|#[^\n]*)*\*[^\s,\[\]{}]+")
_LITERAL = re.compile(r"[^\s,\]}]+")
_BLANK = re.compile(r"\s*")


@dataclass(eq=False)
class Piece:
    """A value: where it stands (offsets, without its anchor and tag), how it is written, and what it holds.

    `style` is "flow" or "block" for a map or a list; for a scalar its quote or block sign, "" without.
    """

    kind: str
    begin: int
    end: int
    style: str
    entries: list[Entry] = field(default_factory=list)
    tagged: bool = False

    def entry(self, step: str | int) -> Entry | None:
        """Give what stands under a key or an index."""
        if isinstance(step, int):
            return self.entries[step] if self.kind == "list" and step < len(self.entries) else None
        if self.kind != "map":
            return None
        found = None
        for one in self.entries:
            if one.merged:
                found = next((part for part in map(_entry_of(step), one.merged) if part), found)
            elif one.name == step:
                found = one
        return found


@dataclass(eq=False)
class Entry:
    """One entry of a map or a list: its key (None in a list), its value, and where all of it ends."""

    name: str | int | None
    key: Piece | None
    value: Piece
    end: int
    aliased: bool = False
    """The value is an alias: the piece is its anchor's, and stands elsewhere."""
    merged: tuple[Piece, ...] = ()
    """The maps that a merge key brings in."""

    @property
    def begin(self) -> int:
        """Give where it begins: at its key, or in a list at its value."""
        return self.value.begin if self.key is None else self.key.begin


def _entry_of(step: str) -> Any:
    return lambda piece: piece.entry(step)


def under(piece: Piece) -> Iterator[Piece]:
    """Give a piece and all that it holds, anchors where they are written."""
    yield piece
    for entry in piece.entries:
        if entry.key is not None:
            yield entry.key
        if not entry.aliased:
            yield from under(entry.value)


def pieces_of_yaml(text: str, root: Any) -> Piece:
    """Give the pieces of a YAML text, whose nodes libyaml made of it."""
    return _Nodes(text).piece(root)


class _Nodes:
    def __init__(self, text: str) -> None:
        self.text = text
        self.known: dict[int, Piece] = {}

    def piece(self, node: Any) -> Piece:
        import yaml

        begin = node.start_mark.index
        properties = _PROPERTIES.match(self.text, begin)
        bare = properties.end() if properties else begin
        tagged = "!" in re.sub(r"#[^\n]*", "", self.text[begin:bare])
        end = node.end_mark.index
        if isinstance(node, yaml.ScalarNode):
            style = node.style or ""
            bare = min(bare, end) if end >= begin else begin
            end = bare + len(self.text[bare:end].rstrip()) if style in "|>" and style else max(end, bare)
            made = Piece("scalar", bare, end, style, tagged=tagged)
            self.known[id(node)] = made
            return made
        flow = bool(node.flow_style)
        kind = "map" if isinstance(node, yaml.MappingNode) else "list"
        made = Piece(kind, bare, end, "flow" if flow else "block", tagged=tagged)
        self.known[id(node)] = made
        cursor = bare
        for index, child in enumerate(node.value):
            entry = self.pair(child, cursor) if kind == "map" else self.item(index, child, cursor)
            made.entries.append(entry)
            cursor = entry.end
        if not flow:
            made.end = cursor
        return made

    def item(self, index: int, node: Any, cursor: int) -> Entry:
        value, end, aliased = self.value(node, cursor)
        return Entry(index, None, value, end, aliased)

    def pair(self, pair: tuple[Any, Any], cursor: int) -> Entry:
        import yaml

        key_node, value_node = pair
        key, key_end, _ = self.value(key_node, cursor)
        value, end, aliased = self.value(value_node, key_end)
        if key_node.tag != "quoted" and key_node.value == "<<":
            nodes = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
            merged = tuple(self.known[id(node)] for node in nodes)
            return Entry(None, key, value, end, aliased, merged)
        name = key_text(plain(key_node.value)) if key_node.tag == "plain" else key_node.value
        return Entry(name, key, value, end, aliased)

    def value(self, node: Any, cursor: int) -> tuple[Piece, int, bool]:
        known = self.known.get(id(node))
        if known is not None:
            alias = _ALIAS.match(self.text, cursor)
            return known, alias.end() if alias else cursor, True
        made = self.piece(node)
        return made, made.end, False


def pieces_of_json(text: str, at: int = 0) -> Piece:
    """Give the pieces of a JSON value that begins at an offset of a text, which must be good JSON."""
    sign = text[at]
    if sign == '"':
        return Piece("scalar", at, scanstring(text, at + 1)[1], '"')
    if sign not in "{[":
        literal = _LITERAL.match(text, at)
        return Piece("scalar", at, literal.end() if literal else at, "")
    made = Piece("map" if sign == "{" else "list", at, at, "flow")
    here = _skip(text, at + 1)
    while text[here] not in "}]":
        key, name = None, len(made.entries)
        if sign == "{":
            key = pieces_of_json(text, here)
            name = scanstring(text, here + 1)[0]
            here = _skip(text, _skip(text, key.end) + 1)
        value = pieces_of_json(text, here)
        made.entries.append(Entry(name, key, value, value.end))
        here = _skip(text, value.end)
        if text[here] == ",":
            here = _skip(text, here + 1)
    made.end = here + 1
    return made


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at
