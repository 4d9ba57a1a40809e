"""Events for people: one line each, the newest last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sednactl.lifecycle.description import event_time
from sednactl.lifecycle.event_stream import involved
from sednactl.lifecycle.ownership import seconds_since
from sednactl.render.columns import age, columns, printable
from sednactl.render.fitting import breaking, fits, fitted

Json = dict[str, Any]
HEADS = ("AGO", "TYPE", "REASON", "OBJECT", "MESSAGE")


def event_row(event: Json, now: datetime) -> tuple[str, ...]:
    """Give the cells of one event."""
    count = event.get("count") or (event.get("series") or {}).get("count") or 1
    when = age(seconds_since(event_time(event), now))
    return (f"{when} (x{count})" if isinstance(count, int) and count > 1 else when, *_what(event))


def _what(event: Json) -> tuple[str, str, str, str]:
    about = involved(event)
    return (
        str(event.get("type") or ""),
        str(event.get("reason") or ""),
        f"{about.get('kind')}/{about.get('name')}",
        " ".join(str(event.get("message") or "").split()),
    )


def event_table(
    events: Iterable[Json], now: datetime, *, headers: bool = True, room: int | None = None
) -> str:
    """Write events as a table; where `room` cells a line are too few, objects and messages stand under their rows."""
    rows = [event_row(event, now) for event in events]
    if fits(HEADS, rows, room, headers=headers):
        return columns(HEADS, rows, headers=headers)
    folded = [(when, kind, reason, f"{about}: {message}") for when, kind, reason, about, message in rows]
    return fitted((*HEADS[:3], "OBJECT: MESSAGE"), folded, room, headers=headers, under=True)


def event_line(event: Json, room: int | None = None) -> str:
    """Write one event of a watch: with its time, as there is no table whose columns could fit."""
    kind, reason, about, message = _what(event)
    line = printable(f"{event_time(event)} {kind:7} {reason} {about} {message}").rstrip()
    return breaking(line, room, "  ")
