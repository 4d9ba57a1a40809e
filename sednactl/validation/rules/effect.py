"""Autoscaling that the cluster takes and that still does not do what one expects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sednactl.sedna.quantity import nanos_of
from sednactl.sedna.releases import DEPLOYMENTS_SINCE
from sednactl.validation.rulebook import rule
from sednactl.validation.rules.metrics import METRICS, WORKERS, amount_of, running_containers
from sednactl.validation.rules.resources import shown
from sednactl.validation.rules.scaling import BEHAVIOR, JI, USUAL_HPA
from sednactl.validation.shape import mapping, maps, text, whole
from sednactl.validation.sides import Metric
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload

SYNC_SECONDS = 15
"""How often the autoscaler looks, unless the cluster was told otherwise."""


@rule("SDN216", "info", JI, since=DEPLOYMENTS_SINCE, about=USUAL_HPA, within="hpa")
def bounds_leave_room(workload: Workload) -> Iterator[Problem]:
    """Bounds that leave no room to scale

    With minReplicas equal to maxReplicas the number of replicas is fixed: metrics and behavior
    never act. It is the one way to a fixed number above 1, as Sedna sets none itself.
    """
    for side, hpa in workload.scaled_sides():
        least, most = whole(hpa, "minReplicas"), whole(hpa, "maxReplicas")
        least = 1 if least is None else least
        if least == most and most >= 1:
            message = f"minReplicas and maxReplicas are both {most}: nothing ever scales"
            hint = "raise maxReplicas" + ("; or leave hpa out for one replica" if most == 1 else "")
            yield Problem("SDN216", (*side.path, "hpa", "maxReplicas"), message, hint)


@rule("SDN217", "warning", JI, since=DEPLOYMENTS_SINCE, about=BEHAVIOR, within="hpa")
def behavior_can_act(workload: Workload) -> Iterator[Problem]:
    """Behavior that can never act

    With selectPolicy Disabled the autoscaler never goes that way: disabled scaleUp leaves the
    service at the replicas it has, disabled scaleDown only ever adds. Policies beside Disabled are
    dead. Of several policies the one that allows most counts (Min: the one that allows least), so
    one of the same type and period that allows less is dead too.
    """
    for side, hpa in workload.scaled_sides():
        for direction in ("scaleUp", "scaleDown"):
            rules = mapping(mapping(hpa, "behavior"), direction)
            path = (*side.path, "hpa", "behavior", direction)
            select = text(rules, "selectPolicy") or "Max"
            if select == "Disabled":
                never = "adds a replica" if direction == "scaleUp" else "takes a replica away"
                message = f"{direction} is Disabled: the autoscaler never {never}"
                yield Problem("SDN217", (*path, "selectPolicy"), message, "Max is the default")
            elif select in ("Max", "Min"):
                yield from _dead_policies(rules, path, select)


def _dead_policies(rules: dict[str, Any], path: tuple[Any, ...], select: str) -> Iterator[Problem]:
    best: dict[tuple[str, int], tuple[int, int]] = {}
    for index, policy in maps(rules, "policies"):
        kind, value, period = text(policy, "type"), whole(policy, "value"), whole(policy, "periodSeconds")
        if not kind or value is None or period is None:
            continue
        other, first = best.setdefault((kind, period), (value, index))
        if first == index:
            continue
        wins = value > other if select == "Max" else value < other
        dead, stronger = (first, index) if wins else (index, first)
        best[kind, period] = (value, index) if wins else (other, first)
        message = f"this policy never counts: policies[{stronger}] has the same type and period"
        yield Problem("SDN217", (*path, "policies", dead), message, f"with {select} one of them is enough")


@rule("SDN218", "warning", JI, since=DEPLOYMENTS_SINCE, about=METRICS, within="hpa")
def memory_is_not_alone(workload: Workload) -> Iterator[Problem]:
    """Memory as the only metric

    Programs rarely give memory back when load falls, and a new replica takes its share at once,
    whatever the load. A service that scales on memory alone tends to go up and stay up.
    """
    for side, hpa in workload.scaled_sides():
        metrics = list(maps(hpa, "metrics"))
        names = []
        for _, metric in metrics:
            block = {"Resource": "resource", "ContainerResource": "containerResource"}.get(
                text(metric, "type")
            )
            names.append(text(mapping(metric, block), "name") if block else "")
        if names and set(names) == {"memory"}:
            path = (*side.path, "hpa", "metrics", metrics[0][0])
            message = f"the {side.name} side scales on memory alone, which seldom falls again"
            yield Problem("SDN218", path, message, "add cpu, or a metric of the load itself", True)


@rule("SDN219", "info", JI, since=DEPLOYMENTS_SINCE, about=BEHAVIOR, within="hpa")
def figures_that_surprise(workload: Workload) -> Iterator[Problem]:
    """Figures of the behavior that surprise

    The autoscaler looks every 15 seconds, so a period below that allows its value at every look. A
    policy of Pods that allows the whole way from minReplicas to maxReplicas limits nothing. Policies
    of one's own take the place of all default ones (scaleUp: 4 pods or 100 % in 15 seconds).
    """
    for side, hpa in workload.scaled_sides():
        least, most = whole(hpa, "minReplicas") or 1, whole(hpa, "maxReplicas") or 0
        for direction in ("scaleUp", "scaleDown"):
            path = (*side.path, "hpa", "behavior", direction, "policies")
            for index, policy in maps(mapping(mapping(hpa, "behavior"), direction), "policies"):
                period, value = whole(policy, "periodSeconds"), whole(policy, "value")
                if period is not None and 1 <= period < SYNC_SECONDS:
                    message = f"a period of {period} seconds acts as one of {SYNC_SECONDS}"
                    hint = f"the autoscaler looks every {SYNC_SECONDS} seconds"
                    yield Problem("SDN219", (*path, index, "periodSeconds"), message, hint)
                if text(policy, "type") == "Pods" and value and most > least and value >= most - least:
                    message = f"a policy of {value} Pods limits nothing between {least} and {most} replicas"
                    yield Problem("SDN219", (*path, index, "value"), message, "lower it, or leave it out")


@rule("SDN225", "warning", JI, since=DEPLOYMENTS_SINCE, about=WORKERS)
def target_can_be_exceeded(workload: Workload) -> Iterator[Problem]:
    """Target that the load can never exceed

    The autoscaler adds replicas when a metric is more than a tenth above its target. What a container
    uses ends at its limit, so a target that the limits of all containers together do not reach by that
    much never adds any: with a limit equal to the request, utilization ends at 100 %, and every target
    above 90 % is out of reach.

    Right:
      averageUtilization: 80
    """
    for metric in workload.metrics():
        if metric.type not in ("Resource", "ContainerResource"):
            continue
        resource, target = text(metric.block, "name"), mapping(metric.block, "target")
        most, requested = _together(metric, resource)
        share, amount = whole(target, "averageUtilization"), nanos_of(target.get("averageValue"))
        path = (*metric.block_path, "target")
        if most is None or most <= 0:
            continue
        if amount is not None and amount > 0 and most * 10 <= amount * 11:
            message = (
                f"the limits end at {shown(most, resource)} {resource}, too near to {target['averageValue']}"
            )
            hint = f"at most {shown((most * 10 - 1) // 11, resource)}, or raise the limits"
            yield Problem("SDN225", (*path, "averageValue"), message, hint)
        elif amount is None and share and requested and most * 1000 <= share * 11 * requested:
            message = f"the limits end at {most * 100 // requested} % of the requests, too near to {share} %"
            hint = f"at most {max(1, (most * 1000 - 1) // (11 * requested))}, or raise limits.{resource}"
            yield Problem("SDN225", (*path, "averageUtilization"), message, hint)


def _together(metric: Metric, resource: str) -> tuple[int | None, int]:
    """Give what the containers that a metric looks at may use at most, and request, in nano-units.

    None for the first where one of them has no limit.
    """
    only = text(metric.block, "container") if metric.type == "ContainerResource" else None
    most: int | None = 0
    requested = 0
    for _, _, container in running_containers(metric.side):
        if only in (None, text(container, "name")):
            limit = nanos_of(amount_of(container, resource, "limits"))
            most = None if limit is None or most is None else most + limit
            requested += nanos_of(amount_of(container, resource)) or 0
    return most, requested
