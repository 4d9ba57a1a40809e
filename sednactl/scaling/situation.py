"""All that one autoscaler's decision needs, gathered from raw objects: of a cluster, a support bundle, a recording.

What is lacking is filled in as plainly as can be, and said: without PodMetrics
the autoscaler's last reading stands for each pod, without Pods the Deployment's
numbers do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.moments import NEVER, seconds_of, time_of
from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.scaling.label_selectors import matches, selector_from
from sednactl.scaling.past import Past, past_of
from sednactl.scaling.readings import Readings, Unavailable
from sednactl.scaling.scale_history import history_from
from sednactl.scaling.scales import scale_of
from sednactl.scaling.scaling_rules import behavior_of
from sednactl.sedna.kinds import with_article

Json = dict[str, Any]


@dataclass(frozen=True)
class Evidence:
    """Raw objects by what they are.

    `unreadable` says for which kinds we could not ask, and why; `unavailable` for
    which the controller cannot have an answer either, in the API server's words.
    """

    hpas: Sequence[Json] = ()
    targets: Sequence[Json] = ()
    pods: Sequence[Json] = ()
    pod_metrics: Sequence[Json] = ()
    custom: Sequence[Json] = ()
    external: Sequence[Json] = ()
    events: Sequence[Json] = ()
    histories: Sequence[Json] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)
    unavailable: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Situation:
    """One autoscaler and what its decision is made from; `doubts` say what was filled in."""

    hpa: Json
    scale: Json | None
    no_scale: str
    pods: Sequence[Json]
    readings: Readings
    past: Past
    rivals: tuple[tuple[str, str], ...]
    doubts: tuple[str, ...]


_LISTS = {
    "HorizontalPodAutoscaler": "hpas",
    "Deployment": "targets",
    "Scale": "targets",
    "Pod": "pods",
    "PodMetrics": "pod_metrics",
    "MetricValue": "custom",
    "ExternalMetricValue": "external",
    "Event": "events",
    "ScaleHistory": "histories",
}


def evidence_of(objects: Iterable[Json]) -> Evidence:
    """Sort objects, and the items of lists of metrics, by what they are; other kinds are passed over."""
    found: dict[str, Any] = {}
    for item in _items(objects):
        place = _LISTS.get(str(item.get("kind", "")))
        if place == "hpas" and str(item.get("apiVersion", "autoscaling/v2")).endswith("/v1"):
            name = (item.get("metadata") or {}).get("name", "")
            raise InvalidInput(
                f"HorizontalPodAutoscaler {name} is in the form of autoscaling/v1",
                hint="get it as 'kubectl get hpa.v2.autoscaling -o yaml' does",
            )
        if place is not None:
            if place not in ("custom", "external") and not (item.get("metadata") or {}).get("name"):
                raise InvalidInput(
                    f"{with_article(str(item.get('kind')))} has no name",
                    hint="every object needs metadata.name",
                )
            found.setdefault(place, []).append(item)
    return Evidence(**found)


def _items(objects: Iterable[Json]) -> Iterable[Json]:
    for item in objects:
        kind = str(item.get("kind", ""))
        inner = kind.removesuffix("List")
        if kind.endswith("List") and isinstance(item.get("items"), list):
            for one in item["items"]:
                if isinstance(one, Mapping):
                    yield from _items([{"kind": inner, **one} if inner else dict(one)])
        else:
            yield item


def newest(evidence: Evidence) -> float:
    """Give when the newest reading was taken, in seconds since 1970; NEVER without any."""
    readings = (*evidence.pod_metrics, *evidence.custom, *evidence.external)
    return max((seconds_of(item.get("timestamp")) for item in readings), default=NEVER)


def situations_of(evidence: Evidence, now: float, settings: ControllerSettings) -> list[Situation]:
    """Give a situation for each autoscaler, in the order of namespace and name. Raises InvalidInput."""
    ordered = sorted(evidence.hpas, key=lambda hpa: (_namespace(hpa), hpa["metadata"]["name"]))
    scales = {id(hpa): _scale(hpa, evidence) for hpa in ordered}
    return [_situation(hpa, scales, ordered, evidence, now, settings) for hpa in ordered]


def _situation(
    hpa: Json,
    scales: Mapping[int, tuple[Json | None, Json | None]],
    hpas: Sequence[Json],
    evidence: Evidence,
    now: float,
    settings: ControllerSettings,
) -> Situation:
    scale, target = scales[id(hpa)]
    spec, namespace = hpa.get("spec") or {}, _namespace(hpa)
    reference = spec.get("scaleTargetRef") or {}
    behavior = behavior_of(spec, settings)
    window = behavior.down.window if behavior else settings.scale_down_window
    if scale is None:
        missing = f'{reference.get("kind", "")} "{reference.get("name", "")}" not found'
        past = _past(hpa, evidence, now, 0, window)
        return Situation(hpa, None, missing, (), Readings(), past, (), ())
    doubts: list[str] = []
    near = [pod for pod in evidence.pods if _namespace(pod) == namespace]
    pods = _taken(str(scale["status"].get("selector") or ""), near)
    running = int((scale.get("status") or {}).get("replicas") or 0)
    if not pods and running and "Pod" in evidence.unreadable:
        doubts.append(evidence.unreadable["Pod"])
    if not pods and running and target is not None:
        pods = _pods_like(target, running, now)
        doubts.append(
            f"no Pods to look at: {running} of its Deployment's template stand for them, all equally busy"
        )
    measured = _metrics_for(pods, hpa, evidence, now, doubts)
    rivals = _rivals(hpa, hpas, scales, pods)
    past = _past(hpa, evidence, now, int(scale["spec"].get("replicas") or 0), window)
    readings = Readings(
        measured,
        _or_unavailable(evidence.custom, evidence, "MetricValue"),
        _or_unavailable(evidence.external, evidence, "ExternalMetricValue"),
    )
    return Situation(hpa, scale, "", pods, readings, past, rivals, tuple(doubts))


def _scale(hpa: Json, evidence: Evidence) -> tuple[Json | None, Json | None]:
    """Give the target's Scale, and the Deployment it was made from if there is one."""
    reference = (hpa.get("spec") or {}).get("scaleTargetRef") or {}
    for target in evidence.targets:
        if target["metadata"]["name"] != reference.get("name") or _namespace(target) != _namespace(hpa):
            continue
        if target.get("kind") == "Scale":
            return {"spec": target.get("spec") or {}, "status": target.get("status") or {}}, None
        if target.get("kind") == reference.get("kind"):
            return scale_of(target), target
    return None, None


def _past(hpa: Json, evidence: Evidence, now: float, current: int, window: float) -> Past:
    for history in evidence.histories:
        if (
            _namespace(history) in ("", _namespace(hpa))
            and history["metadata"]["name"] == hpa["metadata"]["name"]
        ):
            return Past(history_from(history), str(history.get("known", "whole")))
    return past_of(hpa, evidence.events, now, current, window)


def _metrics_for(
    pods: Sequence[Json], hpa: Json, evidence: Evidence, now: float, doubts: list[str]
) -> Sequence[Json] | Unavailable:
    names = {pod["metadata"]["name"] for pod in pods}
    found = [
        item
        for item in evidence.pod_metrics
        if _namespace(item) in ("", _namespace(hpa)) and item["metadata"]["name"] in names
    ]
    if found or not _asks_for_resources(hpa):
        return found
    if "PodMetrics" in evidence.unavailable:
        return Unavailable(evidence.unavailable["PodMetrics"])
    last = _last_readings(hpa)
    why = evidence.unreadable.get("PodMetrics")
    if not last:
        return Unavailable(why) if why else ()
    if why:
        doubts.append(why)
    doubts.append("no PodMetrics to look at: the autoscaler's own last reading stands for every pod")
    return [_metrics_like(pod, last, now) for pod in pods]


def _asks_for_resources(hpa: Json) -> bool:
    metrics = (hpa.get("spec") or {}).get("metrics")
    return not metrics or any(one.get("type") in ("Resource", "ContainerResource") for one in metrics)


def _last_readings(hpa: Json) -> list[tuple[str, str, str]]:
    """Give (container, resource, average a pod) of the status' readings; the container is empty for all."""
    found = []
    for reading in (hpa.get("status") or {}).get("currentMetrics") or ():
        source = reading.get("resource") or reading.get("containerResource") or {}
        value = (source.get("current") or {}).get("averageValue")
        if value is not None:
            found.append((str(source.get("container", "")), str(source.get("name", "")), str(value)))
    return found


def _metrics_like(pod: Json, last: Sequence[tuple[str, str, str]], now: float) -> Json:
    """Make PodMetrics of average readings: a pod's whole usage is put on its first container."""
    containers = [str(one.get("name", "")) for one in (pod.get("spec") or {}).get("containers") or ()]
    usage: dict[str, dict[str, str]] = {name: {} for name in containers}
    for container, resource, value in last:
        if container:
            usage.setdefault(container, {})[resource] = value
    for container, resource, value in last:
        if not container and not any(resource in used for used in usage.values()):
            for place, name in enumerate(containers):
                usage[name][resource] = value if place == 0 else "0"
    return {
        "metadata": {"name": pod["metadata"]["name"], "namespace": _namespace(pod)},
        "timestamp": time_of(now),
        "window": "0s",
        "containers": [{"name": name, "usage": used} for name, used in usage.items()],
    }


def _pods_like(target: Json, running: int, now: float) -> list[Json]:
    ready = int((target.get("status") or {}).get("readyReplicas") or 0)
    template = ((target.get("spec") or {}).get("template") or {}).get("spec") or {}
    started = time_of(now - 86400)
    return [
        {
            "metadata": {
                "name": f"{target['metadata']['name']}-{place + 1}",
                "namespace": _namespace(target),
            },
            "spec": template,
            "status": {
                "phase": "Running",
                "startTime": started,
                "conditions": [
                    {
                        "type": "Ready",
                        "status": "True" if place < ready else "False",
                        "lastTransitionTime": started,
                    }
                ],
            },
        }
        for place in range(running)
    ]


def _rivals(
    hpa: Json,
    hpas: Sequence[Json],
    scales: Mapping[int, tuple[Json | None, Json | None]],
    pods: Sequence[Json],
) -> tuple[tuple[str, str], ...]:
    found = []
    for other in hpas:
        scale = scales[id(other)][0]
        selector = str((scale.get("status") or {}).get("selector") or "") if scale is not None else ""
        if other is hpa or (selector and _namespace(other) == _namespace(hpa) and _taken(selector, pods)):
            found.append((str(other["metadata"]["name"]), _namespace(other)))
    return tuple(found) if len(found) > 1 else ()


def _taken(selector: str, pods: Sequence[Json]) -> list[Json]:
    """Give the pods that a Scale's selector takes: none if it is no selector, as the decision then says."""
    try:
        wanted = selector_from(selector)
    except InvalidInput:
        return []
    return [pod for pod in pods if matches(wanted, _labels(pod))]


def _or_unavailable(items: Sequence[Json], evidence: Evidence, kind: str) -> Sequence[Json] | Unavailable:
    why = evidence.unavailable.get(kind) or evidence.unreadable.get(kind)
    return Unavailable(why) if why and not items else items


def _namespace(item: Mapping[str, Any]) -> str:
    return str((item.get("metadata") or {}).get("namespace") or "")


def _labels(item: Mapping[str, Any]) -> Mapping[str, str]:
    return (item.get("metadata") or {}).get("labels") or {}
