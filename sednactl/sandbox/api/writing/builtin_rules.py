"""Which rules stand for which built-in kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sednactl.sandbox.api.writing.autoscaler_rules import autoscaler_errors
from sednactl.sandbox.api.writing.configuration_rules import (
    cluster_role_binding_errors,
    cluster_role_errors,
    config_map_errors,
    config_map_update_errors,
    event_errors,
    lease_errors,
    node_errors,
    role_binding_errors,
    role_errors,
    role_reference_update_errors,
    secret_errors,
    secret_update_errors,
)
from sednactl.sandbox.api.writing.daemon_set_rules import daemon_set_errors
from sednactl.sandbox.api.writing.field_errors import FieldError
from sednactl.sandbox.api.writing.pod_rules import pod_errors, pod_update_errors
from sednactl.sandbox.api.writing.service_rules import (
    endpoints_errors,
    service_errors,
    service_update_errors,
    slice_errors,
    slice_update_errors,
)
from sednactl.sandbox.api.writing.workload_rules import (
    deployment_errors,
    replica_set_errors,
    selector_update_errors,
)

CREATE_RULES: dict[str, Callable[[dict[str, Any]], list[FieldError]]] = {
    "Pod": pod_errors,
    "DaemonSet": daemon_set_errors,
    "Deployment": deployment_errors,
    "ReplicaSet": replica_set_errors,
    "HorizontalPodAutoscaler": autoscaler_errors,
    "Service": service_errors,
    "Endpoints": endpoints_errors,
    "EndpointSlice": slice_errors,
    "ConfigMap": config_map_errors,
    "Secret": secret_errors,
    "Lease": lease_errors,
    "Event": event_errors,
    "Node": node_errors,
    "ClusterRole": cluster_role_errors,
    "Role": role_errors,
    "ClusterRoleBinding": cluster_role_binding_errors,
    "RoleBinding": role_binding_errors,
}
UPDATE_RULES: dict[str, Callable[[dict[str, Any], dict[str, Any]], list[FieldError]]] = {
    "Pod": pod_update_errors,
    "DaemonSet": selector_update_errors,
    "Deployment": selector_update_errors,
    "ReplicaSet": selector_update_errors,
    "Service": service_update_errors,
    "EndpointSlice": slice_update_errors,
    "ConfigMap": config_map_update_errors,
    "Secret": secret_update_errors,
    "ClusterRoleBinding": role_reference_update_errors,
    "RoleBinding": role_reference_update_errors,
}
