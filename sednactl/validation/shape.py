"""Reads values out of manifests that may have any shape: nothing comes back where the type is wrong.

Manifests hold the plain types of JSON and nothing derived from them, so that types are compared as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sednactl.sedna.referring import EACH as EACH  # beside what walks such steps

_EMPTY: Final[dict[str, Any]] = {}


def mapping(value: Any, key: str | int) -> dict[str, Any]:
    """Give the map under a key, an empty one where there is none."""
    found = value.get(key) if type(value) is dict else None
    return found if type(found) is dict else _EMPTY


def text(value: Any, key: str) -> str:
    """Give the text under a key, "" where there is none."""
    found = value.get(key) if type(value) is dict else None
    return found if isinstance(found, str) else ""


def whole(value: Any, key: str) -> int | None:
    """Give the whole number under a key, None where there is none."""
    found = value.get(key) if type(value) is dict else None
    if type(found) is int:
        return found
    return int(found) if type(found) is float and found.is_integer() else None


def maps(value: Any, key: str) -> Sequence[tuple[int, dict[str, Any]]]:
    """Give the maps of the list under a key, with their indexes."""
    found = value.get(key) if type(value) is dict else None
    if not found or type(found) is not list:
        return ()
    return [entry for entry in enumerate(found) if type(entry[1]) is dict]


def listed(value: Any, key: str) -> list[Any]:
    """Give the list under a key, an empty one where there is none."""
    found = value.get(key) if type(value) is dict else None
    return found if type(found) is list else []


def has(value: Any, key: str) -> bool:
    """Tell whether a key is there and not null."""
    return type(value) is dict and value.get(key) is not None


def values_at(
    value: Any, steps: tuple[str, ...], path: tuple[Any, ...] = ()
) -> Sequence[tuple[tuple[Any, ...], Any]]:
    """Give what stands at some steps below a value, whose own place is `path`: one for each entry at EACH."""
    for index, step in enumerate(steps):
        if step == EACH:
            rest = steps[index + 1 :]
            entries = value if isinstance(value, list) else ()
            return [
                found
                for place, item in enumerate(entries)
                for found in values_at(item, rest, (*path, *steps[:index], place))
            ]
        if not isinstance(value, dict):
            return ()
        value = value.get(step)
    return (((*path, *steps), value),)


def values_below(value: Any, steps: tuple[str, ...]) -> Sequence[Any]:
    """Give what `values_at` gives, without the places: quicker where these are seldom asked for."""
    found = [value]
    for step in steps:
        if step == EACH:
            found = [item for one in found if type(one) is list for item in one]
        else:
            found = [one.get(step) for one in found if type(one) is dict]
    return found
