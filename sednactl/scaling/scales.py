"""The Scale of a Deployment: replicas told and running, and the selector of its pods as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sednactl.errors import InvalidInput

Json = dict[str, Any]


def scale_of(deployment: Mapping[str, Any]) -> Json:
    """Give the Scale that the API server would make of a Deployment. Raises InvalidInput without a selector."""
    spec, status = deployment.get("spec") or {}, deployment.get("status") or {}
    selector = spec.get("selector")
    if not isinstance(selector, Mapping):
        raise InvalidInput(
            f"Deployment {deployment['metadata'].get('name', '')} has no selector",
            hint="take the Deployment from the cluster whole, e.g. kubectl get deployment NAME -o yaml",
        )
    replicas = spec.get("replicas")
    return {
        "apiVersion": "autoscaling/v1",
        "kind": "Scale",
        "metadata": {key: deployment["metadata"].get(key) for key in ("name", "namespace")},
        "spec": {"replicas": 1 if replicas is None else int(replicas)},
        "status": {"replicas": int(status.get("replicas") or 0), "selector": selector_text(selector)},
    }


def selector_text(selector: Mapping[str, Any]) -> str:
    """Write a LabelSelector as text (`app=x,tier in (a,b)`), as a Scale's status holds it."""
    parts = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    for rule in selector.get("matchExpressions") or ():
        key, operator, values = rule.get("key", ""), rule.get("operator"), ",".join(rule.get("values") or ())
        parts.append(
            {"Exists": key, "DoesNotExist": f"!{key}", "NotIn": f"{key} notin ({values})"}.get(
                str(operator), f"{key} in ({values})"
            )
        )
    return ",".join(sorted(parts))
