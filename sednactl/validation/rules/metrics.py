"""What drives the scaling: metrics that the HPA refuses, that never give a figure, or that contradict.

Mirrors Kubernetes' validation of autoscaling/v2 MetricSpec, and the HPA
controller's need of requests for utilization.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sednactl.sedna.quantity import nanos_of
from sednactl.sedna.releases import DEPLOYMENTS_SINCE
from sednactl.validation.plain.scaling import can_scale, share_of_cpu
from sednactl.validation.rulebook import Plain, rule
from sednactl.validation.rules.pod_parts import INIT, MAIN, ends_before_the_pod
from sednactl.validation.rules.resources import is_resource
from sednactl.validation.rules.scaling import JI
from sednactl.validation.shape import has, mapping, maps, text, whole
from sednactl.validation.sides import BLOCKS, Metric, Side
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload

_KNOWN: Final = ", ".join(BLOCKS)


METRICS: Final[dict[str, Plain | None]] = {"metrics": share_of_cpu}
"""For rules that have nothing to say about the usual metric."""


@rule("SDN205", "error", JI, since=DEPLOYMENTS_SINCE, about=METRICS, within="hpa")
def metric_types(workload: Workload) -> Iterator[Problem]:
    """Metric type that Kubernetes does not know

    Five exist: Resource (cpu or memory of the whole pod), ContainerResource (of one container),
    Pods, Object and External (from a metrics adapter).
    """
    for metric in workload.metrics():
        if isinstance(metric.spec.get("type"), str) and metric.type not in BLOCKS:
            close = next((known for known in BLOCKS if known.lower() == metric.type.lower()), "")
            hint = f'write "{close}"' if close else f"one of {_KNOWN}"
            yield Problem("SDN205", (*metric.path, "type"), f'unknown metric type "{metric.type}"', hint)


@rule("SDN206", "error", JI, since=DEPLOYMENTS_SINCE, about=METRICS, within="hpa")
def metric_blocks(workload: Workload) -> Iterator[Problem]:
    """Metric whose block does not fit its type

    A metric of type Resource says the rest under resource, one of type Pods under pods, and so
    on. The HPA is refused when that block is missing, or when another one stands beside it.
    """
    for metric in workload.metrics():
        if metric.type not in BLOCKS:
            continue
        wanted = BLOCKS[metric.type]
        given = [block for block in BLOCKS.values() if has(metric.spec, block)]
        if wanted not in given:
            found = f', only "{given[0]}"' if given else ""
            message = f'a metric of type {metric.type} without its block "{wanted}"{found}'
            hint = f'add "{wanted}:"'
            if given:
                fitting = next(kind for kind, block in BLOCKS.items() if block == given[0])
                hint = f'write type: {fitting}, or {wanted} in place of "{given[0]}"'
            yield Problem("SDN206", metric.path, message, hint, True)
        for other in given if wanted in given else ():
            if other != wanted:
                message = f'the block "{other}" does not belong to a metric of type {metric.type}'
                yield Problem(
                    "SDN206", (*metric.path, other), message, "remove it; one metric has one source", True
                )


WORKERS: Final[dict[str, Plain | None]] = dict.fromkeys(("edgeWorker", "cloudWorker"), can_scale)
"""What rules are about that have nothing to say where a worker scales by the CPU that it requests."""


@rule("SDN207", "error", JI, since=DEPLOYMENTS_SINCE, about=WORKERS)
def utilization_needs_requests(workload: Workload) -> Iterator[Problem]:
    """Utilization of something the containers do not request

    Utilization is a share of what is requested, summed over all containers of the pod, sidecars
    (init containers with restartPolicy Always) included. One container without a request for that
    resource is enough for the autoscaler to see nothing and to stand still (FailedGetResourceMetric),
    and so are requests that are 0 together. A limit without a request counts as the request. The same
    holds for an hpa without metrics, which stands for 80 % of the requested CPU.

    What a LimitRange of the namespace gives to containers that say nothing counts, of one among the files,
    and with --cluster of those in the cluster; create and apply do not look there, and need a remark that
    ignores the rule, with that reason.

    Right:
      resources:
        requests:
          cpu: 500m
    """
    for side, hpa in workload.scaled_sides():
        if not hpa.get("metrics") and has(hpa, "maxReplicas"):
            yield from _missing_requests(side, "cpu", None)
    for metric in workload.metrics():
        if metric.type not in ("Resource", "ContainerResource"):
            continue
        target, resource = mapping(metric.block, "target"), text(metric.block, "name")
        if has(target, "averageUtilization") and not has(target, "averageValue") and resource:
            only = text(metric.block, "container") if metric.type == "ContainerResource" else None
            yield from _missing_requests(metric.side, resource, only)


def _missing_requests(side: Side, resource: str, only: str | None) -> Iterator[Problem]:
    asking = [
        (group, index, container, amount_of(container, resource))
        for group, index, container in running_containers(side)
        if only in (None, text(container, "name"))
    ]
    nothing = all(_is_zero(request) for *_, request in asking)  # what some ask for is enough for a share
    for group, index, container, request in asking:
        if request is None or (nothing and _is_zero(request)):
            what = "asks for 0" if request is not None else "has no request"
            name = text(container, "name")
            message = f'the container "{name}" {what} for {resource}, so its utilization cannot be known'
            hint = f"add resources.requests.{resource} to it (the {side.name} side scales on it)"
            yield Problem("SDN207", (*side.pod_path, group, index), message, hint)


_SIDES: Final = ("requests", "limits")


def amount_of(container: dict[str, Any], resource: str, *sides: str) -> Any:
    """Give what a container asks for, its limit where it does not say; or the first of `sides` that is there."""
    resources = mapping(container, "resources")
    for side in sides or _SIDES:
        if side in resources:
            amount = mapping(resources, side).get(resource)
            if amount is not None:
                return amount
    return None


def running_containers(side: Side) -> list[tuple[str, int, dict[str, Any]]]:
    """Give the containers that run as long as the pod, all but init containers that end: list, index, container."""
    return [
        (group, index, container)
        for group in (INIT, MAIN)
        if group in side.pod
        for index, container in maps(side.pod, group)
        if group == MAIN or not ends_before_the_pod(group, container)
    ]


@rule("SDN208", "error", JI, since=DEPLOYMENTS_SINCE, about=METRICS, within="hpa")
def metric_targets(workload: Workload) -> Iterator[Problem]:
    """Metric target that the autoscaler refuses

    A target has a type (Utilization, AverageValue, Value) and a positive figure. Resource and
    ContainerResource take averageUtilization or averageValue, Pods takes averageValue, Object
    and External take value or averageValue.
    """
    for metric in workload.metrics():
        if metric.type not in BLOCKS or not metric.block or not has(metric.block, "target"):
            continue
        target, path = mapping(metric.block, "target"), (*metric.block_path, "target")
        kind = target.get("type")
        if isinstance(kind, str) and kind not in ("Utilization", "AverageValue", "Value"):
            yield Problem(
                "SDN208", (*path, "type"), f'target type "{kind}"', "Utilization, AverageValue or Value"
            )
        yield from _figures(metric, target, path)


_FIGURES: Final = {
    "Resource": ("averageUtilization", "averageValue"),
    "ContainerResource": ("averageUtilization", "averageValue"),
    "Pods": ("averageValue",),
    "Object": ("value", "averageValue"),
    "External": ("value", "averageValue"),
}


def _figures(metric: Metric, target: dict[str, Any], path: tuple[Any, ...]) -> Iterator[Problem]:
    allowed = _FIGURES[metric.type]
    given = [figure for figure in allowed if has(target, figure)]
    if not given:
        others = [figure for figure in ("averageUtilization", "averageValue", "value") if has(target, figure)]
        message = f"the target of a {metric.type} metric has no figure" + (
            f" it can use, only {others[0]}" if others else ""
        )
        yield Problem("SDN208", path, message, f"add {' or '.join(allowed)}", True)
    if len(given) > 1 and metric.type != "Object":
        message = f"{given[0]} and {given[1]} exclude each other"
        yield Problem("SDN208", (*path, given[1]), message, "keep one of them", True)
    utilization = whole(target, "averageUtilization")
    if utilization is not None and utilization < 1:
        yield Problem(
            "SDN208",
            (*path, "averageUtilization"),
            f"a target of {utilization} %; at least 1 is needed",
            "e.g. 80",
        )
    for figure in ("averageValue", "value"):
        sign = _sign(target.get(figure)) if has(target, figure) else 1
        if sign < 1:
            yield Problem(
                "SDN208",
                (*path, figure),
                f"a target of {target[figure]}; it must be above 0",
                "e.g. 100m, 1 or 64Mi",
            )


@rule("SDN209", "warning", JI, since=DEPLOYMENTS_SINCE, about=METRICS, within="hpa")
def target_type_fits(workload: Workload) -> Iterator[Problem]:
    """Target type that contradicts its figure

    Kubernetes goes by the figure that is given and not by the type, so the metric acts, but
    not as the type says. An Object metric is the exception: its figure only counts with its own type,
    and the autoscaler stands still otherwise. A figure that the metric has no use for is ignored.
    """
    wanted = {"Utilization": "averageUtilization", "AverageValue": "averageValue", "Value": "value"}
    for metric in workload.metrics():
        target, path = mapping(metric.block, "target"), (*metric.path, BLOCKS.get(metric.type, ""), "target")
        kind = text(target, "type")
        allowed = _FIGURES.get(metric.type, ())
        figures = [figure for figure in allowed if has(target, figure)]
        if kind in wanted and figures and wanted[kind] not in figures:
            fitting = next(name for name, figure in wanted.items() if figure == figures[0])
            message, level = f"the type is {kind}, the figure {figures[0]}", None
            if metric.type == "Object":
                message, level = f"{message}: an Object metric has no figure then", "error"
            yield Problem("SDN209", (*path, "type"), message, f"write type: {fitting}", level=level)
        for figure in wanted.values() if figures else ():
            if figure not in allowed and has(target, figure):
                message = f"{figure} {target[figure]} is ignored: {figures[0]} is what counts"
                yield Problem("SDN209", (*path, figure), message, "remove the line")


@rule("SDN210", "warning", JI, since=DEPLOYMENTS_SINCE, about=METRICS, within="hpa")
def metrics_differ(workload: Workload) -> Iterator[Problem]:
    """The same metric twice

    Of several metrics the one that asks for most replicas wins, so of two targets for the same
    metric the higher one never matters.
    """
    seen: dict[str, tuple[tuple[Any, ...], set[str]]] = {}
    sides = [metric.side.name for metric in workload.metrics()]
    if len(sides) == len(set(sides)):
        return  # no side has several
    for metric in workload.metrics():
        if not metric.block:
            continue
        identity = {key: value for key, value in metric.block.items() if key != "target"}
        key = repr((metric.side.name, metric.type, in_order(identity)))
        figures = {figure for figure in _FIGURES[metric.type] if has(mapping(metric.block, "target"), figure)}
        first, other = seen.setdefault(key, (metric.path, figures))
        if first != metric.path:
            words = text(metric.block, "name") or text(mapping(metric.block, "metric"), "name")
            message = f"the metric {metric.type} {words} is given twice, first as metrics[{first[-1]}]"
            hint = "keep one; only the lower target ever matters"
            if figures != other:
                hint = "keep one; whichever asks for more replicas counts, which may change with the load"
            yield Problem("SDN210", metric.path, message, hint, True)


def in_order(value: Any) -> Any:
    """Give a value in a form that is the same for maps that differ in the order of their keys alone."""
    if isinstance(value, dict):
        return sorted((str(key), repr(in_order(item))) for key, item in value.items())
    return [in_order(item) for item in value] if isinstance(value, list) else value


@rule("SDN215", "error", JI, since=DEPLOYMENTS_SINCE, about=METRICS)
def metrics_name_something(workload: Workload) -> Iterator[Problem]:
    """Metric that names nothing that exists

    The resource's, the metric's or the described object's name is empty or impossible, or a
    ContainerResource metric names a container that the pod does not have.
    """
    for metric in workload.metrics():
        if not metric.block:
            continue
        if metric.type in ("Resource", "ContainerResource"):
            name = metric.block.get("name")
            if name == "":
                yield Problem(
                    "SDN215", (*metric.block_path, "name"), "the resource has no name", "cpu or memory"
                )
            elif isinstance(name, str) and name not in ("cpu", "memory"):
                refused = metric.type == "ContainerResource" and not is_resource(name)
                message = f'pods report no "{name}"; the resource metrics are cpu and memory'
                level = None if refused else "warning"
                yield Problem(
                    "SDN215",
                    (*metric.block_path, "name"),
                    message,
                    "a Pods metric can carry others",
                    level=level,
                )
        if metric.type == "ContainerResource" and isinstance(metric.block.get("container"), str):
            names = [text(container, "name") for _, _, container in running_containers(metric.side)]
            if metric.block["container"] not in names:
                message = f'the pod has no container "{metric.block["container"]}"'
                hint = f"containers here: {', '.join(names)}" if names else ""
                yield Problem("SDN215", (*metric.block_path, "container"), message, hint)
        if metric.type in ("Pods", "Object", "External"):
            name = mapping(metric.block, "metric").get("name")
            if isinstance(name, str) and not _is_path_segment(name):
                shown = f'"{name}" is no name of a metric' if name else "the metric has no name"
                yield Problem(
                    "SDN215",
                    (*metric.block_path, "metric", "name"),
                    shown,
                    "name a metric that an adapter serves",
                )
        if metric.type == "Object":
            described = mapping(metric.block, "describedObject")
            for key in ("kind", "name"):
                word = described.get(key)
                if isinstance(word, str) and not _is_path_segment(word):
                    path = (*metric.block_path, "describedObject", key)
                    yield Problem(
                        "SDN215",
                        path,
                        f'the described object\'s {key} is "{word}"',
                        "name an object of the same namespace",
                    )


def _is_path_segment(word: str) -> bool:
    return word not in ("", ".", "..") and "/" not in word and "%" not in word


def _is_zero(value: Any) -> bool:
    return _sign(value) == 0


def _sign(value: Any) -> int:
    units = nanos_of(value)
    if units is None:
        return 1  # no quantity: the schema says so
    return (units > 0) - (units < 0)
