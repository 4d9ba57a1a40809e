"""How much a service has to do over time, whatever it was measured in.

A load is a series for one side or for both: requests a second, or what they
cost (millicores, percent of one replica's request), which a service model turns
into requests a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sednactl.scaling.load_profiles import LoadProfile, Points, level_between

Unit = Literal["rps", "millicores", "utilization"]
UNITS: tuple[Unit, ...] = ("rps", "millicores", "utilization")


@dataclass(frozen=True)
class Series:
    """(seconds, value) pairs from 0 on. Between two samples the earlier holds; `joined` ones are joined by lines."""

    points: Points
    unit: Unit
    joined: bool = False


@dataclass(frozen=True)
class Load:
    """A load by side, its length in seconds, and remarks on how it was read."""

    name: str
    sides: Mapping[str, Series]
    duration: float
    remarks: tuple[str, ...] = ()


def load_of(profile: LoadProfile, ordinary: float) -> Load:
    """Give a profile as requests a second to the edge, of which `ordinary` is level 1."""
    points = tuple((at, level * ordinary) for at, level in profile.points)
    return Load(profile.name, {"edge": Series(points, "rps", joined=True)}, profile.duration)


def sampled(series: Series | None, step: float, steps: int) -> list[float]:
    """Give the series' value at the start of each step; zeros without a series.

    A load that is shorter than the run starts anew at its end.
    """
    if series is None:
        return [0.0] * steps
    points, length = series.points, series.points[-1][0] or step
    times = (place * step if place * step <= length else place * step % length for place in range(steps))
    if series.joined:
        return [level_between(points, at) for at in times]
    found, place, last = [], 0, len(points) - 1
    for at in times:
        if at < points[place][0]:
            place = 0
        while place < last and points[place + 1][0] <= at:
            place += 1
        found.append(points[place][1])
    return found
