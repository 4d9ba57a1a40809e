"""Look through a cluster for what `find_ghosts` has to judge.

The living are listed before and after the children. Before, so that the great
mass of healthy children is dropped while it streams past; after, so that a
workload created in between does not make its children look like ghosts. Lists
are metadata only and paged: memory grows with ghosts and workloads, not with
what else the cluster runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import Selection
from sednactl.errors import Forbidden, NotFound, Refused, SednactlError, Unreachable
from sednactl.lifecycle import ghost_evidence as say
from sednactl.lifecycle.ghost_kinship import suspects
from sednactl.lifecycle.ghost_places import place_of
from sednactl.lifecycle.ghosts import (
    OLDER_THAN,
    Ghost,
    Inventory,
    LiveWorkload,
    Place,
    find_ghosts,
    traces,
    unjudged,
    worth_judging,
)
from sednactl.sedna.belonging import owner_uids
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
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]

SETTLE = 5.0
"""Seconds until what Kubernetes removes by itself is gone (GM re-creates an ObjectSearchService's
children up to 2 s after the deletion, and the garbage collector takes them again)."""

PATIENCE = 30.0
"""Seconds after which a garbage collector that has not taken the children of a dead owner counts as not at work.
Right after its start it was seen to take more than 5 s for the first ones."""

_OWNERS_FIRST = (DEPLOYMENT, REPLICA_SET, POD, SERVICE, HPA)
"""The kinds of children so that owners are listed before what they own."""

_KEPT_METADATA = (
    "name", "namespace", "uid", "labels", "annotations", "ownerReferences",
    "creationTimestamp", "deletionTimestamp", "finalizers",
)  # fmt: skip


@dataclass(frozen=True)
class Scan:
    """What a scan found.

    `scanned` counts every object looked at, by kind. `unjudged` counts, by workload
    kind ("" for an unknown one), objects that could not be judged, `unreadable`
    says why; `blind` names the kinds of children that could not be listed, and why.
    `seen` are the UIDs of all objects that were judged.
    """

    ghosts: list[Ghost]
    scanned: Mapping[str, int]
    unjudged: Mapping[str, int] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    blind: Mapping[str, str] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()


def scan_for_ghosts(
    cluster: Cluster,
    surroundings: Surroundings,
    *,
    namespace: str | None,
    labels: str | None = None,
    older_than: float = OLDER_THAN,
    tell: Callable[[str], None] = lambda _: None,
) -> Scan:
    """List, judge, and look a second time at what may just be on its way out.

    `namespace` None means all of them; `older_than` is in seconds; `tell` hears
    what is going on. A kind that cannot be listed is reported, not guessed; raises
    when nothing at all could be listed.
    """
    scan = _Scanner(cluster, namespace, labels, tell)
    early, _ = scan.workloads([kind for kind in SEDNA_KINDS if kind.makes_children])
    children, blind = scan.children(early)
    inventory = scan.inventory(children)
    ghosts = find_ghosts(inventory, cluster.now(), older_than)
    waited = 0.0
    while unsettled := {ghost.uid: ghost.kind for ghost in ghosts if _may_settle(ghost, waited)}:
        tell(f"waiting to see what Kubernetes removes by itself ({len(unsettled)} objects)")
        surroundings.sleep(SETTLE)
        waited += SETTLE
        inventory = scan.second_look(inventory, unsettled)
        if waited >= PATIENCE:
            inventory = replace(inventory, stayed=frozenset(unsettled))
        ghosts = find_ghosts(inventory, cluster.now(), older_than)
    seen = frozenset(child["metadata"]["uid"] for child in children)
    return Scan(ghosts, scan.scanned, unjudged(inventory), inventory.unreadable, blind, seen)


def _may_settle(ghost: Ghost, waited: float) -> bool:
    """Tell whether more patience (`waited` seconds so far) may make an object go by itself."""
    if ghost.kept_because == say.JUST_DELETED:
        return waited < PATIENCE
    return ghost.kept_because in (say.FOREIGN_OWNER, say.TERMINATING) and waited < SETTLE


def slim(item: Json, resource: Resource) -> Json:
    """Give what judgement needs of an object, so that the rest can be forgotten."""
    meta = item["metadata"]
    return {
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "metadata": {key: meta[key] for key in _KEPT_METADATA if key in meta},
    }


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


class _Scanner:
    """The lists of one scan, with what they share: scope, counts, and the courage to go on after an error."""

    def __init__(
        self, cluster: Cluster, namespace: str | None, labels: str | None, tell: Callable[[str], None]
    ) -> None:
        self.cluster = cluster
        self.namespace = namespace
        self.labels = labels
        self.tell = tell
        self.scanned: dict[str, int] = {}
        self._answered = False
        self._silent = 0

    def workloads(
        self, kinds: Iterable[SednaKind], whole: Iterable[SednaKind] = ()
    ) -> tuple[dict[str, LiveWorkload], dict[str, str]]:
        """Give the living by UID, and why kinds could not be listed; those in `whole` are read in full."""
        living: dict[str, LiveWorkload] = {}
        unreadable: dict[str, str] = {}
        in_full = set(whole)
        for kind in kinds:
            self.tell(f"reading {kind.plural}")
            found: dict[str, LiveWorkload] = {}
            try:
                selection = Selection(kind.resource, self.namespace)
                for item in self.cluster.list(selection, metadata_only=kind not in in_full):
                    found[item["metadata"]["uid"]] = live_workload(kind, item)
            except (Refused, Unreachable) as error:
                unreadable[kind.kind] = self._reason(error, kind.plural)
                continue
            self._heard()
            living.update(found)
            self.scanned[kind.kind] = len(found)
        return living, unreadable

    def children(self, live: Mapping[str, LiveWorkload]) -> tuple[list[Json], dict[str, str]]:
        """Give the children worth judging, and why kinds of children could not be listed."""
        kept: list[Json] = []
        uids: set[str] = set()
        blind: dict[str, str] = {}
        for resource in _OWNERS_FIRST:
            count = 0
            try:
                for item in self.cluster.list(
                    Selection(resource, self.namespace, self.labels), metadata_only=True
                ):
                    count += 1
                    if count % 500 == 1:
                        self.tell(f"looking through {resource.plural}: {count - 1}")
                    item["kind"] = resource.kind
                    # What a suspect owns goes with it, whatever its labels say.
                    if worth_judging(item, live) or not uids.isdisjoint(owner_uids(item)):
                        kept.append(slim(item, resource))
                        uids.add(item["metadata"]["uid"])
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

    def inventory(self, children: list[Json]) -> Inventory:
        """Read the living again, only those kinds that the children name, and where dying pods run."""
        named = {kind for child in children for kind in traces(child).kinds()}
        if any(child["kind"] == DEPLOYMENT.kind for child in children):
            named.add(JOINT_INFERENCE.kind)  # whose namesakes have Deployments rebuilt
        kinds = [BY_KIND[kind] for kind in sorted(named) if kind]
        whole = [kind for kind in kinds if kind is FEDERATED_LEARNING or kind.former_kind]
        living, unreadable = self.workloads(kinds, whole)
        elsewhere, unanswered = self._elsewhere(kinds)
        living, unreadable = {**elsewhere, **living}, {**unanswered, **unreadable}
        inventory = Inventory(children, living, unreadable)
        return replace(inventory, places=self._places(inventory))

    def _elsewhere(self, kinds: Iterable[SednaKind]) -> tuple[dict[str, LiveWorkload], dict[str, str]]:
        """Give the living of all namespaces, as far as they may be listed, and kinds that gave no answer.

        A UID that lives anywhere spares: copies of an object carry the labels of the original.
        """
        living: dict[str, LiveWorkload] = {}
        unanswered: dict[str, str] = {}
        for kind in kinds if self.namespace is not None else ():
            try:
                for item in self.cluster.list(Selection(kind.resource), metadata_only=True):
                    living[item["metadata"]["uid"]] = live_workload(kind, item)
            except (Forbidden, NotFound):
                continue  # an operator of one namespace sees that one only
            except Refused as error:
                unanswered[kind.kind] = error.message
        return living, unanswered

    def second_look(self, inventory: Inventory, unsettled: Mapping[str, str]) -> Inventory:
        """Look again at some objects (kind by UID): those that are gone drop out, the others have stayed."""
        still: dict[str, Json] = {}
        for resource in CHILD_RESOURCES:
            if resource.kind not in unsettled.values():
                continue
            selection = Selection(resource, self.namespace, self.labels)
            for item in self.cluster.list(selection, metadata_only=True):
                if item["metadata"]["uid"] in unsettled:
                    still[item["metadata"]["uid"]] = slim(item, resource)
        children = [
            still.get(child["metadata"]["uid"], child)
            for child in inventory.children
            if child["metadata"]["uid"] not in unsettled or child["metadata"]["uid"] in still
        ]
        return self.inventory(children)

    def _places(self, inventory: Inventory) -> dict[str, Place]:
        places: dict[str, Place] = {}
        nodes: dict[str, tuple[bool | None, bool]] = {}
        for uid, child in suspects(inventory).items():
            meta = child["metadata"]
            if child["kind"] != POD.kind or not meta.get("deletionTimestamp"):
                continue
            try:
                pod = self.cluster.get(POD, meta["name"], meta.get("namespace"))
            except NotFound:
                continue
            except Refused:
                places[uid] = Place("", None)
                continue
            if pod["metadata"]["uid"] == uid:
                places[uid] = place_of(self.cluster, pod, nodes)
        return places

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
