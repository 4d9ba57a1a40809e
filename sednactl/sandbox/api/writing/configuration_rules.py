"""What ConfigMaps, Secrets, Leases, Events, Nodes and roles may say, and what of them never changes."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.writing.field_errors import (
    FieldError,
    GoText,
    forbidden,
    invalid,
    not_supported,
    required,
    shown,
    too_long,
)
from sednactl.sandbox.api.writing.names import (
    config_key_errors,
    label_value_errors,
    path_segment_errors,
    qualified_name_errors,
    subdomain_errors,
)

LARGEST = 1024 * 1024
"""Bytes of all values of a ConfigMap or Secret together."""
RBAC = "rbac.authorization.k8s.io"
_NEEDED = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def config_map_errors(config: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with a ConfigMap, its metadata aside."""
    errors: list[FieldError] = []
    size = 0
    binary = config.get("binaryData") or {}
    for part, values in (("data", config.get("data") or {}), ("binaryData", binary)):
        for key, value in sorted(values.items()):
            errors += [invalid(f"{part}[{key}]", key, why) for why in config_key_errors(key)]
            if part == "data" and key in binary:
                errors.append(invalid(f"data[{key}]", key, "duplicate of key present in binaryData"))
            size += len(value.encode())
    return errors + ([too_long("", LARGEST)] if size > LARGEST else [])


def secret_errors(secret: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with a Secret, its metadata aside."""
    data = secret.get("data") or {}
    errors = [invalid(f"data[{key}]", key, why) for key in sorted(data) for why in config_key_errors(key)]
    if sum(len(value) * 3 // 4 for value in data.values()) > LARGEST:
        errors.append(too_long("data", LARGEST))
    kind = secret.get("type", "")
    errors += [required(f"data[{key}]") for key in _NEEDED.get(kind, ()) if key not in data]
    if kind == "kubernetes.io/basic-auth" and not {"username", "password"} & set(data):
        errors += [required("data[username]"), required("data[password]")]
    if kind == "kubernetes.io/service-account-token":
        annotations = (secret.get("metadata") or {}).get("annotations") or {}
        if not annotations.get("kubernetes.io/service-account.name"):
            errors.append(required("metadata.annotations[kubernetes.io/service-account.name]"))
    return errors


def config_map_update_errors(old: dict[str, Any], new: dict[str, Any]) -> list[FieldError]:
    """Refuse changes to what was declared immutable."""
    if not old.get("immutable"):
        return []
    why = "field is immutable when `immutable` is set"
    errors = [] if new.get("immutable") else [forbidden("immutable", why)]
    return errors + [
        forbidden(part, why)
        for part in ("data", "binaryData")
        if (old.get(part) or {}) != (new.get(part) or {})
    ]


def secret_update_errors(old: dict[str, Any], new: dict[str, Any]) -> list[FieldError]:
    """Refuse another type, and changes to what was declared immutable."""
    errors = config_map_update_errors(old, new)
    if old.get("type") != new.get("type"):
        errors.insert(0, invalid("type", new.get("type", ""), "field is immutable"))
    return errors


def lease_errors(lease: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with a Lease, its metadata aside."""
    spec = lease.get("spec") or {}
    errors: list[FieldError] = []
    duration, transitions = spec.get("leaseDurationSeconds"), spec.get("leaseTransitions")
    if duration is not None and duration <= 0:
        errors.append(invalid("spec.leaseDurationSeconds", duration, "must be greater than 0"))
    if transitions is not None and transitions < 0:
        errors.append(invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0"))
    return errors


def event_errors(event: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with an Event of the core API, its metadata aside."""
    namespace = (event.get("metadata") or {}).get("namespace", "")
    involved = (event.get("involvedObject") or {}).get("namespace", "")
    if event.get("eventTime"):
        errors: list[FieldError] = []
        if not involved and namespace not in ("default", "kube-system"):
            errors.append(invalid("involvedObject.namespace", involved, "does not match event.namespace"))
        errors += [
            required(name)
            for name in ("reportingComponent", "reportingInstance", "action", "reason")
            if not event.get(name)
        ]
        return errors
    fits = involved == namespace if involved else namespace in ("", "default")
    return [] if fits else [invalid("involvedObject.namespace", involved, "does not match event.namespace")]


def node_errors(node: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with a Node: its taints."""
    errors: list[FieldError] = []
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate((node.get("spec") or {}).get("taints") or ()):
        # Kubernetes itself speaks of metadata here
        where = f"metadata.taints[{index}]"
        key, value, effect = (taint.get(name, "") for name in ("key", "value", "effect"))
        errors += [invalid(f"{where}.key", key, why) for why in qualified_name_errors(key)]
        wrong = label_value_errors(value)
        if wrong:
            errors.append(invalid(f"{where}.value", value, ";".join(wrong)))
        if not effect:
            errors.append(required(f"{where}.effect"))
        elif effect not in _EFFECTS:
            errors.append(not_supported(f"{where}.effect", effect, _EFFECTS))
        if (key, effect) in seen:
            words = f"core.Taint{{Key:{shown(key)}, Value:{shown(value)}, Effect:{shown(effect)}, TimeAdded:<nil>}}"
            body = f"Duplicate value: {words}: taints must be unique by key and effect pair"
            errors.append(FieldError(where, "FieldValueDuplicate", body))
        seen.add((key, effect))
    return errors


def cluster_role_errors(role: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with a ClusterRole, its metadata aside."""
    return _rule_errors(role, namespaced=False)


def role_errors(role: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with a Role, its metadata aside."""
    return _rule_errors(role, namespaced=True)


def _rule_errors(role: dict[str, Any], *, namespaced: bool) -> list[FieldError]:
    errors: list[FieldError] = []
    for index, rule in enumerate(role.get("rules") or ()):
        where = f"rules[{index}]"
        if not rule.get("verbs"):
            errors.append(required(f"{where}.verbs", "verbs must contain at least one value"))
        urls = rule.get("nonResourceURLs")
        if urls:
            words = GoText(f"[]string{{{', '.join(shown(url) for url in urls)}}}")
            path = f"{where}.nonResourceURLs"
            if namespaced:
                errors.append(invalid(path, words, "namespaced rules cannot apply to non-resource URLs"))
            if any(rule.get(key) for key in ("apiGroups", "resources", "resourceNames")):
                why = "rules cannot apply to both regular resources and non-resource URLs"
                errors.append(invalid(path, words, why))
            continue
        if not rule.get("apiGroups"):
            errors.append(required(f"{where}.apiGroups", "resource rules must supply at least one api group"))
        if not rule.get("resources"):
            errors.append(required(f"{where}.resources", "resource rules must supply at least one resource"))
    return errors


def cluster_role_binding_errors(binding: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with a ClusterRoleBinding, its metadata aside."""
    return _binding_errors(binding, ("ClusterRole",), namespaced=False)


def role_binding_errors(binding: dict[str, Any]) -> list[FieldError]:
    """Give what is wrong with a RoleBinding, its metadata aside."""
    return _binding_errors(binding, ("Role", "ClusterRole"), namespaced=True)


def _binding_errors(binding: dict[str, Any], kinds: tuple[str, ...], *, namespaced: bool) -> list[FieldError]:
    role = binding.get("roleRef") or {}
    errors: list[FieldError] = []
    if role.get("apiGroup") != RBAC:
        errors.append(not_supported("roleRef.apiGroup", role.get("apiGroup", ""), (RBAC,)))
    if role.get("kind") not in kinds:
        errors.append(not_supported("roleRef.kind", role.get("kind", ""), kinds))
    name = role.get("name")
    if not name:
        errors.append(required("roleRef.name"))
    else:
        errors += [invalid("roleRef.name", name, why) for why in path_segment_errors(name)]
    for index, subject in enumerate(binding.get("subjects") or ()):
        errors += _subject_errors(subject, f"subjects[{index}]", namespaced=namespaced)
    return errors


def _subject_errors(subject: dict[str, Any], path: str, *, namespaced: bool) -> list[FieldError]:
    kind, name, group = (subject.get(key, "") for key in ("kind", "name", "apiGroup"))
    errors = [] if name else [required(f"{path}.name")]
    if kind == "ServiceAccount":
        errors += [invalid(f"{path}.name", name, why) for why in (subdomain_errors(name) if name else ())]
        if group:
            errors.append(not_supported(f"{path}.apiGroup", group, ("",)))
        if not namespaced and not subject.get("namespace"):
            errors.append(required(f"{path}.namespace"))
    elif kind in ("User", "Group"):
        if group != RBAC:
            errors.append(not_supported(f"{path}.apiGroup", group, (RBAC,)))
    else:
        errors.append(not_supported(f"{path}.kind", kind, ("ServiceAccount", "User", "Group")))
    return errors


def role_reference_update_errors(old: dict[str, Any], new: dict[str, Any]) -> list[FieldError]:
    """Refuse another role of a binding."""
    was, now = old.get("roleRef") or {}, new.get("roleRef") or {}
    if was == now:
        return []
    words = ", ".join(
        f"{word}:{shown(now.get(key, ''))}"
        for word, key in (("APIGroup", "apiGroup"), ("Kind", "kind"), ("Name", "name"))
    )
    return [invalid("roleRef", GoText(f"rbac.RoleRef{{{words}}}"), "cannot change roleRef")]
