"""Apply never owns what an autoscaler owns.

A manifest that sets `spec.replicas` of a Deployment which an autoscaler scales
would set the replicas back on every apply, in the middle of a load peak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import FIELD_MANAGER, Selection
from sednactl.errors import Forbidden
from sednactl.sedna.resources import HPA

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sednactl.cluster.door import Cluster
    from sednactl.sedna.resources import Resource

Json = dict[str, Any]
_SCALED = ("Deployment", "StatefulSet", "ReplicaSet")


def leave_replicas_to_autoscaler(
    cluster: Cluster, resource: Resource, sent: Json, live: Json | None, namespace: str | None
) -> tuple[Json, tuple[str, ...]]:
    """Take `spec.replicas` out of a manifest whose object an autoscaler scales; give it and a note."""
    spec = sent.get("spec")
    if (
        live is None
        or resource.group != "apps"
        or resource.kind not in _SCALED
        or not isinstance(spec, dict)
        or "replicas" not in spec
    ):
        return sent, ()
    try:
        hpa = autoscaler_of(resource.kind, sent["metadata"]["name"], cluster.list(Selection(HPA, namespace)))
    except Forbidden:
        return sent, ("could not look whether an autoscaler owns spec.replicas: listing them is not allowed",)
    if hpa is None:
        return sent, ()
    rest = {key: value for key, value in spec.items() if key != "replicas"}
    if only_we_own_replicas(live):
        # Dropping a field that nobody else owns would reset it to its default.
        rest["replicas"] = (live.get("spec") or {}).get("replicas")
    note = f"spec.replicas is left to the autoscaler {hpa}, which owns it"
    return {**sent, "spec": rest}, (note,)


def autoscaler_of(kind: str, name: str, hpas: Iterable[Json]) -> str | None:
    """Give the name of the autoscaler that targets the object, if any does."""
    for hpa in hpas:
        target = (hpa.get("spec") or {}).get("scaleTargetRef") or {}
        if target.get("kind") == kind and target.get("name") == name:
            return str(hpa["metadata"]["name"])
    return None


def only_we_own_replicas(live: Json) -> bool:
    """Tell from the managed fields whether no one but sednactl set `spec.replicas`."""
    owners = {
        entry.get("manager")
        for entry in live["metadata"].get("managedFields") or ()
        if "f:replicas" in ((entry.get("fieldsV1") or {}).get("f:spec") or {})
    }
    return owners == {FIELD_MANAGER}
