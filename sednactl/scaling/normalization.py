"""From what the metrics ask for to what the autoscaler may do: window, rate, bounds.

Mirrors the HorizontalPodAutoscaler controller of Kubernetes 1.30 to 1.32: its
reasons and messages are part of an autoscaler's conditions.
"""

from __future__ import annotations

from dataclasses import dataclass

from sednactl.scaling.rate_limits import down_limit, limit_without_behavior, up_limit
from sednactl.scaling.scale_history import ScaleHistory
from sednactl.scaling.scaling_rules import Behavior
from sednactl.scaling.stabilization import stabilized_both, stabilized_down

WITHIN = ("DesiredWithinRange", "the desired count is within the acceptable range")
TOO_MANY = ("TooManyReplicas", "the desired replica count is more than the maximum replica count")
TOO_FEW = ("TooFewReplicas", "the desired replica count is less than the minimum replica count")
TOO_FAST_UP = ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate")
TOO_FAST_DOWN = (
    "ScaleDownLimit",
    "the desired replica count is decreasing faster than the maximum scale rate",
)
READY = ("ReadyForNewScale", "recommended size matches current size")
DOWN_STABILIZED = (
    "ScaleDownStabilized",
    "recent recommendations were higher than current one, applying the highest recent recommendation",
)
UP_STABILIZED = (
    "ScaleUpStabilized",
    "recent recommendations were lower than current one, applying the lowest recent recommendation",
)

Said = tuple[str, str]
"""A condition's reason and message."""


@dataclass(frozen=True)
class Frame:
    """What one autoscaler may do: bounds, its behavior (None: it has none), the scale-down window without one."""

    least: int
    most: int
    behavior: Behavior | None
    window: float

    @property
    def down_window(self) -> float:
        """Give the seconds for which a recommendation keeps replicas from going."""
        return self.behavior.down.window if self.behavior else self.window


@dataclass(frozen=True)
class Normalized:
    """`replicas` the autoscaler may go to, `stabilized` what its windows let through, `rate` how far it may go at once.

    `able` and `limit` are the reasons and messages of AbleToScale and
    ScalingLimited; `history` has the new recommendation and no new event.
    """

    replicas: int
    stabilized: int
    rate: int | None
    able: Said
    limit: Said
    history: ScaleHistory

    @property
    def limited(self) -> bool:
        """Tell whether bounds or rate hold the replicas back."""
        return self.replicas != self.stabilized


def normalize(current: int, desired: int, frame: Frame, history: ScaleHistory, now: float) -> Normalized:
    """Put what the metrics ask for through window, rate and bounds; the request itself is remembered."""
    behavior, past = frame.behavior, history.recommendations
    if behavior is None:
        found = stabilized_down(past, desired, now, frame.window)
        able = DOWN_STABILIZED
        rate: int | None = limit_without_behavior(current)
        replicas, limit = _without_behavior(current, found.replicas, frame)
    else:
        found = stabilized_both(past, current, desired, now, behavior)
        able = UP_STABILIZED if desired >= current else DOWN_STABILIZED
        replicas, rate, limit = _with_behavior(current, found.replicas, frame, behavior, history, now)
    return Normalized(
        replicas,
        found.replicas,
        rate,
        able if found.replicas != desired else READY,
        limit,
        history.recommended(desired, now, found.outdated),
    )


def _without_behavior(current: int, stabilized: int, frame: Frame) -> tuple[int, Said]:
    rate = limit_without_behavior(current)
    most, why = (rate, TOO_FAST_UP) if frame.most > rate else (frame.most, TOO_MANY)
    if stabilized < frame.least:
        return frame.least, TOO_FEW
    return (most, why) if stabilized > most else (stabilized, WITHIN)


def _with_behavior(
    current: int, stabilized: int, frame: Frame, behavior: Behavior, history: ScaleHistory, now: float
) -> tuple[int, int | None, Said]:
    if stabilized > current:
        rate = up_limit(current, history.ups, history.downs, behavior.up, now)
        most, why = (rate, TOO_FAST_UP) if frame.most > rate else (frame.most, TOO_MANY)
        return (most, rate, why) if stabilized > most else (stabilized, rate, WITHIN)
    if stabilized < current:
        rate = down_limit(current, history.ups, history.downs, behavior.down, now)
        fewest, why = (rate, TOO_FAST_DOWN) if frame.least < rate else (frame.least, TOO_FEW)
        return (fewest, rate, why) if stabilized < fewest else (stabilized, rate, WITHIN)
    return stabilized, None, WITHIN


def next_scale_down(
    current: int, desired: int, frame: Frame, history: ScaleHistory, now: float
) -> float | None:
    """Give the seconds until replicas can first go if the metrics keep asking for `desired`.

    None when they never would: because as many are asked for, the minimum is
    reached, or scaling down is disabled. `history` already holds the present request.
    """
    if max(desired, frame.least) >= current:
        return None
    window = frame.down_window
    expiries = {at + window for at, replicas in history.recommendations if replicas >= current}
    if frame.behavior is not None:
        events = (*history.ups, *history.downs)
        expiries |= {at + policy.period for policy in frame.behavior.down.policies for at, _ in events}
    for moment in sorted({now, *(_just_after(time, frame) for time in expiries if time >= now)}):
        if normalize(current, desired, frame, history, moment).replicas < current:
            return max(moment - now, 0.0)
    return None


def _just_after(time: float, frame: Frame) -> float:
    return time if frame.behavior is not None else time + 1e-6
