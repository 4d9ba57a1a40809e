"""Manifests of joint inference services for live tests, as YAML would give them."""

from __future__ import annotations

from typing import Any

import yaml

Json = dict[str, Any]


def model(name: str, namespace: str) -> Json:
    return {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "Model",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"url": f"/models/{name}/frozen.pb", "format": "pb"},
    }


def joint_inference(
    name: str,
    namespace: str,
    *,
    hpa: tuple[str, ...] = (),
    maximum: int = 3,
    cloud_image: str = "example.org/big:v1",
) -> Json:
    spec: Json = {}
    for side, its_model, image in (
        ("edge", "little-model", "example.org/little:v1"),
        ("cloud", "big-model", cloud_image),
    ):
        container = {
            "name": its_model,
            "image": image,
            "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}},
        }
        worker: Json = {
            "model": {"name": its_model},
            "template": {"spec": {"nodeName": f"{side}-node", "containers": [container]}},
        }
        if side in hpa:
            target = {"type": "Utilization", "averageUtilization": 200}
            metric = {"type": "Resource", "resource": {"name": "cpu", "target": target}}
            worker["hpa"] = {"minReplicas": 1, "maxReplicas": maximum, "metrics": [metric]}
        spec[f"{side}Worker"] = worker
    spec["edgeWorker"]["hardExampleMining"] = {
        "name": "IBT",
        "parameters": [{"key": "threshold_img", "value": "0.9"}],
    }
    return {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "JointInferenceService",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def stream(*manifests: Json) -> str:
    """Write manifests as a stream of documents."""
    return yaml.safe_dump_all(manifests, sort_keys=False)


def with_models(service: Json) -> str:
    """Write a service before the models it needs: the order of sending must put that right."""
    namespace = service["metadata"]["namespace"]
    return stream(service, model("big-model", namespace), model("little-model", namespace))
