"""Names that a new workload's children need and that something else already has.

The Global Manager gives children fixed names and does not look before it
leaps: a Service of the name leaves a service half made and Failed, a Deployment
of the name is silently adopted when `hpa` is set, an autoscaler of the name
scales pods that never asked for it. Better to say so before anything is
created.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sednactl.errors import Forbidden, Refused
from sednactl.sedna.belonging import labels_of, named_workloads, owner_references, sedna_owners
from sednactl.sedna.kinds import (
    BY_KIND,
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    JOINT_INFERENCE,
    OBJECT_SEARCH,
    SednaKind,
)
from sednactl.sedna.naming import fixed_names

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

Json = dict[str, Any]
Holder = Literal["child", "ghost", "foreign", "leaving"]


@dataclass(frozen=True)
class TakenName:
    """An object that has a name a new workload's child needs.

    `holder` is `child` of another living workload, `ghost` of one that is gone,
    `leaving` for what Kubernetes is about to remove by itself, or `foreign`.
    `why` says who has it, `effect` what the Global Manager would make of it.
    """

    kind: str
    name: str
    namespace: str
    uid: str
    holder: Holder
    why: str
    effect: str

    @property
    def sentence(self) -> str:
        """Say all of it in one line."""
        return f"{self.kind} {self.name} {self.why}; {self.effect}"


class NamesTaken(Refused):
    """A workload was not created because its children's names are taken; `taken` says by what."""

    def __init__(self, kind: SednaKind, name: str, namespace: str, taken: Sequence[TakenName]) -> None:
        ghosts = any(one.holder == "ghost" for one in taken)
        foreign = any(one.holder in ("foreign", "child") for one in taken)
        leaving = all(one.holder == "leaving" for one in taken)
        ways = []
        if ghosts:
            ways.append(
                f"'sednactl cleanup ghost-instances -n {namespace} --older-than 0s' finds what former workloads left, --yes removes it"
            )
        if foreign:
            ways.append("choose another name for the workload, or rename what is in its way")
        if leaving:
            ways.append("wait until it is gone and try again")
        ways.append("--allow-taken-names creates it all the same")
        plural = "s its children need are" if len(taken) > 1 else " its children need is"
        super().__init__(
            f"{kind.kind} {name} was not created: {len(taken)} name{plural} taken in namespace {namespace}",
            status=409,
            reason="NamesTaken",
            hint="; ".join(ways),
            detail=[one.sentence for one in taken],
        )
        self.taken = tuple(taken)


def taken_names(
    kind: SednaKind,
    name: str,
    namespace: str,
    found: Sequence[Json],
    living: Mapping[str, str],
    *,
    with_hpa: bool = False,
) -> tuple[TakenName, ...]:
    """Judge objects found under the children's fixed names of a workload that does not exist yet.

    `living` maps the UIDs of living workloads that could own them to `Kind name`.
    `with_hpa` tells that the new workload asks for an autoscaler, which changes
    what a left-over Deployment or autoscaler does to it.
    """
    return tuple(_judge(kind, name, namespace, item, living, with_hpa) for item in found)


def find_taken_names(
    cluster: Cluster, kind: SednaKind, manifest: Mapping[str, Any], namespace: str
) -> tuple[tuple[TakenName, ...], tuple[str, ...]]:
    """Look for the children's fixed names in the cluster; give what is taken, and notes on what could not be read."""
    name = manifest["metadata"]["name"]
    found: list[Json] = []
    notes: list[str] = []
    for fixed in fixed_names(kind, name):
        try:
            item = cluster.find(fixed.resource, fixed.name, namespace)
        except Forbidden:
            notes.append(f"could not look whether {fixed.resource.kind} {fixed.name} exists: not allowed")
            continue
        if item is not None:
            item.setdefault("kind", fixed.resource.kind)
            found.append(item)
    living = _living_owners(cluster, found, namespace)
    return taken_names(kind, name, namespace, found, living, with_hpa=asks_for_hpa(manifest)), tuple(notes)


def asks_for_hpa(manifest: Mapping[str, Any]) -> bool:
    """Tell whether a workload asks for an autoscaler on any side."""
    spec = manifest.get("spec") or {}
    return any(bool((spec.get(f"{side}Worker") or {}).get("hpa")) for side in ("cloud", "edge"))


def _living_owners(cluster: Cluster, found: Sequence[Json], namespace: str) -> dict[str, str]:
    living: dict[str, str] = {}
    for item in found:
        for kind, name in named_workloads(item):
            owner = cluster.find(kind.resource, name, namespace)
            if owner is not None:
                living[owner["metadata"]["uid"]] = f"{kind.kind} {name}"
    return living


def _judge(
    kind: SednaKind, name: str, namespace: str, item: Json, living: Mapping[str, str], with_hpa: bool
) -> TakenName:
    meta = item["metadata"]
    holder, why = _holder(item, living)
    effect = _effect(kind, name, str(item["kind"]), with_hpa)
    return TakenName(str(item["kind"]), meta["name"], namespace, meta.get("uid", ""), holder, why, effect)


def _holder(item: Json, living: Mapping[str, str]) -> tuple[Holder, str]:
    meta = item["metadata"]
    owners = sedna_owners(item)
    labelled = labels_of(item)
    labels = labelled[0] if labelled else None
    uids = [str(one.get("uid")) for one in owners] or [one.uid for one in labelled]
    if meta.get("deletionTimestamp"):
        held = meta.get("finalizers")
        waits = f", held by the finalizer {', '.join(held)}" if held else ""
        return "leaving", f"is being deleted{waits}"
    for uid in uids:
        if uid in living:
            return "child", f"belongs to {living[uid]}, which lives"
    if not uids:
        others = owner_references(item)
        owner = (
            f"belongs to {others[0].get('kind')} {others[0].get('name')}" if others else "is somebody's own"
        )
        return "foreign", f"{owner} and has nothing to do with Sedna"
    if owners:
        owner = f"{owners[0].get('kind')} {owners[0].get('name')} (uid {uids[0][:8]})"
        if str(owners[0].get("kind")) in BY_KIND:
            return "leaving", f"was made for {owner}, which is gone: Kubernetes removes it in a moment"
        return "ghost", f"was made by a Sedna before 0.7 for {owner}, and is never removed by itself"
    made_for = f"{labels.kind.kind if labels and labels.kind else 'workload'} {labels.name if labels else ''}".rstrip()
    return "ghost", f"was made for {made_for} (uid {uids[0][:8]}), which is gone, and nobody owns it"


def _effect(kind: SednaKind, name: str, taken: str, with_hpa: bool) -> str:
    if kind is JOINT_INFERENCE:
        if taken == "Service":
            return "the service would end Failed with its cloud side half made and no edge side"
        if taken == "Deployment":
            if with_hpa:
                return "Sedna would take it for its own: another's pods would be scaled and get no traffic"
            return "the service would end Failed"
        if with_hpa:
            return "the service would end Failed for want of its own autoscaler"
        return "it would scale the new Deployment, although no autoscaling is asked for"
    if kind is FEDERATED_LEARNING:
        return "the job would start its aggregator, no trainer, and say Running for ever"
    if kind is FEATURE_EXTRACTION:
        return "the service would end Failed"
    if kind is OBJECT_SEARCH:
        return "Sedna would stop half way and write no status"
    return f"{name} would get no working Service"
