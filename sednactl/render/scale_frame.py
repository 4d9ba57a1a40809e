"""One picture of the live scale view: what fits on the screen, laid out in columns of fixed width.

What does not fit is cut away before any table is built, so that a picture costs
the same with ten services and with ten thousand. Metrics are never cut to save
room: they take further lines, and other columns go before them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import groupby

from sednactl.records import Record
from sednactl.render.columns import clip, width

GAP, TIGHT_GAP = 2, 1
HISTORY = 8
"""Where HISTORY stands in HEADS."""


class Row(Record):
    """The cells of one side, in the order of HEADS, and how it is to look."""

    mark: str
    name: str
    side: str
    replicas: str
    ready: str
    bounds: str
    metrics: tuple[str, ...]
    why: str
    history: str
    updated: str
    tone: str

    def text(self, at: int) -> str:
        """Give the cell under HEADS[at] as one line."""
        return ", ".join(self.metrics) if at == _METRICS else str(self[at])


HEADS = ("", "NAME", "SIDE", "REPLICAS", "READY", "MIN/MAX", "METRICS", "WHY", "HISTORY", "UPDATED")
_NAME, _METRICS, _WHY, _UPDATED = 1, 6, 7, 9
_ROOMY = {_NAME: 14, _METRICS: 28, _WHY: 18}
"""Cells the flexible columns need where their content has that many; they get more when there is room."""
_TIGHT = {_NAME: 10, _METRICS: 28, _WHY: 12}
"""What they must do with before UPDATED goes."""
_SQUEEZED = {_NAME: 10, _METRICS: 12, _WHY: 12}
"""What they must do with before READY and METRICS go."""
_DROPPED = (HISTORY, _UPDATED, 5, 4, _METRICS)
"""Columns that go first when the screen is narrow."""
_EASY = 2
"""How many of them go before anything is squeezed further."""
_TONES = {"trouble": "bold red", "moving": "cyan", "gone": "dim", "": ""}


@dataclass(frozen=True)
class Wanted:
    """The cells every column would like, and those that the widest single metric takes."""

    widths: tuple[int, ...]
    metric: int


@dataclass(frozen=True)
class Layout:
    """Which columns are shown, how wide each is (cells), and the gap between them.

    `abreast` is how many metrics stand in one line of a row; None: all. With
    `headed` a service's name stands on a line of its own above its sides.
    """

    shown: tuple[int, ...]
    widths: tuple[int, ...]
    gap: int
    abreast: int | None = None
    headed: bool = False

    def cells(self, at: int) -> int:
        """Give the width of the column under HEADS[at]; 0 where it is not shown."""
        return self.widths[self.shown.index(at)] if at in self.shown else 0


def wanted_by(rows: Sequence[Row], before: Wanted | None = None) -> Wanted:
    """Give the widths that rows would like; never less than `before`, so that columns do not jump."""
    widths = tuple(
        max(width(head) or 1, before.widths[at] if before else 0, *(width(row.text(at)) for row in rows), 0)
        for at, head in enumerate(HEADS)
    )
    single = max((width(metric) for row in rows for metric in row.metrics), default=0)
    return Wanted(widths, max(single, before.metric if before else 0))


def layout(rows: Sequence[Row], wanted: Wanted, columns: int, room: int) -> Layout:
    """Choose how rows are shown: whatever shows most among what needs at most `room` lines.

    Where nothing does, what needs the fewest lines.
    """
    found = layouts(wanted, columns)
    first = next((one for one in found if lines_taken(rows, one) <= room), None)
    return first or min(found, key=lambda one: lines_taken(rows, one))


def layouts(wanted: Wanted, columns: int) -> list[Layout]:
    """Give the layouts that fit into `columns`, the one that shows most first; at least one."""
    easy = [
        Layout(shown, widths, gap, abreast, headed)
        for shown, least, folded, headed in _choices(wanted)
        for widths, gap in _fitted(wanted, least, shown, columns)
        for abreast in (_abreast(wanted, widths[shown.index(_METRICS)]) if folded else None,)
    ]
    if easy:
        return easy
    least = _least(wanted, _SQUEEZED)
    for count in range(_EASY, len(_DROPPED) + 1):
        shown = _without(count)
        for widths, gap in _fitted(wanted, least, shown, columns):
            cells = widths[shown.index(_METRICS)] if _METRICS in shown else 0
            return [Layout(shown, widths, gap, _abreast(wanted, cells))]
    # Narrower than anything sensible: what is left shares the screen.
    shown = _without(len(_DROPPED))
    left = max(columns - _gaps(shown, TIGHT_GAP), len(shown))
    shares: list[int] = []
    for index, at in enumerate(shown):
        shares.append(max(1, min(least[at], left // (len(shown) - index))))
        left -= shares[-1]
    return [Layout(shown, tuple(shares), TIGHT_GAP)]


def _choices(wanted: Wanted) -> Iterator[tuple[tuple[int, ...], list[int], bool, bool]]:
    """Give columns, least widths, whether metrics are folded and names stand above: the best first."""
    roomy, tight = _least(wanted, _ROOMY), _least(wanted, _TIGHT)
    whole = list(roomy)
    whole[_METRICS] = wanted.widths[_METRICS]
    for count in range(_EASY + 1):
        shown = _without(count)
        yield shown, whole, False, False
        yield shown, roomy, True, False
        if count:
            nameless = tuple(at for at in shown if at != _NAME)
            yield nameless, roomy, True, True
            yield nameless, tight, True, True
            yield shown, tight, True, False


def _least(wanted: Wanted, flexible: dict[int, int]) -> list[int]:
    least = [min(cells, flexible.get(at, cells)) for at, cells in enumerate(wanted.widths)]
    least[_METRICS] = min(least[_METRICS], max(wanted.metric, width(HEADS[_METRICS])))
    return least


def _without(count: int) -> tuple[int, ...]:
    return tuple(at for at in range(len(HEADS)) if at not in _DROPPED[:count])


def _fitted(
    wanted: Wanted, least: Sequence[int], shown: Sequence[int], columns: int
) -> Iterator[tuple[tuple[int, ...], int]]:
    """Give widths and the widest gap with which columns fit; nothing where they do not."""
    for gap in (GAP, TIGHT_GAP):
        room = columns - sum(least[at] for at in shown) - _gaps(shown, gap)
        if room >= 0:
            yield _spread(wanted.widths, least, shown, room), gap
            return


def _gaps(shown: Sequence[int], gap: int) -> int:
    # The mark stands one cell before what follows it whatever the gap.
    return 1 + gap * (len(shown) - 2)


def _spread(natural: Sequence[int], least: Sequence[int], shown: Sequence[int], room: int) -> tuple[int, ...]:
    widths = list(least)
    for at in (_WHY, _NAME, _METRICS):
        if at in shown:
            more = min(room, natural[at] - widths[at])
            widths[at] += more
            room -= more
    return tuple(widths[at] for at in shown)


def _abreast(wanted: Wanted, cells: int) -> int | None:
    # By the widest metric ever seen, not by what stands there now: a row must not grow and
    # shrink with the digits of a reading.
    return None if cells >= wanted.widths[_METRICS] else max(1, (cells + 2) // (wanted.metric + 2))


def lines_taken(rows: Sequence[Row], chosen: Layout) -> int:
    """Give how many lines rows take under the heads."""
    names = sum(1 for _ in groupby(rows, key=lambda row: row.name)) if chosen.headed else 0
    folds = chosen.abreast is not None
    return names + (sum(len(_metric_lines(row, chosen)) for row in rows) if folds else len(rows))


def rows_that_fit(rows: Sequence[Row], chosen: Layout, room: int) -> list[Row]:
    """Give the first rows that fit into `room` lines; the first of all also where it has to be cut."""
    kept: list[Row] = []
    for row in rows[:room]:
        opens = chosen.headed and (not kept or kept[-1].name != row.name)
        room -= opens + len(_metric_lines(row, chosen))
        if room < 0 and kept:
            break
        kept.append(row)
    return kept


def _metric_lines(row: Row, chosen: Layout) -> list[str]:
    cells = chosen.cells(_METRICS)
    if chosen.abreast is None or not cells:
        return [row.text(_METRICS)]
    last = len(row.metrics) - 1
    parts = [metric + ("," if at < last else "") for at, metric in enumerate(row.metrics)]
    lines = [" ".join(parts[at : at + chosen.abreast]) for at in range(0, len(parts), chosen.abreast)]
    return [piece for line in lines for piece in folded(line, cells)]


def folded(text: str, cells: int) -> list[str]:
    """Break text into lines of at most `cells` cells, at blanks where there are any."""
    lines: list[str] = []
    while width(text) > cells:
        fits = max(1, len(clip(text, cells + 1)) - 1)
        blank = text.rfind(" ", 1, fits + 1)
        at = blank if blank > 0 else fits
        lines.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*lines, text]


def table_lines(
    rows: Sequence[Row], chosen: Layout, columns: int, *, colour: bool, unicode: bool
) -> list[str]:
    """Draw the heads and the rows; `lines_taken` lines and one."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=0, show_header=True, header_style="bold", expand=False)
    for place, (at, cells) in enumerate(zip(chosen.shown, chosen.widths, strict=True)):
        after = 0 if place == len(chosen.shown) - 1 else 1 if at == 0 else chosen.gap
        table.add_column(HEADS[at], width=cells, no_wrap=True, overflow="ellipsis" if unicode else "crop")
        if after:
            table.add_column("", width=after)
    names: list[tuple[int, str]] = []
    before = None
    for row in rows:
        if chosen.headed and row.name != before:
            names.append((table.row_count + len(names) + 1, middle(row.name, columns, unicode=unicode)))
        before = row.name
        style = _TONES[row.tone]
        for cells_ in _cells(row, chosen, unicode=unicode):
            texts: list[Text] = []
            for place, (at, text) in enumerate(zip(chosen.shown, cells_, strict=True)):
                texts.append(Text(text, style=style if at in (0, _WHY) or row.tone == "gone" else ""))
                if place < len(chosen.shown) - 1:
                    texts.append(Text(""))
            table.add_row(*texts)
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
    lines = [line.rstrip() for line in captured.get().split("\n")[: table.row_count + 1]]
    for at, name in names:
        lines.insert(at, name)
    return lines


def _cells(row: Row, chosen: Layout, *, unicode: bool) -> Iterator[list[str]]:
    """Give the cells of each line that a row takes; WHY goes on where metrics take further lines."""
    metrics = _metric_lines(row, chosen)
    why = folded(row.why, max(1, chosen.cells(_WHY))) if len(metrics) > 1 else [row.why]
    last = len(metrics) - 1
    why[last:] = [" ".join(why[last:])]
    for line, metric in enumerate(metrics):
        cells = {_METRICS: metric, _WHY: why[line] if line < len(why) else ""}
        if line == 0:
            cells = {at: row.text(at) for at in chosen.shown} | cells
            cells[_NAME] = middle(row.name, chosen.cells(_NAME), unicode=unicode)
        yield [cells.get(at, "") for at in chosen.shown]


def middle(text: str, cells: int, *, unicode: bool = True) -> str:
    """Cut a name in its middle: services often differ in their last letters only."""
    if width(text) <= cells or cells < 5:
        return text
    tail = (cells - 1) // 2
    return f"{text[: cells - 1 - tail]}{'…' if unicode else '~'}{text[-tail:]}"
