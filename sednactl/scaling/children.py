"""Which Deployment and which autoscaler a side of a service has, and whose they are.

An autoscaler belongs to a side because it targets the side's Deployment,
whatever its name and whoever made it. A name alone never proves that a child is
the service's own: its owner's UID does, or else the UID in its labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sednactl.sedna.belonging import kind_of_owner, labels_of, sedna_owners
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.naming import SednaLabels, deployment_name

Json = dict[str, Any]
Key = tuple[str, str]
"""A service's namespace and name."""
SIDES = ("cloud", "edge")
Origin = Literal["service", "foreign", "ghost"]


def key_of(item: Mapping[str, Any]) -> Key:
    """Give an object's namespace and name."""
    metadata = item["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def services_of(child: Mapping[str, Any]) -> tuple[Key, ...]:
    """Give the services whose sides a Deployment, autoscaler or pod may touch: by label, target and name."""
    metadata = child["metadata"]
    namespace = metadata.get("namespace", "")
    labels = _labels(child)
    names = {labels.name} if labels is not None and labels.name else set()
    target = target_of(child) if child.get("kind") == "HorizontalPodAutoscaler" else metadata["name"]
    if child.get("kind") != "Pod":
        workload, found, side = (target or "").rpartition("-deployment-")
        if found and workload and side in SIDES:
            names.add(workload)
    return tuple((namespace, name) for name in sorted(names))


def deployment_of(side: str, workload: Json, deployments: Sequence[Json]) -> Json | None:
    """Give the side's Deployment: the service's own, else whoever's has the name that its own would have."""
    uid, fixed = workload["metadata"].get("uid", ""), deployment_name(workload["metadata"]["name"], side)
    candidates = [
        item for item in deployments if is_side(item, side, uid) or item["metadata"]["name"] == fixed
    ]
    candidates.sort(key=lambda item: (not is_side(item, side, uid), item["metadata"]["name"] != fixed))
    return candidates[0] if candidates else None


def autoscalers_of(side: str, uid: str, target: str, hpas: Sequence[Json]) -> list[Json]:
    """Give those that scale the Deployment, the service's own first; else its own that scales something else."""
    found = [hpa for hpa in hpas if target_of(hpa) == target]
    if not found:
        found = [hpa for hpa in hpas if is_side(hpa, side, uid)]
    return sorted(found, key=lambda hpa: (not is_side(hpa, side, uid), hpa["metadata"]["name"]))


def target_of(hpa: Mapping[str, Any]) -> str | None:
    """Give the name of the Deployment that an autoscaler scales; None when it scales something else."""
    reference = (hpa.get("spec") or {}).get("scaleTargetRef") or {}
    if reference.get("kind") != "Deployment" or not str(reference.get("apiVersion", "apps/v1")).startswith(
        "apps/"
    ):
        return None
    name = reference.get("name")
    return None if name is None else str(name)


def origin_of(hpa: Json, uid: str) -> Origin:
    """Say whose an autoscaler is that acts on the service with this UID."""
    if made_for_another(hpa, uid):
        return "ghost"
    return "foreign" if _labels(hpa) is None and _owner_uid(hpa) is None else "service"


def made_for_another(child: Json, uid: str) -> bool:
    """Tell that Sedna made it for another workload than this one: by owner, else by label."""
    owner, labels = _owner_uid(child), _labels(child)
    made_for = owner if owner is not None else labels.uid if labels is not None else None
    return made_for is not None and made_for != uid


def _owner_uid(child: Json) -> str | None:
    owners = (one for one in sedna_owners(child) if kind_of_owner(one) is JOINT_INFERENCE)
    return next((str(owner.get("uid", "")) for owner in owners), None)


def _labels(child: Mapping[str, Any]) -> SednaLabels | None:
    return next((labels for labels in labels_of(child) if labels.kind is JOINT_INFERENCE), None)


def is_side(child: Mapping[str, Any], side: str, uid: str) -> bool:
    """Tell whether Sedna's labels say that the child is this side of the service with this UID."""
    labels = _labels(child)
    return labels is not None and labels.worker_type == side and labels.uid == uid
