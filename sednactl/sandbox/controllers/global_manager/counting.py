"""How the Global Manager counts what is at work, and writes its conditions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sednactl.sandbox.controllers.pods import is_active, phase_of
from sednactl.sandbox.times import written

Json = dict[str, Any]


def active_deployments(deployments: Iterable[Mapping[str, Any]]) -> int:
    """Count Deployments whose last condition is Progressing, whatever it says.

    The order of conditions means nothing in Kubernetes, so a healthy Deployment
    counts or not by chance. One without conditions counts as the one before it.
    """
    count, last = 0, ""
    for deployment in deployments:
        conditions = (deployment.get("status") or {}).get("conditions") or []
        if conditions:
            last = conditions[-1]["type"]
        if last == "Progressing" and not deployment["metadata"].get("deletionTimestamp"):
            count += 1
    return count


def working_deployments(deployments: Iterable[Mapping[str, Any]]) -> int:
    """Count Deployments that are there to stay and neither stalled nor refused pods: what users expect to be counted."""
    count = 0
    for deployment in deployments:
        conditions = (deployment.get("status") or {}).get("conditions") or []
        states = {one["type"]: one["status"] for one in conditions}
        broken = states.get("Progressing") == "False" or states.get("ReplicaFailure") == "True"
        if not broken and not deployment["metadata"].get("deletionTimestamp"):
            count += 1
    return count


def active_pods(pods: Iterable[Json]) -> int:
    """Count pods that have neither ended nor are being deleted."""
    return sum(is_active(pod) for pod in pods)


def in_phase(pods: Iterable[Json], phase: str) -> int:
    """Count pods in a phase."""
    return sum(phase_of(pod) == phase for pod in pods)


def condition(
    type_: str, when: datetime, reason: str = "", message: str = "", *, times: Sequence[str] = (), **more: str
) -> Json:
    """Give one condition as Go writes it: empty reasons and messages are left out, the times are those named."""
    times = times or ("lastHeartbeatTime", "lastTransitionTime")
    given = {"reason": reason, "message": message, **more}
    return {
        "type": type_,
        "status": "True",
        **dict.fromkeys(times, written(when)),
        **{key: value for key, value in given.items() if value},
    }


def conditions_of(workload: Mapping[str, Any]) -> list[Json]:
    """Give a workload's conditions."""
    return list((workload.get("status") or {}).get("conditions") or [])


def has_condition(workload: Mapping[str, Any], *types: str) -> bool:
    """Tell whether a workload ever got one of these conditions."""
    return any(one["type"] in types and one["status"] == "True" for one in conditions_of(workload))
