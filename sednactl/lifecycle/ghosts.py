"""Which children are ghost instances: judged by UID, from what one scan saw, without a cluster.

A child is what the Global Manager (GM) made for a workload. It is a ghost when
no living workload has the UID that its labels and owner references name. That
a workload of the same name lives proves nothing, either way. Whatever could
not be looked at is never judged.

Sources: the labels and owner references GM writes (releases up to 0.7), the
garbage collector's treatment of owner kinds it cannot resolve, GM's rebuild
handlers for Deployments and federated-learning pods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sednactl.records import Record
from sednactl.sedna.belonging import (
    kind_of_owner,
    labels_of,
    names_sedna,
    owner_references,
)
from sednactl.sedna.kinds import BY_KIND, FEDERATED_LEARNING, JOINT_INFERENCE
from sednactl.sedna.naming import SednaLabels, fixed_names
from sednactl.sedna.resources import DEPLOYMENT, HPA, POD, REPLICA_SET, SERVICE

Json = dict[str, Any]

KEEP_ANNOTATION = "sednactl.io/keep"
"""An object that carries it with the value "true" is listed and never deleted."""

OLDER_THAN = 600.0
"""Younger objects (seconds) are left alone unless told otherwise: GM may still be at work on them."""

DELETION_ORDER = (HPA.kind, DEPLOYMENT.kind, REPLICA_SET.kind, SERVICE.kind, POD.kind)
"""Autoscalers first, lest they scale what is going; then what owns pods; then what routes to them."""

Verdict = Literal["ghost", "not-a-ghost"]


class LiveWorkload(Record):
    """A workload that lives.

    `expected_pods` is for federated learning only; `failed` tells that it claims to
    have failed and to have no active worker.
    """

    kind: str
    namespace: str
    name: str
    expected_pods: int | None = None
    failed: bool = False


class Place(Record):
    """Where a pod that is being deleted runs. `ready` None: its node could not be read; `node` "": never bound."""

    node: str
    ready: bool | None
    node_exists: bool = True


@dataclass(frozen=True)
class Inventory:
    """What a scan saw.

    `children` are objects (metadata is enough) that may be ghosts or own one.
    `workloads` maps the UIDs of living workloads, listed after the children, to
    what they are. `unreadable` maps kinds whose workloads could not be listed to
    the reason. `places` holds, by UID, where pods under deletion run.
    `stayed` are the UIDs that were still there when looked at a second time,
    some seconds after the first.
    """

    children: Sequence[Json]
    workloads: Mapping[str, LiveWorkload]
    unreadable: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    stayed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FormerWorkload:
    """The workload a child was made for, as far as the child's labels and owner reference tell."""

    kind: str
    name: str
    uid: str


@dataclass(frozen=True)
class Ghost:
    """One child that is, or looks like, a ghost instance, and what to do about it.

    `age` is in seconds. `cause` says what makes it one, `kept_because` is a code
    too and empty for what is to be deleted; `evidence` is one sentence for
    people, `mend` what they can do about a kept one. `carries` counts by kind
    what Kubernetes removes together with it. `blocks` tells that its name stops
    a new workload of the old name from being built.
    """

    kind: str
    namespace: str
    name: str
    uid: str
    age: int
    workload: FormerWorkload
    cause: str
    evidence: str
    action: Literal["delete", "keep"]
    verdict: Verdict = "ghost"
    kept_because: str = ""
    mend: str = ""
    carries: Mapping[str, int] = field(default_factory=dict)
    blocks: bool = False


class Traces(Record):
    """What an object says about who made it: Sedna's labels, owner references to Sedna kinds, other references."""

    labelled: tuple[SednaLabels, ...]
    sedna: tuple[Json, ...]
    others: tuple[Json, ...]

    @property
    def labels(self) -> SednaLabels | None:
        """Give the labels to speak of; None where it carries none."""
        return self.labelled[0] if self.labelled else None

    def uids(self) -> set[str]:
        """Give every workload UID the object names; any of them alive spares it."""
        return {str(one.get("uid", "")) for one in self.sedna} | {labels.uid for labels in self.labelled}

    def kinds(self) -> set[str]:
        """Give the workload kinds it names, under their present names; "" for one nobody knows."""
        kinds = [kind_of_owner(one) for one in self.sedna] + [labels.kind for labels in self.labelled]
        return {kind.kind if kind else "" for kind in kinds}


def traces(child: Json) -> Traces:
    """Read who made an object off its metadata."""
    references = owner_references(child)
    others = tuple(one for one in references if not names_sedna(one))
    return Traces(labels_of(child), tuple(one for one in references if names_sedna(one)), others)


def unjudged(inventory: Inventory) -> dict[str, int]:
    """Count, by workload kind ("" for an unknown one), the objects that could not be judged."""
    counts: dict[str, int] = {}
    for child in inventory.children:
        found = traces(child)
        if not (found.uids() & inventory.workloads.keys()):
            for kind in blind_spots(found, inventory):
                counts[kind] = counts.get(kind, 0) + 1
                break
    return counts


def find_ghosts(inventory: Inventory, now: datetime, older_than: float = OLDER_THAN) -> list[Ghost]:
    """Judge what a scan saw; `older_than` is in seconds.

    Gives ghosts and what might be mistaken for one, grouped by former workload
    and in the order of deletion. Nothing that names the UID of a living workload
    ever gets the action "delete".
    """
    from sednactl.lifecycle.ghost_judgement import judge

    ghosts = judge(inventory, now, older_than)
    return sorted(ghosts, key=_reading_order)


def deletion_order(ghosts: Sequence[Ghost]) -> list[Ghost]:
    """Give the ghosts that are to be deleted, in the order that lets none come back."""
    doomed = [ghost for ghost in ghosts if ghost.action == "delete"]
    return sorted(
        doomed, key=lambda ghost: (DELETION_ORDER.index(ghost.kind), ghost.namespace, ghost.name, ghost.uid)
    )


def blocks_namesake(kind: str, workload: str, child_kind: str, child_name: str) -> bool:
    """Tell whether a child's name is one that a new workload of the old name needs."""
    sedna_kind = BY_KIND.get(kind)
    return sedna_kind is not None and any(
        fixed.resource.kind == child_kind and fixed.name == child_name
        for fixed in fixed_names(sedna_kind, workload)
    )


def rebuilders(child: Json) -> set[tuple[str, str]]:
    """Give (kind, name) of the workloads on whose account GM would re-create the child at once.

    GM's rebuild handlers go by name: on the deletion of any Deployment they cut
    its name at the first `-deployment` and look for a JointInferenceService of
    that name; for a pod they look for the FederatedLearningJob that its
    controller reference names.
    """
    meta = child["metadata"]
    if child["kind"] == DEPLOYMENT.kind:
        name = meta["name"].split("-deployment")[0]
        return {(JOINT_INFERENCE.kind, name)} if name else set()
    if child["kind"] != POD.kind:
        return set()
    job = FEDERATED_LEARNING.kind
    references = owner_references(child)
    return {(job, str(one["name"])) for one in references if one.get("controller") and one.get("kind") == job}


def blind_spots(found: Traces, inventory: Inventory) -> list[str]:
    """Give the kinds ("" for an unknown one) without whose living workloads an object cannot be judged."""
    kinds = {kind for kind in found.kinds() if not kind or kind in inventory.unreadable}
    return sorted(kinds if all(found.uids()) else {"", *kinds})


def _reading_order(ghost: Ghost) -> tuple[str, str, str, str, int, str, str]:
    workload = ghost.workload
    order = DELETION_ORDER.index(ghost.kind) if ghost.kind in DELETION_ORDER else len(DELETION_ORDER)
    return ghost.namespace, workload.kind, workload.name, workload.uid, order, ghost.name, ghost.uid
