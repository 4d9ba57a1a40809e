"""API resources by group, version, plural and kind: Sedna's own and those its Global Manager creates."""

from __future__ import annotations

from sednactl.records import Record


class Resource(Record):
    """One kind of object as the API serves it. `group` is "" for core."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        """Give `group/version`, or the bare version for core kinds."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def full_name(self) -> str:
        """Give kubectl's name for it, e.g. `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


NAMESPACE = Resource("", "v1", "namespaces", "Namespace", namespaced=False)
NODE = Resource("", "v1", "nodes", "Node", namespaced=False)
POD = Resource("", "v1", "pods", "Pod")
SERVICE = Resource("", "v1", "services", "Service")
LIMIT_RANGE = Resource("", "v1", "limitranges", "LimitRange")
RESOURCE_QUOTA = Resource("", "v1", "resourcequotas", "ResourceQuota")
SECRET = Resource("", "v1", "secrets", "Secret")
EVENT = Resource("", "v1", "events", "Event")
DEPLOYMENT = Resource("apps", "v1", "deployments", "Deployment")
REPLICA_SET = Resource("apps", "v1", "replicasets", "ReplicaSet")
HPA = Resource("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler")
ENDPOINT_SLICE = Resource("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice")
DAEMON_SET = Resource("apps", "v1", "daemonsets", "DaemonSet")
CLUSTER_ROLE = Resource("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", False)
CLUSTER_ROLE_BINDING = Resource(
    "rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", False
)
API_SERVICE = Resource("apiregistration.k8s.io", "v1", "apiservices", "APIService", False)
POD_METRICS = Resource("metrics.k8s.io", "v1beta1", "pods", "PodMetrics")
NODE_METRICS = Resource("metrics.k8s.io", "v1beta1", "nodes", "NodeMetrics", False)
CRD = Resource("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", False)

CHILD_RESOURCES = (HPA, DEPLOYMENT, REPLICA_SET, SERVICE, POD)
"""Every kind of object that the Global Manager, or a controller for it, makes for a workload."""
