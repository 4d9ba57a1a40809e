"""How a joint inference service is scaled at one moment, both sides together.

Pure: objects and the time in, snapshots out. The shape of `as_json` is the
command line's promise (ScaleSnapshot); fields may be added, none removed.

Replicas come from the Deployment, which knows before the autoscaler's status
does (that one lags by a sync period); an autoscaler belongs to a side because
it targets the side's Deployment, whatever its name and whoever made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal

from sednactl.scaling.limits import FIXED, Limit, limit_of
from sednactl.scaling.metrics import ScaleMetric, metrics_of
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.naming import SednaLabels, deployment_name, sedna_labels

Json = dict[str, Any]
Key = tuple[str, str]
"""A service's namespace and name."""
SIDES = ("cloud", "edge")
Origin = Literal["service", "foreign", "ghost"]


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
) -> list[ScaleSnapshot]:
    """Give one snapshot a service, sorted by namespace and name.

    `pods` are only looked at where a side has no Deployment: Sedna before 0.7 ran
    bare pods. Children without a living service give nothing.
    """
    groups: dict[Key, tuple[list[Json], list[Json], list[Json]]] = {}
    for index, objects in enumerate((deployments, hpas, pods)):
        for item in objects:
            for key in services_of(item):
                groups.setdefault(key, ([], [], []))[index].append(item)
    return [
        snapshot_of(workload, *groups.get(key_of(workload), ([], [], [])), now)
        for workload in sorted(workloads, key=key_of)
    ]


def key_of(item: Mapping[str, Any]) -> Key:
    """Give an object's namespace and name."""
    metadata = item["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def services_of(child: Mapping[str, Any]) -> tuple[Key, ...]:
    """Give the services whose sides a Deployment, autoscaler or pod may touch: by label, target and name."""
    metadata = child["metadata"]
    namespace = metadata.get("namespace", "")
    labels = _labels(child)
    names = {labels.name} if labels is not None and labels.name else set()
    target = _target(child) if child.get("kind") == "HorizontalPodAutoscaler" else metadata["name"]
    if child.get("kind") != "Pod":
        workload, found, side = (target or "").rpartition("-deployment-")
        if found and workload and side in SIDES:
            names.add(workload)
    return tuple((namespace, name) for name in sorted(names))


def snapshot_of(
    workload: Json, deployments: Sequence[Json], hpas: Sequence[Json], pods: Sequence[Json], now: datetime
) -> ScaleSnapshot:
    """Give the snapshot of one service from the children that may be its own."""
    namespace, name = key_of(workload)
    sides = {side: _side(side, workload, deployments, hpas, pods) for side in SIDES}
    return ScaleSnapshot(now, namespace, name, sides)


def _side(
    side: str, workload: Json, deployments: Sequence[Json], hpas: Sequence[Json], pods: Sequence[Json]
) -> SideSnapshot:
    uid = workload["metadata"].get("uid", "")
    deployment = _deployment(side, workload, deployments)
    target = (
        deployment["metadata"]["name"] if deployment else deployment_name(workload["metadata"]["name"], side)
    )
    found = _autoscalers(side, uid, target, hpas)
    hpa = found[0] if found else None
    current = desired = ready = None
    if deployment is not None:
        status = deployment.get("status") or {}
        wanted = (deployment.get("spec") or {}).get("replicas")
        desired = 1 if wanted is None else int(wanted)
        current, ready = int(status.get("replicas") or 0), int(status.get("readyReplicas") or 0)
    else:
        mine = [pod for pod in pods if _is_side(pod, side, uid)]
        if mine:
            current = desired = len(mine)
            ready = sum(map(_pod_ready, mine))
    spec, status = ((hpa or {}).get("spec") or {}, (hpa or {}).get("status") or {})
    metrics = metrics_of(hpa) if hpa else ()
    conditions = tuple(status.get("conditions") or ())
    origin = _origin(hpa, uid) if hpa else None
    age_of = hpa or deployment
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
        limit=_limit(workload, side, deployment, found, origin, target, metrics, current),
        conditions=conditions,
        origin=origin,
        other_hpas=tuple(other["metadata"]["name"] for other in found[1:]),
        created=age_of["metadata"].get("creationTimestamp") if age_of else None,
        last_scaled=status.get("lastScaleTime"),
        state=_state(hpa, deployment),
    )


def _limit(
    workload: Json,
    side: str,
    deployment: Json | None,
    hpas: Sequence[Json],
    origin: Origin | None,
    target: str,
    metrics: Sequence[ScaleMetric],
    replicas: int | None,
) -> Limit | None:
    uid = workload["metadata"].get("uid", "")
    if deployment is None and replicas is None:
        return Limit(
            "no deployment", f"no Deployment {target}", f"There is no Deployment {target}.", trouble=True
        )
    if deployment is not None and _foreign_uid(deployment, uid):
        return Limit(
            "ghost deployment",
            "Deployment is a ghost",
            f"Deployment {target} was made for a workload that is gone; "
            "'sednactl cleanup ghost-instances' shows it.",
            trouble=True,
        )
    if not hpas:
        return _not_scaled(workload, side)
    name = hpas[0]["metadata"]["name"]
    if len(hpas) > 1:
        others = ", ".join(other["metadata"]["name"] for other in hpas[1:])
        return Limit(
            "several autoscalers",
            "several autoscalers",
            f"{name} and {others} scale the same Deployment.",
            True,
        )
    if origin == "ghost":
        return Limit(
            "ghost autoscaler",
            "autoscaler is a ghost",
            f"{name} was made for a workload that is gone, and still scales this Deployment; "
            "'sednactl cleanup ghost-instances' shows it.",
            trouble=True,
        )
    if _target(hpas[0]) != target:
        return Limit(
            "no target", "scales something else", f"{name} scales {_target(hpas[0])}, not {target}.", True
        )
    limit = limit_of(((hpas[0].get("status") or {}).get("conditions")) or ())
    unknown = [metric.name for metric in metrics if metric.current is None]
    if limit is None and unknown and len(unknown) < len(metrics):
        missing = ", ".join(unknown)
        return Limit(
            "metrics unknown",
            f"{missing} unknown",
            f"No reading of {missing}; the other metrics decide.",
            trouble=True,
        )
    return limit


def _not_scaled(workload: Json, side: str) -> Limit:
    worker = ((workload.get("spec") or {}).get(f"{side}Worker")) or {}
    if worker.get("hpa"):
        return Limit(
            "no autoscaler",
            "autoscaler is missing",
            f"The service asks for an autoscaler on its {side} side and there is none; "
            "Sedna's Global Manager may lack the right to create it.",
            trouble=True,
        )
    return FIXED


def _deployment(side: str, workload: Json, deployments: Sequence[Json]) -> Json | None:
    uid, fixed = workload["metadata"].get("uid", ""), deployment_name(workload["metadata"]["name"], side)
    own = [item for item in deployments if _is_side(item, side, uid)]
    named = [item for item in deployments if item["metadata"]["name"] == fixed]
    return next((item for item in own if item in named), None) or next(iter(own or named), None)


def _autoscalers(side: str, uid: str, target: str, hpas: Sequence[Json]) -> list[Json]:
    """Give those that scale the Deployment, the service's own first; else its own that scales something else."""
    found = [hpa for hpa in hpas if _target(hpa) == target]
    if not found:
        found = [hpa for hpa in hpas if _is_side(hpa, side, uid)]
    return sorted(found, key=lambda hpa: (not _is_side(hpa, side, uid), hpa["metadata"]["name"]))


def _target(hpa: Mapping[str, Any]) -> str | None:
    reference = (hpa.get("spec") or {}).get("scaleTargetRef") or {}
    if reference.get("kind") != "Deployment" or not str(reference.get("apiVersion", "apps/v1")).startswith(
        "apps/"
    ):
        return None
    name = reference.get("name")
    return None if name is None else str(name)


def _origin(hpa: Json, uid: str) -> Origin:
    if _foreign_uid(hpa, uid):
        return "ghost"
    return "foreign" if _labels(hpa) is None and _owner_uid(hpa) is None else "service"


def _foreign_uid(child: Json, uid: str) -> bool:
    """Tell that Sedna made it for another workload than this one: by owner, else by label."""
    owner, labels = _owner_uid(child), _labels(child)
    made_for = owner if owner is not None else labels.uid if labels is not None else None
    return made_for is not None and made_for != uid


def _owner_uid(child: Json) -> str | None:
    names = (JOINT_INFERENCE.kind, JOINT_INFERENCE.former_kind)
    for owner in child["metadata"].get("ownerReferences") or ():
        if owner.get("kind") in names and str(owner.get("apiVersion", "")).startswith("sedna.io/"):
            return str(owner.get("uid", ""))
    return None


def _labels(child: Mapping[str, Any]) -> SednaLabels | None:
    labels = sedna_labels(child["metadata"].get("labels"))
    return labels if labels is not None and labels.kind is JOINT_INFERENCE else None


def _is_side(child: Mapping[str, Any], side: str, uid: str) -> bool:
    labels = _labels(child)
    return labels is not None and labels.worker_type == side and labels.uid == uid


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
