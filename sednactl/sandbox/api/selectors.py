"""Label and field selectors, as apimachinery reads and words them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sednactl.sandbox.api.kinds import Kind
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.store import Version

Labels = Mapping[str, str]
_KEY = r"[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?"
_WORD = re.compile(r"\s*(?:(?P<word>[^\s,()=!<>]+)|(?P<sign>==|!=|=|!|<|>|,|\(|\)))")
_SIGNS = ("=", "==", "!=", "<", ">", ",", "(", ")")
_VALID_KEY = re.compile(rf"^{_KEY}$")
_VALID_VALUE = re.compile(r"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$")


@dataclass(frozen=True)
class Requirement:
    """One condition on one label; `operator` is in, notin, exists, !, gt or lt."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def holds(self, labels: Labels) -> bool:
        """Tell whether labels fulfil it."""
        value = labels.get(self.key)
        if self.operator == "in":
            return value is not None and value in self.values
        if self.operator == "notin":
            return value is None or value not in self.values
        if self.operator == "exists":
            return value is not None
        if self.operator == "!":
            return value is None
        try:
            left, right = int(value or ""), int(next(iter(self.values)))
        except ValueError:
            return False
        return left > right if self.operator == "gt" else left < right


def read_label_selector(text: str) -> tuple[Requirement, ...]:
    """Read a label selector. Raises Refusal BadRequest."""
    try:
        return tuple(_requirements(_words(text)))
    except ValueError as error:
        raise Refusal("BadRequest", str(error)) from None


def _words(text: str) -> list[str]:
    words: list[str] = []
    position = 0
    while text[position:].strip():
        match = _WORD.match(text, position)
        if match is None:
            raise ValueError(f"found '{text[position:].strip()}', expected: identifier")
        words.append(match.group("word") or match.group("sign"))
        position = match.end()
    return words


def _requirements(words: list[str]) -> list[Requirement]:
    found: list[Requirement] = []
    rest = list(words)
    while rest:
        if rest[0] in _SIGNS:
            raise ValueError(f"found '{rest[0]}', expected: !, identifier, or 'end of string'")
        try:
            found.append(_requirement(rest))
        except ValueError as error:
            raise ValueError(f"unable to parse requirement: {error}") from None
        if rest:
            after = rest.pop(0)
            if after != ",":
                raise ValueError(f"found '{after}', expected: ',' or 'end of string'")
            if not rest:
                raise ValueError("found '', expected: identifier after ','")
    return found


def _requirement(rest: list[str]) -> Requirement:
    word = rest.pop(0)
    if word == "!":
        return Requirement(_key(rest.pop(0) if rest else ""), "!")
    key = _key(word)
    if not rest or rest[0] == ",":
        return Requirement(key, "exists")
    operator = rest.pop(0)
    if operator in ("in", "notin"):
        return Requirement(key, operator, _set(rest))
    if operator in ("=", "==", "!="):
        value = "" if not rest or rest[0] == "," else rest.pop(0)
        return Requirement(key, "notin" if operator == "!=" else "in", frozenset([_value(value)]))
    if operator in ("<", ">"):
        value = rest.pop(0) if rest else ""
        if not value.isdigit():
            raise ValueError(
                f"values[0][{key}]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer"
            )
        return Requirement(key, "gt" if operator == ">" else "lt", frozenset([value]))
    raise ValueError(f"found '{operator}', expected: in, notin, =, ==, !=, gt, lt")


def _set(rest: list[str]) -> frozenset[str]:
    if not rest or rest.pop(0) != "(":
        raise ValueError("found '', expected: '('")
    values: set[str] = set()
    expect_value = True
    while rest:
        word = rest.pop(0)
        if word == ")":
            if expect_value:
                values.add("")
            return frozenset(values)
        if word == ",":
            if expect_value:
                values.add("")
            expect_value = True
            continue
        values.add(_value(word))
        expect_value = False
    raise ValueError("found '', expected: ',' or ')'")


def _key(text: str) -> str:
    prefix, slash, name = text.rpartition("/")
    if not _VALID_KEY.match(text) or len(name) > 63 or (slash and not prefix):
        raise ValueError(f'<nil>: Invalid value: "{text}": name part must consist of alphanumeric characters')
    return text


def _value(text: str) -> str:
    if not _VALID_VALUE.match(text):
        raise ValueError(
            f'<nil>: Invalid value: "{text}": a valid label value must be an empty string or consist of alphanumeric characters'
        )
    return text


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
    labels: tuple[Requirement, ...]
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
        for requirement in self.labels:
            if not requirement.holds(version.labels):
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
