"""Stories of writes: each is told to our functions and to a real kube-apiserver, which must end the same way."""

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


def _deployment(**spec: Any) -> dict[str, Any]:
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


def _with_container(**container: Any) -> dict[str, Any]:
    body = _deployment()
    body["spec"]["template"]["spec"]["containers"][0].update(container)
    return body


def _pod(**spec: Any) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "a", "image": "a"}], **spec}}


def _pod_with(**container: Any) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "a", "image": "a", **container}]}}


def _scaler(**spec: Any) -> dict[str, Any]:
    return {
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "maxReplicas": 5,
            **spec,
        }
    }


def _metric(**target: Any) -> list[dict[str, Any]]:
    return [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]


def _service(**spec: Any) -> dict[str, Any]:
    return {"spec": {"ports": [{"port": 80}], **spec}}


def _worker(**more: Any) -> dict[str, Any]:
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


def _inference(**spec: Any) -> dict[str, Any]:
    edge = _worker(hardExampleMining={"name": "IBT", "parameters": [{"key": "a", "value": "0.9"}]})
    return {"spec": {"edgeWorker": edge, "cloudWorker": _worker(), **spec}}


def _definition() -> dict[str, Any]:
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


def _labelled(*labels: str) -> dict[str, Any]:
    return {"metadata": {"labels": dict.fromkeys(labels, "x")}, "data": {"a": "1"}}


def _story(name: str, kind: str, *writes: tuple[Any, ...]) -> Story:
    return Story(
        name, kind, tuple(Write(write[0], write[1], write[2] if len(write) > 2 else {}) for write in writes)
    )


def _refused(name: str, kind: str, body: Any, **options: Any) -> Story:
    return _story(name, kind, ("create", body, options))


A, B, C = {"manager": "a"}, {"manager": "b"}, {"manager": "c"}
FORCED_B = {"manager": "b", "force": True}
STATUS = {"manager": "status", "subresource": "status"}

STORED: tuple[Story, ...] = (
    _story("deployment-plain", "Deployment", ("create", _deployment())),
    _story(
        "deployment-update",
        "Deployment",
        ("create", _deployment(), A),
        ("update", _deployment(replicas=3), B),
    ),
    _story(
        "deployment-same-update", "Deployment", ("create", _deployment(), A), ("update", _deployment(), B)
    ),
    _story(
        "deployment-strategic",
        "Deployment",
        ("create", _deployment(), A),
        (
            STRATEGIC,
            {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "nginx:2"}]}}}},
            B,
        ),
        (
            STRATEGIC,
            {
                "spec": {
                    "template": {
                        "spec": {
                            "containers": [{"name": "side", "image": "x"}],
                            "$setElementOrder/containers": [{"name": "side"}, {"name": "web"}],
                        }
                    }
                }
            },
            B,
        ),
        (
            STRATEGIC,
            {"spec": {"template": {"spec": {"containers": [{"name": "side", "$patch": "delete"}]}}}},
            A,
        ),
        (STRATEGIC, {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}, B),
        (STRATEGIC, {"metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}}}, C),
        (STRATEGIC, {"metadata": {"labels": None}}, C),
        (
            STRATEGIC,
            {
                "spec": {
                    "template": {"spec": {"containers": [{"name": "web", "ports": [{"containerPort": 81}]}]}}
                }
            },
            C,
        ),
        (
            STRATEGIC,
            {
                "spec": {
                    "template": {
                        "spec": {
                            "containers": [
                                {"name": "web", "ports": [{"$patch": "replace"}, {"containerPort": 82}]}
                            ]
                        }
                    }
                }
            },
            C,
        ),
        (STRATEGIC, {"spec": {"template": {"spec": {"volumes": [{"name": "v", "emptyDir": {}}]}}}}, C),
        (
            STRATEGIC,
            {
                "spec": {
                    "template": {
                        "spec": {
                            "volumes": [
                                {"name": "v", "$retainKeys": ["name", "hostPath"], "hostPath": {"path": "/x"}}
                            ]
                        }
                    }
                }
            },
            C,
        ),
    ),
    _story(
        "deployment-merge",
        "Deployment",
        ("create", _deployment(), A),
        (MERGE, {"spec": {"replicas": 2, "paused": True}}, B),
        (MERGE, {"spec": {"replicas": None, "paused": False}}, C),
        (MERGE, {"metadata": {"finalizers": ["x.io/y"]}}, C),
        (MERGE, {"metadata": {"finalizers": ["x.io/y", "x.io/z"]}}, B),
        (MERGE, {"metadata": {"finalizers": None}}, B),
    ),
    _story(
        "deployment-json",
        "Deployment",
        ("create", _deployment(), A),
        (
            JSON_PATCH,
            [
                {"op": "test", "path": "/spec/replicas", "value": 1},
                {"op": "replace", "path": "/spec/replicas", "value": 4},
            ],
            B,
        ),
        (JSON_PATCH, [{"op": "add", "path": "/metadata/labels", "value": {"x": "y"}}], B),
        (JSON_PATCH, [{"op": "remove", "path": "/metadata/labels/x"}], C),
        (JSON_PATCH, [{"op": "test", "path": "/spec/replicas", "value": 9}], C),
        (JSON_PATCH, [{"op": "remove", "path": "/metadata/labels/x"}], C),
        (JSON_PATCH, [{"op": "replace", "path": "/spec/nothing", "value": 1}], C),
        (JSON_PATCH, [{"op": "add", "path": "/spec/no/thing", "value": 1}], C),
        (JSON_PATCH, [{"op": "fly", "path": "/spec"}], C),
        (JSON_PATCH, {"op": "fly"}, C),
    ),
    _story(
        "deployment-status",
        "Deployment",
        ("create", _deployment(), A),
        (MERGE, {"status": {"replicas": 1, "readyReplicas": 1, "observedGeneration": 1}}, STATUS),
        (MERGE, {"status": {"conditions": [{"type": "Available", "status": "True"}]}}, STATUS),
        (
            STRATEGIC,
            {"status": {"conditions": [{"type": "Progressing", "status": "True", "reason": "R"}]}},
            STATUS,
        ),
        (MERGE, {"spec": {"replicas": 8}, "status": {"replicas": 2}}, STATUS),
        (MERGE, {"spec": {"replicas": 8}, "status": {"replicas": 7}}, B),
    ),
    _story(
        "deployment-apply",
        "Deployment",
        ("apply", _deployment(replicas=2), A),
        ("apply", _deployment(replicas=2), A),
        ("apply", _deployment(), A),
        ("apply", _deployment(replicas=5), B),
        ("apply", {"spec": {"replicas": 5}}, B),
        ("apply", {"spec": {"replicas": 6}}, A),
        ("apply", {"spec": {"replicas": 6}}, {"manager": "a", "force": True}),
    ),
    _story(
        "deployment-apply-conflict",
        "Deployment",
        ("create", _deployment(replicas=1), {"manager": "kubectl-create"}),
        ("apply", _deployment(replicas=2), A),
        ("apply", {**_deployment(replicas=2), "metadata": {"labels": {"x": "y"}}}, FORCED_B),
        (
            "apply",
            _with_container(
                image="other", ports=[{"containerPort": 80}, {"containerPort": 81, "protocol": "UDP"}]
            ),
            A,
        ),
        (
            "apply",
            _with_container(image="other", env=[{"name": "A", "value": "1"}]),
            {"manager": "a", "force": True},
        ),
        (
            "apply",
            _with_container(
                image="nginx:1.27", env=[{"name": "B", "value": "1"}, {"name": "A", "value": "2"}]
            ),
            {"manager": "a", "force": True},
        ),
        (MERGE, {"spec": {"replicas": 9}}, {"manager": "hpa", "subresource": ""}),
        ("apply", _deployment(replicas=2), A),
        ("apply", _deployment(), A),
    ),
    _story(
        "deployment-apply-removes",
        "Deployment",
        (
            "apply",
            {
                **_deployment(replicas=2),
                "metadata": {"labels": {"x": "y", "z": "1"}, "annotations": {"n": "1"}},
            },
            A,
        ),
        ("apply", {**_deployment(), "metadata": {"labels": {"z": "1"}}}, A),
        ("apply", _deployment(), A),
        ("apply", {"metadata": {"labels": {"b": "1"}}}, B),
        ("apply", {"metadata": {"labels": {}}}, B),
        ("apply", {"metadata": {}}, B),
        ("apply", _with_container(args=["a", "b"], resources={"limits": {"cpu": "1000m"}}), A),
        ("apply", _with_container(args=["a"], resources={"limits": {"cpu": "1000m"}}), A),
        ("apply", _with_container(resources={"limits": {"cpu": "1000m"}}), A),
        ("apply", _deployment(), A),
    ),
    _story(
        "deployment-apply-lists",
        "Deployment",
        (
            "create",
            _with_container(
                env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}, {"name": "C", "value": "3"}]
            ),
            A,
        ),
        (
            "apply",
            _with_container(
                env=[{"name": "C", "value": "3"}, {"name": "X", "value": "9"}, {"name": "A", "value": "1"}]
            ),
            B,
        ),
        ("apply", _with_container(env=[{"name": "X", "value": "9"}, {"name": "Y", "value": "8"}]), B),
    ),
    _story(
        "deployment-apply-status",
        "Deployment",
        ("create", _deployment(), A),
        (
            "apply",
            {"status": {"replicas": 3, "conditions": [{"type": "Available", "status": "True"}]}},
            STATUS,
        ),
        ("apply", {"spec": {"replicas": 3}, "status": {"replicas": 4}}, STATUS),
    ),
    _story(
        "deployment-apply-unknown",
        "Deployment",
        ("apply", _deployment(foo=1), A),
        ("apply", _deployment(replicas="x"), A),
        (
            "apply",
            _with_container(ports=[{"containerPort": 80}, {"containerPort": 80, "protocol": "TCP"}]),
            A,
        ),
        ("apply", _with_container(ports=[{"name": "x"}]), A),
        ("apply", {**_deployment(), "metadata": {"managedFields": []}}, A),
        ("apply", _deployment(selector="x"), A),
    ),
    _story(
        "deployment-reset-owners",
        "Deployment",
        ("create", _deployment(), A),
        (MERGE, {"metadata": {"managedFields": [{}]}}, B),
        (MERGE, {"spec": {"replicas": 3}}, B),
        ("apply", {"spec": {"replicas": 4}}, C),
    ),
    _story(
        "replicaset-plain",
        "ReplicaSet",
        ("create", _deployment(replicas=2)),
        (MERGE, {"status": {"replicas": 0, "fullyLabeledReplicas": 0}}, STATUS),
    ),
    _story("pod-plain", "Pod", ("create", _pod())),
    _story(
        "pod-rich",
        "Pod",
        (
            "create",
            {
                "metadata": {
                    "labels": {"app": "x"},
                    "ownerReferences": [
                        {
                            "apiVersion": "apps/v1",
                            "kind": "ReplicaSet",
                            "name": "r",
                            "uid": "0bb1ae5b-0000-0000-0000-000000000001",
                            "controller": True,
                        }
                    ],
                },
                "spec": {
                    "hostNetwork": True,
                    "restartPolicy": "Never",
                    "nodeSelector": {"edge": "true"},
                    "tolerations": [{"key": "edge", "operator": "Exists"}],
                    "imagePullSecrets": [{"name": "s"}],
                    "initContainers": [{"name": "init", "image": "busybox:latest", "command": ["a"]}],
                    "containers": [
                        {
                            "name": "a",
                            "image": "reg.io:5000/a@sha256:0123456789012345678901234567890123456789012345678901234567890123",
                            "env": [
                                {"name": "A", "value": ""},
                                {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                                {
                                    "name": "S",
                                    "valueFrom": {
                                        "secretKeyRef": {"name": "s", "key": "k", "optional": False}
                                    },
                                },
                            ],
                            "ports": [
                                {"containerPort": 80, "name": "http"},
                                {"containerPort": 53, "protocol": "UDP", "hostIP": ""},
                            ],
                            "resources": {
                                "limits": {"cpu": 1, "memory": "1024Mi"},
                                "requests": {"cpu": "0.5"},
                            },
                            "livenessProbe": {"httpGet": {"port": 80}},
                            "readinessProbe": {"tcpSocket": {"port": "http"}, "periodSeconds": 3},
                            "lifecycle": {"preStop": {"exec": {"command": ["x"]}}},
                            "securityContext": {"privileged": True},
                            "volumeMounts": [
                                {"name": "v", "mountPath": "/v", "readOnly": False},
                                {"name": "c", "mountPath": "/c"},
                            ],
                        }
                    ],
                    "volumes": [
                        {"name": "v", "hostPath": {"path": "/x"}},
                        {"name": "c", "configMap": {"name": "c"}},
                        {"name": "s", "secret": {"secretName": "s"}},
                        {"name": "e"},
                        {
                            "name": "p",
                            "projected": {
                                "sources": [
                                    {
                                        "downwardAPI": {
                                            "items": [
                                                {"path": "x", "fieldRef": {"fieldPath": "metadata.name"}}
                                            ]
                                        }
                                    }
                                ]
                            },
                        },
                    ],
                    "affinity": {
                        "podAntiAffinity": {
                            "preferredDuringSchedulingIgnoredDuringExecution": [
                                {
                                    "weight": 1,
                                    "podAffinityTerm": {
                                        "topologyKey": "k",
                                        "labelSelector": {"matchLabels": {"a": "b"}},
                                    },
                                }
                            ]
                        }
                    },
                },
            },
        ),
        (
            STRATEGIC,
            {
                "status": {
                    "phase": "Running",
                    "podIP": "10.0.0.1",
                    "podIPs": [{"ip": "10.0.0.1"}],
                    "conditions": [{"type": "Ready", "status": "True"}],
                    "containerStatuses": [
                        {
                            "name": "a",
                            "ready": True,
                            "image": "a",
                            "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}},
                            "started": True,
                        }
                    ],
                }
            },
            {"manager": "kubelet", "subresource": "status"},
        ),
        (STRATEGIC, {"spec": {"containers": [{"name": "a", "image": "b"}]}}, B),
        (MERGE, {"spec": {"hostNetwork": False}}, B),
    ),
    _story(
        "pod-apply",
        "Pod",
        ("apply", _pod(), A),
        ("apply", _pod_with(image="b"), A),
        ("apply", _pod(tolerations=[{"key": "a", "operator": "Exists"}]), A),
    ),
    _story(
        "service-plain",
        "Service",
        ("create", _service(selector={"app": "x"})),
        (STRATEGIC, {"spec": {"ports": [{"port": 81, "name": "b"}, {"port": 80, "name": "a"}]}}, B),
    ),
    _story("service-affinity", "Service", ("create", _service(type="ClusterIP", sessionAffinity="ClientIP"))),
    _story(
        "service-apply",
        "Service",
        ("apply", _service(selector={"app": "x"}), A),
        ("apply", {"spec": {"ports": [{"port": 80, "name": "x"}, {"port": 81, "name": "y"}]}}, A),
        ("apply", {"spec": {"ports": [{"port": 81, "name": "y"}]}}, A),
    ),
    _story(
        "service-headless", "Service", ("create", {"spec": {"clusterIP": "None", "selector": {"a": "b"}}})
    ),
    _story(
        "configmap",
        "ConfigMap",
        ("create", _labelled("a", "b"), A),
        ("update", _labelled("b", "c"), B),
        (MERGE, {"data": {"x": "y", "a": None}}, C),
        (MERGE, {"metadata": {"annotations": {"k": "v"}}, "binaryData": {"b": "aGk="}}, B),
        ("apply", {"data": {"x": "z"}}, A),
        ("apply", {"data": {"x": "z"}}, {"manager": "a", "force": True}),
        ("apply", {"data": {}}, A),
    ),
    _story(
        "configmap-empty", "ConfigMap", ("create", {}), ("apply", {"data": {"a": "1"}}, A), ("apply", {}, A)
    ),
    _story(
        "configmap-owners",
        "ConfigMap",
        *[
            ("update", {"data": {f"k{j}": "1" for j in range(i + 1)}}, {"manager": f"m{i:02}"})
            if i
            else ("create", {"data": {"k0": "1"}}, {"manager": "m00"})
            for i in range(14)
        ],
    ),
    _story("secret", "Secret", ("create", {"data": {"a": "aGk="}}), (MERGE, {"data": {"b": "aGk="}}, B)),
    _story(
        "endpoints",
        "Endpoints",
        (
            "create",
            {
                "subsets": [
                    {
                        "addresses": [
                            {"ip": "10.0.0.1", "nodeName": "n", "targetRef": {"kind": "Pod", "name": "p"}}
                        ],
                        "ports": [{"port": 80}],
                    }
                ]
            },
        ),
        (MERGE, {"subsets": [{"addresses": [{"ip": "10.0.0.2"}], "ports": [{"port": 80, "name": "x"}]}]}, B),
    ),
    _story(
        "slice",
        "EndpointSlice",
        (
            "create",
            {
                "addressType": "IPv4",
                "endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": True}}],
                "ports": [{"port": 80}],
            },
        ),
    ),
    _story(
        "account",
        "ServiceAccount",
        ("create", {"imagePullSecrets": [{"name": "a"}], "secrets": [{"name": "s"}]}),
    ),
    _story(
        "event",
        "Event",
        (
            "create",
            {
                "involvedObject": {"kind": "Pod", "name": "p", "namespace": "default"},
                "reason": "R",
                "message": "m",
                "type": "Normal",
                "count": 1,
                "source": {"component": "c"},
                "firstTimestamp": "2026-01-01T00:00:00Z",
                "lastTimestamp": "2026-01-01T01:00:00+01:00",
            },
        ),
        (MERGE, {"count": 2}, B),
    ),
    _story(
        "namespace",
        "Namespace",
        ("create", {"metadata": {"labels": {"a": "b"}}}),
        (MERGE, {"metadata": {"labels": {"a": None}}}, B),
    ),
    _story(
        "node",
        "Node",
        (
            "create",
            {
                "metadata": {"labels": {"edge": "true"}},
                "spec": {"taints": [{"key": "a", "effect": "NoSchedule"}]},
            },
        ),
        (
            STRATEGIC,
            {
                "status": {
                    "capacity": {"cpu": "4000m", "memory": "8388608Ki"},
                    "conditions": [{"type": "Ready", "status": "True"}],
                    "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}],
                    "nodeInfo": {"kubeletVersion": "v1"},
                }
            },
            STATUS,
        ),
        (MERGE, {"spec": {"unschedulable": True}}, B),
    ),
    _story(
        "lease",
        "Lease",
        (
            "create",
            {
                "spec": {
                    "holderIdentity": "x",
                    "leaseDurationSeconds": 40,
                    "renewTime": "2026-01-01T00:00:00.000000Z",
                }
            },
        ),
        (MERGE, {"spec": {"renewTime": "2026-01-01T00:00:10.500000Z"}}, B),
    ),
    _story(
        "hpa",
        "HorizontalPodAutoscaler",
        ("create", _scaler()),
        (MERGE, {"spec": {"behavior": {"scaleDown": {"stabilizationWindowSeconds": 10}}}}, B),
        (
            MERGE,
            {
                "spec": {
                    "maxReplicas": 9,
                    "minReplicas": 2,
                    "metrics": _metric(type="Utilization", averageUtilization=20),
                }
            },
            C,
        ),
        (
            MERGE,
            {
                "status": {
                    "currentReplicas": 2,
                    "desiredReplicas": 3,
                    "lastScaleTime": "2026-01-01T00:00:00Z",
                    "currentMetrics": [
                        {
                            "type": "Resource",
                            "resource": {
                                "name": "cpu",
                                "current": {"averageUtilization": 5, "averageValue": "5m"},
                            },
                        }
                    ],
                    "conditions": [{"type": "AbleToScale", "status": "True"}],
                }
            },
            STATUS,
        ),
        (MERGE, {"status": {"desiredReplicas": 0}}, STATUS),
    ),
    _story(
        "hpa-apply",
        "HorizontalPodAutoscaler",
        ("apply", _scaler(metrics=_metric(type="Utilization", averageUtilization=20)), A),
        ("apply", _scaler(metrics=_metric(type="AverageValue", averageValue="1000m")), A),
        ("apply", _scaler(metrics=_metric(type="AverageValue", averageValue="1000m")), A),
        ("apply", _scaler(behavior={"scaleUp": {"selectPolicy": "Min"}}), A),
    ),
    _story(
        "role",
        "ClusterRole",
        ("create", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}),
    ),
    _story(
        "binding",
        "ClusterRoleBinding",
        (
            "create",
            {
                "roleRef": {"kind": "ClusterRole", "name": "x"},
                "subjects": [
                    {"kind": "User", "name": "u"},
                    {"kind": "ServiceAccount", "name": "s", "namespace": "default"},
                ],
            },
        ),
    ),
    _story(
        "ji",
        "JointInferenceService",
        ("create", _inference(), A),
        (MERGE, {"spec": {"edgeWorker": {"hpa": {"minReplicas": 1, "maxReplicas": 3}}}}, B),
        (
            MERGE,
            {
                "status": {
                    "startTime": "2026-01-01T00:00:00Z",
                    "conditions": [{"type": "Running", "status": "True"}],
                    "active": 2,
                    "failed": 0,
                }
            },
            STATUS,
        ),
        (MERGE, {"spec": {"edgeWorker": {"hpa": None}}}, C),
        ("update", _inference(), A),
        (JSON_PATCH, [{"op": "replace", "path": "/spec/cloudWorker/model/name", "value": "m2"}], C),
        (STRATEGIC, {"spec": {}}, C),
    ),
    _story(
        "ji-apply",
        "JointInferenceService",
        ("apply", _inference(), A),
        ("apply", _inference(), A),
        ("apply", _inference(cloudWorker=_worker(model={"name": "other"})), B),
        ("apply", _inference(cloudWorker=_worker(model={"name": "other"}, hpa={"maxReplicas": 3})), FORCED_B),
        ("apply", _inference(), FORCED_B),
        ("apply", _inference(), A),
        ("apply", _inference(foo=1), A),
        ("apply", {"status": {"active": 1}}, STATUS),
        ("apply", {"metadata": {"labels": {"a": "b"}, "finalizers": ["x.io/a"]}}, C),
        ("apply", {"metadata": {"finalizers": ["x.io/b"]}}, C),
        ("apply", {}, C),
    ),
    _story(
        "model",
        "Model",
        ("create", {"spec": {"url": "/m", "format": "onnx"}}),
        (MERGE, {"spec": {"format": ""}}, B),
        (MERGE, {"spec": {"url": None}}, B),
    ),
    _story(
        "widgets.tests.example.com",
        "CustomResourceDefinition",
        ("create", _definition(), A),
        (MERGE, {"spec": {"names": {"shortNames": ["w"]}}}, B),
    ),
    _story(
        "deployment-apply-nulls",
        "Deployment",
        ("apply", {**_deployment(replicas=None), "metadata": {"labels": None, "annotations": {"a": "1"}}}, A),
        ("apply", {**_deployment(), "metadata": {"annotations": None}}, A),
    ),
    _story(
        "deployment-apply-args",
        "Deployment",
        ("apply", _with_container(args=["a"], command=["c"]), A),
        ("apply", _with_container(args=["b"], command=["c"]), B),
        ("apply", _with_container(args=["b"]), FORCED_B),
        ("apply", _with_container(), A),
    ),
    _story(
        "deployment-apply-shared",
        "Deployment",
        ("apply", _deployment(replicas=2), A),
        ("apply", _deployment(replicas=2), B),
        ("apply", _deployment(), A),
        ("apply", _deployment(replicas=3), B),
        ("apply", _deployment(), B),
    ),
    _story(
        "deployment-apply-container",
        "Deployment",
        ("apply", _deployment(), A),
        (STRATEGIC, {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "s"}]}}}}, B),
        ("apply", _with_container(image="nginx:2"), A),
        (
            "apply",
            {
                "spec": {
                    "template": {
                        "spec": {"containers": [{"name": "side", "env": [{"name": "A", "value": "1"}]}]}
                    }
                }
            },
            C,
        ),
        ("apply", {"spec": {"template": {"spec": {"containers": [{"name": "side"}]}}}}, C),
        ("apply", {"spec": {}}, C),
    ),
    _story(
        "deployment-apply-strategy",
        "Deployment",
        ("apply", _deployment(strategy={"type": "Recreate"}), A),
        ("apply", _deployment(strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}), A),
        ("apply", _deployment(), A),
    ),
    _story(
        "deployment-owners-of-others",
        "Deployment",
        ("create", _deployment(), A),
        (MERGE, {"spec": {"replicas": 2}}, B),
        (MERGE, {"spec": {"replicas": 2}}, C),
        ("update", _deployment(replicas=2), C),
        (
            MERGE,
            {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "nginx:1.27"}]}}}},
            C,
        ),
        (MERGE, {"spec": {"replicas": 1}}, A),
    ),
    _story(
        "deployment-tolerations",
        "Deployment",
        (
            "apply",
            _deployment(
                template={
                    "metadata": {"labels": {"app": "web"}},
                    "spec": {
                        "containers": [{"name": "a", "image": "b"}],
                        "tolerations": [{"key": "a", "operator": "Exists"}],
                        "nodeSelector": {"a": "b"},
                        "affinity": {
                            "nodeAffinity": {
                                "requiredDuringSchedulingIgnoredDuringExecution": {
                                    "nodeSelectorTerms": [
                                        {
                                            "matchExpressions": [
                                                {"key": "a", "operator": "In", "values": ["b"]}
                                            ]
                                        }
                                    ]
                                }
                            }
                        },
                    },
                }
            ),
            A,
        ),
        (
            STRATEGIC,
            {
                "spec": {
                    "template": {
                        "spec": {
                            "tolerations": [{"key": "b", "operator": "Exists"}],
                            "nodeSelector": {"$patch": "replace", "c": "d"},
                        }
                    }
                }
            },
            B,
        ),
        (
            STRATEGIC,
            {"spec": {"template": {"spec": {"nodeSelector": {"$patch": "delete"}, "affinity": None}}}},
            B,
        ),
    ),
    _story(
        "finalizers-strategic",
        "ConfigMap",
        ("create", {"metadata": {"finalizers": ["x.io/a", "x.io/b"]}}, A),
        (STRATEGIC, {"metadata": {"$deleteFromPrimitiveList/finalizers": ["x.io/a"]}}, B),
        (
            STRATEGIC,
            {"metadata": {"finalizers": ["x.io/c"], "$setElementOrder/finalizers": ["x.io/c", "x.io/b"]}},
            B,
        ),
        (
            STRATEGIC,
            {"metadata": {"ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u"}]}},
            B,
        ),
        (STRATEGIC, {"metadata": {"ownerReferences": [{"uid": "u", "$patch": "delete"}]}}, C),
    ),
    _story(
        "finalizers-apply",
        "ConfigMap",
        (
            "apply",
            {
                "metadata": {
                    "finalizers": ["x.io/a"],
                    "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u"}],
                }
            },
            A,
        ),
        ("apply", {"metadata": {"finalizers": ["x.io/b"]}}, B),
        (
            "apply",
            {"metadata": {"ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "q", "uid": "u"}]}},
            A,
        ),
        ("apply", {}, A),
    ),
    _story(
        "hpa-v1",
        "HorizontalPodAutoscaler/v1",
        (
            "create",
            {
                "spec": {
                    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "w"},
                    "maxReplicas": 3,
                }
            },
        ),
        (MERGE, {"spec": {"targetCPUUtilizationPercentage": 60}}, B),
    ),
    _story(
        "node-apply",
        "Node",
        ("apply", {"metadata": {"labels": {"a": "b"}}}, A),
        ("apply", {"spec": {"taints": [{"key": "k", "effect": "NoExecute", "value": "v"}]}}, B),
        (
            "apply",
            {"status": {"capacity": {"cpu": "2000m"}, "conditions": [{"type": "Ready", "status": "False"}]}},
            STATUS,
        ),
    ),
    _story(
        "pod-conditions",
        "Pod",
        ("create", _pod(), A),
        (
            STRATEGIC,
            {"status": {"conditions": [{"type": "Ready", "status": "False"}], "hostIP": "10.0.0.9"}},
            STATUS,
        ),
        (
            STRATEGIC,
            {
                "status": {
                    "conditions": [
                        {"type": "Ready", "status": "True"},
                        {"type": "PodScheduled", "status": "True"},
                    ],
                    "$setElementOrder/conditions": [{"type": "PodScheduled"}, {"type": "Ready"}],
                }
            },
            STATUS,
        ),
        (STRATEGIC, {"status": {"conditions": [{"type": "Ready", "$patch": "delete"}]}}, STATUS),
        (MERGE, {"metadata": {"labels": {"a": "b"}}, "status": {"phase": "Running"}}, STATUS),
    ),
    _story(
        "pod-hpa-numbers",
        "Pod",
        (
            "create",
            _pod_with(
                resources={
                    "limits": {
                        "cpu": 0.1,
                        "memory": 100,
                        "ephemeral-storage": "1.5Gi",
                        "example.com/gpu": "2",
                    },
                    "requests": {"cpu": "1e-2", "memory": "1e2"},
                }
            ),
        ),
    ),
    _story(
        "slice-apply",
        "EndpointSlice",
        (
            "apply",
            {
                "addressType": "IPv4",
                "endpoints": [{"addresses": ["10.0.0.1"]}],
                "ports": [{"name": "a", "port": 80}],
            },
            A,
        ),
        ("apply", {"addressType": "IPv4", "endpoints": [], "ports": [{"name": "a", "port": 81}]}, A),
    ),
    _story(
        "namespace-apply", "Namespace", ("apply", {"metadata": {"labels": {"a": "b"}}}, A), ("apply", {}, A)
    ),
    _story(
        "ji-apply-lists",
        "JointInferenceService",
        ("apply", _inference(), A),
        (
            "apply",
            _inference(
                cloudWorker=_worker(
                    template={
                        "spec": {
                            "containers": [
                                {"name": "c", "image": "j"},
                                {"name": "d", "image": "k", "ports": [{"containerPort": 80}]},
                            ]
                        }
                    }
                )
            ),
            A,
        ),
        (MERGE, {"metadata": {"annotations": {"x": "y"}}}, B),
        (
            MERGE,
            {"spec": {"edgeWorker": {"template": {"metadata": {"labels": {"a": "b"}}}}}},
            {"manager": "b", "validation": "Ignore"},
        ),
        (
            "apply",
            {
                "spec": {
                    "edgeWorker": {
                        "hpa": {
                            "maxReplicas": 3,
                            "metrics": [
                                {
                                    "type": "Resource",
                                    "resource": {
                                        "name": "cpu",
                                        "target": {"type": "Utilization", "averageUtilization": 20},
                                    },
                                }
                            ],
                            "behavior": {"scaleDown": {"stabilizationWindowSeconds": 10}},
                        }
                    }
                }
            },
            C,
        ),
        ("apply", {"spec": {"edgeWorker": {"hpa": {"maxReplicas": 4}}}}, C),
        ("apply", {}, C),
    ),
    _story(
        "ji-reset-status",
        "JointInferenceService",
        ("create", {**_inference(), "status": {"active": 5}}, A),
        ("update", {**_inference(), "status": {"active": 6}}, B),
        (JSON_PATCH, [{"op": "add", "path": "/status", "value": {"active": 7}}], STATUS),
        (MERGE, {"metadata": {"labels": {"a": "b"}}, "status": {"active": 8}}, STATUS),
        (
            MERGE,
            {"status": {"conditions": [{"type": "Ready", "status": "True"}], "nope": 1}},
            {"manager": "b", "subresource": "status", "validation": "Warn"},
        ),
        (MERGE, {"status": {"active": "x"}}, STATUS),
    ),
)

REFUSED: tuple[Story, ...] = (
    _refused("unknown-fields", "Deployment", {**_deployment(foo=1), "bar": {"x": 1}}),
    _refused("unknown-in-list", "Deployment", _with_container(imagex="y")),
    _refused("unknown-warn", "Deployment", {**_deployment(foo=1), "bar": {"x": 1}}, validation="Warn"),
    _refused("unknown-ignore", "Deployment", {**_deployment(foo=1), "bar": {"x": 1}}, validation="Ignore"),
    _refused("wrong-replicas", "Deployment", _deployment(replicas="3")),
    _refused("replicas-fraction", "Deployment", _deployment(replicas=1.5)),
    _refused("replicas-too-large", "Deployment", _deployment(replicas=2**40)),
    _refused("wrong-image", "Deployment", _with_container(image=5)),
    _refused("wrong-containers", "Deployment", _deployment(template={"spec": {"containers": {}}})),
    _refused("wrong-spec", "Deployment", {"spec": "x"}),
    _refused("wrong-label", "ConfigMap", {"metadata": {"labels": {"a": 1}}}),
    _refused("wrong-labels", "ConfigMap", {"metadata": {"labels": []}}),
    _refused("wrong-bool", "Pod", _pod(hostNetwork="true")),
    _refused("wrong-quantity", "Pod", _pod_with(resources={"limits": {"cpu": "abc"}})),
    _refused("wrong-quantity-bool", "Pod", _pod_with(resources={"limits": {"cpu": True}})),
    _refused("wrong-env", "Pod", _pod_with(env=[{"name": "A", "value": 1}])),
    _refused(
        "wrong-int-or-string", "Deployment", _deployment(strategy={"rollingUpdate": {"maxSurge": True}})
    ),
    _refused("wrong-time", "Event", {"involvedObject": {}, "firstTimestamp": "yesterday"}),
    _refused("wrong-time-number", "Event", {"involvedObject": {}, "firstTimestamp": 5}),
    _refused("wrong-command", "Pod", _pod_with(command="sh")),
    _refused("wrong-command-entry", "Pod", _pod_with(command=["sh", 1])),
    _refused("no-containers", "Deployment", _deployment(template={"metadata": {"labels": {"app": "web"}}})),
    _refused("no-selector", "Deployment", {"spec": {"template": _deployment()["spec"]["template"]}}),
    _refused("empty-selector", "Deployment", _deployment(selector={})),
    _refused("selector-mismatch", "Deployment", _deployment(selector={"matchLabels": {"app": "other"}})),
    _refused(
        "selector-expression",
        "Deployment",
        _deployment(
            selector={"matchExpressions": [{"key": "app", "operator": "In"}, {"key": "-", "operator": "Is"}]}
        ),
    ),
    _refused(
        "negative-replicas",
        "Deployment",
        _deployment(replicas=-1, minReadySeconds=-1, revisionHistoryLimit=-1),
    ),
    _refused("deadline", "Deployment", _deployment(progressDeadlineSeconds=5, minReadySeconds=5)),
    _refused("strategy", "Deployment", _deployment(strategy={"type": "Other"})),
    _refused(
        "strategy-recreate", "Deployment", _deployment(strategy={"type": "Recreate", "rollingUpdate": {}})
    ),
    _refused(
        "strategy-zero",
        "Deployment",
        _deployment(strategy={"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}),
    ),
    _refused(
        "strategy-percent",
        "Deployment",
        _deployment(strategy={"rollingUpdate": {"maxSurge": "x%", "maxUnavailable": "120%"}}),
    ),
    _refused(
        "restart-policy",
        "Deployment",
        _deployment(
            template={
                "metadata": {"labels": {"app": "web"}},
                "spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "b"}]},
            }
        ),
    ),
    _refused("container-nameless", "Deployment", _with_container(name="", image="")),
    _refused("container-name", "Pod", _pod_with(name="A_b")),
    _refused(
        "container-twice", "Pod", _pod(containers=[{"name": "a", "image": "a"}, {"name": "a", "image": "b"}])
    ),
    _refused(
        "ports",
        "Pod",
        _pod_with(
            ports=[
                {"containerPort": 0},
                {"containerPort": 70000, "name": "UPPER_toolong_name"},
                {"containerPort": 1, "protocol": "ICMP", "name": "a"},
                {"containerPort": 2, "name": "a"},
            ]
        ),
    ),
    _refused(
        "host-ports",
        "Pod",
        _pod_with(ports=[{"containerPort": 1, "hostPort": 5}, {"containerPort": 2, "hostPort": 5}]),
    ),
    _refused(
        "env-names",
        "Pod",
        _pod_with(
            env=[
                {"name": ""},
                {"name": "A=B"},
                {"name": "X", "value": "1", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                {"name": "Y", "valueFrom": {}},
            ]
        ),
    ),
    _refused(
        "mounts",
        "Pod",
        _pod_with(volumeMounts=[{"name": "no", "mountPath": "/a"}, {"name": "", "mountPath": ""}]),
    ),
    _refused(
        "volumes",
        "Pod",
        _pod(
            volumes=[
                {"name": "a"},
                {"name": "a"},
                {"name": "B"},
                {"name": "h", "hostPath": {}},
                {"name": "t", "hostPath": {"path": "/a/../b"}},
                {"name": "two", "emptyDir": {}, "hostPath": {"path": "/"}},
            ]
        ),
    ),
    _refused(
        "resources",
        "Pod",
        _pod_with(
            resources={"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "2", "memory": "-1"}}
        ),
    ),
    _refused("resource-name", "Pod", _pod_with(resources={"limits": {"gpu": "1"}})),
    _refused("policies", "Pod", _pod(restartPolicy="Sometimes", dnsPolicy="x")),
    _refused("pull-policy", "Pod", _pod_with(imagePullPolicy="Maybe")),
    _refused(
        "tolerations",
        "Pod",
        _pod(
            tolerations=[
                {"operator": "Equal"},
                {"key": "a", "operator": "Exists", "value": "x"},
                {"key": "b", "effect": "Never", "tolerationSeconds": 3},
            ]
        ),
    ),
    _refused("probe", "Pod", _pod_with(livenessProbe={"successThreshold": 2, "periodSeconds": -1})),
    _refused(
        "host-network-port",
        "Pod",
        _pod(
            hostNetwork=True,
            containers=[{"name": "a", "image": "a", "ports": [{"containerPort": 1, "hostPort": 2}]}],
        ),
    ),
    _refused("node-selector", "Pod", _pod(nodeSelector={"a b": "x y"}, nodeName="A", hostname="X.y")),
    _refused("Name_Of_Pod", "Pod", _pod()),
    _refused("Name_Of_Service", "Service", _service()),
    _refused("0service", "Service", _service()),
    _refused("name.of.namespace", "Namespace", {}),
    _refused(
        "labels",
        "ConfigMap",
        {"metadata": {"labels": {"a b": "c d", "/x": "y", "UPPER/x": "y", "a/b/c": "z", "x" * 64: "y" * 64}}},
    ),
    _refused("annotations", "ConfigMap", {"metadata": {"annotations": {"a b": "c"}}}),
    _refused(
        "finalizers",
        "ConfigMap",
        {"metadata": {"finalizers": ["nonsense", "a b", "orphan", "foregroundDeletion"]}},
    ),
    _refused(
        "owners",
        "ConfigMap",
        {"metadata": {"ownerReferences": [{"apiVersion": "", "kind": "", "name": "", "uid": ""}]}},
    ),
    _refused(
        "owner-event",
        "ConfigMap",
        {"metadata": {"ownerReferences": [{"apiVersion": "v1", "kind": "Event", "name": "e", "uid": "u"}]}},
    ),
    _refused(
        "owners-two",
        "ConfigMap",
        {
            "metadata": {
                "ownerReferences": [
                    {"apiVersion": "v1", "kind": "Pod", "name": "e", "uid": "u", "controller": True},
                    {"apiVersion": "v1", "kind": "Pod", "name": "f", "uid": "v", "controller": True},
                ]
            }
        },
    ),
    _refused(
        "config-keys",
        "ConfigMap",
        {"data": {"a b": "x", "..": "y", "both": "1"}, "binaryData": {"both": "aGk="}},
    ),
    _refused("secret-keys", "Secret", {"data": {"a b": "aGk="}}),
    _refused("secret-base64", "Secret", {"data": {"a": "%%%"}}),
    _refused("secret-type", "Secret", {"type": "kubernetes.io/tls"}),
    _refused("service-no-ports", "Service", {"spec": {}}),
    _refused(
        "service-ports",
        "Service",
        _service(
            ports=[
                {"port": 0},
                {"port": 80, "protocol": "X", "name": "B"},
                {"port": 80, "name": "a", "targetPort": "A_b"},
                {"port": 81, "name": "a", "targetPort": 70000},
            ]
        ),
    ),
    _refused(
        "service-twice", "Service", _service(ports=[{"port": 80, "name": "a"}, {"port": 80, "name": "b"}])
    ),
    _refused("service-type", "Service", _service(type="Any", sessionAffinity="Some")),
    _refused("service-external-name", "Service", {"spec": {"type": "ExternalName"}}),
    _refused("service-no-node-port", "Service", _service(ports=[{"port": 80, "nodePort": 31000}])),
    _refused("service-selector", "Service", _service(selector={"a": "b c"})),
    _refused("hpa-nothing", "HorizontalPodAutoscaler", {"spec": {}}),
    _refused("hpa-bounds", "HorizontalPodAutoscaler", _scaler(minReplicas=7)),
    _refused("hpa-zero", "HorizontalPodAutoscaler", _scaler(minReplicas=0, maxReplicas=0)),
    _refused(
        "hpa-target", "HorizontalPodAutoscaler", _scaler(metrics=_metric(type="Sum", averageUtilization=0))
    ),
    _refused(
        "hpa-both",
        "HorizontalPodAutoscaler",
        _scaler(metrics=_metric(type="Utilization", averageUtilization=1, averageValue="-5")),
    ),
    _refused("hpa-neither", "HorizontalPodAutoscaler", _scaler(metrics=_metric(type="Utilization"))),
    _refused(
        "hpa-types",
        "HorizontalPodAutoscaler",
        _scaler(
            metrics=[
                {"type": "Pods"},
                {"type": "Thing"},
                {},
                {
                    "type": "Resource",
                    "resource": {"name": "", "target": {"type": "Value", "value": "1"}},
                    "pods": {
                        "metric": {"name": "x"},
                        "target": {"type": "AverageValue", "averageValue": "1"},
                    },
                },
            ]
        ),
    ),
    _refused(
        "hpa-sources",
        "HorizontalPodAutoscaler",
        _scaler(
            metrics=[
                {
                    "type": "Object",
                    "object": {
                        "describedObject": {"kind": "", "name": ""},
                        "metric": {"name": ""},
                        "target": {"type": "Value"},
                    },
                },
                {
                    "type": "External",
                    "external": {
                        "metric": {"name": "a/b"},
                        "target": {"type": "Value", "value": "1", "averageValue": "1"},
                    },
                },
                {
                    "type": "ContainerResource",
                    "containerResource": {"name": "cpu", "container": "", "target": {"type": "Utilization"}},
                },
            ]
        ),
    ),
    _refused(
        "hpa-behavior",
        "HorizontalPodAutoscaler",
        _scaler(
            behavior={
                "scaleUp": {
                    "stabilizationWindowSeconds": 4000,
                    "selectPolicy": "Any",
                    "policies": [
                        {"type": "X", "value": 0, "periodSeconds": 0},
                        {"type": "Pods", "value": 1, "periodSeconds": 2000},
                    ],
                },
                "scaleDown": {"stabilizationWindowSeconds": -1},
            }
        ),
    ),
    _refused(
        "hpa-behavior-empty", "HorizontalPodAutoscaler", _scaler(behavior={"scaleUp": {"policies": []}})
    ),
    _refused("lease-wrong", "Lease", {"spec": {"leaseDurationSeconds": 0}}),
    _refused(
        "node-taints",
        "Node",
        {
            "spec": {
                "taints": [
                    {"key": "a", "effect": "NoSchedule"},
                    {"key": "a", "effect": "NoSchedule"},
                    {"key": "", "effect": "X"},
                ]
            }
        },
    ),
    _refused("slice-wrong", "EndpointSlice", {"addressType": "X", "endpoints": [{"addresses": []}]}),
    _refused("endpoints-wrong", "Endpoints", {"subsets": [{"ports": [{"port": 0}]}]}),
    _refused(
        "binding-wrong",
        "ClusterRoleBinding",
        {"roleRef": {"kind": "Thing", "name": ""}, "subjects": [{"kind": "Cat", "name": ""}]},
    ),
    _refused("role-wrong", "ClusterRole", {"rules": [{"verbs": []}]}),
    _refused("event-wrong", "Event", {"involvedObject": {"namespace": "other"}}),
    _refused("ji-empty", "JointInferenceService", {}),
    _refused("ji-empty-spec", "JointInferenceService", {"spec": {}}),
    _refused(
        "ji-unknown", "JointInferenceService", {**_inference(foo=1), "bar": {}, "metadata": {"nope": 1}}
    ),
    _refused(
        "ji-unknown-deep", "JointInferenceService", _inference(cloudWorker={**_worker(), "x": [{"y": 1}]})
    ),
    _refused("ji-unknown-warn", "JointInferenceService", {**_inference(foo=1), "bar": {}}, validation="Warn"),
    _refused(
        "ji-types",
        "JointInferenceService",
        _inference(
            cloudWorker={
                "model": {"name": 5},
                "template": {
                    "spec": {
                        "containers": [
                            {
                                "name": "c",
                                "ports": [{"containerPort": "80"}],
                                "tty": "x",
                                "resources": {"limits": {"cpu": True}},
                            }
                        ],
                        "hostNetwork": 1,
                    }
                },
            }
        ),
    ),
    _refused(
        "ji-lists",
        "JointInferenceService",
        _inference(cloudWorker=_worker(template={"spec": {"containers": {}, "volumes": "x"}})),
    ),
    _refused("ji-null", "JointInferenceService", _inference(cloudWorker=None)),
    _refused(
        "ji-hpa",
        "JointInferenceService",
        _inference(
            cloudWorker=_worker(hpa={"minReplicas": "x", "maxReplicas": 1.5, "metrics": [{"type": 1}]})
        ),
    ),
    _refused(
        "ji-hpa-bool", "JointInferenceService", _inference(cloudWorker=_worker(hpa={"maxReplicas": True}))
    ),
    _refused(
        "ji-quantity",
        "JointInferenceService",
        _inference(
            cloudWorker=_worker(
                template={
                    "spec": {
                        "containers": [
                            {
                                "name": "c",
                                "image": "i",
                                "resources": {"limits": {"cpu": "abc", "memory": 1.5}},
                            }
                        ]
                    }
                }
            )
        ),
    ),
    _refused(
        "ji-ports-twice",
        "JointInferenceService",
        _inference(
            cloudWorker=_worker(
                template={
                    "spec": {
                        "containers": [
                            {
                                "name": "c",
                                "image": "i",
                                "ports": [{"containerPort": 80}, {"containerPort": 80, "protocol": "TCP"}],
                            }
                        ]
                    }
                }
            )
        ),
    ),
    _refused("Ji_Name", "JointInferenceService", _inference()),
    _refused("ji-labels", "JointInferenceService", {**_inference(), "metadata": {"labels": {"a": 1}}}),
    _refused("ji-finalizers", "JointInferenceService", {**_inference(), "metadata": {"finalizers": ["x"]}}),
    _refused("model-wrong", "Model", {"spec": {"url": 1, "format": True}}),
    _story(
        "selector-immutable",
        "Deployment",
        ("create", _deployment()),
        (
            MERGE,
            {
                "spec": {
                    "selector": {"matchLabels": {"app": "x"}},
                    "template": {"metadata": {"labels": {"app": "x"}}},
                }
            },
        ),
    ),
    _story(
        "patch-unknown",
        "Deployment",
        ("create", _deployment()),
        (MERGE, {"spec": {"foo": 1}}),
        (STRATEGIC, {"spec": {"foo": 1}}),
        (JSON_PATCH, [{"op": "add", "path": "/spec/foo", "value": 1}]),
        (MERGE, {"spec": {"replicas": "x"}}),
        (STRATEGIC, {"spec": {"replicas": "x"}}),
        (MERGE, []),
        (STRATEGIC, {"$patch": "what"}),
        (STRATEGIC, {"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}}),
    ),
    _story(
        "patch-unknown-ji",
        "JointInferenceService",
        ("create", _inference()),
        (MERGE, {"spec": {"foo": 1}}),
        (MERGE, {"spec": {"cloudWorker": {"hpa": {"maxReplicas": "x"}}}}),
        (MERGE, {"spec": {"cloudWorker": None}}),
    ),
    _story(
        "pod-containers",
        "Pod",
        ("create", _pod()),
        (STRATEGIC, {"spec": {"containers": [{"name": "b", "image": "b"}]}}),
        (MERGE, {"spec": {"activeDeadlineSeconds": 10}}),
        (MERGE, {"spec": {"activeDeadlineSeconds": 20}}),
        (MERGE, {"spec": {"activeDeadlineSeconds": None}}),
    ),
    _story("service-cluster-ip", "Service", ("create", _service()), (MERGE, {"spec": {"ports": []}})),
    _story(
        "cm-immutable",
        "ConfigMap",
        ("create", {"data": {"a": "b"}, "immutable": True}),
        (MERGE, {"data": {"a": "c"}}),
        (MERGE, {"immutable": False}),
    ),
    _story("secret-type-fixed", "Secret", ("create", {}), (MERGE, {"type": "other"})),
    _story(
        "role-ref-fixed",
        "ClusterRoleBinding",
        ("create", {"roleRef": {"kind": "ClusterRole", "name": "x"}}),
        (MERGE, {"roleRef": {"name": "y"}}),
    ),
)


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
