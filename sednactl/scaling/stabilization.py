"""Stabilization windows: not to follow every reading, both ways.

Mirrors the HorizontalPodAutoscaler controller of Kubernetes 1.30 to 1.32, which
treats a recommendation that is exactly as old as the window differently with
`behavior` (too old) and without (still counts).
"""

from __future__ import annotations

from dataclasses import dataclass

from sednactl.scaling.scale_history import Moments
from sednactl.scaling.scaling_rules import Behavior


@dataclass(frozen=True)
class Stabilized:
    """The replicas that the windows let through, and the place of an outdated recommendation (None: none is)."""

    replicas: int
    outdated: int | None


def stabilized_down(recommendations: Moments, desired: int, now: float, window: float) -> Stabilized:
    """Give the highest of what is recommended now and was within `window` seconds: the way without behavior."""
    cutoff = now - window
    highest, outdated = desired, None
    for place, (at, replicas) in enumerate(recommendations):
        if at < cutoff:
            outdated = place
        elif replicas > highest:
            highest = replicas
    return Stabilized(highest, outdated)


def stabilized_both(
    recommendations: Moments, current: int, desired: int, now: float, behavior: Behavior
) -> Stabilized:
    """Keep `current` between the lowest of the scale-up and the highest of the scale-down window."""
    up_cutoff, down_cutoff = now - behavior.up.window, now - behavior.down.window
    lowest = highest = desired
    outdated = None
    for place, (at, replicas) in enumerate(recommendations):
        if at > up_cutoff and replicas < lowest:
            lowest = replicas
        if at > down_cutoff and replicas > highest:
            highest = replicas
        if at < up_cutoff and at < down_cutoff:
            outdated = place
    return Stabilized(min(max(current, lowest), highest), outdated)
