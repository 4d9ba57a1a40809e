"""Children as Sedna's Global Manager 0.7 writes them, for those it does not make again: Services and autoscalers.

Source: CreateEdgeMeshService and CreateHPA of v0.7.0. Labels, owner and selector carry
the workload's UID, so that they belong to this very workload and go with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sednactl.sedna.kinds import (
    BY_KIND,
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    JOINT_INFERENCE,
    OBJECT_SEARCH,
    VIDEO_ANALYTICS,
)
from sednactl.sedna.naming import deployment_name, hpa_name, service_name
from sednactl.sedna.resources import DEPLOYMENT, HPA, SERVICE

Json = dict[str, Any]

SERVICE_PORTS = {
    (JOINT_INFERENCE.kind, "cloud"): 5000,
    (FEDERATED_LEARNING.kind, "aggregation"): 7363,
    (FEATURE_EXTRACTION.kind, "fe"): 6000,
    (OBJECT_SEARCH.kind, "reidworker"): 9378,
    (OBJECT_SEARCH.kind, "userworker"): 9379,
    (VIDEO_ANALYTICS.kind, "videoanalytics"): 4000,
}
"""The port of each Service, by kind of workload and worker type."""


def service_of(workload: Mapping[str, Any], worker: str) -> Json:
    """Give the Service by which a worker is reached."""
    labels = labels_for(workload, worker)
    port = SERVICE_PORTS[str(workload["kind"]), worker]
    return {
        "apiVersion": SERVICE.api_version,
        "kind": SERVICE.kind,
        "metadata": _metadata(workload, service_name(workload["metadata"]["name"], worker), labels),
        "spec": {
            "selector": dict(labels),
            "ports": [{"name": "tcp-0", "protocol": "TCP", "port": port, "targetPort": port}],
        },
    }


def autoscaler_of_side(service: Mapping[str, Any], side: str) -> Json:
    """Give the autoscaler that a joint inference service's `hpa` block asks for on a side."""
    name = service["metadata"]["name"]
    hpa = service["spec"][f"{side}Worker"]["hpa"]
    asked = {
        key: hpa[key]
        for key in ("minReplicas", "maxReplicas", "metrics", "behavior")
        if hpa.get(key) is not None
    }
    target = {
        "apiVersion": DEPLOYMENT.api_version,
        "kind": DEPLOYMENT.kind,
        "name": deployment_name(name, side),
    }
    return {
        "apiVersion": HPA.api_version,
        "kind": HPA.kind,
        "metadata": _metadata(service, hpa_name(name, side), labels_for(service, side)),
        "spec": {**asked, "scaleTargetRef": target},
    }


def labels_for(workload: Mapping[str, Any], worker: str) -> dict[str, str]:
    """Give Sedna's three labels of a worker's objects."""
    prefix = BY_KIND[str(workload["kind"])].label_prefix
    meta = workload["metadata"]
    return {
        f"{prefix}/name": meta["name"],
        f"{prefix}/uid": meta["uid"],
        f"{prefix}/worker-type": worker,
    }


def owners_for(workload: Mapping[str, Any]) -> list[Json]:
    """Give the owner references of a workload's direct children."""
    meta = workload["metadata"]
    return [
        {
            "apiVersion": workload["apiVersion"],
            "kind": workload["kind"],
            "name": meta["name"],
            "uid": meta["uid"],
            "controller": True,
            "blockOwnerDeletion": True,
        }
    ]


def _metadata(workload: Mapping[str, Any], name: str, labels: Mapping[str, str]) -> Json:
    return {
        "name": name,
        "namespace": workload["metadata"]["namespace"],
        "labels": dict(labels),
        "ownerReferences": owners_for(workload),
    }
