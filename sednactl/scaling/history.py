"""A side's replicas over the last minutes, as a few bars."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

SPAN = timedelta(minutes=5)
BARS = 10
_GLYPHS = "▁▂▃▄▅▆▇█"


class History:
    """What a number was and since when; forgets what is older than SPAN."""

    def __init__(self) -> None:
        self._steps: deque[tuple[datetime, int]] = deque()

    def note(self, now: datetime, value: int) -> None:
        """Take down a value that holds from `now` on."""
        if self._steps and self._steps[-1][1] == value:
            return
        self._steps.append((now, value))
        while len(self._steps) > 1 and self._steps[1][0] <= now - SPAN:
            self._steps.popleft()

    def samples(self, now: datetime) -> list[int | None]:
        """Give BARS values, oldest first: the highest within each slice of SPAN; None before the first.

        Slices lie on a fixed grid of time, so that a bar only changes its place
        when a whole slice has passed.
        """
        length = SPAN.total_seconds() / BARS
        last = int(now.timestamp() // length)
        found: list[int | None] = [None] * BARS
        steps = list(self._steps)
        for index, (since, value) in enumerate(steps):
            first = int(since.timestamp() // length)
            until = steps[index + 1][0].timestamp() if index + 1 < len(steps) else now.timestamp()
            for slot in range(max(first, last - BARS + 1), min(int(until // length), last) + 1):
                place = slot - last + BARS - 1
                held = found[place]
                found[place] = value if held is None else max(held, value)
        return found


def sparkline(samples: list[int | None], top: int, *, unicode: bool = True) -> str:
    """Draw samples as bars from 0 to `top`; digits where the terminal has no bars (`+` above 9)."""
    if not unicode:
        return "".join("." if value is None else str(value) if value < 10 else "+" for value in samples)
    return "".join(
        "·" if value is None else _GLYPHS[min(7, value * 7 // max(top, 1)) if value else 0]
        for value in samples
    )
