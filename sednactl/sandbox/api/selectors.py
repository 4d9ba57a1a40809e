"""What a list or watch selects: a namespace, labels and the few fields that each kind has labels for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sednactl.cluster.label_selectors import Need, meets, read_needs
from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.store import Version


def read_label_selector(text: str) -> tuple[Need, ...]:
    """Read a label selector. Raises Refusal BadRequest."""
    try:
        return read_needs(text)
    except ValueError as error:
        raise Refusal("BadRequest", str(error)) from None


FieldTest = tuple[str, bool, str]
"""Field label, whether it must be equal, and the value."""


def read_field_selector(text: str, kind: Kind) -> tuple[FieldTest, ...]:
    """Read a field selector for a kind. Raises Refusal BadRequest for a field it has no label for."""
    tests: list[FieldTest] = []
    known = {"metadata.name", "metadata.namespace", *(label for label, _ in kind.fields)}
    for part in re.split(r"(?<!\\),", text):
        if not part:
            continue
        match = re.match(r"^(.*?)(!=|==|=)(.*)$", part)
        if match is None:
            raise Refusal("BadRequest", f"invalid selector: '{text}'; can't understand '{part}'")
        label, sign, value = match.groups()
        if label not in known:
            raise Refusal("BadRequest", f"field label not supported: {label}")
        tests.append((label, sign != "!=", re.sub(r"\\(.)", r"\1", value)))
    return tuple(tests)


@dataclass(frozen=True)
class Selection:
    """What of a kind a list or watch is about."""

    namespace: str
    labels: tuple[Need, ...]
    fields: tuple[FieldTest, ...]
    positions: Mapping[str, int]

    @property
    def narrowed(self) -> bool:
        """Tell whether selectors leave something out."""
        return bool(self.labels or self.fields)

    def holds(self, version: Version) -> bool:
        """Tell whether an object belongs to it."""
        if self.namespace and version.namespace != self.namespace:
            return False
        if not all(meets(need, version.labels) for need in self.labels):
            return False
        return all((self._value(version, label) == value) is equal for label, equal, value in self.fields)

    def _value(self, version: Version, label: str) -> str:
        if label == "metadata.name":
            return version.name
        if label == "metadata.namespace":
            return version.namespace
        return version.values[self.positions[label]]


def selection_of(kind: Kind, namespace: str, labels: str, fields: str) -> Selection:
    """Give what selectors of a request select. Raises Refusal BadRequest."""
    positions = {label: position for position, (label, _) in enumerate(kind.fields)}
    return Selection(namespace, read_label_selector(labels), read_field_selector(fields, kind), positions)


def values_of(kind: Kind, content: Mapping[str, object]) -> tuple[str, ...]:
    """Give the values of a kind's selectable fields, as selectors compare them."""
    return tuple(_text(at_path(content, path)) for _, path in kind.fields)


def at_path(content: object, path: str) -> object:
    """Give what lies at a dotted path, None where nothing does."""
    for step in path.split("."):
        if not isinstance(content, Mapping):
            return None
        content = content.get(step)
    return content


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
