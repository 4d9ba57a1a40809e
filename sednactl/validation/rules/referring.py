"""The names by which a manifest refers to other objects, each with its place."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sednactl.sedna.referring import EACH, REFERENCES
from sednactl.validation.shape import values_at

if TYPE_CHECKING:
    from sednactl.validation.rulebook import Workload


def names_in(workload: Workload) -> Iterator[tuple[str, tuple[Any, ...], str]]:
    """Give every name that a workload refers to something by: the kind it means, its place, the name."""
    for kind, path, steps, plain in _ways(workload.kind):
        if plain:  # one name, and one path for all workloads
            value: Any = workload.spec
            for step in steps:
                value = value.get(step) if type(value) is dict else None
            if type(value) is str:
                yield kind, path, value
            continue
        for place, name in values_at(workload.spec, steps, ("spec",)):
            if isinstance(name, str):
                yield kind, place, name


@functools.cache
def _ways(kind: str) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...], bool], ...]:
    """Give for each field that names an object the kind of that, its path, its steps, and whether there is but one."""
    return tuple(
        (resource.kind, ("spec", *steps), steps, EACH not in steps)
        for resource, steps, _ in REFERENCES.get(kind, ())
    )
