"""The names by which a manifest refers to other objects, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sednactl.sedna.referring import REFERENCES
from sednactl.validation.shape import values_at

if TYPE_CHECKING:
    from sednactl.validation.rulebook import Workload


def names_in(workload: Workload) -> Iterator[tuple[str, tuple[Any, ...], str]]:
    """Give every name that a workload refers to something by: the kind it means, its place, the name."""
    for resource, steps, _ in REFERENCES.get(workload.kind, ()):
        for path, value in values_at(workload.spec, steps, ("spec",)):
            if isinstance(value, str):
                yield resource.kind, path, value
