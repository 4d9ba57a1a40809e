"""What the sandbox must know of Kubernetes' built-in kinds, as one compact table of types.

Other than the schemas beside it, which spell types as a CRD does, this table says how
kube-apiserver itself reads, merges and writes them: list types and merge keys from the OpenAPI
document, and from `go_encoding.txt` what only the Go types say (which fields are always
written, and which scalars are pointers, so that an explicit zero is kept).

A type is `{"fields": {name: node}}`, a node `{"ref": type}` or `{"type": ...}` with `items` or
`values`; `list`, `keys`, `atomic`, `merge` and `strategy` are the x-kubernetes extensions;
`zero` is written when the field is absent, `pointer` marks a scalar that may be absent though
its zero is given, `default` is what the API server fills in.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RELEASE = "1.30"
TARGET = Path(__file__).parent / "kubernetes" / f"sandbox-{RELEASE}.json"
FACTS = Path(__file__).parent / "go_encoding.txt"

KINDS = {
    "v1": (
        "Namespace", "Node", "Pod", "Service", "Endpoints", "Event", "Secret", "ConfigMap", "ServiceAccount",
        "Binding",
    ),
    "apps/v1": ("DaemonSet", "Deployment", "ReplicaSet"),
    "autoscaling/v1": ("HorizontalPodAutoscaler", "Scale"),
    "autoscaling/v2": ("HorizontalPodAutoscaler",),
    "discovery.k8s.io/v1": ("EndpointSlice",),
    "coordination.k8s.io/v1": ("Lease",),
    "rbac.authorization.k8s.io/v1": ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"),
    "apiextensions.k8s.io/v1": ("CustomResourceDefinition",),
    "apiregistration.k8s.io/v1": ("APIService",),
    "metrics.k8s.io/v1beta1": ("PodMetrics", "NodeMetrics"),
}  # fmt: skip
PACKAGES = {
    "v1": "io.k8s.api.core.v1",
    "apps/v1": "io.k8s.api.apps.v1",
    "autoscaling/v1": "io.k8s.api.autoscaling.v1",
    "autoscaling/v2": "io.k8s.api.autoscaling.v2",
    "discovery.k8s.io/v1": "io.k8s.api.discovery.v1",
    "coordination.k8s.io/v1": "io.k8s.api.coordination.v1",
    "rbac.authorization.k8s.io/v1": "io.k8s.api.rbac.v1",
    "apiextensions.k8s.io/v1": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1",
    "apiregistration.k8s.io/v1": "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1",
    "metrics.k8s.io/v1beta1": "io.k8s.metrics.pkg.apis.metrics.v1beta1",
}
SCALARS = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "int-or-string",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "micro-time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": "any",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": "any",
}
METRICS: dict[str, Any] = {
    "ContainerMetrics": {"name": "string", "usage": {"quantities": True}},
    "PodMetrics": {"timestamp": "time", "window": "string", "containers": {"list": "ContainerMetrics"}},
    "NodeMetrics": {"timestamp": "time", "window": "string", "usage": {"quantities": True}},
}
"""The kinds of metrics-server, which Kubernetes' own OpenAPI document does not carry: our own short spelling."""

DEFAULTS: dict[str, dict[str, Any]] = {
    "core/v1.PodSpec": {
        "restartPolicy": "Always",
        "dnsPolicy": "ClusterFirst",
        "securityContext": {},
        "terminationGracePeriodSeconds": 30,
        "schedulerName": "default-scheduler",
    },
    "core/v1.Container": {
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
    },
    "core/v1.EphemeralContainer": {
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
    },
    "core/v1.ContainerPort": {"protocol": "TCP"},
    "core/v1.Probe": {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3},
    "core/v1.HTTPGetAction": {"path": "/", "scheme": "HTTP"},
    "core/v1.GRPCAction": {"service": ""},
    "core/v1.ObjectFieldSelector": {"apiVersion": "v1"},
    "core/v1.SecretVolumeSource": {"defaultMode": 420},
    "core/v1.ConfigMapVolumeSource": {"defaultMode": 420},
    "core/v1.DownwardAPIVolumeSource": {"defaultMode": 420},
    "core/v1.ProjectedVolumeSource": {"defaultMode": 420},
    "core/v1.ServiceAccountTokenProjection": {"expirationSeconds": 3600},
    "core/v1.HostPathVolumeSource": {"type": ""},
    "core/v1.ISCSIVolumeSource": {"iscsiInterface": "default"},
    "core/v1.RBDVolumeSource": {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"},
    "core/v1.AzureDiskVolumeSource": {
        "cachingMode": "ReadWrite",
        "fsType": "ext4",
        "readOnly": False,
        "kind": "Shared",
    },
    "core/v1.ScaleIOVolumeSource": {"storageMode": "ThinProvisioned", "fsType": "xfs"},
    "core/v1.PersistentVolumeClaimSpec": {"volumeMode": "Filesystem"},
    "core/v1.Secret": {"type": "Opaque"},
    "core/v1.ServiceSpec": {"sessionAffinity": "None", "type": "ClusterIP"},
    "core/v1.ServicePort": {"protocol": "TCP"},
    "core/v1.EndpointPort": {"protocol": "TCP"},
    "core/v1.NamespaceStatus": {"phase": "Active"},
    "discovery/v1.EndpointPort": {"name": "", "protocol": "TCP"},
    "apps/v1.DaemonSetSpec": {"revisionHistoryLimit": 10},
    "apps/v1.DaemonSetUpdateStrategy": {"type": "RollingUpdate"},
    "apps/v1.DeploymentSpec": {"replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600},
    "apps/v1.DeploymentStrategy": {"type": "RollingUpdate"},
    "apps/v1.ReplicaSetSpec": {"replicas": 1},
    "autoscaling/v1.HorizontalPodAutoscalerSpec": {"minReplicas": 1},
    "autoscaling/v2.HorizontalPodAutoscalerSpec": {"minReplicas": 1},
    "apiextensions/v1.CustomResourceDefinitionSpec": {"conversion": {"strategy": "None"}},
    "apiextensions/v1.ServiceReference": {"port": 443},
}
"""What the API server fills in where nothing is said, a type at a time; what depends on other fields is code."""

KEY_DEFAULTS = {"core/v1.ContainerPort": {"protocol": "TCP"}, "core/v1.ServicePort": {"protocol": "TCP"}}
"""Keys of list-maps that have a default in the published schema: apply fills them in before it compares."""


def name_of(reference: str) -> str:
    """Give a type's short name, e.g. core/v1.PodSpec."""
    package, _, kind = reference.rpartition(".")
    group, _, version = package.rpartition(".")
    return f"{group.rpartition('.')[2]}/{version}.{kind}"


def node_of(schema: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    """Rewrite one OpenAPI node; types it refers to are added to `wanted`."""
    node: dict[str, Any] = {}
    if "$ref" in schema:
        reference = schema["$ref"].rpartition("/")[2]
        if reference in SCALARS:
            node["type"] = SCALARS[reference]
        else:
            wanted.append(reference)
            node["ref"] = name_of(reference)
    else:
        kind = schema.get("type", "any")
        if isinstance(kind, list):
            kind = next(word for word in kind if word != "null")
        node["type"] = "bytes" if schema.get("format") == "byte" else kind
        if kind in ("integer", "number") and "format" in schema:
            node["format"] = schema["format"]
        if "items" in schema:
            node["items"] = node_of(schema["items"], wanted)
        if isinstance(schema.get("additionalProperties"), dict):
            node["values"] = node_of(schema["additionalProperties"], wanted)
    for key, extension in (
        ("list", "list-type"),
        ("keys", "list-map-keys"),
        ("merge", "patch-merge-key"),
        ("strategy", "patch-strategy"),
    ):
        if f"x-kubernetes-{extension}" in schema:
            node[key] = schema[f"x-kubernetes-{extension}"]
    if schema.get("x-kubernetes-map-type") == "atomic":
        node["atomic"] = True
    return node


def type_of(name: str, schema: dict[str, Any], facts: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    """Rewrite one OpenAPI type, with what the Go types say of it."""
    fields = {field: node_of(node, wanted) for field, node in sorted(schema.get("properties", {}).items())}
    for field in set(fields) & {"apiVersion", "kind"}:
        if "x-kubernetes-group-version-kind" in schema:
            fields[field] = {"type": "string"}
    for field, zero in facts["zero"].get(name, {}).items():
        if field in fields:
            fields[field]["zero"] = zero
    for field, own in facts["named"].get(name, {}).items():
        if field in fields:
            fields[field]["format"] = own
    for field in facts["pointers"].get(name, ()):
        if field in fields:
            fields[field]["pointer"] = True
    for field, default in DEFAULTS.get(name, {}).items():
        fields[field]["default"] = default
    for field, default in KEY_DEFAULTS.get(name, {}).items():
        fields[field]["key_default"] = default
    result: dict[str, Any] = {"fields": fields}
    if schema.get("x-kubernetes-map-type") == "atomic":
        result["atomic"] = True
    return result


def metrics_types(wanted: list[str]) -> dict[str, Any]:
    """Give the types of metrics-server."""
    wanted.append("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")
    result = {}
    for kind, spelled in METRICS.items():
        fields: dict[str, Any] = {}
        if kind != "ContainerMetrics":
            fields = {
                "apiVersion": {"type": "string"},
                "kind": {"type": "string"},
                "metadata": {"ref": "meta/v1.ObjectMeta", "zero": {}},
            }
        for field, said in spelled.items():
            if isinstance(said, str):
                fields[field] = {"type": said}
            elif "list" in said:
                fields[field] = {
                    "type": "array",
                    "items": {"ref": f"metrics/v1beta1.{said['list']}"},
                    "zero": None,
                }
            else:
                fields[field] = {"type": "object", "values": {"type": "quantity"}, "zero": None}
        result[f"metrics/v1beta1.{kind}"] = {"fields": fields}
    return result


def encoding_facts() -> dict[str, Any]:
    """Read which fields each type always writes, which scalars are pointers, and the strings with types of their own."""
    zeros: dict[str, dict[str, Any]] = {}
    pointers: dict[str, list[str]] = {}
    named: dict[str, dict[str, str]] = {}
    for line in FACTS.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, _, facts = line.partition(": ")
        for fact in facts.split():
            field, _, zero = fact.partition("=")
            if not zero and ":" in field:
                field, _, own = field.partition(":")
                named.setdefault(name, {})[field] = own
            elif field.endswith("*"):
                pointers.setdefault(name, []).append(field[:-1])
            else:
                zeros.setdefault(name, {})[field] = json.loads(zero)
    return {"zero": zeros, "pointers": pointers, "named": named}


def tables(source: dict[str, Any]) -> dict[str, Any]:
    """Give kinds and types, as the file holds them."""
    facts = encoding_facts()
    wanted: list[str] = []
    types = metrics_types(wanted)
    kinds = {}
    for version, names in KINDS.items():
        for kind in names:
            reference = f"{PACKAGES[version]}.{kind}"
            kinds[f"{version} {kind}"] = name_of(reference)
            if name_of(reference) not in types:
                wanted.append(reference)
    while wanted:
        reference = wanted.pop()
        name = name_of(reference)
        if name not in types:
            types[name] = {}
            types[name] = type_of(name, source[reference], facts, wanted)
    return {"kinds": kinds, "types": dict(sorted(types.items()))}


def text(source: dict[str, Any]) -> str:
    """Give the whole file: one type a line, so that a change can be read in a diff."""
    content = tables(source)
    lines = ",\n".join(
        f"{json.dumps(name)}:{json.dumps(types, separators=(',', ':'))}"
        for name, types in content["types"].items()
    )
    head = {
        "title": f"Built-in kinds of Kubernetes {RELEASE} as the sandbox's API server reads, merges and writes them",
        "$comment": "Generated by schemas/generate.py; do not edit.",
        "kinds": content["kinds"],
    }
    return json.dumps(head)[:-1] + ',\n"types":{\n' + lines + "\n}}\n"
