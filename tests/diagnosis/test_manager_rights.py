"""What the Global Manager may do, read from roles and bindings, and the role that gives it the rest."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.diagnosis.checks.role import manager_account, mend_of
from sednactl.diagnosis.manager_rights import (
    MEND_NAME,
    NEEDS,
    bound_to,
    mend_manifests,
    missing_of,
)
from sednactl.diagnosis.observed import Json, NotSeen, Roles
from sednactl.errors import Forbidden
from sednactl.validation.rbac import Account, Right, allows
from tests.diagnosis.healthy import check, installed, seen, told

ACCOUNT = Account("sedna", "sedna")
ALL_RIGHTS = [right for need in NEEDS for right in need.rights()]


def _roles(*rules: Json, subject: Json | None = None) -> Roles:
    subject = subject or {"kind": "ServiceAccount", "name": "sedna", "namespace": "sedna"}
    binding = {
        "metadata": {"name": "b"},
        "roleRef": {"kind": "ClusterRole", "name": "r"},
        "subjects": [subject],
    }
    return Roles((binding,), {"r": {"metadata": {"name": "r"}, "rules": list(rules)}})


def _shipped() -> Roles:
    sedna = installed(autoscaling=False)
    return Roles(tuple(sedna["ClusterRoleBinding"]), {"sedna": sedna["ClusterRole"][0]})


def test_the_shipped_role_lacks_autoscalers_and_nothing_else() -> None:
    ((need, missing),) = missing_of(bound_to(ACCOUNT, _shipped()).rules)
    assert need.group == "autoscaling" and {right.verb for right in missing} == {
        "get",
        "create",
        "update",
        "delete",
    }


def test_the_role_of_the_helm_chart_also_lacks_edits_of_deployments() -> None:
    roles = _shipped()
    rules = [
        {
            **rule,
            "verbs": [
                verb for verb in rule["verbs"] if verb != "update" or rule["apiGroups"] == ["sedna.io"]
            ],
        }
        for rule in roles.roles["sedna"]["rules"]
    ]
    observed = seen(roles=Roles(roles.bindings, {"sedna": {"metadata": {"name": "sedna"}, "rules": rules}}))
    results = check("DOC501", observed)
    assert [result.status for result in results] == ["failed", "failed"]
    assert "update deployments.apps: an edit of a joint inference service" in results[1].message
    assert all(result.fixable and "--fix" in result.mend for result in results)


def test_what_the_mend_adds_is_enough_and_no_more() -> None:
    missing = [right for _, rights in missing_of(bound_to(ACCOUNT, _shipped()).rules) for right in rights]
    role, binding = mend_manifests(ACCOUNT, missing)
    roles = Roles((*_shipped().bindings, binding), {**_shipped().roles, MEND_NAME: role})
    assert missing_of(bound_to(ACCOUNT, roles).rules) == []
    assert role["rules"] == [
        {
            "apiGroups": ["autoscaling"],
            "resources": ["horizontalpodautoscalers"],
            "verbs": ["get", "create", "update", "delete"],
        }
    ]
    # Once it is there, a second mend still holds what it gave: a server-side apply replaces the rules.
    assert mend_of(seen(roles=roles)) == [role, binding]
    assert {result.status for result in check("DOC501", seen(roles=roles))} == {"ok"}


@given(st.sets(st.sampled_from(ALL_RIGHTS)))
def test_any_gap_is_mended(held: set[Right]) -> None:
    rules = [{"apiGroups": [one.group], "resources": [one.resource], "verbs": [one.verb]} for one in held]
    missing = [right for _, rights in missing_of(rules) for right in rights]
    assert set(missing) == set(ALL_RIGHTS) - held
    if missing:
        added = mend_manifests(ACCOUNT, missing)[0]["rules"]
        assert missing_of([*rules, *added]) == []
        assert not any(allows(added, right) for right in held)


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}, True),
        ({"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["update"]}, True),
        ({"apiGroups": [""], "resources": ["deployments"], "verbs": ["update"]}, False),
        ({"apiGroups": ["apps"], "resources": ["deployments/status"], "verbs": ["update"]}, False),
        (
            {
                "apiGroups": ["apps"],
                "resources": ["deployments"],
                "verbs": ["update"],
                "resourceNames": ["a"],
            },
            False,
        ),
        ({"apiGroups": ["apps"], "resources": ["deployments"], "verbs": None}, False),
        ({"nonResourceURLs": ["*"], "verbs": ["*"]}, False),
    ],
)
def test_rules_are_read_as_kubernetes_does(rule: Json, allowed: bool) -> None:
    assert allows([rule], Right("update", "apps", "deployments")) is allowed


def test_a_subresource_is_not_its_resource() -> None:
    status = Right("update", "sedna.io", "models/status")
    assert not allows([{"apiGroups": ["sedna.io"], "resources": ["models"], "verbs": ["*"]}], status)
    assert allows([{"apiGroups": ["sedna.io"], "resources": ["*/status"], "verbs": ["update"]}], status)


@pytest.mark.parametrize(
    ("subject", "meant"),
    [
        ({"kind": "ServiceAccount", "name": "sedna", "namespace": "sedna"}, True),
        ({"kind": "ServiceAccount", "name": "sedna", "namespace": "other"}, False),
        ({"kind": "ServiceAccount", "name": "default", "namespace": "sedna"}, False),
        ({"kind": "Group", "name": "system:serviceaccounts"}, True),
        ({"kind": "Group", "name": "system:serviceaccounts:sedna"}, True),
        ({"kind": "Group", "name": "system:serviceaccounts:other"}, False),
        ({"kind": "User", "name": "system:serviceaccount:sedna:sedna"}, True),
        ({"kind": None, "name": None}, False),
    ],
)
def test_whom_a_binding_means(subject: Json, meant: bool) -> None:
    everything = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
    assert bool(bound_to(ACCOUNT, _roles(everything, subject=subject)).rules) is meant


def test_a_binding_whose_role_is_gone_is_told() -> None:
    roles = Roles(_shipped().bindings, {})
    results = check("DOC501", seen(roles=roles))
    assert any("binds ClusterRole sedna, which is not there" in result.message for result in results)
    assert {result.status for result in results} == {"failed"}


def test_no_binding_at_all_can_be_mended_too() -> None:
    (result,) = check("DOC501", seen(roles=Roles((), {})))
    assert result.status == "failed" and result.fixable and len(result.details) == len(NEEDS)
    role, _ = mend_of(seen(roles=Roles((), {})))
    assert missing_of(role["rules"]) == []


def test_the_account_is_the_deployments() -> None:
    deployments = installed()["Deployment"]
    for one in deployments:
        one["spec"]["template"]["spec"]["serviceAccountName"] = "mine"
    assert manager_account(seen(deployments=deployments)) == Account("sedna", "mine")
    for one in deployments:
        one["spec"]["template"]["spec"]["serviceAccountName"] = None
    assert manager_account(seen(deployments=deployments)) == Account("sedna", "default")


@pytest.mark.parametrize("deployments", [[], Forbidden("no")])
def test_without_a_deployment_the_bound_account_is_taken(deployments: Any) -> None:
    assert manager_account(seen(deployments=deployments)) == ACCOUNT
    with pytest.raises(NotSeen):
        manager_account(seen(deployments=deployments, roles=Roles((), {})))
    (result,) = check("DOC501", seen(deployments=deployments, roles=Roles((), {})))
    assert result.status == "unknown"


def test_rights_of_an_account_that_is_only_the_usual_one_are_not_ok() -> None:
    """Whose rights they are is in the Deployment; unread, nothing is told to be in order."""
    status, message = told("DOC501", seen(deployments=Forbidden("deployments may not be listed")))
    assert status == "unknown" and "deployments may not be listed" in message
    assert told("DOC501", seen())[0] == "ok"
