"""What a pod's status says, in the few words that controllers need. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sednactl.sandbox.times import read

Json = dict[str, Any]


def phase_of(pod: Json) -> str:
    """Give the phase, Pending where none was written yet."""
    return str(pod.get("status", {}).get("phase") or "Pending")


def is_finished(pod: Json) -> bool:
    """Tell whether a pod succeeded or failed for good."""
    return phase_of(pod) in ("Succeeded", "Failed")


def is_leaving(pod: Json) -> bool:
    """Tell whether a pod is being deleted."""
    return "deletionTimestamp" in pod["metadata"]


def is_active(pod: Json) -> bool:
    """Tell whether a pod counts as a replica: neither finished nor leaving."""
    return not is_finished(pod) and not is_leaving(pod)


def condition_of(item: Json, type_: str) -> Json | None:
    """Give one condition of an object's status."""
    conditions = item.get("status", {}).get("conditions") or ()
    return next((each for each in conditions if each.get("type") == type_), None)


def is_ready(pod: Json) -> bool:
    """Tell whether the pod's Ready condition is true."""
    condition = condition_of(pod, "Ready")
    return condition is not None and condition.get("status") == "True"


def ready_since(pod: Json) -> datetime | None:
    """Give since when a pod is ready; None where it is not."""
    condition = condition_of(pod, "Ready") if is_ready(pod) else None
    return read(condition.get("lastTransitionTime")) if condition else None


def seconds_to_available(pod: Json, least: int, now: datetime) -> float | None:
    """Give the seconds until a pod has been ready for `least` seconds (0: it is available); None where it is not ready."""
    if not is_ready(pod):
        return None
    if least <= 0:
        return 0.0
    since = ready_since(pod)
    return None if since is None else max(0.0, least - (now - since).total_seconds())


def restarts_of(pod: Json) -> int:
    """Give the largest restart count among a pod's containers."""
    statuses = pod.get("status", {}).get("containerStatuses") or ()
    return max((int(each.get("restartCount", 0)) for each in statuses), default=0)


def node_of(pod: Json) -> str:
    """Give the node a pod is bound to, "" for none."""
    return str(pod["spec"].get("nodeName") or "")
