"""The wait after a deletion: what is left of the foretold, what came anew, and when waiting is no use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from sednactl.cluster.door import Selection
from sednactl.errors import Forbidden, NotFound, Refused, ServerFault, TooBusy, Unreachable
from sednactl.lifecycle.leftovers import HOPELESS, Leftover, leftover_of
from sednactl.lifecycle.ownership import is_sedna, owned_by
from sednactl.lifecycle.reading import ALL_CHILDREN, nodes_of, read_nodes
from sednactl.sedna.belonging import owner_uids
from sednactl.sedna.kinds import BY_KIND, FEDERATED_LEARNING, OBJECT_SEARCH
from sednactl.sedna.resources import POD

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.lifecycle.cascade import Foretold
    from sednactl.lifecycle.deletion import Plan
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]
T = TypeVar("T")

HOPELESS_SECONDS = 6.0
"""How long the wait goes on when nothing moves and nothing that is left goes by itself."""

RETURNING = {FEDERATED_LEARNING.kind: 3.0, OBJECT_SEARCH.kind: 3.0}
"""Seconds for which all must stay gone: for these kinds the Global Manager makes children anew from a stale cache."""

_SETTLE_SECONDS = 0.5
_PATIENCE_WITH_SILENCE = 30.0


class Departure:
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
        self.staying = {one.uid: one for _, cascade in self.targets.values() for one in cascade.stays}
        self.known = self.foretold.keys() | self.staying.keys()
        self.resources = {resource.kind: resource for resource in ALL_CHILDREN}
        self.unreadable: set[str] = set()
        self.pace = 0.2
        self._seen_labelled: set[str] = set()

    def until_gone(self, timeout: float, progress: Callable[[str], None]) -> tuple[Leftover, ...]:
        """Look until nothing is left, `timeout` seconds are over, or waiting is no use; give what is left and why.

        Raises Unreachable when the cluster stays away.
        """
        clock = self.surroundings.monotonic
        deadline = clock() + timeout
        settle = max(
            (RETURNING.get(one.kind, _SETTLE_SECONDS) for one in self.foretold.values()), default=0.0
        )
        moved, gone_since, before, said = clock(), None, None, ""
        while True:
            left = self._patiently(self._read, deadline)
            if set(left) != before:
                before, moved = set(left), clock()
                self.pace = 0.2
            if not left:
                gone_since = clock() if gone_since is None else gone_since
                if clock() - gone_since >= min(settle, timeout) or not self._children_possible():
                    return ()
            else:
                gone_since = None
                leftovers = self._patiently(partial(self._judged, left), deadline)
                if _summary(leftovers) != said:
                    said = _summary(leftovers)
                    progress(said)
                hopeless = all(one.cause in HOPELESS for one in leftovers)
                if clock() >= deadline or (hopeless and clock() - moved >= HOPELESS_SECONDS):
                    return leftovers
            self.surroundings.sleep(min(self.pace, max(0.05, deadline - clock())))
            self.pace = min(self.pace * 1.5, 2.0)

    def _children_possible(self) -> bool:
        return any(doomed.may_have_children for doomed, _ in self.targets.values())

    def _patiently(self, look: Callable[[], T], deadline: float) -> T:
        """Look at the cluster, riding out that it is away for a while."""
        clock = self.surroundings.monotonic
        give_up = min(deadline, clock() + _PATIENCE_WITH_SILENCE)
        while True:
            try:
                return look()
            except (Unreachable, ServerFault, TooBusy) as error:
                if clock() >= give_up:
                    if isinstance(error, Refused):
                        raise
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
        # What stays may bear the labels of another release.
        expected: dict[str, Foretold | Leftover] = {**self.staying, **self.foretold}
        for uid, one in expected.items():
            resource = self.resources.get(one.kind)
            if uid in left or uid in self.targets or resource is None or resource.kind in self.unreadable:
                continue
            if one.uid in self._seen_labelled:
                continue
            try:
                item = self.cluster.find(resource, one.name, one.namespace)
            except Forbidden:
                self.unreadable.add(resource.kind)
                continue
            if item is not None and item["metadata"].get("uid") == uid:
                left[uid] = item
        return left

    def _labelled(self) -> Iterable[Json]:
        """Give what carries the labels of the deleted workloads, foretold or new, with few lists."""
        groups: dict[tuple[str, str], list[str]] = {}
        for uid, (doomed, _) in self.targets.items():
            if is_sedna(doomed.object) and doomed.may_have_children:
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
