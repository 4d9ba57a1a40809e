"""The state of a joint inference service as Sedna before 0.7 makes it: one bare pod a side, no Deployments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sednactl.lifecycle.claims import Claim
from sednactl.lifecycle.ownership import Family, seconds_since, worker_of
from sednactl.lifecycle.pod_trouble import pod_ready, pod_trouble, said_of
from sednactl.lifecycle.state import (
    BROKEN,
    DEGRADED,
    PATIENCE_SECONDS,
    RUNNING,
    STARTING,
    Replicas,
    Verdict,
    worst,
)

Json = dict[str, Any]


def owner_is_replica_set(pod: Json) -> bool:
    """Tell whether a pod belongs to a Deployment rather than to a workload itself."""
    return any(one.get("kind") == "ReplicaSet" for one in pod["metadata"].get("ownerReferences") or ())


def of_bare_pods(
    family: Family,
    pods: list[Json],
    now: datetime,
    nodes: Mapping[str, bool | None] | None,
    counts: dict[str, Replicas],
    bounds: dict[str, str],
    claim: Claim,
) -> Verdict:
    """Judge a service that runs as bare pods.

    A Global Manager before 0.7 counts them, and says Running; one of 0.7 counts Deployments,
    finds none, and says Failed: then nothing looks after the pods any more.
    """
    for side in family.kind.worker_types:
        if ((family.workload.get("spec") or {}).get(f"{side}Worker") or {}).get("hpa"):
            bounds[side] = "?" if "HorizontalPodAutoscaler" in family.unreadable else "missing"
        mine = [pod for pod in pods if worker_of(pod) == side]
        counts[side] = Replicas(sum(map(pod_ready, mine)), len(mine))
    ready = sum(count.ready or 0 for count in counts.values())
    said = "runs as bare pods, as Sedna before 0.7 makes them: edits and autoscaling do nothing here"
    if claim.says == "Failed":
        return Verdict(DEGRADED if ready else BROKEN, (said,))
    verdicts = [Verdict(RUNNING, (said,))]
    for side, count in counts.items():
        if not count.ready:
            young = (
                seconds_since(family.workload["metadata"].get("creationTimestamp"), now) < PATIENCE_SECONDS
            )
            troubles = tuple(
                said_of(pod, trouble)
                for pod in pods
                if worker_of(pod) == side and (trouble := pod_trouble(pod, nodes)) is not None
            )
            word = STARTING if young and not troubles else BROKEN if not ready else DEGRADED
            verdicts.append(Verdict(word, (f"the {side} pod is not ready", *troubles)))
    return worst(verdicts)
