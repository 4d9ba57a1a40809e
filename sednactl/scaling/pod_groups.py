"""Which of a target's pods count, and why the others do not.

Rules of the HorizontalPodAutoscaler controller: pods being deleted or failed do
not exist for it; pending pods and, for CPU only, pods that have just started
count as not yet using anything; pods without a reading are guessed at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sednactl.moments import seconds_of
from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.scaling.readings import PodReading

Json = dict[str, Any]


@dataclass(frozen=True)
class PodGroups:
    """Pods by name; the last three say why in a few words each."""

    ready: tuple[str, ...]
    unready: Mapping[str, str]
    missing: Mapping[str, str]
    ignored: Mapping[str, str]


def group_pods(
    pods: Iterable[Json],
    readings: Mapping[str, PodReading],
    resource: str,
    now: float,
    settings: ControllerSettings,
) -> PodGroups:
    """Sort pods into those whose reading counts, those not ready, those without a reading and those left out."""
    ready: list[str] = []
    unready: dict[str, str] = {}
    missing: dict[str, str] = {}
    ignored: dict[str, str] = {}
    for pod in pods:
        name, status = pod["metadata"]["name"], pod.get("status") or {}
        if pod["metadata"].get("deletionTimestamp") is not None:
            ignored[name] = "being deleted"
        elif status.get("phase") == "Failed":
            ignored[name] = "failed"
        elif status.get("phase") == "Pending":
            unready[name] = "pending"
        elif name not in readings:
            missing[name] = "no reading"
        elif resource == "cpu" and (why := _too_young(status, readings[name], now, settings)):
            unready[name] = why
        else:
            ready.append(name)
    return PodGroups(tuple(ready), unready, missing, ignored)


def ready_condition(status: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give a pod's Ready condition; None when it has none."""
    return next((one for one in status.get("conditions") or () if one.get("type") == "Ready"), None)


def is_serving(pod: Mapping[str, Any]) -> bool:
    """Tell whether the pod is running and ready, as metrics that are not per pod count it."""
    status = pod.get("status") or {}
    condition = ready_condition(status)
    return status.get("phase") == "Running" and condition is not None and condition.get("status") == "True"


def _too_young(
    status: Mapping[str, Any], reading: PodReading, now: float, settings: ControllerSettings
) -> str:
    """Say why a CPU reading does not count yet; empty when it does."""
    condition = ready_condition(status)
    if condition is None or status.get("startTime") is None:
        return "not started"
    started = seconds_of(status["startTime"])
    changed = seconds_of(condition.get("lastTransitionTime"))
    unready = condition.get("status") == "False"
    if started + settings.cpu_initialization_period > now:
        if unready:
            return "not ready yet"
        return "ready for less than one reading's window" if reading.time < changed + reading.window else ""
    never_ready = unready and started + settings.initial_readiness_delay > changed
    return "never was ready" if never_ready else ""
