"""The state of workloads that run as Deployments: joint inference, feature extraction, object search.

Judged by readyReplicas against spec.replicas, the autoscalers, the Service and
its endpoints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sednactl.lifecycle.bare_pods import of_bare_pods, owner_is_replica_set
from sednactl.lifecycle.claims import Claim
from sednactl.lifecycle.ownership import Family, label_uid, seconds_since
from sednactl.lifecycle.pod_trouble import BEING_DELETED, deployment_trouble, pod_ready, pod_trouble, said_of
from sednactl.lifecycle.state import (
    BROKEN,
    DEGRADED,
    PATIENCE_SECONDS,
    RUNNING,
    STARTING,
    STOPPED,
    UNKNOWN,
    Replicas,
    Verdict,
    worst,
)
from sednactl.sedna.belonging import owner_uids
from sednactl.sedna.kinds import OBJECT_SEARCH
from sednactl.sedna.naming import deployment_name, hpa_name, service_name

Json = dict[str, Any]
Nodes = Mapping[str, bool | None] | None
SIDES = ("cloud", "edge")


def of_joint_inference(
    family: Family,
    now: datetime,
    nodes: Nodes,
    counts: dict[str, Replicas],
    bounds: dict[str, str],
    claim: Claim,
) -> Verdict:
    """Judge a joint inference service: both sides, their autoscalers, the cloud side's Service."""
    former = [pod for pod in family.own("Pod") if not owner_is_replica_set(pod)]
    if former and not family.own("Deployment"):
        return of_bare_pods(family, former, now, nodes, counts, bounds, claim)
    verdicts = []
    for side in SIDES:
        verdicts.append(_worker(family, side, now, nodes, counts, claim))
        verdicts += _autoscaler(family, side, now, bounds, claim)
    if counts["cloud"].desired is not None:
        verdicts += _service(family, "cloud", now, counts["cloud"].ready or 0)
    return worst(verdicts)


def of_feature_extraction(
    family: Family, now: datetime, nodes: Nodes, counts: dict[str, Replicas], claim: Claim
) -> Verdict:
    """Judge a feature extraction service by its Deployment and Service."""
    verdicts = [_worker(family, "fe", now, nodes, counts, claim)]
    if counts["fe"].desired is not None:
        verdicts += _service(family, "fe", now, counts["fe"].ready or 0)
    return worst(verdicts)


def of_object_search(family: Family, now: datetime, nodes: Nodes, counts: dict[str, Replicas]) -> Verdict:
    """Judge an object search by its two Deployments, two Services and the tracking pods."""
    verdicts = []
    for worker in OBJECT_SEARCH.deployments:
        verdicts.append(_worker(family, worker, now, nodes, counts, Claim("")))
        if counts[worker].desired is not None:
            verdicts += _service(family, worker, now, counts[worker].ready or 0)
    wanted = len((family.workload.get("spec") or {}).get("trackingWorkers") or ())
    pods = family.own("Pod", "trackingworker")
    if "Pod" in family.unreadable:
        counts["trackingworker"] = Replicas(None, None)
        return worst(verdicts)
    ready = sum(map(pod_ready, pods))
    counts["trackingworker"] = Replicas(ready, wanted)
    if ready < wanted:
        young = _age(family.workload, now) < PATIENCE_SECONDS
        word = STARTING if young else DEGRADED if ready else BROKEN
        verdicts.append(Verdict(word, (f"{ready} of {wanted} tracking pods ready", *_troubles(pods, nodes))))
    return worst(verdicts)


def replicas_of(deployment: Json) -> Replicas:
    """Give ready and desired replicas of a Deployment."""
    wanted = (deployment.get("spec") or {}).get("replicas")
    ready = (deployment.get("status") or {}).get("readyReplicas") or 0
    return Replicas(int(ready), 1 if wanted is None else int(wanted))


def _worker(
    family: Family, worker: str, now: datetime, nodes: Nodes, counts: dict[str, Replicas], claim: Claim
) -> Verdict:
    name = deployment_name(family.name, worker)
    own = family.own("Deployment", worker)
    deployment = own[0] if own else None
    if deployment is None:
        counts[worker] = Replicas(None, None)
        return _no_deployment(family, name, now, claim)
    counts[worker] = replicas = replicas_of(deployment)
    ready, desired = replicas.ready or 0, replicas.desired or 0
    stray = family.uid not in owner_uids(deployment)
    unowned = (f"Deployment {name} has no owner any more: it will outlive the workload",) if stray else ()
    if desired == 0:
        return Verdict(STOPPED, (f"the {worker} side is scaled to 0", *unowned))
    if ready >= desired:
        changing = (f"new {worker} pods replace the old ones",) if rolling_out(deployment) else ()
        return Verdict(DEGRADED if stray else RUNNING, (*changing, *unowned))
    pods = family.own("Pod", worker)
    causes = [*_troubles(pods, nodes)]
    trouble = deployment_trouble(deployment)
    if trouble:
        causes.append(f"Deployment {name}: {trouble}")
    said = f"{ready} of {desired} {worker} replicas ready"
    if rolling_out(deployment):
        said += ", while new pods replace the old ones"
    if ready:
        return Verdict(DEGRADED, (said, *causes, *unowned))
    return Verdict(
        STARTING if _may_still_come(deployment, causes, now) else BROKEN, (said, *causes, *unowned)
    )


def _no_deployment(family: Family, name: str, now: datetime, claim: Claim) -> Verdict:
    if "Deployment" in family.unreadable:
        return Verdict(UNKNOWN, ("Deployments cannot be read here",))
    namesake = family.named("Deployment", name)
    if namesake is not None:
        whose = (
            "of a workload that is gone" if label_uid(namesake) or owner_uids(namesake) else "somebody else's"
        )
        return Verdict(BROKEN, (f"Deployment {name} is {whose}, so this workload cannot make its own",))
    if claim.creation_error:
        return Verdict(BROKEN, (f"no Deployment {name}; Sedna says: {claim.message}",))
    if claim.says == "Failed":
        # Its controller makes all children in one pass before it writes a status, and Failed ends its work;
        # a second pass may have overwritten the message.
        return Verdict(BROKEN, (f"no Deployment {name}: Sedna gave up making it, and does not try again",))
    if _age(family.workload, now) < PATIENCE_SECONDS:
        return Verdict(STARTING, (f"no Deployment {name} yet",))
    return Verdict(BROKEN, (f"there is no Deployment {name}: is Sedna's Global Manager running?",))


def _may_still_come(deployment: Json, causes: list[str], now: datetime) -> bool:
    """Tell a first start, or a roll-out, from replicas that were lost."""
    conditions = {one.get("type"): one for one in (deployment.get("status") or {}).get("conditions") or ()}
    progressing = conditions.get("Progressing")
    if progressing is None:
        return _age(deployment, now) < PATIENCE_SECONDS
    if progressing.get("status") != "True" or "ReplicaFailure" in conditions:
        return False
    if progressing.get("reason") != "NewReplicaSetAvailable":
        return not causes or _age(deployment, now) < PATIENCE_SECONDS
    # It was complete once; give a restart the time that a start gets.
    available = conditions.get("Available") or {}
    return seconds_since(available.get("lastTransitionTime"), now) < PATIENCE_SECONDS and not causes


def rolling_out(deployment: Json) -> bool:
    """Tell whether pods of an older template still run, or the newest template was not looked at yet."""
    status = deployment.get("status") or {}
    generation = deployment["metadata"].get("generation") or 0
    old = (status.get("replicas") or 0) - (status.get("updatedReplicas") or 0)
    return (status.get("observedGeneration") or 0) < generation or old > 0


def _troubles(pods: list[Json], nodes: Nodes) -> Iterator[str]:
    for pod in pods:
        trouble = pod_trouble(pod, nodes)
        # A roll-out or a scale-down ends pods too; that is no trouble of the side.
        if trouble is not None and trouble != BEING_DELETED:
            yield said_of(pod, trouble)


def _autoscaler(
    family: Family, side: str, now: datetime, bounds: dict[str, str], claim: Claim
) -> list[Verdict]:
    asked = _hpa_asked(family, side)
    if "HorizontalPodAutoscaler" in family.unreadable:
        if asked:
            bounds[side] = "?"
        return []
    own = family.own("HorizontalPodAutoscaler", side)
    target = deployment_name(family.name, side)
    others = [hpa for hpa in family.objects if _scales(hpa, target) and hpa not in own]
    verdicts = [
        Verdict(
            DEGRADED, (f"{hpa['metadata']['name']} scales the {side} side too, and is not this workload's",)
        )
        for hpa in others
    ]
    if own:
        spec = own[0].get("spec") or {}
        bounds[side] = f"{spec.get('minReplicas', 1)}-{spec.get('maxReplicas', '?')}"
        said = _cannot_scale(own[0])
        if said and family.own("Deployment", side):
            verdicts.append(Verdict(RUNNING, (said,)))
        if not asked:
            verdicts.append(
                Verdict(
                    DEGRADED,
                    (f"{own[0]['metadata']['name']} still scales the {side} side; none is asked for",),
                )
            )
    elif asked:
        young = _age(family.workload, now) < PATIENCE_SECONDS
        # Failed ends the Global Manager's work on a service: what is not there then does not come.
        bounds[side] = "pending" if young and claim.says != "Failed" else "missing"
        if young:
            verdicts.append(Verdict(STARTING, (f"no autoscaler {hpa_name(family.name, side)} yet",)))
        else:
            verdicts.append(
                Verdict(
                    DEGRADED,
                    (
                        f"hpa is asked for on the {side} side and there is no {hpa_name(family.name, side)}: "
                        "may the Global Manager create autoscalers?",
                    ),
                )
            )
    return verdicts


def _hpa_asked(family: Family, side: str) -> bool:
    worker = (family.workload.get("spec") or {}).get(f"{side}Worker") or {}
    return bool(worker.get("hpa"))


def _scales(item: Json, deployment: str) -> bool:
    if item.get("kind") != "HorizontalPodAutoscaler":
        return False
    target = (item.get("spec") or {}).get("scaleTargetRef") or {}
    return target.get("kind") == "Deployment" and target.get("name") == deployment


def _cannot_scale(hpa: Json) -> str | None:
    for condition in (hpa.get("status") or {}).get("conditions") or ():
        if condition.get("type") in ("AbleToScale", "ScalingActive") and condition.get("status") == "False":
            if condition.get("reason") == "ScalingDisabled":
                return f"{hpa['metadata']['name']} does not scale: the replicas are 0"
            message = condition.get("message") or condition.get("reason")
            return f"{hpa['metadata']['name']} cannot scale: {message}"
    return None


def _service(family: Family, worker: str, now: datetime, ready: int) -> list[Verdict]:
    if "Service" in family.unreadable:
        return []
    name = service_name(family.name, worker)
    service = family.named("Service", name)
    if service is None:
        if _age(family.workload, now) < PATIENCE_SECONDS:
            return [Verdict(STARTING, (f"no Service {name} yet",))]
        return [
            Verdict(
                BROKEN,
                (
                    f"Service {name} is missing, and Sedna 0.7 does not make it again: "
                    f"'sednactl repair {family.kind.word} {family.name}' does",
                ),
            )
        ]
    selector = (service.get("spec") or {}).get("selector") or {}
    prefix = family.kind.label_prefix
    if selector.get(f"{prefix}/uid") != family.uid or service["metadata"].get("deletionTimestamp"):
        return [Verdict(BROKEN, (f"Service {name} does not lead to this workload's pods",))]
    said = _endpoints(family, name, ready, now)
    return [Verdict(DEGRADED, (said,))] if said else []


def service_is_lost(family: Family, now: datetime) -> bool:
    """Tell whether a Service is gone that Sedna made and will not make again.

    It makes a joint inference service's before the edge Deployment, and other Deployments'
    right after them; a Service that is deleted later it does not bring back (Sedna 0.7).
    """
    if "Service" in family.unreadable or _age(family.workload, now) < PATIENCE_SECONDS:
        return False
    if not family.kind.deployments or not all(
        family.own("Deployment", worker) for worker in family.kind.deployments
    ):
        return False
    workers = [worker for worker in family.kind.services if worker in family.kind.deployments]
    return any(family.named("Service", service_name(family.name, worker)) is None for worker in workers)


def _endpoints(family: Family, service: str, ready: int, now: datetime) -> str | None:
    slices = [
        item
        for item in family.objects
        if item.get("kind") == "EndpointSlice"
        and (item["metadata"].get("labels") or {}).get("kubernetes.io/service-name") == service
    ]
    if not ready or "EndpointSlice" in family.unreadable or _age(family.workload, now) < PATIENCE_SECONDS:
        return None
    if not slices:
        return f"Service {service} has no EndpointSlice, so nothing leads to the {ready} ready replicas"
    serving = sum(
        (endpoint.get("conditions") or {}).get("ready") is not False
        for item in slices
        for endpoint in item.get("endpoints") or ()
    )
    if serving:
        return None
    return f"Service {service} has no ready endpoints, although {ready} replicas are ready"


def _age(item: Json, now: datetime) -> float:
    return seconds_since(item["metadata"].get("creationTimestamp"), now)
