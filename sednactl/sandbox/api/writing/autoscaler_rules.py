"""What a HorizontalPodAutoscaler may say, in the words of both of its versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sednactl.sandbox.api.writing.container_rules import resource_name_errors
from sednactl.sandbox.api.writing.field_errors import FieldError, forbidden, invalid, not_supported, required
from sednactl.sandbox.api.writing.go_words import GoText
from sednactl.sandbox.api.writing.names import label_errors, path_segment_errors
from sednactl.sandbox.api.writing.quantities import nanos_of

LONGEST_PERIOD, LONGEST_WINDOW = 1800, 3600
"""Seconds."""
_SOURCES = ("ContainerResource", "External", "Object", "Pods", "Resource")
_SELECTIONS = ("Disabled", "Max", "Min")
_POLICIES = ("Percent", "Pods")
_TARGETS = ("Utilization", "Value", "AverageValue")


def autoscaler_errors(autoscaler: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with an autoscaler, its metadata aside."""
    spec = autoscaler.get("spec") or {}
    errors: list[FieldError] = []
    least, most = spec.get("minReplicas"), spec.get("maxReplicas", 0)
    if least is not None and least < 1:
        errors.append(invalid("spec.minReplicas", least, "must be greater than or equal to 1"))
    if most < 1:
        errors.append(invalid("spec.maxReplicas", most, "must be greater than 0"))
    if least is not None and most < least:
        errors.append(invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"))
    errors += _reference_errors(spec.get("scaleTargetRef") or {}, "spec.scaleTargetRef")
    metrics = spec.get("metrics") or ()
    for index, metric in enumerate(metrics):
        errors += _metric_errors(metric, f"spec.metrics[{index}]")
    if least == 0 and not any(metric.get("type") in ("Object", "External") for metric in metrics):
        errors.append(
            forbidden(
                "spec.metrics",
                "must specify at least one Object or External metric to support scaling to zero replicas",
            )
        )
    percent = spec.get("targetCPUUtilizationPercentage")
    if percent is not None and percent < 1:
        path = "spec.metrics[0].resource.target.averageUtilization"
        errors.append(invalid(path, percent, "must be greater than 0"))
    for direction in ("scaleUp", "scaleDown"):
        rules = (spec.get("behavior") or {}).get(direction)
        if rules is not None:
            errors += _rules_errors(rules, f"spec.behavior.{direction}")
    return errors


def _reference_errors(reference: dict[str, Any], path: str) -> list[FieldError]:
    errors: list[FieldError] = []
    for name in ("kind", "name"):
        value = reference.get(name)
        if not value:
            errors.append(required(f"{path}.{name}"))
        else:
            errors += [invalid(f"{path}.{name}", value, why) for why in path_segment_errors(value)]
    return errors


def _metric_errors(metric: dict[str, Any], path: str) -> list[FieldError]:
    errors: list[FieldError] = []
    kind = metric.get("type", "")
    if not kind:
        errors.append(required(f"{path}.type", "must specify a metric source type"))
    if kind not in _SOURCES:
        errors.append(not_supported(f"{path}.type", kind, _SOURCES))
    present = [name for name in _CHECKS if metric.get(name) is not None]
    if present:
        errors += _CHECKS[present[0]](metric[present[0]], f"{path}.{present[0]}")
    expected = kind[:1].lower() + kind[1:] if kind in _SOURCES else ""
    if expected and expected not in present:
        errors.append(required(f"{path}.{expected}", "must populate information for the given metric source"))
    elif not expected:
        errors.append(not_supported(f"{path}.type", kind, _SOURCES))
    if len(present) != 1:
        errors += [
            forbidden(f"{path}.{name}", "must populate the given metric source only")
            for name in present
            if name != expected
        ]
    return errors


def _object_errors(source: dict[str, Any], path: str) -> list[FieldError]:
    target = source.get("target") or {}
    errors = _reference_errors(source.get("describedObject") or {}, f"{path}.describedObject")
    errors += _identifier_errors(source.get("metric") or {}, f"{path}.metric")
    errors += _target_errors(target, f"{path}.target")
    if target.get("value") is None and target.get("averageValue") is None:
        errors.append(
            required(f"{path}.target.averageValue", "must set either a target value or averageValue")
        )
    return errors


def _external_errors(source: dict[str, Any], path: str) -> list[FieldError]:
    target = source.get("target") or {}
    errors = _identifier_errors(source.get("metric") or {}, f"{path}.metric")
    errors += _target_errors(target, f"{path}.target")
    value, average = target.get("value"), target.get("averageValue")
    if value is None and average is None:
        errors.append(
            required(
                f"{path}.target.averageValue", "must set either a target value for metric or a per-pod target"
            )
        )
    if value is not None and average is not None:
        errors.append(
            forbidden(
                f"{path}.target.value", "may not set both a target value for metric and a per-pod target"
            )
        )
    return errors


def _pods_errors(source: dict[str, Any], path: str) -> list[FieldError]:
    target = source.get("target") or {}
    errors = _identifier_errors(source.get("metric") or {}, f"{path}.metric")
    errors += _target_errors(target, f"{path}.target")
    if target.get("averageValue") is None:
        errors.append(required(f"{path}.target.averageValue", "must specify a positive target averageValue"))
    return errors


def _container_errors(source: dict[str, Any], path: str) -> list[FieldError]:
    errors: list[FieldError] = []
    if not source.get("name"):
        errors.append(required(f"{path}.name", "must specify a resource name"))
    else:
        errors += resource_name_errors(source["name"], f"{path}.name")
    container = source.get("container")
    if not container:
        errors.append(required(f"{path}.container", "must specify a container"))
    else:
        errors += [invalid(f"{path}.container", container, why) for why in label_errors(container)]
    return errors + _resource_target_errors(source.get("target") or {}, path)


def _resource_errors(source: dict[str, Any], path: str) -> list[FieldError]:
    errors: list[FieldError] = []
    if not source.get("name"):
        errors.append(required(f"{path}.name", "must specify a resource name"))
    return errors + _resource_target_errors(source.get("target") or {}, path)


def _resource_target_errors(target: dict[str, Any], path: str) -> list[FieldError]:
    errors = _target_errors(target, f"{path}.target")
    utilization, average = target.get("averageUtilization"), target.get("averageValue")
    if utilization is None and average is None:
        errors.append(
            required(
                f"{path}.target.averageUtilization",
                "must set either a target raw value or a target utilization",
            )
        )
    if utilization is not None and average is not None:
        errors.append(
            forbidden(
                f"{path}.target.averageValue",
                "may not set both a target raw value and a target utilization",
            )
        )
    return errors


def _target_errors(target: dict[str, Any], path: str) -> list[FieldError]:
    errors: list[FieldError] = []
    kind = target.get("type", "")
    if not kind:
        errors.append(required(f"{path}.type", "must specify a metric target type"))
    if kind not in _TARGETS:
        errors.append(invalid(f"{path}.type", kind, "must be either Utilization, Value, or AverageValue"))
    for name in ("value", "averageValue"):
        quantity = target.get(name)
        if quantity is not None and nanos_of(quantity) <= 0:
            errors.append(invalid(f"{path}.{name}", GoText(_quantity_words(quantity)), "must be positive"))
    utilization = target.get("averageUtilization")
    if utilization is not None and utilization < 1:
        errors.append(invalid(f"{path}.averageUtilization", utilization, "must be greater than 0"))
    return errors


def _quantity_words(quantity: str) -> str:
    whole = quantity.rstrip("numkMGTPEi")
    scale = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9}.get(quantity[len(whole) :], 0)
    return (
        f"resource.Quantity{{i:resource.int64Amount{{value:{whole}, scale:{scale}}}, "
        f'd:resource.infDecAmount{{Dec:(*inf.Dec)(nil)}}, s:"{quantity}", Format:"DecimalSI"}}'
    )


def _identifier_errors(metric: dict[str, Any], path: str) -> list[FieldError]:
    name = metric.get("name")
    if not name:
        return [required(f"{path}.name", "must specify a metric name")]
    return [invalid(f"{path}.name", name, why) for why in path_segment_errors(name)]


def _rules_errors(rules: dict[str, Any], path: str) -> list[FieldError]:
    errors: list[FieldError] = []
    window = rules.get("stabilizationWindowSeconds")
    where = f"{path}.stabilizationWindowSeconds"
    if window is not None and window < 0:
        errors.append(invalid(where, window, "must be greater than or equal to zero"))
    if window is not None and window > LONGEST_WINDOW:
        errors.append(invalid(where, window, f"must be less than or equal to {LONGEST_WINDOW}"))
    selection = rules.get("selectPolicy")
    if selection is not None and selection not in _SELECTIONS:
        errors.append(not_supported(f"{path}.selectPolicy", selection, _SELECTIONS))
    policies = rules.get("policies") or ()
    if not policies:
        errors.append(required(f"{path}.policies", "must specify at least one Policy"))
    for index, policy in enumerate(policies):
        where = f"{path}.policies[{index}]"
        kind, value, period = policy.get("type", ""), policy.get("value", 0), policy.get("periodSeconds", 0)
        if kind not in _POLICIES:
            errors.append(not_supported(f"{where}.type", kind, _POLICIES))
        if value <= 0:
            errors.append(invalid(f"{where}.value", value, "must be greater than zero"))
        if period <= 0:
            errors.append(invalid(f"{where}.periodSeconds", period, "must be greater than zero"))
        if period > LONGEST_PERIOD:
            errors.append(
                invalid(f"{where}.periodSeconds", period, f"must be less than or equal to {LONGEST_PERIOD}")
            )
    return errors


_CHECKS: dict[str, Callable[[dict[str, Any], str], list[FieldError]]] = {
    "object": _object_errors,
    "external": _external_errors,
    "pods": _pods_errors,
    "resource": _resource_errors,
    "containerResource": _container_errors,
}
