"""How a joint inference service is scaled at one moment, both sides together.

Pure: objects and the time in, snapshots out. The shape of `as_json` is the
command line's promise (ScaleSnapshot); fields may be added, none removed.

Replicas come from the Deployment, which knows before the autoscaler's status
does (that one lags by a sync period).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from sednactl.scaling.children import (
    SIDES,
    Json,
    Key,
    Origin,
    autoscalers_of,
    deployment_of,
    is_side,
    key_of,
    origin_of,
    services_of,
)
from sednactl.scaling.limits import Limit
from sednactl.scaling.metrics import ScaleMetric, metrics_of
from sednactl.scaling.reasons import Facts, side_limit
from sednactl.sedna.naming import deployment_name


@dataclass(frozen=True)
class SideSnapshot:
    """One side of a service.

    `hpa`, `minimum` and `maximum` are None for a side that nothing scales. `current`
    are the replicas that exist, `desired` those the Deployment is told to have,
    `ready` those that serve; all None without a Deployment. `origin` says whose the
    autoscaler is: the service's, somebody else's, or that of a workload that is gone.
    `state` is the raw autoscaler and Deployment (no managed fields), for recordings.
    """

    side: str
    hpa: str | None
    deployment: str | None
    minimum: int | None
    maximum: int | None
    current: int | None
    desired: int | None
    ready: int | None
    metrics: tuple[ScaleMetric, ...]
    limit: Limit | None
    conditions: tuple[Json, ...]
    origin: Origin | None = None
    other_hpas: tuple[str, ...] = ()
    created: str | None = None
    last_scaled: str | None = None
    state: Json = field(default_factory=dict, compare=False, repr=False)

    def as_json(self) -> Json:
        """Give the side in the machine-readable shape."""
        return {
            "hpa": self.hpa,
            "min": self.minimum,
            "max": self.maximum,
            "current": self.current,
            "desired": self.desired,
            "ready": self.ready,
            "metrics": [metric.as_json() for metric in self.metrics],
            "limited": self.limit.code if self.limit else None,
            "conditions": list(self.conditions),
            "why": self.limit.why if self.limit else None,
            "trouble": self.trouble,
            "deployment": self.deployment,
            "origin": self.origin,
            "other_hpas": list(self.other_hpas),
            "created": self.created,
            "last_scaled": self.last_scaled,
        }

    @property
    def trouble(self) -> bool:
        """Tell whether a person should look."""
        return self.limit is not None and self.limit.trouble

    @property
    def moving(self) -> bool:
        """Tell whether replicas are on their way: made, removed or becoming ready."""
        return self.desired is not None and not self.current == self.desired == self.ready


@dataclass(frozen=True)
class ScaleSnapshot:
    """A service at `time` (aware, UTC). `deleted` tells that it is gone; it has no sides then."""

    time: datetime
    namespace: str
    name: str
    sides: Mapping[str, SideSnapshot]
    deleted: bool = False

    @property
    def service(self) -> str:
        """Give `namespace/name`."""
        return f"{self.namespace}/{self.name}"

    @property
    def trouble(self) -> bool:
        """Tell whether a person should look at one of its sides."""
        return any(side.trouble for side in self.sides.values())

    def as_json(self) -> Json:
        """Give the machine-readable shape that the command line promises."""
        return {
            "apiVersion": "sednactl.io/v1",
            "kind": "ScaleSnapshot",
            "time": rfc3339(self.time),
            "service": self.service,
            "deleted": self.deleted,
            "sides": {name: side.as_json() for name, side in self.sides.items()},
        }


def rfc3339(time: datetime) -> str:
    """Write an aware time in UTC with milliseconds, e.g. `2026-11-24T10:02:11.250Z`."""
    return time.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def snapshots_of(
    workloads: Iterable[Json],
    deployments: Iterable[Json],
    hpas: Iterable[Json],
    pods: Iterable[Json],
    now: datetime,
    unreadable: Collection[str] = (),
) -> list[ScaleSnapshot]:
    """Give one snapshot a service, sorted by namespace and name.

    Children of the `unreadable` kinds may be there or not: nobody could look.

    `pods` are only looked at where a side has no Deployment: Sedna before 0.7 ran
    bare pods. Children without a living service give nothing.
    """
    groups: dict[Key, tuple[list[Json], list[Json], list[Json]]] = {}
    for index, objects in enumerate((deployments, hpas, pods)):
        for item in objects:
            for key in services_of(item):
                groups.setdefault(key, ([], [], []))[index].append(item)
    return [
        snapshot_of(workload, *groups.get(key_of(workload), ([], [], [])), now, unreadable)
        for workload in sorted(workloads, key=key_of)
    ]


def snapshot_of(
    workload: Json,
    deployments: Sequence[Json],
    hpas: Sequence[Json],
    pods: Sequence[Json],
    now: datetime,
    unreadable: Collection[str] = (),
) -> ScaleSnapshot:
    """Give the snapshot of one service from the children that may be its own."""
    namespace, name = key_of(workload)
    sides = {side: _side(side, workload, deployments, hpas, pods, now, unreadable) for side in SIDES}
    return ScaleSnapshot(now, namespace, name, sides)


def _side(
    side: str,
    workload: Json,
    deployments: Sequence[Json],
    hpas: Sequence[Json],
    pods: Sequence[Json],
    now: datetime,
    unreadable: Collection[str],
) -> SideSnapshot:
    uid = workload["metadata"].get("uid", "")
    deployment = deployment_of(side, workload, deployments)
    target = (
        deployment["metadata"]["name"] if deployment else deployment_name(workload["metadata"]["name"], side)
    )
    found = autoscalers_of(side, uid, target, hpas)
    hpa = found[0] if found else None
    current = desired = ready = None
    if deployment is not None:
        status = deployment.get("status") or {}
        wanted = (deployment.get("spec") or {}).get("replicas")
        desired = 1 if wanted is None else int(wanted)
        current, ready = int(status.get("replicas") or 0), int(status.get("readyReplicas") or 0)
    else:
        mine = [pod for pod in pods if is_side(pod, side, uid)]
        if mine:
            current = desired = len(mine)
            ready = sum(map(_pod_ready, mine))
    spec, status = ((hpa or {}).get("spec") or {}, (hpa or {}).get("status") or {})
    metrics = metrics_of(hpa) if hpa else ()
    conditions = tuple(status.get("conditions") or ())
    origin = origin_of(hpa, uid) if hpa else None
    age_of = hpa or deployment
    facts = Facts(workload, side, deployment, found, origin, target, metrics, current, unreadable)
    return SideSnapshot(
        side=side,
        hpa=hpa["metadata"]["name"] if hpa else None,
        deployment=deployment["metadata"]["name"] if deployment else None,
        minimum=_minimum(spec) if hpa else None,
        maximum=spec.get("maxReplicas"),
        current=current,
        desired=desired,
        ready=ready,
        metrics=metrics,
        limit=side_limit(facts, now),
        conditions=conditions,
        origin=origin,
        other_hpas=tuple(other["metadata"]["name"] for other in found[1:]),
        created=age_of["metadata"].get("creationTimestamp") if age_of else None,
        last_scaled=status.get("lastScaleTime"),
        state=_state(hpa, deployment),
    )


def _pod_ready(pod: Json) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(item.get("type") == "Ready" and item.get("status") == "True" for item in conditions)


def _minimum(spec: Mapping[str, Any]) -> int:
    minimum = spec.get("minReplicas")
    return 1 if minimum is None else int(minimum)


def _state(hpa: Json | None, deployment: Json | None) -> Json:
    """Keep of the raw objects what deciding needs: specs, status, the containers' requests."""
    state: Json = {}
    if hpa is not None:
        state["hpa"] = {"metadata": _identity(hpa), "spec": hpa.get("spec"), "status": hpa.get("status")}
    if deployment is not None:
        spec = deployment.get("spec") or {}
        pod = (spec.get("template") or {}).get("spec") or {}
        containers = [
            {"name": container.get("name"), "resources": container.get("resources") or {}}
            for container in pod.get("containers") or ()
        ]
        state["deployment"] = {
            "metadata": _identity(deployment),
            "spec": {"replicas": spec.get("replicas"), "template": {"spec": {"containers": containers}}},
            "status": deployment.get("status"),
        }
    return state


def _identity(item: Json) -> Json:
    wanted = ("name", "namespace", "uid", "generation", "creationTimestamp")
    return {key: item["metadata"][key] for key in wanted if key in item["metadata"]}
