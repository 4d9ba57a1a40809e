"""What Sedna 0.7 stumbles over: inputs that end its process, deletions that never end, pods too many, ghosts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sednactl.diagnosis.book import Result, check
from sednactl.diagnosis.observed import NotSeen, Observed
from sednactl.diagnosis.words import counted, some
from sednactl.diagnosis.workload_set import look_closer, named, namespace, subject, workloads_of
from sednactl.lifecycle.ownership import Family, seconds_since, worker_of
from sednactl.lifecycle.state import PATIENCE_SECONDS, stuck_in_foreground
from sednactl.sedna.kinds import (
    DATASET,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    LIFELONG_LEARNING,
    MODEL,
    SednaKind,
)
from sednactl.sedna.resources import POD
from sednactl.validation.rulebook import rulebook
from sednactl.validation.workload import Workload

AREA = "Traps"
_CRASHING = ("SDN114", "SDN401", "SDN504")
"""Rules of `validate` about what ends Sedna's processes: the first two the Global Manager, the third a local controller."""
_BY_SECRET = (DATASET, INCREMENTAL_LEARNING, LIFELONG_LEARNING)
"""Kinds whose credentialName leads the Global Manager to copy a Secret between its annotations."""


@check("DOC801", AREA, "workloads", "referred")
def crashes(observed: Observed, _: datetime) -> Iterator[Result]:
    """Inputs that crash Sedna

    Some objects that the API takes end the whole Global Manager, for every workload, again at each
    restart while they exist: an empty name of a model or dataset, a feature extraction service without
    replicas, a url that Go cannot parse, a Secret with data and without annotations. A trigger with a
    wrong index ends a local controller. These are the rules SDN114, SDN401, SDN406 and SDN504 of
    validate, asked of what is in the cluster.
    """
    found = workloads_of(observed)
    yield from found.unknown("DOC801")
    rules = [rule for rule in rulebook().values() if rule.id in _CRASHING and rule.check is not None]
    harmless = 0
    for family in found.families:
        kind = family.kind.kind
        said = [
            (problem.message, problem.hint)
            for rule in rules
            if rule.check is not None and (not rule.kinds or kind in rule.kinds)
            for problem in rule.check(Workload(kind, family.workload))
        ]
        for message, hint in said:
            mend = f"{hint or 'mend it'}, or delete it: sednactl delete {named(family)}"
            yield Result("DOC801", "failed", message, mend, subject(family))
        by_secret = list(_secret(observed, family))
        yield from by_secret
        harmless += not said and not by_secret
    if harmless:
        yield Result("DOC801", "ok", f"{counted(harmless, 'object')} that Sedna survives")


def _secret(observed: Observed, family: Family) -> Iterator[Result]:
    name = str((family.workload.get("spec") or {}).get("credentialName") or "")
    if not name or family.kind not in (*_BY_SECRET, MODEL):
        return
    try:
        secret = observed.referred(("Secret", namespace(family), name))
    except NotSeen as reason:
        message = f"whether Secret {name} crashes Sedna is not known: {reason}"
        yield Result("DOC801", "unknown", message, subject=subject(family))
        return
    if secret is None or secret["metadata"].get("annotations") or not _copied(observed, family):
        return
    message = f"Secret {name} has no annotation: that crashes the Global Manager"
    mend = f"kubectl -n {namespace(family)} annotate secret {name} s3-endpoint=HOST:PORT"
    yield Result("DOC801", "failed", message, mend, subject(family))


def _copied(observed: Observed, family: Family) -> bool:
    """Tell whether the Global Manager copies a Secret; that of a Model it does for incremental learning only."""
    if family.kind is not MODEL:
        return True
    try:
        jobs = observed.families(INCREMENTAL_LEARNING)
    except NotSeen:
        return False
    specs = [job.workload.get("spec") or {} for job in jobs if namespace(job) == namespace(family)]
    named = [spec.get("initialModel") or {} for spec in specs]
    named += [(spec.get("deploySpec") or {}).get("model") or {} for spec in specs]
    named += [(spec.get("evalSpec") or {}).get("initialEvalModel") or {} for spec in specs]
    return any(one.get("name") == family.name for one in named)


@check("DOC802", AREA, "workloads")
def stuck_deletions(observed: Observed, now: datetime) -> Iterator[Result]:
    """Deletions that do not end

    A joint inference service or federated job that is deleted in the foreground stays while its children
    go one by one, and the Global Manager makes each anew: that may go on for ever. Taking the finalizer
    foregroundDeletion off lets it go, and the garbage collector takes the children. sednactl deletes in
    the background, and delete mends one that is stuck.
    """
    found = workloads_of(observed)
    yield from found.unknown("DOC802")
    staying = 0
    for family in found.families:
        meta = family.workload["metadata"]
        since = meta.get("deletionTimestamp")
        if not since:
            staying += 1
            continue
        seconds = int(seconds_since(since, now))
        if stuck_in_foreground(family.workload):
            message = (
                f"it has been going for {seconds} s, in the foreground, while its children are made anew"
            )
            mend = f"sednactl delete {named(family)} turns it into a deletion that ends"
            yield Result("DOC802", "failed", message, mend, subject(family))
        elif seconds > PATIENCE_SECONDS:
            held = ", ".join(str(one) for one in meta.get("finalizers") or ()) or "nothing that it says"
            message = f"it has been going for {seconds} s, held by {held}"
            yield Result("DOC802", "warning", message, look_closer(family), subject(family))
    if staying:
        yield Result("DOC802", "ok", "no deletion is stuck")


@check("DOC803", AREA, "workloads")
def surplus_pods(observed: Observed, _: datetime) -> Iterator[Result]:
    """Federated learning jobs have their own pods, and no more

    An edit of a federated learning job makes Sedna 0.7 delete the pods of whichever job it looked at
    last, perhaps another one, and leave old pods of the edited one beside the new. Pods that are deleted
    come back. sednactl repair ends that, after showing each step.
    """
    found = workloads_of(observed, _is_federated, (POD.kind,))
    yield from found.unknown("DOC803")
    good = 0
    for family in found.families:
        if POD.kind in family.unreadable or family.workload["metadata"].get("deletionTimestamp"):
            continue
        trainers = (family.workload.get("spec") or {}).get("trainingWorkers") or ()
        wanted = {"aggregation": 1, "train": len(trainers)}
        pods = [pod for pod in family.own(POD.kind) if not pod["metadata"].get("deletionTimestamp")]
        counts = {worker: sum(worker_of(pod) == worker for pod in pods) for worker in wanted}
        surplus = [
            f"{counts[worker]} {worker} pods, not {wanted[worker]}"
            for worker in wanted
            if counts[worker] > wanted[worker]
        ]
        if surplus:
            message = f"it has {' and '.join(surplus)}: an edit left some behind"
            mend = f"sednactl repair {named(family)}, which shows what it does first"
            yield Result("DOC803", "failed", message, mend, subject(family))
        else:
            good += 1
    if good:
        yield Result("DOC803", "ok", f"{counted(good, 'federated learning job')} without surplus pods")


def _is_federated(kind: SednaKind) -> bool:
    return kind is FEDERATED_LEARNING


@check("DOC804", AREA, "ghosts")
def ghosts(observed: Observed, _: datetime) -> Iterator[Result]:
    """Ghost instances

    Deployments, Services, autoscalers and pods whose workload is gone keep running, block the names of
    new workloads or scale what is not theirs. Objects younger than ten minutes are left alone.
    """
    found = observed.ghosts
    if found.unjudged:
        message = f"some objects could not be judged: {found.unjudged[0]}"
        yield Result("DOC804", "unknown", message, details=found.unjudged)
    if found.count:
        where = "-A" if observed.scope.namespace is None else f"-n {observed.scope.namespace}"
        message = f"{counted(found.count, 'ghost instance')}: {some(found.names)}"
        mend = f"sednactl cleanup ghost-instances {where} tells which and why, and removes them"
        yield Result("DOC804", "warning", message, mend, details=found.names)
    elif not found.unjudged:
        yield Result("DOC804", "ok", "no ghost instances")
