"""Two layers of values as one: maps key by key, lists replaced, volumes by the path they are mounted at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sednactl.manifests.autoscaling import ALIASES

Json = dict[str, Any]


def merge(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> Json:
    """Give both maps as one; where they differ the upper one wins."""
    found = dict(lower)
    for key, value in upper.items():
        below = found.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping) and key != "valueFrom":
            if key == "hpa":
                below = {name: item for name, item in below.items() if ALIASES.get(name) not in value}
            found[key] = merge(below, value)
        elif key == "volumes" and isinstance(value, list) and isinstance(below, list):
            found[key] = _merge_volumes(below, value)
        else:
            found[key] = value
    return found


def _merge_volumes(lower: Sequence[Any], upper: Sequence[Any]) -> list[Any]:
    def place(item: Any) -> Any:
        return item.get("mountPath") if isinstance(item, Mapping) else None

    taken = {place(item) for item in upper}
    return [item for item in lower if place(item) is None or place(item) not in taken] + list(upper)
