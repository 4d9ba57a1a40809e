"""What the metrics APIs answered, as the controller reads it: thousandths a pod, an object or a series.

The lists are the APIs' raw items: PodMetrics of metrics.k8s.io, MetricValue of
custom.metrics.k8s.io (v1beta1 or v1beta2) and ExternalMetricValue of
external.metrics.k8s.io. In place of a list, Unavailable says why there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sednactl.moments import duration_of, seconds_of
from sednactl.scaling.label_selectors import matches
from sednactl.sedna.quantity import milli_units

Json = dict[str, Any]

_WINDOW_WITHOUT_WORD = 60.0
"""Seconds that a custom metric covers where it does not say."""


@dataclass(frozen=True)
class Unavailable:
    """A metrics API that did not answer; `why` in its own words."""

    why: str


@dataclass(frozen=True)
class Readings:
    """Answers of the three metrics APIs for one namespace, already cut to the target's pods where they are per pod."""

    pods: Sequence[Json] | Unavailable = ()
    custom: Sequence[Json] | Unavailable = ()
    external: Sequence[Json] | Unavailable = ()


@dataclass(frozen=True)
class PodReading:
    """A pod's usage in thousandths (millicores, thousandths of a byte), when it was taken and over how many seconds."""

    value: int
    time: float = 0.0
    window: float = 0.0


PodReadings = dict[str, PodReading]


class NoReading(Exception):
    """A metric that cannot be had; the message is what the controller would say."""


def resource_readings(readings: Readings, resource: str, container: str) -> PodReadings:
    """Give each pod's usage of a resource, of one container or of all; pods that lack it are left out."""
    if isinstance(readings.pods, Unavailable):
        raise NoReading(f"unable to fetch metrics from resource metrics API: {readings.pods.why}")
    if not readings.pods:
        raise NoReading("no metrics returned from resource metrics API")
    found: PodReadings = {}
    for item in readings.pods:
        value = _container_usage(item, resource, container) if container else _pod_usage(item, resource)
        if value is not None:
            time, window = seconds_of(item.get("timestamp")), duration_of(str(item.get("window") or "0"))
            found[item["metadata"]["name"]] = PodReading(value, time, window)
    return found


def _pod_usage(item: Mapping[str, Any], resource: str) -> int | None:
    total, containers = 0, item.get("containers") or ()
    for container in containers:
        usage = (container.get("usage") or {}).get(resource)
        if usage is None:
            return None
        total += milli_units(usage)
    return total if containers else None


def _container_usage(item: Mapping[str, Any], resource: str, container: str) -> int | None:
    for one in item.get("containers") or ():
        if one.get("name") == container:
            usage = (one.get("usage") or {}).get(resource)
            return None if usage is None else milli_units(usage)
    metadata = item["metadata"]
    raise NoReading(
        f"failed to get container metrics: container {container} not present in metrics for pod "
        f"{metadata.get('namespace', '')}/{metadata['name']}"
    )


def custom_pod_readings(readings: Readings, metric: Mapping[str, Any]) -> PodReadings:
    """Give each pod's value of a custom metric."""
    items = [item for item in _custom(readings, metric) if _described(item).get("kind") == "Pod"]
    if not items:
        raise NoReading("no metrics returned from custom metrics API")
    return {
        _described(item)["name"]: PodReading(
            milli_units(item["value"]), seconds_of(item.get("timestamp")), _window(item)
        )
        for item in items
    }


def object_reading(readings: Readings, metric: Mapping[str, Any], target: Mapping[str, Any]) -> int:
    """Give an object's value of a custom metric, in thousandths."""
    for item in _custom(readings, metric):
        described = _described(item)
        if described.get("kind") == target.get("kind") and described.get("name") == target.get("name"):
            return milli_units(item["value"])
    raise NoReading(
        "unable to fetch metrics from custom metrics API: the server could not find the metric "
        f"{metric.get('name', '')} for {target.get('kind', '')} {target.get('name', '')}"
    )


def external_reading(readings: Readings, metric: Mapping[str, Any]) -> int:
    """Give the sum of an external metric's series that its selector takes, in thousandths."""
    if isinstance(readings.external, Unavailable):
        raise NoReading(f"unable to fetch metrics from external metrics API: {readings.external.why}")
    selector = metric.get("selector")
    values = [
        milli_units(item["value"])
        for item in readings.external
        if item.get("metricName") == metric.get("name") and matches(selector, item.get("metricLabels") or {})
    ]
    if not values:
        raise NoReading("no metrics returned from external metrics API")
    return sum(values)


def _custom(readings: Readings, metric: Mapping[str, Any]) -> list[Json]:
    if isinstance(readings.custom, Unavailable):
        raise NoReading(f"unable to fetch metrics from custom metrics API: {readings.custom.why}")
    return [item for item in readings.custom if _is(item, metric)]


def _is(item: Mapping[str, Any], metric: Mapping[str, Any]) -> bool:
    """Tell whether a value is of this metric; one that does not say its selector may be."""
    said = item.get("metric") or {}
    name = item.get("metricName") or said.get("name")
    selector = item.get("selector") or said.get("selector")
    return name == metric.get("name") and (not selector or selector == metric.get("selector"))


def _described(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return item.get("describedObject") or {}


def _window(item: Mapping[str, Any]) -> float:
    seconds = item.get("windowSeconds", item.get("window"))
    return _WINDOW_WITHOUT_WORD if seconds is None else float(seconds)
