"""Stories of what is refused, and in which words."""

from __future__ import annotations

from tests.sandbox.writing.bodies import (
    deployment,
    inference,
    metric,
    pod,
    pod_with,
    scaler,
    service,
    with_container,
    worker,
)
from tests.sandbox.writing.story import JSON_PATCH, MERGE, STRATEGIC, Story, refused, story

REFUSED: tuple[Story, ...] = (
    refused("unknown-fields", "Deployment", {**deployment(foo=1), "bar": {"x": 1}}),
    refused("unknown-in-list", "Deployment", with_container(imagex="y")),
    refused("unknown-warn", "Deployment", {**deployment(foo=1), "bar": {"x": 1}}, validation="Warn"),
    refused("unknown-ignore", "Deployment", {**deployment(foo=1), "bar": {"x": 1}}, validation="Ignore"),
    refused("wrong-replicas", "Deployment", deployment(replicas="3")),
    refused("replicas-fraction", "Deployment", deployment(replicas=1.5)),
    refused("replicas-too-large", "Deployment", deployment(replicas=2**40)),
    refused("wrong-image", "Deployment", with_container(image=5)),
    refused("wrong-containers", "Deployment", deployment(template={"spec": {"containers": {}}})),
    refused("wrong-spec", "Deployment", {"spec": "x"}),
    refused("wrong-label", "ConfigMap", {"metadata": {"labels": {"a": 1}}}),
    refused("wrong-labels", "ConfigMap", {"metadata": {"labels": []}}),
    refused("wrong-bool", "Pod", pod(hostNetwork="true")),
    refused("wrong-quantity", "Pod", pod_with(resources={"limits": {"cpu": "abc"}})),
    refused("wrong-quantity-bool", "Pod", pod_with(resources={"limits": {"cpu": True}})),
    refused("wrong-env", "Pod", pod_with(env=[{"name": "A", "value": 1}])),
    refused("wrong-int-or-string", "Deployment", deployment(strategy={"rollingUpdate": {"maxSurge": True}})),
    refused("wrong-time", "Event", {"involvedObject": {}, "firstTimestamp": "yesterday"}),
    refused("wrong-time-number", "Event", {"involvedObject": {}, "firstTimestamp": 5}),
    refused("wrong-command", "Pod", pod_with(command="sh")),
    refused("wrong-command-entry", "Pod", pod_with(command=["sh", 1])),
    refused("no-containers", "Deployment", deployment(template={"metadata": {"labels": {"app": "web"}}})),
    refused("no-selector", "Deployment", {"spec": {"template": deployment()["spec"]["template"]}}),
    refused("empty-selector", "Deployment", deployment(selector={})),
    refused("selector-mismatch", "Deployment", deployment(selector={"matchLabels": {"app": "other"}})),
    refused(
        "selector-expression",
        "Deployment",
        deployment(
            selector={"matchExpressions": [{"key": "app", "operator": "In"}, {"key": "-", "operator": "Is"}]}
        ),
    ),
    refused(
        "negative-replicas",
        "Deployment",
        deployment(replicas=-1, minReadySeconds=-1, revisionHistoryLimit=-1),
    ),
    refused("deadline", "Deployment", deployment(progressDeadlineSeconds=5, minReadySeconds=5)),
    refused("strategy", "Deployment", deployment(strategy={"type": "Other"})),
    refused(
        "strategy-recreate", "Deployment", deployment(strategy={"type": "Recreate", "rollingUpdate": {}})
    ),
    refused(
        "strategy-zero",
        "Deployment",
        deployment(strategy={"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}),
    ),
    refused(
        "strategy-percent",
        "Deployment",
        deployment(strategy={"rollingUpdate": {"maxSurge": "x%", "maxUnavailable": "120%"}}),
    ),
    refused(
        "restart-policy",
        "Deployment",
        deployment(
            template={
                "metadata": {"labels": {"app": "web"}},
                "spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "b"}]},
            }
        ),
    ),
    refused("container-nameless", "Deployment", with_container(name="", image="")),
    refused("container-name", "Pod", pod_with(name="A_b")),
    refused(
        "container-twice", "Pod", pod(containers=[{"name": "a", "image": "a"}, {"name": "a", "image": "b"}])
    ),
    refused(
        "ports",
        "Pod",
        pod_with(
            ports=[
                {"containerPort": 0},
                {"containerPort": 70000, "name": "UPPER_toolong_name"},
                {"containerPort": 1, "protocol": "ICMP", "name": "a"},
                {"containerPort": 2, "name": "a"},
            ]
        ),
    ),
    refused(
        "host-ports",
        "Pod",
        pod_with(ports=[{"containerPort": 1, "hostPort": 5}, {"containerPort": 2, "hostPort": 5}]),
    ),
    refused(
        "env-names",
        "Pod",
        pod_with(
            env=[
                {"name": ""},
                {"name": "A=B"},
                {"name": "X", "value": "1", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                {"name": "Y", "valueFrom": {}},
            ]
        ),
    ),
    refused(
        "mounts",
        "Pod",
        pod_with(volumeMounts=[{"name": "no", "mountPath": "/a"}, {"name": "", "mountPath": ""}]),
    ),
    refused(
        "volumes",
        "Pod",
        pod(
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
    refused(
        "resources",
        "Pod",
        pod_with(
            resources={"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "2", "memory": "-1"}}
        ),
    ),
    refused("resource-name", "Pod", pod_with(resources={"limits": {"gpu": "1"}})),
    refused("policies", "Pod", pod(restartPolicy="Sometimes", dnsPolicy="x")),
    refused("pull-policy", "Pod", pod_with(imagePullPolicy="Maybe")),
    refused(
        "tolerations",
        "Pod",
        pod(
            tolerations=[
                {"operator": "Equal"},
                {"key": "a", "operator": "Exists", "value": "x"},
                {"key": "b", "effect": "Never", "tolerationSeconds": 3},
            ]
        ),
    ),
    refused("probe", "Pod", pod_with(livenessProbe={"successThreshold": 2, "periodSeconds": -1})),
    refused(
        "host-network-port",
        "Pod",
        pod(
            hostNetwork=True,
            containers=[{"name": "a", "image": "a", "ports": [{"containerPort": 1, "hostPort": 2}]}],
        ),
    ),
    refused("node-selector", "Pod", pod(nodeSelector={"a b": "x y"}, nodeName="A", hostname="X.y")),
    refused("Name_Of_Pod", "Pod", pod()),
    refused("Name_Of_Service", "Service", service()),
    refused("0service", "Service", service()),
    refused("name.of.namespace", "Namespace", {}),
    refused(
        "labels",
        "ConfigMap",
        {"metadata": {"labels": {"a b": "c d", "/x": "y", "UPPER/x": "y", "a/b/c": "z", "x" * 64: "y" * 64}}},
    ),
    refused("annotations", "ConfigMap", {"metadata": {"annotations": {"a b": "c"}}}),
    refused(
        "finalizers",
        "ConfigMap",
        {"metadata": {"finalizers": ["nonsense", "a b", "orphan", "foregroundDeletion"]}},
    ),
    refused(
        "owners",
        "ConfigMap",
        {"metadata": {"ownerReferences": [{"apiVersion": "", "kind": "", "name": "", "uid": ""}]}},
    ),
    refused(
        "owner-event",
        "ConfigMap",
        {"metadata": {"ownerReferences": [{"apiVersion": "v1", "kind": "Event", "name": "e", "uid": "u"}]}},
    ),
    refused(
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
    refused(
        "config-keys",
        "ConfigMap",
        {"data": {"a b": "x", "..": "y", "both": "1"}, "binaryData": {"both": "aGk="}},
    ),
    refused("secret-keys", "Secret", {"data": {"a b": "aGk="}}),
    refused("secret-base64", "Secret", {"data": {"a": "%%%"}}),
    refused("secret-type", "Secret", {"type": "kubernetes.io/tls"}),
    refused("service-no-ports", "Service", {"spec": {}}),
    refused(
        "service-ports",
        "Service",
        service(
            ports=[
                {"port": 0},
                {"port": 80, "protocol": "X", "name": "B"},
                {"port": 80, "name": "a", "targetPort": "A_b"},
                {"port": 81, "name": "a", "targetPort": 70000},
            ]
        ),
    ),
    refused(
        "service-twice", "Service", service(ports=[{"port": 80, "name": "a"}, {"port": 80, "name": "b"}])
    ),
    refused("service-type", "Service", service(type="Any", sessionAffinity="Some")),
    refused("service-external-name", "Service", {"spec": {"type": "ExternalName"}}),
    refused("service-no-node-port", "Service", service(ports=[{"port": 80, "nodePort": 31000}])),
    refused("service-selector", "Service", service(selector={"a": "b c"})),
    refused("hpa-nothing", "HorizontalPodAutoscaler", {"spec": {}}),
    refused("hpa-bounds", "HorizontalPodAutoscaler", scaler(minReplicas=7)),
    refused("hpa-zero", "HorizontalPodAutoscaler", scaler(minReplicas=0, maxReplicas=0)),
    refused(
        "hpa-target", "HorizontalPodAutoscaler", scaler(metrics=metric(type="Sum", averageUtilization=0))
    ),
    refused(
        "hpa-both",
        "HorizontalPodAutoscaler",
        scaler(metrics=metric(type="Utilization", averageUtilization=1, averageValue="-5")),
    ),
    refused("hpa-neither", "HorizontalPodAutoscaler", scaler(metrics=metric(type="Utilization"))),
    refused(
        "hpa-types",
        "HorizontalPodAutoscaler",
        scaler(
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
    refused(
        "hpa-sources",
        "HorizontalPodAutoscaler",
        scaler(
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
    refused(
        "hpa-behavior",
        "HorizontalPodAutoscaler",
        scaler(
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
    refused("hpa-behavior-empty", "HorizontalPodAutoscaler", scaler(behavior={"scaleUp": {"policies": []}})),
    refused("lease-wrong", "Lease", {"spec": {"leaseDurationSeconds": 0}}),
    refused(
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
    refused("slice-wrong", "EndpointSlice", {"addressType": "X", "endpoints": [{"addresses": []}]}),
    refused("endpoints-wrong", "Endpoints", {"subsets": [{"ports": [{"port": 0}]}]}),
    refused(
        "binding-wrong",
        "ClusterRoleBinding",
        {"roleRef": {"kind": "Thing", "name": ""}, "subjects": [{"kind": "Cat", "name": ""}]},
    ),
    refused("role-wrong", "ClusterRole", {"rules": [{"verbs": []}]}),
    refused("event-wrong", "Event", {"involvedObject": {"namespace": "other"}}),
    refused("ji-empty", "JointInferenceService", {}),
    refused("ji-empty-spec", "JointInferenceService", {"spec": {}}),
    refused("ji-unknown", "JointInferenceService", {**inference(foo=1), "bar": {}, "metadata": {"nope": 1}}),
    refused("ji-unknown-deep", "JointInferenceService", inference(cloudWorker={**worker(), "x": [{"y": 1}]})),
    refused("ji-unknown-warn", "JointInferenceService", {**inference(foo=1), "bar": {}}, validation="Warn"),
    refused(
        "ji-types",
        "JointInferenceService",
        inference(
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
    refused(
        "ji-lists",
        "JointInferenceService",
        inference(cloudWorker=worker(template={"spec": {"containers": {}, "volumes": "x"}})),
    ),
    refused("ji-null", "JointInferenceService", inference(cloudWorker=None)),
    refused(
        "ji-hpa",
        "JointInferenceService",
        inference(cloudWorker=worker(hpa={"minReplicas": "x", "maxReplicas": 1.5, "metrics": [{"type": 1}]})),
    ),
    refused("ji-hpa-bool", "JointInferenceService", inference(cloudWorker=worker(hpa={"maxReplicas": True}))),
    refused(
        "ji-quantity",
        "JointInferenceService",
        inference(
            cloudWorker=worker(
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
    refused(
        "ji-ports-twice",
        "JointInferenceService",
        inference(
            cloudWorker=worker(
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
    refused("Ji_Name", "JointInferenceService", inference()),
    refused("ji-labels", "JointInferenceService", {**inference(), "metadata": {"labels": {"a": 1}}}),
    refused("ji-finalizers", "JointInferenceService", {**inference(), "metadata": {"finalizers": ["x"]}}),
    refused("model-wrong", "Model", {"spec": {"url": 1, "format": True}}),
    story(
        "selector-immutable",
        "Deployment",
        ("create", deployment()),
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
    story(
        "patch-unknown",
        "Deployment",
        ("create", deployment()),
        (MERGE, {"spec": {"foo": 1}}),
        (STRATEGIC, {"spec": {"foo": 1}}),
        (JSON_PATCH, [{"op": "add", "path": "/spec/foo", "value": 1}]),
        (MERGE, {"spec": {"replicas": "x"}}),
        (STRATEGIC, {"spec": {"replicas": "x"}}),
        (MERGE, []),
        (STRATEGIC, {"$patch": "what"}),
        (STRATEGIC, {"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}}),
    ),
    story(
        "patch-unknown-ji",
        "JointInferenceService",
        ("create", inference()),
        (MERGE, {"spec": {"foo": 1}}),
        (MERGE, {"spec": {"cloudWorker": {"hpa": {"maxReplicas": "x"}}}}),
        (MERGE, {"spec": {"cloudWorker": None}}),
    ),
    story(
        "pod-containers",
        "Pod",
        ("create", pod()),
        (STRATEGIC, {"spec": {"containers": [{"name": "b", "image": "b"}]}}),
        (MERGE, {"spec": {"activeDeadlineSeconds": 10}}),
        (MERGE, {"spec": {"activeDeadlineSeconds": 20}}),
        (MERGE, {"spec": {"activeDeadlineSeconds": None}}),
    ),
    story("service-cluster-ip", "Service", ("create", service()), (MERGE, {"spec": {"ports": []}})),
    story(
        "cm-immutable",
        "ConfigMap",
        ("create", {"data": {"a": "b"}, "immutable": True}),
        (MERGE, {"data": {"a": "c"}}),
        (MERGE, {"immutable": False}),
    ),
    story("secret-type-fixed", "Secret", ("create", {}), (MERGE, {"type": "other"})),
    story(
        "role-ref-fixed",
        "ClusterRoleBinding",
        ("create", {"roleRef": {"kind": "ClusterRole", "name": "x"}}),
        (MERGE, {"roleRef": {"name": "y"}}),
    ),
)
