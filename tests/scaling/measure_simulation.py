"""What simulating costs: `python -m tests.scaling.measure_simulation`.

Prints the computing time of a day at a 15 s sync, both sides, without and with a
behavior, and of a hundred variants over a week in one and in all processes.
Figures depend on the machine; no test judges them.
"""

from __future__ import annotations

import os
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


def main() -> None:
    """Measure and print."""
    for words, made in (("no behavior", plan(DAY)), ("behavior", plan(DAY, BEHAVIOR))):
        print(f"24 h at 15 s, both sides, {words}: {best(partial(simulate, made), 7):.1f} ms")
    week = plan(7 * DAY)
    plans = [replace(week, name=str(number)) for number in range(100)]
    for processes in sorted({1, os.cpu_count() or 1}):
        work = partial(runs_of, plans, series=False, processes=processes, done=lambda: None)
        spent = best(work, 1, time.perf_counter)
        print(f"100 variants of a week, {processes} process(es): {spent / 1000:.1f} s")


if __name__ == "__main__":
    main()
