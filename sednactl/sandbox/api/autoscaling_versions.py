"""Autoscalers are kept as autoscaling/v2; these two show them as v1 and take v1 in.

What v1 has no field for travels in the annotations that kube-apiserver uses for it.
"""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.text import Json, decode, encode

_METRICS = "autoscaling.alpha.kubernetes.io/metrics"
_CURRENT = "autoscaling.alpha.kubernetes.io/current-metrics"
_CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions"
_BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior"
_ALL = (_METRICS, _CURRENT, _CONDITIONS, _BEHAVIOR)


def to_v1(content: Json) -> Json:
    """Show an autoscaler of v2 as v1."""
    spec, status = dict(content.get("spec") or {}), dict(content.get("status") or {})
    notes: dict[str, str] = {}
    target, rest = _cpu_target(spec.pop("metrics", None) or [])
    if target is not None:
        spec["targetCPUUtilizationPercentage"] = target
    if rest:
        notes[_METRICS] = encode([_metric_to_v1(metric) for metric in rest]).decode()
    if behavior := spec.pop("behavior", None):
        notes[_BEHAVIOR] = encode(behavior).decode()
    current = status.pop("currentMetrics", None) or []
    used = [
        one for one in current if _is_cpu(one) and "averageUtilization" in one["resource"].get("current", {})
    ]
    if used:
        status["currentCPUUtilizationPercentage"] = used[0]["resource"]["current"]["averageUtilization"]
    if current:
        notes[_CURRENT] = encode([_status_to_v1(one) for one in current]).decode()
    if conditions := status.pop("conditions", None):
        notes[_CONDITIONS] = encode(conditions).decode()
    status = {"currentReplicas": 0, "desiredReplicas": 0} | status
    meta = dict(content["metadata"])
    if notes:
        meta["annotations"] = {**(meta.get("annotations") or {}), **notes}
    return {**content, "metadata": meta, "spec": spec, "status": status}


def to_v2(content: Json) -> Json:
    """Take an autoscaler of v1 in as v2."""
    spec, status = dict(content.get("spec") or {}), dict(content.get("status") or {})
    meta = dict(content.get("metadata") or {})
    notes = {**(meta.get("annotations") or {})}
    metrics: list[Any] = []
    target = spec.pop("targetCPUUtilizationPercentage", None)
    if target is not None:
        metrics.append(
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": target}},
            }
        )
    metrics += [_metric_to_v2(metric) for metric in _noted(notes, _METRICS, [])]
    if metrics:
        spec["metrics"] = metrics
    if behavior := _noted(notes, _BEHAVIOR, {}):
        spec["behavior"] = behavior
    status.pop("currentCPUUtilizationPercentage", None)
    if current := _noted(notes, _CURRENT, []):
        status["currentMetrics"] = [_status_to_v2(one) for one in current]
    if conditions := _noted(notes, _CONDITIONS, []):
        status["conditions"] = conditions
    kept = {key: value for key, value in notes.items() if key not in _ALL}
    if kept:
        meta["annotations"] = kept
    else:
        meta.pop("annotations", None)
    result = {**content, "apiVersion": "autoscaling/v2", "metadata": meta, "spec": spec}
    if status:
        result["status"] = status
    return result


def _noted(notes: dict[str, str], key: str, otherwise: Any) -> Any:
    try:
        found = decode(notes[key].encode()) if key in notes else otherwise
    except ValueError:
        return otherwise
    return found if isinstance(found, type(otherwise)) else otherwise


def _is_cpu(metric: Json) -> bool:
    return metric.get("type") == "Resource" and (metric.get("resource") or {}).get("name") == "cpu"


def _cpu_target(metrics: list[Json]) -> tuple[int | None, list[Json]]:
    for position, metric in enumerate(metrics):
        target = (metric.get("resource") or {}).get("target") or {}
        if _is_cpu(metric) and "averageUtilization" in target:
            return target["averageUtilization"], metrics[:position] + metrics[position + 1 :]
    return None, metrics


_SOURCES = {"Resource": "resource", "ContainerResource": "containerResource"}


def _metric_to_v1(metric: Json) -> Json:
    source = _SOURCES.get(metric.get("type", ""))
    if source is None:
        return metric
    rest = {key: value for key, value in metric[source].items() if key != "target"}
    target = metric[source].get("target") or {}
    rest |= {
        f"targetAverage{word}": target[f"average{word}"]
        for word in ("Utilization", "Value")
        if f"average{word}" in target
    }
    return {"type": metric["type"], source: rest}


def _metric_to_v2(metric: Json) -> Json:
    source = _SOURCES.get(metric.get("type", ""))
    if source is None:
        return metric
    given = dict(metric.get(source) or {})
    target: Json = {}
    for word, kind in (("Utilization", "Utilization"), ("Value", "AverageValue")):
        value = given.pop(f"targetAverage{word}", None)
        if value is not None:
            target = {"type": kind, f"average{word}": value}
    return {"type": metric["type"], source: {**given, "target": target}}


def _status_to_v1(metric: Json) -> Json:
    source = _SOURCES.get(metric.get("type", ""))
    if source is None:
        return metric
    rest = {key: value for key, value in metric[source].items() if key != "current"}
    current = metric[source].get("current") or {}
    rest |= {
        f"currentAverage{word}": current[f"average{word}"]
        for word in ("Utilization", "Value")
        if f"average{word}" in current
    }
    return {"type": metric["type"], source: rest}


def _status_to_v2(metric: Json) -> Json:
    source = _SOURCES.get(metric.get("type", ""))
    if source is None:
        return metric
    given = dict(metric.get(source) or {})
    current = {
        f"average{word}": given.pop(f"currentAverage{word}")
        for word in ("Utilization", "Value")
        if f"currentAverage{word}" in given
    }
    return {"type": metric["type"], source: {**given, "current": current}}
