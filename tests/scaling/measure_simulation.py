"""What simulating costs: `python -m tests.scaling.measure_simulation [VARIANTS]`.

Prints the computing time of a day at a 15 s sync, both sides, without and with a
behavior, its ratio to the 100 ms it may take, and what a hundred variants over a
week take in one and in all processes: the time, how many processes had work at
once, and the ratio of the times. Other work on the machine shows in the times, not
in how many had work. Figures depend on the machine; no test judges them.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from sednactl.scaling.comparison import runs_of
from sednactl.scaling.controller_settings import DEFAULT_SETTINGS
from sednactl.scaling.load_profiles import PROFILES
from sednactl.scaling.loads import load_of
from sednactl.scaling.service_plan import Assumptions, plan_of, variant_of
from sednactl.scaling.simulation import Plan, simulate
from tests.scaling.services import service

DAY = 86400.0
ALLOWED = 100
BEHAVIOR = {
    "scaleUp": {"stabilizationWindowSeconds": 60},
    "scaleDown": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}]},
}


def plan(seconds: float, behavior: dict[str, object] | None = None) -> Plan:
    """Give the shift change's plan for so long."""
    one = service()
    if behavior:
        for side in ("edge", "cloud"):
            one["spec"][f"{side}Worker"]["hpa"]["behavior"] = behavior
    load = load_of(PROFILES["shift-change"], 5)
    return plan_of(variant_of(one, "x"), load, Assumptions(), DEFAULT_SETTINGS, seconds, {})[0]


def best(work: Callable[[], object], times: int, clock: Callable[[], float] = time.process_time) -> float:
    """Give the shortest of several runs, in milliseconds of computing unless another clock is given."""
    found = []
    for _ in range(times):
        begun = clock()
        work()
        found.append((clock() - begun) * 1000)
    return min(found)


class Working:
    """Looks twenty times a second how many processes have work at that moment: running, or waiting for a core."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Working:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.05):
            states = []
            for file in Path("/proc").glob("[0-9]*/stat"):
                with contextlib.suppress(OSError):
                    state, parent = file.read_text().rpartition(")")[2].split()[:2]
                    if os.getpid() in (int(parent), int(file.parent.name)):
                        states.append(state)
            self.seen.append(states.count("R"))

    def on_average(self) -> float:
        """Give how many there were on average."""
        return sum(self.seen) / max(1, len(self.seen))


def main(variants: int) -> None:
    """Measure and print."""
    for words, made in (("no behavior", plan(DAY)), ("behavior", plan(DAY, BEHAVIOR))):
        spent = best(partial(simulate, made), 7)
        print(f"24 h at 15 s, both sides, {words}: {spent:.1f} ms, {spent / ALLOWED:.2f} of {ALLOWED} ms")
    week = plan(7 * DAY)
    plans = [replace(week, name=str(number)) for number in range(variants)]
    times = {}
    for processes in sorted({1, os.cpu_count() or 1}):
        begun = time.perf_counter()
        with Working() as working:
            runs_of(plans, series=False, processes=processes, done=lambda: None)
        times[processes] = took = time.perf_counter() - begun
        print(
            f"{variants} variants of a week, {processes} process(es): {took:.1f} s, "
            f"{working.on_average():.2f} of them at work at once"
        )
    print(f"one process to all: {times[1] / times[max(times)]:.2f} times the time")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
