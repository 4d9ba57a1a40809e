"""Fields that a cluster's version of a kind does not know, taken out of a manifest on request.

A server-side apply is refused for such fields, whatever field validation the
client asks for; only a plain create prunes them. To let an older cluster have
what it can take, they are taken out as the server names them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]

_UNDECLARED = re.compile(r"(?:^|\s)(\.\S*?(?:\[[^\]]*\]\S*?)*): field not declared in schema")
_STEP = re.compile(r"\.(?P<field>[^.\[\]]+)|\[(?P<index>\d+)\]|\[(?P<keys>[^\]]+)\]")
_KEY = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|[^,\]]+)')


def unknown_in(message: str) -> tuple[str, ...]:
    """Give the paths (`.spec.cloudWorker.hpa`) that a refusal calls not declared."""
    return tuple(_UNDECLARED.findall(message))


def without_field(manifest: Mapping[str, Any], path: str) -> Json | None:
    """Give the manifest without the field at a path as the API server spells it; None where it cannot be found."""
    steps = [_step(found) for found in _STEP.finditer(path)]
    if not steps:
        return None
    copied = json.loads(json.dumps(manifest))
    holder: Any = copied
    for step in steps[:-1]:
        holder = _follow(holder, step)
        if holder is None:
            return None
    last = steps[-1]
    if isinstance(holder, dict) and isinstance(last, str) and last in holder:
        del holder[last]
        return dict(copied)
    return None


def _step(found: re.Match[str]) -> str | int | dict[str, Any]:
    if found["field"] is not None:
        return found["field"]
    if found["index"] is not None:
        return int(found["index"])
    return {key: json.loads(value) for key, value in _KEY.findall(found["keys"])}


def _follow(holder: Any, step: str | int | dict[str, Any]) -> Any:
    if isinstance(step, str):
        return holder.get(step) if isinstance(holder, dict) else None
    if not isinstance(holder, Sequence) or isinstance(holder, str):
        return None
    if isinstance(step, int):
        return holder[step] if step < len(holder) else None
    for member in holder:
        if isinstance(member, dict) and all(member.get(key, value) == value for key, value in step.items()):
            return member
    return None
