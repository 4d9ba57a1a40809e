"""Defaults of built-in kinds that depend on other fields: each function changes one freshly copied value.

The rules are those of Kubernetes' own defaulting functions, by Go type.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sednactl.sandbox.api.writing.quantities import nanos_of
from sednactl.sedna.quantity import canonical

Change = Callable[[dict[str, Any]], None]

TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
"""The annotation of a DaemonSet that counts its templates."""

_REPOSITORY = re.compile(r"[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*\Z")
_SCALE_UP = {
    "selectPolicy": "Max",
    "stabilizationWindowSeconds": 0,
    "policies": [
        {"type": "Pods", "value": 4, "periodSeconds": 15},
        {"type": "Percent", "value": 100, "periodSeconds": 15},
    ],
}
_SCALE_DOWN = {
    "selectPolicy": "Max",
    "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
}


def _container(value: dict[str, Any]) -> None:
    if not value.get("imagePullPolicy"):
        value["imagePullPolicy"] = "Always" if tag_of(value.get("image", "")) == "latest" else "IfNotPresent"


def tag_of(image: str) -> str:
    """Give the tag of an image reference: `latest` where neither tag nor digest is given, "" for what is none."""
    name, _, digest = image.partition("@")
    domain, slash, path = name.partition("/")
    if not slash or (domain == domain.lower() and domain != "localhost" and not {".", ":"} & set(domain)):
        path = name  # what comes first is no registry
    repository, _, tag = path.partition(":")
    if not _REPOSITORY.match(repository):
        return ""
    if tag:
        return tag
    return "" if digest else "latest"


def _volume(value: dict[str, Any]) -> None:
    if not any(key != "name" for key in value):
        value["emptyDir"] = {}


def _resources(value: dict[str, Any]) -> None:
    for side in ("limits", "requests"):
        for name, quantity in value.get(side, {}).items():
            nanos = nanos_of(quantity)
            if nanos % 10**6:  # finer than a thousandth is rounded up
                value[side][name] = canonical(-(-nanos // 10**6) * 10**6)


def _pod(value: dict[str, Any]) -> None:
    spec = value.get("spec")
    if not isinstance(spec, dict):
        return
    spec.setdefault("enableServiceLinks", True)
    for key in ("containers", "initContainers"):
        for container in spec.get(key) or ():
            resources = container.get("resources") or {}
            if "limits" in resources:
                requests = resources.setdefault("requests", {})
                for name, quantity in resources["limits"].items():
                    requests.setdefault(name, quantity)
            if spec.get("hostNetwork"):
                for port in container.get("ports", ()):
                    if not port.get("hostPort"):
                        port["hostPort"] = port.get("containerPort", 0)


def _deployment_strategy(value: dict[str, Any]) -> None:
    if value.get("type", "RollingUpdate") == "RollingUpdate":
        rolling = value.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", "25%")
        rolling.setdefault("maxSurge", "25%")


def _daemon_set(value: dict[str, Any]) -> None:
    # An API server keeps the count of a DaemonSet's templates in an annotation, 0 where nobody counted.
    if isinstance(value.get("metadata"), dict):
        annotations = value["metadata"].setdefault("annotations", {})
        annotations.setdefault(TEMPLATE_GENERATION, "0")


def _daemon_set_strategy(value: dict[str, Any]) -> None:
    if value.get("type", "RollingUpdate") == "RollingUpdate":
        rolling = value.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", 1)
        rolling.setdefault("maxSurge", 0)


def _service(value: dict[str, Any]) -> None:
    spec = value.get("spec")
    if not isinstance(spec, dict):
        return
    if spec.get("sessionAffinity", "None") == "None":
        spec.pop("sessionAffinityConfig", None)
    elif spec["sessionAffinity"] == "ClientIP":
        config = spec.get("sessionAffinityConfig") or {}
        if not (config.get("clientIP") or {}).get("timeoutSeconds"):
            spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": 10800}}
    for port in spec.get("ports", ()):
        if port.get("targetPort") in (None, 0, ""):
            port["targetPort"] = port.get("port", 0)
    kind = spec.get("type", "ClusterIP")
    external = kind in ("NodePort", "LoadBalancer") or (kind == "ClusterIP" and spec.get("externalIPs"))
    if external and not spec.get("externalTrafficPolicy"):
        spec["externalTrafficPolicy"] = "Cluster"
    if kind in ("NodePort", "LoadBalancer", "ClusterIP"):
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if kind == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)


def _autoscaler(value: dict[str, Any]) -> None:
    if not value.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": 80}
        value["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    behavior = value.get("behavior")
    if behavior is not None:
        for direction, rules in (("scaleUp", _SCALE_UP), ("scaleDown", _SCALE_DOWN)):
            said = behavior.get(direction) or {}
            filled = {key: _copied(rule) for key, rule in rules.items()}
            filled.update({key: item for key, item in said.items() if item is not None})
            behavior[direction] = filled


def _autoscaler_of_cpu(value: dict[str, Any]) -> None:
    annotations = (value.get("metadata") or {}).get("annotations") or {}
    if "autoscaling.alpha.kubernetes.io/metrics" not in annotations and isinstance(value.get("spec"), dict):
        value["spec"].setdefault("targetCPUUtilizationPercentage", 80)


def _copied(rule: Any) -> Any:
    return [dict(policy) for policy in rule] if isinstance(rule, list) else rule


def _namespace(value: dict[str, Any]) -> None:
    metadata = value.get("metadata") or {}
    if metadata.get("name"):
        metadata.setdefault("labels", {})["kubernetes.io/metadata.name"] = metadata["name"]


def _node_status(value: dict[str, Any]) -> None:
    if "allocatable" not in value and "capacity" in value:
        value["allocatable"] = dict(value["capacity"])


def _subject(value: dict[str, Any]) -> None:
    if not value.get("apiGroup") and value.get("kind") in ("User", "Group"):
        value["apiGroup"] = "rbac.authorization.k8s.io"


def _role_binding(value: dict[str, Any]) -> None:
    role = value.setdefault("roleRef", {})
    if not role.get("apiGroup"):
        role["apiGroup"] = "rbac.authorization.k8s.io"


def _definition(value: dict[str, Any]) -> None:
    spec = value.get("spec") or {}
    names = spec.get("names") or {}
    if names.get("kind"):
        names.setdefault("singular", names["kind"].lower())
        names.setdefault("listKind", f"{names['kind']}List")
    status = value.setdefault("status", {})
    if not status.get("storedVersions"):
        stored = [version["name"] for version in spec.get("versions") or () if version.get("storage")]
        if stored:
            status["storedVersions"] = stored[:1]


DEPENDENT: dict[str, tuple[Change | None, Change | None]] = {
    "core/v1.Container": (_container, None),
    "core/v1.EphemeralContainer": (_container, None),
    "core/v1.Volume": (_volume, None),
    "core/v1.ResourceRequirements": (_resources, None),
    "core/v1.Pod": (None, _pod),
    "core/v1.Service": (_service, None),
    "core/v1.Namespace": (_namespace, None),
    "core/v1.NodeStatus": (_node_status, None),
    "apps/v1.DaemonSet": (_daemon_set, None),
    "apps/v1.DaemonSetUpdateStrategy": (_daemon_set_strategy, None),
    "apps/v1.DeploymentStrategy": (_deployment_strategy, None),
    "autoscaling/v2.HorizontalPodAutoscalerSpec": (_autoscaler, None),
    "autoscaling/v1.HorizontalPodAutoscaler": (_autoscaler_of_cpu, None),
    "rbac/v1.Subject": (_subject, None),
    "rbac/v1.ClusterRoleBinding": (_role_binding, None),
    "rbac/v1.RoleBinding": (_role_binding, None),
    "apiextensions/v1.CustomResourceDefinition": (_definition, None),
}
"""By Go type: what runs before the plain defaults of its fields, and what runs after all below is filled."""
