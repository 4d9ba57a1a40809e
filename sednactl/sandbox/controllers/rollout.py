"""How a Deployment's replicas are spread over its ReplicaSets, as numbers. Pure.

Rules as in Kubernetes' deployment controller: rolling updates within maxSurge
and maxUnavailable, proportional scaling in the middle of one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]
Plan = dict[str, int]
"""ReplicaSets' names and the replicas each should get."""

DESIRED = "deployment.kubernetes.io/desired-replicas"
MOST = "deployment.kubernetes.io/max-replicas"


def replicas_of(item: Json) -> int:
    """Give the replicas a Deployment or ReplicaSet asks for."""
    return int(item["spec"].get("replicas", 1))


def is_rolling(deployment: Json) -> bool:
    """Tell whether the strategy is RollingUpdate."""
    return bool((deployment["spec"].get("strategy") or {}).get("type", "RollingUpdate") == "RollingUpdate")


def scaled(value: int | str | None, total: int, *, up: bool) -> int:
    """Give an absolute number for `3` or `25%` of a total, rounded up or down."""
    if value is None:
        return 0
    if isinstance(value, int):
        return value
    share = int(value[:-1]) * total / 100 if value[:-1].isdecimal() and value.endswith("%") else 0.0
    return math.ceil(share) if up else math.floor(share)


def max_surge(deployment: Json) -> int:
    """Give how many pods may exist above the wanted number during a rolling update."""
    return _fences(deployment)[0] if is_rolling(deployment) else 0


def max_unavailable(deployment: Json) -> int:
    """Give how many of the wanted pods may be missing during a rolling update."""
    wanted = replicas_of(deployment)
    return min(_fences(deployment)[1], wanted) if is_rolling(deployment) and wanted else 0


def _fences(deployment: Json) -> tuple[int, int]:
    rolling = (deployment["spec"].get("strategy") or {}).get("rollingUpdate") or {}
    wanted = replicas_of(deployment)
    surge = scaled(rolling.get("maxSurge"), wanted, up=True)
    unavailable = scaled(rolling.get("maxUnavailable"), wanted, up=False)
    # Both may round to nothing; then nothing would ever move.
    return surge, unavailable or (0 if surge else 1)


def size_of_new(deployment: Json, new_size: int, all_sizes: int) -> int:
    """Give the size of the new ReplicaSet that fits now, where all together have `all_sizes` replicas."""
    wanted = replicas_of(deployment)
    if not is_rolling(deployment):
        return wanted
    rolling = (deployment["spec"].get("strategy") or {}).get("rollingUpdate") or {}
    room = wanted + scaled(rolling.get("maxSurge"), wanted, up=True) - all_sizes
    return new_size if room <= 0 else new_size + min(room, wanted - new_size)


def shrink_old(deployment: Json, new: Json, old: Sequence[Json]) -> Plan:
    """Give the sizes of the old ReplicaSets that may shrink now: unhealthy replicas first, then within maxUnavailable.

    `old` holds those with replicas, the oldest first.
    """
    least = replicas_of(deployment) - max_unavailable(deployment)
    everything = sum(map(replicas_of, old)) + replicas_of(new)
    spare = everything - least - (replicas_of(new) - _available(new))
    if not old or spare <= 0:
        return {}
    sizes = {one["metadata"]["name"]: replicas_of(one) for one in old}
    plan = dict(sizes)
    cleaned = 0
    for one in old:
        name = one["metadata"]["name"]
        count = min(spare - cleaned, sizes[name] - _available(one))
        if count > 0:
            plan[name] -= count
            cleaned += count
    available = sum(map(_available, old)) + _available(new)
    left = available - least
    for one in old:
        name = one["metadata"]["name"]
        count = min(plan[name], left)
        if count > 0:
            plan[name] -= count
            left -= count
    return {name: size for name, size in plan.items() if size != sizes[name]}


def is_scaling(deployment: Json, sets: Sequence[Json]) -> bool:
    """Tell whether the Deployment's number was changed since its active ReplicaSets were last sized."""
    for one in sets:
        desired = number_in(one["metadata"].get("annotations"), DESIRED)
        if replicas_of(one) > 0 and desired is not None and desired != replicas_of(deployment):
            return True
    return False


def spread(deployment: Json, new: Json | None, old: Sequence[Json]) -> Plan:
    """Give the sizes after the Deployment's number was changed; `old` with the newest first."""
    everything = [*old] + ([new] if new is not None else [])
    active = [one for one in everything if replicas_of(one) > 0]
    wanted = replicas_of(deployment)
    if len(active) <= 1:
        only = active[0] if active else (new if new is not None else (old[0] if old else None))
        return {} if only is None or replicas_of(only) == wanted else {only["metadata"]["name"]: wanted}
    if new is not None and _is_saturated(deployment, new):
        return {one["metadata"]["name"]: 0 for one in active if one is not new}
    return _proportional(deployment, active) if is_rolling(deployment) else {}


def _proportional(deployment: Json, active: Sequence[Json]) -> Plan:
    wanted = replicas_of(deployment)
    allowed = wanted + max_surge(deployment) if wanted else 0
    to_add = allowed - sum(map(replicas_of, active))
    # Larger ones first; of one size the newer first to grow, the older first to shrink.
    ordered = sorted(active, key=_made, reverse=to_add > 0)
    ordered.sort(key=replicas_of, reverse=True)
    plan: Plan = {}
    added = 0
    for one in ordered:
        share = _share(deployment, one, to_add, added)
        plan[one["metadata"]["name"]] = replicas_of(one) + share
        added += share
    if to_add:
        largest = ordered[0]["metadata"]["name"]
        plan[largest] = max(0, plan[largest] + to_add - added)
    return plan


def _share(deployment: Json, one: Json, to_add: int, added: int) -> int:
    if to_add in (0, added):
        return 0
    size, wanted = replicas_of(one), replicas_of(deployment)
    if wanted == 0:
        fraction = -size
    else:
        most = number_in(one["metadata"].get("annotations"), MOST) or _status(deployment, "replicas")
        if not most:
            return 0
        fraction = _round(size * (wanted + max_surge(deployment)) / most) - size
    left = to_add - added
    return min(fraction, left) if to_add > 0 else max(fraction, left)


def _is_saturated(deployment: Json, new: Json) -> bool:
    wanted = replicas_of(deployment)
    desired = number_in(new["metadata"].get("annotations"), DESIRED)
    return replicas_of(new) == wanted == desired == _available(new)


def _made(one: Json) -> tuple[str, str]:
    return str(one["metadata"].get("creationTimestamp", "")), str(one["metadata"]["name"])


def _available(one: Json) -> int:
    return _status(one, "availableReplicas")


def _status(one: Json, field: str) -> int:
    return int(one.get("status", {}).get(field) or 0)


def number_in(annotations: Mapping[str, str] | None, key: str) -> int | None:
    """Give the whole number an annotation holds, None where it holds none."""
    text = (annotations or {}).get(key, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _round(value: float) -> int:
    """Round half away from zero, as Go does; Python's round goes to the even number."""
    return math.floor(value + 0.5) if value >= 0 else math.ceil(value - 0.5)
