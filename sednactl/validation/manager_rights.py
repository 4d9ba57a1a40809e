"""Whether Sedna's Global Manager may make autoscalers: Sedna's own manifests and chart do not let it.

Source: the role in Sedna's build/gm/rbac and in its chart, up to 0.7; the error is the API server's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from sednactl.sedna.resources import HPA, Resource
from sednactl.validation.shape import listed, mapping, maps, text

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

CLUSTER_ROLE = Resource("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", False)
CLUSTER_ROLE_BINDING = Resource(
    "rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", False
)
_VERBS = ("create", "get", "update", "delete")


def wanting_verbs(cluster: Cluster, account: str, namespace: str) -> tuple[str, ...]:
    """Give what a service account may not do with autoscalers in all of a cluster.

    Empty where its roles allow all of it, or where no role of its own is known, as of an account that
    is an administrator by group. Raises the errors of the cluster's door.
    """
    from sednactl.cluster.door import Selection
    from sednactl.errors import NotFound

    rules: list[dict[str, Any]] = []
    bound = False
    for name in _roles_of(cluster.list(Selection(CLUSTER_ROLE_BINDING, None)), account, namespace):
        try:
            role = cluster.get(CLUSTER_ROLE, name)
        except NotFound:
            continue
        bound = True
        rules += [rule for _, rule in maps(role, "rules")]
    return tuple(verb for verb in _VERBS if not allows(rules, verb)) if bound else ()


def _roles_of(bindings: Iterable[dict[str, Any]], account: str, namespace: str) -> Iterator[str]:
    for binding in bindings:
        role = mapping(binding, "roleRef")
        for _, subject in maps(binding, "subjects"):
            named = text(subject, "kind") == "ServiceAccount" and text(subject, "name") == account
            if named and text(subject, "namespace") == namespace and text(role, "kind") == "ClusterRole":
                yield text(role, "name")


def allows(rules: Iterable[dict[str, Any]], verb: str) -> bool:
    """Tell whether rules of a role allow a verb for autoscalers, as Kubernetes reads them."""
    return any(
        {HPA.group, "*"} & set(listed(rule, "apiGroups"))
        and {HPA.plural, "*"} & set(listed(rule, "resources"))
        and {verb, "*"} & set(listed(rule, "verbs"))
        and not listed(rule, "resourceNames")
        for rule in rules
    )
