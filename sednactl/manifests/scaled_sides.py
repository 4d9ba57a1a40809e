"""The sides of a joint inference service that scale, and what scaling asks of their containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.manifests.autoscaling import autoscaler, missing_request

Json = dict[str, Any]


def scaled_sides(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Tell which sides get an autoscaler: those that `hpa` names, else those that have an `hpa` block."""
    mode = values.get("hpa")
    if mode is None:
        return tuple(side for side in ("cloud", "edge") if values.get(side, {}).get("hpa") is not None)
    return {"both": ("cloud", "edge"), "none": ()}.get(mode, (mode,))


def scaled_side(worker: Mapping[str, Any], side: str, scaled: bool) -> Json:
    """Give a completed worker with its autoscaler, None where it has none.

    Raises InvalidInput for an autoscaler that could never compute its target.
    """
    found = {**worker, "hpa": autoscaler(worker.get("hpa") or {}, side) if scaled else None}
    if scaled:
        _require_requests(found, side)
    return found


def _require_requests(side: Json, word: str) -> None:
    main = {
        "name": side["container"]["name"],
        "resources": {key: side[key] for key in ("requests", "limits")},
    }
    lasting = [
        container
        for container in side["pod"].get("initContainers") or ()
        if isinstance(container, Mapping) and container.get("restartPolicy") == "Always"
    ]
    lacking = missing_request(side["hpa"], [main, *side["sidecars"], *lasting])
    if lacking is None:
        return
    resource, container, percent = lacking
    amount = "500m" if resource == "cpu" else "512Mi"
    raise InvalidInput(
        f"{word}.hpa: a target of {percent}% {resource} is a share of the {resource} request,"
        f" and container '{container}' has none",
        hint=f"add --{word}-request {resource}={amount}"
        if container == main["name"]
        else f"give container '{container}' resources.requests.{resource}",
    )
