"""Deleting workloads: foretell, delete in the background, wait, compare with what was foretold.

Always in the background: in a foreground deletion the Global Manager makes the
children anew while Kubernetes removes them, and the two may never come to an
end. A background request also turns a foreground deletion that hangs into one
that ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sednactl.cluster.answers import NOT_SERVED
from sednactl.cluster.door import Selection
from sednactl.errors import Conflict, Forbidden, NotFound, Refused, SednactlError, Unreachable
from sednactl.lifecycle.cascade import Cascade, Foretold, cascade_of
from sednactl.lifecycle.departure import Departure
from sednactl.lifecycle.leftovers import NOT_DELETED, Leftover
from sednactl.lifecycle.ownership import is_sedna
from sednactl.lifecycle.reading import ALL_CHILDREN, nodes_of, read_nodes
from sednactl.lifecycle.state import stuck_in_foreground
from sednactl.lifecycle.users_of import USERS, Usage, read_usage
from sednactl.sedna.kinds import BY_KIND, OBJECT_SEARCH
from sednactl.sedna.resources import POD, Resource

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]


@dataclass(frozen=True)
class Doomed:
    """An object to be deleted, as it was read, and its resource."""

    resource: Resource
    object: Json

    @property
    def namespace(self) -> str | None:
        """Give its namespace; None for cluster-wide kinds."""
        return self.object["metadata"].get("namespace") if self.resource.namespaced else None

    @property
    def may_have_children(self) -> bool:
        """Tell whether anything is made for an object of its kind."""
        kind = BY_KIND.get(self.resource.kind) if is_sedna(self.object) else None
        return kind.makes_children if kind is not None else self.resource.group in ("apps", "batch")


@dataclass(frozen=True)
class Plan:
    """What is about to be deleted and everything that goes with it; `notes` on what could not be foreseen."""

    doomed: tuple[Doomed, ...]
    cascades: tuple[Cascade, ...]
    notes: tuple[str, ...] = ()

    @property
    def foretold(self) -> tuple[Foretold, ...]:
        """Give all that goes, each once."""
        return tuple({one.uid: one for cascade in self.cascades for one in cascade.goes}.values())


@dataclass(frozen=True)
class Deletion:
    """What came of a plan: what was `deleted`, what `remaining` and why. `waited` tells whether that was looked at."""

    plan: Plan
    deleted: tuple[Foretold, ...] = ()
    remaining: tuple[Leftover, ...] = ()
    waited: bool = True
    dry_run: bool = False
    failures: tuple[SednactlError, ...] = field(default=(), compare=False)

    def as_json(self) -> Json:
        """Give the machine-readable shape that the command line promises."""
        return {
            "apiVersion": "sednactl.io/v1",
            "kind": "DeletionReport",
            "dryRun": self.dry_run,
            "waited": self.waited,
            "deleted": [one.as_json() for one in self.deleted],
            "foretold": [one.as_json() for one in self.plan.foretold],
            "remaining": [one.as_json() for one in self.remaining],
        }


def plan_deletion(cluster: Cluster, doomed: Sequence[Doomed]) -> Plan:
    """Read what surrounds the doomed and foretell what goes with them."""
    notes: dict[str, None] = {}
    around: dict[str, list[Json]] = {}
    for namespace in dict.fromkeys(one.namespace for one in doomed if one.may_have_children):
        if namespace is not None:
            around[namespace] = _surroundings_of(cluster, namespace, doomed, notes)
    pods = [item for objects in around.values() for item in objects]
    nodes, said = read_nodes(cluster, nodes_of(pods))
    notes |= dict.fromkeys(said)
    usage = _usage_of(cluster, doomed)
    cascades = []
    for one in doomed:
        cascade = cascade_of(one.object, around.get(one.namespace or "", ()), nodes)
        cascades.append(replace(cascade, notes=(*_remarks(one), *_bereft(one, doomed, usage))))
    return Plan(tuple(doomed), tuple(cascades), tuple(notes))


def execute(
    cluster: Cluster,
    plan: Plan,
    surroundings: Surroundings,
    *,
    wait: bool = True,
    timeout: float = 300.0,
    dry_run: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Deletion:
    """Delete what was planned, each object only if it is still that very one, and see what is left.

    `timeout` is in seconds; `progress` is told what is waited for. A refusal for
    one object does not keep the others.
    """
    deleted: list[Foretold] = []
    failures: list[SednactlError] = []
    kept: list[Leftover] = []
    for one, cascade in zip(plan.doomed, plan.cascades, strict=True):
        target = cascade.target
        try:
            refusal = _delete_one(cluster, one, target, dry_run=dry_run)
        except Unreachable as error:
            done = ", ".join(f"{one.kind} {one.name}" for one in deleted) or "nothing"
            spared = [f"not deleted: {left.kind} {left.name}, {left.evidence}" for left in kept]
            raise Unreachable(
                f"{error.message}; it went away while {target.kind} {target.name} was being deleted",
                hint=error.hint,
                detail=(f"deleted before that: {done}", *spared, *error.detail),
            ) from error
        if refusal is None:
            deleted.append(target)
        else:
            failures.append(refusal[0])
            kept.append(refusal[1])
    if dry_run or not wait:
        return Deletion(
            plan, tuple(deleted), tuple(kept), waited=False, dry_run=dry_run, failures=tuple(failures)
        )
    watch = Departure(cluster, plan, {one.uid for one in deleted}, surroundings)
    try:
        with cluster.within(timeout):
            remaining = watch.until_gone(timeout, progress)
    except Refused as error:
        # The deletions stand; only what became of the rest could not be seen.
        failures.append(_unseen(error))
        return Deletion(plan, tuple(deleted), tuple(kept), waited=False, failures=tuple(failures))
    return Deletion(plan, tuple(deleted), (*kept, *remaining), failures=tuple(failures))


def _unseen(error: Refused) -> Refused:
    message = (
        f"what is left could not be seen: {error.message}; the deletion was asked for and goes on without us"
    )
    return Refused(message, status=error.status, reason=error.reason, hint=error.hint, detail=error.detail)


def _delete_one(
    cluster: Cluster, one: Doomed, target: Foretold, *, dry_run: bool
) -> tuple[Refused, Leftover] | None:
    """Delete one object; gives the refusal and what it leaves, None where the object is gone, or going."""
    try:
        cluster.delete(one.resource, target.name, namespace=one.namespace, uid=target.uid, dry_run=dry_run)
    except Refused as error:
        if isinstance(error, NotFound) and error.reason != NOT_SERVED:
            return None
        left = _left_after(cluster, one, target, error)
        return (error, left) if left else None
    return None


def _left_after(cluster: Cluster, one: Doomed, target: Foretold, error: Refused) -> Leftover | None:
    """Say what a refused deletion left; looks where the refusal alone does not tell. None where that is nothing."""
    refused = _not_deleted(target, target.uid, f"the cluster refused: {error.message}")
    if not error.in_doubt and not isinstance(error, Conflict):
        return refused
    try:
        newer = cluster.find(one.resource, target.name, one.namespace)
    except Refused:
        if not error.in_doubt:
            return refused
        return _not_deleted(target, target.uid, f"whether it was deleted is not known: {error.message}")
    if newer is None:
        return None
    uid = str(newer["metadata"].get("uid", ""))
    if uid != target.uid:
        if error.in_doubt:
            return None  # the earlier try, or somebody else: that very object is gone
        evidence = "it was replaced by a new object of the same name meanwhile, which was left alone"
        return _not_deleted(target, uid, evidence)
    if newer["metadata"].get("deletionTimestamp"):
        return None  # a namespace that is being emptied answers so
    return refused


def _not_deleted(target: Foretold, uid: str, evidence: str) -> Leftover:
    return Leftover(target.kind, target.namespace, target.name, uid, NOT_DELETED, evidence)


def _surroundings_of(
    cluster: Cluster, namespace: str, doomed: Sequence[Doomed], notes: dict[str, None]
) -> list[Json]:
    """List what could hang on the doomed: metadata of everything, whole pods only where Sedna's labels are."""
    found: dict[str, Json] = {}
    for resource in ALL_CHILDREN:
        try:
            for item in cluster.list(Selection(resource, namespace), metadata_only=True):
                found[item["metadata"]["uid"]] = item
        except Forbidden:
            notes[f"{resource.plural} may not be listed: what becomes of them cannot be foretold"] = None
        except NotFound:
            continue
    pods = any(item.get("kind") == POD.kind for item in found.values())
    if pods:
        for prefix in {BY_KIND[one.resource.kind].label_prefix for one in doomed if is_sedna(one.object)}:
            for item in cluster.list(Selection(POD, namespace, f"{prefix}/uid")):
                found[item["metadata"]["uid"]] = item
    return list(found.values())


def _remarks(one: Doomed) -> Iterable[str]:
    meta = one.object["metadata"]
    name = f"{one.resource.kind} {meta['name']}"
    if stuck_in_foreground(one.object):
        yield (
            f"{name} is being deleted in the foreground already, while the Global Manager makes its children "
            "anew; this turns it into a deletion in the background, which ends"
        )
    elif meta.get("deletionTimestamp"):
        held = meta.get("finalizers") or ()
        yield f"{name} is being deleted already" + (f", held by {', '.join(held)}" if held else "")
    elif is_sedna(one.object) and one.resource.kind == OBJECT_SEARCH.kind:
        # It cannot decode the events of this kind, and learns of a deletion when it lists again: up to 30 s later.
        yield (
            f"the Global Manager learns late that {name} is gone: for up to half a minute it may make children "
            "anew, and Kubernetes removes them again"
        )
    if one.resource.kind == "Namespace" and not one.resource.group:
        yield f"everything in namespace {meta['name']} goes with it, foretold or not"


def _usage_of(cluster: Cluster, doomed: Sequence[Doomed]) -> dict[tuple[str, str | None], Usage]:
    """Read who uses the models and datasets among the doomed, once for each kind and namespace."""
    wanted = {(one.resource.kind, one.namespace) for one in doomed if is_sedna(one.object)}
    return {
        (kind, namespace): read_usage(cluster, BY_KIND[kind], namespace)
        for kind, namespace in sorted(wanted, key=str)
        if kind in USERS
    }


def _bereft(
    one: Doomed, doomed: Sequence[Doomed], usage: dict[tuple[str, str | None], Usage]
) -> Iterable[str]:
    """Say who uses a model or dataset that goes, and does not go with it."""
    used = usage.get((one.resource.kind, one.namespace)) if is_sedna(one.object) else None
    if used is None:
        return
    name = str(one.object["metadata"]["name"])
    going = {(other.resource.kind, other.object["metadata"]["name"]) for other in doomed}
    users = [
        str(user) for user in used.of(one.namespace or "", name) if (user.kind.kind, user.name) not in going
    ]
    if used.unreadable:
        users.append("maybe others that may not be read")
    if users:
        names = ", ".join(dict.fromkeys(users))
        yield (
            f"{one.resource.kind} {name} is used by {names}: pods that run go on, what is made later lacks it"
        )
