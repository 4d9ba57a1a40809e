"""What can be known of an autoscaler's past from outside: its events and its status.

The controller keeps its recommendations in memory only. What it did shows in
its SuccessfulRescale events; that it holds replicas for a while shows in a
condition, without saying since when.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sednactl.moments import NEVER, seconds_of
from sednactl.scaling.scale_history import ScaleHistory

Json = dict[str, Any]
_NEW_SIZE = re.compile(r"New size: (\d+); reason: ")


@dataclass(frozen=True)
class Past:
    """A history and how much of it is known: `whole`, `seen` from outside, or `none`; `doubts` say what is not."""

    history: ScaleHistory
    known: str
    doubts: tuple[str, ...] = ()


def past_of(hpa: Mapping[str, Any], events: Iterable[Json], now: float, current: int, window: float) -> Past:
    """Read what events and status tell of an autoscaler; `window` is that of scaling down, in seconds."""
    sizes = sorted(_sizes(hpa, events, now))
    ups, downs, recommendations = [], [], []
    before: int | None = None
    for at, size in sizes:
        recommendations.append((at, size))
        if before is not None and size > before:
            ups.append((at, size - before))
        elif before is not None and size < before:
            downs.append((at, before - size))
        before = size
    doubts = []
    status = hpa.get("status") or {}
    if _holds(status):
        last = seconds_of(status.get("lastScaleTime"))
        if not any(at >= now - window and replicas >= current for at, replicas in recommendations):
            recommendations.append((max(last, now - window) if last > now - window else now, current))
        doubts.append(
            f"the controller said it holds replicas because more were asked for within {window:g}s; "
            "since when shows nowhere, so the next scale-down may come later or sooner than told here"
        )
    elif not recommendations and not status.get("lastScaleTime"):
        doubts.append("nothing is known of what it asked for before; the controller keeps that in memory")
    elif not recommendations:
        doubts.append("no event tells of its last rescale any more; what it asked for before is not known")
    history = ScaleHistory(tuple(recommendations), tuple(ups), tuple(downs))
    return Past(history, "seen" if recommendations else "none", tuple(doubts))


def _holds(status: Mapping[str, Any]) -> bool:
    return any(
        one.get("type") == "AbleToScale" and one.get("reason") == "ScaleDownStabilized"
        for one in status.get("conditions") or ()
    )


def _sizes(hpa: Mapping[str, Any], events: Iterable[Json], now: float) -> Iterable[tuple[float, int]]:
    metadata = hpa["metadata"]
    for event in events:
        about = event.get("involvedObject") or event.get("regarding") or {}
        if event.get("reason") != "SuccessfulRescale" or about.get("name") != metadata.get("name"):
            continue
        if about.get("uid") and metadata.get("uid") and about["uid"] != metadata["uid"]:
            continue
        match = _NEW_SIZE.match(str(event.get("message") or event.get("note") or ""))
        if match is None:
            continue
        series = event.get("series") or {}
        times = {
            seconds_of(time)
            for time in (
                event.get("firstTimestamp"),
                event.get("lastTimestamp"),
                event.get("eventTime"),
                series.get("lastObservedTime"),
            )
            if time
        }
        yield from ((at, int(match[1])) for at in times if NEVER < at <= now)
