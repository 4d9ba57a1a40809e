"""What a CRD's schema forbids in a custom object, worded as apiextensions-apiserver words it."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sednactl.sandbox.api.writing.field_errors import (
    FieldError,
    duplicate,
    invalid,
    not_supported,
    required,
    too_long,
    too_many,
    wrong_type,
)
from sednactl.sandbox.api.writing.structure import Node

_EXACT = 2**53 - 1
"""The largest number of which a float holds every whole one: beyond it none counts as an integer."""


def schema_errors(root: Node, obj: dict[str, Any], *, subresource: str = "") -> list[FieldError]:
    """Give everything that the schema forbids in an object, `metadata` aside, or in its `status` alone."""
    errors: list[FieldError] = []
    if subresource == "status":
        node, status = root.fields.get("status"), obj.get("status")
        if node is not None and status is not None:
            _look(node, status, "", errors)
            _look_for_twins(node, status, "", errors)
        return [
            error if error.path == "<nil>" else replace(error, path=f"status.{error.path}")
            for error in errors
        ]
    content = {key: item for key, item in obj.items() if key not in ("metadata", "apiVersion", "kind")}
    _look(root, content, "", errors, top=True)
    _look_for_twins(root, content, "", errors)
    return errors


def _look(node: Node, value: Any, path: str, errors: list[FieldError], *, top: bool = False) -> None:
    kind = node.kind
    if value is None:
        if not node.nullable and kind != "any":
            wanted = "integer,string" if kind == "int-or-string" else kind
            errors.append(wrong_type(path, "null", f'{path} in body must be of type {wanted}: "null"'))
        return
    found = _type_of(value)
    if kind == "int-or-string":
        if found not in ("integer", "string"):
            errors.append(
                wrong_type(path, found, f'{path} in body must be of type integer,string: "{found}"')
            )
            if "anyOf" in node.limits:
                errors.append(invalid("<nil>", "", f'"{path}" must validate at least one schema (anyOf)'))
                errors.append(wrong_type(path, found, f'{path} in body must be of type integer: "{found}"'))
            return
    elif kind != "any" and not _fits(kind, value, found):
        errors.append(wrong_type(path, found, f'{path} in body must be of type {kind}: "{found}"'))
        return
    if node.limits:
        _limits(node.limits, value, path, errors)
    if type(value) is dict:
        fields = node.fields
        for name, item in value.items():
            child = fields.get(name) or node.values
            if child is not None:
                _look(child, item, f"{path}.{name}" if path else name, errors)
        for name in node.required:
            if name not in value and not (top and name in ("metadata", "apiVersion", "kind")):
                errors.append(required(f"{path}.{name}" if path else name))
    elif type(value) is list and node.items is not None:
        for index, item in enumerate(value):
            _look(node.items, item, f"{path}[{index}]", errors)


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if -(2**63) <= value < 2**63 else "number"
    return {str: "string", float: "number", dict: "object", list: "array"}[type(value)]


def _fits(kind: str, value: Any, found: str) -> bool:
    if kind == found:
        return True
    if kind == "number":
        return found == "integer"
    return kind == "integer" and found == "number" and abs(value) <= _EXACT and float(value).is_integer()


def _limits(limits: dict[str, Any], value: Any, path: str, errors: list[FieldError]) -> None:
    for name, limit in limits.items():
        check = _CHECKS.get(name)
        if check is not None:
            errors += check(path, value, limit, limits)
    if "allOf" in limits:
        for part in limits["allOf"]:
            _limits(part, value, path, errors)
    if "anyOf" in limits and not any(_agrees(part, value) for part in limits["anyOf"]):
        errors.append(invalid("<nil>", "", f'"{path}" must validate at least one schema (anyOf)'))
    if "oneOf" in limits and sum(_agrees(part, value) for part in limits["oneOf"]) != 1:
        errors.append(invalid("<nil>", "", f'"{path}" must validate one and only one schema (oneOf)'))
    if "not" in limits and _agrees(limits["not"], value):
        errors.append(invalid("<nil>", "", f'"{path}" must not validate the schema (not)'))


def _agrees(part: dict[str, Any], value: Any) -> bool:
    wanted = part.get("type")
    if wanted and not _fits(wanted, value, _type_of(value)):
        return False
    if isinstance(value, dict):
        if any(name not in value for name in part.get("required", ())):
            return False
        for name, child in part.get("properties", {}).items():
            if name in value and not _agrees(child, value[name]):
                return False
    errors: list[FieldError] = []
    _limits(part, value, "", errors)
    return not errors


def _enum(path: str, value: Any, limit: Any, _: dict[str, Any]) -> list[FieldError]:
    if value in limit:
        return []
    words = [each if isinstance(each, str) else json.dumps(each) for each in limit]
    return [not_supported(path, value, words)]


def _pattern(path: str, value: Any, limit: str, _: dict[str, Any]) -> list[FieldError]:
    if not isinstance(value, str) or _compiled(limit).search(value):
        return []
    return [invalid(path, value, f"{path} in body should match '{limit}'")]


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Go's $ is the very end, Python's also stands before a last newline
    return re.compile(re.sub(r"(?<!\\)\$(?=$|\))", r"\\Z", pattern), re.ASCII)


def _minimum(path: str, value: Any, limit: Any, limits: dict[str, Any]) -> list[FieldError]:
    if not _is_number(value):
        return []
    if limits.get("exclusiveMinimum"):
        return (
            [] if value > limit else [invalid(path, value, f"{path} in body should be greater than {limit}")]
        )
    if value >= limit:
        return []
    return [invalid(path, value, f"{path} in body should be greater than or equal to {limit}")]


def _maximum(path: str, value: Any, limit: Any, limits: dict[str, Any]) -> list[FieldError]:
    if not _is_number(value):
        return []
    if limits.get("exclusiveMaximum"):
        return [] if value < limit else [invalid(path, value, f"{path} in body should be less than {limit}")]
    if value <= limit:
        return []
    return [invalid(path, value, f"{path} in body should be less than or equal to {limit}")]


def _multiple_of(path: str, value: Any, limit: Any, _: dict[str, Any]) -> list[FieldError]:
    if not _is_number(value) or value % limit == 0:
        return []
    return [invalid(path, value, f"{path} in body should be a multiple of {limit}")]


def _max_length(path: str, value: Any, limit: int, _: dict[str, Any]) -> list[FieldError]:
    return [too_long(path, limit)] if isinstance(value, str) and len(value) > limit else []


def _min_length(path: str, value: Any, limit: int, _: dict[str, Any]) -> list[FieldError]:
    if not isinstance(value, str) or len(value) >= limit:
        return []
    return [invalid(path, value, f"{path} in body should be at least {limit} chars long")]


def _max_items(path: str, value: Any, limit: int, _: dict[str, Any]) -> list[FieldError]:
    return [too_many(path, len(value), limit)] if isinstance(value, list) and len(value) > limit else []


def _min_items(path: str, value: Any, limit: int, _: dict[str, Any]) -> list[FieldError]:
    if not isinstance(value, list) or len(value) >= limit:
        return []
    return [invalid(path, len(value), f"{path} in body should have at least {limit} items")]


def _max_properties(path: str, value: Any, limit: int, _: dict[str, Any]) -> list[FieldError]:
    return [too_many(path, len(value), limit)] if isinstance(value, dict) and len(value) > limit else []


def _min_properties(path: str, value: Any, limit: int, _: dict[str, Any]) -> list[FieldError]:
    if not isinstance(value, dict) or len(value) >= limit:
        return []
    return [invalid(path, len(value), f"{path} in body should have at least {limit} properties")]


def _unique(path: str, value: Any, limit: bool, _: dict[str, Any]) -> list[FieldError]:
    if not limit or not isinstance(value, list):
        return []
    if len({json.dumps(item, sort_keys=True) for item in value}) == len(value):
        return []
    return [invalid(path, "", f"{path} in body shouldn't contain duplicates")]


def _format(path: str, value: Any, limit: str, _: dict[str, Any]) -> list[FieldError]:
    if not isinstance(value, str) or limit not in _FORMATS or _FORMATS[limit](value):
        return []
    return [invalid(path, value, f'{path} in body must be of type {limit}: "{value}"')]


def _is_date_time(text: str) -> bool:
    if not re.match(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z", text):
        return False
    try:
        datetime.fromisoformat(text[:19])
    except ValueError:
        return False
    return True


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


_FORMATS: dict[str, Callable[[str], bool]] = {"date-time": _is_date_time}
_CHECKS: dict[str, Callable[[str, Any, Any, dict[str, Any]], list[FieldError]]] = {
    "enum": _enum,
    "pattern": _pattern,
    "minimum": _minimum,
    "maximum": _maximum,
    "multipleOf": _multiple_of,
    "maxLength": _max_length,
    "minLength": _min_length,
    "maxItems": _max_items,
    "minItems": _min_items,
    "maxProperties": _max_properties,
    "minProperties": _min_properties,
    "uniqueItems": _unique,
    "format": _format,
}


def _look_for_twins(node: Node, value: Any, path: str, errors: list[FieldError]) -> None:
    """Find entries that come twice in lists whose entries must differ."""
    if type(value) is dict:
        for name, item in value.items():
            child = node.fields.get(name) or node.values
            if child is not None and type(item) in (dict, list):
                below = f"{path}.{name}" if name in node.fields else f"{path}[{name}]"
                _look_for_twins(child, item, below if path or name not in node.fields else name, errors)
    elif type(value) is list:
        strange = next(
            (i for i, item in enumerate(value) if item is not None and type(item) is not dict), None
        )
        if node.list_type == "map" and strange is not None:
            why = "must be an object for an array of list-type map"
            errors.append(invalid(f"{path}[{strange}]", value[strange], why))
        elif node.list_type != "atomic" and len(value) > 1:
            seen: dict[str, int] = {}
            for index, item in enumerate(value):
                key = item
                if node.list_type == "map":
                    if not isinstance(item, dict):
                        continue
                    key = {name: item[name] for name in node.keys if name in item}
                spelled = json.dumps(key, sort_keys=True)
                seen[spelled] = seen.get(spelled, 0) + 1
                if seen[spelled] == 2:
                    errors.append(duplicate(f"{path}[{index}]", key))
        if node.items is not None:
            for index, item in enumerate(value):
                if type(item) in (dict, list):
                    _look_for_twins(node.items, item, f"{path}[{index}]", errors)
