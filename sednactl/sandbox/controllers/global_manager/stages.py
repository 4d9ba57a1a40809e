"""How incremental and lifelong learning go from stage to stage: Train, Eval, Deploy, and Train again. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Json = dict[str, Any]
Deed = Literal["", "restart inference", "start", "annotate"]

_NEXT = {"Train": "Eval", "Eval": "Deploy", "Deploy": "Train"}


@dataclass(frozen=True)
class Step:
    """What the latest condition asks for: a deed first, then a condition of this stage and type ("" for none)."""

    stage: str
    type: str
    deed: Deed = ""


def next_step(conditions: list[Json], pod_phase: str, *, hot_update: bool = False) -> Step:
    """Give the next step of a learning job whose stage's latest pod is in `pod_phase` ("" without a pod).

    The last condition is the state. `Waiting` is left only by the Local Controller's report.
    """
    if not conditions:
        return Step("Train", "Waiting")
    stage, type_ = conditions[-1]["stage"], conditions[-1]["type"]
    if type_ == "Ready":
        if stage == "Deploy":
            if hot_update:
                return Step(stage, "Starting")
            return Step(stage, "Completed", "restart inference")
        busy = pod_phase in ("Pending", "Running")
        return Step(stage, "Starting", "" if busy else "start")
    if type_ in ("Starting", "Running"):
        return _while_working(stage, type_, pod_phase, hot_update=hot_update)
    if type_ == "Completed":
        return Step(_NEXT.get(stage, "Train"), "Waiting")
    if type_ == "Failed":
        return Step("Train", "Waiting")
    return Step(stage, "")


def latest_pod(pods: Iterable[Json], stage: str) -> Json | None:
    """Give the youngest pod of a stage, which its name tells by the part before the last."""
    wanted = "inference" if stage == "Deploy" else stage.lower()
    found = [pod for pod in pods if pod["metadata"]["name"].split("-")[-2:-1] == [wanted]]
    return max(found, key=lambda pod: str(pod["metadata"].get("creationTimestamp", "")), default=None)


def _while_working(stage: str, type_: str, pod_phase: str, *, hot_update: bool) -> Step:
    if pod_phase == "Running":
        if stage == "Deploy" and not hot_update:
            return Step(stage, "Completed")
        return Step(stage, "" if type_ == "Running" else "Running", "annotate")
    if pod_phase in ("Succeeded", "Failed"):
        return Step(stage, "Completed" if pod_phase == "Succeeded" else "Failed")
    return Step(stage, "")
