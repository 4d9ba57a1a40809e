"""The watch itself: a cluster's changes through the fold, to whoever shows or records them, until it is over."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, cast

from sednactl.errors import ConditionUnmet, Unreachable
from sednactl.scaling.children import Key
from sednactl.scaling.until import Expression, Verdict, judge
from sednactl.scaling.watching import News, ScaleFold, Scope, no_such_service, selections

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.surroundings import Surroundings

IDLE_SECONDS = 0.1
"""How often, at least, the audience may look at the clock and at the terminal."""

_TOLD = 10
"""Services whose readings are told when a wait runs out."""


class Audience(Protocol):
    """Whoever is told: a screen, lines on standard output, a recording."""

    def tell(self, news: News, now: datetime) -> None:
        """Take in one piece of news."""

    def tick(self, now: datetime) -> None:
        """Look at the clock; called about every IDLE_SECONDS when nothing happens."""


class Wait:
    """A condition held against all services in scope: met when there is at least one and it holds for each."""

    def __init__(self, expression: Expression) -> None:
        self.expression = expression
        self.verdicts: dict[Key, Verdict] = {}
        self._unmet: set[Key] = set()
        self._gone: set[Key] = set()
        self._synced = False

    def take(self, news: News) -> None:
        """Judge the service that the news is about."""
        if news.type == "synced":
            self._synced = True
        if news.snapshot is None:
            return
        key = (news.snapshot.namespace, news.snapshot.name)
        self._unmet.discard(key)
        self.verdicts.pop(key, None)
        (self._gone.add if news.snapshot.deleted else self._gone.discard)(key)
        if not news.snapshot.deleted:
            verdict = self.verdicts[key] = judge(self.expression, news.snapshot)
            if not verdict.met:
                self._unmet.add(key)

    @property
    def met(self) -> bool:
        """Tell whether the condition holds for every service now; never before all were read."""
        return self._synced and bool(self.verdicts) and not self._unmet

    def readings(self) -> tuple[str, ...]:
        """Say, for the services that do not meet it, what every comparison last stood at."""
        if not self._synced:
            return ("the cluster has not answered yet",)
        if not self.verdicts:
            gone = tuple(f"{'/'.join(key)} was deleted meanwhile" for key in sorted(self._gone)[:_TOLD])
            return gone or ("there is no such service",)
        unmet = sorted(self._unmet)
        lines = [
            f"{'/'.join(key)}: {term}"
            for key in unmet[:_TOLD]
            for term in self.verdicts[key].terms
            if not term.holds
        ]
        if len(unmet) > _TOLD:
            lines.append(f"and {len(unmet) - _TOLD} more services")
        return tuple(lines)


@dataclass(frozen=True)
class Outcome:
    """How a watch ended: the condition was met, or its time was over."""

    met: bool
    waited: float


def follow_services(
    cluster: Cluster,
    scope: Scope,
    surroundings: Surroundings,
    audience: Sequence[Audience],
    *,
    wait: Wait | None = None,
    timeout: float | None = None,
) -> Outcome:
    """Watch until the condition is met or `timeout` seconds are over; for ever when there is neither.

    Raises ConditionUnmet when the time is over first (Unreachable when there was
    no condition and not even an answer), NotFound for a named service
    that does not exist while no condition waits for it.
    """
    began = surroundings.monotonic()
    fold = ScaleFold(scope)
    with closing(cast(Any, cluster.watch(selections(scope), idle=IDLE_SECONDS))) as changes:
        for change in changes:
            now = surroundings.now()
            for news in fold.step(change, now):
                if wait is not None:
                    wait.take(news)
                elif news.type == "synced" and scope.name and not fold.snapshots:
                    raise no_such_service(scope)
                for each in audience:
                    each.tell(news, now)
            for each in audience:
                each.tick(now)
            waited = surroundings.monotonic() - began
            if wait is not None and wait.met:
                return Outcome(True, waited)
            if timeout is not None and waited >= timeout and (fold.synced or timeout > 0):
                if wait is not None:
                    raise _ran_out(wait, timeout)
                if not fold.synced:
                    raise Unreachable(f"{cluster.server} has not answered within {timeout:g}s")
                return Outcome(False, waited)
    raise AssertionError("a watch does not end by itself")


def _ran_out(wait: Wait, timeout: float) -> ConditionUnmet:
    return ConditionUnmet(
        f"after {timeout:g}s the condition is not met: {wait.expression}",
        detail=wait.readings(),
        hint="give it longer with --timeout; 'sednactl scale status' says what holds a side back",
    )
