"""What a story of writes is: told to our functions and to a real kube-apiserver, it must end the same way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

JSON_PATCH, MERGE, STRATEGIC = "json-patch+json", "merge-patch+json", "strategic-merge-patch+json"


@dataclass(frozen=True)
class Write:
    """One write: how, what, and by whom."""

    how: str
    body: Any
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """Writes to one object of one kind."""

    name: str
    kind: str
    writes: tuple[Write, ...]


PATHS = {
    "Deployment": ("apps/v1", "/apis/apps/v1/namespaces/default/deployments"),
    "ReplicaSet": ("apps/v1", "/apis/apps/v1/namespaces/default/replicasets"),
    "Pod": ("v1", "/api/v1/namespaces/default/pods"),
    "Service": ("v1", "/api/v1/namespaces/default/services"),
    "ConfigMap": ("v1", "/api/v1/namespaces/default/configmaps"),
    "Secret": ("v1", "/api/v1/namespaces/default/secrets"),
    "Endpoints": ("v1", "/api/v1/namespaces/default/endpoints"),
    "ServiceAccount": ("v1", "/api/v1/namespaces/default/serviceaccounts"),
    "Event": ("v1", "/api/v1/namespaces/default/events"),
    "Namespace": ("v1", "/api/v1/namespaces"),
    "Node": ("v1", "/api/v1/nodes"),
    "HorizontalPodAutoscaler": (
        "autoscaling/v2",
        "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers",
    ),
    "HorizontalPodAutoscaler/v1": (
        "autoscaling/v1",
        "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers",
    ),
    "CustomResourceDefinition": (
        "apiextensions.k8s.io/v1",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    ),
    "Lease": ("coordination.k8s.io/v1", "/apis/coordination.k8s.io/v1/namespaces/default/leases"),
    "EndpointSlice": ("discovery.k8s.io/v1", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"),
    "ClusterRole": ("rbac.authorization.k8s.io/v1", "/apis/rbac.authorization.k8s.io/v1/clusterroles"),
    "ClusterRoleBinding": (
        "rbac.authorization.k8s.io/v1",
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    ),
    "JointInferenceService": (
        "sedna.io/v1alpha1",
        "/apis/sedna.io/v1alpha1/namespaces/default/jointinferenceservices",
    ),
    "Model": ("sedna.io/v1alpha1", "/apis/sedna.io/v1alpha1/namespaces/default/models"),
}


def story(name: str, kind: str, *writes: tuple[Any, ...]) -> Story:
    return Story(
        name, kind, tuple(Write(write[0], write[1], write[2] if len(write) > 2 else {}) for write in writes)
    )


def refused(name: str, kind: str, body: Any, **options: Any) -> Story:
    return story(name, kind, ("create", body, options))


A, B, C = {"manager": "a"}, {"manager": "b"}, {"manager": "c"}
FORCED_B = {"manager": "b", "force": True}
STATUS = {"manager": "status", "subresource": "status"}


def body_of(story: Story, write: Write) -> Any:
    """Give a write's body complete with type and name."""
    if isinstance(write.body, list) or write.how not in ("create", "update", "apply"):
        return write.body
    version, path = PATHS[story.kind]
    metadata = {"name": story.name, **({"namespace": "default"} if "/namespaces/" in path else {})}
    return {
        "apiVersion": version,
        "kind": story.kind.partition("/")[0],
        **write.body,
        "metadata": {**metadata, **write.body.get("metadata", {})},
    }
