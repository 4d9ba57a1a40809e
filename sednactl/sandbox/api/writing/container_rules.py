"""What a container may say: name, image, ports, environment, mounts, resources, probes."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.writing.field_errors import (
    FieldError,
    duplicate,
    invalid,
    not_found,
    not_supported,
    required,
)
from sednactl.sandbox.api.writing.go_words import GoText
from sednactl.sandbox.api.writing.names import (
    environment_name_errors,
    label_errors,
    port_name_errors,
    qualified_name_errors,
)
from sednactl.sandbox.api.writing.quantities import nanos_of
from sednactl.sedna.quantity import NANO

PROTOCOLS = ("SCTP", "TCP", "UDP")
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_MESSAGE_POLICIES = ("FallbackToLogsOnError", "File")
_STANDARD_RESOURCES = ("cpu", "memory", "ephemeral-storage")
_TYPES_OF_RESOURCES = (*_STANDARD_RESOURCES, "storage", "pods", "services", "secrets", "configmaps")
_WHOLE_ONLY = ("hugepages-",)


def container_errors(container: dict[str, Any], path: str, volumes: set[str]) -> list[FieldError]:
    """Give what is wrong with one container of a pod whose volumes have these names."""
    errors: list[FieldError] = []
    name = container.get("name", "")
    if not name:
        errors.append(required(f"{path}.name"))
    else:
        errors += [invalid(f"{path}.name", name, why) for why in label_errors(name)]
    if not container.get("image"):
        errors.append(required(f"{path}.image"))
    for key, values in (("terminationMessagePolicy", _MESSAGE_POLICIES), ("imagePullPolicy", _PULL_POLICIES)):
        said = container.get(key)
        if not said:
            errors.append(required(f"{path}.{key}"))
        elif said not in values:
            errors.append(not_supported(f"{path}.{key}", said, values))
    errors += _port_errors(container.get("ports") or (), f"{path}.ports")
    errors += _environment_errors(container.get("env") or (), f"{path}.env")
    errors += _mount_errors(container.get("volumeMounts") or (), f"{path}.volumeMounts", volumes)
    errors += resource_errors(container.get("resources") or {}, f"{path}.resources")
    for key in ("livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(key) is not None:
            errors += _probe_errors(container[key], f"{path}.{key}", key)
    return errors


def port_number_errors(port: int) -> list[str]:
    """Give what is wrong with a port's number."""
    return [] if 1 <= port <= 65535 else ["must be between 1 and 65535, inclusive"]


def host_port_conflicts(containers: list[dict[str, Any]], path: str) -> list[FieldError]:
    """Give ports of the host that are taken twice in one pod."""
    errors: list[FieldError] = []
    taken: set[str] = set()
    for index, container in enumerate(containers):
        for place, port in enumerate(container.get("ports") or ()):
            if not port.get("hostPort"):
                continue
            words = f"{port.get('protocol', '')}/{port.get('hostIP', '')}/{port['hostPort']}"
            if words in taken:
                errors.append(duplicate(f"{path}[{index}].ports[{place}].hostPort", words))
            taken.add(words)
    return errors


def _port_errors(ports: Any, path: str) -> list[FieldError]:
    errors: list[FieldError] = []
    names: set[str] = set()
    for index, port in enumerate(ports):
        where = f"{path}[{index}]"
        name = port.get("name", "")
        if name:
            found = port_name_errors(name)
            errors += [invalid(f"{where}.name", name, why) for why in found]
            if not found and name in names:
                errors.append(duplicate(f"{where}.name", name))
            names.add(name)
        number = port.get("containerPort", 0)
        if not number:
            errors.append(required(f"{where}.containerPort"))
        else:
            errors += [invalid(f"{where}.containerPort", number, why) for why in port_number_errors(number)]
        if port.get("hostPort"):
            errors += [
                invalid(f"{where}.hostPort", port["hostPort"], why)
                for why in port_number_errors(port["hostPort"])
            ]
        protocol = port.get("protocol", "")
        if not protocol:
            errors.append(required(f"{where}.protocol"))
        elif protocol not in PROTOCOLS:
            errors.append(not_supported(f"{where}.protocol", protocol, PROTOCOLS))
    return errors


def _environment_errors(variables: Any, path: str) -> list[FieldError]:
    errors: list[FieldError] = []
    for index, variable in enumerate(variables):
        where = f"{path}[{index}]"
        name = variable.get("name", "")
        if not name:
            errors.append(required(f"{where}.name"))
        else:
            errors += [invalid(f"{where}.name", name, why) for why in environment_name_errors(name)]
        source = variable.get("valueFrom")
        if source is None:
            continue
        kinds = sorted(source)
        if not kinds:
            errors.append(
                invalid(
                    f"{where}.valueFrom",
                    "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`",
                )
            )
        elif variable.get("value"):
            errors.append(invalid(f"{where}.valueFrom", "", "may not be specified when `value` is not empty"))
        elif len(kinds) > 1:
            errors.append(
                invalid(f"{where}.valueFrom", "", "may not have more than one field specified at a time")
            )
        for kind in ("configMapKeyRef", "secretKeyRef"):
            if kind in source:
                errors += [
                    required(f"{where}.valueFrom.{kind}.{key}")
                    for key in ("name", "key")
                    if not source[kind].get(key)
                ]
    return errors


def _mount_errors(mounts: Any, path: str, volumes: set[str]) -> list[FieldError]:
    errors: list[FieldError] = []
    places: set[str] = set()
    for index, mount in enumerate(mounts):
        where = f"{path}[{index}]"
        name, place = mount.get("name", ""), mount.get("mountPath", "")
        if not name:
            errors.append(required(f"{where}.name"))
        if name not in volumes:
            errors.append(not_found(f"{where}.name", name))
        if not place:
            errors.append(required(f"{where}.mountPath"))
        if place in places:
            errors.append(invalid(f"{where}.mountPath", place, "must be unique"))
        places.add(place)
        below = mount.get("subPath", "")
        if below.startswith("/"):
            errors.append(invalid(f"{where}.subPath", below, "must be a relative path"))
        elif ".." in below.split("/"):
            errors.append(invalid(f"{where}.subPath", below, "must not contain '..'"))
    return errors


def resource_errors(resources: dict[str, Any], path: str) -> list[FieldError]:
    """Give what is wrong with requests and limits, e.g. a request above its limit."""
    errors: list[FieldError] = []
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for side, said in (("limits", limits), ("requests", requests)):
        for name, quantity in said.items():
            where = f"{path}.{side}[{name}]"
            errors += resource_name_errors(name, where)
            if nanos_of(quantity) < 0:
                errors.append(invalid(where, quantity, "must be greater than or equal to 0"))
            if "/" in name and nanos_of(quantity) % NANO:
                errors.append(invalid(where, quantity, "must be an integer"))
    for name, quantity in requests.items():
        limit = limits.get(name)
        if limit is None:
            continue
        if nanos_of(quantity) > nanos_of(limit):
            errors.append(
                invalid(
                    f"{path}.requests",
                    quantity,
                    f"must be less than or equal to {name} limit of {limit}",
                )
            )
        elif "/" in name and nanos_of(quantity) != nanos_of(limit):
            errors.append(invalid(f"{path}.requests", quantity, f"must be equal to {name} limit of {limit}"))
    return errors


def resource_name_errors(name: str, path: str) -> list[FieldError]:
    """Give what keeps a name from being that of something a container may ask for."""
    errors = [invalid(path, GoText(name), why) for why in qualified_name_errors(name)]
    if not errors and "/" not in name and not name.startswith(_WHOLE_ONLY):
        if name not in _TYPES_OF_RESOURCES:
            errors.append(invalid(path, GoText(name), "must be a standard resource type or fully qualified"))
        if name not in _STANDARD_RESOURCES:
            errors.append(invalid(path, GoText(name), "must be a standard resource for containers"))
    return errors


def _probe_errors(probe: dict[str, Any], path: str, kind: str) -> list[FieldError]:
    errors: list[FieldError] = []
    handlers = [key for key in ("exec", "httpGet", "tcpSocket", "grpc") if probe.get(key) is not None]
    if not handlers:
        errors.append(required(path, "must specify a handler type"))
    for handler in handlers[1:]:
        errors.append(
            FieldError(
                f"{path}.{handler}",
                "FieldValueForbidden",
                "Forbidden: may not specify more than 1 handler type",
            )
        )
    for key in (
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ):
        if probe.get(key, 0) < 0:
            errors.append(invalid(f"{path}.{key}", probe[key], "must be greater than or equal to 0"))
    if kind != "readinessProbe" and probe.get("successThreshold", 1) != 1:
        errors.append(invalid(f"{path}.successThreshold", probe["successThreshold"], "must be 1"))
    return errors
