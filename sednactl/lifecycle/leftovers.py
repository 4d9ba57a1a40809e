"""Why an object is still there after a deletion, in one sentence, and what can be done.

Codes are those of ghosts where the cause is the same, so that a script learns
them once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sednactl.lifecycle.ghost_evidence import EDGE_OFFLINE, HELD, ORPHANED, OWNER_UNRESOLVABLE, TERMINATING
from sednactl.sedna.kinds import BY_KIND, GROUP

Json = dict[str, Any]

FOREGROUND = "foreground"
NOT_COLLECTED = "not-collected"
OTHER_OWNER = "other-owner"
RECREATED = "recreated"
NODE_GONE = "node-gone"
NOT_DELETED = "not-deleted"

HOPELESS = frozenset((EDGE_OFFLINE, ORPHANED, OWNER_UNRESOLVABLE, OTHER_OWNER, NOT_DELETED))
"""Causes that waiting does not mend."""

_CLEANUP = "'sednactl cleanup ghost-instances' finds and removes it"


@dataclass(frozen=True)
class Leftover:
    """An object that a deletion leaves: its `cause` as a code, the `evidence` as a sentence, the way to `mend` it."""

    kind: str
    namespace: str
    name: str
    uid: str
    cause: str
    evidence: str
    mend: str = ""

    def as_json(self) -> Json:
        """Give the machine-readable shape that the command line promises."""
        return {
            "kind": self.kind,
            "namespace": self.namespace,
            "name": self.name,
            "uid": self.uid,
            "cause": self.cause,
            "evidence": self.evidence,
            "mend": self.mend,
        }


def leftover_of(
    item: Json,
    *,
    owner_gone: bool,
    nodes: Mapping[str, bool | None] | None = None,
    new: bool = False,
    foretold: bool = False,
) -> Leftover:
    """Judge an object that is still there.

    `owner_gone` tells that what owned it is deleted, `new` that it appeared after the
    deletion began, `foretold` that the judgement is about what will be.
    """
    cause, evidence, mend = _judge(item, owner_gone=owner_gone, nodes=nodes or {}, new=new, foretold=foretold)
    meta = item["metadata"]
    return Leftover(
        str(item.get("kind", "")),
        meta.get("namespace", ""),
        meta["name"],
        str(meta.get("uid", "")),
        cause,
        evidence,
        mend,
    )


def _judge(
    item: Json, *, owner_gone: bool, nodes: Mapping[str, bool | None], new: bool, foretold: bool
) -> tuple[str, str, str]:
    meta = item["metadata"]
    references = meta.get("ownerReferences") or ()
    held = [str(one) for one in meta.get("finalizers") or ()]
    node = str((item.get("spec") or {}).get("nodeName") or "")
    if item.get("kind") == "Pod" and node and nodes.get(node, True) is False:
        begun = "it waits" if meta.get("deletionTimestamp") else "it will wait"
        return (
            EDGE_OFFLINE,
            f"{begun} for node {node}, which is offline (not Ready): it goes by itself when the node is back",
            "bring the node back; it is no ghost",
        )
    if meta.get("deletionTimestamp"):
        return _terminating(item, held, node, nodes)
    if not references and owner_gone:
        says = "it has no owner reference, so Kubernetes does not remove it with the workload"
        if new:
            says = "the Global Manager made it anew from a copy without an owner, so nothing removes it"
        return (RECREATED if new else ORPHANED), says, _CLEANUP
    for one in references:
        if str(one.get("apiVersion", "")).startswith(f"{GROUP}/") and one.get("kind") not in BY_KIND:
            return (
                OWNER_UNRESOLVABLE,
                f"its owner reference says {one.get('kind')}, a kind that does not exist: "
                "a Sedna before 0.7 made it, and Kubernetes never removes it",
                _CLEANUP,
            )
    if foretold and not owner_gone:
        others = ", ".join(f"{one.get('kind')} {one.get('name')}" for one in references)
        return OTHER_OWNER, f"it has more than one owner ({others}), and one of them lives on", ""
    if not owner_gone:
        return TERMINATING, "it goes when its owner is gone, which is still being deleted", ""
    if new:
        return (
            RECREATED,
            "the Global Manager made it anew after the deletion; Kubernetes removes it again in a moment",
            "look again; if it stays, " + _CLEANUP,
        )
    return (
        NOT_COLLECTED,
        "its owner is gone and Kubernetes has not removed it",
        "is kube-controller-manager running? then it goes by itself; " + _CLEANUP,
    )


def _terminating(
    item: Json, held: list[str], node: str, nodes: Mapping[str, bool | None]
) -> tuple[str, str, str]:
    word = str(item.get("kind", "")).lower()
    name = item["metadata"]["name"]
    if "foregroundDeletion" in held:
        return (
            FOREGROUND,
            "it is being deleted in the foreground, while Sedna's Global Manager makes its children anew",
            f"'sednactl delete {word} {name}' turns that into a deletion that ends",
        )
    if held:
        return (
            HELD,
            f"its deletion waits for the finalizer {', '.join(held)}, whose controller has not let go of it",
            "see to that controller; where it is gone for good, remove the finalizer from the object",
        )
    waits_for = [
        str(one.get("message"))
        for one in (item.get("status") or {}).get("conditions") or ()
        if str(one.get("type", "")).startswith("Namespace") and one.get("status") == "True"
    ]
    if waits_for:
        return TERMINATING, f"it waits for what is in it: {'; '.join(waits_for)}", "see to those objects"
    if node and nodes.get(node, True) is None:
        return (
            NODE_GONE,
            f"it is being deleted, and its node {node} is not there to confirm it: "
            "Kubernetes' pod garbage collector removes it in time",
            "",
        )
    where = f" on node {node}" if node else ""
    grace = item["metadata"].get("deletionGracePeriodSeconds")
    allowed = f" (it has {grace} s to stop)" if grace else ""
    return TERMINATING, f"it is still stopping{where}{allowed}", ""
