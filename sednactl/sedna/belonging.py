"""Whom an object belongs to, as its own metadata tells: owner references first, Sedna's labels beside them.

One reading for all who ask: ghosts, trees, cascades, taken names, autoscalers.
It says what an object *names*; whether that lives is for the caller to know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sednactl.sedna.kinds import BY_KIND, GROUP, SEDNA_KINDS, SednaKind
from sednactl.sedna.naming import SednaLabels, all_sedna_labels

_FORMER_KINDS = {kind.former_kind: kind for kind in SEDNA_KINDS if kind.former_kind}


def owner_references(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give an object's owner references."""
    return item["metadata"].get("ownerReferences") or []


def owner_uids(item: Mapping[str, Any]) -> list[str]:
    """Give the UIDs of an object's owners."""
    return [str(one.get("uid", "")) for one in owner_references(item)]


def names_sedna(reference: Mapping[str, Any]) -> bool:
    """Tell whether an owner reference names a kind of Sedna's API group, in whatever version."""
    return names_sedna_version(str(reference.get("apiVersion", "")))


def names_sedna_version(api_version: str) -> bool:
    """Tell whether an apiVersion is of Sedna's API group."""
    return api_version.startswith(GROUP) and api_version.partition("/")[0] == GROUP


def kind_of_owner(reference: Mapping[str, Any]) -> SednaKind | None:
    """Give the kind an owner reference means, by its present or its former name; None for one nobody knows."""
    kind = str(reference.get("kind", ""))
    return BY_KIND.get(kind) or _FORMER_KINDS.get(kind)


def written_before_0_7(reference: Mapping[str, Any]) -> bool:
    """Tell whether an owner reference names a kind that releases before 0.7 wrote by mistake."""
    return reference.get("kind") in _FORMER_KINDS


def sedna_owners(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the owner references that name a Sedna workload."""
    return [one for one in owner_references(item) if names_sedna(one)]


def labels_of(item: Mapping[str, Any]) -> tuple[SednaLabels, ...]:
    """Give what Sedna's labels on an object say: usually one workload, none, or (edited by hand) several."""
    return all_sedna_labels(item["metadata"].get("labels"))


def label_uids(item: Mapping[str, Any]) -> set[str]:
    """Give the workload UIDs that Sedna's labels on an object name."""
    return {labels.uid for labels in labels_of(item)}


def named_workloads(item: Mapping[str, Any]) -> set[tuple[SednaKind, str]]:
    """Give (kind, name) of every workload that an object says it belongs to, where both are known."""
    named = {(kind_of_owner(one), str(one.get("name", ""))) for one in sedna_owners(item)}
    named |= {(labels.kind, labels.name) for labels in labels_of(item)}
    return {(kind, name) for kind, name in named if kind is not None and name}
