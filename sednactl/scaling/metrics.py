"""What an autoscaler measures: every metric of its spec, beside the reading its status holds.

All five metric types and three target types of autoscaling/v2. A status may lag
behind its spec (after an edit) and leaves an empty entry where a metric failed,
so readings are found by what they measure and not by their place alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.sedna.quantity import milli_units, nano_units, plain_number

Json = dict[str, Any]
Number = int | float

_FIELDS = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}
_BYTES = ("memory", "ephemeral-storage", "storage", "hugepages-")


@dataclass(frozen=True)
class ScaleMetric:
    """One metric of an autoscaler.

    `name` is what expressions call it: `cpu`, `big-model/cpu` for one container's
    resource, else the metric's own name. `current` (None: unknown) and `target`
    are in `unit`: `%` of the request, `m` (millicores), `bytes`, or "" for plain
    numbers. `value` is the reading as a quantity whatever the unit, None when
    unknown; `per_pod` tells that it is an average over pods. `about` names the
    object that an Object metric describes.
    """

    name: str
    type: str
    target_type: str
    current: Number | None
    target: Number | None
    unit: str
    value: str | None = None
    per_pod: bool = True
    about: str | None = None

    def as_json(self) -> Json:
        """Give the metric in the machine-readable shape."""
        return {
            "name": self.name,
            "current": self.current,
            "target": self.target,
            "unit": self.unit,
            "type": self.type,
            "target_type": self.target_type,
            "value": self.value,
            "per_pod": self.per_pod,
            "about": self.about,
        }


def metrics_of(hpa: Mapping[str, Any]) -> tuple[ScaleMetric, ...]:
    """Give every metric of an autoscaler in the order of its spec."""
    specs = (hpa.get("spec") or {}).get("metrics") or ()
    readings = (hpa.get("status") or {}).get("currentMetrics") or ()
    return tuple(_metric(spec, _reading(spec, index, readings)) for index, spec in enumerate(specs))


def _identity(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    kind = str(entry.get("type", ""))
    source = entry.get(_FIELDS.get(kind, "")) or {}
    metric = source.get("metric") or {}
    return (
        kind,
        source.get("name"),
        source.get("container"),
        metric.get("name"),
        metric.get("selector"),
        source.get("describedObject"),
    )


def _reading(spec: Mapping[str, Any], index: int, readings: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    wanted = _identity(spec)
    here = readings[index : index + 1]
    for reading in (*here, *readings):
        if reading and _identity(reading) == wanted:
            found = reading.get(_FIELDS.get(wanted[0], "")) or {}
            return found.get("current") or {}
    return {}


def _metric(spec: Mapping[str, Any], current: Mapping[str, Any]) -> ScaleMetric:
    kind = str(spec.get("type", ""))
    source = spec.get(_FIELDS.get(kind, "")) or {}
    target = source.get("target") or {}
    target_type = str(target.get("type", ""))
    resource = str(source.get("name", ""))
    metric = str((source.get("metric") or {}).get("name", ""))
    name = f"{source.get('container', '')}/{resource}" if kind == "ContainerResource" else resource or metric
    described = source.get("describedObject") or {}
    raw = current.get("averageValue", current.get("value"))
    unit = _unit(target_type, resource)
    if target_type == "Utilization":
        shown, wanted = current.get("averageUtilization"), target.get("averageUtilization")
    else:
        field = "value" if target_type == "Value" else "averageValue"
        shown, wanted = _in_unit(current.get(field), unit), _in_unit(target.get(field), unit)
    return ScaleMetric(
        name=name or kind,
        type=kind,
        target_type=target_type,
        current=shown,
        target=wanted,
        unit=unit,
        value=None if raw is None else str(raw),
        per_pod="averageValue" in current or target_type != "Value",
        about=f"{described.get('kind')}/{described.get('name')}" if described else None,
    )


def _unit(target_type: str, resource: str) -> str:
    if target_type == "Utilization":
        return "%"
    if resource == "cpu":
        return "m"
    return "bytes" if resource.startswith(_BYTES) else ""


def _in_unit(quantity: Any, unit: str) -> Number | None:
    if quantity is None:
        return None
    try:
        return milli_units(quantity) if unit == "m" else plain_number(nano_units(quantity))
    except InvalidInput:
        return None
