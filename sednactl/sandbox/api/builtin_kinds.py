"""The built-in kinds that the sandbox serves, as kube-apiserver serves them."""

from __future__ import annotations

from sednactl.sandbox.api.kinds import READ, Kind, ScalePaths

_STATUS = ("status",)
_SCALED = ScalePaths(selector="spec.selector")

_POD_FIELDS = tuple(
    (path, path)
    for path in (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    )
)
_EVENT_FIELDS = (
    *(
        (path, path)
        for path in (
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "type",
        )
    ),
    ("source", "source.component"),
)
_RBAC = "rbac.authorization.k8s.io"
METRICS = "metrics.k8s.io"
_NO_COLLECTION = ("create", "delete", "get", "list", "patch", "update", "watch")

BUILTIN_KINDS = (
    Kind("", "v1", "configmaps", "ConfigMap", short_names=("cm",)),
    Kind("", "v1", "endpoints", "Endpoints", singular="endpoints", short_names=("ep",), created_by_update=True),
    Kind("", "v1", "events", "Event", short_names=("ev",), fields=_EVENT_FIELDS, created_by_update=True),
    Kind(
        "", "v1", "namespaces", "Namespace", False,
        short_names=("ns",),
        subresources=("finalize", "status"),
        verbs=_NO_COLLECTION,
        fields=(("status.phase", "status.phase"),),
        deletion_gives_object=True,
    ),
    Kind(
        "", "v1", "nodes", "Node", False,
        short_names=("no",),
        subresources=_STATUS,
        fields=(("spec.unschedulable", "spec.unschedulable"),),
    ),
    Kind(
        "", "v1", "pods", "Pod",
        short_names=("po",),
        categories=("all",),
        subresources=("binding", "eviction", "log", "status"),
        fields=_POD_FIELDS,
        deletion_gives_object=True,
    ),
    Kind("", "v1", "secrets", "Secret", fields=(("type", "type"),)),
    Kind("", "v1", "serviceaccounts", "ServiceAccount", short_names=("sa",), deletion_gives_object=True),
    Kind(
        "", "v1", "services", "Service",
        short_names=("svc",),
        categories=("all",),
        subresources=_STATUS,
        fields=(("spec.clusterIP", "spec.clusterIP"), ("spec.type", "spec.type")),
        created_by_update=True,
        deletion_gives_object=True,
    ),
    Kind(
        "apps", "v1", "daemonsets", "DaemonSet",
        short_names=("ds",),
        categories=("all",),
        subresources=_STATUS,
        counts_generation=True,
    ),
    Kind(
        "apps", "v1", "deployments", "Deployment",
        short_names=("deploy",),
        categories=("all",),
        subresources=("scale", "status"),
        counts_generation=True,
        scale=_SCALED,
    ),
    Kind(
        "apps", "v1", "replicasets", "ReplicaSet",
        short_names=("rs",),
        categories=("all",),
        subresources=("scale", "status"),
        fields=(("status.replicas", "status.replicas"),),
        counts_generation=True,
        scale=_SCALED,
    ),
    Kind(
        "autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler",
        short_names=("hpa",), categories=("all",), subresources=_STATUS,
    ),
    Kind(
        "autoscaling", "v1", "horizontalpodautoscalers", "HorizontalPodAutoscaler",
        short_names=("hpa",), categories=("all",), subresources=_STATUS, stored_as="v2",
    ),
    Kind(
        "coordination.k8s.io", "v1", "leases", "Lease",
        unconditional_update=False, created_by_update=True,
    ),
    Kind("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", counts_generation=True),
    Kind(_RBAC, "v1", "roles", "Role", created_by_update=True),
    Kind(_RBAC, "v1", "rolebindings", "RoleBinding", created_by_update=True),
    Kind(_RBAC, "v1", "clusterroles", "ClusterRole", False, created_by_update=True),
    Kind(_RBAC, "v1", "clusterrolebindings", "ClusterRoleBinding", False, created_by_update=True),
    Kind(
        "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", False,
        short_names=("crd", "crds"),
        categories=("api-extensions",),
        subresources=_STATUS,
        counts_generation=True,
        unconditional_update=False,
    ),
    Kind(
        "apiregistration.k8s.io", "v1", "apiservices", "APIService", False,
        categories=("api-extensions",),
        verbs=READ,
    ),
    Kind(METRICS, "v1beta1", "nodes", "NodeMetrics", False, singular="node"),
    Kind(METRICS, "v1beta1", "pods", "PodMetrics", singular="pod"),
)  # fmt: skip
