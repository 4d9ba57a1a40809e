"""Which rules stand for which built-in kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sednactl.sandbox.api.writing.field_errors import FieldError
from sednactl.sandbox.api.writing.pod_rules import pod_errors, pod_update_errors
from sednactl.sandbox.api.writing.workload_rules import (
    deployment_errors,
    replica_set_errors,
    selector_update_errors,
)

CREATE_RULES: dict[str, Callable[[dict[str, Any]], list[FieldError]]] = {
    "v1 Pod": pod_errors,
    "apps/v1 Deployment": deployment_errors,
    "apps/v1 ReplicaSet": replica_set_errors,
}
UPDATE_RULES: dict[str, Callable[[dict[str, Any], dict[str, Any]], list[FieldError]]] = {
    "Pod": pod_update_errors,
    "Deployment": selector_update_errors,
    "ReplicaSet": selector_update_errors,
}
