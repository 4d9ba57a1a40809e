"""What each metric of an autoscaler asks for, or why it cannot be had.

Mirrors the HorizontalPodAutoscaler controller of Kubernetes 1.30 to 1.32: the
descriptions, reasons and messages end up in conditions and events, the status
entries in `status.currentMetrics`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.scaling.readings import (
    NoReading,
    Readings,
    custom_pod_readings,
    external_reading,
    object_reading,
    resource_readings,
)
from sednactl.scaling.replica_calculator import Calculation, by_average, by_share, by_total, by_utilization
from sednactl.sedna.quantity import canonical, milli_units

Json = dict[str, Any]


@dataclass(frozen=True)
class Circumstances:
    """What all metrics of one decision share. `told` and `running` are the scale's spec and status replicas."""

    namespace: str
    told: int
    running: int
    pods: Sequence[Json]
    readings: Readings
    now: float
    settings: ControllerSettings


@dataclass(frozen=True)
class Proposal:
    """One metric's answer: a calculation, or the reason and error with which the controller would give up on it.

    `said` is how the controller calls the metric, `error` its whole error and
    `cause` the part of it that the condition shows; `status` its entry of currentMetrics.
    """

    spec: Json
    said: str
    calculation: Calculation | None
    status: Json
    reason: str = ""
    error: str = ""
    cause: str = ""

    @property
    def replicas(self) -> int | None:
        """Give the replicas asked for; None when the metric cannot be had."""
        return None if self.calculation is None else self.calculation.replicas


class _Failed(Exception):
    """A metric that cannot be computed: the cause that the condition shows, and the controller's whole error."""

    def __init__(self, cause: str, error: str = "") -> None:
        super().__init__(cause)
        self.cause, self.error = cause, error or cause


Answer = tuple[str, Calculation, Json]


def proposal_of(spec: Json, given: Circumstances) -> Proposal:
    """Ask one metric. Raises InvalidInput for a target that no API server would have taken."""
    kind = str(spec.get("type", ""))
    if kind not in _KINDS:
        cause = f'unknown metric source type "{kind}"'
        return Proposal(spec, "", None, {"type": ""}, "InvalidMetricSourceType", cause, cause)
    field, ask, reason = _KINDS[kind]
    source = spec.get(field) or {}
    try:
        said, calculation, found = ask(source, given)
    except _Failed as failure:
        error = f"{_prefix(kind, source)}: {failure.error}"
        return Proposal(spec, "", None, {"type": ""}, reason, error, failure.cause)
    return Proposal(spec, said, calculation, {"type": kind, field: found})


def _prefix(kind: str, source: Mapping[str, Any]) -> str:
    if kind == "Resource":
        return f"failed to get {source.get('name', '')} resource metric value"
    if kind == "ContainerResource":
        return f"failed to get {source.get('container', '')} container metric value"
    if kind == "External":
        return f"failed to get {_metric(source).get('name', '')} external metric value"
    return f"failed to get {kind.lower()} metric value"


def _resource(source: Mapping[str, Any], given: Circumstances) -> Answer:
    said, calculation, current = _usage(source, "", given)
    return said, calculation, {"name": source.get("name", ""), "current": current}


def _container(source: Mapping[str, Any], given: Circumstances) -> Answer:
    container = str(source.get("container", ""))
    said, calculation, current = _usage(source, container, given)
    status = {"name": source.get("name", ""), "container": container, "current": current}
    return said, calculation, status


def _usage(source: Mapping[str, Any], container: str, given: Circumstances) -> Answer:
    resource, target = str(source.get("name", "")), source.get("target") or {}
    average = target.get("averageValue")
    percent = target.get("averageUtilization")
    if average is None and percent is None:
        raise _Failed(
            "invalid resource metric source: neither an average utilization target nor an average value (usage) "
            "target was set"
        )
    word = "utilization" if average is None else "usage"
    try:
        try:
            usages = resource_readings(given.readings, resource, container)
        except NoReading as failure:
            raise NoReading(f"unable to get metrics for resource {resource}: {failure}") from failure
        if average is not None:
            goal = _target(average)
            found = by_average(given.told, goal, resource, given.pods, usages, given.now, given.settings)
            return f"{resource} resource", found, {"averageValue": _milli(found.measured.usage)}
        goal = _whole(percent)
        found = by_utilization(
            given.told, goal, resource, given.pods, usages, container, given.now, given.settings
        )
    except NoReading as failure:
        raise _Failed(f"failed to get {resource} {word}: {failure}") from failure
    owner = " container" if container else ""
    said = f"{resource}{owner} resource utilization (percentage of request)"
    measured = found.measured
    current = {"averageUtilization": measured.usage, "averageValue": _milli(measured.average)}
    return said, found, current


def _pods(source: Mapping[str, Any], given: Circumstances) -> Answer:
    metric = _metric(source)
    goal = _target((source.get("target") or {}).get("averageValue"))
    try:
        try:
            usages = custom_pod_readings(given.readings, metric)
        except NoReading as failure:
            raise NoReading(f"unable to get metric {metric.get('name', '')}: {failure}") from failure
        found = by_average(given.told, goal, "", given.pods, usages, given.now, given.settings)
    except NoReading as failure:
        raise _Failed(str(failure)) from failure
    current = {"averageValue": _milli(found.measured.usage)}
    return f"pods metric {metric.get('name', '')}", found, {"metric": _identity(metric), "current": current}


def _object(source: Mapping[str, Any], given: Circumstances) -> Answer:
    metric, about, target = _metric(source), source.get("describedObject") or {}, source.get("target") or {}
    name = metric.get("name", "")

    def usage() -> int:
        try:
            return object_reading(given.readings, metric, about)
        except NoReading as failure:
            kind, described = about.get("kind", ""), about.get("name", "")
            raise NoReading(
                f"unable to get metric {name}: {kind} on {given.namespace} {described}/{failure}"
            ) from failure

    if target.get("type") == "Value" and target.get("value") is not None:
        try:
            found = by_total(given.told, usage(), _target(target["value"]), given.pods, given.settings)
        except NoReading as failure:
            raise _Failed(str(failure)) from failure
        status = {"metric": _identity(metric), "describedObject": dict(about)}
        return (
            f"{about.get('kind', '')} metric {name}",
            found,
            {**status, "current": {"value": _milli(found.measured.usage)}},
        )
    if target.get("type") == "AverageValue" and target.get("averageValue") is not None:
        try:
            found = by_share(given.running, usage(), _target(target["averageValue"]), given.settings)
        except NoReading as failure:
            raise _Failed(str(failure), f"failed to get {name} object metric: {failure}") from failure
        status = {"metric": _identity(metric), "describedObject": {"kind": "", "name": ""}}
        return (
            f"external metric {name}({_selector_text(metric.get('selector'))})",
            found,
            {**status, "current": {"averageValue": _milli(found.measured.usage)}},
        )
    raise _Failed("invalid object metric source: neither a value target nor an average value target was set")


def _external(source: Mapping[str, Any], given: Circumstances) -> Answer:
    metric, target = _metric(source), source.get("target") or {}
    name = metric.get("name", "")
    average, value = target.get("averageValue"), target.get("value")
    if average is None and value is None:
        raise _Failed(
            "invalid external metric source: neither a value target nor an average value target was set"
        )
    try:
        try:
            usage = external_reading(given.readings, metric)
        except NoReading as failure:
            selector = _selector_text(metric.get("selector"))
            raise NoReading(
                f"unable to get external metric {given.namespace}/{name}/{selector}: {failure}"
            ) from failure
        if average is not None:
            found = by_share(given.running, usage, _target(average), given.settings)
        else:
            found = by_total(given.told, usage, _target(value), given.pods, given.settings)
    except NoReading as failure:
        what = f"{name} external metric" if average is not None else f"external metric {name}"
        raise _Failed(str(failure), f"failed to get {what}: {failure}") from failure
    key = "value" if average is None else "averageValue"
    return (
        f"external metric {name}({_selector_text(metric.get('selector'))})",
        found,
        {"metric": _identity(metric), "current": {key: _milli(found.measured.usage)}},
    )


_KINDS: dict[str, tuple[str, Callable[[Mapping[str, Any], Circumstances], Answer], str]] = {
    "Resource": ("resource", _resource, "FailedGetResourceMetric"),
    "ContainerResource": ("containerResource", _container, "FailedGetContainerResourceMetric"),
    "Pods": ("pods", _pods, "FailedGetPodsMetric"),
    "Object": ("object", _object, "FailedGetObjectMetric"),
    "External": ("external", _external, "FailedGetExternalMetric"),
}


def _metric(source: Mapping[str, Any]) -> Mapping[str, Any]:
    return source.get("metric") or {}


def _identity(metric: Mapping[str, Any]) -> Json:
    selector = metric.get("selector")
    named: Json = {"name": metric.get("name", "")}
    return named if selector is None else named | {"selector": selector}


def _milli(thousandths: int) -> str:
    return canonical(thousandths * 10**6)


def _target(quantity: Any) -> int:
    if quantity is None:
        raise InvalidInput("a metric has no target value", hint="give its target an averageValue or a value")
    thousandths = milli_units(quantity)
    if thousandths <= 0:
        raise InvalidInput(f"a metric's target is {quantity}", hint="a target is more than zero")
    return thousandths


def _whole(percent: Any) -> int:
    if isinstance(percent, bool) or not isinstance(percent, int) or percent <= 0:
        raise InvalidInput(
            f"a metric's averageUtilization is {percent!r}", hint="give a whole percentage from 1 on"
        )
    return percent


def _selector_text(selector: Mapping[str, Any] | None) -> str:
    """Write a label selector as Kubernetes' own messages do."""
    if selector is None:
        return "nil"
    labels = selector.get("matchLabels") or {}
    pairs = "".join(f"{key}: {labels[key]}," for key in sorted(labels))
    rules = "".join(
        f"LabelSelectorRequirement{{Key:{rule.get('key', '')},Operator:{rule.get('operator', '')},"
        f"Values:[{' '.join(rule.get('values') or ())}],}},"
        for rule in selector.get("matchExpressions") or ()
    )
    return (
        f"&LabelSelector{{MatchLabels:map[string]string{{{pairs}}},"
        f"MatchExpressions:[]LabelSelectorRequirement{{{rules}}},}}"
    )
