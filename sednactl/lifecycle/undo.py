"""Put back what a clean-up deleted, from its bundle.

What the API server gave an object is taken off again; all that its owners
decided stays, so that it is as it was: a ghost, with the old workload's UID in
its labels. Two things cannot come back: an owner reference to a dead UID of a
kind that Kubernetes knows (the garbage collector would take the object at
once), and an address or node port that somebody else has by now.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sednactl.errors import AlreadyExists, Invalid, InvalidInput, NotFound, Refused, SednactlError
from sednactl.lifecycle import bundle as record
from sednactl.lifecycle.cleanup import RESOURCES, cluster_uid, stamp
from sednactl.sedna.belonging import label_uids, names_sedna
from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.resources import DEPLOYMENT, HPA, POD, SERVICE

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]

_SERVER_METADATA = (
    "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
    "generation", "managedFields", "selfLink",
)  # fmt: skip
_DELETION_FINALIZERS = ("foregroundDeletion", "orphan")


@dataclass(frozen=True)
class Restored:
    """What became of one object of a bundle; `changes` says what could not come back as it was.

    `new_uid` is that of what was put back, by this undo or an earlier one.
    """

    kind: str
    namespace: str
    name: str
    uid: str
    result: Literal["restored", "exists", "failed", "would restore"]
    new_uid: str = ""
    detail: str = ""
    changes: tuple[str, ...] = ()


@dataclass
class Undoing:
    """How far an undo came, object by object, and the error that stopped it."""

    objects: list[Restored] = field(default_factory=list)
    stopped: SednactlError | None = None

    def complete(self) -> bool:
        """Tell whether everything that was deleted is there again."""
        return self.stopped is None and all(one.result != "failed" for one in self.objects)


def check_cluster(cluster: Cluster, bundle: record.Bundle) -> None:
    """Refuse a bundle of another cluster. Raises InvalidInput."""
    ours, theirs = cluster_uid(cluster), bundle.header.get("cluster")
    same = ours == theirs if ours and theirs else cluster.server == bundle.header.get("server")
    if not same:
        context, server = bundle.header.get("context"), bundle.header.get("server")
        known = [str(context)] * bool(context) + [f"at {server}"] * bool(server)
        which = f" ({' '.join(known)})" if known else ""
        raise InvalidInput(
            f"{bundle.path} was written for another cluster{which}",
            hint="choose that cluster with --context, or say --force to put its objects into this one",
        )


def put_back(
    cluster: Cluster,
    surroundings: Surroundings,
    bundle: record.Bundle,
    *,
    dry_run: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Undoing:
    """Re-create every object that the bundle's clean-up deleted or may have deleted and that is not there.

    What exists is left as it is, so that running this again does no harm. With
    `dry_run` the API server checks each object and stores none.
    """
    done = Undoing()
    journal = None if dry_run else _journal(bundle)
    try:
        # What was deleted first is put back last: an autoscaler finds its Deployment.
        for uid in reversed(bundle.may_be_deleted()):
            whole = bundle.objects[uid]
            tell(
                f"putting back {whole['kind']} {whole['metadata'].get('namespace', '')}/{whole['metadata']['name']}"
            )
            one = _put_back_one(cluster, whole, dry_run=dry_run)
            done.objects.append(one)
            # A copy that is there already was made by an undo whose answer was lost, or that was killed.
            known = one.result == "exists" and bundle.steps.get(uid) == record.RESTORED
            if journal is not None and one.new_uid and not known:
                journal.step(uid, record.RESTORED, stamp(surroundings), f"new uid {one.new_uid}")
    except SednactlError as error:
        done.stopped = error
    finally:
        if journal is not None:
            journal.close()
    return done


def as_new(whole: Json) -> tuple[Json, tuple[str, ...]]:
    """Give an object as it can be created again, and what about it is not as it was."""
    manifest = copy.deepcopy(whole)
    manifest.pop("status", None)
    meta = manifest["metadata"]
    for key in _SERVER_METADATA:
        meta.pop(key, None)
    changes = []
    references = meta.pop("ownerReferences", None) or []
    kept = [one for one in references if not _collectable(one)]
    if kept:
        meta["ownerReferences"] = kept
    if len(kept) < len(references):
        dropped = next(one for one in references if _collectable(one))
        changes.append(
            f"without its owner reference to {dropped.get('kind')} {dropped.get('name')}, which is gone"
        )
    finalizers = [one for one in meta.pop("finalizers", None) or [] if one not in _DELETION_FINALIZERS]
    if finalizers:
        meta["finalizers"] = finalizers
    if manifest["kind"] == POD.kind and manifest.get("spec", {}).pop("ephemeralContainers", None):
        changes.append("without its debug containers, which no pod is created with")
    if manifest["kind"] == DEPLOYMENT.kind and meta.get("annotations"):
        meta["annotations"].pop("deployment.kubernetes.io/revision", None)
    return manifest, tuple(changes)


def without_addresses(service: Json) -> Json:
    """Give a Service with no address and no node port of its own choice; headless stays headless."""
    manifest = copy.deepcopy(service)
    spec = manifest["spec"]
    if spec.get("clusterIP") != "None":
        spec.pop("clusterIP", None)
        spec.pop("clusterIPs", None)
    spec.pop("healthCheckNodePort", None)
    for port in spec.get("ports") or ():
        port.pop("nodePort", None)
    return manifest


def _collectable(reference: Json) -> bool:
    """Tell whether the garbage collector can look this owner up, and so find it dead.

    Kinds that no release serves (JointInference, ObjectSearch) it cannot, and keeps
    what they own; ghosts are owned by nothing else but Sedna workloads.
    """
    return not names_sedna(reference) or str(reference.get("kind")) in BY_KIND


def _put_back_one(cluster: Cluster, whole: Json, *, dry_run: bool) -> Restored:
    meta = whole["metadata"]
    key = (whole["kind"], meta.get("namespace", ""), meta["name"], meta["uid"])
    resource = RESOURCES.get(whole["kind"])
    if resource is None:
        return Restored(*key, "failed", detail="a kind that a clean-up never deletes")
    manifest, changes = as_new(whole)
    try:
        there = cluster.find(resource, key[2], key[1])
        if there is not None:
            return _exists(there, whole, key)
        changes += _scales_another(cluster, whole)
        try:
            stored = cluster.create(resource, manifest, namespace=key[1], dry_run=dry_run)
        except Invalid:
            if resource is not SERVICE:
                raise
            stored = cluster.create(resource, without_addresses(manifest), namespace=key[1], dry_run=dry_run)
            changes += ("with a new address or node port, the old one is taken",)
    except AlreadyExists:
        return Restored(
            *key, "failed", detail="an object of that name was made in this moment; run undo again"
        )
    except NotFound as error:
        return Restored(*key, "failed", detail=f"{error.message} (does namespace {key[1]} exist?)")
    except Refused as error:
        doubt = ("it may have been put back all the same: run undo again",) if error.in_doubt else ()
        return Restored(*key, "failed", detail="; ".join((error.message, *error.detail, *doubt)))
    if dry_run:
        return Restored(*key, "would restore", changes=changes)
    return Restored(*key, "restored", str(stored.object["metadata"].get("uid", "")), changes=changes)


def _scales_another(cluster: Cluster, whole: Json) -> tuple[str, ...]:
    """Warn of an autoscaler whose Deployment is another workload's by now; put back it acts on that."""
    target = (whole.get("spec") or {}).get("scaleTargetRef") or {}
    if whole["kind"] != HPA.kind or target.get("kind") != DEPLOYMENT.kind or not target.get("name"):
        return ()
    scaled = cluster.find(DEPLOYMENT, str(target["name"]), whole["metadata"].get("namespace"))
    if scaled is None or label_uids(scaled) == label_uids(whole):
        return ()
    return (f"it scales Deployment {target['name']}, which is not of the same workload",)


def _exists(there: Json, whole: Json, key: tuple[str, str, str, str]) -> Restored:
    """Say what is there under the name: the object itself, a copy of it (as an earlier undo makes), or another."""
    meta = there["metadata"]
    if meta.get("deletionTimestamp"):
        return Restored(*key, "failed", detail="it is still being deleted; run undo again when it is gone")
    if meta["uid"] == key[3]:
        return Restored(*key, "exists", detail="it was never deleted")
    if label_uids(there) == label_uids(whole):
        return Restored(*key, "exists", str(meta["uid"]), detail="an object of that name is there")
    return Restored(*key, "failed", detail="another object has its name by now; it was left alone")


def _journal(bundle: record.Bundle) -> record.Journal | None:
    """Open the bundle for its journal; one that lies where nothing can be written does without."""
    import os

    return record.Journal.of(bundle) if os.access(bundle.path, os.W_OK) else None
