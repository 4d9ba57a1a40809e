"""Makes services whose `hpa` fits the CRD but may not fit the autoscaler."""

from __future__ import annotations

import random
from typing import Any

BLOCKS = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}
NAMES = (
    "",
    "gpu",
    "nvidia.com/gpu",
    "ephemeral-storage",
    "hugepages-2Mi",
    "a b",
    "x/y/z",
    "kubernetes.io/x",
    "CPU",
)
"""What may be asked of a container, and what may not."""
CONTAINER = {"name": "c", "image": "i", "resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}


def scaled_service(rng: random.Random) -> dict[str, Any]:
    """Give a service whose cloud side scales, in ways of which most are refused."""
    hpa: dict[str, Any] = {"maxReplicas": rng.choice((1, 2, 5, 5, 5, 5, 0, -1))}
    if rng.random() < 0.6:
        hpa["minReplicas"] = rng.choice((1, 1, 1, 2, 3, 0, -1))
    if rng.random() < 0.8:
        hpa["metrics"] = [_metric(rng) for _ in range(rng.choice((0, 1, 1, 2)))]
    if rng.random() < 0.4:
        hpa["behavior"] = {
            way: _rules(rng) for way in rng.sample(("scaleUp", "scaleDown"), rng.choice((1, 2)))
        }
    if rng.random() < 0.5:
        hpa["maxReplicas"] = 5
        hpa.pop("minReplicas", None)
    template = {"spec": {"containers": [CONTAINER]}}
    edge = {"model": {"name": "m"}, "hardExampleMining": {"name": "IBT"}, "template": template}
    return {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "JointInferenceService",
        "metadata": {"name": "scaled"},
        "spec": {
            "edgeWorker": edge,
            "cloudWorker": {"model": {"name": "m"}, "template": template, "hpa": hpa},
        },
    }


def _metric(rng: random.Random) -> dict[str, Any]:
    kind = rng.choice(("Resource", *BLOCKS, "Foo", "resource", ""))
    metric: dict[str, Any] = {"type": kind}
    if rng.random() < 0.9:
        block = BLOCKS.get(kind, "pods")
        metric[block] = _block(block, rng)
    if rng.random() < 0.1:
        other = rng.choice(tuple(BLOCKS.values()))
        metric[other] = _block(other, rng)
    return metric


def _block(block: str, rng: random.Random) -> dict[str, Any]:
    if block == "resource":
        return {"name": rng.choice(("cpu", "memory", "")), "target": _target(rng)}
    if block == "containerResource":
        # That the pod has no such container is our finding alone, so "" is the only wrong name here.
        return {
            "name": rng.choice(("cpu", "cpu", "cpu", *NAMES)),
            "container": rng.choice(("c", "c", "")),
            "target": _target(rng),
        }
    source = {"metric": {"name": rng.choice(("rps", "rps", "", "a/b", "a%"))}, "target": _target(rng)}
    if block == "object":
        source["describedObject"] = {
            "kind": rng.choice(("Service", "", "a/b")),
            "name": rng.choice(("x", "", ".")),
        }
    return source


def _target(rng: random.Random) -> dict[str, Any]:
    target: dict[str, Any] = {"type": rng.choice(("Utilization", "AverageValue", "Value", "Foo", ""))}
    for figure, chance, values in (
        ("averageUtilization", 0.6, (50, 0, -1, 1, 100)),
        ("averageValue", 0.3, ("500m", 0, "-1", 1, "0")),
        ("value", 0.3, ("500m", 0, "-1", 1, "0")),
    ):
        if rng.random() < chance:
            target[figure] = rng.choice(values)
    return target


def _rules(rng: random.Random) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    if rng.random() < 0.4:
        rules["stabilizationWindowSeconds"] = rng.choice((0, 300, 3600, 3601, -1))
    if rng.random() < 0.3:
        rules["selectPolicy"] = rng.choice(("Max", "Min", "Disabled", "foo", ""))
    if rng.random() < 0.5:
        # Never an empty list: the Global Manager's client leaves it out, so that it does no harm.
        rules["policies"] = [
            {
                "type": rng.choice(("Pods", "Percent", "foo", "")),
                "value": rng.choice((1, 4, 0, -1)),
                "periodSeconds": rng.choice((1, 60, 1800, 1801, 0, -1)),
            }
            for _ in range(rng.choice((1, 1, 2)))
        ]
    return rules
