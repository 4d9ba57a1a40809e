"""Timestamps as the Kubernetes API writes them: whole seconds for most objects, microseconds for leases and events."""

from __future__ import annotations

from datetime import datetime, timezone


def written(moment: datetime) -> str:
    """Write an aware time as metav1.Time, cut to seconds."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def written_micro(moment: datetime) -> str:
    """Write an aware time as metav1.MicroTime."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read(text: str | None) -> datetime | None:
    """Read a timestamp of either form; None for a missing or unreadable one."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)


def seconds_between(text: str | None, now: datetime, unknown: float = 0.0) -> float:
    """Give the seconds from a written time until `now`, `unknown` where there is no such time."""
    then = read(text)
    return unknown if then is None else (now - then).total_seconds()
