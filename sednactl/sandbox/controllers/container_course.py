"""The life of one container in the sandbox, as a function of time since it could start. Pure.

The image's tag decides: `missing` is never pulled, `crash` fails as soon as it
runs, everything else runs until told otherwise: by `SANDBOX_RUN_SECONDS` in its
environment it ends after so many seconds, with `SANDBOX_EXIT_CODE` (0).
Restarts wait as kubelet's do: 10 s, doubled each time, up to five minutes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

RUN_SECONDS = "SANDBOX_RUN_SECONDS"
EXIT_CODE = "SANDBOX_EXIT_CODE"
DURATION = "sandbox.sednactl.io/duration"
"""An annotation on a pod that says the same as RUN_SECONDS for all its containers."""

REPORTED_BY = "sandbox.sednactl.io/reported-by"
"""An annotation on a pod whose containers another controller plays, which then reports on them instead of its kubelet."""

FIRST_BACK_OFF = 10.0
LONGEST_BACK_OFF = 300.0


@dataclass(frozen=True)
class Course:
    """How a container goes: how long one run lasts (None: for ever), how it ends, whether it is started again."""

    missing: bool = False
    run: float | None = None
    exit_code: int = 0
    restarts: bool = True
    ready_after: float = 0.0


@dataclass(frozen=True)
class Moment:
    """A container at one moment. Times are seconds since it could first start.

    `state` is running, terminated or waiting; `ended` is the last end of a run,
    `until` when the next change comes (None: never).
    """

    state: str
    began: float = 0.0
    ended: float | None = None
    restarts: int = 0
    ready: bool = False
    back_off: float = 0.0
    until: float | None = None


def course_of(container: Json, pod: Json) -> Course:
    """Read from a container's image, environment and probes how it goes."""
    tag = str(container.get("image", "")).rpartition(":")[2]
    environment = {each["name"]: each.get("value", "") for each in container.get("env") or ()}
    annotations = pod["metadata"].get("annotations") or {}
    run = _number(environment.get(RUN_SECONDS) or annotations.get(DURATION))
    code = int(_number(environment.get(EXIT_CODE)) or 0) & 0xFF
    if tag == "crash":
        run, code = 0.0, 1
    policy = pod["spec"].get("restartPolicy", "Always")
    probe = container.get("readinessProbe") or {}
    return Course(
        missing=tag == "missing",
        run=run,
        exit_code=code,
        restarts=policy == "Always" or (policy == "OnFailure" and code != 0),
        ready_after=float(probe.get("initialDelaySeconds") or 0),
    )


def moment_of(course: Course, elapsed: float) -> Moment:
    """Give a container's state so many seconds after it could first start."""
    if course.missing:
        return Moment("waiting")
    began, restarts, ended, back_off = 0.0, 0, None, FIRST_BACK_OFF
    while True:
        if course.run is None or elapsed < began + course.run:
            ready = elapsed >= began + course.ready_after
            end = None if course.run is None else began + course.run
            changes = [
                each for each in (None if ready else began + course.ready_after, end) if each is not None
            ]
            return Moment("running", began, ended, restarts, ready, until=min(changes, default=None))
        ended = began + course.run
        if not course.restarts:
            return Moment("terminated", began, ended, restarts)
        if elapsed < ended + back_off:
            return Moment("waiting", began, ended, restarts, back_off=back_off, until=ended + back_off)
        began = ended + back_off
        back_off = min(LONGEST_BACK_OFF, back_off * 2)
        restarts += 1
        if restarts > 10_000:  # a container that has crashed for weeks need not be followed further
            return Moment("waiting", began, ended, restarts, back_off=back_off)


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text else None
    except ValueError:
        return None
    return max(0.0, number) if number is not None and math.isfinite(number) else None
