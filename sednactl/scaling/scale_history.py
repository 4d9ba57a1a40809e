"""What the controller remembers of an autoscaler between two syncs.

It keeps this in memory only: it is lost when the controller restarts, and no API
shows it. Lists are kept the way the controller keeps them, which reuses one
outdated place a time instead of dropping what is old.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.moments import seconds_of, time_of

Moments = tuple[tuple[float, int], ...]
"""(seconds since 1970, number) pairs."""

_JUST_BEFORE = 1e-6


@dataclass(frozen=True)
class ScaleHistory:
    """Recommendations before they were stabilized, and how many replicas were added and removed when."""

    recommendations: Moments = ()
    ups: Moments = ()
    downs: Moments = ()

    def begun(self, current: int, now: float) -> ScaleHistory:
        """Count the present replicas as the first recommendation, unless there are some.

        The controller does so a moment before it looks at the window.
        """
        if self.recommendations:
            return self
        return ScaleHistory(((now - _JUST_BEFORE, current),), self.ups, self.downs)

    def recommended(self, replicas: int, now: float, outdated: int | None) -> ScaleHistory:
        """Add a recommendation, in the place of the outdated one if there is one."""
        return ScaleHistory(_put(self.recommendations, (now, replicas), outdated), self.ups, self.downs)

    def scaled(self, before: int, after: int, now: float, longest_period: float) -> ScaleHistory:
        """Add a change of replicas, in the place of the last one that is older than every policy's period."""
        if after > before:
            ups = _put(self.ups, (now, after - before), _outdated(self.ups, now - longest_period))
            return ScaleHistory(self.recommendations, ups, self.downs)
        downs = _put(self.downs, (now, before - after), _outdated(self.downs, now - longest_period))
        return ScaleHistory(self.recommendations, self.ups, downs)

    def as_json(self) -> dict[str, Any]:
        """Give the history as a state file holds it (times to the second)."""
        return {
            "recommendations": [{"time": time_of(at), "replicas": n} for at, n in self.recommendations],
            "scaleUps": [{"time": time_of(at), "replicas": n} for at, n in self.ups],
            "scaleDowns": [{"time": time_of(at), "replicas": n} for at, n in self.downs],
        }


def history_from(content: Mapping[str, Any]) -> ScaleHistory:
    """Read what `as_json` gives. Raises InvalidInput."""
    return ScaleHistory(*(_moments(content, key) for key in ("recommendations", "scaleUps", "scaleDowns")))


def _moments(content: Mapping[str, Any], key: str) -> Moments:
    found = []
    for entry in content.get(key) or ():
        replicas = entry.get("replicas") if isinstance(entry, Mapping) else None
        if not isinstance(replicas, int) or isinstance(replicas, bool):
            raise InvalidInput(
                f"history.{key}: an entry has no whole number of replicas",
                hint="write entries like {time: 2026-11-24T10:02:11Z, replicas: 3}",
            )
        found.append((seconds_of(entry.get("time")), replicas))
    return tuple(found)


def _put(moments: Moments, new: tuple[float, int], place: int | None) -> Moments:
    return (*moments, new) if place is None else (*moments[:place], new, *moments[place + 1 :])


def _outdated(moments: Moments, cutoff: float) -> int | None:
    return max((index for index, (at, _) in enumerate(moments) if at < cutoff), default=None)
