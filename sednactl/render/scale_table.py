"""Scaling as plain columns: one row a service and side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sednactl.render.columns import age, printable, width
from sednactl.render.fitting import fitted
from sednactl.scaling.metrics import ScaleMetric
from sednactl.scaling.snapshot import ScaleSnapshot, SideSnapshot
from sednactl.scaling.watching import News

HEADS = ("NAME", "SIDE", "REPLICAS", "READY", "MIN", "MAX", "METRICS", "AGE", "WHY")
WIDE_HEADS = (*HEADS[:-1], "AUTOSCALER", "DEPLOYMENT", "LAST-SCALED", "WHY")


def table(
    snapshots: Iterable[ScaleSnapshot],
    now: datetime,
    *,
    namespaces: bool,
    wide: bool,
    room: int | None = None,
) -> str:
    """Lay out every side of every service under its heads; `room` tells how wide a line may be, in cells."""
    rows = [
        row(snapshot, side, now, namespaces=namespaces, wide=wide)
        for snapshot in snapshots
        for side in snapshot.sides.values()
    ]
    return fitted(
        heads(namespaces=namespaces, wide=wide), rows, None if wide else room, spare=("AGE",), under=True
    )


def heads(*, namespaces: bool, wide: bool) -> tuple[str, ...]:
    """Give the columns' heads."""
    chosen = WIDE_HEADS if wide else HEADS
    return ("NAMESPACE", *chosen) if namespaces else chosen


def row(
    snapshot: ScaleSnapshot, side: SideSnapshot, now: datetime, *, namespaces: bool, wide: bool
) -> tuple[str, ...]:
    """Give the cells of one side."""
    cells = [
        *((snapshot.namespace,) if namespaces else ()),
        snapshot.name,
        side.side,
        replicas(side),
        number(side.ready),
        number(side.minimum),
        number(side.maximum),
        metrics(side),
        _since(side.created, now),
    ]
    if wide:
        cells += [side.hpa or "<none>", side.deployment or "<none>", _since(side.last_scaled, now)]
    return (*cells, sentence(side) if wide else words(side))


def replicas(side: SideSnapshot, arrow: str = "->") -> str:
    """Write `3`, or `3->4` while the number is on its way."""
    if side.current == side.desired:
        return number(side.current)
    return f"{number(side.current)}{arrow}{number(side.desired)}"


def number(value: int | None) -> str:
    """Write a number, `-` for none."""
    return "-" if value is None else str(value)


def metrics(side: SideSnapshot) -> str:
    """Write every metric as `name reading/target`, `?` for a reading that is unknown."""
    return ", ".join(metric_words(side))


def metric_words(side: SideSnapshot) -> tuple[str, ...]:
    """Give what `metrics` joins: at least one word, `-` without an autoscaler, `none` without metrics."""
    return tuple(
        f"{metric.name} {amount(metric, metric.current)}/{amount(metric, metric.target)}"
        for metric in side.metrics
    ) or (("-" if side.hpa is None else "none"),)


def amount(metric: ScaleMetric, value: int | float | None) -> str:
    """Write a reading or a target in its unit: `37%`, `250m`, `1.5Gi`, `12.5`."""
    if value is None:
        return "?"
    if metric.unit == "bytes":
        return size(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value}{metric.unit}"


def size(count: int | float) -> str:
    """Write bytes with three digits and a binary suffix."""
    value = float(count)
    for suffix in ("", "Ki", "Mi", "Gi", "Ti", "Pi"):
        if abs(value) < 1024 or suffix == "Pi":
            break
        value /= 1024
    return f"{value:.0f}{suffix}" if value >= 100 or value == int(value) else f"{value:.1f}{suffix}"


def words(side: SideSnapshot) -> str:
    """Say in a few words why the side has this many replicas."""
    said = side.limit.words if side.limit is not None else _course(side)
    return f"{said} (foreign autoscaler)" if side.origin == "foreign" else said


def sentence(side: SideSnapshot) -> str:
    """Say in whole sentences why the side has this many replicas."""
    said = side.limit.why if side.limit is not None else f"{_course(side).capitalize()}."
    return f"{said} {side.hpa} was not made by Sedna." if side.origin == "foreign" else said


def _course(side: SideSnapshot) -> str:
    """Say what a side that nothing holds back is doing."""
    current, desired, ready = side.current, side.desired, side.ready
    if current is not None and desired is not None and current > desired:
        return f"{current - desired} stopping"
    if ready is not None and desired is not None and ready < desired:
        return f"{desired - ready} starting"
    return "follows load"


def unknown_metrics(snapshots: Iterable[ScaleSnapshot]) -> list[str]:
    """Give a line for every side whose readings are unknown, with the cluster's own reason."""
    return [
        f"{snapshot.service} {side.side}: {side.limit.why}"
        for snapshot in snapshots
        for side in snapshot.sides.values()
        if side.limit is not None and side.limit.code == "metrics unknown"
    ]


_ROOM = {"REPLICAS": 8, "METRICS": 12, "AGE": 5}
"""Cells that columns whose content grows get from the start."""


class PlainLines:
    """A watch without a terminal to move on: a line for each side that changed, as `kubectl get -w` does.

    Heads come once. Columns are as wide as the first rows need and only ever grow.
    """

    def __init__(
        self, write: Callable[[str], object], note: Callable[[str], object], *, namespaces: bool, wide: bool
    ) -> None:
        self._write, self._note = write, note
        self._namespaces, self._wide = namespaces, wide
        self._heads = ("TIME", *heads(namespaces=namespaces, wide=wide))
        self._widths: list[int] = []
        self._first: list[tuple[str, ...]] | None = []
        self._told: dict[tuple[str, str], tuple[str, ...]] = {}

    def tell(self, news: News, now: datetime) -> None:
        """Print what changed; notes about the connection go to standard error."""
        if news.type == "lost":
            self._note(f"connection lost, trying again: {printable(news.detail)}\n")
        elif news.type == "regained":
            self._note("connected again\n")
        elif news.type == "synced":
            first, self._first = self._first or [], None
            if not first:
                self._note("no JointInferenceServices yet\n")
            self._print(first)
        elif news.snapshot is not None:
            rows = self._rows(news.snapshot, now)
            if self._first is not None:
                self._first += rows
            else:
                self._print(rows)

    def tick(self, now: datetime) -> None:
        """Nothing depends on the clock alone."""

    def _rows(self, snapshot: ScaleSnapshot, now: datetime) -> list[tuple[str, ...]]:
        clock = now.astimezone().strftime("%H:%M:%S")
        if snapshot.deleted:
            for gone in ("cloud", "edge"):
                self._told.pop((snapshot.service, gone), None)
            names = (snapshot.namespace, snapshot.name) if self._namespaces else (snapshot.name,)
            blanks = ("-",) * (len(self._heads) - len(names) - 2)
            return [(clock, *names, *blanks, "service deleted")]
        rows = []
        age_at = self._heads.index("AGE") - 1
        for name, side in snapshot.sides.items():
            cells = row(snapshot, side, now, namespaces=self._namespaces, wide=self._wide)
            ageless = (*cells[:age_at], *cells[age_at + 1 :])
            if self._told.get((snapshot.service, name)) != ageless:
                self._told[snapshot.service, name] = ageless
                rows.append((clock, *cells))
        return rows

    def _print(self, rows: Sequence[tuple[str, ...]]) -> None:
        if not rows:
            return
        lines = [[printable(cell) for cell in line] for line in rows]
        if not self._widths:
            self._widths = [_ROOM.get(head, 0) for head in self._heads]
            lines.insert(0, list(self._heads))
        self._widths = [max(old, *(width(line[at]) for line in lines)) for at, old in enumerate(self._widths)]
        for line in lines:
            cells = [cell + " " * (self._widths[at] - width(cell)) for at, cell in enumerate(line)]
            self._write("   ".join(cells).rstrip() + "\n")


def _since(time: str | None, now: datetime) -> str:
    if not time:
        return "-"
    try:
        return age((now - datetime.fromisoformat(time.replace("Z", "+00:00"))).total_seconds())
    except (ValueError, TypeError):
        return "-"
