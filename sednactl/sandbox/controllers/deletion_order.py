"""Which pods of a ReplicaSet go first when there are too many: Kubernetes' ActivePodsWithRanks. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cmp_to_key

from sednactl.sandbox.controllers.pods import Json, is_ready, node_of, phase_of, ready_since, restarts_of
from sednactl.sandbox.times import read

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"

_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


def pods_to_delete(pods: Sequence[Json], related: Iterable[Json], count: int, now: datetime) -> list[Json]:
    """Give the `count` pods to delete: unassigned, pending, not ready, cheap, crowded, young ones first.

    `related` are the active pods of the same Deployment, by which is judged how
    crowded a node is.
    """
    crowd = Counter(node_of(pod) for pod in related)

    def compare(one: Json, other: Json) -> int:
        return _compare(one, other, crowd, now)

    return sorted(pods, key=cmp_to_key(compare))[:count]


def _compare(one: Json, other: Json, crowd: Counter[str], now: datetime) -> int:
    for left, right in zip(_firmness(one, crowd), _firmness(other, crowd), strict=True):
        if left != right:
            return -1 if left < right else 1
    if is_ready(one) and (difference := _younger(one, other, ready_since(one), ready_since(other), now)):
        return difference
    if restarts_of(one) != restarts_of(other):
        return -1 if restarts_of(one) > restarts_of(other) else 1
    return _younger(one, other, _created(one), _created(other), now)


def _firmness(pod: Json, crowd: Counter[str]) -> tuple[int, int, int, int, int]:
    return (
        1 if node_of(pod) else 0,
        _PHASES.get(phase_of(pod), 2),
        1 if is_ready(pod) else 0,
        _cost(pod),
        -crowd[node_of(pod)],
    )


def _cost(pod: Json) -> int:
    try:
        return int((pod["metadata"].get("annotations") or {}).get(DELETION_COST, 0))
    except ValueError:
        return 0


def _created(pod: Json) -> datetime | None:
    return read(pod["metadata"].get("creationTimestamp"))


def _younger(one: Json, other: Json, left: datetime | None, right: datetime | None, now: datetime) -> int:
    """Compare by age in powers of two, so that pods of about one age go by chance (their UID), not all the newest."""
    if left == right or left is None or right is None:
        return 0
    ranks = _magnitude(left, now), _magnitude(right, now)
    if ranks[0] != ranks[1]:
        return -1 if ranks[0] < ranks[1] else 1
    return -1 if one["metadata"]["uid"] < other["metadata"]["uid"] else 1


def _magnitude(moment: datetime, now: datetime) -> int:
    nanoseconds = (now - moment).total_seconds() * 1e9
    return int(math.log2(nanoseconds)) if nanoseconds >= 1 else -1
