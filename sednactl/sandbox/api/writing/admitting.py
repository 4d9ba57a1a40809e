"""The first look at a written object: does it decode, and does the kind know its fields.

Unknown and duplicate fields are refused, told as warnings or dropped silently, as
`fieldValidation` asks; wordings are kube-apiserver's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.writing.decoding import Reading, Undecodable
from sednactl.sandbox.api.writing.duplicate_keys import duplicate_fields
from sednactl.sandbox.api.writing.pruning import pruned
from sednactl.sandbox.api.writing.structure import Structure

FieldValidation = Literal["Strict", "Warn", "Ignore"]


@dataclass(frozen=True)
class Admitted:
    """An object of which the kind knows every field, and what to tell the client beside the answer."""

    object: dict[str, Any]
    warnings: tuple[str, ...] = ()


def admit(
    obj: dict[str, Any],
    structure: Structure,
    field_validation: FieldValidation = "Ignore",
    *,
    raw: bytes | None = None,
) -> Admitted:
    """Give a copy of the object as the API server would decode it.

    `raw` is the body as it was sent; without it duplicate keys cannot be seen. Raises Refusal
    BadRequest for values the kind's type cannot hold, and under Strict for unknown or duplicate
    fields. Values that a CRD's schema forbids are judged later, by validate_create and validate_update.
    """
    try:
        read, unknown = _read(obj, structure)
    except Undecodable as error:
        raise undecodable(structure, str(error)) from None
    if field_validation == "Ignore":
        return Admitted(read)
    complaints = [f'unknown field "{path}"' for path in unknown]
    if raw is not None:
        complaints += [f'duplicate field "{path}"' for path in duplicate_fields(raw)]
    if complaints and field_validation == "Strict":
        raise undecodable(structure, f"strict decoding error: {', '.join(complaints)}")
    return Admitted(read, tuple(complaints))


def undecodable(structure: Structure, why: str) -> Refusal:
    """Give the refusal of a body that cannot be read as the kind."""
    return Refusal(
        "BadRequest",
        f'{structure.kind} in version "{structure.version}" cannot be handled as a {structure.kind}: {why}',
    )


def _read(obj: dict[str, Any], structure: Structure) -> tuple[dict[str, Any], list[str]]:
    reading = Reading()
    if structure.builtin:
        return reading.object(structure.root, obj), reading.unknown
    unknown: list[str] = []
    rest = {key: item for key, item in obj.items() if key != "metadata"}
    result = pruned(structure.root, rest, "", unknown)
    metadata = obj.get("metadata")
    if metadata is not None:
        reading.at("metadata")
        read = reading.object(structure.root.fields["metadata"], metadata)
        result = {
            key: read if key == "metadata" else result[key]
            for key in obj
            if key in result or key == "metadata"
        }
    return result, reading.unknown + sorted(unknown)
