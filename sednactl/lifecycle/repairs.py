"""What is broken about a workload that Sedna itself never mends, and how to mend it with the least interruption.

Pure: a workload with its children and the time in, a plan out. Source of what Sedna
rebuilds and what not: the controllers of its Global Manager v0.7.0. It makes a deleted
Deployment of a joint inference service and a deleted pod of a federated job again; a
deleted Service or autoscaler, a Deployment of another kind, and whatever its one and only
first pass did not get to, it does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sednactl.lifecycle.claims import Claim, claim_of
from sednactl.lifecycle.ownership import Family, belongs, seconds_since
from sednactl.lifecycle.references import Reference
from sednactl.lifecycle.repair_plan import RepairPlan, RepairStep
from sednactl.lifecycle.sedna_children import autoscaler_of_side, owners_for, service_of
from sednactl.lifecycle.state import PATIENCE_SECONDS
from sednactl.sedna.belonging import owner_uids, sedna_owners
from sednactl.sedna.kinds import (
    BY_KIND,
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    OBJECT_SEARCH,
    OBJECT_TRACKING,
)
from sednactl.sedna.naming import deployment_name, fixed_names, hpa_name, service_name
from sednactl.sedna.resources import DEPLOYMENT, HPA, POD, SERVICE

Json = dict[str, Any]
FINALIZER = "foregroundDeletion"
_CHILD_KINDS = (DEPLOYMENT.kind, HPA.kind, POD.kind, SERVICE.kind)
_SIDES = ("cloud", "edge")


def repairs_for(family: Family, missing: Sequence[Reference], now: datetime) -> RepairPlan:
    """Plan the repair of a workload.

    `missing` are its references to what is not there; `family` has to hold all children
    that bear its labels, whatever their kind, and what has their fixed names.
    """
    kind, meta = family.kind, family.workload["metadata"]
    steps: list[RepairStep] = []
    blocked: list[str] = []
    notes: list[str] = []
    if meta.get("deletionTimestamp"):
        steps += _released(family)
        held = [one for one in meta.get("finalizers") or () if one != FINALIZER]
        if held:
            notes.append(
                f"its deletion also waits for the finalizer {', '.join(held)}, which only its controller knows"
            )
    elif not kind.makes_children:
        if kind is OBJECT_TRACKING:
            notes.append("Sedna 0.7 has no controller for this kind: nothing runs for it, repaired or not")
    elif hidden := sorted(family.unreadable.intersection(_CHILD_KINDS)):
        blocked.append(f"its {', '.join(hidden)} objects may not be read, so what is broken cannot be told")
    elif not _looked_at(family, now):
        if _age(family, now) >= PATIENCE_SECONDS and kind is not INCREMENTAL_LEARNING:
            blocked.append("Sedna has not looked at it yet: is its Global Manager running?")
        elif missing and kind is INCREMENTAL_LEARNING:
            blocked += _wanting(missing)
    elif reasons := list(_why_recreate(family, now)):
        in_the_way = list(_in_the_way(family))
        needed = [one for one in missing if one.resource.kind in ("Model", "Dataset")]
        if in_the_way or needed:
            blocked += [*reasons, *_wanting(needed), *in_the_way]
        else:
            steps.append(_recreated(family, reasons))
            notes += _doubts(claim_of(kind, family.workload))
    else:
        steps += _adopted(family)
        for step in _smaller(family, blocked):
            steps.append(step)
        if kind is INCREMENTAL_LEARNING and not _living(family, POD.kind, "inference"):
            if missing:
                blocked += _wanting(missing)
            else:
                steps.append(_restarted(family))
    return RepairPlan(
        kind.kind,
        str(meta.get("namespace", "")),
        family.name,
        family.uid,
        tuple(steps),
        tuple(blocked),
        tuple(notes),
    )


def _looked_at(family: Family, now: datetime) -> bool:
    """Tell whether the Global Manager's first pass is over, after which it makes nothing more by itself."""
    if family.kind is OBJECT_SEARCH:
        return _age(family, now) >= PATIENCE_SECONDS  # it never gets a status
    return bool((family.workload.get("status") or {}).get("startTime"))


def _released(family: Family) -> Iterator[RepairStep]:
    finalizers = family.workload["metadata"].get("finalizers") or []
    if FINALIZER in finalizers:
        yield RepairStep(
            "release",
            family.kind.kind,
            family.name,
            f"take the finalizer {FINALIZER} off, so that the workload goes first and its children after it",
            "it is being deleted in the foreground, while Sedna's Global Manager makes its children anew",
            "what is left of it goes",
            uid=family.uid,
            body=[
                {"op": "test", "path": "/metadata/uid", "value": family.uid},
                {"op": "test", "path": "/metadata/finalizers", "value": list(finalizers)},
                {
                    "op": "replace",
                    "path": "/metadata/finalizers",
                    "value": [one for one in finalizers if one != FINALIZER],
                },
            ],
        )


def _why_recreate(family: Family, now: datetime) -> Iterator[str]:
    """Say what only deleting and creating the workload mends."""
    kind = family.kind
    if kind is JOINT_INFERENCE and former_children(family):
        if claim_of(kind, family.workload).says != "Failed":
            return  # the Global Manager counts these pods, and so is of that release itself
        yield (
            "a Sedna before 0.7 made it, as bare pods: the present one neither edits nor scales nor deletes these"
        )
        return
    if kind in (JOINT_INFERENCE, FEATURE_EXTRACTION, OBJECT_SEARCH):
        for worker in kind.deployments:
            if not family.own(DEPLOYMENT.kind, worker):
                yield (
                    f"Deployment {deployment_name(family.name, worker)} is missing, and Sedna's Global Manager does "
                    "not make it any more"
                )
    if kind is OBJECT_SEARCH:
        wanted = len(_spec(family).get("trackingWorkers") or ())
        there = len(family.own(POD.kind, "trackingworker"))
        if there < wanted:
            yield f"{wanted - there} of {wanted} tracking pods are missing, and Sedna does not make them any more"
    if kind is FEDERATED_LEARNING:
        yield from _of_federated(family, now)


def _of_federated(family: Family, now: datetime) -> Iterator[str]:
    if (family.workload.get("status") or {}).get("phase") in ("Succeeded", "Failed"):
        return
    wanted = {"aggregation": 1, "train": len(_spec(family).get("trainingWorkers") or ())}
    pods = {worker: family.own(POD.kind, worker) for worker in wanted}
    if any(pod["metadata"].get("deletionTimestamp") for some in pods.values() for pod in some):
        return  # being replaced in this moment: Sedna makes deleted pods anew
    for worker, number in wanted.items():
        there = len(pods[worker])
        if there > number:
            yield (
                f"{there} {worker} pods run where {number} are asked for: an edit left them, and Sedna makes each "
                "anew that is deleted"
            )
        elif there < number and (not there or _age(family, now) >= PATIENCE_SECONDS):
            yield f"{number - there} of {number} {worker} pods are missing, and Sedna does not make them any more"


def former_children(family: Family) -> list[Json]:
    """Give what a Sedna before 0.7 made for this very workload; no garbage collector can resolve its owner."""
    return [
        item
        for item in family.objects
        if family.uid in owner_uids(item)
        and any(one.get("kind") not in BY_KIND for one in sedna_owners(item))
        and not item["metadata"].get("deletionTimestamp")
    ]


def _recreated(family: Family, reasons: Sequence[str]) -> RepairStep:
    former = former_children(family)
    running = [pod for pod in family.own(POD.kind) if not pod["metadata"].get("deletionTimestamp")]
    count = f"{len(running)} pod{'s' if len(running) > 1 else ''}"
    says = "delete the workload in the background, wait until nothing of it is left, create it again as it is"
    if former:
        names = ", ".join(f"{one.get('kind')} {one['metadata']['name']}" for one in former)
        says = f"delete the workload in the background, and {names} after it; then create the workload again as it is"
    return RepairStep(
        "recreate",
        family.kind.kind,
        family.name,
        says,
        "; ".join(reasons),
        f"{count} of it stop{'' if len(running) > 1 else 's'}" if running else "",
        uid=family.uid,
        also=tuple(former),
    )


def _in_the_way(family: Family) -> Iterator[str]:
    """Name what has a name that the new children need and does not go with the workload."""
    for fixed in fixed_names(family.kind, family.name):
        item = family.named(fixed.resource.kind, fixed.name)
        if item is not None and not belongs(item, family.uid):
            yield _not_ours(item)


def _not_ours(item: Json) -> str:
    return (
        f"{item.get('kind')} {item['metadata']['name']} is in the way and not this workload's: 'sednactl cleanup "
        "ghost-instances' removes it if it is a ghost; else choose another name for one of the two"
    )


def _wanting(missing: Sequence[Reference]) -> list[str]:
    return [
        f"{one.resource.kind} {one.name} ({one.path}) is not there: apply it first, then repair"
        for one in missing
    ]


def _doubts(claim: Claim) -> Iterator[str]:
    if claim.creation_error:
        yield f"Sedna said of the first attempt: {claim.message}"
        if "forbidden" in claim.message:
            yield "unless the Global Manager has got that right since, it will fail again: see 'sednactl doctor'"


def _adopted(family: Family) -> Iterator[RepairStep]:
    for item in family.objects:
        meta = item["metadata"]
        direct = (
            item.get("kind") in _CHILD_KINDS and belongs(item, family.uid) and not meta.get("ownerReferences")
        )
        if direct and not meta.get("deletionTimestamp"):
            yield RepairStep(
                "patch",
                str(item["kind"]),
                meta["name"],
                "make the workload its owner again",
                "it has lost its owner reference and would outlive the workload",
                uid=meta["uid"],
                body=[
                    {"op": "test", "path": "/metadata/uid", "value": meta["uid"]},
                    {"op": "add", "path": "/metadata/ownerReferences", "value": owners_for(family.workload)},
                ],
            )


def _smaller(family: Family, blocked: list[str]) -> Iterator[RepairStep]:
    """Give what can be mended beside the workload, with nothing interrupted."""
    kind, workload = family.kind, family.workload
    for worker in kind.services:
        name = service_name(family.name, worker)
        there = family.named(SERVICE.kind, name)
        if there is not None:
            if not belongs(there, family.uid):
                blocked.append(_not_ours(there))
        elif _works(family, worker):
            yield RepairStep(
                "create",
                SERVICE.kind,
                name,
                "create it as Sedna would, with this workload as its owner",
                "it is missing, so the worker cannot be reached, and Sedna does not make it again",
                body=service_of(workload, worker),
            )
    if kind is not JOINT_INFERENCE:
        return
    for side in _SIDES:
        if not (_spec(family).get(f"{side}Worker") or {}).get("hpa"):
            continue
        name = hpa_name(family.name, side)
        there = family.named(HPA.kind, name)
        if there is not None:
            if not belongs(there, family.uid):
                blocked.append(_not_ours(there))
        else:
            yield RepairStep(
                "create",
                HPA.kind,
                name,
                "create it as Sedna would, with this service as its owner",
                f"the {side} side asks for an autoscaler and has none; Sedna would make it only at an edit, "
                "which restarts the pods",
                body=autoscaler_of_side(workload, side),
            )
    yield from _rewired(family)


def _rewired(family: Family) -> Iterator[RepairStep]:
    """Tell the edge side again where the cloud side is, where an edit without Service made it forget."""
    wanted = f"{service_name(family.name, 'cloud')}.{family.workload['metadata']['namespace']}"
    for deployment in family.own(DEPLOYMENT.kind, "edge"):
        patch = [
            {
                "op": "add",
                "path": f"/spec/template/spec/containers/{number}/env/{index}/value",
                "value": wanted,
            }
            for number, container in enumerate(_containers(deployment))
            for index, variable in enumerate(container.get("env") or ())
            if variable.get("name") == "BIG_MODEL_IP" and not variable.get("value")
        ]
        if patch:
            uid = deployment["metadata"]["uid"]
            yield RepairStep(
                "patch",
                DEPLOYMENT.kind,
                deployment["metadata"]["name"],
                f"set BIG_MODEL_IP to {wanted} again",
                "its pods have no address of the cloud side: it was edited while the Service was missing",
                "all edge pods restart, one after the other",
                uid=uid,
                body=[{"op": "test", "path": "/metadata/uid", "value": uid}, *patch],
            )


def _restarted(family: Family) -> RepairStep:
    return RepairStep(
        "restart",
        family.kind.kind,
        family.name,
        "take startTime out of its status, at which Sedna makes the inference pod as at the beginning; the stages stay",
        "it has no inference pod, and Sedna makes one only at the beginning and after a training",
        uid=family.uid,
        body=[
            {"op": "test", "path": "/metadata/uid", "value": family.uid},
            {"op": "remove", "path": "/status/startTime"},
        ],
    )


def _works(family: Family, worker: str) -> bool:
    """Tell whether there is anything of a worker that its Service would lead to."""
    return bool(_living(family, DEPLOYMENT.kind, worker) or _living(family, POD.kind, worker))


def _living(family: Family, kind: str, worker: str) -> list[Json]:
    return [one for one in family.own(kind, worker) if not one["metadata"].get("deletionTimestamp")]


def _containers(deployment: Json) -> list[Json]:
    spec = ((deployment.get("spec") or {}).get("template") or {}).get("spec") or {}
    return list(spec.get("containers") or ())


def _spec(family: Family) -> Json:
    return family.workload.get("spec") or {}


def _age(family: Family, now: datetime) -> float:
    return seconds_since(family.workload["metadata"].get("creationTimestamp"), now)
