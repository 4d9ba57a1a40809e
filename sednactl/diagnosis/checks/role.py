"""What the Global Manager is allowed to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sednactl.diagnosis.book import Result, check
from sednactl.diagnosis.installed import account_of, part_named
from sednactl.diagnosis.manager_rights import (
    MEND_NAME,
    bound_to,
    mend_manifests,
    missing_of,
)
from sednactl.diagnosis.observed import Json, NotSeen, Observed
from sednactl.diagnosis.words import some
from sednactl.validation.rbac import Account, Right

AREA = "Sedna"
ROLE = "DOC501"
_MEND = "sednactl doctor --fix adds a ClusterRole with what is missing, after showing it"


@check(ROLE, AREA, "roles", "deployments")
def manager_rights(observed: Observed, _: datetime) -> Iterator[Result]:
    """Rights of the Global Manager

    Sedna's own role has no rule for HorizontalPodAutoscalers: every service with an hpa ends as
    Failed, half made. That of its Helm chart also lacks update on Deployments: edits of a service
    never reach its workers. The rights are read from the cluster roles that are bound to the Global
    Manager's service account; an authorizer beside RBAC is not asked.

    doctor --fix adds what is missing as a role and binding of their own, sedna-gm-missing-rights, which
    an upgrade of Sedna leaves alone and which can be deleted when it is no longer needed.
    """
    account = manager_account(observed)
    bound = bound_to(account, observed.roles)
    if not bound.roles and not bound.without_role:
        message = (
            f"no ClusterRole is bound to the Global Manager's account {account.namespace}/{account.name}"
        )
        yield Result(ROLE, "failed", message, _MEND, details=_details(bound.rules), fixable=True)
        return
    missing = missing_of(bound.rules)
    for need, rights in missing:
        verbs = ", ".join(dict.fromkeys(right.verb for right in rights))
        resources = some(list(dict.fromkeys(right.full_resource for right in rights)), 3)
        message = f"the Global Manager may not {verbs} {resources}: {need.without}"
        yield Result(ROLE, "failed", message, _MEND, fixable=True)
    for said in bound.without_role:
        yield Result(ROLE, "failed", f"ClusterRoleBinding {said}", _MEND, fixable=True)
    if not missing and not bound.without_role:
        # Where the Deployment could not be read, whose rights these are is a guess, and nothing is ok.
        manager = part_named("gm", observed.deployments)
        details = (
            f"by ClusterRole {some(bound.roles)}",
            *(
                ()
                if manager
                else ("the account is that of Sedna's manifests, as there is no Global Manager",)
            ),
        )
        message = f"account {account.namespace}/{account.name} may do all that it has to"
        yield Result(ROLE, "ok", message, details=details)


def _details(rules: tuple[Json, ...]) -> tuple[str, ...]:
    return tuple(f"missing: {need.without}" for need, _ in missing_of(rules))


def manager_account(observed: Observed) -> Account:
    """Give the account of the Global Manager: its Deployment's, else the one that Sedna's manifests bind.

    Raises NotSeen where neither tells.
    """
    try:
        manager = part_named("gm", observed.deployments)
    except NotSeen:
        manager = None
    if manager is not None:
        return account_of(manager)
    account = Account(observed.scope.sedna, "sedna")
    if any(
        account.is_meant_by(one)
        for binding in observed.roles.bindings
        for one in binding.get("subjects") or ()
    ):
        return account
    raise NotSeen("there is no Global Manager whose account could be looked at")


def missing_rights(observed: Observed) -> tuple[Account, list[Right]]:
    """Give what the Global Manager's account lacks but for what an earlier mend gave it.

    Raises NotSeen where that cannot be told.
    """
    account = manager_account(observed)
    rules = bound_to(account, observed.roles, but=MEND_NAME).rules
    return account, [right for _, rights in missing_of(rules) for right in rights]


def mend_of(observed: Observed) -> list[Json]:
    """Give the manifests that give the Global Manager what it lacks; none where it lacks nothing."""
    account, missing = missing_rights(observed)
    return mend_manifests(account, missing) if missing else []
