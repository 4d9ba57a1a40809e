"""What Sedna's Global Manager makes of a workload, counted and named by hand, for tests to hold it to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Children:
    """The children of one workload.

    `deployments` are names with how many replicas they may have, `pods` counts by worker type those that the
    workload owns itself, so not a Deployment's.
    """

    deployments: dict[str, range] = field(default_factory=dict)
    services: set[str] = field(default_factory=set)
    hpas: set[str] = field(default_factory=set)
    pods: dict[str, int] = field(default_factory=dict)


def _exactly(number: int) -> range:
    return range(number, number + 1)


def _joint_inference(name: str, spec: Json) -> Children:
    found = Children(services={f"{name}-cloud"})
    for side in ("cloud", "edge"):
        deployment = f"{name}-deployment-{side}"
        hpa = spec[f"{side}Worker"].get("hpa")
        found.deployments[deployment] = _exactly(1)
        if hpa:
            found.hpas.add(f"hpa-{deployment}")
            found.deployments[deployment] = range(hpa.get("minReplicas", 1), hpa["maxReplicas"] + 1)
    return found


def _object_search(name: str, spec: Json) -> Children:
    replicas = spec["reidWorkers"].get("replicas", 1)
    return Children(
        deployments={
            f"{name}-deployment-userworker": _exactly(1),
            f"{name}-deployment-reidworker": _exactly(replicas),
        },
        services={f"{name}-userworker", f"{name}-reidworker"},
        pods={"trackingworker": len(spec["trackingWorkers"])},
    )


def promised(workload: Json) -> Children:
    """Give the children that a workload has at once; more pods of learning jobs come stage by stage."""
    kind, name, spec = workload["kind"], workload["metadata"]["name"], workload["spec"]
    if kind == "JointInferenceService":
        return _joint_inference(name, spec)
    if kind == "ObjectSearchService":
        return _object_search(name, spec)
    if kind == "FederatedLearningJob":
        pods = {"aggregation": 1, "train": len(spec["trainingWorkers"])}
        return Children(services={f"{name}-aggregation"}, pods=pods)
    if kind == "FeatureExtractionService":
        return Children({f"{name}-deployment-fe": _exactly(spec["replicas"])}, {f"{name}-fe"})
    if kind == "VideoAnalyticsJob":
        return Children(services={f"{name}-videoanalytics"}, pods={"videoanalytics": 1})
    if kind == "ReidJob":
        return Children(pods={"reid": 1})
    if kind == "IncrementalLearningJob":
        return Children(pods={"inference": 1})
    return Children()
