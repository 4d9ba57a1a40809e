"""Simulated variants side by side: a table, bars over time, csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from sednactl.render.columns import age, printable
from sednactl.render.fitting import fitted
from sednactl.scaling.comparison import SIDES, Broken, Prices, side_of, totals_of
from sednactl.scaling.history import sparkline
from sednactl.scaling.simulation import Run, SideRun

BARS = 60
_BESIDE_BARS = 18 + 8 + 20
"""Cells that a side's name, the blanks and the sentence behind the bars take."""
_MOST_DRAWN = 4
_CSV = ("variant", "side", "t", "load", "utilization", "replicas", "desired", "limited")


def table(runs: Sequence[Run], prices: Prices, room: int | None = None) -> str:
    """Write each variant's sides, and the sum beside the first variant's; `room` tells how wide a line may be."""
    return fitted(*cells(runs, prices), room, spare=("LONGEST WAIT", "EVENTS", "OVERLOADED", "PEAK"))


def cells(runs: Sequence[Run], prices: Prices) -> tuple[list[str], list[list[str]]]:
    """Give the heads and rows of the table."""
    heads = [
        "VARIANT", "SIDE", "REPLICA-HOURS", "PEAK", "OVER TARGET", "OVERLOADED", "UNMET", "LONGEST WAIT",
        "EVENTS", "FLAPS",
    ]  # fmt: skip
    if prices.given:
        heads.append("COST")
    first = totals_of(runs[0], prices).replica_hours
    rows: list[list[str]] = []
    for run in runs:
        for side in SIDES:
            rows.append([run.name, side, *_figures(side_of(run, side))])
            if prices.given:
                rows[-1].append(f"{prices.of(side, side_of(run, side).replica_seconds):.2f}")
        totals = totals_of(run, prices)
        hours = f"{totals.replica_hours:.1f}"
        if run is not runs[0] and first:
            hours += f" ({(totals.replica_hours / first - 1) * 100:+.0f}%)"
        both = [run.name, "both", hours, str(totals.peak), _percent(totals.over_target_share), ""]
        rows.append([*both, _percent(totals.unmet_share), "", str(totals.scale_events), str(totals.flaps)])
        if prices.given:
            rows[-1].append(f"{totals.cost:.2f}")
    return heads, rows


def savings(runs: Sequence[Run], prices: Prices) -> list[str]:
    """Say what the first variant saves against each that never scales; nothing if it does not scale itself."""
    first, told = totals_of(runs[0], prices), []
    for run in runs[1:] if first.scale_events else ():
        other = totals_of(run, prices)
        if other.scale_events or not other.replica_hours:
            continue
        less = other.replica_hours - first.replica_hours
        share = f": {less / other.replica_hours * 100:.0f}% saved" if less > 0 else ""
        told.append(
            f"{runs[0].name} takes {abs(less):.1f} replica-hours {'less' if less >= 0 else 'more'} than "
            f"{run.name}{share}"
        )
    return told


def _figures(run: SideRun) -> list[str]:
    seconds = max(run.seconds, 1.0)
    return [
        f"{run.replica_seconds / 3600:.1f}",
        str(run.peak),
        _percent(run.over_target_seconds / seconds),
        age(run.overload_seconds),
        _percent(run.unmet / run.requests if run.requests else 0.0),
        f"{run.longest_wait:.1f}s",
        str(run.scale_events),
        str(run.flaps),
    ]


def _percent(share: float) -> str:
    percent = share * 100
    return "0%" if not percent else f"{percent:.1f}%" if percent >= 0.05 else "<0.1%"


def pictures(runs: Sequence[Run], *, unicode: bool, room: int | None = None) -> str:
    """Draw load and replicas over time, as bars of equal time; nothing for many variants."""
    if len(runs) > _MOST_DRAWN:
        return ""
    lines = []
    bars = BARS if room is None else max(10, min(BARS, room - _BESIDE_BARS))
    for run in runs:
        lines.append(printable(f"{run.name}, {age(run.edge.seconds)}:"))
        for side in SIDES:
            series = side_of(run, side).series
            load = [round(point[1] * 1000) for point in series]
            replicas = [point[4] for point in series]
            lines.append(
                f"  {side:<5} load      {_bars(load, unicode, bars)}  up to {max(load) / 1000:g} requests/s"
            )
            lines.append(f"  {'':<5} replicas  {_bars(replicas, unicode, bars)}  up to {max(replicas)}")
    return "\n".join(lines) + "\n"


def _bars(values: Sequence[int], unicode: bool, most: int) -> str:
    count = min(most, len(values))
    slices = [
        values[place * len(values) // count : (place + 1) * len(values) // count] for place in range(count)
    ]
    highest = [max(part) for part in slices]
    top = max(highest)
    if unicode or top < 10:
        return sparkline(list(highest), top, unicode=unicode)
    return sparkline([value * 9 // top for value in highest], 9, unicode=False)


def rows(runs: Sequence[Run]) -> Iterator[str]:
    """Give csv, a line a step and side, after a line of heads."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_CSV)
    for run in runs:
        for side in SIDES:
            for at, load, utilization, replicas, desired, limited in side_of(run, side).series:
                shown = (f"{at:g}", f"{round(load, 6):g}", utilization, replicas, desired, limited or "")
                writer.writerow((run.name, side, *shown))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def gates(broken: Sequence[Broken]) -> str:
    """Say which gates were not kept, a line each."""
    return "".join(f"{printable(one.variant)}: {_gate(one)}\n" for one in broken)


def _gate(one: Broken) -> str:
    if one.figure in ("max-unmet", "max-over-target"):
        return f"--{one.figure} {one.most * 100:g}%: it was {one.found * 100:.2f}%"
    return f"--{one.figure} {one.most:g}: it was {one.found:g}"
