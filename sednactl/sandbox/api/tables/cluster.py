"""Nodes, namespaces, services and the other built-in kinds as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sednactl.sandbox.api.tables.columns import AGE, NAME, Column, Printer, age, labels, name, since
from sednactl.sandbox.api.text import Json

_ROLE = "node-role.kubernetes.io/"


def _node(content: Json, now: datetime) -> list[Any]:
    status = content.get("status") or {}
    info = status.get("nodeInfo") or {}
    ready = next((one for one in status.get("conditions") or () if one.get("type") == "Ready"), None)
    said = "Unknown" if ready is None else ("Ready" if ready.get("status") == "True" else "NotReady")
    if (content.get("spec") or {}).get("unschedulable"):
        said += ",SchedulingDisabled"
    own = content["metadata"].get("labels") or {}
    roles = {label.removeprefix(_ROLE) for label in own if label.startswith(_ROLE)} - {""}
    if own.get("kubernetes.io/role"):
        roles.add(own["kubernetes.io/role"])
    return [
        name(content),
        said,
        ",".join(sorted(roles)) or "<none>",
        age(content, now),
        info.get("kubeletVersion", ""),
        _address(status, "InternalIP"),
        _address(status, "ExternalIP"),
        info.get("osImage") or "<unknown>",
        info.get("kernelVersion") or "<unknown>",
        info.get("containerRuntimeVersion") or "<unknown>",
    ]


def _address(status: Json, kind: str) -> str:
    found = (one.get("address", "") for one in status.get("addresses") or () if one.get("type") == kind)
    return next(found, "<none>")


NODE = Printer(
    (
        NAME,
        Column("Status", "Whether the node is ready and takes pods."),
        Column("Roles", "What the node is for."),
        AGE,
        Column("Version", "The version of its kubelet."),
        Column("Internal-IP", "Its address inside the cluster.", priority=1),
        Column("External-IP", "Its address outside of the cluster.", priority=1),
        Column("OS-Image", "Its operating system.", priority=1),
        Column("Kernel-Version", "Its kernel.", priority=1),
        Column("Container-Runtime", "What runs its containers.", priority=1),
    ),
    _node,
)


def _namespace(content: Json, now: datetime) -> list[Any]:
    return [name(content), (content.get("status") or {}).get("phase", ""), age(content, now)]


NAMESPACE = Printer(
    (NAME, Column("Status", "Whether the namespace is active or going away."), AGE), _namespace
)


def _service(content: Json, now: datetime) -> list[Any]:
    spec = content.get("spec") or {}
    addresses = spec.get("clusterIPs") or ()
    ports = ",".join(_port(port) for port in spec.get("ports") or ())
    return [
        name(content),
        spec.get("type", ""),
        addresses[0] if addresses else "<none>",
        _external(content),
        ports or "<none>",
        age(content, now),
        labels(spec.get("selector")),
    ]


def _port(port: Json) -> str:
    node = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port.get('port')}{node}/{port.get('protocol', 'TCP')}"


def _external(content: Json) -> str:
    spec = content.get("spec") or {}
    given = list(spec.get("externalIPs") or ())
    kind = spec.get("type")
    if kind == "ExternalName":
        return str(spec.get("externalName", ""))
    if kind == "LoadBalancer":
        ingress = ((content.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
        found = sorted({one.get("ip") or one.get("hostname", "") for one in ingress}) + given
        return ",".join(found) or "<pending>"
    return ",".join(given) or "<none>"


SERVICE = Printer(
    (
        NAME,
        Column("Type", "How the service is reached."),
        Column("Cluster-IP", "Its address inside the cluster."),
        Column("External-IP", "Its addresses outside of the cluster."),
        Column("Port(s)", "Its ports."),
        AGE,
        Column("Selector", "Which pods stand behind it.", priority=1),
    ),
    _service,
)

_SHOWN = 3


def _endpoints(content: Json, now: datetime) -> list[Any]:
    found: list[str] = []
    for subset in content.get("subsets") or ():
        addresses = [one.get("ip", "") for one in subset.get("addresses") or ()]
        ports = subset.get("ports") or ()
        found += [f"{one}:{port.get('port')}" for port in ports for one in addresses] if ports else addresses
    return [name(content), _some(found, "<none>"), age(content, now)]


def _some(found: list[str], nothing: str) -> str:
    more = f" + {len(found) - _SHOWN} more..." if len(found) > _SHOWN else ""
    return ",".join(found[:_SHOWN]) + more or nothing


ENDPOINTS = Printer((NAME, Column("Endpoints", "Where the service's pods are reached."), AGE), _endpoints)


def _slice(content: Json, now: datetime) -> list[Any]:
    ports = [str(port.get("port") or port.get("name") or "*") for port in content.get("ports") or ()]
    found = [one for endpoint in content.get("endpoints") or () for one in endpoint.get("addresses") or ()]
    return [
        name(content),
        content.get("addressType", ""),
        _some(ports, "<unset>"),
        _some(found, "<unset>"),
        age(content, now),
    ]


ENDPOINT_SLICE = Printer(
    (
        NAME,
        Column("AddressType", "What its addresses are."),
        Column("Ports", "Ports of the endpoints."),
        Column("Endpoints", "Addresses of the endpoints."),
        AGE,
    ),
    _slice,
)


def _event(content: Json, now: datetime) -> list[Any]:
    first = content.get("firstTimestamp") or content.get("eventTime")
    last = content.get("lastTimestamp") or first
    count = content.get("count") or 1
    if series := content.get("series"):
        last, count = series.get("lastObservedTime"), series.get("count", count)
    about = content.get("involvedObject") or {}
    kind = str(about.get("kind", "")).lower()
    source = content.get("source") or {}
    component = source.get("component") or content.get("reportingComponent") or ""
    host = source.get("host") or content.get("reportingInstance") or ""
    return [
        since(last, now),
        content.get("type", ""),
        content.get("reason", ""),
        f"{kind}/{about['name']}" if about.get("name") else kind,
        about.get("fieldPath", ""),
        f"{component}, {host}" if host else component,
        str(content.get("message", "")).strip(),
        since(first, now),
        count,
        name(content),
    ]


EVENT = Printer(
    (
        Column("Last Seen", "When it happened last."),
        Column("Type", "Normal or Warning."),
        Column("Reason", "Why it happened, in one word."),
        Column("Object", "What it is about."),
        Column("Subobject", "Which part of that.", priority=1),
        Column("Source", "Who reports it.", priority=1),
        Column("Message", "What happened."),
        Column("First Seen", "When it happened first.", priority=1),
        Column("Count", "How often it happened.", priority=1),
        Column("Name", "The event's name.", format="name", priority=1),
    ),
    _event,
)


def _config_map(content: Json, now: datetime) -> list[Any]:
    size = len(content.get("data") or {}) + len(content.get("binaryData") or {})
    return [name(content), size, age(content, now)]


def _secret(content: Json, now: datetime) -> list[Any]:
    return [name(content), content.get("type", ""), len(content.get("data") or {}), age(content, now)]


def _service_account(content: Json, now: datetime) -> list[Any]:
    return [name(content), len(content.get("secrets") or ()), age(content, now)]


def _lease(content: Json, now: datetime) -> list[Any]:
    return [name(content), (content.get("spec") or {}).get("holderIdentity") or "", age(content, now)]


CONFIG_MAP = Printer((NAME, Column("Data", "How many entries it holds."), AGE), _config_map)
SECRET = Printer(
    (NAME, Column("Type", "What the secret is for."), Column("Data", "How many entries it holds."), AGE),
    _secret,
)
SERVICE_ACCOUNT = Printer((NAME, Column("Secrets", "How many secrets it names."), AGE), _service_account)
LEASE = Printer((NAME, Column("Holder", "Who holds it."), AGE), _lease)


def _dated(content: Json, _: datetime) -> list[Any]:
    return [name(content), content["metadata"].get("creationTimestamp")]


def _binding(content: Json, now: datetime) -> list[Any]:
    role = content.get("roleRef") or {}
    subjects = content.get("subjects") or ()
    by_kind = {
        kind: [one for one in subjects if one.get("kind") == kind]
        for kind in ("User", "Group", "ServiceAccount")
    }
    return [
        name(content),
        f"{role.get('kind', '')}/{role.get('name', '')}",
        age(content, now),
        ", ".join(one["name"] for one in by_kind["User"]),
        ", ".join(one["name"] for one in by_kind["Group"]),
        ", ".join(f"{one.get('namespace', '')}/{one['name']}" for one in by_kind["ServiceAccount"]),
    ]


ROLE = Printer(
    (NAME, Column("Created At", "When it was created.", "date")),
    _dated,
)
ROLE_BINDING = Printer(
    (
        NAME,
        Column("Role", "The role that is given."),
        AGE,
        Column("Users", "Users who have it.", priority=1),
        Column("Groups", "Groups that have it.", priority=1),
        Column("ServiceAccounts", "Service accounts that have it.", priority=1),
    ),
    _binding,
)


def _api_service(content: Json, now: datetime) -> list[Any]:
    service = (content.get("spec") or {}).get("service")
    conditions = (content.get("status") or {}).get("conditions") or ()
    said: Json = next((one for one in conditions if one.get("type") == "Available"), {})
    status, reason = said.get("status", "Unknown"), said.get("reason")
    return [
        name(content),
        f"{service.get('namespace', '')}/{service.get('name', '')}" if service else "Local",
        f"{status} ({reason})" if status != "True" and reason else status,
        age(content, now),
    ]


API_SERVICE = Printer(
    (
        NAME,
        Column("Service", "What serves it: a service, or the API server itself."),
        Column("Available", "Whether it can be asked."),
        AGE,
    ),
    _api_service,
)
DEFINITION = Printer((NAME, Column("Created At", "When it was created.", "date")), _dated)
