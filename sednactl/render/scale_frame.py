"""One picture of the live scale view: what fits on the screen, laid out in columns of fixed width.

What does not fit is cut away before any table is built, so that a picture costs
the same with ten services and with ten thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import NamedTuple

from sednactl.render.columns import width

GAP, TIGHT_GAP = 2, 1
HISTORY = 8
"""Where HISTORY stands in HEADS."""


class Row(NamedTuple):
    """The cells of one side, in the order of HEADS, and how it is to look."""

    mark: str
    name: str
    side: str
    replicas: str
    ready: str
    bounds: str
    metrics: str
    why: str
    history: str
    updated: str
    tone: str


HEADS = ("", "NAME", "SIDE", "REPLICAS", "READY", "MIN/MAX", "METRICS", "WHY", "HISTORY", "UPDATED")
_LEAST = (1, 14, 5, 8, 5, 7, 14, 18, 10, 7)
"""Cells each column needs where its content has that many; the flexible ones get more when there is room."""
_NAME, _METRICS, _WHY = 1, 6, 7
_SQUEEZED = {_NAME: 10, _METRICS: 12, _WHY: 14}
"""What the flexible columns must do with before READY and METRICS go."""
_DROPPED = (9, 8, 5, 4, 6)
"""Columns that go first when the screen is narrow."""
_EASY = 3
"""How many of them go before the flexible columns are squeezed."""
_TONES = {"trouble": "bold red", "moving": "cyan", "gone": "dim", "": ""}


@dataclass(frozen=True)
class Layout:
    """Which columns are shown, how wide each is (cells), and the gap between them."""

    shown: tuple[int, ...]
    widths: tuple[int, ...]
    gap: int


def natural_widths(rows: Sequence[Row], before: Sequence[int] = ()) -> tuple[int, ...]:
    """Give the width every column would like; never less than `before`, so that columns do not jump."""
    return tuple(
        max(
            width(head) or 1,
            before[at] if before else 0,
            *(width(str(row[at])) for row in rows),
            0,
        )
        for at, head in enumerate(HEADS)
    )


def layout(natural: Sequence[int], columns: int) -> Layout:
    """Fit columns into the screen: all with wide gaps, then tight ones, then without the least needed."""
    roomy = [min(wanted, _LEAST[at]) if at in _SQUEEZED else wanted for at, wanted in enumerate(natural)]
    tight = [min(wanted, _SQUEEZED.get(at, wanted)) for at, wanted in enumerate(natural)]
    tries = [(roomy, count) for count in range(_EASY + 1)]
    tries += [(tight, count) for count in range(_EASY, len(_DROPPED) + 1)]
    for least, count in tries:
        shown = tuple(at for at in range(len(HEADS)) if at not in _DROPPED[:count])
        for gap in (GAP, TIGHT_GAP):
            room = columns - sum(least[at] for at in shown) - _gaps(shown, gap)
            if room >= 0:
                return Layout(shown, _spread(natural, least, shown, room), gap)
    # Narrower than anything sensible: what is left shares the screen.
    shown = tuple(at for at in range(len(HEADS)) if at not in _DROPPED)
    room = max(columns - _gaps(shown, TIGHT_GAP), len(shown))
    widths = []
    for index, at in enumerate(shown):
        share = room // (len(shown) - index)
        widths.append(max(1, min(tight[at], share)))
        room -= widths[-1]
    return Layout(shown, tuple(widths), TIGHT_GAP)


def _gaps(shown: Sequence[int], gap: int) -> int:
    # The mark stands one cell before the name whatever the gap.
    return 1 + gap * (len(shown) - 2)


def _spread(natural: Sequence[int], least: Sequence[int], shown: Sequence[int], room: int) -> tuple[int, ...]:
    widths = list(least)
    for at in (_WHY, _METRICS, _NAME):
        if at in shown:
            more = min(room, natural[at] - widths[at])
            widths[at] += more
            room -= more
    return tuple(widths[at] for at in shown)


def table_lines(
    rows: Sequence[Row], chosen: Layout, columns: int, *, colour: bool, unicode: bool
) -> list[str]:
    """Draw the heads and the rows; as many lines as rows and one."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=0, show_header=True, header_style="bold", expand=False)
    for place, (at, cells) in enumerate(zip(chosen.shown, chosen.widths, strict=True)):
        after = 0 if place == len(chosen.shown) - 1 else 1 if at == 0 else chosen.gap
        table.add_column(HEADS[at], width=cells, no_wrap=True, overflow="ellipsis" if unicode else "crop")
        if after:
            table.add_column("", width=after)
    for row in rows:
        style = _TONES[row.tone]
        cells_: list[Text] = []
        for place, at in enumerate(chosen.shown):
            text = middle(row.name, chosen.widths[place], unicode=unicode) if at == _NAME else str(row[at])
            cells_.append(Text(text, style=style if at in (0, _WHY) or row.tone == "gone" else ""))
            if place < len(chosen.shown) - 1:
                cells_.append(Text(""))
        table.add_row(*cells_)
    console = Console(
        file=StringIO(),
        width=columns,
        force_terminal=True,
        color_system="standard" if colour else None,
        legacy_windows=False,
        markup=False,
        highlight=False,
        _environ={},
    )
    with console.capture() as captured:
        console.print(table, crop=True, no_wrap=True)
    return [line.rstrip() for line in captured.get().split("\n")[: len(rows) + 1]]


def middle(text: str, cells: int, *, unicode: bool = True) -> str:
    """Cut a name in its middle: services often differ in their last letters only."""
    if width(text) <= cells or cells < 5:
        return text
    tail = (cells - 1) // 2
    return f"{text[: cells - 1 - tail]}{'…' if unicode else '~'}{text[-tail:]}"


def clip(text: str, columns: int, *, unicode: bool = True) -> str:
    """Cut a plain line to `columns` cells, with a sign that it was cut."""
    if width(text) <= columns:
        return text
    sign = "…" if unicode else "~"
    kept, used = [], 0
    for char in text:
        used += width(char)
        if used > columns - 1:
            break
        kept.append(char)
    return "".join(kept) + sign if columns > 0 else ""
