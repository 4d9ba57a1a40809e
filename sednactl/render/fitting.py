"""Tables on a terminal, where a line that wraps cannot be read: what matters most keeps its place.

Off a terminal a table is as wide as it has to be (`room` None): programs cut, people scroll.
On one, in this order, until it fits: narrower gaps, shorter words for the same, the least
important columns left out, and only then cells that are cut, with a sign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sednactl.render.columns import clip, columns, printable, width

_GAP = 2
_LEAST = 8
"""Cells below which a column is not cut: what is left would say nothing."""


def fitted(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    room: int | None,
    *,
    headers: bool = True,
    shorter: Mapping[str, Sequence[str]] | None = None,
    spare: Sequence[str] = (),
    under: bool = False,
    unicode: bool = True,
) -> str:
    """Lay out rows in `room` cells a line; None for as many as it takes.

    `shorter` gives other cells for a column, by its head, `spare` the heads of columns that can be
    left out, each in the order in which that is done. With `under` the last column is
    prose: where it does not fit it stands under its row, wrapped.
    """
    if room is None or fits(heads, rows, room, headers=headers):
        return columns(heads, rows, headers=headers)
    names, cells = list(heads), [list(row) for row in rows]
    prose: list[str] = []
    if under:
        prose = [row.pop() for row in cells]
        names.pop()
    for head, others in (shorter or {}).items():
        if head in names and _width(names, cells, _GAP, headers) > room:
            at = names.index(head)
            for row, other in zip(cells, others, strict=True):
                row[at] = other
    for head in spare:
        if head in names and _width(names, cells, _GAP, headers) > room:
            at = names.index(head)
            del names[at]
            for row in cells:
                del row[at]
    cells = _cut(names, cells, room, headers, unicode)
    lines = columns(names, cells, headers=headers, gap=_GAP).splitlines()
    if not prose:
        return "".join(f"{line}\n" for line in lines)
    out = lines[: len(lines) - len(cells)]
    for line, words in zip(lines[len(out) :], prose, strict=True):
        out += [line, *wrapped(words, room, "  ")]
    return "".join(f"{line}\n" for line in out)


def fits(
    heads: Sequence[str], rows: Sequence[Sequence[str]], room: int | None, *, headers: bool = True
) -> bool:
    """Tell whether a table keeps to `room` cells a line as it is."""
    return room is None or not rows or _width(heads, rows, 3, headers) <= room


def wrapped(text: str, room: int, indent: str = "") -> list[str]:
    """Break text at blanks into lines of at most `room` cells; a word longer than that is not broken."""
    lines: list[str] = []
    line = ""
    for word in printable(text).split():
        if line and width(f"{line} {word}") > room - len(indent):
            lines.append(indent + line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, indent + line] if line else lines


def broken(line: str, room: int | None, indent: str) -> list[str]:
    """Break one line that is longer than `room` cells at blanks; what follows stands behind `indent`."""
    if room is None or width(printable(line)) <= room:
        return [line]
    cut = _last_blank(line, room)
    if cut <= 0:
        return [line]
    first, rest = line[:cut].rstrip(), line[cut:].strip()
    return [first, *wrapped(rest, room, indent)]


def breaking(text: str, room: int | None, indent: str = "    ") -> str:
    """Break each line of a text that is longer than `room` cells; what follows stands behind `indent`."""
    return "".join(f"{part}\n" for line in text.splitlines() for part in broken(line, room, indent))


def reflowed(page: str, room: int | None) -> str:
    """Fill the paragraphs of a page anew where they are wider than `room`; what is indented stays as it is."""
    if room is None:
        return page
    blocks = []
    for block in page.split("\n\n"):
        lines = block.splitlines()
        prose = lines and not any(line.startswith(" ") or ":  " in line for line in lines)
        too_wide = any(width(line) > room for line in lines)
        blocks.append("\n".join(wrapped(" ".join(lines), room)) if prose and too_wide else block.strip("\n"))
    return "\n\n".join(blocks).rstrip() + "\n"


def _last_blank(line: str, room: int) -> int:
    """Give where a line is best cut: at a gap between its parts, else at the last blank that fits."""
    start = len(line) - len(line.lstrip(" │├└─|+`-"))
    at, used = 0, 0
    for index, char in enumerate(line):
        if char == " " and index > start and used <= room:
            at = index
        used += width(char)
    gap = line.rfind("   ", start + 1, at + 1)
    return gap if gap > start else at


def _width(heads: Sequence[str], rows: Sequence[Sequence[str]], gap: int, headers: bool) -> int:
    return sum(_widths(heads, rows, headers)) + gap * (len(heads) - 1)


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]], headers: bool) -> list[int]:
    return [
        max((width(printable(row[at])) for row in rows), default=0)
        if not headers
        else max(width(head), *(width(printable(row[at])) for row in rows))
        for at, head in enumerate(heads)
    ]


def _cut(
    heads: Sequence[str], rows: list[list[str]], room: int, headers: bool, unicode: bool
) -> list[list[str]]:
    """Cut the widest columns, evenly, as far as it takes; a column is never cut below its head."""
    widths = _widths(heads, rows, headers)
    least = [min(wide, max(_LEAST, len(head))) for wide, head in zip(widths, heads, strict=True)]
    excess = sum(widths) + _GAP * (len(heads) - 1) - room
    while excess > 0:
        widest = max(range(len(heads)), key=lambda at: widths[at] if widths[at] > least[at] else -1)
        if widths[widest] <= least[widest]:
            break
        widths[widest] -= 1
        excess -= 1
    return [
        [clip(printable(cell), wide, unicode=unicode) for cell, wide in zip(row, widths, strict=True)]
        for row in rows
    ]
