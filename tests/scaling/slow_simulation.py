"""The simulation once more, slowly: every pod an object, every decision by the whole arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from sednactl.moments import time_of
from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.scaling.decision import decide
from sednactl.scaling.limits import limit_of
from sednactl.scaling.readings import Readings
from sednactl.scaling.scale_history import ScaleHistory
from sednactl.scaling.simulation import SideModel
from tests.scaling.autoscaled import NOW, scale

Json = dict[str, Any]


@dataclass
class _Pod:
    name: str
    started: float
    ready_at: float


def slowly(
    hpa: Json,
    model: SideModel,
    replicas: int,
    load: Sequence[float],
    step: float,
    settings: ControllerSettings,
) -> list[tuple[int, int, int, str | None]]:
    """Give (utilization, replicas before, after, limit) of each step, as `run_side` does."""
    pods = [_Pod(f"pod-{number}", -86400, -86400) for number in range(replicas)]
    made, history, found = replicas, ScaleHistory(), []
    rate = load[0]
    usage = ceil(min(rate / (replicas * model.capacity), 1.0) * model.full)
    backlog = 0.0
    for place, next_rate in enumerate(load):
        now = place * step
        readings = [_metrics(pod, now, usage, model) for pod in pods]
        decision = decide(
            hpa,
            scale(len(pods)),
            [_object(pod, now, model) for pod in pods],
            Readings(readings),
            NOW + timedelta(seconds=now),
            history,
            settings,
        )
        history, hpa = decision.history, {**hpa, "status": decision.status}
        before, after = len(pods), decision.desired
        rate = next_rate
        for _ in range(after - before):
            pods.append(_Pod(f"pod-{made}", now, now + model.startup))
            made += 1
        pods = pods[:after]
        ready = [pod for pod in pods if pod.ready_at < now + step]
        seconds = sum(now + step - max(pod.ready_at, now) for pod in ready)
        can, served = seconds * model.capacity, backlog + rate * step
        backlog = 0.0
        if served > can:
            backlog = min(served - can, model.patience * len(ready) * model.capacity)
            served = can
        usage = ceil(served / can * model.full) if can else 0
        limit = limit_of(decision.conditions)
        # Bounds act before anything is measured; then the older conditions say nothing of this step.
        bounded = decision.asked is None and decision.rescale
        code = None if limit is None or bounded else limit.code
        found.append((usage * 100 // model.request, before, after, code))
    return found


def _object(pod: _Pod, now: float, model: SideModel) -> Json:
    ready = pod.ready_at <= now
    return {
        "metadata": {"name": pod.name, "namespace": "park"},
        "spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": f"{model.request}m"}}}]},
        "status": {
            "phase": "Running",
            "startTime": _time(pod.started),
            "conditions": [
                {
                    "type": "Ready",
                    "status": str(ready),
                    "lastTransitionTime": _time(pod.ready_at if ready else pod.started),
                }
            ],
        },
    }


def _metrics(pod: _Pod, now: float, usage: int, model: SideModel) -> Json:
    return {
        "metadata": {"name": pod.name, "namespace": "park"},
        "timestamp": _time(now),
        "window": f"{model.reading_window:g}s",
        "containers": [{"name": "c", "usage": {"cpu": f"{usage}m"}}],
    }


def _time(seconds: float) -> str:
    return time_of(NOW.timestamp() + seconds)
