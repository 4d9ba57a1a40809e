"""Delete ghosts so that nothing is lost: back up whole, check again, delete by UID, look again.

Order of events, each on the disk before the next begins: every object that is
to go is read whole and written to the bundle; then, kind after kind in the
safe order (autoscalers, Deployments, Services, Pods), it is read again, judged
again, noted as about to go, deleted with its UID and resourceVersion as
preconditions, and noted as gone. Several of a kind go at a time, but no more in
a second than told: each deletion is work for controllers too. A run that ends halfway, however, can be taken
up again: what is in the bundle says how far it came.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sednactl.cluster.answers import NOT_SERVED
from sednactl.cluster.several import PARALLEL, Pace, each
from sednactl.errors import Conflict, Forbidden, NotFound, Refused, SednactlError
from sednactl.lifecycle import bundle as record
from sednactl.lifecycle.ghost_lists import live_workload
from sednactl.lifecycle.ghosts import (
    Ghost,
    Inventory,
    LiveWorkload,
    deletion_order,
    find_ghosts,
    rebuilders,
)
from sednactl.moments import time_of
from sednactl.sedna.belonging import named_workloads
from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.resources import CHILD_RESOURCES, DEPLOYMENT, NAMESPACE, SERVICE

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]
Result = Literal["deleted", "kept", "failed"]
RESOURCES = {resource.kind: resource for resource in CHILD_RESOURCES}

RATE = 20.0
"""Deletions in a second at most where nothing else is said."""

_ATTEMPTS = 4
_SERVER_FIELDS = ("managedFields", "resourceVersion", "generation", "selfLink")


@dataclass(frozen=True)
class Outcome:
    """What became of one ghost, and why if that is not plain."""

    result: Result
    detail: str = ""


@dataclass
class Cleanup:
    """How far a clean-up came: the bundle, the outcome of each ghost by UID, when it began, what stopped it.

    `begun` is in seconds since 1970 by the cluster's clock; of one that was taken up again it is the first beginning.
    """

    bundle: Path | None = None
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    begun: float = 0.0
    stopped: SednactlError | None = None

    def deleted(self) -> list[str]:
        """Give the UIDs that were deleted."""
        return [uid for uid, outcome in self.outcomes.items() if outcome.result == "deleted"]


@dataclass(frozen=True)
class Orders:
    """What a clean-up may do: the age limit (seconds) to judge by again.

    `parallel` objects are worked on at a time, `rate` deletions sent in a second at
    most (0: no bound). `tell` hears what goes on, `sealed` that the bundle is complete and on the disk.
    """

    older_than: float
    tell: Callable[[str], None] = lambda _: None
    sealed: Callable[[], None] = lambda: None
    parallel: int = PARALLEL
    rate: float = RATE


def clean_up(
    cluster: Cluster, surroundings: Surroundings, ghosts: Sequence[Ghost], path: Path, orders: Orders
) -> Cleanup:
    """Back up and delete every ghost whose action is "delete".

    Raises before the first deletion (bundle not writable, cluster gone); from
    then on whatever happens is in the result.
    """
    done = Cleanup(begun=cluster.now().timestamp())
    doomed = deletion_order(ghosts)
    shapes: dict[str, str] = {}

    def entries() -> Iterator[tuple[Json, Json]]:
        wholes = each(lambda ghost: _fresh(cluster, ghost, done), doomed, orders.parallel)
        for number, (ghost, whole) in enumerate(zip(doomed, wholes, strict=True), start=1):
            orders.tell(f"backing up {number}/{len(doomed)}: {ghost.kind} {ghost.namespace}/{ghost.name}")
            if whole is not None:
                shapes[ghost.uid] = shape(whole)
                yield asdict(ghost), whole

    header = {**bundle_header(cluster, surroundings), "olderThan": orders.older_than}
    journal = record.write_bundle(path, header, entries())
    with journal:
        if not shapes:
            path.unlink()
            return done
        done.bundle = path
        orders.sealed()
        delete_all(
            cluster, surroundings, [one for one in doomed if one.uid in shapes], shapes, journal, done, orders
        )
    return done


def bundle_header(cluster: Cluster, surroundings: Surroundings) -> Json:
    """Give what a bundle says about where it comes from."""
    return {
        "created": stamp(surroundings),
        "begun": time_of(cluster.now().timestamp()),
        "server": cluster.server,
        "context": cluster.context,
        "cluster": cluster_uid(cluster),
    }


def cluster_uid(cluster: Cluster) -> str | None:
    """Give what tells one cluster from another: the UID of its namespace kube-system; None if it may not be read."""
    try:
        return str(cluster.get(NAMESPACE, "kube-system")["metadata"]["uid"])
    except (Forbidden, NotFound):
        return None


def stamp(surroundings: Surroundings) -> str:
    """Give the time as the API writes it."""
    return surroundings.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def shape(whole: Json) -> str:
    """Give a digest of everything about an object that its owners decide: not its status, not its bookkeeping."""
    meta = {key: value for key, value in whole["metadata"].items() if key not in _SERVER_FIELDS}
    rest = {key: value for key, value in whole.items() if key not in ("metadata", "status")}
    if whole["kind"] == DEPLOYMENT.kind:
        # A ghost autoscaler may still move it; that makes nobody its owner.
        rest["spec"] = {key: value for key, value in whole["spec"].items() if key != "replicas"}
    text = json.dumps([meta, rest], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def delete_all(
    cluster: Cluster,
    surroundings: Surroundings,
    ghosts: Sequence[Ghost],
    shapes: Mapping[str, str],
    journal: record.Journal,
    done: Cleanup,
    orders: Orders,
    begun: AbstractSet[str] = frozenset(),
) -> None:
    """Delete kind by kind what is in the bundle; `begun` are UIDs whose deletion an earlier run announced."""
    pace = Pace(orders.rate, surroundings.monotonic, surroundings.sleep)
    staying: dict[tuple[str, str], tuple[str, Outcome]] = {}

    def delete(ghost: Ghost) -> None:
        family = ghost.namespace, ghost.workload.uid
        if ghost.kind == SERVICE.kind and family in staying:
            step, outcome = staying[family]
        else:
            pace.wait()
            step, outcome = _delete_one(
                cluster, surroundings, ghost, shapes[ghost.uid], journal, orders, ghost.uid in begun
            )
        # What was done is done, also where it can't be noted.
        done.outcomes[ghost.uid] = outcome
        journal.step(ghost.uid, step, stamp(surroundings), outcome.detail)
        if ghost.kind == DEPLOYMENT.kind and outcome.result != "deleted":
            detail = f"Deployment {ghost.name} of the same workload is still there, and it may lead to that"
            after = record.KEPT if outcome.result == "kept" else record.FAILED
            staying[family] = after, replace(outcome, detail=detail)

    number = 0
    try:
        for _, same in itertools.groupby(ghosts, key=lambda ghost: ghost.kind):
            alike = list(same)
            for ghost, _ in zip(alike, each(delete, alike, orders.parallel), strict=True):
                number += 1
                orders.tell(f"deleting {number}/{len(ghosts)}: {ghost.kind} {ghost.namespace}/{ghost.name}")
    except SednactlError as error:
        # The cluster is gone or the disk is full: nothing more is safe to do.
        done.stopped = error


def _delete_one(
    cluster: Cluster,
    surroundings: Surroundings,
    ghost: Ghost,
    backed_up: str,
    journal: record.Journal,
    orders: Orders,
    begun: bool,
) -> tuple[str, Outcome]:
    """Check one ghost again and delete it; raises only what makes going on pointless.

    `begun` tells that a request to delete it was sent and its answer is not known. What may have
    been deleted stays `deleting` in the journal, whatever is learnt later: only that puts it back.
    """
    resource = RESOURCES[ghost.kind]
    for _ in range(_ATTEMPTS):
        try:
            fresh = cluster.find(resource, ghost.name, ghost.namespace)
            if begun and (fresh is None or _taken(fresh, ghost)):
                return record.DELETED, Outcome("deleted")  # by our own request, whose answer was never noted
            if fresh is None:
                return record.GONE, Outcome("deleted", "it was already gone")
            spared = _changed(fresh, ghost, backed_up) or _alive(cluster, fresh, orders)
        except Refused as error:
            step = record.DELETING if begun else record.FAILED
            return step, Outcome("failed", f"it could not be checked again: {error.message}")
        if spared:
            return record.KEPT, Outcome("kept", spared)
        journal.step(ghost.uid, record.DELETING, stamp(surroundings))
        try:
            cluster.delete(
                resource,
                ghost.name,
                namespace=ghost.namespace,
                uid=ghost.uid,
                resource_version=fresh["metadata"].get("resourceVersion"),
            )
        except Conflict as error:
            begun = begun or error.in_doubt
            continue  # something, be it only its status, was written since it was read: look again
        except Refused as error:
            if begun or error.in_doubt:
                return record.DELETING, Outcome("failed", f"{error.message}; it may or may not be deleted")
            if isinstance(error, NotFound) and error.reason != NOT_SERVED:
                return record.GONE, Outcome("deleted", "it was already gone")
            return record.FAILED, Outcome("failed", error.message)
        return record.DELETED, Outcome("deleted")
    step = record.DELETING if begun else record.KEPT
    return step, Outcome("kept", "it kept changing while it was to be deleted")


def _taken(fresh: Json, ghost: Ghost) -> bool:
    """Tell whether an object under a ghost's name shows that the ghost's deletion was carried out or accepted."""
    return bool(fresh["metadata"]["uid"] != ghost.uid or fresh["metadata"].get("deletionTimestamp"))


def _fresh(cluster: Cluster, ghost: Ghost, done: Cleanup) -> Json | None:
    """Read a ghost whole for the bundle; None (and an outcome) when it is not to be deleted after all."""
    try:
        whole = cluster.find(RESOURCES[ghost.kind], ghost.name, ghost.namespace)
    except Refused as error:
        done.outcomes[ghost.uid] = Outcome("failed", f"it could not be backed up: {error.message}")
        return None
    if whole is None:
        done.outcomes[ghost.uid] = Outcome("deleted", "it was already gone")
        return None
    if whole["metadata"]["uid"] != ghost.uid:
        done.outcomes[ghost.uid] = Outcome("kept", "another object has taken its name")
        return None
    return whole


def _changed(fresh: Json, ghost: Ghost, backed_up: str) -> str:
    """Say what happened to an object since it was backed up, "" for nothing that matters."""
    meta = fresh["metadata"]
    if meta["uid"] != ghost.uid:
        return "another object has taken its name"
    if meta.get("deletionTimestamp"):
        return "somebody else is deleting it"
    if shape(fresh) != backed_up:
        managers = [one for one in meta.get("managedFields") or () if one.get("subresource") != "status"]
        latest = max(managers, key=lambda one: str(one.get("time") or ""), default=None)
        by = f" (last by {latest.get('manager')})" if latest else ""
        return f"it was changed since it was backed up{by}; run the clean-up again"
    return ""


def _alive(cluster: Cluster, fresh: Json, orders: Orders) -> str:
    """Judge a freshly read object by freshly read workloads; say why it is to stay, "" when it is still a ghost."""
    living: dict[str, LiveWorkload] = {}
    namespace = fresh["metadata"].get("namespace", "")
    named = {(kind.kind, name) for kind, name in named_workloads(fresh)}
    for kind, name in sorted(named | rebuilders(fresh)):
        workload = cluster.find(BY_KIND[kind].resource, name, namespace)
        if workload is not None:
            living[workload["metadata"]["uid"]] = live_workload(BY_KIND[kind], workload)
    uid = fresh["metadata"]["uid"]
    inventory = Inventory([fresh], living, stayed=frozenset({uid}))
    verdicts = find_ghosts(inventory, cluster.now(), orders.older_than)
    if not verdicts:
        return "its workload lives"
    return "" if verdicts[0].action == "delete" else verdicts[0].evidence
