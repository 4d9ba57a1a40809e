"""All there is to know about one workload, read at one moment, and what is to be made of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import Selection
from sednactl.errors import Forbidden
from sednactl.lifecycle.ownership import Branch, Family, belongs, ownership_tree, worker_of
from sednactl.lifecycle.reading import ALL_CHILDREN, OnFault, nodes_of, read_family, read_nodes
from sednactl.lifecycle.references import Reference, WorkerSpec, references_of, workers_of
from sednactl.lifecycle.state import WorkloadState, state_of
from sednactl.lifecycle.users_of import USERS, Usage, read_usage
from sednactl.sedna.kinds import DATASET
from sednactl.sedna.resources import EVENT, HPA

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.sedna.kinds import SednaKind

Json = dict[str, Any]
MOST_EVENTS = 25


@dataclass(frozen=True)
class CheckedReference:
    """A reference and whether what it names is there; None: that could not be read."""

    reference: Reference
    present: bool | None


@dataclass(frozen=True)
class SideDescription:
    """One worker: what the manifest says, and its autoscaler as it is."""

    spec: WorkerSpec
    hpa: Json | None
    node: str
    node_ready: bool | None
    node_known: bool


@dataclass(frozen=True)
class Description:
    """A workload with everything that bears on it; `diagnosis` are sentences, the gravest first.

    `usage` tells who uses it, where it is a model or a dataset.
    """

    family: Family
    state: WorkloadState
    sides: tuple[SideDescription, ...]
    tree: tuple[Branch, ...]
    references: tuple[CheckedReference, ...]
    events: tuple[Json, ...]
    diagnosis: tuple[str, ...]
    notes: tuple[str, ...]
    usage: Usage | None = None


def read_description(
    cluster: Cluster, kind: SednaKind, name: str, namespace: str, on_fault: OnFault | None = None
) -> Description:
    """Read a workload, its children, references, nodes and events. Raises NotFound for the workload alone.

    `on_fault` is told of children that the API server failed to list; without it that is raised.
    """
    family, said = read_family(cluster, kind, name, namespace, resources=ALL_CHILDREN, on_fault=on_fault)
    notes = list(said)
    references = tuple(
        CheckedReference(one, _present(cluster, one, namespace))
        for one in references_of(kind, family.workload)
    )
    sides = workers_of(kind, family.workload)
    wanted = {str(side.pod.get("nodeName") or "") for side in sides} | nodes_of(family.objects)
    wanted.add(_own_node(family))
    nodes, said = read_nodes(cluster, wanted)
    notes += said
    try:
        events = events_about(family, cluster.list(Selection(EVENT, namespace)))
    except Forbidden:
        events = ()
        notes.append("events may not be listed here")
    described = describe(family, cluster.now(), references, nodes, events, tuple(notes))
    return replace(described, usage=read_usage(cluster, kind, namespace)) if kind.kind in USERS else described


def describe(
    family: Family,
    now: datetime,
    references: tuple[CheckedReference, ...] = (),
    nodes: Mapping[str, bool | None] | None = None,
    events: tuple[Json, ...] = (),
    notes: tuple[str, ...] = (),
) -> Description:
    """Put together what was read about a workload and judge it."""
    known = nodes or {}
    state = state_of(family, now, known)
    sides = tuple(_side(family, spec, known) for spec in workers_of(family.kind, family.workload))
    tree = ownership_tree(family)
    diagnosis = dict.fromkeys(
        (
            *state.evidence,
            *_about_nodes(family, sides, known),
            *_about_references(references),
            *_about_tree(tree),
        )
    )
    if state.doubt is not None:
        diagnosis[state.doubt] = None
    return Description(family, state, sides, tree, references, events, tuple(diagnosis), notes)


def events_about(family: Family, events: Iterable[Json]) -> tuple[Json, ...]:
    """Give the events of a workload and its own children, newest last."""
    uids = {family.uid}
    uids |= {item["metadata"]["uid"] for item in family.objects if belongs(item, family.uid)}
    mine = [event for event in events if (event.get("involvedObject") or {}).get("uid") in uids]
    return tuple(sorted(mine, key=event_time)[-MOST_EVENTS:])


def event_time(event: Json) -> str:
    """Give when an event last happened, as an API timestamp."""
    series = (event.get("series") or {}).get("lastObservedTime")
    found = series or event.get("lastTimestamp") or event.get("eventTime") or event.get("firstTimestamp")
    return str(found or event["metadata"].get("creationTimestamp") or "")


def _present(cluster: Cluster, reference: Reference, namespace: str) -> bool | None:
    try:
        return cluster.find(reference.resource, reference.name, namespace) is not None
    except Forbidden:
        return None


def _side(family: Family, spec: WorkerSpec, nodes: Mapping[str, bool | None]) -> SideDescription:
    hpas = [one for one in family.own(HPA.kind) if worker_of(one) == spec.worker]
    node = str(spec.pod.get("nodeName") or "")
    return SideDescription(spec, hpas[0] if hpas else None, node, nodes.get(node), node in nodes)


def _own_node(family: Family) -> str:
    """Give the node that a Dataset lies on, "" for other kinds."""
    if family.kind is not DATASET:
        return ""
    return str((family.workload.get("spec") or {}).get("nodeName") or "")


def _about_nodes(
    family: Family, sides: Iterable[SideDescription], nodes: Mapping[str, bool | None]
) -> Iterable[str]:
    """Say of each node that is missing or offline, once, what is bound to it."""
    bound: dict[str, list[str]] = {_own_node(family): ["the data"]}
    for side in sides:
        bound.setdefault(side.node, []).append(side.spec.title.lower())
    for node, titles in bound.items():
        if node and node in nodes and not nodes[node]:
            how = "does not exist" if nodes[node] is None else "is offline (not Ready)"
            yield f"node {node} {how}; bound to it: {', '.join(titles)}"


def _about_references(references: Iterable[CheckedReference]) -> Iterable[str]:
    for one in references:
        if one.present is False:
            reference = one.reference
            yield (
                f"{reference.resource.kind} {reference.name} ({reference.path}) is missing: "
                f"{reference.when_missing}"
            )


def _about_tree(tree: Iterable[Branch]) -> Iterable[str]:
    ghosts = [branch for branch in tree if branch.link == "ghost"]
    if ghosts:
        names = ", ".join(f"{one.object.get('kind')} {one.object['metadata']['name']}" for one in ghosts)
        yield (
            f"left by a former workload of the same name: {names}; 'sednactl cleanup ghost-instances' tells more"
        )
