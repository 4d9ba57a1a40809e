"""What a pod asks for and may use, over all its containers, as the API server and the scheduler count it.

Source: Kubernetes' defaults of a Pod (a limit without a request is the request too) and its
summing of requests and limits: sidecars run beside everything after them, other init containers one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sednactl.sedna.quantity import nanos_of
from sednactl.validation.rules.pod_parts import INIT, MAIN
from sednactl.validation.shape import mapping, maps, text

Amounts = dict[str, int]
"""Nano-units by the name of a resource."""
Of = Literal["requests", "limits"]


def amounts_of(container: dict[str, Any], of: Of) -> Amounts:
    """Give what one container requests (its limits where it does not say) or may use, where it says so."""
    resources = mapping(container, "resources")
    given: Mapping[str, Any] = mapping(resources, of)
    if of == "requests":
        given = {
            **mapping(resources, "limits"),
            **{name: one for name, one in given.items() if one is not None},
        }
    read = {name: nanos_of(amount) for name, amount in given.items()}
    return {name: nanos for name, nanos in read.items() if nanos is not None}


def total_of(pod: dict[str, Any], of: Of) -> Amounts:
    """Give what a pod requests or may use: all that runs at once, or more where an init container wants more."""
    total: Amounts = {}
    sidecars: Amounts = {}
    most: Amounts = {}
    for _, container in maps(pod, INIT):
        wanted = amounts_of(container, of)
        if text(container, "restartPolicy") == "Always":
            _add(sidecars, wanted)
            wanted = dict(sidecars)
        else:
            _add(wanted, sidecars)
        for name, nanos in wanted.items():
            most[name] = max(most.get(name, nanos), nanos)
    _add(total, sidecars)
    for _, container in maps(pod, MAIN):
        _add(total, amounts_of(container, of))
    for name, nanos in most.items():
        total[name] = max(total.get(name, nanos), nanos)
    return total


def _add(total: Amounts, more: Amounts) -> None:
    for name, nanos in more.items():
        total[name] = total.get(name, 0) + nanos
