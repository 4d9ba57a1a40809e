"""Reading workloads and their children with as few requests as the answer needs.

Children are listed a kind at a time for all workloads together, by label, never
object by object. What may not be listed is remembered, so that one missing
right costs one column and not the screen; for whoever wants it so (`on_fault`),
the same goes for a list that the API server fails to give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import Selection
from sednactl.errors import Forbidden, NotFound, SednactlError, ServerFault, TooBusy
from sednactl.lifecycle.ownership import Family, families_of
from sednactl.records import Record
from sednactl.sedna.kinds import GROUP, JOINT_INFERENCE, SednaKind
from sednactl.sedna.naming import fixed_names
from sednactl.sedna.resources import (
    DEPLOYMENT,
    ENDPOINT_SLICE,
    HPA,
    NODE,
    POD,
    REPLICA_SET,
    SERVICE,
    Resource,
)

if TYPE_CHECKING:
    from sednactl.cluster.door import Reads
    from sednactl.lifecycle.users_of import Usage

Json = dict[str, Any]
OnFault = Callable[[SednactlError], None]
"""Told of a list that the API server failed to give, where going on without it is wanted."""


class Reading(Record):
    """Workloads of one kind with what may be their children, and notes on what could not be read.

    `usage` tells who uses them, where that was read: of models and datasets that are followed.
    """

    kind: SednaKind
    families: tuple[Family, ...]
    notes: tuple[str, ...] = ()
    usage: Usage | None = None


def resources_for_state(kind: SednaKind) -> tuple[Resource, ...]:
    """Give the kinds of children that a workload's state is judged by, and no more."""
    found: list[Resource] = []
    if kind.deployments:
        found.append(DEPLOYMENT)
    if kind is JOINT_INFERENCE:
        found.append(HPA)
    if kind.services and kind.deployments:
        found += [SERVICE, ENDPOINT_SLICE]
    if set(kind.worker_types) - set(kind.deployments):
        found.append(POD)
    return tuple(found)


ALL_CHILDREN = (HPA, DEPLOYMENT, REPLICA_SET, POD, SERVICE, ENDPOINT_SLICE)


def read_workloads(
    cluster: Reads,
    kind: SednaKind,
    namespace: str | None,
    *,
    labels: str | None = None,
    children: bool = True,
    on_fault: OnFault | None = None,
) -> Reading:
    """Read all workloads of a kind, with the children that tell their state.

    `namespace` None means all. With `children` False only the workloads are read. Raises what
    reading the workloads does; ServerFault and TooBusy for children only without `on_fault`.
    """
    workloads = list(cluster.list(Selection(kind.resource, namespace, labels)))
    if not workloads or not children or not kind.makes_children:
        return Reading(kind, tuple(Family(kind, one) for one in workloads))
    selector = f"{kind.label_prefix}/name"
    objects, unreadable, notes = _children(
        cluster, resources_for_state(kind), namespace, (selector,), on_fault
    )
    families = tuple(families_of(kind, workloads, objects, unreadable))
    if kind.former_kind and not all(family.own(DEPLOYMENT.kind) for family in families):
        # Something is amiss, or a Sedna before 0.7 made them: one more list for all of them together.
        pods, _, _ = _children(cluster, (POD,), namespace, (former_label(kind),), on_fault)
        if pods:
            families = tuple(families_of(kind, workloads, (*objects, *pods), unreadable))
    return Reading(kind, families, notes)


def selections_for_state(
    kind: SednaKind, namespace: str | None, *, labels: str | None = None, name: str | None = None
) -> tuple[Selection, ...]:
    """Give every list that `read_workloads` (or `read_family`, for one `name`) asks for, the workloads' own first."""
    fields = None if name is None else f"metadata.name={name}"
    own = Selection(kind.resource, namespace, labels, fields)
    if not kind.makes_children:
        return (own,)
    suffix = "" if name is None else f"={name}"
    children = [
        Selection(resource, namespace, f"{kind.label_prefix}/name{suffix}")
        for resource in resources_for_state(kind)
    ]
    if kind.former_kind:
        children.append(Selection(POD, namespace, former_label(kind) + suffix))
    return (own, *children)


def read_family(
    cluster: Reads,
    kind: SednaKind,
    name: str,
    namespace: str,
    *,
    resources: Sequence[Resource] | None = None,
    workload: Json | None = None,
    on_fault: OnFault | None = None,
) -> tuple[Family, tuple[str, ...]]:
    """Read one workload and its children (those its state needs, or `resources`), and notes.

    Raises NotFound for the workload; ServerFault and TooBusy for children only without `on_fault`.
    """
    if workload is None:
        workload = cluster.get(kind.resource, name, namespace)
    if not kind.makes_children:
        return Family(kind, workload), ()
    wanted = resources_for_state(kind) if resources is None else resources
    selectors = [f"{kind.label_prefix}/name={name}"]
    if kind.former_kind and resources is not None:
        selectors.append(f"{former_label(kind)}={name}")
    objects, unreadable, notes = _children(cluster, wanted, namespace, selectors, on_fault)
    return completed(cluster, Family(kind, workload, objects, unreadable)), notes


def _children(
    cluster: Reads,
    resources: Iterable[Resource],
    namespace: str | None,
    selectors: Sequence[str],
    on_fault: OnFault | None = None,
) -> tuple[tuple[Json, ...], frozenset[str], tuple[str, ...]]:
    found: dict[str, Json] = {}
    unreadable: set[str] = set()
    notes: list[str] = []
    for resource in resources:
        try:
            for selector in selectors:
                for item in cluster.list(Selection(resource, namespace, selector)):
                    found[item["metadata"]["uid"]] = item
        except Forbidden:
            unreadable.add(resource.kind)
            notes.append(f"{resource.plural} may not be listed here: what depends on them is shown as ?")
        except NotFound:
            unreadable.add(resource.kind)
            notes.append(f"this cluster does not serve {resource.full_name} in {resource.version}")
        except (ServerFault, TooBusy) as error:
            if on_fault is None:
                raise
            unreadable.add(resource.kind)
            notes.append(f"{resource.plural} could not be listed: what depends on them is shown as ?")
            on_fault(error)
    return tuple(found.values()), frozenset(unreadable), tuple(notes)


def former_label(kind: SednaKind) -> str:
    """Give the label by which releases before 0.7 marked a workload's children by mistake."""
    return f"{str(kind.former_kind).lower()}.{GROUP}/name"


def completed(cluster: Reads, family: Family) -> Family:
    """Look by name for what the labels did not find: a namesake without labels, or pods of a Sedna before 0.7.

    Costs nothing for a workload that is whole.
    """
    namespace = family.workload["metadata"].get("namespace", "")
    more: list[Json] = []
    missing_deployments = 0
    for fixed in fixed_names(family.kind, family.name):
        if fixed.resource.kind in family.unreadable or fixed.resource is HPA:
            continue
        if family.named(fixed.resource.kind, fixed.name) is not None:
            continue
        missing_deployments += fixed.resource is DEPLOYMENT
        try:
            item = cluster.find(fixed.resource, fixed.name, namespace)
        except Forbidden:
            continue
        if item is not None:
            more.append(item)
    if (
        missing_deployments
        and missing_deployments == len(family.kind.deployments)
        and family.kind.former_kind
    ):
        selector = f"{former_label(family.kind)}={family.name}"
        pods, _, _ = _children(cluster, (POD,), namespace, (selector,))
        known = {item["metadata"].get("uid") for item in family.objects}
        more += [pod for pod in pods if pod["metadata"].get("uid") not in known]
    return family._replace(objects=(*family.objects, *more)) if more else family


def read_nodes(cluster: Reads, names: Iterable[str]) -> tuple[dict[str, bool | None], tuple[str, ...]]:
    """Tell which of these nodes are Ready; None for one that does not exist; nothing for what may not be read."""
    ready: dict[str, bool | None] = {}
    for name in sorted(set(names) - {""}):
        try:
            node = cluster.find(NODE, name)
        except Forbidden:
            return ready, ("nodes may not be read: whether they are offline is not known",)
        ready[name] = None if node is None else node_ready(node)
    return ready, ()


def node_ready(node: Json) -> bool:
    """Tell whether a node is Ready; a node that never said anything counts as ready."""
    for condition in (node.get("status") or {}).get("conditions") or ():
        if condition.get("type") == "Ready":
            return bool(condition.get("status") == "True")
    return True


def nodes_of(objects: Iterable[Json]) -> set[str]:
    """Give the names of the nodes that pods are bound to."""
    return {
        str((item.get("spec") or {}).get("nodeName"))
        for item in objects
        if item.get("kind") == POD.kind and (item.get("spec") or {}).get("nodeName")
    }
