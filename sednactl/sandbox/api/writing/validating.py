"""Judges an object before it is stored: is what it says allowed, and is what it changes changeable."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.writing.builtin_rules import CREATE_RULES, UPDATE_RULES
from sednactl.sandbox.api.writing.field_errors import FieldError, refuse
from sednactl.sandbox.api.writing.metadata_rules import metadata_errors, metadata_update_errors
from sednactl.sandbox.api.writing.schema_rules import schema_errors
from sednactl.sandbox.api.writing.structure import Structure

_CHANGES_LAST = ("DaemonSet", "Deployment", "ReplicaSet")
"""Kinds of which kube-apiserver tells forbidden changes after what is wrong anyway."""

_JUDGED_TWICE = ("DaemonSet",)
"""Kinds of which kube-apiserver judges a changed object twice, and tells every cause twice."""


def validate_create(obj: dict[str, Any], structure: Structure) -> None:
    """Judge a new object, defaults already filled in. Raises Refusal Invalid with every cause."""
    refuse(structure, _name_of(obj), _errors(obj, structure))


def validate_update(
    old: dict[str, Any], new: dict[str, Any], structure: Structure, *, subresource: str = ""
) -> None:
    """Judge an object that takes the place of `old`. Raises Refusal Invalid with every cause.

    Through the status subresource only `status` is judged by a CRD's schema.
    """
    judged: list[FieldError] = []
    errors = metadata_update_errors(old.get("metadata") or {}, new.get("metadata") or {})
    metadata = new.get("metadata") or {}
    errors += metadata_errors(structure.kind, metadata, builtin=structure.builtin)
    if not structure.builtin:
        errors += schema_errors(structure.root, new, subresource=subresource)
    elif _content(old) != _content(new):  # rules of built-in kinds never look at the status
        change, rule = UPDATE_RULES.get(structure.kind), CREATE_RULES.get(structure.kind)
        changed = change(old, new) if change is not None else []
        judged = rule(new) if rule is not None else []
        errors += judged + changed if structure.kind in _CHANGES_LAST else changed + judged
    errors = list(dict.fromkeys(errors))
    if structure.kind in _JUDGED_TWICE:
        errors = [*judged, *errors]
    refuse(structure, _name_of(new), errors)


def _content(obj: dict[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in obj.items() if key not in ("metadata", "status")}


def _errors(obj: dict[str, Any], structure: Structure) -> list[FieldError]:
    errors = metadata_errors(structure.kind, obj.get("metadata") or {}, builtin=structure.builtin)
    if not structure.builtin:
        return errors + schema_errors(structure.root, obj)
    rule = CREATE_RULES.get(structure.kind)
    return errors + (rule(obj) if rule is not None else [])


def _name_of(obj: dict[str, Any]) -> str:
    return (obj.get("metadata") or {}).get("name") or ""
