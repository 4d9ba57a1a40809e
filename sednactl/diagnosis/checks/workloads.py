"""What is wrong with single workloads: their children, what they refer to, what scales them, what leads to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sednactl.diagnosis.book import Result, Status, check
from sednactl.diagnosis.observed import NotSeen, Observed
from sednactl.diagnosis.words import counted, some
from sednactl.diagnosis.workload_set import (
    look_closer,
    named,
    namespace,
    state,
    subject,
    with_controller,
    workloads_of,
)
from sednactl.lifecycle.ownership import Family, seconds_since
from sednactl.lifecycle.references import references_of
from sednactl.lifecycle.service_state import replicas_of
from sednactl.lifecycle.state import (
    BROKEN,
    DEGRADED,
    FAILED,
    INERT,
    PATIENCE_SECONDS,
    STARTING,
    TERMINATING,
    UNKNOWN,
)
from sednactl.scaling.snapshot import snapshot_of
from sednactl.sedna.belonging import label_uids
from sednactl.sedna.kinds import DATASET, JOINT_INFERENCE, MODEL
from sednactl.sedna.naming import service_name
from sednactl.sedna.resources import DEPLOYMENT, ENDPOINT_SLICE, HPA, POD, SERVICE
from sednactl.validation.rules.metrics import utilization_needs_requests
from sednactl.validation.workload import Workload

AREA = "Workloads"
_JUDGED_BY = (DEPLOYMENT.kind, POD.kind, SERVICE.kind, HPA.kind)
_WORDS: dict[str, Status] = {
    BROKEN: "failed",
    FAILED: "failed",
    DEGRADED: "warning",
    INERT: "warning",
    UNKNOWN: "unknown",
}


_NO_CONTROLLER = "delete it: nothing will ever run; ObjectSearchService is the kind that has a controller"


@check("DOC701", AREA, "workloads", "nodes")
def children(observed: Observed, now: datetime) -> Iterator[Result]:
    """Children match

    What Sedna made for each workload does what the workload asks for: Deployments with ready replicas,
    autoscalers, Services that lead to its own pods, the pods of jobs. Sedna's own condition is not
    asked; see DOC703.
    """
    good = starting = 0
    found = workloads_of(observed, with_controller, _JUDGED_BY)
    yield from found.unknown("DOC701")
    for family in found.families:
        judged = state(observed, family, now)
        status = _WORDS.get(judged.word)
        if status is None:
            good += 1
            starting += judged.word == STARTING
            continue
        evidence = "; ".join(judged.evidence) or f"it is {judged.word}"
        mend = _NO_CONTROLLER if judged.word == INERT else look_closer(family)
        yield Result("DOC701", status, f"{judged.word}: {evidence}", mend, subject(family))
    if good:
        also = f", {starting} of them just starting" if starting else ""
        yield Result("DOC701", "ok", f"{counted(good, 'workload')} with the children that Sedna makes{also}")


@check("DOC702", AREA, "workloads", "referred")
def references(observed: Observed, _: datetime) -> Iterator[Result]:
    """References lead somewhere

    The models, datasets and secrets that a workload names are there, in its own namespace. A joint
    inference or feature extraction service that is made without its Model ends as Failed for good;
    federated learning and video analytics start their pods without it and say nothing; learning jobs wait.
    """
    good = 0
    found = workloads_of(observed)
    yield from found.unknown("DOC702")
    for family in found.families:
        place = namespace(family)
        for reference in references_of(family.kind, family.workload):
            kind, name = reference.resource.kind, reference.name
            try:
                there = observed.referred((kind, place, name)) is not None
            except NotSeen as reason:
                message = f"whether {kind} {name} ({reference.path}) is there is not known: {reason}"
                yield Result("DOC702", "unknown", message, subject=subject(family))
                continue
            if there:
                good += 1
                continue
            message = f"{kind} {name} ({reference.path}) is missing: {reference.when_missing}"
            yield Result("DOC702", "failed", message, _create(kind, name, place), subject(family))
    if good:
        yield Result("DOC702", "ok", f"{counted(good, 'reference')} to what is there")


def _create(kind: str, name: str, namespace: str) -> str:
    word = {MODEL.kind: MODEL.word, DATASET.kind: DATASET.word}.get(kind)
    if word is None:
        return f"make it: kubectl -n {namespace} create secret generic {name}, annotated as SDN407 tells"
    return f"make it, then the workload anew: sednactl create {word} {name} -n {namespace} --help"


@check("DOC703", AREA, "workloads", "nodes")
def claims(observed: Observed, now: datetime) -> Iterator[Result]:
    """Failed that is true

    Sedna 0.7 marks healthy joint inference services as Failed (workerFailed) within a second, and again
    at every scale-up; feature extraction always. Such a Failed is a false alarm where the children are
    well, and counts as in order here. A Failed without a reason and with a message is a real error
    while children were made, and Sedna does not try again; nor does it take that Failed back when
    the children are there, which then counts as in order too.
    """
    false_alarms, overtaken, good = [], [], 0
    found = workloads_of(observed, with_controller, _JUDGED_BY)
    yield from found.unknown("DOC703")
    for family in found.families:
        judged = state(observed, family, now)
        claim = judged.claim
        if claim.says != "Failed" or judged.word in (UNKNOWN, TERMINATING):
            good += claim.says != "Failed"
        elif claim.creation_error:
            message = f"Failed, and that is true: {claim.message}"
            mend = f"mend what it says, then sednactl repair {named(family)}: Sedna does not try again"
            yield Result("DOC703", "failed", message, mend, subject(family))
        elif claim.outdated:
            overtaken.append(f"{family.kind.word} {family.name}")
        elif judged.healthy or judged.word == STARTING:
            false_alarms.append(f"{family.kind.word} {family.name}")
        else:
            message = f"Failed, and its children are not well either: {judged.word}"
            yield Result("DOC703", "failed", message, look_closer(family), subject(family))
    if false_alarms:
        verbs = "says Failed and runs" if len(false_alarms) == 1 else "say Failed and run"
        message = f"{counted(len(false_alarms), 'false alarm')}: {some(false_alarms)} {verbs}"
        yield Result("DOC703", "ok", message, details=tuple(false_alarms))
    if overtaken:
        message = f"Sedna's Failed is out of date, all children are there by now: {some(overtaken)}"
        yield Result("DOC703", "ok", message, details=tuple(overtaken))
    if good and not false_alarms and not overtaken:
        yield Result("DOC703", "ok", f"{counted(good, 'workload')} that Sedna does not call Failed")


@check("DOC704", AREA, "workloads")
def autoscalers(observed: Observed, now: datetime) -> Iterator[Result]:
    """Autoscalers can act

    Where a service asks for an hpa, the autoscaler is there, is its own and the only one of that side,
    finds what it scales, and gets readings. Utilization is counted against what containers request:
    without resources.requests on every container of the pod there is nothing to count against.
    """
    good = waiting = 0
    found = workloads_of(observed, lambda kind: kind is JOINT_INFERENCE, (HPA.kind, DEPLOYMENT.kind))
    yield from found.unknown("DOC704")
    for family in found.families:
        if HPA.kind in family.unreadable or state(observed, family, now).claim.creation_error:
            continue  # that was said above, or is DOC703's: the rest of the service was not made either
        objects = family.objects
        snapshot = snapshot_of(
            family.workload,
            [one for one in objects if one.get("kind") == DEPLOYMENT.kind],
            [one for one in objects if one.get("kind") == HPA.kind],
            [one for one in objects if one.get("kind") == POD.kind],
            now,
            family.unreadable,
        )
        requests = {
            str(problem.path[1]).removesuffix("Worker"): problem.message
            for problem in utilization_needs_requests(Workload(family.kind.kind, family.workload))
        }
        young = seconds_since(family.workload["metadata"].get("creationTimestamp"), now) < PATIENCE_SECONDS
        for side, shown in snapshot.sides.items():
            asked = bool(((family.workload.get("spec") or {}).get(f"{side}Worker") or {}).get("hpa"))
            if side in requests:
                mend = "add resources.requests to every container of the side, and apply the service again"
                message = f"the {side} side cannot scale: {requests[side]}"
                yield Result("DOC704", "failed", message, mend, subject(family))
            elif young and shown.hpa:
                waiting += 1  # readings come with the first minute
            elif shown.limit is not None and shown.limit.trouble and (asked or shown.hpa):
                # At its bound it acts as it was told to.
                status: Status = "warning" if shown.limit.code == "at max" else "failed"
                message = f"the {side} side: {shown.limit.why}"
                mend = f"sednactl scale explain {family.name} -n {snapshot.namespace} tells more"
                if shown.limit.code in ("no autoscaler", "no deployment"):
                    mend = f"sednactl repair {named(family)} makes what is missing, after showing each step"
                yield Result("DOC704", status, message, mend, subject(family))
            else:
                good += bool(shown.hpa)
    if good or waiting:
        also = f", {waiting} still new" if waiting else ""
        yield Result("DOC704", "ok", f"{counted(good, 'autoscaler')} at work{also}")


@check("DOC705", AREA, "workloads")
def services(observed: Observed, now: datetime) -> Iterator[Result]:
    """Services have endpoints

    The Service of a workload leads to ready pods of its own. One that an earlier workload of the same
    name left selects pods by that one's UID, which no pod has any more; Sedna takes it for its own all
    the same, and does not make it again when it is deleted.
    """
    good = 0
    found = workloads_of(observed, lambda kind: bool(kind.services), (SERVICE.kind, ENDPOINT_SLICE.kind))
    yield from found.unknown("DOC705")
    for family in found.families:
        young = seconds_since(family.workload["metadata"].get("creationTimestamp"), now) < PATIENCE_SECONDS
        if {SERVICE.kind, ENDPOINT_SLICE.kind} & family.unreadable or young:
            continue
        if family.workload["metadata"].get("deletionTimestamp"):
            continue
        for worker in family.kind.services:
            name = service_name(family.name, worker)
            service = family.named(SERVICE.kind, name)
            if service is None:
                continue  # that a child is missing is DOC701's
            ready = _ready_endpoints(family, name)
            if ready:
                good += 1
                continue
            if _scaled_to_zero(family, worker):
                continue
            selector = (service.get("spec") or {}).get("selector") or {}
            if family.uid not in label_uids({"metadata": {"labels": selector}}):
                message = f"Service {name} has no endpoints: it selects the pods of something else"
                mend = (
                    "remove that Service (sednactl cleanup ghost-instances does if it is a ghost), then "
                    f"sednactl repair {named(family)} makes its own"
                )
            else:
                message = f"Service {name} has no ready endpoints"
                mend = look_closer(family)
            yield Result("DOC705", "failed", message, mend, subject(family))
    if good:
        yield Result("DOC705", "ok", f"{counted(good, 'Service')} with ready endpoints")


def _scaled_to_zero(family: Family, worker: str) -> bool:
    own = family.own(DEPLOYMENT.kind, worker)
    return bool(own) and replicas_of(own[0]).desired == 0


def _ready_endpoints(family: Family, service: str) -> int:
    return sum(
        (endpoint.get("conditions") or {}).get("ready") is not False
        for item in family.objects
        if item.get("kind") == ENDPOINT_SLICE.kind
        and (item["metadata"].get("labels") or {}).get("kubernetes.io/service-name") == service
        for endpoint in item.get("endpoints") or ()
    )
