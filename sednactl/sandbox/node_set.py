"""The nodes of the sandbox: which there are, how large, and where a node's link is cut.

A node is kept alive by the sandbox's kubelet when it carries the label `KUBELET`.
It goes off the network, with all that follows for its pods, while it carries the
annotation `OFFLINE: "true"`; taking that away brings it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KUBELET = "sandbox.sednactl.io/kubelet"
OFFLINE = "sandbox.sednactl.io/offline"
EDGE = "node-role.kubernetes.io/edge"
CLOUD = "node-role.kubernetes.io/cloud"


@dataclass(frozen=True)
class NodePlan:
    """One node to make. `cpu` and `memory` are quantities, `pods` the most pods it takes."""

    name: str
    edge: bool
    cpu: str
    memory: str
    pods: int = 110
    labels: Mapping[str, str] = field(default_factory=dict)


PARK = (
    NodePlan("cloud-1", False, "32", "128Gi"),
    NodePlan("cloud-2", False, "32", "128Gi"),
    NodePlan("edge-1", True, "8", "16Gi"),
    NodePlan("edge-2", True, "8", "16Gi"),
    NodePlan("edge-3", True, "4", "8Gi"),
)
"""An industrial park: two large nodes in the cloud, three small ones at its edge."""


def is_offline(node: Mapping[str, Any]) -> bool:
    """Tell whether a node's link is cut."""
    return (node["metadata"].get("annotations") or {}).get(OFFLINE) == "true"


def has_kubelet(node: Mapping[str, Any]) -> bool:
    """Tell whether the sandbox's kubelet keeps a node."""
    return KUBELET in (node["metadata"].get("labels") or {})


def node_object(plan: NodePlan, number: int) -> dict[str, Any]:
    """Give the Node to create; `number` tells nodes' addresses apart (0 to 191)."""
    role = {EDGE: "", "node-role.kubernetes.io/agent": ""} if plan.edge else {CLOUD: ""}
    labels = {
        "kubernetes.io/hostname": plan.name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "arm64" if plan.edge else "amd64",
        **role,
        KUBELET: "",
        **plan.labels,
    }
    cidr = f"10.{64 + number}.0.0/16"
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": plan.name, "labels": labels},
        "spec": {"podCIDR": cidr, "podCIDRs": [cidr]},
    }


def capacity_of(plan: NodePlan) -> dict[str, str]:
    """Give a node's capacity as its status tells it."""
    return {"cpu": plan.cpu, "memory": plan.memory, "ephemeral-storage": "100Gi", "pods": str(plan.pods)}
