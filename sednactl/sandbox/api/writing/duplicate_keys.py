"""Finds keys that a JSON document gives twice, which ordinary readers hide."""

from __future__ import annotations

import json
from typing import Any


class _Doubled(dict[str, Any]):
    """An object in which some keys came more than once."""

    doubled: tuple[str, ...] = ()


def duplicate_fields(raw: bytes) -> list[str]:
    """Give the paths of fields that come twice, e.g. `spec.replicas`; nothing for what is no JSON object."""
    found = False

    def pairs(entries: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        plain = dict(entries)
        if len(plain) == len(entries):
            return plain
        found = True
        result = _Doubled(plain)
        seen: set[str] = set()
        twice = []
        for key, _ in entries:
            if key in seen and key not in twice:
                twice.append(key)
            seen.add(key)
        result.doubled = tuple(twice)
        return result

    if not raw.lstrip().startswith(b"{"):
        return []
    try:
        document = json.loads(raw, object_pairs_hook=pairs)
    except ValueError:
        return []
    paths: list[str] = []
    if found:
        _collect(document, "", paths)
    return paths


def _collect(value: Any, path: str, paths: list[str]) -> None:
    if isinstance(value, dict):
        if isinstance(value, _Doubled):
            paths.extend(f"{path}.{key}"[1:] for key in value.doubled)
        for key, item in value.items():
            _collect(item, f"{path}.{key}", paths)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _collect(item, f"{path}[{index}]", paths)
