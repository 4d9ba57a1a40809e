"""Deployments, ReplicaSets, DaemonSets and autoscalers as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sednactl.sandbox.api.tables.columns import (
    AGE,
    NAME,
    Column,
    Printer,
    age,
    containers,
    labels,
    name,
    selector,
)
from sednactl.sandbox.api.text import Json

_TEMPLATE = (
    Column("Containers", "Names of the containers in the template.", priority=1),
    Column("Images", "Images of the containers in the template.", priority=1),
    Column("Selector", "Which pods belong to it.", priority=1),
)


def _deployment(content: Json, now: datetime) -> list[Any]:
    spec, status = content.get("spec") or {}, content.get("status") or {}
    return [
        name(content),
        f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}",
        status.get("updatedReplicas", 0),
        status.get("availableReplicas", 0),
        age(content, now),
        *containers(spec.get("template") or {}),
        selector(spec.get("selector")),
    ]


def _daemon_set(content: Json, now: datetime) -> list[Any]:
    spec, status = content.get("spec") or {}, content.get("status") or {}
    template = spec.get("template") or {}
    return [
        name(content),
        status.get("desiredNumberScheduled", 0),
        status.get("currentNumberScheduled", 0),
        status.get("numberReady", 0),
        status.get("updatedNumberScheduled", 0),
        status.get("numberAvailable", 0),
        labels((template.get("spec") or {}).get("nodeSelector")),
        age(content, now),
        *containers(template),
        selector(spec.get("selector")),
    ]


def _replica_set(content: Json, now: datetime) -> list[Any]:
    spec, status = content.get("spec") or {}, content.get("status") or {}
    return [
        name(content),
        spec.get("replicas", 0),
        status.get("replicas", 0),
        status.get("readyReplicas", 0),
        age(content, now),
        *containers(spec.get("template") or {}),
        selector(spec.get("selector")),
    ]


def _autoscaler(content: Json, now: datetime) -> list[Any]:
    spec, status = content.get("spec") or {}, content.get("status") or {}
    target = spec.get("scaleTargetRef") or {}
    least = spec.get("minReplicas")
    return [
        name(content),
        f"{target.get('kind', '')}/{target.get('name', '')}",
        _targets(spec.get("metrics") or [], status.get("currentMetrics") or []),
        "<unset>" if least is None else str(least),
        spec.get("maxReplicas", 0),
        status.get("currentReplicas", 0),
        age(content, now),
    ]


_SHOWN = 2


def _targets(specs: list[Json], statuses: list[Json]) -> str:
    if not specs:
        return "<none>"
    shown = [_target(spec, statuses[position : position + 1]) for position, spec in enumerate(specs)]
    more = f" + {len(shown) - _SHOWN} more..." if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more


_SOURCES = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}


def _target(spec: Json, statuses: list[Json]) -> str:
    source = _SOURCES.get(spec.get("type", ""))
    if source is None:
        return "<unknown type>"
    wanted = (spec.get(source) or {}).get("target") or {}
    status = statuses[0].get(source) if statuses else None
    used = (status or {}).get("current") or {}
    if source in ("resource", "containerResource"):
        metric = f"{(spec.get(source) or {}).get('name', '')}: "
        if "averageValue" in wanted:
            current = _or_unknown(used.get("averageValue"), status)
            return f"{metric}{current}/{wanted['averageValue']}"
        percent = used.get("averageUtilization")
        current = "<unknown>" if percent is None else f"{percent}%"
        goal = wanted.get("averageUtilization")
        return f"{metric}{current}/{'<auto>' if goal is None else f'{goal}%'}"
    if source == "pods":
        return f"{_or_unknown(used.get('averageValue'), status)}/{wanted.get('averageValue', '<nil>')}"
    if "averageValue" in wanted:
        current = used.get("averageValue") or "<unknown>"
        return f"{current}/{wanted['averageValue']} (avg)"
    return f"{_or_unknown(used.get('value'), status)}/{wanted.get('value', '<nil>')}"


def _or_unknown(value: Any, status: Any) -> str:
    if status is None:
        return "<unknown>"
    return "<nil>" if value is None else str(value)


DEPLOYMENT = Printer(
    (
        NAME,
        Column("Ready", "Pods that are ready, of those that are wanted."),
        Column("Up-to-date", "Pods that have the newest template."),
        Column("Available", "Pods that have been ready for long enough."),
        AGE,
        *_TEMPLATE,
    ),
    _deployment,
)
DAEMON_SET = Printer(
    (
        NAME,
        Column("Desired", "Nodes that should run one of its pods.", "integer"),
        Column("Current", "Nodes that should and do.", "integer"),
        Column("Ready", "Nodes with a pod that is ready.", "integer"),
        Column("Up-to-date", "Nodes with a pod of the newest template.", "integer"),
        Column("Available", "Nodes with a pod that has been ready for long enough.", "integer"),
        Column("Node Selector", "Labels of the nodes it is for."),
        AGE,
        *_TEMPLATE,
    ),
    _daemon_set,
)
REPLICA_SET = Printer(
    (
        NAME,
        Column("Desired", "Pods that are wanted.", "integer"),
        Column("Current", "Pods that there are.", "integer"),
        Column("Ready", "Pods that are ready.", "integer"),
        AGE,
        *_TEMPLATE,
    ),
    _replica_set,
)
AUTOSCALER = Printer(
    (
        NAME,
        Column("Reference", "What it scales."),
        Column("Targets", "For each metric what is measured and what is aimed at."),
        Column("MinPods", "The least replicas it sets."),
        Column("MaxPods", "The most replicas it sets."),
        Column("Replicas", "The replicas there are."),
        AGE,
    ),
    _autoscaler,
)
