"""Errors in fields, worded as apimachinery's `field.Error`, and the Invalid refusal that gathers them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sednactl.sandbox.api.refusal import Cause, Refusal
from sednactl.sandbox.api.writing.structure import Structure


class GoText(str):
    """A value that is shown as it stands: already in the words of Go."""

    __slots__ = ()


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with a field: its path, a cause type such as FieldValueInvalid, and Kubernetes' words."""

    path: str
    reason: str
    body: str

    def __str__(self) -> str:
        return f"{self.path}: {self.body}"


def required(path: str, detail: str = "") -> FieldError:
    """Say that a field must be given."""
    return FieldError(path, "FieldValueRequired", _joined("Required value", detail))


def invalid(path: str, value: Any, detail: str) -> FieldError:
    """Say that a field's value breaks a rule."""
    return FieldError(path, "FieldValueInvalid", _joined(f"Invalid value: {shown(value)}", detail))


def wrong_type(path: str, value: Any, detail: str) -> FieldError:
    """Say that a field's value is of the wrong type."""
    return FieldError(path, "FieldValueTypeInvalid", _joined(f"Invalid value: {shown(value)}", detail))


def duplicate(path: str, value: Any) -> FieldError:
    """Say that an entry of a list comes twice."""
    return FieldError(path, "FieldValueDuplicate", f"Duplicate value: {shown(value)}")


def not_supported(path: str, value: Any, values: Sequence[str]) -> FieldError:
    """Say that a field's value is none of those there are."""
    words = ", ".join(json.dumps(each, ensure_ascii=False) for each in values)
    return FieldError(
        path, "FieldValueNotSupported", f"Unsupported value: {shown(value)}: supported values: {words}"
    )


def forbidden(path: str, detail: str) -> FieldError:
    """Say that a field may not be given or changed."""
    return FieldError(path, "FieldValueForbidden", _joined("Forbidden", detail))


def too_long(path: str, most: int) -> FieldError:
    """Say that a text has too many bytes."""
    return FieldError(path, "FieldValueTooLong", f"Too long: may not be more than {most} bytes")


def too_many(path: str, count: int, most: int) -> FieldError:
    """Say that a list has too many entries."""
    return FieldError(path, "FieldValueTooMany", f"Too many: {count}: must have at most {most} items")


def not_found(path: str, value: Any) -> FieldError:
    """Say that what a field refers to is not there."""
    return FieldError(path, "FieldValueNotFound", f"Not found: {shown(value)}")


def shown(value: Any) -> str:
    """Give a value as Go's messages show it."""
    if value is None:
        return '"null"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, GoText):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return go_syntax(value)


def go_syntax(value: Any) -> str:
    """Give plain JSON data in Go's own notation, as `%#v` prints it."""
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, dict):
        inside = ", ".join(f"{json.dumps(key)}:{go_syntax(value[key])}" for key in sorted(value))
        return f"map[string]interface {{}}{{{inside}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(go_syntax(item) for item in value)}}}"
    return shown(value)


def refuse(structure: Structure, name: str, errors: Sequence[FieldError]) -> None:
    """Raise the refusal that tells all errors, or do nothing when there are none."""
    if not errors:
        return
    told = list(dict.fromkeys(str(error) for error in errors))
    words = told[0] if len(told) == 1 else f"[{', '.join(told)}]"
    qualified = f"{structure.kind}.{structure.group}" if structure.group else structure.kind
    raise Refusal(
        "Invalid",
        f'{qualified} "{name}" is invalid: {words}',
        name=name,
        group=structure.group,
        kind=structure.kind,
        causes=[Cause(error.reason, error.body, error.path) for error in errors],
    )


def _joined(head: str, detail: str) -> str:
    return f"{head}: {detail}" if detail else head
