"""Whole states of an autoscaler as files and clusters hold them, for tests of explaining and replaying."""

from __future__ import annotations

from typing import Any

from tests.scaling.autoscaled import autoscaler, cpu_metric, pod, stamp, usage

Json = dict[str, Any]
LABELS = "jointinferenceservice.sedna.io"


def labels(side: str, service: str = "helmet") -> dict[str, str]:
    return {f"{LABELS}/name": service, f"{LABELS}/uid": f"uid-{service}", f"{LABELS}/worker-type": side}


def service_hpa(*metrics: Json, side: str = "cloud", **said: Any) -> Json:
    hpa = autoscaler(*(metrics or (cpu_metric(50),)), **said)
    target = f"helmet-deployment-{side}"
    hpa["metadata"] = {
        "name": f"hpa-{target}",
        "namespace": "park",
        "uid": f"hpa-{side}",
        "labels": labels(side),
    }
    hpa["spec"]["scaleTargetRef"]["name"] = target
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", **hpa}


def service_deployment(replicas: int, side: str = "cloud", ready: int | None = None) -> Json:
    container = {"name": "container1", "resources": {"requests": {"cpu": "1"}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": f"helmet-deployment-{side}", "namespace": "park", "labels": labels(side)},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels(side)},
            "template": {"spec": {"containers": [container]}},
        },
        "status": {"replicas": replicas, "readyReplicas": replicas if ready is None else ready},
    }


def service_pod(name: str, side: str = "cloud", **said: Any) -> Json:
    one = pod(name, **said)
    one["metadata"]["labels"] = labels(side)
    return {"apiVersion": "v1", "kind": "Pod", **one}


def pod_metrics(name: str, value: str, side: str = "cloud") -> Json:
    one = usage(name, (value,))
    one["metadata"]["labels"] = labels(side)
    return {"apiVersion": "metrics.k8s.io/v1beta1", "kind": "PodMetrics", **one}


def busy_pods(count: int, millicores: int, side: str = "cloud") -> list[Json]:
    names = [f"helmet-{side}-{place}" for place in range(count)]
    return [
        *(service_pod(name, side) for name in names),
        *(pod_metrics(name, f"{millicores}m", side) for name in names),
    ]


def remembered(hpa: str, recommendations: list[tuple[float, int]], **events: list[tuple[float, int]]) -> Json:
    """Give a ScaleHistory; times are seconds ago."""

    def moments(found: list[tuple[float, int]]) -> list[Json]:
        return [{"time": stamp(ago), "replicas": replicas} for ago, replicas in found]

    return {
        "apiVersion": "sednactl.io/v1",
        "kind": "ScaleHistory",
        "metadata": {"name": hpa, "namespace": "park"},
        "recommendations": moments(recommendations),
        **{key: moments(found) for key, found in events.items()},
    }


def rescaled(size: int, ago: float, side: str = "cloud") -> Json:
    hpa = f"hpa-helmet-deployment-{side}"
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{hpa}.{size}.{ago}", "namespace": "park"},
        "involvedObject": {"kind": "HorizontalPodAutoscaler", "name": hpa, "uid": f"hpa-{side}"},
        "reason": "SuccessfulRescale",
        "message": f"New size: {size}; reason: cpu resource utilization (percentage of request) above target",
        "firstTimestamp": stamp(ago),
        "lastTimestamp": stamp(ago),
        "count": 1,
    }
