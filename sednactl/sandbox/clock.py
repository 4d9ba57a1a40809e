"""The sandbox's time, which may run faster than the user's.

Everything in the sandbox reads this one clock: timestamps of objects, periods of
controllers, and the Date header of every answer, by which a client can tell how
old an object is although its own clock runs slower.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone


class Clock:
    """Time that runs `speed` times as fast as real time, from `start` (aware; the present where None)."""

    def __init__(
        self,
        speed: float = 1.0,
        start: datetime | None = None,
        real: Callable[[], float] = time.monotonic,
    ) -> None:
        if speed <= 0:
            raise ValueError("time cannot stand still or run backwards")
        self.speed = speed
        self._real = real
        self._began = real()
        self._start = start or datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Give the seconds of this clock since it began."""
        return (self._real() - self._began) * self.speed

    def now(self) -> datetime:
        """Give this clock's time, aware and in UTC."""
        return self._start + timedelta(seconds=self.monotonic())

    def real_seconds(self, seconds: float) -> float:
        """Give how many real seconds so many seconds of this clock take."""
        return seconds / self.speed

    def pause(self, seconds: float, stop: threading.Event) -> bool:
        """Wait that many seconds of this clock; tells whether `stop` ended the wait."""
        return stop.wait(max(0.0, self.real_seconds(seconds)))
