"""Where a pod can run: the scheduler's filters and its choice among what is left. Pure.

Filters as in kube-scheduler: cordoned nodes, taints, node selector and required
node affinity, host ports, resources. Inter-pod affinity and topology spread
constraints are not judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sednactl.cluster.label_selectors import meets, needs_of
from sednactl.sandbox.controllers.requests import (
    Amounts,
    HostPort,
    amounts,
    host_ports_of,
    lacking,
    ports_clash,
    requests_of,
)

Json = dict[str, Any]

SELECTOR = "node(s) didn't match Pod's node affinity/selector"
PORTS = "node(s) didn't have free ports for the requested pod ports"
CORDONED = "node(s) were unschedulable"
UNSCHEDULABLE: Json = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
"""The taint that stands for a cordoned node: who tolerates it goes there."""


def obstacles(pod: Json, node: Json, used: Amounts, ports: Counter[HostPort]) -> list[str]:
    """Give why a pod cannot go to a node, in kube-scheduler's words; [] where it can. The first filter that fails speaks."""
    if (node.get("spec") or {}).get("unschedulable") and not tolerates(pod, UNSCHEDULABLE):
        return [CORDONED]
    for taint in (node.get("spec") or {}).get("taints") or ():
        if taint["effect"] in ("NoSchedule", "NoExecute") and not tolerates(pod, taint):
            return [f"node(s) had untolerated taint {{{taint['key']}: {taint.get('value', '')}}}"]
    if not selects_node(pod, node):
        return [SELECTOR]
    if ports_clash(host_ports_of(pod), ports):
        return [PORTS]
    allocatable = amounts(node.get("status", {}).get("allocatable"))
    return [
        "Too many pods" if name == "pods" else f"Insufficient {name}"
        for name in lacking(requests_of(pod), used, allocatable)
    ]


def tolerates(pod: Json, taint: Json) -> bool:
    """Tell whether one of a pod's tolerations tolerates a taint."""
    return any(matching_toleration(each, taint) for each in pod["spec"].get("tolerations") or ())


def matching_toleration(toleration: Json, taint: Json) -> bool:
    """Tell whether a toleration is for a taint."""
    if toleration.get("effect") and toleration["effect"] != taint["effect"]:
        return False
    if toleration.get("key") and toleration["key"] != taint["key"]:
        return False
    if toleration.get("operator") == "Exists":
        return True
    return bool(toleration.get("key")) and toleration.get("value", "") == taint.get("value", "")


def selects_node(pod: Json, node: Json) -> bool:
    """Tell whether a pod's nodeSelector and required node affinity select a node."""
    labels = node["metadata"].get("labels") or {}
    wanted: Mapping[str, str] = pod["spec"].get("nodeSelector") or {}
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    affinity = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if required is None:
        return True
    fields = {"metadata.name": node["metadata"]["name"]}
    return any(
        all(meets(need, labels) for need in needs_of(term.get("matchExpressions") or ()))
        and all(meets(need, fields) for need in needs_of(term.get("matchFields") or ()))
        for term in required.get("nodeSelectorTerms") or ()
        if term.get("matchExpressions") or term.get("matchFields")
    )


def emptiest(pod: Json, nodes: Sequence[Json], used: Mapping[str, Amounts]) -> str:
    """Give the name of the node that would be the least full with the pod on it (cpu and memory alike)."""
    wanted = requests_of(pod)

    def fullness(node: Json) -> tuple[float, int, str]:
        name = node["metadata"]["name"]
        allocatable = amounts(node.get("status", {}).get("allocatable"))
        shares = [
            (used[name].get(each, 0) + wanted.get(each, 0)) / allocatable[each]
            for each in ("cpu", "memory")
            if allocatable.get(each)
        ]
        return sum(shares), used[name].get("pods", 0), name

    return str(min(nodes, key=fullness)["metadata"]["name"])


def summary(reasons: Mapping[str, int], nodes: int) -> str:
    """Give kube-scheduler's message for a pod that fits nowhere; `reasons` counts nodes by obstacle."""
    if not nodes:
        return "no nodes available to schedule pods"
    counted = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    crowded = sum(count for reason, count in reasons.items() if _could_preempt(reason))
    helped = [
        f"{count} {text}"
        for count, text in (
            (min(crowded, nodes), "No preemption victims found for incoming pod"),
            (nodes - min(crowded, nodes), "Preemption is not helpful for scheduling"),
        )
        if count
    ]
    none = f"0/{nodes} nodes are available"
    return f"{none}: {counted}. preemption: {none}: {', '.join(helped)}."


def _could_preempt(reason: str) -> bool:
    return reason.startswith("Insufficient") or reason in ("Too many pods", PORTS)
