"""The controller's arithmetic for replicas that are all alike: what a simulation needs, thousands of times a second.

The same rules as `sednactl.scaling.decision`, with windows that are kept sorted
instead of searched; tests hold the two to the same answers.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import ceil, inf

from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.scaling.normalization import Frame
from sednactl.scaling.rate_limits import down_limit, limit_without_behavior, up_limit
from sednactl.scaling.scale_history import ScaleHistory
from sednactl.scaling.scaling_rules import Behavior

_JUST_BEFORE = 1e-6


@dataclass(frozen=True)
class Goal:
    """What one metric aims at.

    `measures` is cpu, requests (a second) or waiting (requests); `kind` is
    utilization (percent of the request), average (thousandths for each pod),
    share (thousandths for each replica, over all) or total (thousandths for all).
    """

    name: str
    measures: str
    kind: str
    target: int


class SimulatedAutoscaler:
    """One autoscaler over a run; `sync` is one reconciliation. `limited` tells what held the last one back."""

    def __init__(
        self, frame: Frame, goals: tuple[Goal, ...], request: int, settings: ControllerSettings
    ) -> None:
        self.frame, self.goals, self.request, self.settings = frame, goals, request, settings
        self.limited: str | None = None
        self._highest: deque[tuple[float, int]] = deque()
        self._lowest: deque[tuple[float, int]] = deque()
        self._events = ScaleHistory()
        self._begun = False

    def sync(
        self, now: float, current: int, counted: int, usage: int, requests: float, waiting: float
    ) -> int:
        """Decide for `current` replicas of which `counted` have a CPU reading that counts, each of `usage` millicores.

        `requests` (a second) and `waiting` are sums over the side.
        """
        self.limited = None
        frame = self.frame
        if not self._begun:
            self._begun = True
            self._remember(now - _JUST_BEFORE, current)
        if current == 0 and frame.least:
            self.limited = "switched off"
            return 0
        if current > frame.most or current < frame.least:
            desired = frame.most if current > frame.most else frame.least
            return self._done(now, current, desired)
        asked = self._asked(current, counted, usage, requests, waiting)
        if asked is None:
            self.limited = "metrics unknown"
            return current
        self._remember(now, asked)
        if frame.behavior is None:
            return self._plainly(now, current, asked)
        return self._by_rules(now, current, asked, frame.behavior)

    def _asked(self, current: int, counted: int, usage: int, requests: float, waiting: float) -> int | None:
        most: int | None = None
        failed = False
        for goal in self.goals:
            if goal.measures == "cpu":
                proposal = self._by_cpu(goal, current, counted, usage)
            else:
                proposal = self._by_sum(goal, current, requests if goal.measures == "requests" else waiting)
            if proposal is None:
                failed = True
            elif most is None or proposal > most:
                most = proposal
        return None if most is None or (failed and most < current) else most

    def _by_cpu(self, goal: Goal, current: int, counted: int, usage: int) -> int | None:
        if counted == 0:
            return None
        target, tolerance = goal.target, self.settings.tolerance
        percent = goal.kind == "utilization"
        measured = usage * 100 // self.request if percent else usage
        ratio = measured / target
        if ratio > 1.0 and counted < current:
            # Replicas that do not count yet are taken to use nothing.
            together = usage * counted
            measured = together * 100 // (self.request * current) if percent else together // current
            ratio = measured / target
            if ratio < 1.0 or abs(1.0 - ratio) <= tolerance:
                return current
            return max(ceil(ratio * current), current)
        return current if abs(1.0 - ratio) <= tolerance else ceil(ratio * counted)

    def _by_sum(self, goal: Goal, current: int, amount: float) -> int | None:
        total, tolerance = ceil(amount * 1000), self.settings.tolerance
        if goal.kind == "average":
            if current == 0:
                return None
            ratio, whole = (total // current) / goal.target, current
        elif goal.kind == "share":
            ratio, whole = total / (goal.target * current) if current else inf, current
            if abs(1.0 - ratio) > tolerance:
                return ceil(total / goal.target)
        else:
            ratio, whole = total / goal.target, current
            if current == 0:
                return ceil(ratio)
        return current if abs(1.0 - ratio) <= tolerance else ceil(ratio * whole)

    def _remember(self, now: float, asked: int) -> None:
        highest = self._highest
        while highest and highest[-1][1] <= asked:
            highest.pop()
        highest.append((now, asked))
        if self.frame.behavior is not None and self.frame.behavior.up.window:
            lowest = self._lowest
            while lowest and lowest[-1][1] >= asked:
                lowest.pop()
            lowest.append((now, asked))

    def _plainly(self, now: float, current: int, asked: int) -> int:
        frame, highest = self.frame, self._highest
        cutoff = now - frame.window
        while highest[0][0] < cutoff:
            highest.popleft()
        stabilized = highest[0][1]
        desired = stabilized
        rate = limit_without_behavior(current)
        if stabilized < frame.least:
            desired = frame.least
            self.limited = "at min"
        elif stabilized > rate or stabilized > frame.most:
            desired = min(rate, frame.most)
            self.limited = "rate limited up" if frame.most > rate else "at max"
        if stabilized != asked and desired == current and self.limited in (None, "at min"):
            self.limited = "scale-down delayed"
        return desired

    def _by_rules(self, now: float, current: int, asked: int, behavior: Behavior) -> int:
        frame = self.frame
        highest, lowest = self._highest, self._lowest
        cutoff = now - behavior.down.window
        while highest and highest[0][0] <= cutoff:
            highest.popleft()
        top = max(asked, highest[0][1]) if highest else asked
        cutoff = now - behavior.up.window
        while lowest and lowest[0][0] <= cutoff:
            lowest.popleft()
        bottom = min(asked, lowest[0][1]) if lowest else asked
        stabilized = min(max(current, bottom), top)
        desired = stabilized
        if stabilized > current:
            rate = up_limit(current, self._events.ups, self._events.downs, behavior.up, now)
            if stabilized > min(rate, frame.most):
                desired = min(rate, frame.most)
                self.limited = "rate limited up" if frame.most > rate else "at max"
        elif stabilized < current:
            rate = down_limit(current, self._events.ups, self._events.downs, behavior.down, now)
            if stabilized < max(rate, frame.least):
                desired = max(rate, frame.least)
                self.limited = "rate limited down" if frame.least < rate else "at min"
        if stabilized != asked and desired == current and self.limited in (None, "at min"):
            self.limited = "scale-up delayed" if asked >= current else "scale-down delayed"
        return self._done(now, current, desired)

    def _done(self, now: float, current: int, desired: int) -> int:
        behavior = self.frame.behavior
        if desired != current and behavior is not None:
            rules = behavior.up if desired > current else behavior.down
            self._events = self._events.scaled(current, desired, now, rules.longest_period)
        return desired
