"""What Kubernetes' RBAC makes of rules and subjects: which request a rule allows, and whom a binding means.

Source: the RBAC authorizer of Kubernetes 1.32, whose verdicts the sandbox's server is compared with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

_ACCOUNT = "system:serviceaccount:"


@dataclass(frozen=True)
class Right:
    """Something that may be done to a kind of objects: verb, API group, resource."""

    verb: str
    group: str
    resource: str

    @property
    def full_resource(self) -> str:
        """Give kubectl's name of the resource, e.g. `deployments.apps`, `models.sedna.io/status`."""
        resource, slash, subresource = self.resource.partition("/")
        return (f"{resource}.{self.group}" if self.group else resource) + slash + subresource


@dataclass(frozen=True)
class Account:
    """A service account, as which pods act."""

    namespace: str
    name: str

    @property
    def user(self) -> str:
        """Give the user that RBAC knows it as."""
        return f"{_ACCOUNT}{self.namespace}:{self.name}"

    @property
    def groups(self) -> tuple[str, ...]:
        """Give the groups that every account of its namespace belongs to."""
        return "system:serviceaccounts", f"system:serviceaccounts:{self.namespace}", "system:authenticated"

    def is_meant_by(self, subject: Json) -> bool:
        """Tell whether a cluster role binding's subject is this account, or a group that it belongs to."""
        return is_subject(subject, self.user, self.groups)


def is_subject(subject: Json, user: str, groups: Collection[str], namespace: str = "") -> bool:
    """Tell whether a binding's subject is a user; accounts without a namespace are of the binding's own."""
    kind, name = subject.get("kind"), subject.get("name", "")
    if kind == "ServiceAccount":
        return user == f"{_ACCOUNT}{subject.get('namespace') or namespace}:{name}"
    return bool(name) and (name in groups if kind == "Group" else kind == "User" and name == user)


def rule_allows(
    rule: Json, verb: str, group: str, resource: str, subresource: str = "", name: str = ""
) -> bool:
    """Tell whether one rule of a role allows a request for a resource; `name` is "" where it names no object."""
    full = f"{resource}/{subresource}" if subresource else resource
    resources = rule.get("resources") or ()
    names = rule.get("resourceNames") or ()
    return (
        _holds(rule.get("verbs"), verb)
        and _holds(rule.get("apiGroups"), group)
        and (_holds(resources, full) or (bool(subresource) and f"*/{subresource}" in resources))
        and (not names or name in names)
    )


def allows(rules: Iterable[Json], right: Right) -> bool:
    """Tell whether rules give a right on all objects of a kind; what they give by name does not count."""
    resource, _, subresource = right.resource.partition("/")
    return any(rule_allows(rule, right.verb, right.group, resource, subresource) for rule in rules)


def _holds(words: Any, wanted: str) -> bool:
    return bool(words) and ("*" in words or wanted in words)
