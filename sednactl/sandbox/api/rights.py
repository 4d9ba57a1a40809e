"""Who may do what: three known identities, the rules that stored roles give, and switches that take rights away.

Members of system:masters may do everything, others what roles bound to them
allow (`granted`), beside discovery and self-reviews. A `Denial` takes a right
away from whom it names, whatever the roles say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sednactl.sandbox.api.granted import Granted, Rule
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.requests import User
from sednactl.validation.rbac import Account, rule_allows

ADMIN = User("admin", ("system:masters", "system:authenticated"))
_SEDNA = Account("sedna", "sedna")
SEDNA_GM = User(_SEDNA.user, _SEDNA.groups)
NOBODY = User("nobody", ("system:authenticated",))
IDENTITIES = {"admin": ADMIN, "sedna-gm": SEDNA_GM, "nobody": NOBODY}
"""Users by the name under which they have a token."""

_REVIEWS = ("selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews")


@dataclass(frozen=True)
class Denial:
    """A right that a user does not have. `*` stands for all; resources are `plural` or `plural/subresource`."""

    user: str
    verbs: tuple[str, ...] = ("*",)
    groups: tuple[str, ...] = ("*",)
    resources: tuple[str, ...] = ("*",)

    def takes(self, asked: Action) -> bool:
        """Tell whether it forbids an action to its user."""
        resource = f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource
        return (
            _names(self.verbs, asked.verb)
            and _names(self.groups, asked.group)
            and _names(self.resources, resource)
        )


@dataclass(frozen=True)
class Action:
    """What somebody wants to do to a resource."""

    verb: str
    group: str
    resource: str
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    namespaced: bool = True


class Rights:
    """Answers whether a user may do something."""

    def __init__(self, granted: Granted, denials: Iterable[Denial] = ()) -> None:
        self._granted = granted
        self._denials = list(denials)

    def deny(self, denial: Denial) -> None:
        """Take a right away from now on."""
        self._denials.append(denial)

    def allow_again(self, denial: Denial) -> None:
        """Take a denial back."""
        if denial in self._denials:
            self._denials.remove(denial)

    @property
    def denials(self) -> tuple[Denial, ...]:
        """Give the rights that are taken away now."""
        return tuple(self._denials)

    def allows(self, user: User, action: Action) -> bool:
        """Tell whether the user may do it."""
        if "system:masters" in user.groups:
            return True
        if action.group == "authorization.k8s.io" and action.resource in _REVIEWS:
            return "system:authenticated" in user.groups
        if any(denial.user == user.name and denial.takes(action) for denial in self._denials):
            return False
        rules = self._granted.rules(user, action.namespace)
        asked = action.verb, action.group, action.resource, action.subresource, action.name
        return any(rule_allows(rule, *asked) for rule in rules)

    def rules(self, user: User, namespace: str) -> tuple[Rule, ...]:
        """Give the rules by which a user may do something in a namespace."""
        return self._granted.rules(user, namespace)

    def check(self, user: User, action: Action) -> None:
        """Raise Refusal Forbidden, worded as kube-apiserver does, unless the user may do it."""
        if self.allows(user, action):
            return
        named = f' "{action.name}"' if action.name else ""
        full = f"{action.resource}.{action.group}" if action.group else action.resource
        resource = f"{action.resource}/{action.subresource}" if action.subresource else action.resource
        scope = f'in the namespace "{action.namespace}"' if action.namespace else "at the cluster scope"
        raise Refusal(
            "Forbidden",
            f'{full}{named} is forbidden: User "{user.name}" cannot {action.verb} resource "{resource}" '
            f'in API group "{action.group}" {scope}',
            name=action.name,
            group=action.group,
            kind=action.resource,
        )


def _names(patterns: tuple[str, ...], word: str) -> bool:
    return "*" in patterns or word in patterns
