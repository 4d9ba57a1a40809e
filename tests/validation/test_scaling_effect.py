"""Autoscaling that is taken and does little: bounds without room, dead behavior, memory alone, old clusters."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.manifests.document import document_of
from sednactl.validation.check import check_documents
from sednactl.validation.finding import spell_path
from sednactl.validation.target import target_named
from tests.validation.learning import INCREMENTAL
from tests.validation.test_rules import (
    BIG,
    CLOUD,
    EDGE,
    METRIC,
    POD,
    REMOVED,
    SERVICE,
    changed,
    expect,
    found_in,
)

HPA = f"{CLOUD}.hpa"
UP = f"{HPA}.behavior.scaleUp"
DOWN = f"{HPA}.behavior.scaleDown"
PODS_60 = {"type": "Pods", "value": 1, "periodSeconds": 60}
MEMORY = {
    "type": "Resource",
    "resource": {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 70}},
}
SHARE = f"{METRIC}.resource.target"
AS_MUCH = {"requests": {"cpu": "500m"}, "limits": {"cpu": "0.5"}}


def of_container(name: str, target: dict[str, Any]) -> dict[str, Any]:
    block = {"name": "cpu", "container": name, "target": target}
    return {"type": "ContainerResource", "containerResource": block}


SPOILED: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    # rule, what is spoiled, how, where it is found
    ("SDN216", SERVICE, {f"{HPA}.minReplicas": 5}, f"{HPA}.maxReplicas"),
    ("SDN216", SERVICE, {f"{HPA}.maxReplicas": 1}, f"{HPA}.maxReplicas"),
    ("SDN217", SERVICE, {f"{UP}.selectPolicy": "Disabled"}, f"{UP}.selectPolicy"),
    ("SDN217", SERVICE, {f"{DOWN}.selectPolicy": "Disabled"}, f"{DOWN}.selectPolicy"),
    ("SDN217", SERVICE, {f"{DOWN}.policies": [PODS_60, {**PODS_60, "value": 2}]}, f"{DOWN}.policies[0]"),
    (
        "SDN217",
        SERVICE,
        {f"{DOWN}.policies": [PODS_60, {**PODS_60, "value": 2}], f"{DOWN}.selectPolicy": "Min"},
        f"{DOWN}.policies[1]",
    ),
    ("SDN218", SERVICE, {f"{HPA}.metrics": [MEMORY]}, f"{HPA}.metrics[0]"),
    ("SDN219", SERVICE, {f"{DOWN}.policies.0.periodSeconds": 5}, f"{DOWN}.policies[0].periodSeconds"),
    ("SDN219", SERVICE, {f"{DOWN}.policies.0.value": 4}, f"{DOWN}.policies[0].value"),
    (
        "SDN225",
        SERVICE,
        {f"{BIG}.resources": AS_MUCH, f"{SHARE}.averageUtilization": 91},
        f"{HPA}.metrics[0].resource.target.averageUtilization",
    ),
    (
        "SDN225",
        SERVICE,
        {
            f"{BIG}.resources": {"limits": {"cpu": "1e3"}},
            SHARE: {"type": "AverageValue", "averageValue": "910"},
        },
        f"{HPA}.metrics[0].resource.target.averageValue",
    ),
    (
        "SDN225",
        SERVICE,
        {
            f"{BIG}.resources": AS_MUCH,
            f"{CLOUD}.{POD}.initContainers": [{"name": "p", "image": "i", "restartPolicy": "Always"}],
            METRIC: of_container("big", {"type": "Utilization", "averageUtilization": 100}),
        },
        f"{HPA}.metrics[0].containerResource.target.averageUtilization",
    ),
]


@pytest.mark.parametrize(("rule", "content", "changes", "path"), SPOILED)
def test_found(rule: str, content: dict[str, Any], changes: dict[str, Any], path: str) -> None:
    expect(rule, changed(content, changes), path)


@pytest.mark.parametrize(
    "changes",
    [
        {f"{DOWN}.policies": [PODS_60, {**PODS_60, "periodSeconds": 120}]},
        {f"{DOWN}.policies": [PODS_60, {"type": "Percent", "value": 50, "periodSeconds": 60}]},
        {f"{DOWN}.policies.0.periodSeconds": 15},
        {f"{DOWN}.policies.0.value": 3},
        {f"{HPA}.metrics.0": MEMORY},
        {f"{BIG}.resources": AS_MUCH, f"{SHARE}.averageUtilization": 90},
        {f"{BIG}.resources": {"limits": {"cpu": 1}}, SHARE: {"type": "AverageValue", "averageValue": "900m"}},
        {f"{BIG}.resources": {"requests": {"cpu": "100m"}}, f"{SHARE}.averageUtilization": 500},
        {
            f"{BIG}.resources": {"limits": {"memory": "1Gi"}, "requests": {"cpu": 1}},
            f"{SHARE}.averageUtilization": 99,
        },
        {  # one container without a limit has no end
            f"{BIG}.resources": AS_MUCH,
            f"{SHARE}.averageUtilization": 99,
            f"{CLOUD}.{POD}.initContainers": [
                {
                    "name": "p",
                    "image": "i",
                    "restartPolicy": "Always",
                    "resources": {"requests": {"cpu": "100m"}},
                }
            ],
        },
    ],
    ids=str,
)
def test_lets_pass(changes: dict[str, Any]) -> None:
    assert [found for found in found_in(changed(SERVICE, changes)) if found.rule != "SDN207"] == []


def for_kubernetes(content: dict[str, Any], version: str) -> list[tuple[str, str, str]]:
    findings = check_documents([document_of(content)], target=target_named(None, version))
    return [(one.rule, one.level, spell_path(one.path)) for one in findings if one.level != "info"]


def test_kubernetes_before_its_autoscaling() -> None:
    assert for_kubernetes(SERVICE, "1.22") == [
        ("SDN221", "error", f"{CLOUD}.hpa"),
        ("SDN221", "error", f"{EDGE}.hpa"),
    ] or for_kubernetes(SERVICE, "1.22") == [
        ("SDN221", "error", f"{EDGE}.hpa"),
        ("SDN221", "error", f"{CLOUD}.hpa"),
    ]
    assert for_kubernetes(SERVICE, "1.23") == []
    assert for_kubernetes(changed(SERVICE, {f"{HPA}": REMOVED, f"{EDGE}.hpa": None}), "1.22") == []


def test_kubernetes_before_its_metrics_of_containers() -> None:
    service = changed(
        SERVICE, {METRIC: of_container("big", {"type": "AverageValue", "averageValue": "500m"})}
    )
    assert for_kubernetes(service, "1.26.4") == [("SDN221", "warning", f"{HPA}.metrics[0].type")]
    assert for_kubernetes(service, "1.27") == []


def test_kubernetes_before_its_sidecars() -> None:
    proxy = {"name": "proxy", "image": "p", "restartPolicy": "Always"}
    place = "spec.evalSpec.template.spec"
    job = changed(INCREMENTAL, {f"{place}.initContainers": [proxy]})
    assert for_kubernetes(job, "1.28") == [("SDN136", "warning", f"{place}.initContainers[0].restartPolicy")]
    assert for_kubernetes(job, "1.29") == []
    once = changed(SERVICE, {f"{CLOUD}.{POD}.initContainers": [{"name": "once", "image": "i"}]})
    assert for_kubernetes(once, "1.28") == []
