"""The state of workloads that run as bare pods: federated, incremental and lifelong learning, reid, video analytics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sednactl.lifecycle.claims import Claim
from sednactl.lifecycle.ownership import Family, seconds_since
from sednactl.lifecycle.pod_trouble import pod_phase, pod_ready, pod_trouble, said_of
from sednactl.lifecycle.state import (
    BROKEN,
    DEGRADED,
    FAILED,
    PATIENCE_SECONDS,
    RUNNING,
    STARTING,
    SUCCEEDED,
    UNKNOWN,
    WAITING,
    Replicas,
    Verdict,
    worst,
)
from sednactl.sedna.kinds import LIFELONG_LEARNING

Json = dict[str, Any]
Nodes = Mapping[str, bool | None] | None


def of_federated_learning(
    family: Family, now: datetime, nodes: Nodes, counts: dict[str, Replicas]
) -> Verdict:
    """Judge a federated learning job by its aggregator and its trainers."""
    if "Pod" in family.unreadable:
        return Verdict(UNKNOWN, ("pods cannot be read here",))
    wanted = {
        "aggregation": 1,
        "train": len((family.workload.get("spec") or {}).get("trainingWorkers") or ()),
    }
    pods = {worker: _living(family.own("Pod", worker)) for worker in wanted}
    every = [pod for some in pods.values() for pod in some]
    for worker, some in pods.items():
        counts[worker] = Replicas(sum(map(pod_ready, some)), wanted[worker])
    if not every:
        return _none_yet(family, now, "no pods")
    failed = [pod for pod in every if pod_phase(pod) == "Failed"]
    if failed:
        return Verdict(FAILED, tuple(_troubles(failed, nodes)))
    if all(pod_phase(pod) == "Succeeded" for pod in every):
        return Verdict(SUCCEEDED)
    verdicts = []
    young = _age(family.workload, now) < PATIENCE_SECONDS
    if pods["aggregation"] and not pods["train"] and wanted["train"] and not young:
        verdicts.append(
            Verdict(
                BROKEN,
                (
                    f"the aggregator runs without trainers: a Service {family.name}-aggregation that was there "
                    f"before stops Sedna half way; 'sednactl repair {family.kind.word} {family.name}' shows the way out",
                ),
            )
        )
    for worker, some in pods.items():
        done = sum(pod_phase(pod) == "Succeeded" for pod in some)
        ready = (counts[worker].ready or 0) + done
        if len(some) > wanted[worker]:
            said = f"{len(some)} {worker} pods where {wanted[worker]} are asked for: an edit left some behind"
            verdicts.append(Verdict(DEGRADED, (said,)))
        elif ready < wanted[worker]:
            causes = tuple(_troubles(some, nodes))
            lost = len(some) < wanted[worker] and not young
            word = STARTING if not causes and not lost else DEGRADED if ready else BROKEN
            verdicts.append(Verdict(word, (f"{ready} of {wanted[worker]} {worker} pods ready", *causes)))
    return worst(verdicts)


def of_learning(
    family: Family, now: datetime, nodes: Nodes, counts: dict[str, Replicas], claim: Claim
) -> Verdict:
    """Judge an incremental or lifelong learning job by the pods of its stages."""
    if "Pod" in family.unreadable:
        return Verdict(UNKNOWN, ("pods cannot be read here",))
    pods = {worker: _living(family.own("Pod", worker)) for worker in family.kind.worker_types}
    for worker, some in pods.items():
        counts[worker] = Replicas(sum(map(pod_ready, some)), len(some))
    if claim.says.endswith(" Failed"):
        return Verdict(DEGRADED, (f"Sedna says {claim.says}; it starts over by itself",))
    verdicts = []
    for worker in ("train", "eval"):
        troubled = [pod for pod in pods[worker] if pod_phase(pod) not in ("Succeeded", "Running")]
        causes = tuple(_troubles(troubled, nodes))
        if causes:
            verdicts.append(Verdict(DEGRADED, causes))
    inference = pods["inference"]
    if inference:
        if counts["inference"].ready:
            verdicts.append(Verdict(RUNNING))
        else:
            causes = tuple(_troubles(inference, nodes))
            verdicts.append(
                Verdict(BROKEN if causes else STARTING, ("the inference pod is not ready", *causes))
            )
        return worst(verdicts)
    if any(counts[worker].ready for worker in ("train", "eval")):
        return worst([*verdicts, Verdict(RUNNING)])
    stage = f"Sedna says {claim.says}" if claim.says else "Sedna says nothing yet"
    if family.kind is LIFELONG_LEARNING:
        return worst([*verdicts, Verdict(WAITING, (f"no pods now; {stage}",))])
    if _age(family.workload, now) < PATIENCE_SECONDS:
        return Verdict(STARTING, ("no inference pod yet",))
    return worst(
        [
            *verdicts,
            Verdict(WAITING, (f"no inference pod; {stage}: are the deploy Model and the Dataset there?",)),
        ]
    )


def of_single_pod(family: Family, now: datetime, nodes: Nodes, counts: dict[str, Replicas]) -> Verdict:
    """Judge a job of one bare pod: re-identification, video analytics."""
    worker = family.kind.worker_types[0]
    if "Pod" in family.unreadable:
        counts[worker] = Replicas(None, None)
        return Verdict(UNKNOWN, ("pods cannot be read here",))
    pods = _living(family.own("Pod", worker))
    counts[worker] = Replicas(sum(map(pod_ready, pods)), 1)
    if not pods:
        return _none_yet(family, now, "no pod")
    phases = {pod_phase(pod) for pod in pods}
    if "Failed" in phases:
        return Verdict(FAILED, tuple(_troubles(pods, nodes)))
    if phases == {"Succeeded"}:
        return Verdict(SUCCEEDED)
    if counts[worker].ready:
        return Verdict(RUNNING)
    causes = tuple(_troubles(pods, nodes))
    return Verdict(BROKEN if causes else STARTING, ("the pod is not ready", *causes))


def _living(pods: list[Json]) -> list[Json]:
    return [pod for pod in pods if not pod["metadata"].get("deletionTimestamp")]


def _none_yet(family: Family, now: datetime, what: str) -> Verdict:
    if _age(family.workload, now) < PATIENCE_SECONDS:
        return Verdict(STARTING, (f"{what} yet",))
    return Verdict(BROKEN, (f"there is {what}: is Sedna's Global Manager running, do the references exist?",))


def _troubles(pods: list[Json], nodes: Nodes) -> Iterator[str]:
    for pod in pods:
        trouble = pod_trouble(pod, nodes)
        if trouble is not None:
            yield said_of(pod, trouble)


def _age(item: Json, now: datetime) -> float:
    return seconds_since(item["metadata"].get("creationTimestamp"), now)
