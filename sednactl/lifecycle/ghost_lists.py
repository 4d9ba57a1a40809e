"""The lists and looks of one scan for ghosts: what is asked of the cluster, and what of the answers is kept."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from sednactl.cluster.door import Selection
from sednactl.cluster.reading_ahead import AT_ONCE, Ahead
from sednactl.cluster.several import each
from sednactl.errors import Forbidden, NotFound, Refused, SednactlError, Unreachable
from sednactl.lifecycle.ghost_kinship import suspects
from sednactl.lifecycle.ghost_places import place_of
from sednactl.lifecycle.ghost_sieve import JOB_UID, Sieve
from sednactl.lifecycle.ghosts import Inventory, LiveWorkload, Place, traces
from sednactl.sedna.belonging import written_before_0_7
from sednactl.sedna.kinds import BY_KIND, FEDERATED_LEARNING, JOINT_INFERENCE, SEDNA_KINDS, SednaKind
from sednactl.sedna.resources import (
    CHILD_RESOURCES,
    DEPLOYMENT,
    HPA,
    POD,
    REPLICA_SET,
    SERVICE,
    Resource,
)

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.cluster.metadata import Metadata

Json = dict[str, Any]
T = TypeVar("T")

_A_FEW = 50
"""Objects up to which each is read by its name; more are read as a list."""

_AGGREGATION = FEDERATED_LEARNING.services[0]

_OWNERS_FIRST = (DEPLOYMENT, REPLICA_SET, POD, SERVICE, HPA)
"""The kinds of children so that owners are listed before what they own."""

_RESOURCES = {resource.kind: resource for resource in CHILD_RESOURCES}

_KEPT_METADATA = (
    "name", "namespace", "uid", "labels", "annotations", "ownerReferences",
    "creationTimestamp", "deletionTimestamp", "finalizers",
)  # fmt: skip


def slim(item: Json, resource: Resource) -> Json:
    """Give what judgement needs of an object, so that the rest can be forgotten."""
    meta = item["metadata"]
    return _child({key: meta[key] for key in _KEPT_METADATA if key in meta}, resource)


def as_child(meta: Metadata, resource: Resource) -> Json:
    """Give the same of an object of which only the metadata was decoded."""
    return _child(meta.as_dict(), resource)


def _child(meta: Json, resource: Resource) -> Json:
    return {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": meta}


def live_workload(kind: SednaKind, item: Json) -> LiveWorkload:
    """Give what judgement needs of a workload, from metadata or from the whole object."""
    meta = item["metadata"]
    expected = None
    if kind is FEDERATED_LEARNING and "spec" in item:
        expected = 1 + len(item["spec"].get("trainingWorkers") or ())
    status = item.get("status") or {}
    conditions = status.get("conditions") or [{}]
    # The claim Failed alone is worth little; with no active worker it is what GM
    # from 0.7 on says about a service whose workers an older one made.
    failed = conditions[-1].get("type") == "Failed" and not status.get("active")
    return LiveWorkload(kind.kind, meta.get("namespace", ""), meta["name"], expected, failed)


def _alive(kind: SednaKind, meta: Metadata) -> LiveWorkload:
    return LiveWorkload(kind.kind, meta.namespace, meta.name)


def _has_too_many(job: Json, pods: Mapping[str, Mapping[str, int]]) -> bool:
    """Tell whether a job has more pods of a worker type than it asks for; `pods` counts them by job and worker type."""
    trainers = len((job.get("spec") or {}).get("trainingWorkers") or ())
    there = pods.get(job["metadata"]["uid"], {})
    return any(count > (1 if worker == _AGGREGATION else trainers) for worker, count in there.items())


class Lists:
    """The lists of one scan, with what they share: scope, counts, and the courage to go on after an error."""

    def __init__(self, cluster: Cluster, namespace: str | None, tell: Callable[[str], None]) -> None:
        self.cluster = cluster
        self.namespace = namespace
        self.tell = tell
        self.scanned: dict[str, int] = {}
        self._uncounted: dict[str, str] = {}
        self._answered = False
        self._silent = 0

    def living_uids(self) -> set[str]:
        """Give the UIDs of all living workloads, as far as their kinds can be listed."""
        living: set[str] = set()
        kinds = [kind for kind in SEDNA_KINDS if kind.makes_children]
        for kind, found in self._by_kind(kinds, lambda _, meta: meta.uid, {}).items():
            living.update(found)
            self.scanned[kind.kind] = len(found)
        return living

    def workloads(self, kinds: Iterable[SednaKind]) -> tuple[dict[str, LiveWorkload], dict[str, str]]:
        """Give the living by UID, and why kinds could not be listed."""
        unreadable: dict[str, str] = {}
        listed = self._by_kind(list(kinds), lambda kind, meta: (meta.uid, _alive(kind, meta)), unreadable)
        for kind, found in listed.items():
            self.scanned[kind.kind] = len(found)
        return {uid: one for found in listed.values() for uid, one in found}, unreadable

    def _by_kind(
        self,
        kinds: Sequence[SednaKind],
        take: Callable[[SednaKind, Metadata], T],
        unreadable: dict[str, str],
    ) -> dict[SednaKind, list[T]]:
        """List several kinds at once; give what `take` makes of each workload, and in `unreadable` why some are missing."""
        taken: dict[SednaKind, list[T]] = {}
        with self._at_once(Selection(kind.resource, self.namespace) for kind in kinds) as lists:
            for kind, pages in zip(kinds, lists, strict=True):
                self.tell(f"reading {kind.plural}")
                try:
                    found = [take(kind, meta) for page in pages for meta in page]
                except (Refused, Unreachable) as error:
                    unreadable[kind.kind] = self._reason(error, kind.plural)
                    continue
                self._heard()
                taken[kind] = found
        return taken

    def children(self, sieve: Sieve) -> tuple[list[Json], dict[str, str]]:
        """Give the children worth judging, and why kinds of children could not be listed."""
        kept: list[Json] = []
        blind: dict[str, str] = {}
        selections = [Selection(resource, self.namespace) for resource in _OWNERS_FIRST]
        with self._at_once(selections) as lists:
            for resource, pages in zip(_OWNERS_FIRST, lists, strict=True):
                count = 0
                try:
                    for page in pages:
                        self.tell(f"looking through {resource.plural}: {count}")
                        count += len(page)
                        kept += [
                            as_child(meta, resource) for meta in page if sieve.holds(meta, resource.kind)
                        ]
                except NotFound:
                    self.scanned[resource.kind] = 0  # what the cluster does not serve nobody made there
                    continue
                except (Refused, Unreachable) as error:
                    blind[resource.kind] = self._reason(error, resource.plural)
                    if len(blind) == len(CHILD_RESOURCES):
                        raise
                    continue
                self._heard()
                self.scanned[resource.kind] = count
        return kept, blind

    @contextlib.contextmanager
    def _at_once(self, selections: Iterable[Selection]) -> Iterator[list[Ahead[Sequence[Metadata]]]]:
        """Give a list for each selection; all are read from now on, each a few pages ahead of who works on it."""
        gate = threading.Semaphore(AT_ONCE)
        lists = [Ahead(self.cluster.metadata(selection), gate) for selection in selections]
        try:
            yield lists
        finally:
            for one in lists:
                one.close()

    def surplus_pods(self, sieve: Sieve) -> list[Json]:
        """Give the pods of those living federated-learning jobs that have more of them than they ask for."""
        crowded: list[str] = []
        try:
            if sieve.job_pods:
                jobs = self.cluster.list(Selection(FEDERATED_LEARNING.resource, self.namespace))
                crowded = [job["metadata"]["uid"] for job in jobs if _has_too_many(job, sieve.job_pods)]
            return [slim(pod, POD) for pod in self._pods_of(crowded)]
        except (Refused, Unreachable) as error:
            self._uncounted[FEDERATED_LEARNING.kind] = self._reason(error, FEDERATED_LEARNING.plural)
            return []

    def _pods_of(self, jobs: list[str]) -> Iterator[Json]:
        for start in range(0, len(jobs), _A_FEW):
            labels = f"{JOB_UID} in ({','.join(jobs[start : start + _A_FEW])})"
            yield from self.cluster.list(Selection(POD, self.namespace, labels), metadata_only=True)

    def inventory(self, children: list[Json]) -> Inventory:
        """Read the living again, only those kinds that the children name, and where dying pods run."""
        named = {kind for child in children for kind in traces(child).kinds()}
        if any(child["kind"] == DEPLOYMENT.kind for child in children):
            named.add(JOINT_INFERENCE.kind)  # whose namesakes have Deployments rebuilt
        kinds = [BY_KIND[kind] for kind in sorted(named) if kind]
        living, unreadable = self.workloads(kinds)
        elsewhere, unanswered = self._elsewhere(kinds)
        living, unreadable = {**elsewhere, **living}, {**self._uncounted, **unanswered, **unreadable}
        self._look_closer(children, living, unreadable)
        inventory = Inventory(children, living, unreadable)
        return replace(inventory, places=self._places(inventory))

    def _look_closer(
        self, children: Iterable[Json], living: dict[str, LiveWorkload], unreadable: dict[str, str]
    ) -> None:
        """Read in full those of the living whose spec or status decides about a child: by name while they are few."""
        wanted: dict[SednaKind, set[str]] = {}
        for child in children:
            made_by = traces(child)
            counted = child["kind"] == POD.kind and FEDERATED_LEARNING.kind in made_by.kinds()
            if counted or any(written_before_0_7(one) for one in made_by.sedna):
                for uid in made_by.uids() & living.keys():
                    if self.namespace in (None, living[uid].namespace):
                        wanted.setdefault(BY_KIND[living[uid].kind], set()).add(uid)
        for kind, uids in wanted.items():
            try:
                for item in self._whole(kind, [living[uid] for uid in sorted(uids)]):
                    if item["metadata"]["uid"] in uids:
                        living[item["metadata"]["uid"]] = live_workload(kind, item)
            except (Refused, Unreachable) as error:
                unreadable[kind.kind] = self._reason(error, kind.plural)

    def _whole(self, kind: SednaKind, wanted: Sequence[LiveWorkload]) -> Iterable[Json]:
        if len(wanted) <= _A_FEW:
            with contextlib.suppress(Forbidden):  # somebody who may list them, but not get one
                there = [self.cluster.find(kind.resource, one.name, one.namespace) for one in wanted]
                return [item for item in there if item is not None]
        return self.cluster.list(Selection(kind.resource, self.namespace))

    def _elsewhere(self, kinds: Iterable[SednaKind]) -> tuple[dict[str, LiveWorkload], dict[str, str]]:
        """Give the living of all namespaces, as far as they may be listed, and kinds that gave no answer.

        A UID that lives anywhere spares: copies of an object carry the labels of the original.
        """
        living: dict[str, LiveWorkload] = {}
        unanswered: dict[str, str] = {}
        for kind in kinds if self.namespace is not None else ():
            try:
                for page in self.cluster.metadata(Selection(kind.resource)):
                    living |= {meta.uid: _alive(kind, meta) for meta in page}
            except (Forbidden, NotFound):
                continue  # an operator of one namespace sees that one only
            except Refused as error:
                unanswered[kind.kind] = error.message
        return living, unanswered

    def second_look(self, inventory: Inventory, unsettled: Mapping[str, str]) -> Inventory:
        """Look again at some objects (kind by UID): those that are gone drop out, the others have stayed."""
        still = {child["metadata"]["uid"]: child for child in self._there(inventory, unsettled)}
        children = [
            still.get(child["metadata"]["uid"], child)
            for child in inventory.children
            if child["metadata"]["uid"] not in unsettled or child["metadata"]["uid"] in still
        ]
        return self.inventory(children)

    def _there(self, inventory: Inventory, wanted: Mapping[str, str]) -> list[Json]:
        """Give those of the wanted children (kind by UID) that are still there: by name while they are few."""
        if len(wanted) <= _A_FEW:
            with contextlib.suppress(Forbidden):
                children = [one for one in inventory.children if one["metadata"]["uid"] in wanted]
                found = [(child, self._found(child)) for child in children]
                return [slim(item, _RESOURCES[child["kind"]]) for child, item in found if item is not None]
        there: list[Json] = []
        for resource in CHILD_RESOURCES:
            if resource.kind in wanted.values():
                for page in self.cluster.metadata(Selection(resource, self.namespace)):
                    there += (as_child(meta, resource) for meta in page if meta.uid in wanted)
        return there

    def _found(self, child: Json) -> Json | None:
        meta = child["metadata"]
        item = self.cluster.find(_RESOURCES[child["kind"]], meta["name"], meta.get("namespace"))
        return item if item is not None and item["metadata"]["uid"] == meta["uid"] else None

    def _places(self, inventory: Inventory) -> dict[str, Place]:
        """Find out where pods run that are being deleted: of an offline site there may be thousands."""
        nodes: dict[str, tuple[bool | None, bool]] = {}

        def look(child: Json) -> Place | None:
            try:
                pod = self._found(child)
            except Refused:
                return Place("", None)
            return place_of(self.cluster, pod, nodes) if pod is not None else None

        leaving = {
            uid: child
            for uid, child in suspects(inventory).items()
            if child["kind"] == POD.kind and child["metadata"].get("deletionTimestamp")
        }
        places = zip(leaving, each(look, leaving.values()), strict=True)
        return {uid: place for uid, place in places if place is not None}

    def _heard(self) -> None:
        self._answered = True
        self._silent = 0

    def _reason(self, error: SednactlError, plural: str) -> str:
        """Take an error as the answer for one kind; silence right away, or twice, means the cluster is gone."""
        if isinstance(error, Unreachable):
            self._silent += 1
            if not self._answered or self._silent > 1:
                raise error
        if isinstance(error, NotFound):
            return f"the cluster does not serve {plural}"
        return error.message
