"""Specs of pods that Kubernetes refuses or takes, one slip each: asked of our rules, the sandbox and a real server."""

from __future__ import annotations

from typing import Any

from tests.validation.test_rules import REMOVED, changed

POD: dict[str, Any] = {
    "containers": [
        {
            "name": "worker",
            "image": "example/worker:v1",
            "ports": [{"name": "serve", "containerPort": 5000}],
            "env": [{"name": "THRESHOLD", "value": "0.9"}],
            "resources": {"requests": {"cpu": "500m"}, "limits": {"cpu": "1024m", "memory": "1Gi"}},
            "volumeMounts": [{"name": "data", "mountPath": "/data"}],
        }
    ],
    "volumes": [{"name": "data", "hostPath": {"path": "/data", "type": "Directory"}}],
}
ONE = "containers.0"
INIT = {"name": "prepare", "image": "example/prepare:v1"}
NODE_TERMS = "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"


def terms(**expression: Any) -> dict[str, Any]:
    return {NODE_TERMS: [{"matchExpressions": [{"key": "zone", **expression}]}]}


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    # rule, what is spoiled, where it is found below the pod's spec
    ("SDN137", {f"{ONE}.imagePullPolicy": "Foo"}, "containers[0].imagePullPolicy"),
    ("SDN137", {f"{ONE}.terminationMessagePolicy": "file"}, "containers[0].terminationMessagePolicy"),
    ("SDN137", {f"{ONE}.ports.0.protocol": "HTTP"}, "containers[0].ports[0].protocol"),
    (
        "SDN137",
        {f"{ONE}.volumeMounts.0.mountPropagation": ""},
        "containers[0].volumeMounts[0].mountPropagation",
    ),
    (
        "SDN137",
        {f"{ONE}.livenessProbe": {"httpGet": {"port": 1, "scheme": "http"}}},
        "containers[0].livenessProbe.httpGet.scheme",
    ),
    ("SDN137", {"dnsPolicy": "Foo"}, "dnsPolicy"),
    ("SDN137", {"preemptionPolicy": "Always"}, "preemptionPolicy"),
    ("SDN137", {"os": {"name": "Linux"}}, "os.name"),
    ("SDN137", {"tolerations": [{"key": "a", "operator": "In"}]}, "tolerations[0].operator"),
    ("SDN137", {"tolerations": [{"key": "a", "effect": "NoRun"}]}, "tolerations[0].effect"),
    ("SDN137", {"securityContext": {"fsGroupChangePolicy": "Never"}}, "securityContext.fsGroupChangePolicy"),
    (
        "SDN137",
        {"securityContext": {"seccompProfile": {"type": "Runtime"}}},
        "securityContext.seccompProfile.type",
    ),
    ("SDN137", {"volumes.0.hostPath.type": "directory"}, "volumes[0].hostPath.type"),
    ("SDN137", {"initContainers": [INIT | {"restartPolicy": "Never"}]}, "initContainers[0].restartPolicy"),
    ("SDN137", terms(operator="in", values=["a"]), f"{NODE_TERMS}[0].matchExpressions[0].operator"),
    (
        "SDN137",
        {"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "Foo"}]},
        "topologySpreadConstraints[0].whenUnsatisfiable",
    ),
    ("SDN138", {f"{ONE}.resources.requests.cpu": "5"}, "containers[0].resources.requests.cpu"),
    ("SDN138", {f"{ONE}.resources.requests.cpu": 5}, "containers[0].resources.requests.cpu"),
    ("SDN138", {f"{ONE}.resources.requests.memory": "1.1Gi"}, "containers[0].resources.requests.memory"),
    ("SDN138", {f"{ONE}.resources.limits.memory": "-1Gi"}, "containers[0].resources.limits.memory"),
    ("SDN138", {f"{ONE}.resources.requests.cpu": "-500m"}, "containers[0].resources.requests.cpu"),
    ("SDN138", {f"{ONE}.resources.limits.gpu": "1"}, "containers[0].resources.limits.gpu"),
    (
        "SDN138",
        {f"{ONE}.resources.limits": {"a.com/gpu": "500m"}},
        "containers[0].resources.limits[a.com/gpu]",
    ),
    (
        "SDN138",
        {f"{ONE}.resources.requests": {"a.com/gpu": "1"}},
        "containers[0].resources.requests[a.com/gpu]",
    ),
    (
        "SDN138",
        {f"{ONE}.resources": {"requests": {"a.com/gpu": "1"}, "limits": {"a.com/gpu": "2"}}},
        "containers[0].resources.requests[a.com/gpu]",
    ),
    ("SDN138", {f"{ONE}.resources": {"limits": {"hugepages-2Mi": "4Mi"}}}, "containers[0].resources"),
    ("SDN139", {f"{ONE}.ports.0.containerPort": 70000}, "containers[0].ports[0].containerPort"),
    ("SDN139", {f"{ONE}.ports.0.containerPort": 0}, "containers[0].ports[0].containerPort"),
    ("SDN139", {f"{ONE}.ports.0.hostPort": -1}, "containers[0].ports[0].hostPort"),
    ("SDN139", {f"{ONE}.ports.0.name": "Serve"}, "containers[0].ports[0].name"),
    ("SDN139", {f"{ONE}.ports.0.name": "a-much-too-long-one"}, "containers[0].ports[0].name"),
    ("SDN139", {f"{ONE}.ports.0.name": "5000"}, "containers[0].ports[0].name"),
    (
        "SDN139",
        {f"{ONE}.ports": [{"name": "a", "containerPort": 1}, {"name": "a", "containerPort": 2}]},
        "containers[0].ports[1].name",
    ),
    (
        "SDN139",
        {f"{ONE}.ports": [{"hostPort": 9, "containerPort": 1}, {"hostPort": 9, "containerPort": 2}]},
        "containers[0].ports[1].hostPort",
    ),
    ("SDN139", {"hostNetwork": True, f"{ONE}.ports.0.hostPort": 5001}, "containers[0].ports[0].hostPort"),
    (
        "SDN139",
        {
            f"{ONE}.ports.0.hostPort": 5000,
            "containers": [
                {"name": name, "image": "a", "ports": [{"hostPort": 5000, "containerPort": 5000}]}
                for name in ("a", "b")
            ],
        },
        "containers[1].ports[0].hostPort",
    ),
    ("SDN141", {f"{ONE}.env.0.name": ""}, "containers[0].env[0].name"),
    ("SDN141", {f"{ONE}.env.0.name": "A=B"}, "containers[0].env[0].name"),
    ("SDN141", {f"{ONE}.env.0.name": "Ä"}, "containers[0].env[0].name"),
    ("SDN141", {f"{ONE}.env.0": {"name": "A", "valueFrom": {}}}, "containers[0].env[0].valueFrom"),
    (
        "SDN141",
        {f"{ONE}.env.0.valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        "containers[0].env[0].valueFrom",
    ),
    (
        "SDN141",
        {f"{ONE}.env.0": {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "spec.hostname"}}}},
        "containers[0].env[0].valueFrom.fieldRef",
    ),
    (
        "SDN141",
        {f"{ONE}.env.0": {"name": "A", "valueFrom": {"resourceFieldRef": {"resource": "cpu"}}}},
        "containers[0].env[0].valueFrom.resourceFieldRef",
    ),
    (
        "SDN141",
        {f"{ONE}.env.0": {"name": "A", "valueFrom": {"secretKeyRef": {"key": "a"}}}},
        "containers[0].env[0].valueFrom.secretKeyRef",
    ),
    (
        "SDN141",
        {f"{ONE}.env.0": {"name": "A", "valueFrom": {"secretKeyRef": {"name": "a", "key": ""}}}},
        "containers[0].env[0].valueFrom.secretKeyRef.key",
    ),
    (
        "SDN141",
        {
            f"{ONE}.env.0": {
                "name": "A",
                "valueFrom": {
                    "secretKeyRef": {"name": "a", "key": "a"},
                    "configMapKeyRef": {"name": "a", "key": "a"},
                },
            }
        },
        "containers[0].env[0].valueFrom.secretKeyRef",
    ),
    ("SDN141", {f"{ONE}.envFrom": [{"prefix": "A_"}]}, "containers[0].envFrom[0]"),
    (
        "SDN141",
        {f"{ONE}.envFrom": [{"secretRef": {"name": "A_"}}]},
        "containers[0].envFrom[0].secretRef.name",
    ),
    ("SDN142", {"volumes.0.emptyDir": {}}, "volumes[0].emptyDir"),
    ("SDN142", {"volumes.0.name": "Data", f"{ONE}.volumeMounts.0.name": "Data"}, "volumes[0].name"),
    ("SDN142", {"volumes.0.hostPath": {"path": ""}}, "volumes[0].hostPath"),
    ("SDN142", {"volumes.0.hostPath": {"path": "/a/../b"}}, "volumes[0].hostPath.path"),
    ("SDN142", {"volumes.0": {"name": "data", "secret": {}}}, "volumes[0].secret"),
    ("SDN142", {"volumes.0": {"name": "data", "configMap": {}}}, "volumes[0].configMap"),
    (
        "SDN142",
        {"volumes.0": {"name": "data", "persistentVolumeClaim": {"claimName": ""}}},
        "volumes[0].persistentVolumeClaim",
    ),
    (
        "SDN142",
        {"volumes.0": {"name": "data", "secret": {"secretName": "a", "defaultMode": 1000}}},
        "volumes[0].secret.defaultMode",
    ),
    (
        "SDN142",
        {"volumes.0": {"name": "data", "emptyDir": {"sizeLimit": "-1Gi"}}},
        "volumes[0].emptyDir.sizeLimit",
    ),
    ("SDN143", {f"{ONE}.volumeMounts.0.mountPath": ""}, "containers[0].volumeMounts[0].mountPath"),
    ("SDN143", {f"{ONE}.volumeMounts.0.name": ""}, "containers[0].volumeMounts[0].name"),
    ("SDN143", {f"{ONE}.volumeMounts.0.subPath": "/a"}, "containers[0].volumeMounts[0].subPath"),
    ("SDN143", {f"{ONE}.volumeMounts.0.subPath": "../a"}, "containers[0].volumeMounts[0].subPath"),
    (
        "SDN143",
        {f"{ONE}.volumeMounts.0.subPath": "a", f"{ONE}.volumeMounts.0.subPathExpr": "b"},
        "containers[0].volumeMounts[0].subPathExpr",
    ),
    (
        "SDN143",
        {f"{ONE}.volumeMounts.0.mountPropagation": "Bidirectional"},
        "containers[0].volumeMounts[0].mountPropagation",
    ),
    ("SDN144", {"initContainers": [INIT | {"name": "worker"}]}, "initContainers[0].name"),
    ("SDN144", {f"{ONE}.restartPolicy": "Always"}, "containers[0].restartPolicy"),
    ("SDN144", {"ephemeralContainers": [INIT]}, "ephemeralContainers"),
    (
        "SDN143",
        {f"{ONE}.volumeDevices": [{"name": "data", "devicePath": "/d"}]},
        "containers[0].volumeDevices[0]",
    ),
    ("SDN148", {"dnsConfig": {"options": [{"value": "1"}]}}, "dnsConfig.options[0]"),
    ("SDN148", {"readinessGates": [{"conditionType": "a b"}]}, "readinessGates[0].conditionType"),
    ("SDN149", {"serviceAccount": "Me"}, "serviceAccount"),
    ("SDN149", {"runtimeClassName": ""}, "runtimeClassName"),
    ("SDN145", {f"{ONE}.readinessProbe": {}}, "containers[0].readinessProbe"),
    ("SDN145", {f"{ONE}.livenessProbe": {"exec": {}}}, "containers[0].livenessProbe.exec"),
    (
        "SDN145",
        {f"{ONE}.livenessProbe": {"tcpSocket": {"port": 1}, "grpc": {"port": 1}}},
        "containers[0].livenessProbe.grpc",
    ),
    (
        "SDN145",
        {f"{ONE}.livenessProbe": {"tcpSocket": {"port": 70000}}},
        "containers[0].livenessProbe.tcpSocket.port",
    ),
    (
        "SDN145",
        {f"{ONE}.livenessProbe": {"tcpSocket": {"port": "Serve"}}},
        "containers[0].livenessProbe.tcpSocket.port",
    ),
    (
        "SDN145",
        {f"{ONE}.livenessProbe": {"tcpSocket": {"port": 1}, "periodSeconds": -1}},
        "containers[0].livenessProbe.periodSeconds",
    ),
    (
        "SDN145",
        {f"{ONE}.startupProbe": {"tcpSocket": {"port": 1}, "successThreshold": 2}},
        "containers[0].startupProbe.successThreshold",
    ),
    (
        "SDN145",
        {f"{ONE}.readinessProbe": {"tcpSocket": {"port": 1}, "terminationGracePeriodSeconds": 5}},
        "containers[0].readinessProbe.terminationGracePeriodSeconds",
    ),
    ("SDN145", {f"{ONE}.lifecycle": {"preStop": {}}}, "containers[0].lifecycle.preStop"),
    (
        "SDN145",
        {"initContainers": [INIT | {"livenessProbe": {"tcpSocket": {"port": 1}}}]},
        "initContainers[0].livenessProbe",
    ),
    ("SDN146", {"activeDeadlineSeconds": 0}, "activeDeadlineSeconds"),
    ("SDN146", {"securityContext": {"runAsUser": -1}}, "securityContext.runAsUser"),
    ("SDN146", {f"{ONE}.securityContext": {"runAsGroup": 2**31}}, "containers[0].securityContext.runAsGroup"),
    ("SDN147", {"nodeSelector": {"a/b/c": "x"}}, "nodeSelector[a/b/c]"),
    ("SDN147", {"nodeSelector": {"zone": "a b"}}, "nodeSelector.zone"),
    ("SDN147", {"tolerations": [{"effect": "NoSchedule"}]}, "tolerations[0]"),
    ("SDN147", {"tolerations": [{"key": "a b", "operator": "Exists"}]}, "tolerations[0].key"),
    ("SDN147", {"tolerations": [{"key": "a", "operator": "Exists", "value": "b"}]}, "tolerations[0].value"),
    ("SDN147", {"tolerations": [{"key": "a", "tolerationSeconds": 5}]}, "tolerations[0].tolerationSeconds"),
    (
        "SDN147",
        {
            "topologySpreadConstraints": [
                {"maxSkew": 0, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
            ]
        },
        "topologySpreadConstraints[0].maxSkew",
    ),
    ("SDN147", {NODE_TERMS: []}, NODE_TERMS),
    ("SDN147", terms(operator="In"), f"{NODE_TERMS}[0].matchExpressions[0]"),
    ("SDN147", terms(operator="Exists", values=["a"]), f"{NODE_TERMS}[0].matchExpressions[0]"),
    ("SDN147", terms(operator="Gt", values=["1", "2"]), f"{NODE_TERMS}[0].matchExpressions[0]"),
    (
        "SDN147",
        {
            "affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 0, "preference": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}}
            ]
        },
        "affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight",
    ),
    ("SDN148", {"hostname": "a.b"}, "hostname"),
    ("SDN148", {"subdomain": "A"}, "subdomain"),
    ("SDN148", {"dnsPolicy": "None"}, "dnsPolicy"),
    ("SDN148", {"dnsConfig": {"nameservers": ["dns.local"]}}, "dnsConfig.nameservers[0]"),
    ("SDN148", {"dnsConfig": {"nameservers": [f"10.0.0.{n}" for n in range(4)]}}, "dnsConfig.nameservers"),
    ("SDN148", {"hostAliases": [{"ip": "localhost", "hostnames": ["a"]}]}, "hostAliases[0].ip"),
    ("SDN148", {"hostAliases": [{"ip": "10.0.0.1", "hostnames": ["A_b"]}]}, "hostAliases[0].hostnames[0]"),
    ("SDN149", {"serviceAccountName": "Me"}, "serviceAccountName"),
    ("SDN149", {"priorityClassName": "High Priority"}, "priorityClassName"),
    ("SDN149", {"shareProcessNamespace": True, "hostPID": True}, "shareProcessNamespace"),
    (
        "SDN149",
        {f"{ONE}.securityContext": {"privileged": True, "allowPrivilegeEscalation": False}},
        "containers[0].securityContext.allowPrivilegeEscalation",
    ),
]
TAKEN: list[dict[str, Any]] = [
    {},
    {f"{ONE}.imagePullPolicy": "", f"{ONE}.ports.0.protocol": "", "dnsPolicy": "", "restartPolicy": ""},
    {f"{ONE}.imagePullPolicy": "Never", f"{ONE}.ports.0.protocol": "SCTP", "dnsPolicy": "Default"},
    {f"{ONE}.resources.requests.cpu": "1024m"},
    {f"{ONE}.resources.requests.cpu": 1},
    {f"{ONE}.resources.limits.cpu": 0, f"{ONE}.resources.requests": REMOVED},
    {f"{ONE}.resources.limits": {"a.com/gpu": 1, "cpu": "2"}},
    {f"{ONE}.resources": {"requests": {"memory": "1Gi"}, "limits": {"hugepages-2Mi": "4Mi"}}},
    {f"{ONE}.ports": [{"containerPort": 5000}, {"containerPort": 65535, "hostPort": 0}]},
    {"hostNetwork": True, f"{ONE}.ports.0.hostPort": 5000},
    {f"{ONE}.ports": [{"containerPort": 53, "hostPort": 53, "protocol": word} for word in ("TCP", "UDP")]},
    {f"{ONE}.env.0": {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['a/b']"}}}},
    {f"{ONE}.env.0": {"name": "A.b-c_1", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}},
    {f"{ONE}.envFrom": [{"prefix": "A_", "secretRef": {"name": "a.b"}}]},
    {"volumes": [{"name": "data"}]},
    {"volumes.0.hostPath": {"path": "/a/..b", "type": ""}},
    {"volumes.0": {"name": "data", "emptyDir": {"sizeLimit": "1Gi", "medium": "Memory"}}},
    {"volumes.0": {"name": "data", "secret": {"secretName": "a", "defaultMode": 0o777}}},
    {f"{ONE}.volumeMounts.0.subPath": "a/..b", f"{ONE}.volumeMounts.0.mountPropagation": "None"},
    {"initContainers": [INIT]},
    {
        "initContainers": [
            INIT | {"restartPolicy": "Always", "readinessProbe": {"exec": {"command": ["true"]}}}
        ]
    },
    {f"{ONE}.livenessProbe": {"httpGet": {"port": "serve"}, "successThreshold": 1, "periodSeconds": 0}},
    {f"{ONE}.readinessProbe": {"grpc": {"port": 5000}, "successThreshold": 3}},
    {f"{ONE}.lifecycle": {"preStop": {"sleep": {"seconds": 5}}, "postStart": {"exec": {"command": ["a"]}}}},
    {"securityContext": {"runAsUser": 0, "fsGroup": 2**31 - 1, "seccompProfile": {"type": "Unconfined"}}},
    {"nodeSelector": {"kubernetes.io/hostname": "edge-1", "empty": ""}},
    {"tolerations": [{"operator": "Exists"}, {"key": "a", "effect": "NoExecute", "tolerationSeconds": -1}]},
    terms(operator="NotIn", values=["a"]),
    terms(operator="Lt", values=["5"]),
    {"dnsPolicy": "None", "dnsConfig": {"nameservers": ["10.0.0.1", "fd00::1"], "searches": ["a."]}},
    {"hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a.b"]}], "hostname": "a", "subdomain": "b"},
    {"serviceAccountName": "a.b", "priorityClassName": "system-node-critical", "hostPID": True},
    {"terminationGracePeriodSeconds": -1, "imagePullSecrets": [{}]},
]


def spoiled(changes: dict[str, Any]) -> dict[str, Any]:
    """Give the pod's spec with changes at dotted paths."""
    return changed(POD, changes)


def deployment(pod: dict[str, Any]) -> dict[str, Any]:
    """Give a Deployment of such pods, as the Global Manager would make it."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "made", "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": {"app": "made"}},
            "template": {"metadata": {"labels": {"app": "made"}}, "spec": pod},
        },
    }
