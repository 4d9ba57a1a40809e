"""Several reads at a time, within a bound in time and number; none of them can hold up or hide another."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from typing import Any

from sednactl.diagnosis.observed import Looked
from sednactl.errors import SednactlError, Unreachable

Read = Callable[[], Any]

MOST_AT_ONCE = 8
"""Requests that a diagnosis has on their way at the same time: what an API server gives one user without queueing."""


def look_concurrently(
    reads: Mapping[str, Read], until: float, clock: Callable[[], float]
) -> dict[str, Looked[Any]]:
    """Do all the reads, and give what each one saw; what is not done at `until` (by `clock`) was not seen.

    Errors of the cluster are what a read saw. The threads are daemons: one that
    still waits for an answer keeps nobody from leaving.
    """
    waiting: queue.SimpleQueue[tuple[str, Read]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[str, Looked[Any] | None]] = queue.SimpleQueue()
    for name, read in reads.items():
        waiting.put((name, read))

    def work() -> None:
        while clock() < until:
            try:
                name, read = waiting.get_nowait()
            except queue.Empty:
                return
            looked: Looked[Any] | None = None
            try:
                looked = Looked(read())
            except SednactlError as error:
                looked = Looked(error=error)
            finally:
                done.put((name, looked))

    for number in range(min(MOST_AT_ONCE, len(reads))):
        threading.Thread(target=work, name=f"look {number}", daemon=True).start()
    found: dict[str, Looked[Any]] = {}
    while len(found) < len(reads):
        left = until - clock()
        try:
            name, looked = done.get(timeout=max(0.0, left))
        except queue.Empty:
            if left <= 0:
                break
            continue
        if looked is None:
            raise RuntimeError(f"reading {name} ended in a fault of its own")
        found[name] = looked
    late = Looked[Any](
        error=Unreachable("the time for the diagnosis ran out", hint="give a longer --timeout")
    )
    return {name: found.get(name, late) for name in reads}
