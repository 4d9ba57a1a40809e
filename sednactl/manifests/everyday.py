"""A quick reader of everyday YAML: blocks of `key: value` and `- entry`, a line at a time.

Nearly every manifest is written in a small part of YAML: maps and lists by indentation, or in
brackets on one line, names of plain letters, scalars on one line, comments. This module reads that
part many times faster than libyaml builds its nodes, without loading it, and declines whatever else
it meets (anchors, tags, blocks of text, escapes, doubled keys, every error): `yaml_text` reads that. So it
never decides that a document is wrong, and a test holds every value and place against `yaml_text`.
It keeps no places: `everyday_places` finds them, where somebody asks.
"""

from __future__ import annotations

from typing import Any, Final

from sednactl.manifests.everyday_lines import (
    ENTRY,
    ENTRY_VALUE,
    FRESH,
    KEY,
    NOTHING,
    VALUE,
    Declined,
    known,
    read,
)

LONGEST: Final = 256 * 1024
"""Characters of a document that is read here; anything larger is worth the start of libyaml."""


def load(text: str) -> tuple[Any, int] | None:
    """Give the value of a document and the line (from 0) on which it begins; None where libyaml must look."""
    if len(text) > LONGEST:
        return None
    try:
        return _load(text)
    except Declined:
        return None


def _load(text: str) -> tuple[Any, int] | None:
    """Read a document. Raises Declined.

    `holder` is the map or list that lines belong to at the moment and `here` its level; `waiting`
    is a key that has no value yet (null stands there), which a deeper line may give it.
    """
    whole: dict[str, Any] = {}
    holder: Any = whole
    here = -1
    waiting: str | None = ""
    outer: list[tuple[Any, int]] = []
    first = 0
    lines = text.split("\n")
    for written in lines:
        line = known.get(written)
        kind, level, inner, key, value = line if line is not None else read(written)
        if level != here:
            if kind == NOTHING:  # its level is no other's
                first += not whole
                continue
            if level > here:
                if waiting is None:
                    return None
                outer.append((holder, here))
                made: Any = [] if level & 1 else {}
                holder[waiting] = made
                holder, here = made, level
            else:
                while here > level:
                    holder, here = outer.pop()
                if here != level:
                    return None
        if kind >= FRESH:
            kind -= FRESH
            value = value()
        if kind == VALUE:
            if key in holder:
                return None
            holder[key] = value
            waiting = None
        elif kind == KEY:
            if key in holder:
                return None
            holder[key] = None
            waiting = key
        elif kind == ENTRY:
            holder.append(value)
            waiting = None
        else:
            outer.append((holder, here))
            made = {key: value}
            holder.append(made)
            holder, here = made, inner
            waiting = None if kind == ENTRY_VALUE else key
    return (whole[""], first) if whole else None
