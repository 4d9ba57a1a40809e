"""The children of the workloads that a diagnosis looks at: one list a kind of workload and a kind of child."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import Selection
from sednactl.diagnosis.observed import Json, Looked, Scope
from sednactl.lifecycle.ownership import Family, families_of
from sednactl.lifecycle.reading import ALL_CHILDREN, completed, former_label
from sednactl.sedna.kinds import SEDNA_KINDS, SednaKind
from sednactl.sedna.naming import fixed_names
from sednactl.sedna.resources import ENDPOINT_SLICE, HPA, POD, REPLICA_SET, SERVICE

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

_CHILDREN = tuple(resource for resource in ALL_CHILDREN if resource is not REPLICA_SET)
_FORMER_CHILDREN = (POD, SERVICE, ENDPOINT_SLICE)
"""What releases before 0.7 made, with labels of their own, and what Kubernetes adds to it."""
_MOST_NAMESAKES = 100
"""Workloads without a child that are looked at once more, by name."""


def name_of(item: Json) -> str:
    """Give an object's name."""
    return str(item["metadata"].get("name", ""))


def namespace_of(item: Json) -> str:
    """Give an object's namespace."""
    return str(item["metadata"].get("namespace") or "")


def children_reads(
    cluster: Cluster, scope: Scope, looks: Mapping[str, Looked[Any]]
) -> dict[str, Callable[[], Any]]:
    """Give the lists of children, for the kinds of which there are workloads."""
    reads: dict[str, Callable[[], Any]] = {}
    which = f"={scope.name}" if scope.name else ""
    for kind in SEDNA_KINDS:
        looked = looks.get(f"workloads/{kind.kind}")
        if looked is None or not looked.value or not kind.makes_children:
            continue
        for resource in _CHILDREN:
            selection = Selection(resource, scope.namespace, f"{kind.label_prefix}/name{which}")
            reads[f"children/{kind.kind}/{resource.kind}"] = partial(_listed, cluster, selection)
        if kind.former_kind:
            for resource in _FORMER_CHILDREN:
                former = Selection(resource, scope.namespace, f"{former_label(kind)}{which}")
                reads[f"children/{kind.kind}/{resource.kind} before 0.7"] = partial(_listed, cluster, former)
    return reads


def _listed(cluster: Cluster, selection: Selection) -> list[Json]:
    return list(cluster.list(selection))


def families_of_looks(looks: Mapping[str, Looked[Any]]) -> dict[str, Looked[Any]]:
    """Put workloads and their children together, each kind under `families/KIND`."""
    return {
        f"families/{kind.kind}": _families(kind, looks)
        for kind in SEDNA_KINDS
        if f"workloads/{kind.kind}" in looks
    }


def _families(kind: SednaKind, looks: Mapping[str, Looked[Any]]) -> Looked[Any]:
    workloads = looks[f"workloads/{kind.kind}"]
    if workloads.error is not None:
        return workloads
    prefix = f"children/{kind.kind}/"
    asked = {name.removeprefix(prefix): look for name, look in looks.items() if name.startswith(prefix)}
    objects = [item for look in asked.values() for item in look.value or ()]
    unreadable = frozenset(child for child, look in asked.items() if look.error is not None)
    return Looked(tuple(families_of(kind, workloads.value or (), tuple(objects), unreadable)))


def namesake_reads(cluster: Cluster, looks: Mapping[str, Looked[Any]]) -> dict[str, Callable[[], Any]]:
    """Give what looks by name for the children that workloads lack: they may be there, and somebody else's."""
    reads: dict[str, Callable[[], Any]] = {}
    for name, looked in looks.items():
        families: tuple[Family, ...] = (looked.value or ()) if name.startswith("families/") else ()
        if any(map(_lacks, families)):
            reads[name] = partial(_all_completed, cluster, families)
    return reads


def _lacks(family: Family) -> bool:
    return any(
        family.named(fixed.resource.kind, fixed.name) is None
        for fixed in fixed_names(family.kind, family.name)
        if fixed.resource is not HPA and fixed.resource.kind not in family.unreadable
    )


def _all_completed(cluster: Cluster, families: tuple[Family, ...]) -> tuple[Family, ...]:
    lacking = [family for family in families if _lacks(family)][:_MOST_NAMESAKES]
    whole = {family.uid: completed(cluster, family) for family in lacking}
    return tuple(whole.get(family.uid, family) for family in families)
