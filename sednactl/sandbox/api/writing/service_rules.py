"""What Services, Endpoints and EndpointSlices may say."""

from __future__ import annotations

import ipaddress
from typing import Any

from sednactl.sandbox.api.writing.container_rules import PROTOCOLS, port_number_errors
from sednactl.sandbox.api.writing.field_errors import (
    FieldError,
    GoText,
    duplicate,
    forbidden,
    invalid,
    not_supported,
    required,
    shown,
)
from sednactl.sandbox.api.writing.metadata_rules import label_map_errors
from sednactl.sandbox.api.writing.names import label_errors, port_name_errors, subdomain_errors

_AFFINITIES = ("ClientIP", "None")
_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_POLICIES = ("Cluster", "Local")
_ADDRESS_TYPES = ("FQDN", "IPv4", "IPv6")


def service_errors(service: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with a Service, its metadata aside."""
    spec = service.get("spec") or {}
    ports, kind = spec.get("ports") or (), spec.get("type", "")
    errors: list[FieldError] = []
    headless = spec.get("clusterIP") == "None"
    if not ports and not headless and kind != "ExternalName":
        errors.append(required("spec.ports"))
    if headless and kind in ("LoadBalancer", "NodePort"):
        errors.append(invalid("spec.clusterIPs[0]", "None", f"may not be set to 'None' for {kind} services"))
    if kind == "ExternalName":
        name = spec.get("externalName", "").removesuffix(".")
        if name:
            errors += [invalid("spec.externalName", name, why) for why in subdomain_errors(name)]
        else:
            errors.append(required("spec.externalName"))
    errors += _port_errors(ports)
    errors += label_map_errors(spec.get("selector"), "spec.selector")
    affinity = spec.get("sessionAffinity", "")
    if affinity not in _AFFINITIES:
        errors.append(not_supported("spec.sessionAffinity", affinity, _AFFINITIES))
    for index, address in enumerate(spec.get("externalIPs") or ()):
        errors += _address_errors(f"spec.externalIPs[{index}]", address)
    if kind not in _TYPES:
        errors.append(not_supported("spec.type", kind, _TYPES))
    if kind == "ClusterIP":
        errors += [
            forbidden(f"spec.ports[{index}].nodePort", "may not be used when `type` is 'ClusterIP'")
            for index, port in enumerate(ports)
            if port.get("nodePort")
        ]
    errors += _twins(ports)
    errors += _traffic_errors(spec, kind)
    return errors


def service_update_errors(old: dict[str, Any], new: dict[str, Any]) -> list[FieldError]:
    """Refuse another cluster address while the Service stays one that has an address."""
    before, after = old.get("spec") or {}, new.get("spec") or {}
    was, now = before.get("clusterIP"), after.get("clusterIP")
    if not was or was == now or "ExternalName" in (before.get("type"), after.get("type")):
        return []
    values = GoText(f"[]string{{{shown(now or '')}}}") if now else GoText("[]string(nil)")
    return [invalid("spec.clusterIPs[0]", values, "may not change once set")] if now else []


def _port_errors(ports: Any) -> list[FieldError]:
    errors: list[FieldError] = []
    names: set[str] = set()
    for index, port in enumerate(ports):
        where = f"spec.ports[{index}]"
        name = port.get("name", "")
        if not name and len(ports) > 1:
            errors.append(required(f"{where}.name"))
        elif name:
            errors += [invalid(f"{where}.name", name, why) for why in label_errors(name)]
            if name in names:
                errors.append(duplicate(f"{where}.name", name))
            names.add(name)
        number = port.get("port", 0)
        errors += [invalid(f"{where}.port", number, why) for why in port_number_errors(number)]
        protocol = port.get("protocol", "")
        if not protocol:
            errors.append(required(f"{where}.protocol"))
        elif protocol not in PROTOCOLS:
            errors.append(not_supported(f"{where}.protocol", protocol, PROTOCOLS))
        target = port.get("targetPort", 0)
        check = port_number_errors(target) if isinstance(target, int) else port_name_errors(target)
        errors += [invalid(f"{where}.targetPort", target, why) for why in check]
    return errors


def _twins(ports: Any) -> list[FieldError]:
    errors: list[FieldError] = []
    outside: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        number = port.get("nodePort")
        if number:
            key = (port.get("protocol", ""), number)
            if key in outside:
                errors.append(duplicate(f"spec.ports[{index}].nodePort", number))
            outside.add(key)
    inside: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        key = (port.get("protocol", ""), port.get("port", 0))
        if key in inside:
            words = (
                f'core.ServicePort{{Name:"", Protocol:{shown(key[0])}, AppProtocol:(*string)(nil), Port:{key[1]}, '
                'TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}'
            )
            errors.append(duplicate(f"spec.ports[{index}]", GoText(words)))
        inside.add(key)
    return errors


def _traffic_errors(spec: dict[str, Any], kind: str) -> list[FieldError]:
    errors: list[FieldError] = []
    if spec.get("allocateLoadBalancerNodePorts") is not None and kind != "LoadBalancer":
        errors.append(
            forbidden("spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'")
        )
    policy = spec.get("externalTrafficPolicy")
    open_to_all = kind in ("NodePort", "LoadBalancer") or (kind == "ClusterIP" and spec.get("externalIPs"))
    if policy and not open_to_all:
        errors.append(
            invalid(
                "spec.externalTrafficPolicy", policy, "may only be set for externally-accessible services"
            )
        )
    elif policy and policy not in _POLICIES:
        errors.append(not_supported("spec.externalTrafficPolicy", policy, _POLICIES))
    inner = spec.get("internalTrafficPolicy")
    if inner is not None and inner not in _POLICIES:
        errors.append(not_supported("spec.internalTrafficPolicy", inner, _POLICIES))
    return errors


def _address_errors(path: str, address: str) -> list[FieldError]:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return [invalid(path, address, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
    for refused, words in (
        (found.is_unspecified, f"may not be unspecified ({address})"),
        (found.is_loopback, "may not be in the loopback range (127.0.0.0/8, ::1/128)"),
        (found.is_link_local, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"),
    ):
        if refused:
            return [invalid(path, address, words)]
    return []


def endpoints_errors(endpoints: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with Endpoints, their metadata aside."""
    errors: list[FieldError] = []
    for index, subset in enumerate(endpoints.get("subsets") or ()):
        where = f"subsets[{index}]"
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            errors.append(required(where, "must specify `addresses` or `notReadyAddresses`"))
        for key in ("addresses", "notReadyAddresses"):
            for place, address in enumerate(subset.get(key) or ()):
                errors += _address_errors(f"{where}.{key}[{place}].ip", address.get("ip", ""))
        ports = subset.get("ports") or ()
        for place, port in enumerate(ports):
            name, number = port.get("name", ""), port.get("port", 0)
            if not name and len(ports) > 1:
                errors.append(required(f"{where}.ports[{place}].name"))
            elif name:
                errors += [invalid(f"{where}.ports[{place}].name", name, why) for why in label_errors(name)]
            errors += [
                invalid(f"{where}.ports[{place}].port", number, why) for why in port_number_errors(number)
            ]
            protocol = port.get("protocol", "")
            if protocol not in PROTOCOLS:
                errors.append(not_supported(f"{where}.ports[{place}].protocol", protocol, PROTOCOLS))
    return errors


def slice_errors(endpoint_slice: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with an EndpointSlice, its metadata aside."""
    errors: list[FieldError] = []
    kind = endpoint_slice.get("addressType", "")
    if not kind:
        errors.append(required("addressType"))
    elif kind not in _ADDRESS_TYPES:
        errors.append(not_supported("addressType", kind, _ADDRESS_TYPES))
    for index, endpoint in enumerate(endpoint_slice.get("endpoints") or ()):
        where = f"endpoints[{index}].addresses"
        if not endpoint.get("addresses"):
            errors.append(required(where, "must contain at least 1 address"))
        if kind in ("IPv4", "IPv6"):
            for place, address in enumerate(endpoint.get("addresses") or ()):
                errors += _address_errors(f"{where}[{place}]", address)
    names: set[str] = set()
    for index, port in enumerate(endpoint_slice.get("ports") or ()):
        name = port.get("name", "")
        if name:
            errors += [invalid(f"ports[{index}].name", name, why) for why in label_errors(name)]
        if name in names:
            errors.append(duplicate(f"ports[{index}].name", name))
        names.add(name)
        if port.get("protocol") not in PROTOCOLS:
            errors.append(not_supported(f"ports[{index}].protocol", port.get("protocol", ""), PROTOCOLS))
    return errors


def slice_update_errors(old: dict[str, Any], new: dict[str, Any]) -> list[FieldError]:
    """Refuse another type of addresses."""
    now = new.get("addressType", "")
    return [] if old.get("addressType", "") == now else [invalid("addressType", now, "field is immutable")]
