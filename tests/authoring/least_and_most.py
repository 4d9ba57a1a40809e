"""The least that each kind needs, as flags, and the most that its values files may say, ready to run."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

LEAST: dict[str, tuple[str, ...]] = {
    "jointinference": (
        "--cloud-model=big", "--cloud-image=example/big:v1", "--edge-model=little", "--edge-image=example/little:v1",
        "--model-url=big=/models/big.pb", "--model-url=little=/models/little.pb",
    ),
    "federatedlearning": (
        "--aggregation-model=defects", "--aggregation-image=example/aggregation:v1", "--train-image=example/train:v1",
        "--train-on=parts1@edge-node", "--train-on=parts2@cloud-node", "--model-url=defects=/models/defects.pb",
        "--dataset-url=parts1=/data/1.txt", "--dataset-url=parts2=/data/2.txt",
    ),
    "incrementallearning": (
        "--dataset=helmets", "--initial-model=base", "--deploy-model=base", "--output-dir=/output", "--image=example/helmet:v1",
        "--node=edge-node", "--train-when=num_of_samples>=500", "--deploy-when=precision_delta[0]>0.1",
        "--model-url=base=/models/base.pb", "--dataset-url=helmets=/data/helmets.txt",
    ),
    "lifelonglearning": (
        "--dataset=scenes", "--output-dir=/output", "--image=example/scenes:v1", "--node=edge-node",
        "--train-when=num_of_samples>100", "--dataset-url=scenes=/data/scenes.csv",
    ),
    "featureextraction": ("--model=m3l", "--image=example/features:v1", "--model-url=m3l=/models/m3l.pth"),
    "objectsearch": (
        "--user-image=example/user:v1", "--tracking-image=example/tracking:v1", "--track-on=edge-node",
        "--reid-image=example/reid:v1",
    ),
    "objecttracking": ("--tracking-image=example/tracking:v1", "--track-on=edge-node", "--reid-image=example/reid:v1"),
    "reid": ("--image=example/reid:v1",),
    "videoanalytics": ("--model=yolox", "--image=example/video:v1", "--model-url=yolox=/models/yolox.pth"),
    "model": ("--url=/models/alone.pb", "--format=pb"),
    "dataset": ("--url=/data/alone.txt", "--format=txt", "--node=edge-node"),
}  # fmt: skip
"""Flags that leave out all that has a default, and describe the models and datasets referred to."""

KEYS: Json = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "s3-keys", "annotations": {"s3-endpoint": "minio.example", "s3-usehttps": "1"}},
    "stringData": {"ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret"},
}
"""The Secret that addresses of s3:// below are opened with."""

_SIDECAR: Json = {
    "name": "log",
    "image": "example/log:v1",
    "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
    "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}],
}
_POD: Json = {
    "serviceAccountName": "default",
    "terminationGracePeriodSeconds": 5,
    "tolerations": [{"key": "edge", "operator": "Exists", "effect": "NoSchedule"}],
    "securityContext": {"runAsUser": 1000, "fsGroup": 1000},
    "initContainers": [
        {"name": "prepare", "image": "example/prepare:v1", "command": ["/bin/true"],
         "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}},
    ],
}  # fmt: skip


def _worker(name: str, **more: Any) -> Json:
    """Give a worker that says all it can."""
    return {
        "image": f"example/{name}:v1",
        "env": {
            "TEXT": "24:00",
            "NUMBER": "1",
            "NODE": {"valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
            "KEY": {"valueFrom": {"secretKeyRef": {"name": "s3-keys", "key": "ACCESS_KEY_ID"}}},
        },
        "requests": {"cpu": "100m", "memory": "128Mi"},
        "limits": {"cpu": 1, "memory": "1Gi"},
        "volumes": [
            f"/data/{name}:/written/{name}:create",
            f"/data/{name}-read:/read/{name}:ro",
            {"name": "scratch", "mountPath": "/scratch", "emptyDir": {"sizeLimit": "64Mi"}},
        ],
        "container": {
            "name": name,
            "imagePullPolicy": "Always",
            "command": ["python"],
            "args": ["main.py", "no", "0x10"],
            "readinessProbe": {"exec": {"command": ["/bin/true"]}, "periodSeconds": 5},
        },
        "sidecars": [_SIDECAR],
        "pod": _POD,
        **more,
    }


_BESIDES: Json = {"labels": {"team": "sight"}, "annotations": {"example.org/contact": "sight@example.org"}}
_HEM: Json = {"name": "IBT", "parameters": {"threshold_img": "0.9", "threshold_box": "0.8"}}
_TRAIN: Json = {
    "when": {"metric": "num_of_samples", "operator": "ge", "threshold": 500},
    "hours": "22:00-06:00",
}
_BY_S3: Json = {
    "url": "s3://models/m.pb",
    "format": "pb",
    "credential": "s3-keys",
    "deviceSoc": ["Ascend310"],
}
_TRACKING: Json = {
    **_worker("tracking"),
    "workers": ["edge-node", {"node": "cloud-node", "env": {"cameras": "1,2"}}, {"node": "edge-node"}],
}

MOST: dict[str, Json] = {
    "jointinference": {
        **_BESIDES,
        "edge": _worker(
            "little", model="most-little", hem=_HEM, hpa={"min": 1, "max": 2, "cpu": "70%", "memory": "80%"},
            pod={**_POD, "nodeSelector": {"kubernetes.io/hostname": "edge-node"}},
        ),
        "cloud": _worker(
            "big", model="most-big",
            hpa={
                "min": 2, "max": 5, "cpu": "60%", "up-window": 0, "down-window": 300, "up-pods": "2/60",
                "up-percent": "100/15", "up-select": "Max", "down-percent": "10/60", "down-pods": "1/60", "down-select": "Min",
            },
        ),
        "models": {"most-little": _BY_S3, "most-big": {"url": "https://models.example/big.pb", "format": "pb"}},
        "withModels": True,
    },
    "federatedlearning": {
        **_BESIDES,
        "aggregation": _worker("aggregation", model="most-defects", node="cloud-node"),
        "train": {
            **_worker("train"),
            "workers": [
                "most-parts1@edge-node",
                {"dataset": "most-parts2", "node": "cloud-node", "env": {"epochs": "2"}},
            ],
        },
        "pretrained": "most-before",
        "transmitter": "s3://models/aggregated",
        "transmitterCredential": "s3-keys",
        "models": {"most-defects": _BY_S3, "most-before": "/models/before.pb"},
        "datasets": {"most-parts1": "/data/1.txt", "most-parts2": {"url": "/data/2.csv", "format": "csv", "node": "cloud-node"}},
        "withModels": True, "withDatasets": True,
    },
    "incrementallearning": {
        **_BESIDES,
        "dataset": "most-helmets", "trainProb": 0.7, "initialModel": "most-first", "outputDir": "s3://models/helmets",
        "credential": "s3-keys", **_worker("helmet", node="edge-node"),
        "train": {**_TRAIN, "env": {"epochs": "1"}},
        "eval": {"model": "most-compared", "limits": {"memory": "3Gi"}},
        "deploy": {
            "model": "most-deployed", "when": "f1_delta[0] > 0.05", "hours": "00:00-24:00", "hotUpdate": True,
            "pollSeconds": 30, "hem": _HEM,
        },
        "models": {"most-first": _BY_S3, "most-compared": _BY_S3, "most-deployed": _BY_S3},
        "datasets": {"most-helmets": {"url": "s3://data/helmets.txt", "format": "txt", "credential": "s3-keys", "node": "edge-node"}},
        "withModels": True, "withDatasets": True,
    },
    "lifelonglearning": {
        **_BESIDES,
        "dataset": "most-scenes", "trainProb": 0.7, "outputDir": "s3://models/scenes", "credential": "s3-keys",
        **_worker("scenes", node="edge-node"),
        "train": _TRAIN,
        "eval": {"env": {"operator": "<"}},
        "deploy": {"image": "example/serving:v1"},
        "datasets": {"most-scenes": {"url": "/data/scenes.csv", "format": "csv"}},
        "withDatasets": True,
    },
    "featureextraction": {
        **_BESIDES, **_worker("features"), "model": "most-m3l", "replicas": 3, "kafka": True,
        "models": {"most-m3l": {"url": "http://models.example/m3l.pth", "format": "pth"}}, "withModels": True,
    },
    "objectsearch": {
        **_BESIDES, "user": _worker("user", node="cloud-node"), "tracking": _TRACKING, "reid": _worker("reid", replicas=2),
    },
    "objecttracking": {**_BESIDES, "tracking": _TRACKING, "reid": _worker("reid", replicas=2)},
    "reid": {**_BESIDES, **_worker("reid", pod={**_POD, "restartPolicy": "Never"}), "kafka": True},
    "videoanalytics": {
        **_BESIDES, **_worker("video", hostNetwork=True, node="edge-node", pod={**_POD, "restartPolicy": "Never"}),
        "model": "most-yolox", "kafka": True, "models": {"most-yolox": _BY_S3}, "withModels": True,
    },
    "model": {**_BESIDES, **_BY_S3},
    "dataset": {**_BESIDES, "url": "s3://data/x.csv", "format": "csv", "node": "edge-node", "credential": "s3-keys"},
}  # fmt: skip
"""Values that use every field of a kind's values file that does not exclude another."""
