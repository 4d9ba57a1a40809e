"""Small raw objects as the API server gives them, for tests of scaling."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

Json = dict[str, Any]
NOW = datetime(2026, 11, 24, 10, 2, 11, 250000, tzinfo=timezone.utc)
CREATED = "2026-11-24T10:00:39Z"
PREFIX = "jointinferenceservice.sedna.io"


def workload(name: str = "helmet", namespace: str = "park", uid: str = "", hpa: str = "cloud edge") -> Json:
    spec: Json = {
        f"{side}Worker": {"hpa": {"maxReplicas": 5}} if side in hpa else {} for side in ("cloud", "edge")
    }
    return {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "JointInferenceService",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": uid or f"uid-{name}",
            "creationTimestamp": CREATED,
        },
        "spec": spec,
    }


def _metadata(name: str, service: str, side: str, namespace: str, uid: str, owned: bool) -> Json:
    return {
        "name": name,
        "namespace": namespace,
        "uid": f"{name}-uid",
        "creationTimestamp": CREATED,
        "labels": {f"{PREFIX}/name": service, f"{PREFIX}/uid": uid, f"{PREFIX}/worker-type": side},
        "ownerReferences": [
            {"apiVersion": "sedna.io/v1alpha1", "kind": "JointInferenceService", "name": service, "uid": uid}
        ]
        if owned
        else [],
    }


def deployment(
    side: str = "cloud",
    *,
    name: str = "helmet",
    namespace: str = "park",
    uid: str = "",
    wanted: int | None = 1,
    current: int | None = None,
    ready: int | None = None,
    owned: bool = True,
) -> Json:
    current = (wanted or 0) if current is None else current
    ready = current if ready is None else ready
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(
            f"{name}-deployment-{side}", name, side, namespace, uid or f"uid-{name}", owned
        ),
        "spec": {
            "replicas": wanted,
            "template": {
                "spec": {
                    "containers": [
                        {"name": "big-model", "resources": {"requests": {"cpu": "1024m"}}, "image": "x"}
                    ]
                }
            },
        },
        "status": {"replicas": current, "readyReplicas": ready},
    }


def cpu(target: int = 20) -> Json:
    return {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": target}},
    }


def cpu_reading(percent: int, value: str = "379m") -> Json:
    return {
        "type": "Resource",
        "resource": {"name": "cpu", "current": {"averageUtilization": percent, "averageValue": value}},
    }


def condition(type_: str, status: str, reason: str, message: str = "") -> Json:
    return {
        "type": type_,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": CREATED,
    }


FINE = (
    condition("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size"),
    condition("ScalingActive", "True", "ValidMetricFound", "the HPA was able to compute"),
    condition("ScalingLimited", "False", "DesiredWithinRange", "the desired count is within range"),
)
AT_MAX = (
    *FINE[:2],
    condition("ScalingLimited", "True", "TooManyReplicas", "the desired replica count is more than max"),
)
NO_METRICS = (
    condition("AbleToScale", "True", "SucceededGetScale", "the HPA controller was able to get the scale"),
    condition(
        "ScalingActive",
        "False",
        "FailedGetResourceMetric",
        "the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics "
        "for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the "
        "requested resource (get pods.metrics.k8s.io)",
    ),
)


def hpa(
    side: str = "cloud",
    *,
    name: str = "helmet",
    namespace: str = "park",
    uid: str = "",
    minimum: int | None = 1,
    maximum: int = 5,
    specs: list[Json] | None = None,
    readings: list[Json] | None = None,
    conditions: tuple[Json, ...] = FINE,
    current: int = 1,
    desired: int = 1,
    target: str = "",
    called: str = "",
    owned: bool = True,
) -> Json:
    target = target or f"{name}-deployment-{side}"
    spec: Json = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
        "maxReplicas": maximum,
        "metrics": [cpu()] if specs is None else specs,
    }
    if minimum is not None:
        spec["minReplicas"] = minimum
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": _metadata(called or f"hpa-{target}", name, side, namespace, uid or f"uid-{name}", owned),
        "spec": spec,
        "status": {
            "currentReplicas": current,
            "desiredReplicas": desired,
            "currentMetrics": [cpu_reading(18)] if readings is None else readings,
            "conditions": list(conditions),
        },
    }


def foreign(item: Json) -> Json:
    """Take away every sign that Sedna made the object."""
    item["metadata"].pop("labels")
    item["metadata"].pop("ownerReferences")
    return item
