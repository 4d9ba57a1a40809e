"""The names by which a manifest refers to other objects, each with its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sednactl.sedna.referring import EACH, REFERENCES
from sednactl.validation.shape import values_at

_FIXED = {
    kind: tuple(
        (field.resource.kind, field.steps, ("spec", *field.steps) if EACH not in field.steps else ())
        for field in fields
    )
    for kind, fields in REFERENCES.items()
}
"""By kind: the kind that is meant, the steps below spec, and the place where that is the same for all."""


def names_in(kind: str, spec: dict[str, Any]) -> Sequence[tuple[str, tuple[Any, ...], str]]:
    """Give every name that a spec refers to something by: the kind it means, its place, the name."""
    found = []
    for meant, steps, place in _FIXED.get(kind, ()):
        if not place:
            for path, value in values_at(spec, steps, ("spec",)):
                if isinstance(value, str):
                    found.append((meant, path, value))
            continue
        value = spec
        for step in steps:
            if type(value) is not dict:
                break
            value = value.get(step)
        else:
            if isinstance(value, str):
                found.append((meant, place, value))
    return found
