"""What simulating costs: `python -m tests.scaling.measure_simulation`.

Prints the computing time of a day at a 15 s sync, both sides, without and with a
behavior, its ratio to the 100 ms it may take, and what a hundred variants over a
week take in one and in all processes: time, computing, cores busy at once, and the
ratio of the times. Figures depend on the machine; no test judges them.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

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


def computing() -> float:
    """Give the seconds of computing of this process and of those that it started and that have ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main() -> None:
    """Measure and print."""
    for words, made in (("no behavior", plan(DAY)), ("behavior", plan(DAY, BEHAVIOR))):
        spent = best(partial(simulate, made), 7)
        print(f"24 h at 15 s, both sides, {words}: {spent:.1f} ms, {spent / ALLOWED:.2f} of {ALLOWED} ms")
    week = plan(7 * DAY)
    plans = [replace(week, name=str(number)) for number in range(100)]
    times = {}
    for processes in sorted({1, os.cpu_count() or 1}):
        before, begun = computing(), time.perf_counter()
        runs_of(plans, series=False, processes=processes, done=lambda: None)
        times[processes] = took = time.perf_counter() - begun
        used = computing() - before
        print(
            f"100 variants of a week, {processes} process(es): {took:.1f} s, {used:.1f} s of computing, "
            f"{used / took:.2f} cores at once"
        )
    print(f"one process to all: {times[1] / times[max(times)]:.2f} times the time")


if __name__ == "__main__":
    main()
