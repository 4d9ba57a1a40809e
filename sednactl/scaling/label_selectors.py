"""Selectors as the autoscaler uses them: in metrics, where none takes everything, and in `scale.status.selector`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sednactl.cluster.label_selectors import Selector, read_selector, selector_of, selects
from sednactl.errors import InvalidInput

Json = Mapping[str, Any]


def matches(selector: Json | Selector | None, labels: Mapping[str, str]) -> bool:
    """Tell whether a selector takes these labels; none takes all."""
    if not selector:
        return True
    return selects(selector if isinstance(selector, Selector) else selector_of(selector), labels)


def selector_from(text: str) -> Selector:
    """Read the text form (`app=x,tier in (a, b),!old`). Raises InvalidInput."""
    try:
        return read_selector(text)
    except ValueError:
        raise InvalidInput(
            f"'{text}' is no label selector", hint="write it like app=x,tier in (a,b)"
        ) from None
