"""What tests ask of an API server, in few words."""

from __future__ import annotations

import re
from typing import Any

from tests.live.plane.api import MERGE, Api, eventually

Json = dict[str, Any]

ROOTS = {
    "pods": "/api/v1",
    "services": "/api/v1",
    "endpoints": "/api/v1",
    "configmaps": "/api/v1",
    "events": "/api/v1",
    "deployments": "/apis/apps/v1",
    "replicasets": "/apis/apps/v1",
    "horizontalpodautoscalers": "/apis/autoscaling/v2",
    "endpointslices": "/apis/discovery.k8s.io/v1",
    "jointinferenceservices": "/apis/sedna.io/v1alpha1",
    "models": "/apis/sedna.io/v1alpha1",
}
_LETTERS = "[bcdfghjklmnpqrstvwxz2456789]"
REVISION = "deployment.kubernetes.io/revision"


class Scene:
    """One namespace of an API server."""

    def __init__(self, api: Api, namespace: str) -> None:
        self.api = api
        self.namespace = namespace

    def path(self, plural: str, name: str = "", sub: str = "") -> str:
        parts = [ROOTS[plural], "namespaces", self.namespace, plural, name, sub]
        return "/".join(part for part in parts if part)

    def create(self, plural: str, manifest: Json) -> Json:
        return self.api.expect("POST", self.path(plural), manifest)

    def edit(self, plural: str, name: str, patch: Json) -> Json:
        return self.api.expect("PATCH", self.path(plural, name), patch, MERGE)

    def get(self, plural: str, name: str) -> Json:
        return self.api.expect("GET", self.path(plural, name))

    def exists(self, plural: str, name: str) -> bool:
        return self.api("GET", self.path(plural, name))[0] == 200

    def all(self, plural: str) -> list[Json]:
        items: list[Json] = self.api.expect("GET", self.path(plural))["items"]
        return items

    def names(self, plural: str) -> list[str]:
        return sorted(item["metadata"]["name"] for item in self.all(plural))

    def delete(self, plural: str, name: str, propagation: str = "Background") -> None:
        options = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        self.api.expect("DELETE", self.path(plural, name), options)

    def conditions(self, plural: str, name: str) -> list[tuple[str, str, str]]:
        found = self.get(plural, name).get("status", {}).get("conditions") or []
        return [(each["type"], each["status"], each.get("reason", "")) for each in found]

    def sizes(self) -> dict[str, int]:
        """Replicas of ReplicaSets by revision."""
        return {
            one["metadata"]["annotations"][REVISION]: one["spec"]["replicas"]
            for one in self.all("replicasets")
        }

    def settled(self, name: str, replicas: int) -> None:
        """Wait until a Deployment's rollout is complete and its old pods are gone."""

        def done() -> bool:
            status = self.get("deployments", name).get("status", {})
            counts = [status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas")]
            generation = self.get("deployments", name)["metadata"]["generation"]
            return (
                counts == [replicas] * 3
                and status.get("observedGeneration") == generation
                and len(self.all("pods")) == replicas
            )

        eventually(done, timeout=90, what=f"{name} settled at {replicas}")

    def shape(self, name: str) -> Json:
        """What of a Deployment must be the same under every controller manager."""
        deployment = self.get("deployments", name)
        status = {
            key: value
            for key, value in deployment.get("status", {}).items()
            if key not in ("conditions", "collisionCount")
        }
        return {
            "status": dict(sorted(status.items())),
            "conditions": self.conditions("deployments", name),
            "messages": sorted(
                re.sub(f"{name}-{_LETTERS}+", f"{name}-HASH", each["message"])
                for each in deployment["status"]["conditions"]
            ),
            "revision": deployment["metadata"]["annotations"][REVISION],
            "sets": {
                one["metadata"]["annotations"][REVISION]: {
                    "name": _shaped(one["metadata"]["name"], name),
                    "annotations": dict(sorted(one["metadata"]["annotations"].items())),
                    "replicas": one["spec"]["replicas"],
                    "status": {
                        key: value for key, value in one["status"].items() if key != "observedGeneration"
                    },
                    "labels": sorted(one["metadata"]["labels"]),
                    "owner": one["metadata"]["ownerReferences"][0]["kind"],
                }
                for one in sorted(
                    self.all("replicasets"), key=lambda one: one["metadata"]["annotations"][REVISION]
                )
            },
            "pods": sorted({_shaped(pod["metadata"]["name"], name) for pod in self.all("pods")}),
        }


def _shaped(name: str, deployment: str) -> str:
    if re.fullmatch(f"{deployment}-{_LETTERS}{{7,10}}-{_LETTERS}{{5}}", name):
        return f"{deployment}-HASH-xxxxx"
    return f"{deployment}-HASH" if re.fullmatch(f"{deployment}-{_LETTERS}{{7,10}}", name) else name


def deployment(
    name: str = "web", replicas: int = 2, image: str = "web:1", pod: Json | None = None, **spec: Any
) -> Json:
    """A Deployment of one container that asks for half a core."""
    container = {"name": "c", "image": image, "resources": {"requests": {"cpu": "500m", "memory": "64Mi"}}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "annotations": {"note": "kept"}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [container], "terminationGracePeriodSeconds": 1, **(pod or {})},
            },
            **spec,
        },
    }
