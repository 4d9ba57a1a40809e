"""The names and labels that Sedna's Global Manager v0.7 gives to what it creates.

Names are plain concatenations, so a user's own object may carry one by chance:
that a name fits never proves who made the object. UIDs do.
"""

from __future__ import annotations

from sednactl.records import Record
from sednactl.sedna.kinds import (
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    GROUP,
    JOINT_INFERENCE,
    OBJECT_SEARCH,
    SEDNA_KINDS,
    VIDEO_ANALYTICS,
    SednaKind,
)
from sednactl.sedna.releases import DEPLOYMENTS_SINCE, LATEST, Release
from sednactl.sedna.resources import DEPLOYMENT, HPA, SERVICE, Resource

LONGEST_NAME = {
    # The stage is read from the pod's name, which is cut to 63: <name>-inference-xxxxx. Without any '-' left
    # in it the Global Manager crashes.
    "IncrementalLearningJob": 47,
    "LifelongLearningJob": 47,
    JOINT_INFERENCE.kind: 53,  # label app.sedna.io=<name>-Cloud-svc holds 63
    FEDERATED_LEARNING.kind: 51,  # Service <name>-aggregation
    FEATURE_EXTRACTION.kind: 56,
    OBJECT_SEARCH.kind: 48,
    VIDEO_ANALYTICS.kind: 48,
}
"""Longest workload name (characters) whose children can be created; 63 for kinds not listed."""


def longest_name(kind: SednaKind, release: Release = LATEST) -> int:
    """Give how many characters a workload's name may have before its children cannot be made."""
    if kind is JOINT_INFERENCE and release < DEPLOYMENTS_SINCE:
        return 57  # Service <name>-cloud; the pods carry no app.sedna.io label yet
    return LONGEST_NAME.get(kind.kind, 63)


def deployment_name(workload: str, worker_type: str) -> str:
    """Give the Deployment's name, e.g. `helmet-deployment-cloud`."""
    return f"{workload}-deployment-{worker_type}"


def hpa_name(workload: str, worker_type: str) -> str:
    """Give the autoscaler's name, e.g. `hpa-helmet-deployment-cloud`."""
    return f"hpa-{deployment_name(workload, worker_type)}"


def service_name(workload: str, worker_type: str) -> str:
    """Give the Service's name, e.g. `helmet-cloud`."""
    return f"{workload}-{worker_type}"


class FixedName(Record):
    """A child whose name is fixed by its workload's name and may therefore be taken already."""

    resource: Resource
    name: str


def fixed_names(kind: SednaKind, workload: str) -> tuple[FixedName, ...]:
    """Give every fixed child name of a workload; a left-over autoscaler acts even where none is asked for."""
    names = [FixedName(SERVICE, service_name(workload, worker)) for worker in kind.services]
    names += [FixedName(DEPLOYMENT, deployment_name(workload, worker)) for worker in kind.deployments]
    if kind is JOINT_INFERENCE:
        names += [FixedName(HPA, hpa_name(workload, worker)) for worker in kind.deployments]
    return tuple(names)


class SednaLabels(Record):
    """What an object's labels say about the workload it was made for.

    `kind` is None for a prefix of this API group that no known kind has.
    `former` tells that the labels are those of a release before 0.7.
    """

    kind: SednaKind | None
    prefix: str
    name: str
    uid: str
    worker_type: str
    former: bool


_PREFIXES: dict[str, tuple[SednaKind, bool]] = {kind.label_prefix: (kind, False) for kind in SEDNA_KINDS}
_PREFIXES |= {f"{kind.former_kind.lower()}.{GROUP}": (kind, True) for kind in SEDNA_KINDS if kind.former_kind}


def all_sedna_labels(labels: dict[str, str] | None) -> tuple[SednaLabels, ...]:
    """Read every set of the Global Manager's labels off an object; one set for each kind of workload named."""
    found = []
    for key, uid in (labels or {}).items():
        prefix, slash, last = key.rpartition("/")
        if not slash or last != "uid" or not prefix.endswith(f".{GROUP}"):
            continue
        kind, former = _PREFIXES.get(prefix, (None, False))
        name, worker = (
            (labels or {}).get(f"{prefix}/name", ""),
            (labels or {}).get(f"{prefix}/worker-type", ""),
        )
        found.append(SednaLabels(kind, prefix, name, uid, worker, former))
    return tuple(found)
