"""Pods that the API server refuses once Sedna makes them: our rules say so before, for every kind that has pods."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from sednactl.manifests.document import document_of
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.writing import admit, structure_of_builtin, validate_create, with_defaults
from sednactl.validation.check import check_documents
from sednactl.validation.finding import Finding, spell_path
from sednactl.validation.target import target_named
from tests.validation.learning import INCREMENTAL, LIFELONG, REID, SEARCH, TRACKING
from tests.validation.pods import INIT, ONE, POD, REFUSED, TAKEN, deployment, spoiled
from tests.validation.test_rules import EXTRACTION, FEDERATED, SERVICE, VIDEO, changed

WITH_PODS: list[tuple[dict[str, Any], str]] = [
    (SERVICE, "spec.cloudWorker.template"),
    (SERVICE, "spec.edgeWorker.template"),
    (FEDERATED, "spec.aggregationWorker.template"),
    (FEDERATED, "spec.trainingWorkers.1.template"),
    (INCREMENTAL, "spec.deploySpec.template"),
    (LIFELONG, "spec.trainSpec.template"),
    (EXTRACTION, "spec.template"),
    (SEARCH, "spec.trackingWorkers.0.template"),
    (SEARCH, "spec.reidWorkers.template"),
    (TRACKING, "spec.trackingWorkers.0.template"),
    (REID, "spec.template"),
    (VIDEO, "spec.template"),
]
MADE_OF_PODS = [f"SDN{number}" for number in (137, 138, 139, *range(141, 150))]


def findings(
    pod: dict[str, Any],
    owner: dict[str, Any] = VIDEO,
    at: str = "spec.template",
    kubernetes: str | None = None,
) -> list[Finding]:
    manifest = changed(owner, {at: {"spec": copy.deepcopy(pod)}})
    found = check_documents([document_of(manifest)], target=target_named(None, kubernetes))
    return [finding for finding in found if finding.rule in MADE_OF_PODS]


@pytest.mark.parametrize(("rule", "changes", "place"), REFUSED, ids=lambda value: str(value)[:60])
def test_refused(rule: str, changes: dict[str, Any], place: str) -> None:
    found = findings(spoiled(changes))
    assert [(finding.rule, spell_path(finding.path), finding.level) for finding in found] == [
        (rule, f"spec.template.spec.{place}", "error")
    ]


@pytest.mark.parametrize("changes", TAKEN, ids=lambda value: str(value)[:60])
def test_taken(changes: dict[str, Any]) -> None:
    errors = [finding for finding in findings(spoiled(changes)) if finding.level == "error"]
    assert not errors


def test_every_rule_is_tried() -> None:
    assert {rule for rule, _, _ in REFUSED} == set(MADE_OF_PODS)


@pytest.mark.parametrize(
    ("owner", "at"), WITH_PODS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_all_kinds_with_pods(owner: dict[str, Any], at: str) -> None:
    assert not findings(POD, owner, at)
    for _, changes, _ in REFUSED:
        assert findings(spoiled(changes), owner, at), changes


def test_pods_of_deployments_have_no_deadline() -> None:
    pod = spoiled({"activeDeadlineSeconds": 60})
    for owner, at in WITH_PODS:
        bare = owner not in (SERVICE, EXTRACTION) and at != "spec.reidWorkers.template"
        assert [found.rule for found in findings(pod, owner, at)] == ([] if bare else ["SDN146"]), at
    pod = spoiled({"restartPolicy": "Never"})
    for owner, at, rules in ((EXTRACTION, "spec.template", ["SDN133"]), (VIDEO, "spec.template", [])):
        found = check_documents([document_of(changed(owner, {at: {"spec": pod}}))])
        assert [finding.rule for finding in found if finding.level == "error"] == rules


def test_replicas_below_zero() -> None:
    for owner, path in ((EXTRACTION, "spec.replicas"), (SEARCH, "spec.reidWorkers.replicas")):
        found = check_documents([document_of(changed(owner, {path: -1}))])
        assert [spell_path(finding.path) for finding in found if finding.rule == "SDN146"] == [path]
        assert not [
            each
            for each in check_documents([document_of(changed(owner, {path: 0}))])
            if each.rule == "SDN146"
        ]


def test_names_of_variables_before_132() -> None:
    for name in ("a b", "1A", ".."):
        pod = spoiled({f"{ONE}.env.0.name": name})
        assert [found.level for found in findings(pod)] == ["warning"]
        assert [found.level for found in findings(pod, kubernetes="1.31")] == ["error"]
        assert not findings(pod, kubernetes="1.32")


def test_a_negative_grace_period_counts_as_one() -> None:
    found = findings(spoiled({"terminationGracePeriodSeconds": -1}))
    assert [(finding.rule, finding.level) for finding in found] == [("SDN146", "warning")]


def test_containers_on_the_nodes_network_share_its_ports() -> None:
    two = [{"name": name, "image": "a", "ports": [{"containerPort": 80}]} for name in ("a", "b")]
    assert not findings({"containers": two})
    found = findings({"containers": two, "hostNetwork": True})
    assert [spell_path(finding.path) for finding in found] == [
        "spec.template.spec.containers[1].ports[0].containerPort"
    ]
    assert findings({"containers": two}, LIFELONG, "spec.trainSpec.template")  # Sedna sets hostNetwork
    prepares = INIT | {"ports": [{"containerPort": 80}]}
    assert not findings({"containers": two[:1], "initContainers": [prepares], "hostNetwork": True})


def test_the_sandbox_refuses_nothing_that_the_rules_take() -> None:
    """Of a Deployment with the same pods; what a real API server says of them is in tests/live."""
    structure = structure_of_builtin("apps/v1", "Deployment")
    refused = 0
    for changes in [changes for _, changes, _ in REFUSED] + TAKEN:
        pod = spoiled(changes)
        body = deployment(pod)
        try:
            validate_create(with_defaults(admit(body, structure).object, structure), structure)
        except Refusal as refusal:
            refused += 1
            assert findings(pod, SERVICE, "spec.cloudWorker.template"), (changes, str(refusal))
    assert refused > 40
