"""Every rule's mend: what it makes of a manifest, and what it leaves to the author."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.manifests.document import document_of
from sednactl.manifests.mending import Mended, mended
from sednactl.manifests.reading import read_documents
from sednactl.manifests.writing import to_json, to_yaml
from sednactl.validation import mends
from sednactl.validation.check import check_documents
from sednactl.validation.finding import Finding, spell_path
from sednactl.validation.ignoring import Ignoring, from_command_line
from sednactl.validation.mending import mends_for, wishes_for
from sednactl.validation.mends.table import DECISIONS
from sednactl.validation.rulebook import rulebook
from sednactl.validation.target import Target
from tests.validation import pods, test_learning_rules, test_rules, test_scaling_effect
from tests.validation.learning import INCREMENTAL, LIFELONG, REID, SEARCH, TRACKING
from tests.validation.test_rules import (
    BIG,
    CLOUD,
    DATASET,
    EDGE,
    EXTRACTION,
    METRIC,
    MODEL,
    POD,
    REMOVED,
    SERVICE,
    changed,
)


def fix(text: str, ignoring: Ignoring | None = None) -> Mended:
    """Mend a text as `validate --fix` does."""
    return mended(text, "m.yaml", wishes_for(ignoring or Ignoring(), Target()))


def at(content: Any, path: str) -> Any:
    """Give what stands at a dotted path; REMOVED where nothing does."""
    for step in path.split(".") if path else ():
        content = content[int(step)] if step.isdigit() else content.get(step, REMOVED)
    return content


TRAIN, DEPLOY = "spec.trainSpec.trigger", "spec.deploySpec.trigger"
MINING = f"{EDGE}.hardExampleMining"
TARGET = f"{METRIC}.resource.target"
PODS_POLICY = [{"type": "pods", "value": 1, "periodSeconds": 60}]
MENDED: list[tuple[str, dict[str, Any], dict[str, Any], str, Any]] = [
    # rule, what is spoiled, how, the place, and what stands there when it is mended
    ("SDN001", SERVICE, {"apiVersion": REMOVED}, "apiVersion", "sedna.io/v1alpha1"),
    ("SDN001", SERVICE, {"apiVersion": ""}, "apiVersion", "sedna.io/v1alpha1"),
    ("SDN002", MODEL, {"apiVersion": "sedna.io/v1alpha2"}, "apiVersion", "sedna.io/v1alpha1"),
    ("SDN002", SERVICE, {"kind": "jointInferenceservice"}, "kind", "JointInferenceService"),
    ("SDN003", SERVICE, {f"{CLOUD}.template.metadata": {"labels": {"a": "b"}}}, f"{CLOUD}.template.metadata", REMOVED),
    ("SDN003", SERVICE, {f"{CLOUD}.template.metadata.name": "x"}, f"{CLOUD}.template.metadata", REMOVED),
    ("SDN003", SERVICE, {f"{CLOUD}.hpa.minreplicas": 2}, f"{CLOUD}.hpa.minReplicas", 2),
    ("SDN004", SERVICE, {f"{MINING}.parameters.0.value": 0.9}, f"{MINING}.parameters.0.value", "0.9"),
    ("SDN004", SERVICE, {f"{BIG}.env": [{"name": "A", "value": True}]}, f"{BIG}.env.0.value", "true"),
    ("SDN004", SERVICE, {f"{BIG}.resources.limits": {"cpu": 1.5}}, f"{BIG}.resources.limits.cpu", "1.5"),
    ("SDN004", SERVICE, {f"{CLOUD}.hpa.maxReplicas": "5"}, f"{CLOUD}.hpa.maxReplicas", 5),
    ("SDN004", INCREMENTAL, {"spec.dataset.trainProb": "0.8"}, "spec.dataset.trainProb", 0.8),
    ("SDN004", SERVICE, {f"{CLOUD}.{POD}.hostNetwork": "true"}, f"{CLOUD}.{POD}.hostNetwork", True),
    ("SDN004", MODEL, {"metadata.labels": {"a": 1}}, "metadata.labels.a", "1"),
    ("SDN005", SERVICE, {f"{CLOUD}.hpa": {}}, f"{CLOUD}.hpa", REMOVED),
    ("SDN005", SERVICE, {f"{TARGET}.type": REMOVED}, f"{TARGET}.type", "Utilization"),
    ("SDN005", SERVICE, {f"{METRIC}.type": REMOVED}, f"{METRIC}.type", "Resource"),
    ("SDN005", EXTRACTION, {"spec.selector": REMOVED}, "spec.selector", {}),
    ("SDN005", SEARCH, {"spec.reidWorkers.selector": REMOVED}, "spec.reidWorkers.selector", {}),
    ("SDN005", TRACKING, {"spec.reidWorkers.selector": REMOVED}, "spec.reidWorkers.selector", {}),
    ("SDN006", SERVICE, {f"{BIG}.resources.limits": {"memory": "64MiB"}}, f"{BIG}.resources.limits.memory", "64Mi"),
    ("SDN007", SERVICE, {f"{BIG}.env": [{"name": "A", "value": "b"}] * 3}, f"{BIG}.env", [{"name": "A", "value": "b"}]),
    ("SDN114", EXTRACTION, {"spec.replicas": REMOVED}, "spec.replicas", 1),
    ("SDN114", EXTRACTION, {"spec.replicas": None}, "spec.replicas", 1),
    ("SDN133", SERVICE, {f"{CLOUD}.{POD}.restartPolicy": "Never"}, f"{CLOUD}.{POD}.restartPolicy", REMOVED),
    ("SDN137", SERVICE, {f"{BIG}.imagePullPolicy": "ifnotpresent"}, f"{BIG}.imagePullPolicy", "IfNotPresent"),
    ("SDN138", SERVICE, {f"{BIG}.resources": {"requests": {"nvidia.com/gpu": 1, "cpu": 1}}}, f"{BIG}.resources.limits", {"nvidia.com/gpu": 1}),
    ("SDN145", SERVICE, {f"{BIG}.livenessProbe": {"tcpSocket": {"port": 1}, "successThreshold": 3}}, f"{BIG}.livenessProbe.successThreshold", 1),
    ("SDN145", SERVICE, {f"{BIG}.readinessProbe": {"tcpSocket": {"port": 1}, "terminationGracePeriodSeconds": 3}}, f"{BIG}.readinessProbe", {"tcpSocket": {"port": 1}}),
    ("SDN146", SERVICE, {f"{CLOUD}.{POD}.activeDeadlineSeconds": 60}, f"{CLOUD}.{POD}.activeDeadlineSeconds", REMOVED),
    ("SDN146", SERVICE, {f"{CLOUD}.{POD}.terminationGracePeriodSeconds": -1}, f"{CLOUD}.{POD}.terminationGracePeriodSeconds", 1),
    ("SDN205", SERVICE, {f"{METRIC}.type": "resource"}, f"{METRIC}.type", "Resource"),
    ("SDN206", SERVICE, {f"{METRIC}.type": "Pods"}, f"{METRIC}.type", "Resource"),
    ("SDN208", SERVICE, {f"{TARGET}.type": "utilization"}, f"{TARGET}.type", "Utilization"),
    ("SDN209", SERVICE, {f"{TARGET}.type": "AverageValue"}, f"{TARGET}.type", "Utilization"),
    ("SDN209", SERVICE, {f"{TARGET}.value": 3}, f"{TARGET}.value", REMOVED),
    ("SDN215", SERVICE, {METRIC: test_rules.of_container("CPU")}, f"{METRIC}.containerResource.name", "cpu"),
    ("SDN210", SERVICE, {f"{CLOUD}.hpa.metrics": [at(SERVICE, METRIC)] * 2}, f"{CLOUD}.hpa.metrics", [at(SERVICE, METRIC)]),
    ("SDN211", SERVICE, {f"{CLOUD}.hpa.behavior.scaleUp": {"selectPolicy": "max"}}, f"{CLOUD}.hpa.behavior.scaleUp.selectPolicy", "Max"),
    ("SDN211", SERVICE, {f"{CLOUD}.hpa.behavior.scaleUp": {"policies": PODS_POLICY}}, f"{CLOUD}.hpa.behavior.scaleUp.policies.0.type", "Pods"),
    ("SDN215", SERVICE, {f"{METRIC}.resource.name": "CPU"}, f"{METRIC}.resource.name", "cpu"),
    ("SDN223", SERVICE, {f"{CLOUD}.hpa": None}, f"{CLOUD}.hpa", REMOVED),
    ("SDN301", SERVICE, {f"{MINING}.name": "ibt"}, f"{MINING}.name", "IBT"),
    ("SDN302", SERVICE, {f"{MINING}.parameters": [{"key": "Threshold-Img", "value": "0.5"}]}, f"{MINING}.parameters.0.key", "threshold_img"),
    ("SDN303", SERVICE, {MINING: {"name": "Random", "parameters": [{"key": "random_ratio", "value": "0.5"}]}}, MINING, {"name": "Random"}),
    ("SDN501", INCREMENTAL, {f"{TRAIN}.condition.operator": "=>"}, f"{TRAIN}.condition.operator", "ge"),
    ("SDN501", LIFELONG, {f"{TRAIN}.condition.operator": " GT"}, f"{TRAIN}.condition.operator", "gt"),
    ("SDN501", LIFELONG, {f"{TRAIN}.condition.operator": "gte"}, f"{TRAIN}.condition.operator", "ge"),
    ("SDN502", LIFELONG, {f"{TRAIN}.condition.metric": "numOfSamples"}, f"{TRAIN}.condition.metric", "num_of_samples"),
    ("SDN502", INCREMENTAL, {f"{TRAIN}.condition.metric": "num_of_samples[0]"}, f"{TRAIN}.condition.metric", "num_of_samples"),
    ("SDN503", INCREMENTAL, {f"{DEPLOY}.condition.metric": "precision_delta"}, f"{DEPLOY}.condition.metric", "precision_delta[0]"),
    ("SDN504", INCREMENTAL, {f"{DEPLOY}.condition.metric": "precision_delta[0"}, f"{DEPLOY}.condition.metric", "precision_delta[0]"),
    ("SDN505", INCREMENTAL, {f"{TRAIN}.timer.start": "2:00"}, f"{TRAIN}.timer.start", "02:00"),
    ("SDN708", LIFELONG, {"spec.trainSpec.template.spec.restartPolicy": "Always"}, "spec.trainSpec.template.spec.restartPolicy", "OnFailure"),
    ("SDN505", INCREMENTAL, {f"{TRAIN}.timer.end": "24:00:00"}, f"{TRAIN}.timer.end", "24:00"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "content", "changes", "path", "value"), MENDED)
@pytest.mark.parametrize("write", [to_yaml, to_json])
def test_mended(
    write: Any, rule: str, content: dict[str, Any], changes: dict[str, Any], path: str, value: Any
) -> None:
    text = write([changed(content, changes)])
    spoiled = [
        found for found in check_documents(read_documents(text.encode(), "m.yaml")) if found.rule == rule
    ]
    assert any(found.fixable for found in spoiled)
    made = fix(text)
    assert rule in {name for name, _ in made.mends}
    (document,) = read_documents(made.text.encode(), "m.yaml")
    found = at(document.content, path)
    assert found is REMOVED if value is REMOVED else found == value
    assert not [left for left in check_documents([document]) if left.rule == rule]
    assert fix(made.text) == Mended(made.text, (), ())


LEFT: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("SDN001", MODEL, {"apiVersion": REMOVED}),
    ("SDN002", SERVICE, {"kind": "JointInference"}),
    ("SDN003", SERVICE, {f"{CLOUD}.hpa.minReplica": 2}),
    ("SDN003", SERVICE, {f"{CLOUD}.template": {"metadata": {"name": "x"}}}),
    ("SDN004", INCREMENTAL, {f"{TRAIN}.timer.start": 1440}),
    ("SDN004", SERVICE, {f"{CLOUD}.hpa.maxReplicas": "five"}),
    ("SDN004", SERVICE, {f"{CLOUD}.hpa.maxReplicas": "1.5"}),
    ("SDN005", SERVICE, {f"{CLOUD}.hpa": {"minReplicas": 2}}),
    ("SDN005", EXTRACTION, {"spec.model": REMOVED}),
    ("SDN006", SERVICE, {f"{BIG}.resources.limits": {"memory": "2GB"}}),
    ("SDN007", SERVICE, {f"{BIG}.env": [{"name": "A", "value": "b"}, {"name": "A", "value": "c"}]}),
    ("SDN138", SERVICE, {f"{BIG}.resources.limits": {"cpu": "1"}, f"{BIG}.resources.requests": {"cpu": "2"}}),
    ("SDN206", SERVICE, {f"{METRIC}.pods": {"metric": {"name": "a"}, "target": {"type": "AverageValue", "averageValue": 1}}}),
    ("SDN301", SERVICE, {f"{MINING}.name": "Mine"}),
    ("SDN501", INCREMENTAL, {f"{TRAIN}.condition.operator": "above"}),
    ("SDN502", INCREMENTAL, {f"{TRAIN}.condition.metric": "accuracy"}),
    ("SDN504", INCREMENTAL, {f"{DEPLOY}.condition.metric": "precision_delta[-1]"}),
    ("SDN505", INCREMENTAL, {f"{TRAIN}.timer.start": "7 pm"}),
    ("SDN505", INCREMENTAL, {f"{TRAIN}.timer.start": "24:00"}),
    ("SDN404", DATASET, {"spec.nodeName": ""}),
    ("SDN503", INCREMENTAL, {f"{DEPLOY}.condition.metric": "precision[0]_delta"}),
    ("SDN708", REID, {"spec.template.spec.restartPolicy": "Always"}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "content", "changes"), LEFT)
def test_left_to_the_author(rule: str, content: dict[str, Any], changes: dict[str, Any]) -> None:
    text = to_yaml([changed(content, changes)])
    (document,) = read_documents(text.encode(), "m.yaml")
    found = [one for one in check_documents([document]) if one.rule == rule]
    assert found
    assert not any(one.fixable for one in found)
    assert rule not in {name for name, _ in fix(text).mends}


def test_every_rule_is_decided_and_every_mend_is_tried() -> None:
    assert set(DECISIONS) == set(rulebook())
    assert all(decision.because.strip() for decision in DECISIONS.values())
    tried = {rule for rule, *_ in MENDED} | {"SDN508"}
    assert tried == {rule for rule, decision in DECISIONS.items() if decision.mend}
    assert tried == mends.MENDED


_SPOILED = [
    *test_rules.SPOILED,
    *test_learning_rules.SPOILED,
    *test_scaling_effect.SPOILED,
    *((rule, SERVICE, {f"{CLOUD}.{POD}": changed(pods.POD, changes)}, "") for rule, changes, _ in pods.REFUSED),
]  # fmt: skip

SPOILED = [case for case in _SPOILED if DECISIONS[case[0]].mend]


@pytest.mark.parametrize(("rule", "content", "changes", "path"), SPOILED)
def test_no_mend_brings_a_fault_of_its_own(rule: str, content: Any, changes: Any, path: str) -> None:
    """What is found afterwards was found before, but for what was hidden behind it; nothing fixable is left."""
    text = to_yaml([changed(content, changes)])
    before = check_documents(read_documents(text.encode(), "m.yaml"))
    made = fix(text)
    after = check_documents(read_documents(made.text.encode(), "m.yaml"))
    fixable = {key(found) for found in before if found.fixable and found.level == "error"}
    assert {key(found) for found in after if found.level == "error"} <= {
        key(found) for found in before
    } - fixable
    assert not [found for found in after if found.fixable] or made.refused
    assert fix(made.text).text == made.text


def key(found: Finding) -> tuple[str, str, str]:
    return found.rule, spell_path(found.path), found.message


def test_time_without_quotes_is_quoted_as_it_is_written() -> None:
    text = to_yaml([INCREMENTAL]).replace('end: "24:00"', "end: 24:00   # midnight")
    found = [one for one in check_documents(read_documents(text.encode(), "m")) if one.rule == "SDN508"]
    assert [(one.level, one.fixable, "1440" in one.message) for one in found] == [("info", True, True)]
    made = fix(text)
    assert made.text == text.replace("end: 24:00 ", 'end: "24:00" ')
    assert not [
        one for one in check_documents(read_documents(made.text.encode(), "m")) if one.rule == "SDN508"
    ]
    unwritten = check_documents([document_of(INCREMENTAL)])
    assert not [one for one in unwritten if one.rule == "SDN508"]


def test_what_is_ignored_is_not_mended() -> None:
    text = to_yaml([changed(INCREMENTAL, {f"{TRAIN}.condition.operator": "GT"})])
    assert fix(text, from_command_line(["SDN501=ours"])).text == text
    remarked = text.replace("operator: GT", "operator: GT # sednactl: ignore SDN501 ours")
    assert remarked != text
    assert fix(remarked).text == remarked


def test_mends_of_findings_are_pure() -> None:
    content = changed(
        INCREMENTAL,
        {
            f"{TRAIN}.condition.operator": "GT",
            "spec.trainSpec.template.metadata": {"name": "a", "labels": {}},
        },
    )
    document = document_of(content)
    mends = mends_for(document, check_documents([document]))
    assert [mend.rule for mend in mends] == ["SDN003", "SDN501"]  # one for both fields of the metadata
    assert content["spec"]["trainSpec"]["trigger"]["condition"]["operator"] == "GT"
