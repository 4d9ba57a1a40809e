"""Whom a binding means, and what a role's rules allow."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.validation.rbac import Account, Right, allows, is_subject, rule_allows

ACCOUNT = Account("sedna", "gm")


@pytest.mark.parametrize(
    ("subject", "meant"),
    [
        ({"kind": "ServiceAccount", "namespace": "sedna", "name": "gm"}, True),
        ({"kind": "ServiceAccount", "namespace": "other", "name": "gm"}, False),
        ({"kind": "ServiceAccount", "name": "gm"}, False),
        ({"kind": "User", "name": "system:serviceaccount:sedna:gm"}, True),
        ({"kind": "User", "name": "gm"}, False),
        ({"kind": "Group", "name": "system:serviceaccounts:sedna"}, True),
        ({"kind": "Group", "name": "system:serviceaccounts:other"}, False),
        ({"kind": "Group", "name": "system:authenticated"}, True),
        ({"kind": "Group"}, False),
        ({}, False),
    ],
)
def test_whom_a_cluster_role_binding_means(subject: dict[str, Any], meant: bool) -> None:
    assert ACCOUNT.is_meant_by(subject) is meant


def test_an_account_without_a_namespace_is_of_the_bindings_own() -> None:
    subject = {"kind": "ServiceAccount", "name": "gm"}
    assert is_subject(subject, ACCOUNT.user, ACCOUNT.groups, "sedna")
    assert not is_subject(subject, ACCOUNT.user, ACCOUNT.groups, "other")


@pytest.mark.parametrize(
    ("resources", "asked", "allowed"),
    [
        (["pods"], "pods", True),
        (["pods"], "pods/log", False),
        (["pods/log"], "pods/log", True),
        (["pods/log"], "pods", False),
        (["*/log"], "pods/log", True),
        (["*/status"], "pods/log", False),
        (["*"], "pods/log", True),
        (None, "pods", False),
    ],
)
def test_which_resources_a_rule_names(resources: list[str] | None, asked: str, allowed: bool) -> None:
    rule = {"apiGroups": [""], "resources": resources, "verbs": ["get"]}
    assert allows([rule], Right("get", "", asked)) is allowed


def test_a_rule_with_names_is_for_these_alone() -> None:
    rule = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], "resourceNames": ["a"]}
    assert rule_allows(rule, "get", "", "pods", name="a")
    assert not rule_allows(rule, "get", "", "pods", name="b")
    assert not allows([rule], Right("get", "", "pods"))
