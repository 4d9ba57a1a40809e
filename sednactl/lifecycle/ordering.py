"""The order in which manifests are sent, so that what is referred to is there first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

_FIRST = (
    "CustomResourceDefinition",
    "Namespace",
    "ServiceAccount",
    "Secret",
    "ConfigMap",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "Model",
    "Dataset",
)


def apply_order(manifests: Iterable[Json]) -> list[Json]:
    """Give manifests so that namespaces, secrets, models and datasets come before workloads; else as they were."""
    return sorted(manifests, key=_rank)


def deletion_order(manifests: Iterable[Json]) -> list[Json]:
    """Give manifests the other way round: workloads first, what they refer to after, namespaces last."""
    return sorted(manifests, key=lambda manifest: -_rank(manifest))


def _rank(manifest: Json) -> int:
    kind = manifest.get("kind")
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST)
