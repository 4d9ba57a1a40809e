"""What is plain of autoscalers, their metrics, and the amounts that they are measured against."""

from __future__ import annotations

from typing import Any, Final

from sednactl.sedna.quantity import LARGEST, NANO, nanos_of
from sednactl.validation.shape import listed, mapping, text, whole

LONGEST_WINDOW: Final = 3600
LEAST_BYTES: Final = 1000
"""Less memory than this is a slip of the unit."""
MOST_CORES: Final = 256
"""More cores than a container is likely to want."""
_LIKELY: Final[dict[str, tuple[int, int]]] = {
    "cpu": (0, MOST_CORES * NANO),
    "memory": (LEAST_BYTES * NANO, LARGEST),
    "ephemeral-storage": (LEAST_BYTES * NANO, LARGEST),
}
"""For each resource the least amount that is likely, and the first that is too much."""


def says_the_usual(hpa: Any) -> bool:
    """Tell whether there are metrics, and bounds of at least 1 with room between them."""
    least, most = whole(hpa, "minReplicas"), whole(hpa, "maxReplicas")
    return least is not None and most is not None and 1 <= least < most and bool(hpa.get("metrics"))


def no_policies(behavior: Any) -> bool:
    """Tell whether there is nothing but windows, and these within their range."""
    if type(behavior) is not dict:
        return False
    for rules in behavior.values():
        if type(rules) is not dict or len(rules) != 1:
            return False
        window = rules.get("stabilizationWindowSeconds")
        if type(window) is not int or not 0 <= window <= LONGEST_WINDOW:
            return False
    return True


def share_of_cpu(metrics: Any) -> bool:
    """Tell whether there is one metric, the utilization of CPU, and nothing beside it."""
    return _share(metrics) >= 1


def _share(metrics: Any) -> int:
    """Give the utilization of CPU, in percent, that is the one metric with nothing beside it; 0 where it is not."""
    if type(metrics) is not list or len(metrics) != 1 or text(metrics[0], "type") != "Resource":
        return 0
    resource = mapping(metrics[0], "resource")
    target = mapping(resource, "target")
    if len(metrics[0]) != 2 or len(resource) != 2 or len(target) != 2:
        return 0
    if text(resource, "name") != "cpu" or text(target, "type") != "Utilization":
        return 0
    return whole(target, "averageUtilization") or 0


def can_scale(worker: Any) -> bool:
    """Tell whether a worker does not scale, or by the usual metric, of which its containers request enough.

    Enough: each has a request and a limit, and by more than a tenth the limits reach the target.
    """
    if type(worker) is not dict or "hpa" not in worker:
        return True
    share = _share(mapping(worker, "hpa").get("metrics"))
    pod = mapping(mapping(worker, "template"), "spec")
    if share < 1 or "initContainers" in pod:
        return False
    requested = most = 0
    for container in listed(pod, "containers"):
        resources = mapping(container, "resources")
        request = nanos_of(mapping(resources, "requests").get("cpu")) or 0
        limit = nanos_of(mapping(resources, "limits").get("cpu")) or 0
        if request <= 0 or limit <= 0:
            return False
        requested += request
        most += limit
    return most * 1000 > share * 11 * requested


def usual_amounts(resources: Any) -> bool:
    """Tell whether all amounts are likely ones of Kubernetes' own resources, and no request is above its limit."""
    limits, requests = mapping(resources, "limits"), mapping(resources, "requests")
    for name, limit in limits.items():
        if not _are_usual(name, requests.get(name), limit):
            return False
    for name, request in requests.items():
        if name not in limits and not _are_usual(name, request, None):
            return False
    return True


_MOST_PAIRS: Final = 2_000
_LONGEST_AMOUNT: Final = 24
_usual: Final[dict[str, set[tuple[Any, Any]]]] = {name: set() for name in _LIKELY}
"""For each resource the requests and limits, as they were written, that were found usual: few are written very often."""


def _are_usual(name: str, request: Any, limit: Any) -> bool:
    """Tell whether a request and a limit of one resource are likely ones, and in order; None where one is not there."""
    known = _usual.get(name)
    if known is None:
        return False
    pair = (request, limit)
    if (request is not None and type(request) is not str) or (limit is not None and type(limit) is not str):
        return _in_order(name, request, limit)
    if pair in known:
        return True
    if not _in_order(name, request, limit):
        return False
    if len(known) >= _MOST_PAIRS:
        known.clear()
    if len(request or "") <= _LONGEST_AMOUNT and len(limit or "") <= _LONGEST_AMOUNT:
        known.add(pair)
    return True


def _in_order(name: str, request: Any, limit: Any) -> bool:
    least, end = _LIKELY[name]
    most = LARGEST
    if limit is not None:
        nanos = nanos_of(limit)
        if nanos is None or not least <= nanos < end:
            return False
        most = nanos
    if request is None:
        return True
    nanos = nanos_of(request)
    return nanos is not None and least <= nanos < end and nanos <= most
