"""What a kubelet tells of its node: status and lease. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sednactl.sandbox.node_set import NodePlan, capacity_of
from sednactl.sandbox.times import seconds_between, written, written_micro
from sednactl.sedna.resources import NODE

Json = dict[str, Any]

NODE_LEASES = "kube-node-lease"
LEASE_SECONDS = 40
REPORT_SECONDS = 300.0
"""How often a node's status is told although nothing changed; the lease is what says that it lives."""

_VERSION = "v1.30.0"
_GOOD = {
    "MemoryPressure": ("False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    "DiskPressure": ("False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    "PIDPressure": ("False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    "Ready": ("True", "KubeletReady", "kubelet is posting ready status"),
}


def report(node: Json, plan: NodePlan | None, now: datetime) -> Json | None:
    """Give the status to report for a node, None while the last report is good enough."""
    status = node.get("status", {})
    before = {each["type"]: each for each in status.get("conditions") or ()}
    ready = before.get("Ready", {})
    fresh = seconds_between(ready.get("lastHeartbeatTime"), now, REPORT_SECONDS) < REPORT_SECONDS
    if ready.get("status") == "True" and fresh and status.get("allocatable"):
        return None
    conditions = []
    for type_, (state, reason, message) in _GOOD.items():
        old = before.get(type_, {})
        since = (old.get("lastTransitionTime") if old.get("status") == state else None) or written(now)
        conditions.append(
            {
                "type": type_,
                "status": state,
                "lastHeartbeatTime": written(now),
                "lastTransitionTime": since,
                "reason": reason,
                "message": message,
            }
        )
    capacity = status.get("capacity") or capacity_of(plan or NodePlan("", False, "8", "16Gi"))
    name, labels = node["metadata"]["name"], node["metadata"].get("labels") or {}
    return {
        "capacity": capacity,
        "allocatable": status.get("allocatable") or capacity,
        "conditions": conditions,
        "addresses": status.get("addresses")
        or [{"type": "InternalIP", "address": _address(node)}, {"type": "Hostname", "address": name}],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": {
            "machineID": node["metadata"]["uid"],
            "systemUUID": node["metadata"]["uid"],
            "bootID": node["metadata"]["uid"],
            "kernelVersion": "sandbox",
            "osImage": "sednactl sandbox",
            "containerRuntimeVersion": "sandbox://1",
            "kubeletVersion": _VERSION,
            "kubeProxyVersion": _VERSION,
            "operatingSystem": labels.get("kubernetes.io/os", "linux"),
            "architecture": labels.get("kubernetes.io/arch", "amd64"),
        },
    }


def lease_object(node: Json, seconds: int, now: datetime) -> Json:
    """Give the lease by which a node is known to live; it goes with its node."""
    meta = node["metadata"]
    owner = {"apiVersion": NODE.api_version, "kind": NODE.kind, "name": meta["name"], "uid": meta["uid"]}
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": meta["name"], "namespace": NODE_LEASES, "ownerReferences": [owner]},
        "spec": {
            "holderIdentity": meta["name"],
            "leaseDurationSeconds": seconds,
            "renewTime": written_micro(now),
        },
    }


def _address(node: Json) -> str:
    """Give a node's own address, told apart by the network of its pods."""
    parts = str((node.get("spec") or {}).get("podCIDR") or "").split(".")
    return f"192.168.0.{parts[1] if len(parts) == 4 else 60}"
