"""Conditions to wait for, e.g. `cloud.replicas>=3 and edge.ready==edge.desired`: their meaning.

An expression is data; `read_until` (until_parser) makes it from text, `str()`
writes it back, `judge` holds it against a snapshot. A reading that is unknown
makes its comparison false, whatever the operator, and the verdict says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from sednactl.errors import InvalidInput
from sednactl.scaling.snapshot import ScaleSnapshot, SideSnapshot
from sednactl.sedna.quantity import NANO, canonical, nano_units

PLAIN_FIELDS = ("replicas", "desired", "ready", "min", "max", "hpa")
METRIC_FIELDS = ("utilization", "value")
OPERATORS = (">=", "<=", "==", "!=", ">", "<")

Value = Fraction | str
"""A number (exact), or a name for `hpa`."""


@dataclass(frozen=True)
class Field:
    """`side.field` or `side.field.metric`."""

    side: str
    name: str
    metric: str | None = None

    def __str__(self) -> str:
        if self.metric is None:
            return f"{self.side}.{self.name}"
        plain = self.metric and not any(char in _QUOTED or char.isspace() for char in self.metric)
        quote = "'" if '"' in self.metric else '"'
        metric = self.metric if plain else f"{quote}{self.metric}{quote}"
        return f"{self.side}.{self.name}.{metric}"


@dataclass(frozen=True)
class Literal:
    """A number, or a name (of an autoscaler; `none` where there is none)."""

    value: Value

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return self.value
        return canonical(int(self.value * NANO))


@dataclass(frozen=True)
class Comparison:
    """`left op right`."""

    left: Field
    operator: str
    right: Field | Literal

    def __str__(self) -> str:
        return f"{self.left}{self.operator}{self.right}"


@dataclass(frozen=True)
class And:
    """All parts hold."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " and ".join(f"({part})" if isinstance(part, (And, Or)) else str(part) for part in self.parts)


@dataclass(frozen=True)
class Or:
    """At least one part holds."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " or ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


Expression = Comparison | And | Or
_QUOTED = "()<>=!\"'"


@dataclass(frozen=True)
class Term:
    """One comparison as it stood: the text, the readings (None: unknown), whether it held."""

    text: str
    left: str | None
    right: str | None
    holds: bool

    def __str__(self) -> str:
        unknown = [
            name for name, value in (("left side", self.left), ("right side", self.right)) if value is None
        ]
        if unknown:
            return f"{self.text}: {' and '.join(unknown)} unknown, so it does not hold"
        return f"{self.text}: {'holds' if self.holds else 'does not hold'} ({self.left} against {self.right})"


@dataclass(frozen=True)
class Verdict:
    """Whether an expression held for a service, with the reading of every comparison in it."""

    met: bool
    terms: tuple[Term, ...]


def judge(expression: Expression, snapshot: ScaleSnapshot) -> Verdict:
    """Hold an expression against a snapshot. A deleted service meets nothing."""
    terms = tuple(_term(comparison, snapshot) for comparison in comparisons(expression))
    held = iter(terms)
    return Verdict(_holds(expression, held), terms)


def comparisons(expression: Expression) -> Iterator[Comparison]:
    """Give every comparison from left to right."""
    if isinstance(expression, Comparison):
        yield expression
    else:
        for part in expression.parts:
            yield from comparisons(part)


def _holds(expression: Expression, terms: Iterator[Term]) -> bool:
    if isinstance(expression, Comparison):
        return next(terms).holds
    held = [_holds(part, terms) for part in expression.parts]
    return all(held) if isinstance(expression, And) else any(held)


def _term(comparison: Comparison, snapshot: ScaleSnapshot) -> Term:
    left = _readings(comparison.left, snapshot)
    right = _readings(comparison.right, snapshot)
    # Several metrics of one name: the comparison must hold for each of them.
    holds = bool(left and right) and all(_compare(a, comparison.operator, b) for a in left for b in right)
    return Term(str(comparison), _shown(left), _shown(right), holds)


def _readings(operand: Field | Literal, snapshot: ScaleSnapshot) -> list[Value | None]:
    if isinstance(operand, Literal):
        return [operand.value]
    side = snapshot.sides.get(operand.side)
    if side is None:
        return [None]
    if operand.metric is not None:
        return _metric_readings(side, operand.name, operand.metric) or [None]
    if operand.name == "hpa":
        return [side.hpa or "none"]
    numbers = {
        "replicas": side.current,
        "desired": side.desired,
        "ready": side.ready,
        "min": side.minimum,
        "max": side.maximum,
    }
    number = numbers[operand.name]
    return [None if number is None else Fraction(number)]


def _metric_readings(side: SideSnapshot, field: str, name: str) -> list[Value | None]:
    found: list[Value | None] = []
    for metric in side.metrics:
        if metric.name != name:
            continue
        if field == "utilization":
            known = metric.unit == "%" and metric.current is not None
            found.append(Fraction(metric.current or 0) if known else None)
        else:
            found.append(_quantity(metric.value))
    return found


def _quantity(text: str | None) -> Fraction | None:
    if text is None:
        return None
    try:
        return Fraction(nano_units(text), NANO)
    except InvalidInput:
        return None


def _compare(left: Value | None, operator: str, right: Value | None) -> bool:
    if left is None or right is None:
        return False
    if isinstance(left, str) or isinstance(right, str):
        same = str(left) == str(right)
        return same if operator == "==" else not same if operator == "!=" else False
    return {
        ">=": left >= right,
        "<=": left <= right,
        "==": left == right,
        "!=": left != right,
        ">": left > right,
        "<": left < right,
    }[operator]


def _shown(readings: list[Value | None]) -> str | None:
    if any(reading is None for reading in readings):
        return None
    return ", ".join(
        reading if isinstance(reading, str) else canonical(int(reading * NANO))
        for reading in readings
        if reading is not None
    )
