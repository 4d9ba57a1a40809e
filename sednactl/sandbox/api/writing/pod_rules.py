"""What a pod's spec may say, alone or in a template, and what of it may change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sednactl.sandbox.api.writing.container_rules import container_errors, host_port_conflicts
from sednactl.sandbox.api.writing.field_errors import (
    FieldError,
    duplicate,
    forbidden,
    invalid,
    not_supported,
    required,
)
from sednactl.sandbox.api.writing.metadata_rules import label_map_errors
from sednactl.sandbox.api.writing.names import label_errors, subdomain_errors
from sednactl.sandbox.api.writing.pruning import whole

_RESTART_POLICIES = ("Always", "OnFailure", "Never")
_DNS_POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_UPDATABLE = (
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` "
    "(allow it to be set to 1 if it was previously negative)"
)


def pod_errors(pod: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with a pod, its metadata aside."""
    return pod_spec_errors(pod.get("spec") or {}, "spec")


def template_errors(template: dict[str, Any], path: str) -> list[FieldError]:
    """Give what is wrong with a pod template."""
    metadata = template.get("metadata") or {}
    return label_map_errors(metadata.get("labels"), f"{path}.labels") + pod_spec_errors(
        template.get("spec") or {}, f"{path}.spec"
    )


def pod_spec_errors(spec: dict[str, Any], path: str) -> list[FieldError]:
    """Give what is wrong with a pod's spec."""
    errors, volumes = _volume_errors(spec.get("volumes") or (), f"{path}.volumes")
    containers = spec.get("containers") or []
    if not containers:
        errors.append(required(f"{path}.containers"))
    names: set[str] = set()
    for index, container in enumerate(containers):
        where = f"{path}.containers[{index}]"
        errors += container_errors(container, where, volumes)
        name = container.get("name", "")
        if name in names:
            errors.append(duplicate(f"{where}.name", name))
        names.add(name)
        if container.get("restartPolicy") is not None:
            errors.append(forbidden(f"{where}.restartPolicy", "may not be set for non-init containers"))
    errors += host_port_conflicts(containers, f"{path}.containers")
    for index, container in enumerate(spec.get("initContainers") or ()):
        where = f"{path}.initContainers[{index}]"
        errors += container_errors(container, where, volumes)
        name = container.get("name", "")
        if name and name in names:
            errors.append(duplicate(f"{where}.name", name))
        names.add(name)
    errors += _host_network_errors(spec, path)
    errors += _one_of(spec.get("restartPolicy"), f"{path}.restartPolicy", _RESTART_POLICIES)
    errors += _one_of(spec.get("dnsPolicy"), f"{path}.dnsPolicy", _DNS_POLICIES)
    errors += label_map_errors(spec.get("nodeSelector"), f"{path}.nodeSelector")
    for index, reference in enumerate(spec.get("imagePullSecrets") or ()):
        if not reference.get("name"):
            errors.append(required(f"{path}.imagePullSecrets[{index}].name"))
    for name, check in (("serviceAccountName", subdomain_errors), ("nodeName", subdomain_errors)):
        if spec.get(name):
            errors += [invalid(f"{path}.{name}", spec[name], why) for why in check(spec[name])]
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline < 2**31:
        errors.append(
            invalid(f"{path}.activeDeadlineSeconds", deadline, "must be between 1 and 2147483647, inclusive")
        )
    for name in ("hostname", "subdomain"):
        if spec.get(name):
            errors += [invalid(f"{path}.{name}", spec[name], why) for why in label_errors(spec[name])]
    errors += _toleration_errors(spec.get("tolerations") or (), f"{path}.tolerations")
    return errors


def pod_update_errors(old: dict[str, Any], new: dict[str, Any]) -> list[FieldError]:
    """Give what an update may not change of a pod: nearly all of its spec."""
    was, now = whole(old.get("spec") or {}), whole(new.get("spec") or {})
    errors: list[FieldError] = []
    for key in ("containers", "initContainers"):
        before, after = was.get(key) or [], now.get(key) or []
        if len(before) != len(after):
            errors.append(forbidden(f"spec.{key}", "pod updates may not add or remove containers"))
            return errors
        for index, (mine, theirs) in enumerate(zip(after, before, strict=True)):
            image = mine.get("image", "")
            if not image:
                errors.append(required(f"spec.{key}[{index}].image"))
            mine["image"] = theirs.get("image")
    for toleration in was.get("tolerations") or ():
        if not any(_same_toleration(toleration, each) for each in now.get("tolerations") or ()):
            errors.append(
                forbidden(
                    "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"
                )
            )
            break
    deadline, before_deadline = now.get("activeDeadlineSeconds"), was.get("activeDeadlineSeconds")
    if before_deadline is not None and (deadline is None or deadline > before_deadline):
        why = (
            "must not update from a positive integer to nil value"
            if deadline is None
            else "must be less than or equal to previous value"
        )
        errors.append(invalid("spec.activeDeadlineSeconds", deadline, why))
    for key in ("tolerations", "activeDeadlineSeconds", "schedulingGates"):
        was.pop(key, None)
        now.pop(key, None)
    changed = sorted(key for key in {*was, *now} if was.get(key) != now.get(key))
    if changed:
        errors.append(
            forbidden(
                "spec",
                f"pod updates may not change fields other than {_UPDATABLE}\nchanged: {', '.join(changed)}",
            )
        )
    return errors


def _same_toleration(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return {**old, "tolerationSeconds": None} == {**new, "tolerationSeconds": None}


def _one_of(value: Any, path: str, values: Iterable[str]) -> list[FieldError]:
    if not value:
        return [required(path)]
    allowed = tuple(values)
    return [] if value in allowed else [not_supported(path, value, allowed)]


def _volume_errors(volumes: Any, path: str) -> tuple[list[FieldError], set[str]]:
    errors: list[FieldError] = []
    names: set[str] = set()
    for index, volume in enumerate(volumes):
        where = f"{path}[{index}]"
        found: list[FieldError] = []
        name = volume.get("name", "")
        sources = sorted(key for key in volume if key != "name")
        if len(sources) > 1:
            found += [
                forbidden(f"{where}.{source}", "may not specify more than 1 volume type")
                for source in sources[1:]
            ]
        found += _source_errors(volume, where)
        if not name:
            found.append(required(f"{where}.name"))
        else:
            found += [invalid(f"{where}.name", name, why) for why in label_errors(name)]
        if name in names:
            found.append(duplicate(f"{where}.name", name))
        if found:
            errors += found
        else:
            names.add(name)
    return errors, names


def _source_errors(volume: dict[str, Any], where: str) -> list[FieldError]:
    errors: list[FieldError] = []
    host = volume.get("hostPath")
    if host is not None:
        if not host.get("path"):
            errors.append(required(f"{where}.hostPath.path"))
        elif ".." in host["path"].split("/"):
            errors.append(invalid(f"{where}.hostPath.path", host["path"], "must not contain '..'"))
    for source, key in (
        ("configMap", "name"),
        ("secret", "secretName"),
        ("persistentVolumeClaim", "claimName"),
    ):
        said = volume.get(source)
        if said is not None and not said.get(key):
            errors.append(required(f"{where}.{source}.{key}"))
    return errors


def _host_network_errors(spec: dict[str, Any], path: str) -> list[FieldError]:
    errors: list[FieldError] = []
    if spec.get("hostNetwork"):
        for key in ("containers", "initContainers"):
            for index, container in enumerate(spec.get(key) or ()):
                for place, port in enumerate(container.get("ports") or ()):
                    if port.get("hostPort") and port["hostPort"] != port.get("containerPort"):
                        errors.append(
                            invalid(
                                f"{path}.{key}[{index}].ports[{place}].hostPort",
                                port["hostPort"],
                                "must match `containerPort` when `hostNetwork` is true",
                            )
                        )
    return errors


def _toleration_errors(tolerations: Any, path: str) -> list[FieldError]:
    errors: list[FieldError] = []
    for index, toleration in enumerate(tolerations):
        where = f"{path}[{index}]"
        operator = toleration.get("operator", "")
        if not toleration.get("key") and operator != "Exists":
            errors.append(
                invalid(
                    f"{where}.operator",
                    operator,
                    'operator must be Exists when `key` is empty, which means "match all values and all keys"',
                )
            )
        if operator == "Exists" and toleration.get("value"):
            errors.append(
                invalid(
                    f"{where}.operator",
                    toleration["value"],
                    "value must be empty when `operator` is 'Exists'",
                )
            )
        if operator not in ("", "Equal", "Exists"):
            errors.append(not_supported(f"{where}.operator", operator, ("Equal", "Exists")))
        if toleration.get("tolerationSeconds") is not None and toleration.get("effect") != "NoExecute":
            errors.append(
                invalid(
                    f"{where}.effect",
                    toleration.get("effect", ""),
                    "effect must be 'NoExecute' when `tolerationSeconds` is set",
                )
            )
        effect = toleration.get("effect", "")
        if effect and effect not in ("NoSchedule", "PreferNoSchedule", "NoExecute"):
            errors.append(
                not_supported(f"{where}.effect", effect, ("NoSchedule", "PreferNoSchedule", "NoExecute"))
            )
    return errors
