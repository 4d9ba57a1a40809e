"""Stories of what is stored, and who owns which of its fields."""

from __future__ import annotations

from tests.sandbox.writing.bodies import (
    definition,
    deployment,
    inference,
    labelled,
    metric,
    pod,
    pod_with,
    scaler,
    service,
    with_container,
    worker,
)
from tests.sandbox.writing.story import FORCED_B, JSON_PATCH, MERGE, STATUS, STRATEGIC, A, B, C, Story, story

STORED: tuple[Story, ...] = (
    story("deployment-plain", "Deployment", ("create", deployment())),
    story(
        "deployment-update",
        "Deployment",
        ("create", deployment(), A),
        ("update", deployment(replicas=3), B),
    ),
    story("deployment-same-update", "Deployment", ("create", deployment(), A), ("update", deployment(), B)),
    story(
        "deployment-strategic",
        "Deployment",
        ("create", deployment(), A),
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
    story(
        "deployment-merge",
        "Deployment",
        ("create", deployment(), A),
        (MERGE, {"spec": {"replicas": 2, "paused": True}}, B),
        (MERGE, {"spec": {"replicas": None, "paused": False}}, C),
        (MERGE, {"metadata": {"finalizers": ["x.io/y"]}}, C),
        (MERGE, {"metadata": {"finalizers": ["x.io/y", "x.io/z"]}}, B),
        (MERGE, {"metadata": {"finalizers": None}}, B),
    ),
    story(
        "deployment-json",
        "Deployment",
        ("create", deployment(), A),
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
    story(
        "deployment-status",
        "Deployment",
        ("create", deployment(), A),
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
    story(
        "deployment-apply",
        "Deployment",
        ("apply", deployment(replicas=2), A),
        ("apply", deployment(replicas=2), A),
        ("apply", deployment(), A),
        ("apply", deployment(replicas=5), B),
        ("apply", {"spec": {"replicas": 5}}, B),
        ("apply", {"spec": {"replicas": 6}}, A),
        ("apply", {"spec": {"replicas": 6}}, {"manager": "a", "force": True}),
    ),
    story(
        "deployment-apply-conflict",
        "Deployment",
        ("create", deployment(replicas=1), {"manager": "kubectl-create"}),
        ("apply", deployment(replicas=2), A),
        ("apply", {**deployment(replicas=2), "metadata": {"labels": {"x": "y"}}}, FORCED_B),
        (
            "apply",
            with_container(
                image="other", ports=[{"containerPort": 80}, {"containerPort": 81, "protocol": "UDP"}]
            ),
            A,
        ),
        (
            "apply",
            with_container(image="other", env=[{"name": "A", "value": "1"}]),
            {"manager": "a", "force": True},
        ),
        (
            "apply",
            with_container(
                image="nginx:1.27", env=[{"name": "B", "value": "1"}, {"name": "A", "value": "2"}]
            ),
            {"manager": "a", "force": True},
        ),
        (MERGE, {"spec": {"replicas": 9}}, {"manager": "hpa", "subresource": ""}),
        ("apply", deployment(replicas=2), A),
        ("apply", deployment(), A),
    ),
    story(
        "deployment-apply-removes",
        "Deployment",
        (
            "apply",
            {
                **deployment(replicas=2),
                "metadata": {"labels": {"x": "y", "z": "1"}, "annotations": {"n": "1"}},
            },
            A,
        ),
        ("apply", {**deployment(), "metadata": {"labels": {"z": "1"}}}, A),
        ("apply", deployment(), A),
        ("apply", {"metadata": {"labels": {"b": "1"}}}, B),
        ("apply", {"metadata": {"labels": {}}}, B),
        ("apply", {"metadata": {}}, B),
        ("apply", with_container(args=["a", "b"], resources={"limits": {"cpu": "1000m"}}), A),
        ("apply", with_container(args=["a"], resources={"limits": {"cpu": "1000m"}}), A),
        ("apply", with_container(resources={"limits": {"cpu": "1000m"}}), A),
        ("apply", deployment(), A),
    ),
    story(
        "deployment-apply-lists",
        "Deployment",
        (
            "create",
            with_container(
                env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}, {"name": "C", "value": "3"}]
            ),
            A,
        ),
        (
            "apply",
            with_container(
                env=[{"name": "C", "value": "3"}, {"name": "X", "value": "9"}, {"name": "A", "value": "1"}]
            ),
            B,
        ),
        ("apply", with_container(env=[{"name": "X", "value": "9"}, {"name": "Y", "value": "8"}]), B),
    ),
    story(
        "deployment-apply-status",
        "Deployment",
        ("create", deployment(), A),
        (
            "apply",
            {"status": {"replicas": 3, "conditions": [{"type": "Available", "status": "True"}]}},
            STATUS,
        ),
        ("apply", {"spec": {"replicas": 3}, "status": {"replicas": 4}}, STATUS),
    ),
    story(
        "deployment-apply-unknown",
        "Deployment",
        ("apply", deployment(foo=1), A),
        ("apply", deployment(replicas="x"), A),
        (
            "apply",
            with_container(ports=[{"containerPort": 80}, {"containerPort": 80, "protocol": "TCP"}]),
            A,
        ),
        ("apply", with_container(ports=[{"name": "x"}]), A),
        ("apply", {**deployment(), "metadata": {"managedFields": []}}, A),
        ("apply", deployment(selector="x"), A),
    ),
    story(
        "deployment-reset-owners",
        "Deployment",
        ("create", deployment(), A),
        (MERGE, {"metadata": {"managedFields": [{}]}}, B),
        (MERGE, {"spec": {"replicas": 3}}, B),
        ("apply", {"spec": {"replicas": 4}}, C),
    ),
    story(
        "replicaset-plain",
        "ReplicaSet",
        ("create", deployment(replicas=2)),
        (MERGE, {"status": {"replicas": 0, "fullyLabeledReplicas": 0}}, STATUS),
    ),
    story("pod-plain", "Pod", ("create", pod())),
    story(
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
    story(
        "pod-apply",
        "Pod",
        ("apply", pod(), A),
        ("apply", pod_with(image="b"), A),
        ("apply", pod(tolerations=[{"key": "a", "operator": "Exists"}]), A),
    ),
    story(
        "service-plain",
        "Service",
        ("create", service(selector={"app": "x"})),
        (STRATEGIC, {"spec": {"ports": [{"port": 81, "name": "b"}, {"port": 80, "name": "a"}]}}, B),
    ),
    story("service-affinity", "Service", ("create", service(type="ClusterIP", sessionAffinity="ClientIP"))),
    story(
        "service-apply",
        "Service",
        ("apply", service(selector={"app": "x"}), A),
        ("apply", {"spec": {"ports": [{"port": 80, "name": "x"}, {"port": 81, "name": "y"}]}}, A),
        ("apply", {"spec": {"ports": [{"port": 81, "name": "y"}]}}, A),
    ),
    story("service-headless", "Service", ("create", {"spec": {"clusterIP": "None", "selector": {"a": "b"}}})),
    story(
        "configmap",
        "ConfigMap",
        ("create", labelled("a", "b"), A),
        ("update", labelled("b", "c"), B),
        (MERGE, {"data": {"x": "y", "a": None}}, C),
        (MERGE, {"metadata": {"annotations": {"k": "v"}}, "binaryData": {"b": "aGk="}}, B),
        ("apply", {"data": {"x": "z"}}, A),
        ("apply", {"data": {"x": "z"}}, {"manager": "a", "force": True}),
        ("apply", {"data": {}}, A),
    ),
    story(
        "configmap-empty", "ConfigMap", ("create", {}), ("apply", {"data": {"a": "1"}}, A), ("apply", {}, A)
    ),
    story(
        "configmap-owners",
        "ConfigMap",
        *[
            ("update", {"data": {f"k{j}": "1" for j in range(i + 1)}}, {"manager": f"m{i:02}"})
            if i
            else ("create", {"data": {"k0": "1"}}, {"manager": "m00"})
            for i in range(14)
        ],
    ),
    story("secret", "Secret", ("create", {"data": {"a": "aGk="}}), (MERGE, {"data": {"b": "aGk="}}, B)),
    story(
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
    story(
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
    story(
        "account",
        "ServiceAccount",
        ("create", {"imagePullSecrets": [{"name": "a"}], "secrets": [{"name": "s"}]}),
    ),
    story(
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
    story(
        "namespace",
        "Namespace",
        ("create", {"metadata": {"labels": {"a": "b"}}}),
        (MERGE, {"metadata": {"labels": {"a": None}}}, B),
    ),
    story(
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
    story(
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
    story(
        "hpa",
        "HorizontalPodAutoscaler",
        ("create", scaler()),
        (MERGE, {"spec": {"behavior": {"scaleDown": {"stabilizationWindowSeconds": 10}}}}, B),
        (
            MERGE,
            {
                "spec": {
                    "maxReplicas": 9,
                    "minReplicas": 2,
                    "metrics": metric(type="Utilization", averageUtilization=20),
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
    story(
        "hpa-apply",
        "HorizontalPodAutoscaler",
        ("apply", scaler(metrics=metric(type="Utilization", averageUtilization=20)), A),
        ("apply", scaler(metrics=metric(type="AverageValue", averageValue="1000m")), A),
        ("apply", scaler(metrics=metric(type="AverageValue", averageValue="1000m")), A),
        ("apply", scaler(behavior={"scaleUp": {"selectPolicy": "Min"}}), A),
    ),
    story(
        "role",
        "ClusterRole",
        ("create", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}),
    ),
    story(
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
    story(
        "ji",
        "JointInferenceService",
        ("create", inference(), A),
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
        ("update", inference(), A),
        (JSON_PATCH, [{"op": "replace", "path": "/spec/cloudWorker/model/name", "value": "m2"}], C),
        (STRATEGIC, {"spec": {}}, C),
    ),
    story(
        "ji-apply",
        "JointInferenceService",
        ("apply", inference(), A),
        ("apply", inference(), A),
        ("apply", inference(cloudWorker=worker(model={"name": "other"})), B),
        ("apply", inference(cloudWorker=worker(model={"name": "other"}, hpa={"maxReplicas": 3})), FORCED_B),
        ("apply", inference(), FORCED_B),
        ("apply", inference(), A),
        ("apply", inference(foo=1), A),
        ("apply", {"status": {"active": 1}}, STATUS),
        ("apply", {"metadata": {"labels": {"a": "b"}, "finalizers": ["x.io/a"]}}, C),
        ("apply", {"metadata": {"finalizers": ["x.io/b"]}}, C),
        ("apply", {}, C),
    ),
    story(
        "model",
        "Model",
        ("create", {"spec": {"url": "/m", "format": "onnx"}}),
        (MERGE, {"spec": {"format": ""}}, B),
        (MERGE, {"spec": {"url": None}}, B),
    ),
    # One write only: the API server's own controllers go on with its status at once.
    story("widgets.tests.example.com", "CustomResourceDefinition", ("create", definition(), A)),
    story(
        "deployment-apply-nulls",
        "Deployment",
        ("apply", {**deployment(replicas=None), "metadata": {"labels": None, "annotations": {"a": "1"}}}, A),
        ("apply", {**deployment(), "metadata": {"annotations": None}}, A),
    ),
    story(
        "deployment-apply-args",
        "Deployment",
        ("apply", with_container(args=["a"], command=["c"]), A),
        ("apply", with_container(args=["b"], command=["c"]), B),
        ("apply", with_container(args=["b"]), FORCED_B),
        ("apply", with_container(), A),
    ),
    story(
        "deployment-apply-shared",
        "Deployment",
        ("apply", deployment(replicas=2), A),
        ("apply", deployment(replicas=2), B),
        ("apply", deployment(), A),
        ("apply", deployment(replicas=3), B),
        ("apply", deployment(), B),
    ),
    story(
        "deployment-apply-container",
        "Deployment",
        ("apply", deployment(), A),
        (STRATEGIC, {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "s"}]}}}}, B),
        ("apply", with_container(image="nginx:2"), A),
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
    story(
        "deployment-apply-strategy",
        "Deployment",
        ("apply", deployment(strategy={"type": "Recreate"}), A),
        ("apply", deployment(strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}), A),
        ("apply", deployment(), A),
    ),
    story(
        "deployment-owners-of-others",
        "Deployment",
        ("create", deployment(), A),
        (MERGE, {"spec": {"replicas": 2}}, B),
        (MERGE, {"spec": {"replicas": 2}}, C),
        ("update", deployment(replicas=2), C),
        (
            MERGE,
            {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "nginx:1.27"}]}}}},
            C,
        ),
        (MERGE, {"spec": {"replicas": 1}}, A),
    ),
    story(
        "deployment-tolerations",
        "Deployment",
        (
            "apply",
            deployment(
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
    story(
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
    story(
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
    story(
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
    story(
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
    story(
        "pod-conditions",
        "Pod",
        ("create", pod(), A),
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
    story(
        "pod-hpa-numbers",
        "Pod",
        (
            "create",
            pod_with(
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
    story(
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
    story(
        "namespace-apply", "Namespace", ("apply", {"metadata": {"labels": {"a": "b"}}}, A), ("apply", {}, A)
    ),
    story(
        "ji-apply-lists",
        "JointInferenceService",
        ("apply", inference(), A),
        (
            "apply",
            inference(
                cloudWorker=worker(
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
    story(
        "ji-reset-status",
        "JointInferenceService",
        ("create", {**inference(), "status": {"active": 5}}, A),
        ("update", {**inference(), "status": {"active": 6}}, B),
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
