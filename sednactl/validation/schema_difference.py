"""What tells two structural schemas apart, field by field, in what they take and refuse.

Words do not count, nor how lists and maps merge (`x-kubernetes-map-type`, an atomic
list type): neither changes a verdict about an object.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["added", "removed", "changed"]

ITEMS, VALUES = "[]", "{}"
"""Steps of a path into what a list holds, and into what a map with free keys holds."""

_CHILDREN = ("properties", "items", "additionalProperties")
_NO_MATTER = ("description", "title", "example", "externalDocs", "x-kubernetes-map-type")
_INWARD = (("items", ITEMS), ("additionalProperties", VALUES))
_LONGEST_VALUE = 40


@dataclass(frozen=True)
class FieldChange:
    """One field that is new, gone, or takes other values than before.

    `steps` is its place: names of fields, ITEMS, VALUES. `detail` tells for a changed field what about it
    changed; it is empty for the others, of whose branches only the topmost field is named.
    """

    steps: tuple[str, ...]
    change: Kind
    detail: str = ""

    @property
    def path(self) -> str:
        """Write the place as `spec.trainingWorkers[].template`; the object as a whole is `.`."""
        return spelled(self.steps)


def spelled(steps: tuple[str, ...]) -> str:
    """Write a place in a schema as people do."""
    text = ""
    for step in steps:
        text += step if step in (ITEMS, VALUES) or not text else f".{step}"
    return text or "."


def schema_changes(before: Json, after: Json) -> tuple[FieldChange, ...]:
    """Give what `after` changes of `before`, in the order of the fields."""
    return tuple(_changes(before, after, ()))


def same_verdicts(one: Json, other: Json) -> bool:
    """Tell whether two schemas take and refuse the same objects, and fill in the same defaults."""
    return one is other or next(_changes(one, other, ()), None) is None


def _changes(before: Json, after: Json, steps: tuple[str, ...]) -> Iterator[FieldChange]:
    detail = _attributes_changed(before, after)
    if detail:
        yield FieldChange(steps, "changed", detail)
    old, new = _mapping(before.get("properties")), _mapping(after.get("properties"))
    for name in dict.fromkeys((*new, *old)) if old or new else ():
        if name not in old:
            yield FieldChange((*steps, name), "added")
        elif name not in new:
            yield FieldChange((*steps, name), "removed")
        else:
            yield from _changes(_mapping(old[name]), _mapping(new[name]), (*steps, name))
    for key, step in _INWARD:
        was, now = before.get(key), after.get(key)
        if was is None and now is None:
            continue
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _changes(was, now, (*steps, step))
        elif was != now:
            said = f"{key}: {_shown(was)} → {_shown(now)}"
            yield FieldChange(steps, "changed", said)


def _mapping(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _attributes_changed(before: Json, after: Json) -> str:
    old, new = _attributes(before), _attributes(after)
    if old == new:
        return ""
    said = []
    for key in dict.fromkeys((*new, *old)):
        was, now = old.get(key), new.get(key)
        if was == now:
            continue
        if key == "required":
            said.append(_required(was or (), now or ()))
        else:
            said.append(f"{key}: {_shown(was)} → {_shown(now)}")
    return ", ".join(said)


def _attributes(schema: Json) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _CHILDREN or key in _NO_MATTER or value is False:
            continue
        if key == "x-kubernetes-list-type" and value == "atomic":
            continue
        kept[key] = sorted(value) if key == "required" else value
    return kept


def _required(was: Any, now: Any) -> str:
    more, less = sorted(set(now) - set(was)), sorted(set(was) - set(now))
    said = [f"{name} is required" for name in more] + [f"{name} is no longer required" for name in less]
    return ", ".join(said)


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, dict) and "type" in value:
        return str(value["type"])
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
