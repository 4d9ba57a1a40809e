"""Small valid manifests of the kinds that learn and search, for tests to spoil."""

from __future__ import annotations

import json
from typing import Any

POD = {"containers": [{"name": "worker", "image": "example/worker:v1"}]}
TRIGGER = {
    "condition": {"metric": "num_of_samples", "operator": "ge", "threshold": 500},
    "timer": {"start": "02:00", "end": "24:00"},
}


def manifest(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    content = {"apiVersion": "sedna.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    whole: dict[str, Any] = json.loads(json.dumps(content))  # no part stands in two places
    return whole


INCREMENTAL = manifest(
    "IncrementalLearningJob",
    "helmets",
    {
        "dataset": {"name": "frames", "trainProb": 0.8},
        "initialModel": {"name": "first"},
        "trainSpec": {"template": {"spec": POD}, "trigger": TRIGGER},
        "evalSpec": {"template": {"spec": POD}},
        "deploySpec": {
            "model": {"name": "running", "hotUpdateEnabled": True, "pollPeriodSeconds": 60},
            "hardExampleMining": {"name": "IBT", "parameters": [{"key": "threshold_img", "value": "0.9"}]},
            "template": {"spec": POD},
            "trigger": {"condition": {"metric": "precision_delta[0]", "operator": ">", "threshold": 0.1}},
        },
        "outputDir": "/output",
    },
)
LIFELONG = manifest(
    "LifelongLearningJob",
    "comfort",
    {
        "dataset": {"name": "atcii", "trainProb": 0.8},
        "trainSpec": {"template": {"spec": POD}, "trigger": TRIGGER},
        "evalSpec": {"template": {"spec": POD}},
        "deploySpec": {"template": {"spec": POD}},
        "outputDir": "s3://comfort/output",
        "credentialName": "key",
    },
)
SEARCH = manifest(
    "ObjectSearchService",
    "people",
    {
        "userWorker": {"template": {"spec": POD}},
        "trackingWorkers": [{"template": {"spec": POD}}],
        "reidWorkers": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "reid"}},
            "template": {"spec": POD},
        },
    },
)
TRACKING = manifest(
    "ObjectTrackingService",
    "cars",
    {
        "trackingWorkers": [{"template": {"spec": POD}}],
        "reidWorkers": {"selector": {}, "template": {"spec": POD}},
    },
)
REID = manifest("ReidJob", "again", {"template": {"spec": {**POD, "restartPolicy": "OnFailure"}}})
