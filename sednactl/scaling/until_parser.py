"""Conditions to wait for: from text to data, with the column of what is wrong.

    expression = all { "or" all }
    all        = one { "and" one }
    one        = "(" expression ")" | field operator ( field | number | name )
    field      = ("cloud" | "edge") "." ( "replicas" | "desired" | "ready" | "min" | "max" | "hpa"
                 | ( "utilization" | "value" ) "." metric )
    operator   = ">=" | ">" | "<=" | "<" | "==" | "!="

A number is a quantity (`3`, `500m`, `2Gi`), with `%` allowed behind it. A name
stands only beside `hpa`. A metric's name may stand in quotes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sednactl.errors import InvalidInput, UsageError
from sednactl.scaling.children import SIDES
from sednactl.scaling.until import (
    METRIC_FIELDS,
    OPERATORS,
    PLAIN_FIELDS,
    And,
    Comparison,
    Expression,
    Field,
    Literal,
    Or,
)
from sednactl.sedna.quantity import NANO, nano_units

_DEEPEST = 50
"""Parentheses within parentheses: nobody writes more, and each costs stack."""


@dataclass(frozen=True)
class _Token:
    kind: str  # "word", "operator", "(", ")", "end"
    text: str
    at: int


def read_until(text: str) -> Expression:
    """Read a condition. Raises UsageError with a caret under the column that is wrong."""
    reader = _Reader(text)
    expression = reader.any_of(0)
    token = reader.token
    if token.kind == ")":
        raise reader.wrong(token, "this parenthesis was never opened")
    if token.kind != "end":
        raise reader.wrong(token, "expected 'and', 'or' or the end")
    return expression


class _Reader:
    """One token of look-ahead over the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.token = self._next()

    def any_of(self, depth: int) -> Expression:
        parts = [self.all_of(depth)]
        while self._is_word("or"):
            self._take()
            parts.append(self.all_of(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def all_of(self, depth: int) -> Expression:
        parts = [self.one(depth)]
        while self._is_word("and"):
            self._take()
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def one(self, depth: int) -> Expression:
        if self.token.kind != "(":
            return self._comparison()
        opened = self._take()
        if depth >= _DEEPEST:
            raise self.wrong(opened, f"more than {_DEEPEST} parentheses within one another")
        expression = self.any_of(depth + 1)
        if self.token.kind != ")":
            raise self.wrong(self.token, "expected ')', 'and' or 'or'")
        self._take()
        return expression

    def _comparison(self) -> Comparison:
        left = self._field(self._word("a side and field such as cloud.replicas"))
        operator = self.token
        if operator.kind != "operator":
            raise self.wrong(operator, f"expected one of {' '.join(OPERATORS)}")
        self._take()
        if operator.text not in OPERATORS:
            raise self.wrong(operator, f"no such operator; use one of {' '.join(OPERATORS)}")
        token = self._word("a number or a side and field")
        right = self._right(token, left)
        names = left.name == "hpa"
        if names and operator.text not in ("==", "!="):
            raise self.wrong(operator, "an autoscaler's name can only be == or !=")
        if names != (
            (isinstance(right, Field) and right.name == "hpa")
            or (isinstance(right, Literal) and isinstance(right.value, str))
        ):
            raise self.wrong(token, "expected an autoscaler's name or none" if names else "expected a number")
        return Comparison(left, operator.text, right)

    def _field(self, token: _Token) -> Field:
        side, dot, rest = token.text.partition(".")
        if side not in SIDES:
            raise self.wrong(token, f"expected a side ({' or '.join(SIDES)}) before the first dot")
        name, more, metric = rest.partition(".")
        at = _Token("word", name, token.at + len(side) + len(dot))
        if name in PLAIN_FIELDS and not more:
            return Field(side, name)
        if name in METRIC_FIELDS:
            metric = metric[1:-1] if metric[:1] in ("'", '"') else metric
            if not metric:
                raise self.wrong(at, f"{name} of what? write {side}.{name}.cpu")
            return Field(side, name, metric)
        known = ", ".join((*PLAIN_FIELDS, *(f"{field}.METRIC" for field in METRIC_FIELDS)))
        raise self.wrong(at, f"no such field; there are {known}")

    def _right(self, token: _Token, left: Field) -> Field | Literal:
        if token.text.partition(".")[0] in SIDES and "." in token.text:
            return self._field(token)
        if left.name == "hpa":
            return Literal(token.text)
        percent = token.text.removesuffix("%")
        if percent != token.text and left.name != "utilization":
            raise self.wrong(token, f"{left.name} is no percentage")
        try:
            return Literal(Fraction(nano_units(percent), NANO))
        except InvalidInput:
            raise self.wrong(token, "expected a number or a side and field") from None

    def _is_word(self, text: str) -> bool:
        return self.token.kind == "word" and self.token.text == text

    def _word(self, expected: str) -> _Token:
        if self.token.kind != "word" or self.token.text in ("and", "or"):
            raise self.wrong(self.token, f"expected {expected}")
        return self._take()

    def _take(self) -> _Token:
        token, self.token = self.token, self._next()
        return token

    def _next(self) -> _Token:
        text = self.text
        while self.at < len(text) and text[self.at].isspace():
            self.at += 1
        start = self.at
        if start == len(text):
            return _Token("end", "", start)
        char = text[start]
        if char in "()":
            self.at += 1
            return _Token(char, char, start)
        if char in "<>=!":
            while self.at < len(text) and text[self.at] in "<>=!":
                self.at += 1
            return _Token("operator", text[start : self.at], start)
        quote = ""
        while self.at < len(text):
            char = text[self.at]
            if quote:
                quote = "" if char == quote else quote
            elif char in "\"'" and text[self.at - 1 : self.at] == ".":
                quote = char
            elif char.isspace() or char in "()<>=!":
                break
            self.at += 1
        token = _Token("word", text[start : self.at], start)
        if quote:
            raise self.wrong(token, "this quote is never closed")
        return token

    def wrong(self, token: _Token, why: str) -> UsageError:
        from unicodedata import east_asian_width

        indent = "".join("  " if east_asian_width(char) in "WF" else " " for char in self.text[: token.at])
        return UsageError(
            f"--until, column {token.at + 1}: {why}",
            detail=(self.text, f"{indent}^"),
            hint="write e.g. 'cloud.replicas>=3 and edge.ready==edge.desired'",
        )
