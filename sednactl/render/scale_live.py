"""The live scale view: a table that follows both sides of every service, for a person to read.

`LiveView` holds what there is to show and draws pictures of it, without a
terminal; `live_screen` puts them on one.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sednactl.render import scale_frame
from sednactl.render.columns import age, clip, printable
from sednactl.render.scale_frame import Layout, Row, Wanted
from sednactl.render.scale_table import metric_words, number, replicas, words
from sednactl.render.screen import Quit, Screen, taken_over
from sednactl.scaling.children import Key
from sednactl.scaling.history import History, sparkline
from sednactl.scaling.snapshot import ScaleSnapshot, SideSnapshot
from sednactl.scaling.watching import News, Scope, what_changed

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.render.scale_audience import Wishes
    from sednactl.surroundings import Surroundings

FRAME_SECONDS = 0.1
"""The least time between two pictures."""

GONE_SECONDS = 30
"""How long a deleted service stays on the screen."""

_LEGEND = (
    "REPLICAS exist->wanted   READY serving   METRICS reading/target (? unknown)",
    "! needs a look   ~ on its way   q leaves",
)
_LEGEND_OF_HISTORY = "HISTORY replicas, last 5 min   "
_LEGEND_FROM = 14
"""Screen lines from which on the legend is shown."""


@dataclass
class _Entry:
    snapshot: ScaleSnapshot
    updated: datetime
    histories: dict[str, History] = field(default_factory=dict)


@dataclass(frozen=True)
class Title:
    """What the heading says about the watch. `deadline` is when its time is over."""

    cluster: str
    place: str
    until: str | None = None
    deadline: datetime | None = None


class LiveView:
    """Everything the live view knows, and the picture of it at a size and a time."""

    def __init__(
        self, title: Title, *, namespaces: bool, wide: bool, colour: bool = False, unicode: bool = True
    ) -> None:
        self._title, self._namespaces, self._wide = title, namespaces, wide
        self._colour, self._unicode = colour, unicode
        self._entries: dict[Key, _Entry] = {}
        self._order: list[Key] = []
        self._trouble: set[Key] = set()
        self._gone: dict[Key, datetime] = {}
        self._synced = False
        self._lost: tuple[datetime, str] | None = None
        self._last: tuple[datetime, str] | None = None
        self._wanted: Wanted | None = None
        self._history_shown = False
        self._drawn: tuple[object, list[str]] = (None, [])

    def tell(self, news: News, now: datetime) -> None:
        """Take in one piece of news."""
        if news.type == "synced":
            self._synced = True
        elif news.type == "lost":
            self._lost = (now, printable(news.detail))
        elif news.type == "regained":
            self._lost = None
            self._last = (now, "connected again, all read anew")
        if news.snapshot is None:
            return
        snapshot = news.snapshot
        key = (snapshot.namespace, snapshot.name)
        if self._synced:
            self._last = (now, f"{self._name(snapshot)} {what_changed(news.before, snapshot)}")
        entry = self._entries.get(key)
        if entry is None:
            insort(self._order, key)
            entry = self._entries[key] = _Entry(snapshot, now)
        entry.snapshot, entry.updated = snapshot, now
        (self._trouble.add if snapshot.trouble else self._trouble.discard)(key)
        if snapshot.deleted:
            self._gone[key] = now
        else:
            self._gone.pop(key, None)
        for name, side in snapshot.sides.items():
            if side.current is not None:
                entry.histories.setdefault(name, History()).note(now, side.current)

    def picture(self, columns: int, lines: int, now: datetime, *, legend: bool = True) -> list[str]:
        """Draw: at most `lines` lines of at most `columns` cells, with a legend where there is room."""
        self._forget(now)
        heading = self._heading(now, lines)
        explained = _LEGEND if legend and lines >= _LEGEND_FROM else ()
        room = lines - len(heading) - 1 - (len(explained) + 1 if explained else 0)
        total = sum(max(1, len(entry.snapshot.sides)) for entry in self._entries.values())
        rows, chosen = self._laid_out(columns, room, now, clipped=total > room)
        foot = [] if len(rows) == total else [self._more(total - len(rows), rows)]

        def plain(text: str) -> str:
            return clip(text, columns, unicode=self._unicode)

        drawn = [plain(line) for line in heading]
        if rows:
            drawn += self._table(rows, chosen, columns)[: room + 1 - len(foot)]
        elif self._synced and not self._entries:
            drawn.append(plain("no JointInferenceServices here yet"))
        drawn += [plain(line) for line in foot]
        if explained:
            first, second = explained
            if rows and self._history_shown:
                second = _LEGEND_OF_HISTORY + second
            drawn += ["", plain(first), plain(second)]
        if self._colour and drawn:
            drawn[0] = f"\x1b[1m{drawn[0]}"
            if self._lost and len(drawn) > 1:
                drawn[1] = f"\x1b[1;33m{drawn[1]}"
        return drawn[:lines]

    def _laid_out(self, columns: int, room: int, now: datetime, *, clipped: bool) -> tuple[list[Row], Layout]:
        """Give the rows that fit into `room` lines (one less where not all do) and how they are shown."""
        room = max(0, room - clipped)
        rows = self._rows(room, now, clipped=clipped)
        self._wanted = scale_frame.wanted_by(rows, self._wanted)
        chosen = scale_frame.layout(rows, self._wanted, columns, room)
        if not clipped and scale_frame.lines_taken(rows, chosen) > room:
            return self._laid_out(columns, room, now, clipped=True)
        return scale_frame.rows_that_fit(rows, chosen, room), chosen

    def _heading(self, now: datetime, lines: int) -> list[str]:
        title = self._title
        clock = now.astimezone().strftime("%H:%M:%S")
        services = len(self._order) - len(self._gone)
        counted = f"{services:,} service{'' if services == 1 else 's'}"
        if self._trouble:
            counted += f", {len(self._trouble):,} need{'s' if len(self._trouble) == 1 else ''} a look"
        if self._lost is not None:
            since, detail = self._lost
            news = f"connection lost {age((now - since).total_seconds())} ago, trying again: {detail}"
        elif not self._synced:
            news = "reading"
        elif self._last is None:
            news = "nothing has changed since the start"
        else:
            since, told = self._last
            ago = _ago(since, now)
            news = f"last change {'just now' if ago == 'now' else f'{ago} ago'}: {told}"
        heading = [f"{clock}  {counted}  {title.place}  cluster {title.cluster}", news]
        if title.until is not None:
            left = "" if title.deadline is None else f"{age((title.deadline - now).total_seconds())} left "
            heading.append(f"{left}until {title.until}")
        if lines >= _LEGEND_FROM:
            heading.append("")
        return heading

    def _rows(self, room: int, now: datetime, *, clipped: bool) -> list[Row]:
        """Give the rows that fit: by name, and when not all do, services that need a look first."""
        order: Sequence[Key] = self._order
        if clipped and self._trouble:
            calm = (key for key in self._order if key not in self._trouble)
            order = [*sorted(self._trouble), *_first(calm, room)]
        rows: list[Row] = []
        for key in order:
            if len(rows) >= room:
                break
            entry = self._entries[key]
            mine = [self._row(entry, side, now) for side in entry.snapshot.sides.values()]
            rows += mine or [self._gone_row(entry, now)]
        return rows[:room]

    def _row(self, entry: _Entry, side: SideSnapshot, now: datetime) -> Row:
        tone = "trouble" if side.trouble else "moving" if side.moving else ""
        history = entry.histories.get(side.side)
        drawn = ""
        if history is not None:
            samples = history.samples(now)
            top = max([side.maximum or 0, *(value or 0 for value in samples)])
            drawn = sparkline(samples, top, unicode=self._unicode)
        bounds = "-" if side.maximum is None else f"{number(side.minimum)}/{number(side.maximum)}"
        return Row(
            {"trouble": "!", "moving": "~"}.get(tone, ""),
            self._name(entry.snapshot),
            side.side,
            replicas(side, "→" if self._unicode else "->"),
            number(side.ready),
            bounds,
            tuple(printable(word) for word in metric_words(side)),
            printable(side.limit.why if self._wide and side.limit else words(side)),
            drawn,
            _ago(entry.updated, now),
            tone,
        )

    def _gone_row(self, entry: _Entry, now: datetime) -> Row:
        ago = _ago(entry.updated, now)
        return Row(
            "", self._name(entry.snapshot), "-", "-", "-", "-", ("-",), "service deleted", "", ago, "gone"
        )

    def _name(self, snapshot: ScaleSnapshot) -> str:
        return printable(snapshot.service if self._namespaces else snapshot.name)

    def _table(self, rows: list[Row], chosen: Layout, columns: int) -> list[str]:
        key = (tuple(rows), chosen, columns)
        if self._drawn[0] != key:
            lines = scale_frame.table_lines(rows, chosen, columns, colour=self._colour, unicode=self._unicode)
            self._drawn = (key, lines)
        self._history_shown = scale_frame.HISTORY in chosen.shown
        return self._drawn[1]

    def _more(self, hidden: int, rows: Sequence[Row]) -> str:
        first = "; services that need a look come first" if self._trouble and rows else ""
        dots = "…" if self._unicode else "..."
        more = "row does" if hidden == 1 else "rows do"
        return f"{dots} {hidden:,} more {more} not fit{first}"

    def _forget(self, now: datetime) -> None:
        for key, since in list(self._gone.items()):
            if now - since > timedelta(seconds=GONE_SECONDS):
                del self._gone[key], self._entries[key]
                self._order.remove(key)


class LiveScreen:
    """The view on a terminal: drawn when something changed, and when a second has passed."""

    def __init__(self, view: LiveView, screen: Screen, surroundings: Surroundings) -> None:
        self._view, self._screen, self._clock = view, screen, surroundings.monotonic
        self._dirty = True
        self._drawn_at = -1.0

    def tell(self, news: News, now: datetime) -> None:
        """Take in one piece of news; the picture follows with the next tick."""
        self._view.tell(news, now)
        self._dirty = True

    def tick(self, now: datetime) -> None:
        """Draw if it is time. Raises Quit when q was pressed."""
        self._screen.sleep_if_told()
        if "q" in self._screen.typed():
            raise Quit
        passed = self._clock() - self._drawn_at
        if self._screen.resized or passed >= 1.0 or (self._dirty and passed >= FRAME_SECONDS):
            self.draw(now)

    def draw(self, now: datetime) -> None:
        """Draw the picture of this moment."""
        self._dirty = False
        self._drawn_at = self._clock()
        columns, lines = self._screen.size()
        self._screen.draw(self._view.picture(columns, lines, now))

    def last(self, now: datetime) -> list[str]:
        """Give the picture that stays behind, without the legend."""
        columns, lines = self._screen.size()
        return self._view.picture(columns, lines - 1, now, legend=False)


@contextmanager
def live_screen(
    surroundings: Surroundings, cluster: Cluster, scope: Scope, wishes: Wishes
) -> Iterator[LiveScreen]:
    """Take the terminal for a live view; when it ends the last picture stays above the prompt."""
    now = surroundings.now()
    place = f"namespace {scope.namespace}" if scope.namespace else "all namespaces"
    if scope.labels:
        place += f" ({scope.labels})"
    deadline = None if wishes.timeout is None else now + timedelta(seconds=wishes.timeout)
    view = LiveView(
        Title(printable(cluster.context or cluster.server), printable(place), wishes.until, deadline),
        namespaces=scope.namespace is None,
        wide=wishes.wide,
        colour=wishes.colour,
        unicode=(surroundings.stdout.encoding or "").lower().replace("-", "") == "utf8",
    )
    left: list[str] = []
    try:
        with taken_over(surroundings) as screen:
            live = LiveScreen(view, screen, surroundings)
            live.draw(now)
            try:
                yield live
            finally:
                left = live.last(surroundings.now())
    finally:
        reset = "\x1b[0m" if wishes.colour else ""
        with suppress(OSError):  # the terminal itself may be gone
            surroundings.stdout.write("".join(f"{line}{reset}\n" for line in left))
            surroundings.stdout.flush()


def _first(keys: Iterator[Key], count: int) -> list[Key]:
    found: list[Key] = []
    for key in keys:
        if len(found) >= count:
            break
        found.append(key)
    return found


def _ago(since: datetime, now: datetime) -> str:
    """Write an age coarsely, so that a table full of ages need not be redrawn every second."""
    seconds = max(0.0, (now - since).total_seconds())
    if seconds < 5:
        return "now"
    if seconds < 60:
        return f"{int(seconds) // 5 * 5}s"
    if seconds < 600:
        return f"{int(seconds) // 60}m"
    return age(seconds)
