"""The objects of a Sedna installation, as data: what `install.sh` of a release puts into a cluster.

The rules of role `sedna` are those that Sedna ships. They lack one for
autoscalers; `AUTOSCALING_RULE` is what has to be added.
"""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.controllers.global_manager.rendering import Release
from sednactl.sandbox.resources import CONFIG_MAP
from sednactl.sedna.kinds import DATASET, GROUP, MODEL, SEDNA_KINDS
from sednactl.sedna.resources import (
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    DAEMON_SET,
    DEPLOYMENT,
    SERVICE,
    Resource,
)
from sednactl.sedna.resources import NAMESPACE as NAMESPACES

Json = dict[str, Any]
NAMESPACE = "sedna"
ROLE = "sedna"
GM_LABELS = {"sedna": "gm"}
LC_LABELS = {"sedna": "lc"}
VERSIONS: dict[Release, str] = {"0.7": "v0.7.0", "0.6": "v0.6.0"}

KB_SERVER = "http://kb.sedna:9020"

SERVICE_ACCOUNT = Resource("", "v1", "serviceaccounts", "ServiceAccount")

AUTOSCALING_RULE: Json = {
    "apiGroups": ["autoscaling"],
    "resources": ["horizontalpodautoscalers"],
    "verbs": ["get", "create", "update", "delete"],
}


def role_rules(*, autoscaling: bool) -> list[Json]:
    """Give the rules of role `sedna` as shipped with 0.7.0, with the missing rule where `autoscaling`."""
    workloads = [DATASET, MODEL, *(kind for kind in SEDNA_KINDS if kind not in (DATASET, MODEL))]
    plurals = [kind.plural for kind in workloads]
    work = ["create", "get", "list", "watch", "update", "delete"]
    rules = [
        _rule([GROUP], plurals, ["get", "list", "watch", "patch"]),
        _rule([GROUP], [f"{plural}/status" for plural in plurals], ["get", "update"]),
        _rule(["", "apps"], ["deployments", "pods"], work),
        _rule(["apps"], ["deployments"], [verb for verb in work if verb != "update"]),
        _rule([""], ["services", "secrets", "configmaps"], ["create", "list", "get", "delete"]),
        _rule([""], ["nodes"], ["get", "list"]),
        _rule([""], ["events"], ["create", "patch", "watch", "delete", "list", "get"]),
    ]
    return [*rules, AUTOSCALING_RULE] if autoscaling else rules


def installation(
    release: Release = "0.7", *, autoscaling: bool = False, local_controllers: bool = True
) -> list[tuple[Resource, Json]]:
    """Give every object of an installation with its kind, in the order in which they can be created.

    `local_controllers` asks for the DaemonSet `lc`, which a cluster has to serve.
    """
    objects = [
        (NAMESPACES, _object(NAMESPACES, NAMESPACE, namespaced=False)),
        (SERVICE_ACCOUNT, _object(SERVICE_ACCOUNT, ROLE)),
        (
            CLUSTER_ROLE,
            {
                **_object(CLUSTER_ROLE, ROLE, namespaced=False),
                "rules": role_rules(autoscaling=autoscaling),
            },
        ),
        (CLUSTER_ROLE_BINDING, _binding()),
        (CONFIG_MAP, {**_object(CONFIG_MAP, "gm-config"), "data": {"gm.yaml": _CONFIGURATION}}),
        (SERVICE, _service("gm", 9000)),
        (DEPLOYMENT, _global_manager(VERSIONS[release])),
        (SERVICE, _service("kb", 9020)),
        (DEPLOYMENT, _knowledge_base(VERSIONS[release])),
    ]
    if local_controllers:
        objects.append((DAEMON_SET, _local_controller(VERSIONS[release])))
    return objects


_CONFIGURATION = f"""\
kubeConfig: ""
master: ""
namespace: ""
websocket:
  address: 0.0.0.0
  port: 9000
localController:
  server: http://localhost:9100
knowledgeBaseServer:
  server: {KB_SERVER}
"""


def _rule(groups: list[str], resources: list[str], verbs: list[str]) -> Json:
    return {"apiGroups": groups, "resources": resources, "verbs": verbs}


def _object(resource: Resource, name: str, *, namespaced: bool = True) -> Json:
    metadata = {"name": name} | ({"namespace": NAMESPACE} if namespaced else {})
    return {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata}


def _binding() -> Json:
    return {
        **_object(CLUSTER_ROLE_BINDING, ROLE, namespaced=False),
        "roleRef": {"apiGroup": CLUSTER_ROLE.group, "kind": CLUSTER_ROLE.kind, "name": ROLE},
        "subjects": [{"kind": SERVICE_ACCOUNT.kind, "name": ROLE, "namespace": NAMESPACE}],
    }


def _service(name: str, port: int) -> Json:
    ports = [{"name": "tcp-0", "protocol": "TCP", "port": port, "targetPort": port}]
    return {
        **_object(SERVICE, name),
        "spec": {"selector": {"sedna": name}, "type": "ClusterIP", "ports": ports},
    }


def _global_manager(version: str) -> Json:
    container = {
        "name": "gm",
        "image": f"kubeedge/sedna-gm:{version}",
        "command": ["sedna-gm", "--config", "/config/gm.yaml", "-v2"],
        "volumeMounts": [{"name": "gm-config", "mountPath": "/config"}],
        "resources": {"requests": {"memory": "32Mi", "cpu": "100m"}, "limits": {"memory": "256Mi"}},
    }
    return _cloud_deployment("gm", container, {"name": "gm-config", "configMap": {"name": "gm-config"}})


def _knowledge_base(version: str) -> Json:
    container = {
        "name": "kb",
        "image": f"kubeedge/sedna-kb:{version}",
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": "KB_URL", "value": "sqlite:///db/kb.sqlite3"}],
        "volumeMounts": [{"name": "kb-url", "mountPath": "/db"}],
        "resources": {"requests": {"memory": "256Mi", "cpu": "100m"}, "limits": {"memory": "512Mi"}},
    }
    folder = {"path": "/opt/kb-data", "type": "DirectoryOrCreate"}
    return _cloud_deployment("kb", container, {"name": "kb-url", "hostPath": folder})


def _cloud_deployment(name: str, container: Json, volume: Json) -> Json:
    """Give a Deployment of one replica that no edge node gets."""
    no_edge = [{"key": "node-role.kubernetes.io/edge", "operator": "DoesNotExist"}]
    required = {"nodeSelectorTerms": [{"matchExpressions": no_edge}]}
    spec = {
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}},
        "serviceAccountName": ROLE,
        "containers": [container],
        "volumes": [volume],
    }
    labels = {"sedna": name}
    body = _object(DEPLOYMENT, name)
    body["metadata"]["labels"] = labels
    body["spec"] = {
        "replicas": 1,
        "selector": {"matchLabels": dict(labels)},
        "template": {"metadata": {"labels": dict(labels)}, "spec": spec},
    }
    return body


def _local_controller(version: str) -> Json:
    container = {
        "name": "lc",
        "image": f"kubeedge/sedna-lc:{version}",
        "env": [
            {"name": "GM_ADDRESS", "value": "gm.sedna:9000"},
            {"name": "BIND_PORT", "value": "9100"},
            {"name": "NODENAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
            {"name": "ROOTFS_MOUNT_DIR", "value": "/rootfs"},
        ],
        "resources": {"requests": {"memory": "32Mi", "cpu": "100m"}, "limits": {"memory": "128Mi"}},
        "volumeMounts": [{"name": "localcontroller", "mountPath": "/rootfs"}],
    }
    spec = {
        "containers": [container],
        "volumes": [{"name": "localcontroller", "hostPath": {"path": "/"}}],
        "restartPolicy": "Always",
        "hostNetwork": True,
        "dnsPolicy": "ClusterFirstWithHostNet",
    }
    body = _object(DAEMON_SET, "lc")
    body["metadata"]["labels"] = dict(LC_LABELS)
    body["spec"] = {
        "selector": {"matchLabels": dict(LC_LABELS)},
        "template": {"metadata": {"labels": dict(LC_LABELS)}, "spec": spec},
    }
    return body
