"""Bodies that the stories of writes are made of."""

from __future__ import annotations

from typing import Any


def deployment(**spec: Any) -> dict[str, Any]:
    labels = {"app": "web"}
    return {
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "containers": [{"name": "web", "image": "nginx:1.27", "ports": [{"containerPort": 80}]}]
                },
            },
            **spec,
        }
    }


def with_container(**container: Any) -> dict[str, Any]:
    body = deployment()
    body["spec"]["template"]["spec"]["containers"][0].update(container)
    return body


def pod(**spec: Any) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "a", "image": "a"}], **spec}}


def pod_with(**container: Any) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "a", "image": "a", **container}]}}


def scaler(**spec: Any) -> dict[str, Any]:
    return {
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "maxReplicas": 5,
            **spec,
        }
    }


def metric(**target: Any) -> list[dict[str, Any]]:
    return [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]


def service(**spec: Any) -> dict[str, Any]:
    return {"spec": {"ports": [{"port": 80}], **spec}}


def worker(**more: Any) -> dict[str, Any]:
    return {
        "model": {"name": "m"},
        "template": {
            "spec": {
                "nodeName": "n",
                "containers": [{"name": "c", "image": "i", "imagePullPolicy": "Always"}],
            }
        },
        **more,
    }


def inference(**spec: Any) -> dict[str, Any]:
    edge = worker(hardExampleMining={"name": "IBT", "parameters": [{"key": "a", "value": "0.9"}]})
    return {"spec": {"edgeWorker": edge, "cloudWorker": worker(), **spec}}


def definition() -> dict[str, Any]:
    return {
        "spec": {
            "group": "tests.example.com",
            "names": {"plural": "widgets", "kind": "Widget"},
            "scope": "Namespaced",
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "properties": {
                                "spec": {
                                    "type": "object",
                                    "properties": {"a": {"type": "integer", "default": 3, "enum": [1, 3]}},
                                }
                            },
                        }
                    },
                    "subresources": {"status": {}},
                }
            ],
        }
    }


def labelled(*labels: str) -> dict[str, Any]:
    return {"metadata": {"labels": dict.fromkeys(labels, "x")}, "data": {"a": "1"}}
