"""Why an object is a ghost, or is none, in one sentence that a tired operator understands.

The codes are the machine's side of the same thing; both are part of the report
and stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sednactl.records import Record
from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.resources import HPA

if TYPE_CHECKING:
    from sednactl.lifecycle.ghosts import FormerWorkload, LiveWorkload, Place

# What makes an object a ghost.
OWNER_UNRESOLVABLE = "owner-unresolvable"
OWNER_GONE = "owner-gone"
ORPHANED = "orphaned"
RESURRECTED = "resurrected"
STRAY_AUTOSCALER = "stray-autoscaler"
BEFORE_0_7 = "before-0.7"
SURPLUS_POD = "surplus-pod"

# Why it is kept all the same.
EDGE_OFFLINE = "edge-offline"
TERMINATING = "terminating"
HELD = "held"
FOREIGN_OWNER = "foreign-owner"
ANNOTATED = "annotated"
TOO_YOUNG = "too-young"
JUST_DELETED = "just-deleted"
NO_LABELS = "no-labels"
WOULD_RETURN = "would-return"
UNKNOWN_NAMESAKE = "unknown-namesake"
IN_SERVICE = "in-service"
CARRIES_OTHERS = "carries-others"
BELONGS_TO_KEPT = "belongs-to-kept"


class Said(Record):
    """A sentence, and what can be done about it ("" for nothing)."""

    evidence: str
    mend: str = ""


def short(uid: str) -> str:
    """Give as much of a UID as people compare."""
    return uid[:8]


def spell(seconds: float) -> str:
    """Write an age in its largest unit or two: 45s, 12m, 5h, 3d."""
    whole = max(0, int(seconds))
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if whole >= 2 * size:
            return f"{whole // size}{unit}"
    return f"{whole}s"


def called(workload: FormerWorkload) -> str:
    """Name a former workload: kind, name, short UID."""
    name = f" {workload.name}" if workload.name else ""
    return f"{workload.kind}{name} (uid {short(workload.uid)})"


def of_cause(cause: str, workload: FormerWorkload, *, owner_kind: str, namesake_uid: str | None) -> str:
    """Say what makes an object a ghost."""
    gone = f"{called(workload)}, which is gone"
    if namesake_uid:
        gone += f" (the {workload.name} that lives now has uid {short(namesake_uid)})"
    if cause == OWNER_UNRESOLVABLE:
        return (
            f"Made by a Sedna before 0.7 for {gone}; its owner reference says {owner_kind}, "
            "a kind that does not exist, so Kubernetes never removes it."
        )
    if cause == OWNER_GONE:
        return (
            f"Owned by {gone}, and still here half a minute later: the garbage collector does not remove it "
            "(is kube-controller-manager running?)."
        )
    if cause == RESURRECTED:
        return (
            f"Made for {gone}; it has no owner reference and is all that is left, so most likely the Global "
            "Manager put it back after a deletion by hand; nothing removes it."
        )
    if cause == STRAY_AUTOSCALER:
        return (
            f"Made for {gone}; it has no owner reference, so Kubernetes never removes it, and it scales whatever "
            "Deployment has its target's name, also one that is made later."
        )
    return (
        f"Made for {gone}; it has no owner reference (as after a deletion with --cascade=orphan), "
        "so Kubernetes never removes it."
    )


def in_the_way(namespace: str, living: LiveWorkload) -> str:
    """Say what to do about a living namesake, which could not be built around the ghost."""
    return _safe_order(namespace, living)


def would_return(sentence: str, namespace: str, living: LiveWorkload) -> Said:
    """Say that deleting is no use while `living` lives, and the order that works."""
    return Said(
        f"{sentence.removesuffix('.')}; if it were deleted the Global Manager would put it back at once, "
        f"because a {living.kind} {living.name} lives.",
        _safe_order(namespace, living),
    )


def unknown_namesake(sentence: str) -> Said:
    """Say that it could not be found out whether GM would put a Deployment back."""
    return Said(
        f"{sentence.removesuffix('.')}; whether the Global Manager would put it back could not be found out.",
        "run this again where JointInferenceServices can be listed",
    )


def carries_others(sentence: str, names: Sequence[str]) -> Said:
    """Say that Kubernetes would take along what is no ghost."""
    first = names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")
    return Said(
        f"{sentence.removesuffix('.')}; Kubernetes would take {first} along, which hangs on it and is no ghost.",
        f"take the owner reference off {first}, or delete what is not needed by hand",
    )


def belongs_to_kept(workload: FormerWorkload, kind: str, worker: str, mend: str) -> Said:
    """Say that a Service or autoscaler stays because the worker it serves stays."""
    does = "scales" if kind == HPA.kind else "leads to"
    return Said(
        f"Made for {called(workload)}, which is gone, but it {does} {worker}, which is kept and may be in use.",
        mend,
    )


def before_0_7(namespace: str, living: LiveWorkload, owner_kind: str) -> Said:
    """Say that a living workload was left behind by an upgrade of the Global Manager."""
    return Said(
        f"Made by a Sedna before 0.7 for {living.kind} {living.name}, which lives but is marked Failed without an "
        "active worker, as after an upgrade to a Global Manager that no longer looks after it; its owner reference "
        f"({owner_kind}) will keep it here when the workload goes.",
        _safe_order(namespace, living),
    )


def surplus(namespace: str, living: LiveWorkload, there: int, wanted: int, worker: str) -> Said:
    """Say that a federated-learning job has more pods than it asks for."""
    return Said(
        f"FederatedLearningJob {living.name} has {there} {worker} pods and asks for {wanted}; this is one of the "
        "oldest, and the Global Manager would put it back if it alone were deleted.",
        _safe_order(namespace, living),
    )


def being_deleted(
    workload: FormerWorkload, since: float, finalizers: Sequence[str], place: Place | None
) -> tuple[str, Said]:
    """Give the code and the sentence for an object that already has a deletionTimestamp `since` seconds ago."""
    begun = f"Left by {called(workload)}, deleted {spell(since)} ago: "
    if place is not None and place.node and not place.node_exists:
        return TERMINATING, Said(
            f"{begun}its node {place.node} is no longer in the cluster and cannot confirm it; "
            "Kubernetes' pod garbage collector removes it in time."
        )
    if place is not None and place.node and place.ready is False:
        return EDGE_OFFLINE, Said(
            f"{begun}it waits for node {place.node}, which is offline (not Ready): it goes by itself when the "
            "node is back, so it is no ghost."
        )
    if finalizers:
        return HELD, Said(
            f"{begun}it is held by the finalizer {', '.join(finalizers)}, whose controller has not let go of it.",
            "see to that controller; where it is gone for good, remove the finalizer from the object",
        )
    if place is not None and place.node and place.ready is None:
        return TERMINATING, Said(f"{begun}it stops on node {place.node}, whose state could not be read.")
    where = f" on node {place.node}" if place is not None and place.node else ""
    return TERMINATING, Said(f"{begun}it is still stopping{where}.")


def kept(code: str, workload: FormerWorkload, *, older_than: float, owner: str, mark: str) -> Said:
    """Say why something that looks like a ghost is left alone."""
    whose = called(workload)
    if code == FOREIGN_OWNER:
        return Said(
            f"Carries the labels of {whose}, which is gone, but {owner} owns it and decides about it."
        )
    if code == ANNOTATED:
        return Said(f"Left by {whose}, which is gone, but marked to be kept ({mark}).")
    if code == TOO_YOUNG:
        return Said(
            f"Names {whose}, which is not there, but is younger than {spell(older_than)}: "
            "the Global Manager may still be at work on it."
        )
    if code == JUST_DELETED:
        return Said(
            f"Its owner {whose} was deleted only just: Kubernetes removes it by itself within seconds."
        )
    return Said(
        f"Its owner reference names {whose}, which is gone, but it carries no Sedna labels, "
        "so somebody else may have made it."
    )


def _safe_order(namespace: str, living: LiveWorkload) -> str:
    word = BY_KIND[living.kind].word
    return (
        f"delete the {living.name} that lives (sednactl delete {word} {living.name} -n {namespace}), "
        "clean up after it, then apply it anew"
    )
