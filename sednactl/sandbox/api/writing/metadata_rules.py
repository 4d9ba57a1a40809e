"""What `metadata` may say, on create and on update (apimachinery's ValidateObjectMeta)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sednactl.sandbox.api.writing.field_errors import FieldError, forbidden, invalid, required, too_long
from sednactl.sandbox.api.writing.go_words import GoText, shown
from sednactl.sandbox.api.writing.names import (
    label_1035_errors,
    label_errors,
    label_value_errors,
    path_segment_errors,
    qualified_name_errors,
    subdomain_errors,
)

LARGEST_ANNOTATIONS = 256 * 1024
"""Bytes of all keys and values together."""

_NAMES: dict[str, Callable[[str], list[str]]] = {
    "Namespace": label_errors,
    "Service": label_1035_errors,
    "ClusterRole": path_segment_errors,
    "ClusterRoleBinding": path_segment_errors,
    "Role": path_segment_errors,
    "RoleBinding": path_segment_errors,
}
_CLUSTER_WIDE = frozenset(
    ("Namespace", "Node", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "NodeMetrics")
)
_IMMUTABLE = (
    "name",
    "namespace",
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)


def metadata_errors(kind: str, metadata: dict[str, Any], *, builtin: bool) -> list[FieldError]:
    """Give what is wrong with the metadata of an object of a kind."""
    errors: list[FieldError] = []
    check = _NAMES.get(kind, subdomain_errors) if builtin else subdomain_errors
    generated = metadata.get("generateName")
    if generated:
        # the random suffix makes a trailing dash whole again
        shown = generated[:-1] + "a" if len(generated) > 1 and generated.endswith("-") else generated
        errors += [invalid("metadata.generateName", generated, why) for why in check(shown)]
    name = metadata.get("name")
    if not name:
        errors.append(required("metadata.name", "name or generateName is required"))
    else:
        errors += [invalid("metadata.name", name, why) for why in check(name)]
    if not builtin or kind not in _CLUSTER_WIDE:
        namespace = metadata.get("namespace")
        if namespace:
            errors += [invalid("metadata.namespace", namespace, why) for why in label_errors(namespace)]
    elif metadata.get("namespace"):
        errors.append(forbidden("metadata.namespace", "not allowed on this type"))
    errors += label_map_errors(metadata.get("labels"), "metadata.labels")
    errors += _annotation_errors(metadata.get("annotations"), "metadata.annotations")
    errors += _owner_errors(metadata.get("ownerReferences") or ())
    errors += _finalizer_errors(metadata.get("finalizers") or (), builtin=builtin)
    return errors


def metadata_update_errors(old: dict[str, Any], new: dict[str, Any]) -> list[FieldError]:
    """Give what an update of metadata may not do."""
    errors: list[FieldError] = []
    if old.get("deletionTimestamp"):
        added = sorted(set(new.get("finalizers") or ()) - set(old.get("finalizers") or ()))
        if added:
            words = ", ".join(f'"{each}"' for each in added)
            errors.append(
                forbidden(
                    "metadata.finalizers",
                    "no new finalizers can be added if the object is being deleted, found new finalizers "
                    f"[]string{{{words}}}",
                )
            )
    for name in _IMMUTABLE:
        was, now = old.get(name), new.get(name)
        if was is not None and now is not None and was != now:
            errors.append(invalid(f"metadata.{name}", now, "field is immutable"))
    if (new.get("generation") or 0) < (old.get("generation") or 0):
        errors.append(invalid("metadata.generation", new.get("generation") or 0, "must not be decremented"))
    return errors


def label_map_errors(labels: dict[str, str] | None, path: str) -> list[FieldError]:
    """Give what is wrong with a map of labels."""
    errors: list[FieldError] = []
    for key, value in sorted((labels or {}).items()):
        errors += [invalid(path, key, why) for why in qualified_name_errors(key)]
        errors += [invalid(path, value, why) for why in label_value_errors(value)]
    return errors


def _annotation_errors(annotations: dict[str, str] | None, path: str) -> list[FieldError]:
    errors: list[FieldError] = []
    size = 0
    for key, value in sorted((annotations or {}).items()):
        errors += [invalid(path, key, why) for why in qualified_name_errors(key.lower())]
        size += len(key.encode()) + len(value.encode())
    if size > LARGEST_ANNOTATIONS:
        errors.append(too_long(path, LARGEST_ANNOTATIONS))
    return errors


def _owner_errors(owners: Any) -> list[FieldError]:
    errors: list[FieldError] = []
    path = "metadata.ownerReferences"
    controller = ""
    for owner in owners:
        version, kind, name, uid = (owner.get(key) or "" for key in ("apiVersion", "kind", "name", "uid"))
        if not version.rpartition("/")[2]:
            errors.append(invalid(f"{path}.apiVersion", version, "version must not be empty"))
        for word, value in (("kind", kind), ("name", name), ("uid", uid)):
            if not value:
                errors.append(invalid(f"{path}.{word}", value, f"{word} must not be empty"))
        if version == "v1" and kind == "Event":
            errors.append(
                invalid(
                    path, GoText(_owner_words(owner)), "/v1, Kind=Event is disallowed from being an owner"
                )
            )
        if owner.get("controller"):
            this = f"{kind}/{name}"
            if controller:
                all_owners = ", ".join(_owner_words(each) for each in owners)
                errors.append(
                    invalid(
                        path,
                        GoText(f"[]v1.OwnerReference{{{all_owners}}}"),
                        'Only one reference can have Controller set to true. Found "true" in references for '
                        f"{controller} and {this}",
                    )
                )
            controller = this
    return errors


def _owner_words(owner: dict[str, Any]) -> str:
    names = ("apiVersion", "kind", "name", "uid")
    words = [
        f"{word}:{shown(owner.get(name, ''))}"
        for word, name in zip(("APIVersion", "Kind", "Name", "UID"), names, strict=True)
    ]
    for word, name in (("Controller", "controller"), ("BlockOwnerDeletion", "blockOwnerDeletion")):
        words.append(f"{word}:(*bool)({'nil' if owner.get(name) is None else '0xc000000000'})")
    return f"v1.OwnerReference{{{', '.join(words)}}}"


def _finalizer_errors(finalizers: Any, *, builtin: bool) -> list[FieldError]:
    errors: list[FieldError] = []
    path = "metadata.finalizers"
    for index, name in enumerate(finalizers):
        errors += [invalid(path, name, why) for why in qualified_name_errors(name)]
        if builtin and "/" not in name and name not in ("orphan", "foregroundDeletion", "kubernetes"):
            errors.append(
                invalid(
                    f"{path}[{index}]",
                    name,
                    "name is neither a standard finalizer name nor is it fully qualified",
                )
            )
    if {"orphan", "foregroundDeletion"} <= set(finalizers):
        words = GoText(f"[]string{{{', '.join(shown(each) for each in finalizers)}}}")
        errors.append(invalid(path, words, "finalizer orphan and foregroundDeletion cannot be both set"))
    return errors
