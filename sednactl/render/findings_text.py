"""Findings for people: place, level, what is wrong, the line it is on, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

from sednactl.render.columns import printable, width
from sednactl.validation.finding import shown_path

if TYPE_CHECKING:
    from sednactl.errors import InvalidInput
    from sednactl.validation.finding import Finding

_COLOURS = {"error": "31;1", "warning": "33;1", "info": "36"}
_WIDEST = 160
"""Cells of a source line that are shown where the width of the screen is not known."""
_MARGIN = 9
"""Cells before a source line."""


class Paint:
    """Colours for a terminal, nothing elsewhere; how many cells of a source line fit."""

    def __init__(self, colour: bool, screen_width: int | None = None) -> None:
        self.colour = colour
        self.room = max(screen_width - _MARGIN, 30) if screen_width else _WIDEST

    def __call__(self, code: str, text: str) -> str:
        """Give the text in a colour."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text


def write_finding(finding: Finding, stream: TextIO, paint: Paint) -> None:
    """Write one finding with the line it is about, a caret below it, and the hint."""
    place = paint("1", printable(f"{finding.file}:{finding.line}:{finding.column}"))
    level = paint(_COLOURS[finding.level], finding.level)
    path = f"{printable(shown_path(finding.path))}: " if finding.path else ""
    stream.write(f"{place}: {level}: {path}{printable(finding.message)} [{finding.rule}]\n")
    if finding.source.strip():
        _write_source(finding, stream, paint)
    if finding.hint:
        stream.write(f"{' ' * 6} {paint('2', '=')} {printable(finding.hint)}\n")


def write_unreadable(error: InvalidInput, stream: TextIO, paint: Paint) -> None:
    """Write that a file could not be read at all, in the same form."""
    stream.write(f"{paint(_COLOURS['error'], 'error')}: {printable(error.message)}\n")
    if error.hint:
        stream.write(f"{' ' * 6} {paint('2', '=')} {printable(error.hint)}\n")


def _write_source(finding: Finding, stream: TextIO, paint: Paint) -> None:
    # Of a line of megabytes, as JSON often is, only what is near.
    near = max(0, finding.column - 1 - 2 * paint.room)
    source, column = finding.source[near : near + 4 * paint.room], finding.column - near
    shown = printable(source.replace("\t", " "))
    before = printable(source[: column - 1].replace("\t", " "))
    cut = len(before) - paint.room // 3
    if width(before) > paint.room - 20 and cut > 0:  # a few wide characters are many cells, and all fit
        before, shown = "…" + before[cut:], "…" + shown[cut:]
    if width(shown) > paint.room:
        while width(shown) > paint.room - 1:
            shown = shown[: len(shown) - max(1, (width(shown) - paint.room) // 2)]
        shown += "…"
    bar = paint("2", "|")
    stream.write(f"{finding.line:>6} {bar} {shown}\n")
    stream.write(f"{' ' * 6} {bar} {' ' * width(before)}{paint(_COLOURS[finding.level], '^')}\n")


def summary(counts: Mapping[str, int], *, verbose: bool = True) -> str:
    """Give the last line: what was looked at and what was found.

    `counts` holds files, documents, skipped, unreadable, error, warning, info, ignored and "left
    out", findings beyond those that are kept. Without `verbose` infos are only counted.
    """
    looked = f"{_count(counts['files'], 'file')}, {_count(counts['documents'], 'document')}"
    if counts["skipped"]:
        looked += f" ({counts['skipped']} not Sedna's, skipped)"
    found = [_count(counts[level], level) for level in ("error", "warning") if counts[level]]
    if counts["info"]:
        found.append(f"{counts['info']} info" + ("" if verbose else " (-v shows them)"))
    if counts.get("ignored"):
        found.append(f"{counts['ignored']} ignored")
    if counts["unreadable"]:
        found.insert(0, f"{_count(counts['unreadable'], 'file')} unreadable")
    if not counts["files"] or not (counts["documents"] or counts["unreadable"]):
        return f"{looked}: nothing to check"
    if counts.get("left out"):
        found.append(f"{counts['left out']} of them not shown")
    return f"{looked}: {', '.join(found) if found else 'no findings'}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
