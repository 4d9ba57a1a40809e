"""What a pod takes of a ResourceQuota, which quotas count it, and what they demand of its containers.

Source: Kubernetes' ResourceQuota admission and its evaluator of pods (1.32).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sednactl.sedna.quantity import NANO, nanos_of
from sednactl.validation.pod_amounts import Amounts, amounts_of, total_of
from sednactl.validation.rules.pod_parts import INIT, MAIN
from sednactl.validation.shape import listed, mapping, maps, text

Json = dict[str, Any]
_OWN = ("cpu", "memory", "ephemeral-storage")
_DEMANDED = {
    "cpu": ("requests", "cpu"),
    "requests.cpu": ("requests", "cpu"),
    "limits.cpu": ("limits", "cpu"),
    "memory": ("requests", "memory"),
    "requests.memory": ("requests", "memory"),
    "limits.memory": ("limits", "memory"),
}
"""Of what a quota may count, that which every container then has to say."""


def taken_by(pod: Json) -> Amounts:
    """Give what one pod takes, by the names that a quota counts under."""
    taken = {"pods": NANO, "count/pods": NANO}
    for name, nanos in total_of(pod, "requests").items():
        if name in _OWN or name.startswith("hugepages-"):
            taken[name] = nanos
        taken[f"requests.{name}"] = nanos
    for name, nanos in total_of(pod, "limits").items():
        if name in _OWN:
            taken[f"limits.{name}"] = nanos
    return taken


def limits_of(quota: Json) -> Amounts:
    """Give what a quota allows."""
    hard = mapping(mapping(quota, "status"), "hard") or mapping(mapping(quota, "spec"), "hard")
    return _read(hard)


def used_of(quota: Json) -> Amounts:
    """Give what is taken of a quota already."""
    return _read(mapping(mapping(quota, "status"), "used"))


def lacking(pod: Json, quota: Json) -> Iterator[tuple[str, int, str, str]]:
    """Give what containers do not say and the quota demands: list, index, "requests" or "limits", resource."""
    wanted = sorted({_DEMANDED[name] for name in limits_of(quota) if name in _DEMANDED}, reverse=True)
    for group in (INIT, MAIN):
        for index, container in maps(pod, group):
            for of, name in wanted:
                if name not in amounts_of(container, "limits" if of == "limits" else "requests"):
                    yield group, index, of, name


def counts(quota: Json, pod: Json) -> bool:
    """Tell whether a quota counts a pod: all its scopes fit."""
    spec = mapping(quota, "spec")
    scopes = [{"scopeName": scope, "operator": "Exists"} for scope in listed(spec, "scopes")]
    scopes += [scope for _, scope in maps(mapping(spec, "scopeSelector"), "matchExpressions")]
    return all(_fits(scope, pod) for scope in scopes)


def _fits(scope: Json, pod: Json) -> bool:
    name = text(scope, "scopeName")
    if name in ("Terminating", "NotTerminating"):
        ends = isinstance(pod.get("activeDeadlineSeconds"), int)
        return ends == (name == "Terminating")
    if name in ("BestEffort", "NotBestEffort"):
        return _best_effort(pod) == (name == "BestEffort")
    if name == "PriorityClass":
        wanted, values = text(pod, "priorityClassName"), listed(scope, "values")
        return {
            "Exists": bool(wanted),
            "DoesNotExist": not wanted,
            "In": wanted in values,
            "NotIn": wanted not in values,
        }.get(text(scope, "operator"), False)
    return False  # CrossNamespacePodAffinity, and what is yet to come: better silent than wrong


def _best_effort(pod: Json) -> bool:
    containers = [one for group in (INIT, MAIN) for _, one in maps(pod, group)]
    return not any(
        amounts_of(one, "requests").get(name) or amounts_of(one, "limits").get(name)
        for one in containers
        for name in ("cpu", "memory")
    )


def _read(amounts: Json) -> Amounts:
    read = {name: nanos_of(amount) for name, amount in amounts.items()}
    return {name: nanos for name, nanos in read.items() if nanos is not None}
