"""Named loads: how many requests come over time, as multiples of an ordinary load.

A profile is a broken line of (seconds, level); level 1 is the ordinary load. The
same levels drive a simulation and a sandbox. Nothing here is random.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

from sednactl.errors import UsageError

Points = tuple[tuple[float, float], ...]
_MINUTE, _HOUR = 60.0, 3600.0


@dataclass(frozen=True)
class LoadProfile:
    """A named load. `points` are (seconds from its start, level), joined by straight lines."""

    name: str
    summary: str
    points: Points

    @property
    def duration(self) -> float:
        """Give the seconds from its first to its last point."""
        return self.points[-1][0]

    def level_at(self, seconds: float) -> float:
        """Give the level at that time; before the first and after the last point, that point's."""
        return level_between(self.points, seconds)


def level_between(points: Points, seconds: float) -> float:
    """Give the value of a broken line at a time."""
    place = bisect_right(points, (seconds, math.inf))
    if place == 0:
        return points[0][1]
    if place == len(points):
        return points[-1][1]
    (start, low), (end, high) = points[place - 1], points[place]
    return low + (high - low) * (seconds - start) / (end - start)


def _shift_change() -> Points:
    points: list[tuple[float, float]] = [(0, 1.0)]
    for hour in (6, 14, 22):
        start = hour * _HOUR
        points += [
            (start, 1.0),
            (start + 2 * _MINUTE, 4.0),
            (start + 22 * _MINUTE, 4.0),
            (start + 32 * _MINUTE, 1.0),
        ]
    return (*points, (24 * _HOUR, 1.0))


def _day() -> Points:
    """Lowest at 4 in the morning (0.3), highest at 16 (2.0), as a cosine in steps of ten minutes."""
    middle, swing = 1.15, 0.85
    steps = (place * 10 * _MINUTE for place in range(24 * 6 + 1))
    return tuple((at, middle - swing * math.cos((at / _HOUR - 4) * math.pi / 12)) for at in steps)


PROFILES = {
    profile.name: profile
    for profile in (
        LoadProfile(
            "shift-change",
            "a day with three shift changes: +300 % within 2 minutes, for 20 minutes",
            _shift_change(),
        ),
        LoadProfile("day", "a day: 0.3 of the ordinary load at 4:00, twice it at 16:00", _day()),
        LoadProfile(
            "spike",
            "an hour: six times the ordinary load within 15 seconds, for 5 minutes",
            (
                (0, 1.0),
                (10 * _MINUTE, 1.0),
                (10 * _MINUTE + 15, 6.0),
                (15 * _MINUTE, 6.0),
                (15 * _MINUTE + 15, 1.0),
                (_HOUR, 1.0),
            ),
        ),
        LoadProfile(
            "ramp",
            "an hour: evenly up to five times the ordinary load in 40 minutes, and down in 10",
            (
                (0, 1.0),
                (40 * _MINUTE, 5.0),
                (45 * _MINUTE, 5.0),
                (55 * _MINUTE, 1.0),
                (_HOUR, 1.0),
            ),
        ),
        LoadProfile("steady", "an hour of the ordinary load", ((0, 1.0), (_HOUR, 1.0))),
    )
}


def profile_called(name: str) -> LoadProfile:
    """Give a profile by its name. Raises UsageError for one that nobody knows."""
    if name not in PROFILES:
        raise UsageError(f"there is no load profile '{name}'", hint=f"choose one of {', '.join(PROFILES)}")
    return PROFILES[name]
