"""What pods use, from the loads of their services. Pure.

A load is shared evenly by the ready pods it selects. A container gets its share
by its request, and no more than its limit: what does not fit is not done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sednactl.sandbox.controllers.requests import amount
from sednactl.sandbox.load import SideLoad
from sednactl.sedna.quantity import nano_units

Json = dict[str, Any]
Shares = Mapping[str, float]
"""Pods' UIDs and the millicores each has to do."""

IDLE = 1
"""Millicores of a container that has nothing to do."""

MEMORY = "64Mi"
"""Memory of a container that requests none; else it uses half of its request."""


def shares_of(loads: Sequence[tuple[SideLoad, Sequence[Json]]], now: datetime) -> dict[str, float]:
    """Share out loads among the ready pods of each; a pod of several loads does all of them."""
    shares: dict[str, float] = {}
    for load, pods in loads:
        for pod in pods:
            uid = pod["metadata"]["uid"]
            total = load.millicores_at(now, cpu_request(pod))
            shares[uid] = shares.get(uid, 0.0) + total / len(pods)
    return shares


def cpu_request(pod: Json) -> int:
    """Give what a pod's containers request of CPU together, in millicores."""
    return sum(_request(each) for each in pod["spec"]["containers"])


def usage_of(pod: Json, millicores: float) -> list[Json]:
    """Give the usage of each container, as PodMetrics hold it, of a pod that has so much to do."""
    containers = pod["spec"]["containers"]
    whole = cpu_request(pod)
    used = []
    for container in containers:
        share = _request(container) / whole if whole else 1 / len(containers)
        cpu = max(float(IDLE), millicores * share)
        limit = ((container.get("resources") or {}).get("limits") or {}).get("cpu")
        if limit is not None:
            cpu = min(cpu, float(amount("cpu", str(limit))))
        usage = {"cpu": _cores(cpu), "memory": _memory(container)}
        used.append({"name": container["name"], "usage": usage})
    return used


def same_usage(reading: Json, said: Json) -> bool:
    """Tell whether a stored reading says the same amounts; an API server may write quantities otherwise than we did."""
    return _amounts(reading) == _amounts(said)


def _amounts(reading: Json) -> list[tuple[str, int, int]]:
    parts = reading.get("containers") or [{"name": "", "usage": reading.get("usage") or {}}]
    return [
        (each["name"], _nano(str(usage.get("cpu", "0"))), _nano(str(usage.get("memory", "0"))))
        for each in parts
        for usage in [each.get("usage") or {}]
    ]


@lru_cache(maxsize=4096)
def _nano(quantity: str) -> int:
    return nano_units(quantity)


def _request(container: Json) -> int:
    resources = container.get("resources") or {}
    for kind in ("requests", "limits"):
        if (quantity := (resources.get(kind) or {}).get("cpu")) is not None:
            return amount("cpu", str(quantity))
    return 0


def _memory(container: Json) -> str:
    quantity = ((container.get("resources") or {}).get("requests") or {}).get("memory")
    return MEMORY if quantity is None else f"{amount('memory', str(quantity)) // 2048}Ki"


def _cores(millicores: float) -> str:
    """Write millicores as metrics-server does: in nanocores, or whole millicores where they are."""
    nanos = round(millicores * 1_000_000)
    return f"{nanos // 1_000_000}m" if nanos % 1_000_000 == 0 else f"{nanos}n"
