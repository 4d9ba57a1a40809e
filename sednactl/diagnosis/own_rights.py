"""What each command of sednactl needs to be allowed, and how the API server is asked about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sednactl.sedna.kinds import GROUP, SEDNA_KINDS
from sednactl.sedna.resources import (
    API_SERVICE,
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    CRD,
    DAEMON_SET,
    DEPLOYMENT,
    ENDPOINT_SLICE,
    EVENT,
    HPA,
    NODE,
    NODE_METRICS,
    POD,
    REPLICA_SET,
    SERVICE,
    Resource,
)
from sednactl.validation.rbac import Right

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
ANY_KIND = "*"
"""Stands for every kind of Sedna's group; each is only asked about where not all of them are allowed."""


def _rights(verbs: str, *resources: Resource) -> tuple[Right, ...]:
    return tuple(Right(verb, one.group, one.plural) for one in resources for verb in verbs.split())


def _sedna(verbs: str) -> tuple[Right, ...]:
    return tuple(Right(verb, GROUP, ANY_KIND) for verb in verbs.split())


_CHILDREN = (DEPLOYMENT, REPLICA_SET, HPA, POD, SERVICE)

NEEDED: dict[str, tuple[Right, ...]] = {
    "get, describe, tree, wait": (
        *_sedna("get list watch"),
        *_rights("list", *_CHILDREN, ENDPOINT_SLICE, EVENT),
        *_rights("get", NODE),
    ),
    "logs": (Right("get", "", "pods/log"),),
    "create, apply, scale set": _sedna("get create patch"),
    "delete": (*_sedna("get list delete"), *_rights("list", *_CHILDREN)),
    "scale watch, status, explain": (
        *_sedna("list watch"),
        *_rights("list watch", DEPLOYMENT, HPA, POD),
        Right("list", NODE_METRICS.group, "pods"),
    ),
    "cleanup": (
        *_sedna("list"),
        *_rights("list", *_CHILDREN),
        *_rights("get delete", DEPLOYMENT, HPA, POD, SERVICE),
    ),
    "validate --cluster": (*_sedna("list"), *_rights("list", NODE), *_rights("get", CRD)),
    "crd install, upgrade": _rights("get create patch", CRD),
    "doctor": (
        *_rights("list", NODE, NODE_METRICS, DEPLOYMENT, DAEMON_SET, POD, CLUSTER_ROLE_BINDING),
        *_rights("get", CRD, CLUSTER_ROLE, API_SERVICE),
    ),
}
"""Rights by the commands that need them; what a command can do without, as it then says so, is among them."""


def refused(cluster: Cluster, namespace: str | None, rights: Iterable[Right]) -> frozenset[Right]:
    """Ask the API server about each right, and give those that the caller does not have.

    `namespace` None asks about all of them. Raises the errors of the cluster's door.
    """
    return frozenset(
        one
        for right in dict.fromkeys(rights)
        if not _allowed(cluster, namespace, right)
        for one in _each_kind(cluster, namespace, right)
    )


def _each_kind(cluster: Cluster, namespace: str | None, right: Right) -> Iterable[Right]:
    if (right.group, right.resource) != (GROUP, ANY_KIND):
        yield right
        return
    for kind in SEDNA_KINDS:
        single = Right(right.verb, GROUP, kind.plural)
        if not _allowed(cluster, namespace, single):
            yield single


def _allowed(cluster: Cluster, namespace: str | None, right: Right) -> bool:
    resource, _, subresource = right.resource.partition("/")
    asked = {"verb": right.verb, "group": right.group, "resource": resource, "namespace": namespace or ""}
    if subresource:
        asked["subresource"] = subresource
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": asked},
    }
    return bool((cluster.request("POST", _REVIEWS, body=review).get("status") or {}).get("allowed"))
