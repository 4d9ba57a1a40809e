"""Label selectors as objects carry them (`matchLabels`, `matchExpressions`), and node selectors' operators.

Rules as in apimachinery's LabelSelectorAsSelector: an empty selector selects
everything, a missing one nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


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


def equal_selector(labels: Mapping[str, str] | None) -> Selector:
    """Give the selector of a Service: a plain map, which selects nothing where it is missing or empty."""
    return Selector(tuple(labels.items())) if labels else NOTHING


def needs_of(expressions: Sequence[Mapping[str, Any]]) -> tuple[Need, ...]:
    """Read `matchExpressions` of a label selector or a node selector term."""
    return tuple(
        Need(str(each["key"]), str(each["operator"]), tuple(each.get("values") or ())) for each in expressions
    )


def selects(selector: Selector, labels: Mapping[str, str] | None) -> bool:
    """Tell whether a selector selects an object with these labels."""
    if selector.nothing:
        return False
    labels = labels or {}
    return all(labels.get(key) == value for key, value in selector.equal) and all(
        meets(need, labels) for need in selector.needs
    )


def meets(need: Need, labels: Mapping[str, str]) -> bool:
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
