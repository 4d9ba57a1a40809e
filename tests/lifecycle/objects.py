"""Raw objects as the API server gives them: a workload and what Sedna 0.7 makes for it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from sednactl.sedna.kinds import JOINT_INFERENCE, SednaKind
from sednactl.surroundings import Surroundings

Json = dict[str, Any]
NOW = datetime(2026, 11, 24, 10, 0, 0, tzinfo=timezone.utc)
UID = "aaaaaaaa-0000-4000-8000-000000000001"
DEAD = "dddddddd-0000-4000-8000-000000000002"


def ago(seconds: float) -> str:
    return (NOW - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def workload(
    kind: SednaKind = JOINT_INFERENCE,
    name: str = "helmet",
    *,
    uid: str = UID,
    age: float = 3600,
    spec: Json | None = None,
    status: Json | None = None,
    **meta: Any,
) -> Json:
    item: Json = {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": kind.kind,
        "metadata": {
            "name": name,
            "namespace": "park",
            "uid": uid,
            "creationTimestamp": ago(age),
            "generation": 1,
            **meta,
        },
        "spec": spec if spec is not None else ji_spec() if kind is JOINT_INFERENCE else {},
    }
    if status is not None:
        item["status"] = status
    return item


def ji_spec(*, hpa: tuple[str, ...] = ()) -> Json:
    spec: Json = {}
    for side, model in (("edge", "little-model"), ("cloud", "big-model")):
        worker: Json = {
            "model": {"name": model},
            "template": {
                "spec": {
                    "nodeName": f"{side}-node",
                    "containers": [{"name": model, "image": f"example.org/{model}:v1"}],
                }
            },
        }
        if side in hpa:
            worker["hpa"] = {"minReplicas": 1, "maxReplicas": 5}
        spec[f"{side}Worker"] = worker
    spec["edgeWorker"]["hardExampleMining"] = {"name": "IBT"}
    return spec


def condition(kind: str, reason: str = "", message: str = "") -> Json:
    return {"type": kind, "status": "True", "reason": reason, "message": message}


FALSE_ALARM = {
    "conditions": [
        condition("Running"),
        condition("Failed", "workerFailed", "the worker of service failed"),
    ]
}


def child(
    kind: str,
    name: str,
    worker: str = "cloud",
    *,
    owner: Json | None = None,
    uid: str = UID,
    of: str = "helmet",
    prefix: str = "jointinferenceservice",
    age: float = 3000,
    owned: bool = True,
    owner_kind: str = "JointInferenceService",
    labels: bool = True,
    **more: Any,
) -> Json:
    versions = {"Deployment": "apps/v1", "ReplicaSet": "apps/v1", "HorizontalPodAutoscaler": "autoscaling/v2"}
    meta: Json = {
        "name": name,
        "namespace": "park",
        "uid": f"{kind.lower()}-{name}",
        "creationTimestamp": ago(age),
    }
    if labels:
        meta["labels"] = {
            f"{prefix}.sedna.io/name": of,
            f"{prefix}.sedna.io/uid": uid,
            f"{prefix}.sedna.io/worker-type": worker,
        }
    if owner is not None:
        reference = {
            "apiVersion": owner["apiVersion"],
            "kind": owner["kind"],
            "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"],
        }
        meta["ownerReferences"] = [reference]
    elif owned:
        meta["ownerReferences"] = [
            {"apiVersion": "sedna.io/v1alpha1", "kind": owner_kind, "name": of, "uid": uid}
        ]
    meta |= more.pop("meta", {})
    return {"apiVersion": versions.get(kind, "v1"), "kind": kind, "metadata": meta, **more}


def deployment(
    worker: str = "cloud",
    *,
    wanted: int = 1,
    ready: int | None = None,
    reason: str = "NewReplicaSetAvailable",
    **more: Any,
) -> Json:
    ready = wanted if ready is None else ready
    status: Json = {
        "replicas": wanted,
        "readyReplicas": ready,
        "updatedReplicas": wanted,
        "conditions": [
            {
                "type": "Available",
                "status": "True" if ready >= wanted else "False",
                "lastTransitionTime": ago(more.pop("since", 900)),
            },
            {"type": "Progressing", "status": "True", "reason": reason},
        ],
    }
    status["conditions"] += more.pop("conditions", [])
    name = f"{more.get('of', 'helmet')}-deployment-{worker}"
    return child("Deployment", name, worker, spec={"replicas": wanted}, status=status, **more)


def autoscaler(
    worker: str = "cloud", *, current: int = 37, conditions: list[Json] | None = None, **more: Any
) -> Json:
    target = f"{more.get('of', 'helmet')}-deployment-{worker}"
    metric = {"type": "Utilization", "averageUtilization": 20}
    return child(
        "HorizontalPodAutoscaler",
        f"hpa-{target}",
        worker,
        spec={
            "minReplicas": 1,
            "maxReplicas": 5,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": metric}}],
        },
        status={
            "desiredReplicas": 2,
            "currentMetrics": [
                {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": current}}}
            ],
            "conditions": conditions
            if conditions is not None
            else [
                {"type": "AbleToScale", "status": "True", "reason": "ReadyForNewScale", "message": "ready"},
                {"type": "ScalingActive", "status": "True", "reason": "ValidMetricFound", "message": "ok"},
                {
                    "type": "ScalingLimited",
                    "status": "False",
                    "reason": "DesiredWithinRange",
                    "message": "ok",
                },
            ],
        },
        **more,
    )


def service(worker: str = "cloud", *, selects: str = UID, **more: Any) -> Json:
    prefix = more.get("prefix", "jointinferenceservice")
    name = f"{more.get('of', 'helmet')}-{worker}"
    return child(
        "Service",
        name,
        worker,
        spec={"ports": [{"port": 5000}], "selector": {f"{prefix}.sedna.io/uid": selects}},
        **more,
    )


def pod(
    name: str,
    worker: str = "cloud",
    *,
    ready: bool = True,
    phase: str = "Running",
    node: str = "",
    **more: Any,
) -> Json:
    status: Json = {
        "phase": phase,
        "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
        **more.pop("status", {}),
    }
    spec = {"nodeName": node} if node else {}
    return child("Pod", name, worker, spec=spec, status=status, **more)


def below(parent: Json, kind: str, suffix: str, **more: Any) -> Json:
    """Give a child of a child: a ReplicaSet of a Deployment, a Pod of a ReplicaSet."""
    labels = parent["metadata"]["labels"]
    worker = next(value for key, value in labels.items() if key.endswith("/worker-type"))
    uid = next(value for key, value in labels.items() if key.endswith("/uid"))
    name = f"{parent['metadata']['name']}-{suffix}"
    if kind == "Pod":
        return pod(name, worker, owner=parent, uid=uid, **more)
    return child(kind, name, worker, owner=parent, uid=uid, **more)


def whole_service(*, hpa: tuple[str, ...] = ("cloud", "edge"), replicas: int = 1) -> list[Json]:
    """Give every child of a healthy joint inference service."""
    made: list[Json] = []
    for side in ("cloud", "edge"):
        top = deployment(side, wanted=replicas)
        replica_set = below(
            top, "ReplicaSet", "7dff", spec={"replicas": replicas}, status={"readyReplicas": replicas}
        )
        pods = [below(replica_set, "Pod", f"p{index}", node=f"{side}-node") for index in range(replicas)]
        made += [top, replica_set, *pods]
        if side in hpa:
            made.append(autoscaler(side))
    made.append(service())
    made.append(slice_of(made[-1], ready=replicas))
    return made


def slice_of(owner: Json, *, ready: int = 1) -> Json:
    """Give the EndpointSlice of a Service, with so many ready endpoints."""
    name = owner["metadata"]["name"]
    labels = {**owner["metadata"]["labels"], "kubernetes.io/service-name": name}
    endpoints = [{"conditions": {"ready": True}}] * ready
    return child("EndpointSlice", f"{name}-x2x4z", owner=owner, endpoints=endpoints, meta={"labels": labels})


class VirtualTime:
    """A clock that only moves when somebody sleeps; `then` is called at every sleep."""

    def __init__(self, then: Callable[[float], None] = lambda _: None) -> None:
        self.seconds = 0.0
        self.then = then
        self.err, self.out = io.StringIO(), io.StringIO()

    def surroundings(self, stdin: str = "") -> Surroundings:
        return Surroundings(
            io.StringIO(stdin), self.out, self.err, {}, self.now, lambda: self.seconds, self.sleep
        )

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.seconds += seconds
        self.then(self.seconds)
