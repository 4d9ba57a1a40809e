"""A cluster in which everything is in order, as a diagnosis sees it; tests take parts out of it."""

from __future__ import annotations

import copy
import functools
from typing import Any

from sednactl.diagnosis.book import Result, all_checks, diagnose
from sednactl.diagnosis.observed import GhostCount, Looked, Observed, Roles, Scope
from sednactl.errors import Forbidden
from sednactl.lifecycle.ownership import families_of
from sednactl.sandbox.controllers.global_manager.installation import installation
from sednactl.sedna.kinds import SEDNA_KINDS, SednaKind
from sednactl.validation.crd import crd_of
from tests.lifecycle.objects import NOW

Json = dict[str, Any]


def node(name: str, *roles: str, ready: bool = True) -> Json:
    return {
        "metadata": {"name": name, "labels": {f"node-role.kubernetes.io/{role}": "" for role in roles}},
        "status": {"conditions": [{"type": "Ready", "status": "True" if ready else "Unknown"}]},
    }


@functools.cache
def _crd(kind: str) -> Json:
    crd = crd_of(kind)
    conditions = [{"type": kind, "status": "True"} for kind in ("NamesAccepted", "Established")]
    return {**crd, "status": {"conditions": conditions, "storedVersions": ["v1alpha1"]}}


def crd(kind: str) -> Json:
    """Give a CRD that a test may change."""
    return copy.deepcopy(_crd(kind))


def installed(*, autoscaling: bool = True) -> dict[str, list[Json]]:
    """Give the objects of an installation by kind, as they are once they run."""
    found: dict[str, list[Json]] = {}
    for resource, content in installation("0.7", autoscaling=autoscaling):
        found.setdefault(resource.kind, []).append(content)
    for one in found["Deployment"]:
        one["status"] = {"replicas": 1, "readyReplicas": 1}
    for one in found["DaemonSet"]:
        one["status"] = {"desiredNumberScheduled": 2, "numberReady": 2}
    mesh: Json = {
        "metadata": {"name": "edgemesh-agent", "namespace": "kubeedge"},
        "status": {"desiredNumberScheduled": 2, "numberReady": 2},
    }
    found["DaemonSet"].append(mesh)
    return found


def parts(*, autoscaling: bool = True) -> dict[str, Any]:
    """Give everything that is read, by its name."""
    sedna = installed(autoscaling=autoscaling)
    return {
        "version": {"major": "1", "minor": "32", "gitVersion": "v1.32.0"},
        "groups": frozenset({"autoscaling/v2", "metrics.k8s.io/v1beta1"}),
        "nodes": [node("cloud-node", "control-plane"), node("edge-node", "edge", "agent")],
        "node_metrics": [
            {"metadata": {"name": name}, "usage": {"cpu": "1"}} for name in ("cloud-node", "edge-node")
        ],
        "metrics_service": {"status": {"conditions": [{"type": "Available", "status": "True"}]}},
        "definitions": {kind.kind: _crd(kind.kind) for kind in SEDNA_KINDS},
        "deployments": sedna["Deployment"],
        "manager_pods": [],
        "daemon_sets": sedna["DaemonSet"],
        "sedna_daemon_sets": sedna["DaemonSet"][:1],
        "roles": Roles(
            tuple(sedna["ClusterRoleBinding"]), {one["metadata"]["name"]: one for one in sedna["ClusterRole"]}
        ),
        "rights": frozenset(),
        "ghosts": GhostCount(0, ()),
    }


def seen(
    *families: tuple[SednaKind, Json, tuple[Json, ...]],
    unreadable: frozenset[str] = frozenset(),
    referred: dict[tuple[str, str, str], Json | None] | None = None,
    **changed: Any,
) -> Observed:
    """Give what was seen of a healthy cluster, with changes; an exception as a part is why it was not seen."""
    looks: dict[str, Looked[Any]] = {}
    for name, value in {**parts(), **changed}.items():
        looks[name] = Looked(error=value) if isinstance(value, Exception) else Looked(value)  # type: ignore[arg-type]
    for kind in SEDNA_KINDS:
        mine = [(workload, children) for its, workload, children in families if its is kind]
        looks[f"workloads/{kind.kind}"] = Looked([workload for workload, _ in mine])
        objects = tuple(child for _, children in mine for child in children)
        made = tuple(families_of(kind, [workload for workload, _ in mine], objects, unreadable))
        looks[f"families/{kind.kind}"] = Looked(made)
        if mine:
            for child in unreadable:
                looks[f"children/{kind.kind}/{child}"] = Looked(error=Forbidden(f"{child} may not be listed"))
    for named, value in (referred or {}).items():
        looks["/".join(("referred", *named))] = Looked(value)
    return Observed(looks, Scope("park"))


def check(identifier: str, observed: Observed) -> list[Result]:
    """Give what one check says."""
    return diagnose([all_checks()[identifier]], observed, NOW)


def told(identifier: str, observed: Observed) -> tuple[str, str]:
    """Give status and message of the one result of a check."""
    (result,) = check(identifier, observed)
    return result.status, result.message
