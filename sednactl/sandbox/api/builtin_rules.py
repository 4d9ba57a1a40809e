"""What kube-apiserver's own rules and admission add to built-in kinds when they are created or updated."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sednactl.sandbox.api.addresses import ClusterAddresses
from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.metadata import invalid
from sednactl.sandbox.api.refusal import Cause
from sednactl.sandbox.api.state import State
from sednactl.sandbox.api.text import Json
from sednactl.sandbox.api.writing.builtin_defaults import TEMPLATE_GENERATION


@dataclass(frozen=True)
class _Write:
    """One write to an object of a built-in kind, which the rules complete in place."""

    state: State
    kind: Kind
    content: Json
    dry_run: bool


NAME_LABEL = "kubernetes.io/metadata.name"
_TOLERATED = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def prepare_create(state: State, kind: Kind, content: Json, dry_run: bool) -> None:
    """Complete a new object of a built-in kind in place."""
    rule = _CREATED.get((kind.group, kind.plural))
    if rule is not None:
        rule(_Write(state, kind, content, dry_run))


def prepare_update(state: State, kind: Kind, old: Json, content: Json, dry_run: bool) -> None:
    """Complete a changed object of a built-in kind in place."""
    shelf = kind.group, kind.plural
    if shelf == ("", "services"):
        _service_update(state, kind, old, content, dry_run)
    if shelf == ("", "namespaces"):
        _name_label(content)
    if shelf == ("", "configmaps") or shelf == ("", "secrets"):
        _immutable(kind, old, content)
    if shelf == ("apps", "daemonsets"):
        _daemon_set_update(old, content)


def after_removal(state: State, kind: Kind, content: Json) -> None:
    """Give back what a removed object had."""
    if (kind.group, kind.plural) == ("", "services"):
        _free(state.addresses, content)


def _namespace(write: _Write) -> None:
    _name_label(write.content)
    write.content["spec"] = {**(write.content.get("spec") or {}), "finalizers": ["kubernetes"]}
    write.content["status"] = {"phase": "Active"}


def _name_label(content: Json) -> None:
    meta = content["metadata"]
    meta["labels"] = {**(meta.get("labels") or {}), NAME_LABEL: meta["name"]}


def decode_plain_secrets(kind: Kind, content: Json) -> None:
    """Move a secret's stringData into data, in place."""
    plain = content.pop("stringData", None) if kind.shelf == ("", "secrets") else None
    if plain:
        data = dict(content.get("data") or {})
        data.update((key, base64.b64encode(str(value).encode()).decode()) for key, value in plain.items())
        content["data"] = data


def _immutable(kind: Kind, old: Json, content: Json) -> None:
    if not old.get("immutable"):
        return
    causes = []
    if not content.get("immutable"):
        causes.append(_forbidden("immutable"))
    causes += [_forbidden(part) for part in ("data", "binaryData") if old.get(part) != content.get(part)]
    if causes:
        raise invalid(kind, content["metadata"]["name"], causes)


def _forbidden(field: str) -> Cause:
    return Cause("FieldValueForbidden", "Forbidden: field is immutable when `immutable` is set", field)


def _pod(write: _Write) -> None:
    spec = write.content.setdefault("spec", {})
    spec.setdefault("serviceAccountName", "default")
    spec.setdefault("serviceAccount", spec["serviceAccountName"])
    spec.setdefault("priority", 0)
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
    tolerations = list(spec.get("tolerations") or ())
    for key in _TOLERATED:
        if not any(
            one.get("key") in (key, None, "") and one.get("effect") in ("NoExecute", None, "")
            for one in tolerations
        ):
            tolerations.append(
                {"effect": "NoExecute", "key": key, "operator": "Exists", "tolerationSeconds": 300}
            )
    spec["tolerations"] = tolerations
    write.content["status"] = {"phase": "Pending", "qosClass": _quality(spec)}


def _quality(spec: Json) -> str:
    """Give a pod's quality of service class from its containers' requests and limits of CPU and memory."""
    guaranteed, any_said = True, False
    for container in [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]:
        resources = container.get("resources") or {}
        requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
        for resource in ("cpu", "memory"):
            asked, most = requests.get(resource), limits.get(resource)
            any_said = any_said or asked is not None or most is not None
            guaranteed = guaranteed and most is not None and (asked is None or asked == most)
    if not any_said:
        return "BestEffort"
    return "Guaranteed" if guaranteed else "Burstable"


def _service(write: _Write) -> None:
    spec = write.content.setdefault("spec", {})
    write.content["status"] = {"loadBalancer": {}}
    if spec.get("type") == "ExternalName":
        return
    wanted = spec.get("clusterIP") or ""
    if wanted != "None":
        address = _address(write, wanted)
        spec["clusterIP"] = address
    else:
        address = "None"
    spec["clusterIPs"] = [address]
    both = address == "None" and not spec.get("selector")  # nobody knows what stands behind it
    spec.setdefault("ipFamilies", ["IPv4", "IPv6"] if both else ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "RequireDualStack" if both else "SingleStack")
    spec.setdefault("internalTrafficPolicy", "Cluster")
    _node_ports(write)


def _address(write: _Write, wanted: str) -> str:
    address = write.state.addresses.take(wanted)
    if address is None:
        problem = (
            f'Invalid value: "{wanted}": failed to allocate IP {wanted}: provided IP is already allocated'
        )
        cause = Cause("FieldValueInvalid", problem, "spec.clusterIPs")
        raise invalid(write.kind, write.content["metadata"]["name"], [cause])
    if write.dry_run:
        write.state.addresses.free(address)
    return address


def _node_ports(write: _Write) -> None:
    spec = write.content["spec"]
    if spec.get("type") not in ("NodePort", "LoadBalancer"):
        return
    spec.setdefault("externalTrafficPolicy", "Cluster")
    for position, port in enumerate(spec.get("ports") or ()):
        wanted = port.get("nodePort", 0)
        given = write.state.addresses.take_port(wanted)
        if given is None:
            problem = f"Invalid value: {wanted}: provided port is already allocated"
            cause = Cause("FieldValueInvalid", problem, f"spec.ports[{position}].nodePort")
            raise invalid(write.kind, write.content["metadata"]["name"], [cause])
        port["nodePort"] = given
        if write.dry_run:
            write.state.addresses.free("", (given,))


def _service_update(state: State, kind: Kind, old: Json, content: Json, dry_run: bool) -> None:
    before, spec = old.get("spec") or {}, content.setdefault("spec", {})
    if spec.get("type") == "ExternalName":
        if not dry_run and before.get("type") != "ExternalName":
            _free(state.addresses, old)
        for field in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
            spec.pop(field, None)
        return
    if before.get("type") == "ExternalName":
        _service(_Write(state, kind, content, dry_run))
        return
    for field in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"):
        if not spec.get(field) and field in before:
            spec[field] = before[field]
    if spec.get("clusterIP") != before.get("clusterIP"):
        problem = f'Invalid value: []string{{"{spec["clusterIP"]}"}}: may not change once set'
        cause = Cause("FieldValueInvalid", problem, "spec.clusterIPs[0]")
        raise invalid(kind, content["metadata"]["name"], [cause])
    known = {port.get("port"): port["nodePort"] for port in before.get("ports") or () if port.get("nodePort")}
    outside = spec.get("type") in ("NodePort", "LoadBalancer")
    fresh: list[Any] = []
    for port in spec.get("ports") or ():
        if not outside:
            port.pop("nodePort", None)
        elif not port.get("nodePort"):
            port["nodePort"] = known.get(port.get("port")) or state.addresses.take_port()
            fresh.append(port["nodePort"])
    if dry_run:
        state.addresses.free("", tuple(one for one in fresh if one not in known.values()))


def _free(addresses: ClusterAddresses, content: Json) -> None:
    spec = content.get("spec") or {}
    ports = tuple(port["nodePort"] for port in spec.get("ports") or () if port.get("nodePort"))
    addresses.free(spec.get("clusterIP") or "", ports)


def _emptied(write: _Write) -> None:
    write.content["status"] = {}


def _daemon_set(write: _Write) -> None:
    annotations = write.content["metadata"].setdefault("annotations", {})
    annotations[TEMPLATE_GENERATION] = str(max(1, _generation(annotations)))
    write.content["status"] = _NO_NODES.copy()


def _daemon_set_update(old: Json, content: Json) -> None:
    before = _generation(old["metadata"].get("annotations") or {})
    same = (old.get("spec") or {}).get("template") == (content.get("spec") or {}).get("template")
    annotations = {**(content["metadata"].get("annotations") or {})}
    content["metadata"]["annotations"] = {
        **annotations,
        TEMPLATE_GENERATION: str(before if same else before + 1),
    }


def _generation(annotations: Json) -> int:
    written = str(annotations.get(TEMPLATE_GENERATION, ""))
    return int(written) if written.isdecimal() else 0


_NO_NODES = {
    "currentNumberScheduled": 0,
    "numberMisscheduled": 0,
    "desiredNumberScheduled": 0,
    "numberReady": 0,
}


def _replica_set(write: _Write) -> None:
    write.content["status"] = {"replicas": 0}


def _autoscaler(write: _Write) -> None:
    write.content["status"] = {"currentMetrics": None, "desiredReplicas": 0}


def _definition(write: _Write) -> None:
    write.content["status"] = {
        "conditions": None,
        "acceptedNames": {"plural": "", "kind": ""},
        "storedVersions": [
            one["name"] for one in write.content["spec"].get("versions") or () if one.get("storage")
        ],
    }


_CREATED: dict[tuple[str, str], Callable[[_Write], None]] = {
    ("", "namespaces"): _namespace,
    ("", "pods"): _pod,
    ("", "services"): _service,
    ("apps", "daemonsets"): _daemon_set,
    ("apps", "deployments"): _emptied,
    ("apps", "replicasets"): _replica_set,
    ("autoscaling", "horizontalpodautoscalers"): _autoscaler,
    ("apiextensions.k8s.io", "customresourcedefinitions"): _definition,
}
