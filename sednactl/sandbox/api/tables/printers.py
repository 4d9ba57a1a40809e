"""Which kind is printed how; custom kinds by the columns that their definition names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sednactl.sandbox.api.kinds import Shelf
from sednactl.sandbox.api.tables import cluster, workloads
from sednactl.sandbox.api.tables.columns import AGE, NAME, Column, Printer, age, name, since
from sednactl.sandbox.api.tables.pods import POD
from sednactl.sandbox.api.text import Json, encode, read_time

_RBAC = "rbac.authorization.k8s.io"
PRINTERS: dict[Shelf, Printer] = {
    ("", "pods"): POD,
    ("", "nodes"): cluster.NODE,
    ("", "namespaces"): cluster.NAMESPACE,
    ("", "services"): cluster.SERVICE,
    ("", "endpoints"): cluster.ENDPOINTS,
    ("", "events"): cluster.EVENT,
    ("", "configmaps"): cluster.CONFIG_MAP,
    ("", "secrets"): cluster.SECRET,
    ("", "serviceaccounts"): cluster.SERVICE_ACCOUNT,
    ("apps", "daemonsets"): workloads.DAEMON_SET,
    ("apps", "deployments"): workloads.DEPLOYMENT,
    ("apps", "replicasets"): workloads.REPLICA_SET,
    ("autoscaling", "horizontalpodautoscalers"): workloads.AUTOSCALER,
    ("coordination.k8s.io", "leases"): cluster.LEASE,
    ("discovery.k8s.io", "endpointslices"): cluster.ENDPOINT_SLICE,
    (_RBAC, "roles"): cluster.ROLE,
    (_RBAC, "rolebindings"): cluster.ROLE_BINDING,
    (_RBAC, "clusterroles"): cluster.ROLE,
    (_RBAC, "clusterrolebindings"): cluster.ROLE_BINDING,
    ("apiextensions.k8s.io", "customresourcedefinitions"): cluster.DEFINITION,
    ("apiregistration.k8s.io", "apiservices"): cluster.API_SERVICE,
}


_AGE_AS_DATE = replace(AGE, type="date")


def printer_of_custom(custom: Mapping[str, Any]) -> Printer:
    """Give the printer of a custom kind's version: NAME and AGE where it names no columns."""
    wanted = custom.get("additionalPrinterColumns") or ()
    if not wanted:
        return Printer((NAME, _AGE_AS_DATE), lambda content, now: [name(content), age(content, now)])
    columns = [
        Column(
            one["name"],
            one.get("description") or f"The value at {one['jsonPath']}.",
            one.get("type", "string"),
            one.get("format", ""),
            one.get("priority", 0),
        )
        for one in wanted
    ]
    paths = [one["jsonPath"] for one in wanted]

    def cells(content: Json, now: datetime) -> list[Any]:
        found = [
            _cell(column.type, value_at(content, path), now)
            for column, path in zip(columns, paths, strict=True)
        ]
        return [name(content), *found]

    return Printer((NAME, *columns), cells)


_STEP = re.compile(
    r"\[\?\(@\.(?P<key>\w+)\s*==\s*['\"](?P<wanted>[^'\"]*)['\"]\)\]"
    r"|\[(?:'(?P<single>[^']+)'|\"(?P<double>[^\"]+)\"|(?P<index>\d+)|\*)\]"
    r"|\.?(?P<field>[^.\[\]]+)"
)


def value_at(content: Any, path: str) -> Any:
    """Give what a simple JSONPath leads to (fields, indexes, filters by equality); None where it leads nowhere."""
    here = content
    for match in _STEP.finditer(path.replace("\\.", "\0")):
        step = match["field"] or match["single"] or match["double"]
        if match["key"]:
            many = here if isinstance(here, list) else ()
            found = [
                one for one in many if isinstance(one, dict) and str(one.get(match["key"])) == match["wanted"]
            ]
            here = found[0] if found else None
        elif step:
            here = here.get(step.replace("\0", ".")) if isinstance(here, dict) else None
        elif isinstance(here, list):
            position = int(match["index"] or 0)
            here = here[position] if position < len(here) else None
        if here is None:
            return None
    return here


def _cell(kind: str, value: Any, now: datetime) -> Any:
    if value is None:
        return None
    if kind == "string":
        return value if isinstance(value, str) else encode(value).decode()
    if kind == "date":
        return since(value, now) if read_time(value) is not None else "<invalid>"
    if kind == "integer" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value)
    if kind == "number" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if kind == "boolean" and isinstance(value, bool):
        return value
    return None
