"""Looks at a cluster for the checks: one short function a part, many at a time, none in another's way.

Two rounds. The first reads what checks name; the second what only those answers
tell to look for: objects that workloads refer to, roles that are bound, single rights.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import Selection
from sednactl.diagnosis.concurrently import look_concurrently
from sednactl.diagnosis.looking_at_children import (
    children_reads,
    families_of_looks,
    name_of,
    namesake_reads,
    namespace_of,
)
from sednactl.diagnosis.observed import GhostCount, Json, Looked, Observed, Roles, Scope
from sednactl.diagnosis.own_rights import NEEDED, refused
from sednactl.errors import SednactlError, Unauthorized, Unreachable
from sednactl.lifecycle.ghost_scan import scan_for_ghosts
from sednactl.lifecycle.references import references_of
from sednactl.sedna.kinds import DATASET, GROUP, MODEL, SEDNA_KINDS, SednaKind
from sednactl.sedna.resources import (
    API_SERVICE,
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    CRD,
    DAEMON_SET,
    DEPLOYMENT,
    NODE,
    NODE_METRICS,
    POD,
    SECRET,
    Resource,
)
from sednactl.validation.rbac import Right

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.diagnosis.book import Check
    from sednactl.surroundings import Surroundings

METRICS_SERVICE = "v1beta1.metrics.k8s.io"
_MOST_REFERRED = 200
"""Objects that are looked up one by one because no list held them; more are not needed to see what is wrong."""
_REFERRED: dict[str, Resource] = {"Model": MODEL.resource, "Dataset": DATASET.resource, "Secret": SECRET}


def look(
    cluster: Cluster, surroundings: Surroundings, scope: Scope, checks: Collection[Check], seconds: float
) -> Observed:
    """Read what these checks need, within so many seconds.

    Raises Unreachable where nobody answers at all and Unauthorized where the cluster
    does not know the caller; everything else is what was seen.
    """
    clock = surroundings.monotonic
    until = clock() + seconds
    wanted = {read for one in checks for read in one.reads}
    # A little less than all of the time: an answer that does not come is then told by its own request.
    with cluster.within(max(seconds * 0.9, seconds - 2.0)):
        looks: dict[str, Looked[Any]] = {"version": _first(cluster)}
        first = {
            name: partial(read, cluster, surroundings, scope)
            for name, read in _reads(scope).items()
            if name.partition("/")[0] in wanted
        }
        looks |= look_concurrently(first, until, clock)
        second: dict[str, Callable[[], Any]] = {}
        if "workloads" in wanted:
            second |= children_reads(cluster, scope, looks)
        if "referred" in wanted:
            second |= _referred(cluster, looks)
        if "rights" in wanted and looks["rights/everything"].value is False:
            second |= {
                f"right/{group}": partial(refused, cluster, scope.namespace, rights)
                for group, rights in NEEDED.items()
            }
        looks |= look_concurrently(second, until, clock)
        if "workloads" in wanted:
            looks |= families_of_looks(looks)
            third = namesake_reads(cluster, looks)
            # Where that fails, what was seen before still holds.
            looks |= {
                name: looked
                for name, looked in look_concurrently(third, until, clock).items()
                if looked.error is None
            }
    looks |= _rights(looks)
    return Observed(looks, scope)


def _first(cluster: Cluster) -> Looked[Any]:
    """Ask for the version; where two different questions get no answer, there is nobody to ask."""
    try:
        return Looked(cluster.request("GET", "/version"))
    except Unauthorized:
        raise
    except Unreachable as error:
        try:
            cluster.request("GET", "/api")
        except Unreachable:
            raise error from None
        except SednactlError:
            pass
        return Looked(error=error)
    except SednactlError as error:
        return Looked(error=error)


def _reads(scope: Scope) -> dict[str, Callable[[Cluster, Surroundings, Scope], Any]]:
    reads: dict[str, Callable[[Cluster, Surroundings, Scope], Any]] = {
        "groups": _groups,
        "nodes": lambda cluster, _, __: list(cluster.list(Selection(NODE))),
        "node_metrics": lambda cluster, _, __: list(cluster.list(Selection(NODE_METRICS))),
        "metrics_service": lambda cluster, _, __: cluster.find(API_SERVICE, METRICS_SERVICE),
        "definitions": _definitions,
        "deployments": lambda cluster, _, scope: list(cluster.list(Selection(DEPLOYMENT, scope.sedna))),
        "manager_pods": lambda cluster, _, scope: list(cluster.list(Selection(POD, scope.sedna))),
        "daemon_sets": lambda cluster, _, __: list(cluster.list(Selection(DAEMON_SET))),
        "sedna_daemon_sets": lambda cluster, _, scope: list(cluster.list(Selection(DAEMON_SET, scope.sedna))),
        "roles": _roles,
        "ghosts": _ghosts,
        "rights/everything": _everything,
    }
    for kind in scope.kinds or SEDNA_KINDS:
        reads[f"workloads/{kind.kind}"] = partial(_workloads, kind)
    return reads


def _groups(cluster: Cluster, _: Surroundings, __: Scope) -> frozenset[str]:
    listed = cluster.request("GET", "/apis").get("groups") or ()
    return frozenset(
        str(version.get("groupVersion")) for group in listed for version in group.get("versions") or ()
    )


def _definitions(cluster: Cluster, _: Surroundings, __: Scope) -> dict[str, Json]:
    found = {kind.kind: cluster.find(CRD, f"{kind.plural}.{GROUP}") for kind in SEDNA_KINDS}
    return {kind: definition for kind, definition in found.items() if definition is not None}


def _roles(cluster: Cluster, _: Surroundings, scope: Scope) -> Roles:
    bindings = tuple(
        one for one in cluster.list(Selection(CLUSTER_ROLE_BINDING)) if _concerns(one, scope.sedna)
    )
    roles: dict[str, Json] = {}
    for name in {str((one.get("roleRef") or {}).get("name")) for one in bindings}:
        role = cluster.find(CLUSTER_ROLE, name)
        if role is not None:
            roles[name] = role
    return Roles(bindings, roles)


def _concerns(binding: Json, namespace: str) -> bool:
    """Tell whether a binding may give something to a service account of a namespace."""
    for subject in binding.get("subjects") or ():
        kind, name = subject.get("kind"), str(subject.get("name"))
        if kind == "ServiceAccount" and subject.get("namespace") == namespace:
            return True
        if kind in ("User", "Group") and name.startswith(("system:serviceaccount", "system:authenticated")):
            return True
    return False


def _workloads(kind: SednaKind, cluster: Cluster, _: Surroundings, scope: Scope) -> list[Json]:
    if scope.name is None:
        return list(cluster.list(Selection(kind.resource, scope.namespace, scope.labels)))
    found = cluster.find(kind.resource, scope.name, scope.namespace)
    return [] if found is None else [found]


def _ghosts(cluster: Cluster, surroundings: Surroundings, scope: Scope) -> GhostCount:
    scan = scan_for_ghosts(cluster, surroundings, namespace=scope.namespace, labels=scope.labels)
    found = [one for one in scan.ghosts if one.action == "delete"]
    names = tuple(f"{one.kind} {one.namespace}/{one.name}" for one in found[:20])
    return GhostCount(len(found), names, tuple(scan.blind.values()) + tuple(scan.unreadable.values()))


def _everything(cluster: Cluster, _: Surroundings, scope: Scope) -> bool:
    """Tell whether the caller may do everything, so that nothing else has to be asked."""
    return not refused(cluster, scope.namespace, (Right("*", "*", "*"),))


def _rights(looks: dict[str, Looked[Any]]) -> dict[str, Looked[Any]]:
    """Join what was asked about single rights; one group that got no answer leaves all of it open."""
    everything = looks.get("rights/everything")
    if everything is None:
        return {}
    if everything.error is not None or everything.value:
        return {"rights": replace(everything, value=frozenset())}
    asked = [look for name, look in looks.items() if name.startswith("right/")]
    errors = [look for look in asked if look.error is not None]
    if errors:
        return {"rights": errors[0]}
    return {"rights": Looked(frozenset(right for look in asked for right in look.value or ()))}


def _referred(cluster: Cluster, looks: Mapping[str, Looked[Any]]) -> dict[str, Callable[[], Any]]:
    """Look for what workloads refer to and no list held, one by one."""
    read = [(kind, workload) for kind in SEDNA_KINDS for workload in _value(looks, f"workloads/{kind.kind}")]
    held = {(kind.kind, namespace_of(workload), name_of(workload)): workload for kind, workload in read}
    reads: dict[str, Callable[[], Any]] = {}
    for kind, workload in read:
        namespace = namespace_of(workload)
        for reference in references_of(kind, workload):
            named = (reference.resource.kind, namespace, reference.name)
            key = "/".join(("referred", *named))
            if named in held:
                reads[key] = partial(held.__getitem__, named)
            elif len(reads) < _MOST_REFERRED:
                reads[key] = partial(
                    _find, cluster, _REFERRED[reference.resource.kind], reference.name, namespace
                )
    return reads


def _value(looks: Mapping[str, Looked[Any]], name: str) -> Any:
    looked = looks.get(name)
    return (looked.value if looked else None) or ()


def _find(cluster: Cluster, resource: Resource, name: str, namespace: str) -> Json | None:
    found = cluster.find(resource, name, namespace)
    # Of a secret only the metadata: what it holds is nobody's business here.
    return {"metadata": found["metadata"]} if found is not None and resource is SECRET else found
