"""Independent computations in as many processes as there are cores, where that is faster than one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")

WORTH_A_PROCESS = 800_000
"""Simulated steps from which on starting processes pays."""


def worked_off(
    work: Callable[[Task], Outcome],
    tasks: Sequence[Task],
    steps: int,
    *,
    processes: int,
    done: Callable[[], object],
) -> list[Outcome]:
    """Give the outcome of each task in the order of the tasks; `done` is called after each.

    `work` must be a function of a module, for another process to find it.
    """
    if processes < 2 or len(tasks) < 2 or steps < WORTH_A_PROCESS:
        return [_told(work(task), done) for task in tasks]
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # Not forked: a progress bar's thread may run, and a fork would copy its locks.
    context, many = get_context("spawn"), min(processes, len(tasks))
    with ProcessPoolExecutor(many, mp_context=context, initializer=_leave_interrupts) as pool:
        try:
            return [_told(outcome, done) for outcome in pool.map(work, tasks)]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _leave_interrupts() -> None:
    """Let the first process alone answer Ctrl-C."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _told(outcome: Outcome, done: Callable[[], object]) -> Outcome:
    done()
    return outcome
