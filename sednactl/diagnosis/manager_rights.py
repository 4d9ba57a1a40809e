"""What the Global Manager has to be allowed, what its roles allow, and the role that gives it the rest.

Source: the requests that Sedna's Global Manager v0.7.0 sends. The role it ships with
has no rule for autoscalers; that of its Helm chart also none to update Deployments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sednactl.diagnosis.observed import Roles
from sednactl.sedna.kinds import DATASET, GROUP, MODEL, SEDNA_KINDS
from sednactl.sedna.resources import (
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    DEPLOYMENT,
    HPA,
    NODE,
    POD,
    SECRET,
    SERVICE,
)
from sednactl.validation.rbac import Account, Right, allows

Json = dict[str, Any]

MEND_NAME = "sedna-gm-missing-rights"
"""Name of the ClusterRole and the ClusterRoleBinding that `doctor --fix` applies beside Sedna's own."""


@dataclass(frozen=True)
class Need:
    """Rights that belong together, and what goes wrong without them."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    without: str

    def rights(self) -> Iterator[Right]:
        """Give each single right."""
        for resource in self.resources:
            for verb in self.verbs:
                yield Right(verb, self.group, resource)


_KINDS = tuple(kind.plural for kind in SEDNA_KINDS)
_WORKLOADS = tuple(kind.plural for kind in SEDNA_KINDS if kind.makes_children)

NEEDS = (
    Need(HPA.group, (HPA.plural,), ("get", "create", "update", "delete"),
         "a service with an hpa ends as Failed, half made, and no side ever scales"),
    Need(DEPLOYMENT.group, (DEPLOYMENT.plural,), ("get", "list", "watch", "create"),
         "no joint inference service, feature extraction or object search gets its workers"),
    Need(DEPLOYMENT.group, (DEPLOYMENT.plural,), ("update",),
         "an edit of a joint inference service never reaches its Deployments"),
    Need(POD.group, (POD.plural,), ("get", "list", "watch", "create", "delete"),
         "no job gets its pods"),
    Need(SERVICE.group, (SERVICE.plural,), ("get", "create"),
         "workers get no Service, and do not find each other"),
    Need(SECRET.group, (SECRET.plural,), ("get",),
         "models and datasets with a credentialName cannot be used"),
    Need(NODE.group, (NODE.plural,), ("get",),
         "the address of a node, which workers are told, is not found"),
    Need(GROUP, _KINDS, ("get", "list", "watch"), "the Global Manager does not see workloads at all"),
    Need(GROUP, _WORKLOADS, ("patch",), "learning jobs do not go from one stage to the next"),
    Need(GROUP, tuple(f"{plural}/status" for plural in (*_WORKLOADS, MODEL.plural, DATASET.plural)), ("get", "update"),
         "no status is ever written"),
)  # fmt: skip


@dataclass(frozen=True)
class Bound:
    """Rules that an account has, the bindings that give them, and bindings whose role is not there."""

    rules: tuple[Json, ...]
    roles: tuple[str, ...]
    without_role: tuple[str, ...]


def bound_to(account: Account, roles: Roles, *, but: str = "") -> Bound:
    """Collect the rules that cluster role bindings give an account; `but` leaves the roles of one binding out."""
    rules: list[Json] = []
    names: list[str] = []
    without: list[str] = []
    for binding in roles.bindings:
        name = str(binding["metadata"].get("name"))
        if name == but or not any(account.is_meant_by(one) for one in binding.get("subjects") or ()):
            continue
        role_name = str((binding.get("roleRef") or {}).get("name"))
        role = roles.roles.get(role_name)
        if role is None:
            without.append(f"{name} binds ClusterRole {role_name}, which is not there")
            continue
        names.append(role_name)
        rules += role.get("rules") or ()
    return Bound(tuple(rules), tuple(dict.fromkeys(names)), tuple(without))


def missing_of(rules: Iterable[Json]) -> list[tuple[Need, tuple[Right, ...]]]:
    """Give each need that the rules do not fill, with what is missing of it."""
    known = list(rules)
    found = []
    for need in NEEDS:
        missing = tuple(right for right in need.rights() if not allows(known, right))
        if missing:
            found.append((need, missing))
    return found


def mend_manifests(account: Account, missing: Iterable[Right]) -> list[Json]:
    """Give a role with the missing rights and its binding, both beside what Sedna installed, so that no upgrade undoes it."""
    verbs: dict[tuple[str, str], list[str]] = {}
    for right in missing:
        verbs.setdefault((right.group, right.resource), []).append(right.verb)
    merged: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (group, resource), some in verbs.items():
        merged.setdefault((group, tuple(some)), []).append(resource)
    rules = [
        {"apiGroups": [group], "resources": resources, "verbs": list(some)}
        for (group, some), resources in merged.items()
    ]
    labels = {"app.kubernetes.io/managed-by": "sednactl"}
    role = {
        "apiVersion": CLUSTER_ROLE.api_version,
        "kind": CLUSTER_ROLE.kind,
        "metadata": {"name": MEND_NAME, "labels": labels},
        "rules": rules,
    }
    binding = {
        "apiVersion": CLUSTER_ROLE_BINDING.api_version,
        "kind": CLUSTER_ROLE_BINDING.kind,
        "metadata": {"name": MEND_NAME, "labels": labels},
        "roleRef": {"apiGroup": CLUSTER_ROLE.group, "kind": CLUSTER_ROLE.kind, "name": MEND_NAME},
        "subjects": [{"kind": "ServiceAccount", "name": account.name, "namespace": account.namespace}],
    }
    return [role, binding]
