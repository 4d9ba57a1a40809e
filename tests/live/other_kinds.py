"""Small manifests of every other kind that Sedna's Global Manager makes children for."""

from __future__ import annotations

from tests.live.services import Json, model


def _template(node: str) -> Json:
    return {"spec": {"nodeName": node, "containers": [{"name": "w", "image": "example.org/w:v1"}]}}


def _workload(kind: str, name: str, namespace: str, spec: Json) -> Json:
    return {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def every_other_kind(namespace: str) -> list[Json]:
    """Give one workload of each kind but joint inference, and what they refer to."""
    edge, cloud = _template("edge-node"), _template("cloud-node")
    dataset = {"url": "/data/index.txt", "format": "txt", "nodeName": "edge-node"}
    trigger = {"condition": {"operator": ">", "threshold": 500, "metric": "num_of_samples"}}
    mining = {"name": "IBT", "parameters": [{"key": "threshold_img", "value": "0.9"}]}
    inlined = {"replicas": 1, "selector": {"matchLabels": {"a": "b"}}, "template": cloud}
    learning = {
        "trainSpec": {"template": edge, "trigger": trigger},
        "evalSpec": {"template": edge},
        "outputDir": "/output",
        "dataset": {"name": "data", "trainProb": 0.8},
    }
    better = {"condition": {"operator": ">", "threshold": 0.1, "metric": "precision_delta[0]"}}
    deploy = {"model": {"name": "big"}, "trigger": better, "hardExampleMining": mining, "template": edge}
    return [
        model("big", namespace),
        _workload("Dataset", "data", namespace, dataset),
        _workload(
            "FederatedLearningJob",
            "fl",
            namespace,
            {
                "aggregationWorker": {"model": {"name": "big"}, "template": cloud},
                "trainingWorkers": [{"dataset": {"name": "data"}, "template": edge}] * 2,
            },
        ),
        _workload(
            "IncrementalLearningJob", "il", namespace,
            {**learning, "initialModel": {"name": "big"}, "deploySpec": deploy},
        ),
        _workload("LifelongLearningJob", "ll", namespace, {**learning, "deploySpec": {"template": edge}}),
        _workload("FeatureExtractionService", "fe", namespace, {"model": {"name": "big"}, **inlined}),
        _workload(
            "ObjectSearchService", "search", namespace,
            {"userWorker": {"template": cloud}, "trackingWorkers": [{"template": edge}], "reidWorkers": inlined},
        ),
        _workload(
            "ObjectTrackingService", "track", namespace,
            {"trackingWorkers": [{"template": edge}], "reidWorkers": inlined},
        ),
        _workload("ReidJob", "reid", namespace, {"template": cloud}),
        _workload("VideoAnalyticsJob", "va", namespace, {"model": {"name": "big"}, "template": cloud}),
    ]  # fmt: skip
