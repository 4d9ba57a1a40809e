"""Every rule: what it finds, where, and what it lets pass."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from sednactl.errors import InvalidInput
from sednactl.manifests.document import document_of
from sednactl.manifests.reading import read_documents
from sednactl.sedna.kinds import BY_KIND
from sednactl.sedna.releases import LATEST
from sednactl.validation.check import Checker, check_documents, require_valid
from sednactl.validation.finding import Finding, spell_path
from sednactl.validation.looking import STRUCTURAL_RULES
from sednactl.validation.rulebook import FOR_KINDS, rulebook, rules_for
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload

FIXTURES = Path(__file__).parents[1] / "fixtures" / "manifests"
DOCUMENTS = read_documents((FIXTURES / "valid" / "helmet.yaml").read_bytes(), "helmet.yaml")
SERVICE: dict[str, Any] = next(
    found.content for found in DOCUMENTS if found.content["kind"] == "JointInferenceService"
)
MODEL: dict[str, Any] = DOCUMENTS[0].content
DATASET: dict[str, Any] = read_documents((FIXTURES / "valid" / "dataset.yaml").read_bytes(), "d")[0].content
FEDERATED: dict[str, Any] = read_documents((FIXTURES / "valid" / "federated.yaml").read_bytes(), "f")[
    -1
].content
POD_SPEC = {"containers": [{"name": "worker", "image": "example/worker:v1"}]}
VIDEO: dict[str, Any] = {
    "apiVersion": "sedna.io/v1alpha1",
    "kind": "VideoAnalyticsJob",
    "metadata": {"name": "video"},
    "spec": {"model": {"name": "m3l"}, "template": {"spec": {**POD_SPEC, "restartPolicy": "Never"}}},
}
EXTRACTION: dict[str, Any] = {
    "apiVersion": "sedna.io/v1alpha1",
    "kind": "FeatureExtractionService",
    "metadata": {"name": "features"},
    "spec": {
        "model": {"name": "m3l"},
        "replicas": 1,
        "selector": {"matchLabels": {"app": "features"}},
        "template": {"spec": POD_SPEC},
    },
}
CLOUD = "spec.cloudWorker"
EDGE = "spec.edgeWorker"
POD = "template.spec"
BIG = f"{CLOUD}.{POD}.containers.0"
LITTLE = f"{EDGE}.{POD}.containers.0"
ASKED = f"{CLOUD}.{POD}.containers[0].resources.requests"
METRIC = f"{CLOUD}.hpa.metrics.0"
REMOVED: Any = object()


def changed(content: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Give a copy with values put at dotted paths, or removed."""
    result = copy.deepcopy(content)
    for path, value in changes.items():
        steps: list[Any] = [int(step) if step.isdigit() else step for step in path.split(".")]
        owner: Any = result
        for step in steps[:-1]:
            owner = owner[step] if isinstance(owner, list) else owner.setdefault(step, {})
        if value is REMOVED:
            del owner[steps[-1]]
        else:
            owner[steps[-1]] = value
    return result


def found_in(content: Any) -> list[Finding]:
    return [
        found for found in check_documents([document_of(content)]) if found.rule not in ("SDN121", "SDN122")
    ]


def of_container(resource: str) -> dict[str, Any]:
    target = {"type": "AverageValue", "averageValue": "500m"}
    return {
        "type": "ContainerResource",
        "containerResource": {"name": resource, "container": "big", "target": target},
    }


def of_object(target: dict[str, Any]) -> dict[str, Any]:
    described = {"kind": "Service", "name": "gate"}
    block = {"metric": {"name": "frames"}, "describedObject": described, "target": target}
    return {"type": "Object", "object": block}


def of_pods(labels: dict[str, str], frames: str = "500m") -> dict[str, Any]:
    metric = {"name": "frames", "selector": {"matchLabels": labels}}
    return {
        "type": "Pods",
        "pods": {"metric": metric, "target": {"type": "AverageValue", "averageValue": frames}},
    }


def node_affinity(*names: list[str]) -> dict[str, Any]:
    """Give an affinity of which each term names nodes by their hostname."""
    terms = [
        {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": each}]}
        for each in names
    ]
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}


SPOILED: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    # rule, what is spoiled, how, where it is found
    ("SDN101", SERVICE, {"metadata.name": "a" * 54}, "metadata.name"),
    ("SDN101", SERVICE, {"metadata.name": "1abc"}, "metadata.name"),
    ("SDN101", SERVICE, {"metadata.name": "a.b"}, "metadata.name"),
    ("SDN101", FEDERATED, {"metadata.name": "a" * 52}, "metadata.name"),
    ("SDN101", FEDERATED, {"metadata.name": "1-job"}, "metadata.name"),
    (
        "SDN131",
        FEDERATED,
        {"spec.trainingWorkers.1.template.spec.containers.0.image": REMOVED},
        "spec.trainingWorkers[1].template.spec.containers[0]",
    ),
    ("SDN102", SERVICE, {"metadata.name": "a-deployment-b"}, "metadata.name"),
    ("SDN111", SERVICE, {f"{EDGE}.{POD}.nodeName": "$EDGE_NODE"}, f"{EDGE}.{POD}.nodeName"),
    ("SDN111", SERVICE, {f"{EDGE}.{POD}.nodeName": "$Edge-NodeName"}, f"{EDGE}.{POD}.nodeName"),
    (
        "SDN111",
        SERVICE,
        {f"{EDGE}.{POD}.nodeSelector": {"host": "${NODE}"}},
        f"{EDGE}.{POD}.nodeSelector.host",
    ),
    ("SDN111", SERVICE, {f"{CLOUD}.model.name": "{{ model }}"}, f"{CLOUD}.model.name"),
    ("SDN111", SERVICE, {f"{BIG}.image": "<your-image>"}, f"{CLOUD}.{POD}.containers[0].image"),
    ("SDN111", DATASET, {"spec.nodeName": "$NODE"}, "spec.nodeName"),
    ("SDN111", MODEL, {"spec.url": "$MODEL_URL"}, "spec.url"),
    ("SDN112", SERVICE, {f"{CLOUD}.{POD}.nodeName": "Cloud_Node"}, f"{CLOUD}.{POD}.nodeName"),
    ("SDN112", DATASET, {"spec.nodeName": "Edge"}, "spec.nodeName"),
    ("SDN113", SERVICE, {f"{CLOUD}.model.name": ""}, f"{CLOUD}.model.name"),
    ("SDN113", SERVICE, {f"{CLOUD}.model.name": "Big Model"}, f"{CLOUD}.model.name"),
    ("SDN114", FEDERATED, {"spec.aggregationWorker.model.name": ""}, "spec.aggregationWorker.model.name"),
    (
        "SDN114",
        FEDERATED,
        {"spec.trainingWorkers.0.dataset.name": ""},
        "spec.trainingWorkers[0].dataset.name",
    ),
    ("SDN114", VIDEO, {"spec.model.name": ""}, "spec.model.name"),
    ("SDN114", EXTRACTION, {"spec.replicas": REMOVED}, "spec"),
    ("SDN131", SERVICE, {f"{BIG}.image": REMOVED}, f"{CLOUD}.{POD}.containers[0]"),
    ("SDN131", SERVICE, {f"{BIG}.image": ""}, f"{CLOUD}.{POD}.containers[0]"),
    (
        "SDN131",
        SERVICE,
        {f"{CLOUD}.{POD}.initContainers": [{"name": "i"}]},
        f"{CLOUD}.{POD}.initContainers[0]",
    ),
    ("SDN132", SERVICE, {f"{CLOUD}.{POD}.containers": []}, f"{CLOUD}.{POD}"),
    ("SDN132", SERVICE, {f"{CLOUD}.template": {}}, f"{CLOUD}.template"),
    ("SDN133", SERVICE, {f"{CLOUD}.{POD}.restartPolicy": "OnFailure"}, f"{CLOUD}.{POD}.restartPolicy"),
    (
        "SDN134",
        SERVICE,
        {f"{EDGE}.{POD}.volumes": REMOVED},
        f"{EDGE}.{POD}.containers[0].volumeMounts[0].name",
    ),
    ("SDN135", SERVICE, {f"{BIG}.name": "Big"}, f"{CLOUD}.{POD}.containers[0].name"),
    ("SDN201", SERVICE, {f"{CLOUD}.hpa.minReplicas": 6}, f"{CLOUD}.hpa.minReplicas"),
    ("SDN202", SERVICE, {f"{CLOUD}.hpa.maxReplicas": 0}, f"{CLOUD}.hpa.maxReplicas"),
    ("SDN203", SERVICE, {f"{CLOUD}.hpa.minReplicas": 0}, f"{CLOUD}.hpa.minReplicas"),
    ("SDN203", SERVICE, {f"{CLOUD}.hpa.minReplicas": -1}, f"{CLOUD}.hpa.minReplicas"),
    ("SDN223", SERVICE, {f"{CLOUD}.hpa": None}, f"{CLOUD}.hpa"),
    ("SDN204", SERVICE, {f"{CLOUD}.hpa.maxReplicas": 2**31}, f"{CLOUD}.hpa.maxReplicas"),
    (
        "SDN204",
        SERVICE,
        {f"{BIG}.ports.0.containerPort": -(2**31) - 1},
        f"{CLOUD}.{POD}.containers[0].ports[0].containerPort",
    ),
    ("SDN205", SERVICE, {f"{METRIC}.type": "resource"}, f"{CLOUD}.hpa.metrics[0].type"),
    ("SDN205", SERVICE, {f"{METRIC}.type": "Foo"}, f"{CLOUD}.hpa.metrics[0].type"),
    ("SDN206", SERVICE, {f"{METRIC}.type": "External"}, f"{CLOUD}.hpa.metrics[0]"),
    ("SDN206", SERVICE, {f"{METRIC}.pods": {}}, f"{CLOUD}.hpa.metrics[0].pods"),
    ("SDN207", SERVICE, {f"{BIG}.resources": REMOVED}, f"{CLOUD}.{POD}.containers[0]"),
    (
        "SDN207",
        SERVICE,
        {f"{BIG}.resources": {"requests": {"memory": "1Gi"}}},
        f"{CLOUD}.{POD}.containers[0]",
    ),
    ("SDN207", SERVICE, {f"{BIG}.resources": {"requests": {"cpu": "0"}}}, f"{CLOUD}.{POD}.containers[0]"),
    (
        "SDN207",
        SERVICE,
        {f"{BIG}.resources": REMOVED, f"{CLOUD}.hpa.metrics": REMOVED},
        f"{CLOUD}.{POD}.containers[0]",
    ),
    (
        "SDN207",
        SERVICE,
        {f"{CLOUD}.{POD}.initContainers": [{"name": "proxy", "image": "p", "restartPolicy": "Always"}]},
        f"{CLOUD}.{POD}.initContainers[0]",
    ),
    (
        "SDN207",
        SERVICE,
        {
            f"{CLOUD}.{POD}.containers": [
                {"name": "a", "image": "i", "resources": {"requests": {"cpu": None}, "limits": {"cpu": 1}}},
                {"name": "b", "image": "i", "resources": {"limits": {"memory": "1Gi"}}},
            ]
        },
        f"{CLOUD}.{POD}.containers[1]",
    ),
    (
        "SDN208",
        SERVICE,
        {f"{METRIC}.resource.target.averageUtilization": 0},
        f"{CLOUD}.hpa.metrics[0].resource.target.averageUtilization",
    ),
    (
        "SDN208",
        SERVICE,
        {f"{METRIC}.resource.target": {"type": "Utilization"}},
        f"{CLOUD}.hpa.metrics[0].resource.target",
    ),
    (
        "SDN208",
        SERVICE,
        {f"{METRIC}.resource.target": {"type": "Value", "value": 5}},
        f"{CLOUD}.hpa.metrics[0].resource.target",
    ),
    (
        "SDN208",
        SERVICE,
        {f"{METRIC}.resource.target.type": "Percent"},
        f"{CLOUD}.hpa.metrics[0].resource.target.type",
    ),
    (
        "SDN208",
        SERVICE,
        {f"{METRIC}.resource.target": {"type": "AverageValue", "averageValue": "-1"}},
        f"{CLOUD}.hpa.metrics[0].resource.target.averageValue",
    ),
    (
        "SDN209",
        SERVICE,
        {f"{METRIC}.resource.target.type": "Value"},
        f"{CLOUD}.hpa.metrics[0].resource.target.type",
    ),
    (
        "SDN209",
        SERVICE,
        {f"{METRIC}.resource.target.value": 3},
        f"{CLOUD}.hpa.metrics[0].resource.target.value",
    ),
    (
        "SDN209",
        SERVICE,
        {METRIC: of_object({"type": "AverageValue", "value": 3})},
        f"{CLOUD}.hpa.metrics[0].object.target.type",
    ),
    (
        "SDN210",
        SERVICE,
        {f"{CLOUD}.hpa.metrics": [of_pods({"a": "1", "b": "2"}), of_pods({"b": "2", "a": "1"})]},
        f"{CLOUD}.hpa.metrics[1]",
    ),
    (
        "SDN210",
        SERVICE,
        {f"{CLOUD}.hpa.metrics.1": SERVICE["spec"]["cloudWorker"]["hpa"]["metrics"][0]},
        f"{CLOUD}.hpa.metrics[1]",
    ),
    (
        "SDN211",
        SERVICE,
        {f"{CLOUD}.hpa.behavior.scaleUp.stabilizationWindowSeconds": 3601},
        f"{CLOUD}.hpa.behavior.scaleUp.stabilizationWindowSeconds",
    ),
    (
        "SDN211",
        SERVICE,
        {f"{CLOUD}.hpa.behavior.scaleUp.selectPolicy": "max"},
        f"{CLOUD}.hpa.behavior.scaleUp.selectPolicy",
    ),
    (
        "SDN211",
        SERVICE,
        {f"{CLOUD}.hpa.behavior.scaleDown.policies.0.value": 0},
        f"{CLOUD}.hpa.behavior.scaleDown.policies[0].value",
    ),
    (
        "SDN211",
        SERVICE,
        {f"{CLOUD}.hpa.behavior.scaleDown.policies.0.type": "Pod"},
        f"{CLOUD}.hpa.behavior.scaleDown.policies[0].type",
    ),
    (
        "SDN211",
        SERVICE,
        {f"{CLOUD}.hpa.behavior.scaleDown.policies.0.periodSeconds": 1801},
        f"{CLOUD}.hpa.behavior.scaleDown.policies[0].periodSeconds",
    ),
    ("SDN212", SERVICE, {f"{EDGE}.{POD}.nodeName": "edge-1"}, f"{EDGE}.{POD}.hostNetwork"),
    (
        "SDN212",
        SERVICE,
        {f"{CLOUD}.{POD}.nodeName": "n", f"{BIG}.ports.0.hostPort": 5000},
        f"{CLOUD}.{POD}.containers[0].ports[0].hostPort",
    ),
    (
        "SDN212",
        SERVICE,
        {f"{EDGE}.{POD}.nodeSelector": {"kubernetes.io/hostname": "edge-1"}},
        f"{EDGE}.{POD}.hostNetwork",
    ),
    (
        "SDN212",
        SERVICE,
        {
            f"{CLOUD}.{POD}.nodeName": "n",
            f"{CLOUD}.{POD}.initContainers": [
                {
                    "name": "proxy",
                    "image": "p",
                    "restartPolicy": "Always",
                    "ports": [{"containerPort": 80, "hostPort": 80}],
                }
            ],
        },
        f"{CLOUD}.{POD}.initContainers[0].ports[0].hostPort",
    ),
    (
        "SDN212",
        SERVICE,
        {f"{EDGE}.{POD}.affinity": node_affinity(["edge-1"], ["edge-1"])},
        f"{EDGE}.{POD}.hostNetwork",
    ),
    ("SDN213", SERVICE, {f"{CLOUD}.{POD}.nodeName": "cloud-1"}, f"{CLOUD}.{POD}.nodeName"),
    ("SDN214", SERVICE, {f"{CLOUD}.hpa.metrics": []}, f"{CLOUD}.hpa"),
    ("SDN215", SERVICE, {f"{METRIC}.resource.name": ""}, f"{CLOUD}.hpa.metrics[0].resource.name"),
    ("SDN215", SERVICE, {f"{METRIC}.resource.name": "gpu"}, f"{CLOUD}.hpa.metrics[0].resource.name"),
    (
        "SDN215",
        SERVICE,
        {
            METRIC: {
                "type": "ContainerResource",
                "containerResource": {
                    "name": "cpu",
                    "container": "gone",
                    "target": {"type": "AverageValue", "averageValue": 1},
                },
            }
        },
        f"{CLOUD}.hpa.metrics[0].containerResource.container",
    ),
    *(
        ("SDN215", SERVICE, {METRIC: of_container(name)}, f"{CLOUD}.hpa.metrics[0].containerResource.name")
        for name in ("gpu", "", "nvidia.com/gpu", "CPU")
    ),
    (
        "SDN215",
        SERVICE,
        {f"{CLOUD}.hpa.metrics.1.pods.metric.name": "a/b"},
        f"{CLOUD}.hpa.metrics[1].pods.metric.name",
    ),
    ("SDN301", SERVICE, {f"{EDGE}.hardExampleMining.name": "ibt"}, f"{EDGE}.hardExampleMining.name"),
    ("SDN301", SERVICE, {f"{EDGE}.hardExampleMining.name": "CloudOnly"}, f"{EDGE}.hardExampleMining.name"),
    ("SDN301", SERVICE, {f"{EDGE}.hardExampleMining.name": "Mine"}, f"{EDGE}.hardExampleMining.name"),
    (
        "SDN302",
        SERVICE,
        {f"{EDGE}.hardExampleMining.parameters.0.key": "threshold"},
        f"{EDGE}.hardExampleMining.parameters[0].key",
    ),
    (
        "SDN302",
        SERVICE,
        {
            f"{EDGE}.hardExampleMining": {
                "name": "IBT",
                "parameters": [{"key": "threshold_img", "value": value} for value in ("0.5", "0.9")],
            }
        },
        f"{EDGE}.hardExampleMining.parameters[0].key",
    ),
    (
        "SDN303",
        SERVICE,
        {f"{EDGE}.hardExampleMining.parameters.0.value": "90"},
        f"{EDGE}.hardExampleMining.parameters[0].value",
    ),
    (
        "SDN303",
        SERVICE,
        {
            f"{EDGE}.hardExampleMining": {
                "name": "Random",
                "parameters": [{"key": "random_ratio", "value": "0.3"}],
            }
        },
        f"{EDGE}.hardExampleMining.parameters[0].value",
    ),
    ("SDN401", MODEL, {"spec.url": "/data/100%/m.pb"}, "spec.url"),
    ("SDN401", DATASET, {"spec.url": "s3://bucket name/x"}, "spec.url"),
    ("SDN402", MODEL, {"spec.url": "models/m.pb"}, "spec.url"),
    ("SDN402", MODEL, {"spec.url": "obs://bucket/m.pb"}, "spec.url"),
    ("SDN402", MODEL, {"spec.url": ""}, "spec.url"),
    ("SDN402", DATASET, {"spec.url": "https://example.org/index.txt"}, "spec.url"),
    *(("SDN402", MODEL, {"spec.url": url}, "spec.url") for url in ("s3://", "s3:///m.pb", "https://?x")),
    ("SDN403", DATASET, {"spec.format": "dir"}, "spec.format"),
    ("SDN403", DATASET, {"spec.format": ""}, "spec.format"),
    ("SDN403", MODEL, {"spec.format": " "}, "spec.format"),
    (
        "SDN405",
        FEDERATED,
        {"spec.transmitter.s3": {"aggDataPath": "s3://b/a"}},
        "spec.transmitter.s3.aggDataPath",
    ),
    *(
        ("SDN150", SERVICE, {f"{BIG}.resources.requests": {"cpu": "1", **asked}}, f"{ASKED}.{name}")
        for name, asked in (
            ("memory", {"memory": "512m"}),
            ("memory", {"memory": 64}),
            ("ephemeral-storage", {"ephemeral-storage": "100m"}),
        )
    ),
    (
        "SDN150",
        SERVICE,
        {f"{BIG}.resources": {"requests": {"cpu": 500}}},
        f"{ASKED}.cpu",
    ),
    ("SDN404", DATASET, {"spec.nodeName": ""}, "spec.nodeName"),
    ("SDN001", SERVICE, {"kind": ""}, "kind"),
    ("SDN001", SERVICE, {"apiVersion": REMOVED}, "apiVersion"),
    ("SDN002", SERVICE, {"apiVersion": "sedna.io/v1alpha2"}, "apiVersion"),
    ("SDN002", SERVICE, {"apiVersion": "v1"}, "apiVersion"),
    ("SDN002", SERVICE, {"kind": "JointInference"}, "kind"),
    ("SDN003", SERVICE, {f"{CLOUD}.hpaa": None}, f"{CLOUD}.hpaa"),
    ("SDN003", SERVICE, {f"{CLOUD}.template.metadata": {"labels": {}}}, f"{CLOUD}.template.metadata.labels"),
    ("SDN003", SERVICE, {"status": {"conditions": [{"color": 1}]}}, "status.conditions[0].color"),
    (
        "SDN004",
        SERVICE,
        {f"{EDGE}.hardExampleMining.parameters.0.value": 0.9},
        f"{EDGE}.hardExampleMining.parameters[0].value",
    ),
    ("SDN004", SERVICE, {"metadata.labels": {"a": 1}}, "metadata.labels.a"),
    ("SDN005", SERVICE, {f"{CLOUD}.hpa": {}}, f"{CLOUD}.hpa"),
    ("SDN005", SERVICE, {f"{CLOUD}.template": None}, f"{CLOUD}"),
    ("SDN005", SERVICE, {"metadata.name": REMOVED}, "metadata"),
    (
        "SDN006",
        SERVICE,
        {f"{BIG}.resources.limits.memory": "2GB"},
        f"{CLOUD}.{POD}.containers[0].resources.limits.memory",
    ),
    (
        "SDN007",
        SERVICE,
        {f"{BIG}.ports": [{"containerPort": 1}, {"containerPort": 1, "protocol": "TCP"}]},
        f"{CLOUD}.{POD}.containers[0].ports[1]",
    ),
    ("SDN008", SERVICE, {"metadata.name": "Helmet"}, "metadata.name"),
    ("SDN008", SERVICE, {"metadata.labels": {"a b": "c"}}, "metadata.labels[a b]"),
]


@pytest.mark.parametrize(
    ("rule", "content", "changes", "path"), SPOILED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_found(rule: str, content: dict[str, Any], changes: dict[str, Any], path: str) -> None:
    expect(rule, changed(content, changes), path)


OF_SEVERAL_LEVELS = (
    "SDN708",
    "SDN203",
    "SDN209",
    "SDN215",
    "SDN402",
    "SDN403",
    "SDN509",
    "SDN503",
    "SDN505",
    "SDN506",
    "SDN602",
    "SDN702",
)


def expect(rule: str, content: dict[str, Any], path: str) -> None:
    """Hold that a rule finds one thing in a manifest, at this place."""
    findings = [found for found in found_in(content) if found.rule == rule]
    assert [spell_path(found.path) for found in findings] == [path]
    if rule not in OF_SEVERAL_LEVELS:
        assert findings[0].level == rulebook()[rule].level


HARMLESS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (VIDEO, {}),
    (EXTRACTION, {"spec.replicas": 0}),
    (SERVICE, {}),
    (MODEL, {}),
    (FEDERATED, {}),
    (
        FEDERATED,
        {"metadata.name": "a" * 51, "spec.aggregationWorker.template.spec.restartPolicy": "OnFailure"},
    ),
    (DATASET, {}),
    (SERVICE, {"metadata.name": "a" * 53}),
    (MODEL, {"metadata.name": "1.model"}),
    (SERVICE, {f"{CLOUD}.hpa": REMOVED, f"{BIG}.resources": REMOVED}),
    (SERVICE, {f"{CLOUD}.hpa.minReplicas": 3}),
    (SERVICE, {f"{CLOUD}.hpa.maxReplicas": 2**31 - 1}),
    (SERVICE, {f"{CLOUD}.{POD}.terminationGracePeriodSeconds": 2**40}),
    (SERVICE, {f"{CLOUD}.{POD}.initContainers": [{"name": "once", "image": "i"}]}),
    (SERVICE, {f"{BIG}.resources": {"requests": {"cpu": 1}}}),
    (
        SERVICE,
        {
            f"{BIG}.resources": REMOVED,
            f"{METRIC}.resource.target": {"type": "AverageValue", "averageValue": "1"},
        },
    ),
    (SERVICE, {f"{EDGE}.hardExampleMining.parameters": REMOVED}),
    (SERVICE, {f"{EDGE}.hardExampleMining": {"name": "Random"}}),
    (SERVICE, {f"{BIG}.env": [{"name": "A", "value": "$(B)/$C"}]}),
    (SERVICE, {f"{CLOUD}.hpa.behavior.scaleDown.policies": []}),
    (SERVICE, {f"{CLOUD}.hpa.behavior.scaleUp.stabilizationWindowSeconds": 3600}),
    (SERVICE, {f"{CLOUD}.template.metadata": None}),
    (SERVICE, {f"{CLOUD}.{POD}.restartPolicy": "Always"}),
    (SERVICE, {"status": {"startTime": 5}}),
    (SERVICE, {"metadata.creationTimestamp": None}),
    *(
        (SERVICE, {f"{EDGE}.{POD}.affinity": affinity})
        for affinity in (node_affinity(["edge-1", "edge-2"]), node_affinity(["edge-1"], ["edge-2"]), {})
    ),
    (  # what one container asks for is enough to know a share
        SERVICE,
        {
            f"{CLOUD}.{POD}.initContainers": [
                {
                    "name": "proxy",
                    "image": "p",
                    "restartPolicy": "Always",
                    "resources": {"requests": {"cpu": 0}},
                }
            ]
        },
    ),
    (SERVICE, {f"{CLOUD}.hpa.metrics": [of_pods({"a": "1"}), of_pods({"a": "2"})]}),
    (SERVICE, {METRIC: of_object({"type": "Value", "value": "1e3", "averageValue": "1Gi"})}),
    (SERVICE, {f"{BIG}.resources.requests": {"cpu": "1e-1", "memory": "64M", "ephemeral-storage": "1e3"}}),
    (SERVICE, {f"{BIG}.resources": {"requests": {"cpu": 255, "memory": 0}}}),
    (FEDERATED, {"spec.transmitter": {"s3": {"aggDataPath": "s3://b/a", "credentialName": "k"}}}),
    (MODEL, {"spec.url": "/data/big model/m.pb"}),
    (MODEL, {"spec.url": "https://example.org/m.pb?x=1#y"}),
    (DATASET, {"spec.format": "CSV"}),
]


@pytest.mark.parametrize(("content", "changes"), HARMLESS)
def test_lets_pass(content: dict[str, Any], changes: dict[str, Any]) -> None:
    assert found_in(changed(content, changes)) == []


def test_scaling_to_zero_is_a_warning_where_it_could_work() -> None:
    metric = {
        "type": "External",
        "external": {"metric": {"name": "queue"}, "target": {"type": "Value", "value": 5}},
    }
    (finding,) = found_in(changed(SERVICE, {f"{CLOUD}.hpa.minReplicas": 0, METRIC: metric}))
    assert (finding.rule, finding.level) == ("SDN203", "warning")


def test_the_level_says_whether_the_autoscaler_still_works() -> None:
    def levels(metric: dict[str, Any]) -> list[tuple[str, str]]:
        return [(found.rule, found.level) for found in found_in(changed(SERVICE, {METRIC: metric}))]

    assert levels(of_object({"type": "Utilization", "value": 3})) == [("SDN209", "error")]
    assert levels(of_container("gpu")) == [("SDN215", "error")]
    assert levels(of_container("nvidia.com/gpu")) == [("SDN215", "warning")]


def test_of_two_figures_the_lower_one_need_not_matter() -> None:
    cpu = SERVICE["spec"]["cloudWorker"]["hpa"]["metrics"][0]
    amount = changed(cpu, {"resource.target": {"type": "AverageValue", "averageValue": "500m"}})
    (found,) = found_in(changed(SERVICE, {f"{CLOUD}.hpa.metrics": [cpu, amount]}))
    assert (found.rule, "whichever asks for more" in found.hint) == ("SDN210", True)


def test_one_replica_needs_no_room_on_its_node() -> None:
    pinned = {f"{CLOUD}.{POD}.nodeName": "cloud-1", f"{CLOUD}.{POD}.hostNetwork": True}
    findings = found_in(changed(SERVICE, {f"{CLOUD}.hpa.maxReplicas": 1, **pinned}))
    assert [found.rule for found in findings] == ["SDN216"]


def test_every_rule_has_a_test_and_a_page() -> None:
    from tests.validation import (
        pods,
        test_admission,
        test_between_documents,
        test_bounds_in_files,
        test_in_cluster,
        test_learning_rules,
        test_scaling_effect,
        test_secrets,
        test_worker_rules,
    )

    tables = (SPOILED, test_learning_rules.SPOILED, test_scaling_effect.SPOILED, pods.REFUSED)
    tested = {rule for table in tables for rule, *_ in table}
    tested |= {
        "SDN009",
        "SDN103",
        "SDN121",
        "SDN122",
        "SDN136",
        "SDN221",
        "SDN508",
        "SDN901",
        "SDN902",
        *test_between_documents.RULES,
        *test_in_cluster.RULES,
        *test_admission.RULES,
        *test_worker_rules.RULES,
        *test_bounds_in_files.RULES,
        *test_secrets.RULES,
    }
    assert set(rulebook()) == tested
    for rule in rulebook().values():
        title, _, body = rule.page.strip().partition("\n")
        assert title == title.strip() and not title.endswith("."), rule.id
        assert len(body.strip()) > 60, rule.id
    assert set(rulebook()) >= STRUCTURAL_RULES


def test_rules_do_not_share_a_number() -> None:
    from sednactl.validation.rulebook import rule

    def other(workload: Workload) -> list[Problem]:
        return []

    with pytest.raises(ValueError, match="SDN101"):
        rule("SDN101", "error")(other)


def test_references_over_all_documents() -> None:
    def levels(documents: list[Any]) -> list[tuple[str, str]]:
        return [(found.rule, found.level) for found in check_documents(map(document_of, documents))]

    model = MODEL
    little, big = (changed(model, {"metadata.name": f"helmet-{size}"}) for size in ("little", "big"))
    assert levels([SERVICE]) == [("SDN121", "info"), ("SDN121", "info")]
    assert levels([SERVICE, little]) == [("SDN121", "warning")]
    assert levels([little, SERVICE, big]) == []
    assert levels([SERVICE, little, changed(big, {"metadata.namespace": "elsewhere"})]) == [
        ("SDN121", "warning")
    ]
    assert levels([little, little]) == [("SDN103", "warning")]
    keyed = changed(MODEL, {"spec.credentialName": "key"})
    assert levels([keyed]) == [("SDN122", "info")]
    secret = next(found.content for found in DOCUMENTS if found.content["kind"] == "Secret")
    assert levels([keyed, changed(secret, {"metadata.name": "key"})]) == []
    s3 = {"spec.transmitter": {"s3": {"aggDataPath": "s3://b/agg", "credentialName": "key"}}}
    hints = [
        found.hint
        for found in check_documents([document_of(changed(FEDERATED, s3))])
        if found.rule == "SDN122"
    ]
    assert [hint.partition(": ")[2] for hint in hints] == ["else it never gets its workers"]


def test_documents_of_others_are_skipped() -> None:
    checker = Checker()
    assert checker.check(document_of({"apiVersion": "v1", "kind": "Pod", "spec": {"odd": 1}})) == []
    assert (checker.checked, checker.skipped) == (0, 1)


@pytest.mark.parametrize(
    "content", [[1], "word", 5, True, {}, {"kind": "Model"}, {"apiVersion": 5, "kind": []}]
)
def test_what_is_no_object(content: Any) -> None:
    assert {found.rule for found in found_in(content)} == {"SDN001"}


def test_ignored_rules_are_left_out() -> None:
    broken = document_of(changed(SERVICE, {f"{CLOUD}.hpa.maxReplicas": 0, f"{CLOUD}.hpaa": 1}))
    assert [found.rule for found in check_documents([broken], ignore=("sdn202", "SDN121"))] == ["SDN003"]


def test_require_valid_says_every_error_in_one_line() -> None:
    require_valid([SERVICE, MODEL])
    badly_taken = changed(SERVICE, {f"{CLOUD}.hpa.maxReplicas": 0, f"{EDGE}.{POD}.nodeName": "$NODE"})
    require_valid([badly_taken], schema_only=True)
    with pytest.raises(InvalidInput, match="2 errors"):
        require_valid([badly_taken])
    with pytest.raises(InvalidInput) as caught:
        require_valid(read_documents((FIXTURES / "broken" / "many.yaml").read_bytes(), "many.yaml"))
    assert caught.value.message == "many.yaml: the manifest has 15 errors"
    assert len(caught.value.detail) == 15
    expected = 'many.yaml:13:37: spec.edgeWorker.hardExampleMining.parameters[0].value: must be a string, is the number 0.9 [SDN004] (quote it: "0.9")'
    assert expected in caught.value.detail


@pytest.mark.parametrize(
    ("path", "name", "hint"),
    [
        (f"{CLOUD}.hpaa", 1, 'did you mean "hpa"?'),
        (f"{CLOUD}.Template", 1, 'did you mean "template"?'),
        (f"{CLOUD}.containers", [], ""),
        (
            f"{BIG}.nodeName",
            "x",
            '"nodeName" is a field of spec.cloudWorker.template.spec: check the indentation',
        ),
        (f"{CLOUD}.minReplicas", 1, '"minReplicas" is a field of hpa: check the indentation'),
        ("metadata.spec", {}, '"spec" is a field at the top level: check the indentation'),
        (
            f"{CLOUD}.template.metadata.name",
            "x",
            "Sedna's CRD keeps no labels, annotations or name for pods; remove it",
        ),
    ],
)
def test_hints_for_unknown_fields(path: str, name: Any, hint: str) -> None:
    (finding,) = [found for found in found_in(changed(SERVICE, {path: name})) if found.rule == "SDN003"]
    if hint:
        assert finding.hint == hint


@pytest.mark.parametrize("kind", sorted(BY_KIND))
def test_no_rule_is_left_out_because_its_family_was_not_loaded(kind: str) -> None:
    book = rulebook().values()
    meant = {rule.id for rule in book if rule.check and (not rule.kinds or kind in rule.kinds)}
    for rule in book:
        if rule.id in meant:
            family = (rule.check.__module__ if rule.check else "").rpartition(".")[2]
            assert kind in FOR_KINDS.get(family, (kind,)), f"{rule.id} is in {family}"
    assert {rule.id for rule in rules_for(kind, LATEST)} == meant


WRONG_TYPES: dict[str, tuple[Any, ...]] = {
    f"{CLOUD}.hpa.maxReplicas": (5.5, "5", "five", True, [5], {"a": 5}),
    f"{CLOUD}.model": ("big", 5, ["big"], 1.5, False),
    f"{BIG}.name": (5, 1.5, True, ["a"], {"a": "b"}),
    f"{BIG}.env": ("A=b", {"A": "b"}, 5),
    f"{BIG}.stdin": ("yes", "true", 1, [True]),
    f"{BIG}.resources.requests.memory": (0.5, 10**30, True, ["1Gi"], {}),
}


@pytest.mark.parametrize("path", WRONG_TYPES)
def test_a_value_of_the_wrong_type_has_a_hint(path: str) -> None:
    for value in WRONG_TYPES[path]:
        found = [one for one in found_in(changed(SERVICE, {path: value})) if one.rule == "SDN004"]
        assert [bool(one.hint) for one in found] == [True], value
