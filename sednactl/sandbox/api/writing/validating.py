"""Judges an object before it is stored: is what it says allowed, and is what it changes changeable."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.writing.builtin_rules import CREATE_RULES, UPDATE_RULES
from sednactl.sandbox.api.writing.field_errors import FieldError, refuse
from sednactl.sandbox.api.writing.metadata_rules import metadata_errors, metadata_update_errors
from sednactl.sandbox.api.writing.schema_rules import schema_errors
from sednactl.sandbox.api.writing.structure import Structure


def validate_create(obj: dict[str, Any], structure: Structure) -> None:
    """Judge a new object, defaults already filled in. Raises Refusal Invalid with every cause."""
    refuse(structure, _name_of(obj), _errors(obj, structure))


def validate_update(old: dict[str, Any], new: dict[str, Any], structure: Structure) -> None:
    """Judge an object that takes the place of `old`. Raises Refusal Invalid with every cause."""
    errors = metadata_update_errors(old.get("metadata") or {}, new.get("metadata") or {})
    if structure.builtin:
        rule = UPDATE_RULES.get(structure.kind)
        if rule is not None:
            errors += rule(old, new)
    errors += [error for error in _errors(new, structure) if error not in errors]
    refuse(structure, _name_of(new), errors)


def _errors(obj: dict[str, Any], structure: Structure) -> list[FieldError]:
    errors = metadata_errors(structure.kind, obj.get("metadata") or {}, builtin=structure.builtin)
    if not structure.builtin:
        return errors + schema_errors(structure.root, obj)
    rule = CREATE_RULES.get(f"{structure.api_version} {structure.kind}")
    return errors + (rule(obj) if rule is not None else [])


def _name_of(obj: dict[str, Any]) -> str:
    return (obj.get("metadata") or {}).get("name") or ""
