"""Whether Sedna's Global Manager may make autoscalers: Sedna's own manifests and chart do not let it.

Source: the role in Sedna's build/gm/rbac and in its chart, up to 0.7; the error is the API server's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sednactl.sedna.resources import CLUSTER_ROLE, CLUSTER_ROLE_BINDING, HPA
from sednactl.validation.rbac import Account, Right, allows
from sednactl.validation.shape import mapping, maps, text

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

_RIGHTS = tuple(Right(verb, HPA.group, HPA.plural) for verb in ("create", "get", "update", "delete"))


def wanting_verbs(cluster: Cluster, account: Account) -> tuple[str, ...]:
    """Give what a service account may not do with autoscalers in all of a cluster.

    Empty where its roles allow all of it, or where no role of its own is known: every account has
    some by its groups, which say nothing of it. Raises the errors of the cluster's door.
    """
    from sednactl.cluster.door import Selection
    from sednactl.errors import NotFound

    own, by_group = _roles_of(cluster.list(Selection(CLUSTER_ROLE_BINDING, None)), account)
    rules: list[dict[str, Any]] = []
    known = False
    for name in (*own, *by_group):
        try:
            role = cluster.get(CLUSTER_ROLE, name)
        except NotFound:
            continue
        known = known or name in own
        rules += [rule for _, rule in maps(role, "rules")]
        if all(allows(rules, right) for right in _RIGHTS):
            return ()
    return tuple(right.verb for right in _RIGHTS if not allows(rules, right)) if known else ()


def _roles_of(bindings: Iterable[dict[str, Any]], account: Account) -> tuple[list[str], list[str]]:
    """Give the names of the cluster roles that an account has itself, and of those that only its groups have."""
    own: dict[str, None] = {}
    by_group: dict[str, None] = {}
    for binding in bindings:
        role = text(mapping(binding, "roleRef"), "name")
        for _, subject in maps(binding, "subjects"):
            if account.is_meant_by(subject):
                (by_group if text(subject, "kind") == "Group" else own)[role] = None
    return list(own), [name for name in by_group if name not in own]
