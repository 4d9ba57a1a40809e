"""What of an answer can be compared: all but what differs from run to run."""

from __future__ import annotations

import re
from typing import Any

from tests.api_contract.raw import Answered

_DROPPED = ("continue", "description")  # tokens are opaque, descriptions our own words
_PATTERNS = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UID"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "TIME"),
    (re.compile(r"\b10\.96\.\d+\.\d+\b"), "ADDRESS"),
    # The whole object that a patch made, in the order in which Go writes fields.
    (re.compile(r'Invalid value: "\{.*\}": '), 'Invalid value: "OBJECT": '),
    (re.compile(r"(\"OBJECT\": Object 'Kind' is missing in )'\{.*\}'"), r"\1'OBJECT'"),
    (re.compile(r"127\.0\.0\.1:\d+"), "SERVER"),
    (re.compile(r"current: \d+"), "current: N"),
    (re.compile(r"in record \(\d+\)"), "in record (N)"),
    (re.compile(r"^\d+[smhd](\d+[smhd])?$"), "AGE"),
    (re.compile(r"^(\d+) \(\d+[smhd](\d+[smhd])? ago\)$"), r"\1 (AGE ago)"),
)
# What only a whole cluster does, or what tells nobody anything.
DIFFERENCES: dict[str, tuple[str, ...]] = {
    # The not-ready taint that the node lifecycle controller would take away again.
    "node": ("spec.taints",),
    "node.status": ("spec.taints",),
    # Reviews are not stored; nobody owns their fields.
    "review.nobody": ("metadata.managedFields",),
}


def comparable(step: str, answered: Answered, namespace: str, standing: str) -> Any:
    """Give an answer as it can be compared; `standing` stands for the namespace's name."""
    content_type = answered.headers.get("Content-Type", "").replace(" ", "")
    body = _normal(answered.body)
    for path in DIFFERENCES.get(step, ()):
        *above, last = path.split(".")
        here = body
        for key in above:
            here = here.get(key, {})
        here.pop(last, None)
    whole = {
        "status": answered.status,
        "type": content_type,
        "warnings": list(answered.warnings),
        "body": body,
    }
    return _renamed(whole, namespace, standing)


def _normal(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _normal(item, name) for name, item in value.items() if name not in _DROPPED}
    if isinstance(value, list):
        return [_normal(item, key) for item in value]
    if isinstance(value, str):
        if key == "resourceVersion":
            return "VERSION"
        for pattern, word in _PATTERNS:
            value = pattern.sub(word, value)
    return value


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {_renamed(key, old, new): _renamed(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, old, new) for item in value]
    return value.replace(old, new) if isinstance(value, str) else value


def renamed(value: Any, old: str, new: str) -> Any:
    """Give a path or a body with another namespace's name."""
    return value if isinstance(value, bytes) else _renamed(value, old, new)
