"""Objects around one autoscaler, for tests of deciding: pods, their metrics, the Scale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from sednactl.scaling.decision import Decision, decide
from sednactl.scaling.readings import Readings, Unavailable
from sednactl.scaling.scale_history import ScaleHistory

Json = dict[str, Any]
NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=timezone.utc)
LONG_AGO = 3600.0


def stamp(ago: float) -> str:
    return (NOW - timedelta(seconds=ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def pod(
    name: str,
    requests: Sequence[str | None] = ("1",),
    *,
    phase: str = "Running",
    ready: bool = True,
    started: float | None = LONG_AGO,
    changed: float | None = None,
    deleted: bool = False,
    resource: str = "cpu",
) -> Json:
    """Give a pod; `started` and `changed` (its readiness) are seconds ago."""
    status: Json = {"phase": phase, "conditions": [{"type": "Ready", "status": "True" if ready else "False"}]}
    if started is not None:
        status["startTime"] = stamp(started)
        status["conditions"][0]["lastTransitionTime"] = stamp(started if changed is None else changed)
    containers = [
        {
            "name": f"container{place}",
            "resources": {} if request is None else {"requests": {resource: request}},
        }
        for place, request in enumerate(requests, 1)
    ]
    metadata: Json = {"name": name, "namespace": "park"}
    if deleted:
        metadata["deletionTimestamp"] = stamp(1)
    return {"metadata": metadata, "spec": {"containers": containers}, "status": status}


def usage(name: str, values: Sequence[str], *, ago: float = 0, resource: str = "cpu") -> Json:
    """Give the PodMetrics of a pod, a value a container."""
    containers = [
        {"name": f"container{place}", "usage": {resource: value}} for place, value in enumerate(values, 1)
    ]
    return {
        "metadata": {"name": name, "namespace": "park"},
        "timestamp": stamp(ago),
        "window": "30s",
        "containers": containers,
    }


def per_pod(metric: str, name: str, value: str) -> Json:
    return {
        "describedObject": {"kind": "Pod", "name": name},
        "metric": {"name": metric},
        "timestamp": stamp(0),
        "value": value,
    }


def scale(replicas: int, running: int | None = None) -> Json:
    return {
        "spec": {"replicas": replicas},
        "status": {"replicas": replicas if running is None else running, "selector": "app=x"},
    }


def cpu_metric(percent: int = 50, container: str = "") -> Json:
    target = {"type": "Utilization", "averageUtilization": percent}
    if container:
        source = {"name": "cpu", "container": container, "target": target}
        return {"type": "ContainerResource", "containerResource": source}
    return {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def pods_metric(average: str, name: str = "qps") -> Json:
    return {
        "type": "Pods",
        "pods": {"metric": {"name": name}, "target": {"type": "AverageValue", "averageValue": average}},
    }


def object_metric(name: str = "qps", **target: str) -> Json:
    kind = "Value" if "value" in target else "AverageValue"
    about = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "some"}
    body = {"metric": {"name": name}, "describedObject": about, "target": {"type": kind, **target}}
    return {"type": "Object", "object": body}


def external_metric(name: str = "qps", selector: Json | None = None, **target: str) -> Json:
    kind = "Value" if "value" in target else "AverageValue"
    metric: Json = {"name": name} if selector is None else {"name": name, "selector": selector}
    return {"type": "External", "external": {"metric": metric, "target": {"type": kind, **target}}}


def autoscaler(
    *metrics: Json,
    minimum: int | None = 1,
    maximum: int = 100,
    behavior: Json | None = None,
    status: Json | None = None,
) -> Json:
    spec: Json = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"},
        "maxReplicas": maximum,
    }
    if metrics:
        spec["metrics"] = list(metrics)
    if minimum is not None:
        spec["minReplicas"] = minimum
    if behavior is not None:
        spec["behavior"] = behavior
    return {"metadata": {"name": "hpa-x", "namespace": "park"}, "spec": spec, "status": status or {}}


def alike(count: int, millicores: int) -> tuple[list[Json], Readings]:
    """Give so many ready pods that request one CPU each and use the same."""
    names = [f"pod-{place}" for place in range(count)]
    return [pod(name) for name in names], Readings([usage(name, (f"{millicores}m",)) for name in names])


def decided(
    hpa: Json,
    current: int,
    pods: Sequence[Json],
    readings: Readings,
    *,
    history: ScaleHistory | None = None,
    after: float = 0,
    running: int | None = None,
) -> Decision:
    moment = NOW + timedelta(seconds=after)
    return decide(hpa, scale(current, running), pods, readings, moment, history or ScaleHistory())


def reasons(decision: Decision) -> dict[str, str]:
    return {item["type"]: f"{item['status']} {item['reason']}" for item in decision.conditions}


NO_API = Unavailable("the server could not find the requested resource (get pods.metrics.k8s.io)")
