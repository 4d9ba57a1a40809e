"""A whole JointInferenceService manifest, for tests of simulating, recommending and setting."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def _worker(model: str, resources: Json, hpa: Json | None) -> Json:
    worker: Json = {
        "model": {"name": model},
        "template": {"spec": {"containers": [{"name": model, "image": "x", "resources": resources}]}},
    }
    return worker if hpa is None else {**worker, "hpa": hpa}


def cpu_hpa(percent: int, most: int, least: int = 1, **more: Any) -> Json:
    target = {"type": "Utilization", "averageUtilization": percent}
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": target}}
    return {"minReplicas": least, "maxReplicas": most, "metrics": [metric], **more}


def service(name: str = "helmet", namespace: str = "park") -> Json:
    """Give a service: edge requests 500m and may use 2 cores (60 %, 1 to 6), cloud 1 core (50 %, 1 to 5)."""
    edge = _worker("little", {"requests": {"cpu": "500m"}, "limits": {"cpu": "2"}}, cpu_hpa(60, 6))
    cloud = _worker("big", {"limits": {"cpu": "1"}}, cpu_hpa(50, 5))
    mining = {"name": "IBT", "parameters": [{"key": "threshold_img", "value": "0.9"}]}
    return {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "JointInferenceService",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"edgeWorker": {**edge, "hardExampleMining": mining}, "cloudWorker": cloud},
    }
