"""Raw objects as the API server gives them, living and dead, for tests of ghosts."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

from sednactl.cluster.metadata import Metadata
from sednactl.lifecycle.ghosts import LiveWorkload

Json = dict[str, Any]

NOW = datetime(2026, 11, 24, 10, 0, 0, tzinfo=timezone.utc)
LIVE = "aaaaaaaa-0000-4000-8000-000000000001"
DEAD = "dddddddd-0000-4000-8000-000000000002"
JI, FL, FE, OBJS = (
    "JointInferenceService", "FederatedLearningJob", "FeatureExtractionService", "ObjectSearchService",
)  # fmt: skip
_VERSIONS = {
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "Deployment": "apps/v1",
    "ReplicaSet": "apps/v1",
    "Service": "v1",
    "Pod": "v1",
}


def ago(seconds: float) -> str:
    return (NOW - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def reference(
    kind: str, name: str, uid: str, *, version: str = "sedna.io/v1alpha1", controller: bool = True
) -> Json:
    return {"apiVersion": version, "kind": kind, "name": name, "uid": uid, "controller": controller}


def metadata_of(one: Json) -> Metadata:
    """Give an object's metadata as a scan of a fleet reads it."""
    return msgspec.convert(one["metadata"], Metadata)


def owned_by(owner: Json) -> Json:
    meta = owner["metadata"]
    return reference(owner["kind"], meta["name"], meta["uid"], version=owner["apiVersion"])


def child(
    kind: str,
    name: str,
    uid: str = DEAD,
    *,
    workload: str = "helmet",
    prefix: str = "jointinferenceservice",
    worker: str = "cloud",
    owners: tuple[Json, ...] = (),
    age: float = 86400 * 3,
    namespace: str = "park",
    **meta: Any,
) -> Json:
    labels = {
        f"{prefix}.sedna.io/name": workload,
        f"{prefix}.sedna.io/uid": uid,
        f"{prefix}.sedna.io/worker-type": worker,
    }
    metadata: Json = {
        "name": name,
        "namespace": namespace,
        "uid": f"{kind.lower()}-{name}",
        "labels": labels,
        "creationTimestamp": ago(age),
        **meta,
    }
    if owners:
        metadata["ownerReferences"] = list(owners)
    return {"apiVersion": _VERSIONS[kind], "kind": kind, "metadata": metadata}


def before_0_7(kind: str, name: str, uid: str = DEAD, *, workload: str = "helmet", **more: Any) -> Json:
    """Class A: what a Sedna before 0.7 made for a JointInferenceService."""
    owner = reference("JointInference", workload, uid)
    return child(kind, name, uid, workload=workload, prefix="jointinference", owners=(owner,), **more)


def orphans(uid: str = DEAD, workload: str = "helmet", **more: Any) -> list[Json]:
    """Class C: all that an orphaning deletion of a JointInferenceService with autoscalers leaves."""
    made: list[Json] = []
    for side in ("cloud", "edge"):
        name = f"{workload}-deployment-{side}"
        deployment = child("Deployment", name, uid, workload=workload, worker=side, **more)
        replicas = child(
            "ReplicaSet",
            f"{name}-7dff",
            uid,
            workload=workload,
            worker=side,
            owners=(owned_by(deployment),),
            **more,
        )
        pods = [
            child(
                "Pod",
                f"{name}-7dff-{n}",
                uid,
                workload=workload,
                worker=side,
                owners=(owned_by(replicas),),
                **more,
            )
            for n in ("aa", "bb")
        ]
        hpa = child("HorizontalPodAutoscaler", f"hpa-{name}", uid, workload=workload, worker=side, **more)
        made += [hpa, deployment, replicas, *pods]
    return [*made, child("Service", f"{workload}-cloud", uid, workload=workload, **more)]


def living(uid: str = LIVE, kind: str = JI, name: str = "helmet", **more: Any) -> dict[str, LiveWorkload]:
    return {uid: LiveWorkload(kind, "park", name, **more)}
