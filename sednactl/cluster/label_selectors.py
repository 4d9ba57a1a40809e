"""Label selectors, in the object form of the APIs and in the text form of requests, as apimachinery reads and words them.

An empty selector selects everything, a missing one nothing. Needs with Gt and Lt
come from node selectors and from text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Need:
    """One requirement on a label: In, NotIn, Exists, DoesNotExist, Gt or Lt."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selector:
    """Labels that must be equal, and further needs. `nothing` selects no object at all."""

    equal: tuple[tuple[str, str], ...] = ()
    needs: tuple[Need, ...] = ()
    nothing: bool = False


NOTHING = Selector(nothing=True)


def selector_of(written: Mapping[str, Any] | None) -> Selector:
    """Read a LabelSelector."""
    if written is None:
        return NOTHING
    equal = tuple((written.get("matchLabels") or {}).items())
    return Selector(equal, needs_of(written.get("matchExpressions") or ()))


def equal_selector(labels: Labels | None) -> Selector:
    """Give the selector of a Service: a plain map, which selects nothing where it is missing or empty."""
    return Selector(tuple(labels.items())) if labels else NOTHING


def needs_of(expressions: Sequence[Mapping[str, Any]]) -> tuple[Need, ...]:
    """Read `matchExpressions` of a label selector or a node selector term; what cannot be read is met by nothing."""
    return tuple(
        Need(str(each.get("key", "")), str(each.get("operator", "")), tuple(each.get("values") or ()))
        for each in expressions
    )


def selects(selector: Selector, labels: Labels | None) -> bool:
    """Tell whether a selector selects an object with these labels."""
    if selector.nothing:
        return False
    labels = labels or {}
    return all(labels.get(key) == value for key, value in selector.equal) and all(
        meets(need, labels) for need in selector.needs
    )


def meets(need: Need, labels: Labels) -> bool:
    """Tell whether labels meet one need. A missing label meets NotIn, as for Kubernetes."""
    value = labels.get(need.key)
    if need.operator == "In":
        return value is not None and value in need.values
    if need.operator == "NotIn":
        return value is None or value not in need.values
    if need.operator == "Exists":
        return value is not None
    if need.operator == "DoesNotExist":
        return value is None
    if need.operator in ("Gt", "Lt"):
        return value is not None and _compares(need.operator, value, need.values)
    return False


def _compares(operator: str, value: str, values: tuple[str, ...]) -> bool:
    try:
        left, right = int(value), int(values[0])
    except (ValueError, IndexError):
        return False
    return left > right if operator == "Gt" else left < right


_WORD = re.compile(r"\s*(?:(?P<word>[^\s,()=!<>]+)|(?P<sign>==|!=|=|!|<|>|,|\(|\)))")
_SIGNS = ("=", "==", "!=", "<", ">", ",", "(", ")")
_VALID_KEY = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?\Z")
_VALID_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\Z")


def read_needs(text: str) -> tuple[Need, ...]:
    """Read the text form (`app=x,tier in (a,b),!old,n>3`). Raises ValueError in apimachinery's words."""
    words = _words(text)
    found: list[Need] = []
    while words:
        if words[0] in _SIGNS:
            raise ValueError(f"found '{words[0]}', expected: !, identifier, or 'end of string'")
        try:
            found.append(_need(words))
        except ValueError as error:
            raise ValueError(f"unable to parse requirement: {error}") from None
        if words:
            after = words.pop(0)
            if after != ",":
                raise ValueError(f"found '{after}', expected: ',' or 'end of string'")
            if not words:
                raise ValueError("found '', expected: identifier after ','")
    return tuple(found)


def read_selector(text: str) -> Selector:
    """Read the text form as a selector, equal labels apart. Raises ValueError as `read_needs` does."""
    needs = read_needs(text)
    equal = tuple((need.key, need.values[0]) for need in needs if _is_equal(need))
    return Selector(equal, tuple(need for need in needs if not _is_equal(need)))


def _is_equal(need: Need) -> bool:
    return need.operator == "In" and len(need.values) == 1


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


def _need(rest: list[str]) -> Need:
    word = rest.pop(0)
    if word == "!":
        return Need(_key(rest.pop(0) if rest else ""), "DoesNotExist")
    key = _key(word)
    if not rest or rest[0] == ",":
        return Need(key, "Exists")
    operator = rest.pop(0)
    if operator in ("in", "notin"):
        return Need(key, "In" if operator == "in" else "NotIn", _values(rest))
    if operator in ("=", "==", "!="):
        value = "" if not rest or rest[0] == "," else rest.pop(0)
        return Need(key, "NotIn" if operator == "!=" else "In", (_value(value),))
    if operator in ("<", ">"):
        value = rest.pop(0) if rest else ""
        if not value.isdigit():
            raise ValueError(
                f"values[0][{key}]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer"
            )
        return Need(key, "Gt" if operator == ">" else "Lt", (value,))
    raise ValueError(f"found '{operator}', expected: in, notin, =, ==, !=, gt, lt")


def _values(rest: list[str]) -> tuple[str, ...]:
    if not rest or rest.pop(0) != "(":
        raise ValueError("found '', expected: '('")
    values: dict[str, None] = {}
    expect_value = True
    while rest:
        word = rest.pop(0)
        if word not in (")", ","):
            values[_value(word)] = None
            expect_value = False
            continue
        if expect_value:
            values[""] = None
        if word == ")":
            return tuple(values)
        expect_value = True
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
