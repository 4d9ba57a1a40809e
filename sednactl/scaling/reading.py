"""How services are scaled right now, read once from a cluster."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import Selection
from sednactl.errors import Forbidden, NotFound
from sednactl.scaling.snapshot import ScaleSnapshot, snapshots_of
from sednactl.scaling.watching import Scope, no_such_service, selections
from sednactl.sedna.kinds import GROUP, JOINT_INFERENCE
from sednactl.sedna.resources import DEPLOYMENT, HPA, POD

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

Json = dict[str, Any]


def read_snapshots(
    cluster: Cluster,
    scope: Scope,
    now: Callable[[], datetime],
    note: Callable[[str], object] = lambda _: None,
) -> list[ScaleSnapshot]:
    """Read every service in scope. Raises NotFound for a named service that is not there.

    A kind of children that may not be listed costs what depends on it, and `note` is told.
    Pods are only asked for where a side has no Deployment (Sedna before 0.7), and
    only if we may.
    """
    workloads: list[Json]
    if scope.name:
        found_one = cluster.find(JOINT_INFERENCE.resource, scope.name, scope.namespace)
        if found_one is None:
            raise no_such_service(scope)
        workloads = [found_one]
    else:
        workloads = list(cluster.list(selections(scope)[0]))
    if not workloads:
        return []
    children: dict[str, list[Json]] = {DEPLOYMENT.kind: [], HPA.kind: []}
    unreadable: set[str] = set()
    for selection in selections(scope)[1:]:
        resource = selection.resource
        if resource.kind in unreadable:
            continue
        try:
            children[resource.kind] += cluster.list(selection)
        except Forbidden:
            note(f"{resource.plural} may not be listed here: what depends on them is not known")
            unreadable.add(resource.kind)
        except NotFound:
            note(f"this cluster does not serve {resource.full_name} in {resource.version}")
            unreadable.add(resource.kind)
    deployments, hpas = children[DEPLOYMENT.kind], children[HPA.kind]
    found = snapshots_of(workloads, deployments, hpas, (), now(), unreadable)
    if all(side.deployment for snapshot in found for side in snapshot.sides.values()):
        return found
    former = f"{(JOINT_INFERENCE.former_kind or '').lower()}.{GROUP}/name"
    labels = f"{former}={scope.name}" if scope.name else former
    try:
        pods = list(cluster.list(Selection(POD, scope.namespace, labels)))
    except Forbidden:
        return found
    return snapshots_of(workloads, deployments, hpas, pods, now(), unreadable)
