"""Times and durations as Kubernetes writes them, as seconds.

Deciding compares many times; floats of seconds since 1970 are exact to the
microsecond there and fast.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone

from sednactl.errors import InvalidInput

NEVER = -62135596800.0
"""What an absent time means to the controller: the first second of the year 1."""

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-]\d\d:\d\d))")
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|h|m|s)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds_of(text: str | datetime | None) -> float:
    """Read an RFC 3339 time as seconds since 1970; NEVER for None. Raises InvalidInput for anything else.

    YAML readers that know times give datetimes; these are taken too.
    """
    if text is None:
        return NEVER
    if isinstance(text, datetime):
        return (text if text.tzinfo else text.replace(tzinfo=timezone.utc)).timestamp()
    match = _TIME.fullmatch(str(text))
    if match is None:
        raise InvalidInput(f"'{text}' is no time", hint="write it like 2026-11-24T10:02:11Z")
    day, clock, fraction, zone = match.groups()
    try:
        whole = datetime.fromisoformat(f"{day}T{clock}{zone or '+00:00'}").timestamp()
    except ValueError as error:
        raise InvalidInput(f"'{text}' is no time ({error})", hint="e.g. 2026-11-24T10:02:11Z") from None
    return whole + float(f"0.{fraction}") if fraction else whole


def time_of(seconds: float) -> str:
    """Write seconds since 1970 as metav1.Time does: RFC 3339 in UTC, whole seconds."""
    return datetime.fromtimestamp(int(seconds // 1), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def duration_of(text: str) -> float:
    """Read a Go duration such as `1m30s` as seconds. Raises InvalidInput."""
    rest, total, negative = text.lstrip("+-"), 0.0, text.startswith("-")
    if rest == "0":
        return 0.0
    position = 0
    while position < len(rest):
        part = _PART.match(rest, position)
        if part is None:
            break
        total += float(part[1]) * _SECONDS[part[2]]
        position = part.end()
    if not rest or position < len(rest):
        raise InvalidInput(f"'{text}' is no duration", hint="write it like 30s or 1m30s")
    return -total if negative else total
