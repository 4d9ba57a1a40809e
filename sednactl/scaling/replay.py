"""A recording turned back into what there was at a moment, with the past that led to it.

A recording has a line a change. Between two lines nothing changed, so the
controller asked for the same at every sync; what that was is computed anew from
the recorded readings, since no API shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.moments import seconds_of
from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.scaling.decision import decide
from sednactl.scaling.scale_history import ScaleHistory
from sednactl.scaling.situation import evidence_of, situations_of

Json = dict[str, Any]
_JUST_BEFORE = 0.001


@dataclass(frozen=True)
class Recorded:
    """Raw objects as they were at `time` (seconds since 1970), with a ScaleHistory for each autoscaler."""

    time: float
    objects: tuple[Json, ...]


def is_recording(contents: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether these documents are lines of a recording with raw state."""
    return any(one.get("kind") == "ScaleSnapshot" and "state" in one for one in contents)


def recorded_at(
    contents: Iterable[Mapping[str, Any]], now: float | None, settings: ControllerSettings
) -> Recorded:
    """Give what there was at `now` (None: at the last line). Raises InvalidInput for a time before the first line."""
    lines = [one for one in contents if one.get("kind") == "ScaleSnapshot" and "state" in one]
    times = [seconds_of(one.get("time")) for one in lines]
    at = max(times) if now is None else now
    if at < min(times):
        raise InvalidInput(
            "the recording begins later than that", hint=f"it begins at {lines[0].get('time')}"
        )
    past: dict[tuple[str, str], list[tuple[float, Json, Json]]] = {}
    for time, line in sorted(zip(times, lines, strict=True), key=lambda pair: pair[0]):
        if time > at:
            break
        for side, state in (line.get("state") or {}).items():
            hpa, deployment = state.get("hpa"), state.get("deployment")
            if hpa and deployment:
                past.setdefault((str(line.get("service")), side), []).append((time, hpa, deployment))
            else:
                past.pop((str(line.get("service")), side), None)
    objects: list[Json] = []
    for states in past.values():
        hpa, deployment = _whole(states[-1])
        history = _history(states, at, settings)
        identity = {key: hpa["metadata"].get(key) for key in ("name", "namespace")}
        objects += [
            hpa,
            deployment,
            {"kind": "ScaleHistory", "metadata": identity, "known": "recorded", **history.as_json()},
        ]
    return Recorded(at, tuple(objects))


def _whole(state: tuple[float, Json, Json]) -> tuple[Json, Json]:
    """Give the recorded autoscaler and Deployment as objects; recordings leave out kinds and the selector."""
    _, hpa, deployment = state
    selector = {"matchLabels": {"recorded": deployment["metadata"]["name"]}}
    spec = {**(deployment.get("spec") or {}), "selector": selector}
    return (
        {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", **hpa},
        {"apiVersion": "apps/v1", "kind": "Deployment", **deployment, "spec": spec},
    )


def _history(
    states: list[tuple[float, Json, Json]], until: float, settings: ControllerSettings
) -> ScaleHistory:
    recommendations: list[tuple[float, int]] = []
    ups: list[tuple[float, int]] = []
    downs: list[tuple[float, int]] = []
    before: int | None = None
    for place, state in enumerate(states):
        time = state[0]
        following = states[place + 1][0] if place + 1 < len(states) else until
        told = _told(state[2])
        if before is not None and told > before:
            ups.append((time, told - before))
        elif before is not None and told < before:
            downs.append((time, before - told))
        before = told
        asked = _asked(state, settings)
        if asked is not None:
            recommendations.append((time, asked))
            if following - _JUST_BEFORE > time:
                recommendations.append((following - _JUST_BEFORE, asked))
    return ScaleHistory(tuple(recommendations), tuple(ups), tuple(downs))


def _told(deployment: Json) -> int:
    replicas = (deployment.get("spec") or {}).get("replicas")
    return 1 if replicas is None else int(replicas)


def _asked(state: tuple[float, Json, Json], settings: ControllerSettings) -> int | None:
    """Compute what the metrics asked for in a recorded state."""
    time = state[0]
    (one,) = situations_of(evidence_of(_whole(state)), time, settings)
    now = datetime.fromtimestamp(time, timezone.utc)
    return decide(
        one.hpa, one.scale, one.pods, one.readings, now, ScaleHistory(), settings, no_scale=one.no_scale
    ).asked
