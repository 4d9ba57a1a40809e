"""A Deployment's status from its ReplicaSets, as Kubernetes' deployment controller writes it. Pure.

The order of the conditions is part of it: one that changes its status or reason
moves to the end. Sedna's Global Manager reads the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sednactl.sandbox.controllers.rollout import max_unavailable, replicas_of
from sednactl.sandbox.times import read, written

Json = dict[str, Any]

NO_DEADLINE = 2**31 - 1

CREATED = "NewReplicaSetCreated"
FOUND = "FoundNewReplicaSet"
UPDATED = "ReplicaSetUpdated"
COMPLETE = "NewReplicaSetAvailable"
TIMED_OUT = "ProgressDeadlineExceeded"
NOT_CREATED = "ReplicaSetCreateError"
PAUSED = "DeploymentPaused"
RESUMED = "DeploymentResumed"


def deadline_of(deployment: Json) -> int | None:
    """Give the seconds within which a rollout must get on, None where there is no such limit."""
    seconds = deployment["spec"].get("progressDeadlineSeconds")
    return None if seconds is None or seconds == NO_DEADLINE else int(seconds)


def progressing(deployment: Json) -> Json | None:
    """Give the Progressing condition of a Deployment's present status."""
    return _find(deployment.get("status", {}).get("conditions") or [], "Progressing")


def with_condition(
    conditions: Sequence[Json], type_: str, status: str, reason: str, message: str, now: datetime
) -> list[Json]:
    """Give the conditions with one set: unchanged where it says the same already, else moved to the end."""
    current = _find(conditions, type_)
    if current is not None and (current["status"], current.get("reason")) == (status, reason):
        return list(conditions)
    moment = written(now)
    since = current.get("lastTransitionTime") if current is not None and current["status"] == status else None
    fresh = {
        "type": type_,
        "status": status,
        "lastUpdateTime": moment,
        "lastTransitionTime": since or moment,
        "reason": reason,
        "message": message,
    }
    return [*_without(conditions, type_), fresh]


def counted(deployment: Json, new: Json | None, sets: Sequence[Json], now: datetime) -> Json:
    """Give the status as ReplicaSets make it, with the Available condition; progress is not judged."""
    available = _sum(sets, "availableReplicas")
    old = deployment.get("status", {})
    status = {
        "observedGeneration": deployment["metadata"].get("generation", 0),
        "replicas": _sum(sets, "replicas"),
        "updatedReplicas": _sum([new] if new is not None else [], "replicas"),
        "readyReplicas": _sum(sets, "readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(0, sum(map(replicas_of, sets)) - available),
        "collisionCount": old.get("collisionCount"),
    }
    enough = available >= replicas_of(deployment) - max_unavailable(deployment)
    conditions = with_condition(
        old.get("conditions") or [],
        "Available",
        "True" if enough else "False",
        "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable",
        "Deployment has minimum availability."
        if enough
        else "Deployment does not have minimum availability.",
        now,
    )
    return tidy({**status, "conditions": conditions})


def rolled_out(deployment: Json, new: Json | None, sets: Sequence[Json], now: datetime) -> Json:
    """Give the status in the course of a rollout: as `counted`, and how the rollout gets on."""
    status = counted(deployment, new, sets, now)
    conditions: list[Json] = status["conditions"]
    current = progressing(deployment)
    if deadline_of(deployment) is None:
        conditions = _without(conditions, "Progressing")
    elif not (
        current is not None
        and current.get("reason") == COMPLETE
        and status.get("replicas", 0) == status.get("updatedReplicas", 0)
    ):
        conditions = _judged(deployment, new, status, current, now)
    failure = next((found for one in [new, *sets] if (found := _replica_failure(one)) is not None), None)
    if failure is None:
        conditions = _without(conditions, "ReplicaFailure")
    else:
        conditions = with_condition(
            conditions, "ReplicaFailure", failure["status"], failure["reason"], failure["message"], now
        )
    return tidy({**status, "conditions": conditions})


def _judged(
    deployment: Json, new: Json | None, status: Json, current: Json | None, now: datetime
) -> list[Json]:
    conditions: list[Json] = status["conditions"]
    name = deployment["metadata"]["name"] if new is None else new["metadata"]["name"]
    subject = f'{"Deployment" if new is None else "ReplicaSet"} "{name}"'
    if is_complete(deployment, status):
        text = f"{subject} has successfully progressed."
        return with_condition(conditions, "Progressing", "True", COMPLETE, text, now)
    if _gets_on(deployment.get("status", {}), status):
        # Every step on is told anew, even under the same reason: the deadline counts from it.
        text = f"{subject} is progressing."
        kept = _without(conditions, "Progressing")
        fresh = with_condition(kept, "Progressing", "True", UPDATED, text, now)
        if current is not None and current["status"] == "True" and current.get("lastTransitionTime"):
            fresh[-1]["lastTransitionTime"] = current["lastTransitionTime"]
        return fresh
    if _is_late(deployment, _find(conditions, "Progressing"), now):
        text = f"{subject} has timed out progressing."
        return with_condition(conditions, "Progressing", "False", TIMED_OUT, text, now)
    return conditions


def is_complete(deployment: Json, status: Json) -> bool:
    """Tell whether a status says that all wanted replicas are new and available."""
    wanted = replicas_of(deployment)
    counts = [status.get(key, 0) for key in ("updatedReplicas", "replicas", "availableReplicas")]
    seen = int(status.get("observedGeneration", 0))
    return counts == [wanted] * 3 and seen >= int(deployment["metadata"].get("generation", 0))


def seconds_to_deadline(deployment: Json, status: Json, now: datetime) -> float | None:
    """Give the seconds after which a rollout that stands still must be looked at; None where there is no need."""
    current = progressing(deployment)
    deadline = deadline_of(deployment)
    if deadline is None or current is None or current.get("reason") == TIMED_OUT:
        return None
    since = read(current.get("lastUpdateTime"))
    if is_complete(deployment, status) or since is None:
        return None
    return max(1.0, (since + timedelta(seconds=deadline) - now).total_seconds() + 1.0)


def paused_condition(deployment: Json, now: datetime) -> list[Json] | None:
    """Give the conditions with Progressing set to paused or resumed, None where that is told already."""
    current = progressing(deployment)
    reason = current.get("reason") if current is not None else None
    if deadline_of(deployment) is None or reason == TIMED_OUT:
        return None
    conditions = deployment.get("status", {}).get("conditions") or []
    paused = bool(deployment["spec"].get("paused"))
    if paused and reason != PAUSED:
        return with_condition(conditions, "Progressing", "Unknown", PAUSED, "Deployment is paused", now)
    if not paused and reason == PAUSED:
        return with_condition(conditions, "Progressing", "Unknown", RESUMED, "Deployment is resumed", now)
    return None


def tidy(status: Json) -> Json:
    """Give a status without zeros and empty lists, as the API server stores it."""
    return {key: value for key, value in status.items() if value}


def _gets_on(old: Json, new: Json) -> bool:
    def outdated(status: Json) -> int:
        return int(status.get("replicas", 0)) - int(status.get("updatedReplicas", 0))

    return outdated(new) < outdated(old) or any(
        new.get(key, 0) > old.get(key, 0) for key in ("updatedReplicas", "readyReplicas", "availableReplicas")
    )


def _is_late(deployment: Json, condition: Json | None, now: datetime) -> bool:
    deadline = deadline_of(deployment)
    if deadline is None or condition is None or condition.get("reason") == COMPLETE:
        return False
    if condition.get("reason") == TIMED_OUT:
        return True
    since = read(condition.get("lastUpdateTime"))
    return since is not None and since + timedelta(seconds=deadline) < now


def _replica_failure(one: Json | None) -> Json | None:
    return _find((one or {}).get("status", {}).get("conditions") or [], "ReplicaFailure")


def _find(conditions: Sequence[Json], type_: str) -> Json | None:
    return next((each for each in conditions if each["type"] == type_), None)


def _without(conditions: Sequence[Json], type_: str) -> list[Json]:
    return [each for each in conditions if each["type"] != type_]


def _sum(sets: Sequence[Json], field: str) -> int:
    return sum(int(one.get("status", {}).get(field) or 0) for one in sets)
