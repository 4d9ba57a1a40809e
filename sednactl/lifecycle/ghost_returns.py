"""After a clean-up: what is still there, what came back, and why.

The API server's yes to a deletion is not the end: Pods stop in their own time
or wait for an offline node, finalizers hold objects, Kubernetes takes what a
Deployment carried, and the Global Manager may put an object back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import Selection
from sednactl.errors import Refused
from sednactl.lifecycle.ghost_evidence import spell
from sednactl.lifecycle.ghost_lists import as_child, slim
from sednactl.lifecycle.ghost_places import place_of
from sednactl.lifecycle.ghost_scan import SETTLE
from sednactl.lifecycle.ghosts import Ghost, traces
from sednactl.lifecycle.ownership import seconds_since
from sednactl.moments import seconds_of
from sednactl.sedna.kinds import BY_KIND, GROUP
from sednactl.sedna.resources import CHILD_RESOURCES, POD

if TYPE_CHECKING:
    from collections.abc import Callable

    from sednactl.cluster.door import Cluster
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]

CAME_BACK, EDGE_OFFLINE, HELD, STOPPING, STILL_THERE = (
    "came-back", "edge-offline", "held", "stopping", "still-there",
)  # fmt: skip
_FINAL = (EDGE_OFFLINE, HELD)  # waiting longer does not help
_POLL = 2.0
CLOCKS_AGREE_SECONDS = 5.0
_FEW = 50  # workloads that one selector names


@dataclass(frozen=True)
class Remaining:
    """Something that is there after the clean-up: what, a code for why, and one sentence."""

    kind: str
    namespace: str
    name: str
    uid: str
    cause: str
    evidence: str


@dataclass(frozen=True)
class Before:
    """What was known before the deletion: UIDs deleted by it, UIDs of ghosts kept, every UID the scan saw.

    `since` is when it began, by the cluster's clock, in seconds since 1970. What a scan was told to leave out it
    did not see: that it was there before only its age tells.
    """

    deleted: Mapping[str, Ghost]
    since: float
    kept: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()


def before_and_after(
    ghosts: Sequence[Ghost], deleted: Collection[str], seen: frozenset[str], since: float
) -> Before:
    """Divide the ghosts of a scan by what a clean-up, begun at `since`, did with them."""
    return Before(
        {ghost.uid: ghost for ghost in ghosts if ghost.uid in deleted},
        since,
        frozenset(ghost.uid for ghost in ghosts if ghost.uid not in deleted),
        seen,
    )


def what_remains(
    cluster: Cluster,
    surroundings: Surroundings,
    before: Before,
    *,
    namespaces: Sequence[str | None],
    timeout: float,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Remaining]:
    """Look again, at least `SETTLE` seconds after the deletion, until all is gone or `timeout` (seconds) is over.

    `namespaces` are where to look; None in it means all of them.
    Raises the errors of lists that fail; the deletions stand all the same.
    """
    deadline = surroundings.monotonic() + timeout
    pause = SETTLE
    while True:
        tell(f"waiting until Kubernetes has removed {len(before.deleted)} objects and what they carried")
        surroundings.sleep(pause)
        pause = _POLL
        remaining = _look(cluster, before, namespaces)
        pending = [one for one in remaining if one.cause not in (*_FINAL, CAME_BACK)]
        if not pending or surroundings.monotonic() >= deadline:
            return remaining


def _look(cluster: Cluster, before: Before, namespaces: Sequence[str | None]) -> list[Remaining]:
    found = {item["metadata"]["uid"]: item for item in _listed(cluster, before, namespaces)}
    names = {(one.kind, one.namespace, one.name) for one in before.deleted.values()}
    nodes: dict[str, tuple[bool | None, bool]] = {}
    remaining = []
    for uid, item in found.items():
        meta = item["metadata"]
        if _under(item, found, before.kept):
            continue
        key = (item["kind"], meta.get("namespace", ""), meta["name"])
        returned = uid not in before.deleted and (key in names or _made_since(item, before))
        if not returned and not _goes_along(item, found, before):
            continue  # of the same workload, but the clean-up was not told to delete it
        if returned and traces(item).others and not meta.get("deletionTimestamp"):
            continue  # made by a controller for something that is itself in this list
        if returned and not meta.get("deletionTimestamp"):
            cause, evidence = CAME_BACK, _came_back(item)
        else:
            cause, evidence = _left(cluster, item, nodes)
        remaining.append(Remaining(*key, uid, cause, evidence))
    return remaining


def _listed(cluster: Cluster, before: Before, namespaces: Sequence[str | None]) -> Iterator[Json]:
    """Give what carries the labels of a workload of which something was deleted.

    A selector spares bytes, not the API server's work: it goes through everything for
    each. So for many workloads everything is listed once instead.
    """
    labels: dict[str, set[str]] = {}
    for ghost in before.deleted.values():
        for prefix in _label_prefixes(ghost):
            labels.setdefault(f"{prefix}/uid", set()).add(ghost.workload.uid)
    if all(len(uids) <= _FEW for uids in labels.values()):
        for resource in CHILD_RESOURCES:
            for label, uids in labels.items():
                selector = (
                    f"{label}={min(uids)}" if len(uids) == 1 else f"{label} in ({','.join(sorted(uids))})"
                )
                for namespace in namespaces:
                    for item in cluster.list(Selection(resource, namespace, selector), metadata_only=True):
                        yield slim(item, resource)
        return
    for resource in CHILD_RESOURCES:
        for namespace in namespaces:
            for page in cluster.metadata(Selection(resource, namespace)):
                for meta in page:
                    theirs = meta.labels or {}
                    if any(theirs.get(label) in uids for label, uids in labels.items()):
                        yield as_child(meta, resource)


def _label_prefixes(ghost: Ghost) -> tuple[str, ...]:
    """Give the prefixes under which children of the ghost's workload may be labelled: before and since 0.7."""
    kind = BY_KIND[ghost.workload.kind]
    former = (f"{kind.former_kind.lower()}.{GROUP}",) if kind.former_kind else ()
    return kind.label_prefix, *former


def _under(item: Json, found: Mapping[str, Json], kept: frozenset[str]) -> bool:
    """Tell whether an object is, or is carried by, one that was meant to stay."""
    seen: set[str] = set()
    uid = item["metadata"]["uid"]
    while uid not in seen:
        if uid in kept:
            return True
        seen.add(uid)
        if uid not in found:
            return False
        owners = [str(one.get("uid", "")) for one in traces(found[uid]).others]
        uid = owners[0] if owners else uid
    return False


def _made_since(item: Json, before: Before) -> bool:
    """Tell whether an object was made after the clean-up began, give or take what two clocks may differ by."""
    meta = item["metadata"]
    made = seconds_of(meta.get("creationTimestamp"))
    return meta["uid"] not in before.seen and made >= before.since - CLOCKS_AGREE_SECONDS


def _goes_along(item: Json, found: Mapping[str, Json], before: Before) -> bool:
    """Tell whether an object was deleted, or goes with one that was."""
    uid = item["metadata"]["uid"]
    passed: set[str] = set()
    while uid not in passed:
        if uid in before.deleted:
            return True
        if uid not in found:
            return item["metadata"]["uid"] in before.seen  # what owned it has gone before it
        passed.add(uid)
        owners = [str(one.get("uid", "")) for one in traces(found[uid]).others]
        uid = owners[0] if owners else uid
    return False


def _came_back(item: Json) -> str:
    name = item["metadata"]["name"]
    return (
        f"{item['kind']} {name} was made anew after it was deleted: a workload of that name lives, on whose account "
        "the Global Manager puts it back, or somebody else did; delete that workload first, then clean up again."
    )


def _left(cluster: Cluster, item: Json, nodes: dict[str, tuple[bool | None, bool]]) -> tuple[str, str]:
    meta = item["metadata"]
    if not meta.get("deletionTimestamp"):
        return (
            STILL_THERE,
            "Kubernetes has not removed it yet with what carried it; the garbage collector does that.",
        )
    since = spell(seconds_since(meta["deletionTimestamp"], cluster.now()))
    if item["kind"] == POD.kind:
        try:
            pod = cluster.find(POD, meta["name"], meta.get("namespace"))
        except Refused:
            pod = None
        place = place_of(cluster, pod or {}, nodes)
        if place.node and place.ready is False:
            return EDGE_OFFLINE, (
                f"Deleted {since} ago, it waits for node {place.node}, which is offline (not Ready); "
                "it goes by itself when the node is back."
            )
    if meta.get("finalizers"):
        return HELD, f"Deleted {since} ago, but held by the finalizer {', '.join(meta['finalizers'])}."
    return STOPPING, f"Deleted {since} ago, it is still stopping."
