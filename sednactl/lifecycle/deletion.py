"""Deleting workloads: foretell, delete in the background, wait, compare with what was foretold.

Always in the background: in a foreground deletion the Global Manager makes the
children anew while Kubernetes removes them, and the two may never come to an
end. A background request also turns a foreground deletion that hangs into one
that ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import Selection
from sednactl.errors import Conflict, Forbidden, NotFound, Refused, SednactlError, Unreachable
from sednactl.lifecycle.cascade import Cascade, Foretold, cascade_of
from sednactl.lifecycle.leftovers import HOPELESS, NOT_DELETED, Leftover, leftover_of
from sednactl.lifecycle.ownership import is_sedna, owned_by, owner_uids
from sednactl.lifecycle.reading import ALL_CHILDREN, nodes_of, read_nodes
from sednactl.lifecycle.state import stuck_in_foreground
from sednactl.sedna.kinds import BY_KIND, FEDERATED_LEARNING, OBJECT_SEARCH
from sednactl.sedna.resources import POD, Resource

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]

HOPELESS_SECONDS = 6.0
"""How long the wait goes on when nothing moves and nothing that is left goes by itself."""

RETURNING = {FEDERATED_LEARNING.kind: 3.0, OBJECT_SEARCH.kind: 3.0}
"""Seconds for which all must stay gone: for these kinds the Global Manager makes children anew from a stale cache."""

_SETTLE_SECONDS = 0.5
_PATIENCE_WITH_SILENCE = 30.0


@dataclass(frozen=True)
class Doomed:
    """An object to be deleted, as it was read, and its resource."""

    resource: Resource
    object: Json

    @property
    def namespace(self) -> str | None:
        """Give its namespace; None for cluster-wide kinds."""
        return self.object["metadata"].get("namespace") if self.resource.namespaced else None


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
    for namespace in dict.fromkeys(one.namespace for one in doomed if _has_children(one)):
        if namespace is not None:
            around[namespace] = _surroundings_of(cluster, namespace, doomed, notes)
    pods = [item for objects in around.values() for item in objects]
    nodes, said = read_nodes(cluster, nodes_of(pods))
    notes |= dict.fromkeys(said)
    cascades = []
    for one in doomed:
        cascade = cascade_of(one.object, around.get(one.namespace or "", ()), nodes)
        cascades.append(replace(cascade, notes=tuple(_remarks(one))))
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
            cluster.delete(
                one.resource, target.name, namespace=one.namespace, uid=target.uid, dry_run=dry_run
            )
            deleted.append(target)
        except NotFound:
            deleted.append(target)
        except Conflict as error:
            newer = None if dry_run else cluster.find(one.resource, target.name, one.namespace)
            if newer is None:
                deleted.append(target)
                continue
            failures.append(error)
            evidence = "it was replaced by a new object of the same name meanwhile, which was left alone"
            kept.append(_not_deleted(target, str(newer["metadata"].get("uid", "")), evidence))
        except Unreachable as error:
            done = ", ".join(f"{one.kind} {one.name}" for one in deleted) or "nothing"
            raise Unreachable(
                f"{error.message}; it went away while {target.kind} {target.name} was being deleted",
                hint=error.hint,
                detail=(f"deleted before that: {done}", *error.detail),
            ) from error
        except Refused as error:
            failures.append(error)
            kept.append(_not_deleted(target, target.uid, f"the cluster refused: {error.message}"))
    if dry_run or not wait:
        return Deletion(
            plan, tuple(deleted), tuple(kept), waited=False, dry_run=dry_run, failures=tuple(failures)
        )
    watch = _Watch(cluster, plan, {one.uid for one in deleted}, surroundings)
    remaining = watch.until_gone(timeout, progress)
    return Deletion(plan, tuple(deleted), (*kept, *remaining), failures=tuple(failures))


def _not_deleted(target: Foretold, uid: str, evidence: str) -> Leftover:
    return Leftover(target.kind, target.namespace, target.name, uid, NOT_DELETED, evidence)


class _Watch:
    """The wait after a deletion: what is left of the foretold, and what came anew."""

    def __init__(self, cluster: Cluster, plan: Plan, uids: set[str], surroundings: Surroundings) -> None:
        self.cluster = cluster
        self.surroundings = surroundings
        self.targets = {
            cascade.target.uid: (doomed, cascade)
            for doomed, cascade in zip(plan.doomed, plan.cascades, strict=True)
            if cascade.target.uid in uids
        }
        self.foretold = {one.uid: one for _, cascade in self.targets.values() for one in cascade.goes}
        self.known = self.foretold.keys() | {
            one.uid for _, cascade in self.targets.values() for one in cascade.stays
        }
        self.resources = {resource.kind: resource for resource in ALL_CHILDREN}
        self.unreadable: set[str] = set()
        self.pace = 0.2

    def until_gone(self, timeout: float, progress: Callable[[str], None]) -> tuple[Leftover, ...]:
        clock = self.surroundings.monotonic
        deadline = clock() + timeout
        settle = max(
            (RETURNING.get(one.kind, _SETTLE_SECONDS) for one in self.foretold.values()), default=0.0
        )
        moved, gone_since, before, said = clock(), None, None, ""
        while True:
            left = self._left(deadline)
            if set(left) != before:
                before, moved = set(left), clock()
                self.pace = 0.2
            if not left:
                gone_since = clock() if gone_since is None else gone_since
                if clock() - gone_since >= min(settle, timeout) or not self._children_possible():
                    return ()
            else:
                gone_since = None
                leftovers = self._judged(left)
                if _summary(leftovers) != said:
                    said = _summary(leftovers)
                    progress(said)
                hopeless = all(one.cause in HOPELESS for one in leftovers)
                if clock() >= deadline or (hopeless and clock() - moved >= HOPELESS_SECONDS):
                    return leftovers
            self.surroundings.sleep(min(self.pace, max(0.05, deadline - clock())))
            self.pace = min(self.pace * 1.5, 2.0)

    def _children_possible(self) -> bool:
        return any(_has_children(doomed) for doomed, _ in self.targets.values())

    def _left(self, deadline: float) -> dict[str, Json]:
        """Read what is left, riding out a cluster that is away for a while."""
        clock = self.surroundings.monotonic
        give_up = min(deadline, clock() + _PATIENCE_WITH_SILENCE)
        while True:
            try:
                return self._read()
            except Unreachable as error:
                if clock() >= give_up:
                    raise Unreachable(
                        f"{error.message}; the deletion was asked for and goes on without us",
                        hint="look again with 'sednactl get' when the cluster is back",
                        detail=error.detail,
                    ) from error
                self.surroundings.sleep(1.0)

    def _read(self) -> dict[str, Json]:
        left: dict[str, Json] = {}
        for uid, (doomed, _) in self.targets.items():
            item = self.cluster.find(doomed.resource, doomed.object["metadata"]["name"], doomed.namespace)
            if item is not None and item["metadata"].get("uid") == uid:
                left[uid] = item
        for item in self._labelled():
            left[item["metadata"]["uid"]] = item
        for uid, one in self.foretold.items():
            resource = self.resources.get(one.kind)
            if uid in left or uid in self.targets or resource is None or resource.kind in self.unreadable:
                continue
            if one.uid in self._seen_labelled:
                continue
            item = self.cluster.find(resource, one.name, one.namespace)
            if item is not None and item["metadata"].get("uid") == uid:
                left[uid] = item
        return left

    _seen_labelled: frozenset[str] = frozenset()

    def _labelled(self) -> Iterable[Json]:
        """Give what carries the labels of the deleted workloads, foretold or new, with few lists."""
        groups: dict[tuple[str, str], list[str]] = {}
        for uid, (doomed, _) in self.targets.items():
            if is_sedna(doomed.object) and _has_children(doomed):
                prefix = BY_KIND[doomed.resource.kind].label_prefix
                groups.setdefault((prefix, doomed.namespace or ""), []).append(uid)
        found: list[Json] = []
        for (prefix, namespace), uids in groups.items():
            for start in range(0, len(uids), 50):
                some = uids[start : start + 50]
                labels = (
                    f"{prefix}/uid={some[0]}" if len(some) == 1 else f"{prefix}/uid in ({','.join(some)})"
                )
                for resource in ALL_CHILDREN:
                    found += self._list(Selection(resource, namespace, labels))
        self._seen_labelled |= {item["metadata"]["uid"] for item in found}
        # What hangs below an orphan stays with it; the orphan alone is the leftover.
        tops = [item["metadata"]["uid"] for item in found if not owner_uids(item)]
        carried = {item["metadata"]["uid"] for top in tops for item in owned_by(top, found)}
        return [item for item in found if item["metadata"]["uid"] not in carried]

    def _list(self, selection: Selection) -> list[Json]:
        kind = selection.resource.kind
        if kind in self.unreadable:
            return []
        try:
            return list(self.cluster.list(selection, metadata_only=selection.resource is not POD))
        except (Forbidden, NotFound):
            self.unreadable.add(kind)
            return []

    def _judged(self, left: Mapping[str, Json]) -> tuple[Leftover, ...]:
        nodes, _ = read_nodes(self.cluster, nodes_of(left.values()))
        return tuple(
            leftover_of(
                item,
                owner_gone=left.keys().isdisjoint(owner_uids(item)),
                nodes=nodes,
                new=uid not in self.known,
            )
            for uid, item in left.items()
        )


def _summary(leftovers: Sequence[Leftover]) -> str:
    counts: dict[str, int] = {}
    for one in leftovers:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    return ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in counts.items())


def _has_children(one: Doomed) -> bool:
    kind = BY_KIND.get(one.resource.kind) if is_sedna(one.object) else None
    return kind.makes_children if kind is not None else one.resource.group in ("apps", "batch")


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
    if one.resource.kind == "Namespace" and not one.resource.group:
        yield f"everything in namespace {meta['name']} goes with it, foretold or not"
    if one.resource.kind in ("Model", "Dataset") and is_sedna(one.object):
        yield f"workloads that use {name} keep running, and fail when their pods are next made"
