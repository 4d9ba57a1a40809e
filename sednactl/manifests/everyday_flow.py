"""A map or list in brackets on one line of everyday YAML: `{name: big}`, `["sh", '-c', 1]`.

What stands in them is read where it is a quoted text without escapes or a word that holds nothing
but letters, digits and what never means anything to YAML; the rest is declined, as everywhere here.
"""

from __future__ import annotations

import re
from typing import Any, Final

from sednactl.manifests.everyday_lines import Declined, meaning

_DEEPEST: Final = 40
"""Brackets in brackets that are read: with what indentation allows, fewer than a document may have."""
_SCALAR: Final = re.compile(
    r"\"([ !#-\[\]-~]*)\"|'([ -&(-~]*)'|((?:[A-Za-z0-9_./]|-(?=[A-Za-z0-9]))[A-Za-z0-9_./+=@$()-]*)"
)


def read(text: str) -> Any:
    """Give the map or list that a text is. Raises Declined."""
    value, end = _value(text, 0, _DEEPEST)
    if end != len(text):
        raise Declined
    return value


def another(value: Any) -> Any:
    """Give a map or list once more, as every document needs one of its own."""
    if isinstance(value, dict):
        return {key: another(item) for key, item in value.items()}
    return [another(item) for item in value] if isinstance(value, list) else value


def _value(text: str, at: int, left: int) -> tuple[Any, int]:
    """Give what begins at an offset and where it ends, with so many brackets left to open."""
    begins = text[at : at + 1]
    if begins == "{" and left:
        return _map(text, at, left - 1)
    if begins == "[" and left:
        return _list(text, at, left - 1)
    found = _SCALAR.match(text, at)
    if found is None:
        raise Declined
    return (meaning(found[3]) if found[3] else found[0][1:-1]), found.end()


def _list(text: str, at: int, left: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    more, at = _begun(text, at, "]")
    while more:
        item, at = _value(text, at, left)
        items.append(item)
        more, at = _go_on(text, at, "]")
    return items, at


def _map(text: str, at: int, left: int) -> tuple[dict[str, Any], int]:
    items: dict[str, Any] = {}
    more, at = _begun(text, at, "}")
    while more:
        key, at = _value(text, at, 0)
        if type(key) is not str or key in items or key == "<<" or text[at : at + 2] != ": ":
            raise Declined
        items[key], at = _value(text, _behind_spaces(text, at + 2), left)
        more, at = _go_on(text, at, "}")
    return items, at


def _begun(text: str, at: int, closing: str) -> tuple[bool, int]:
    """Step into brackets; tell whether anything stands in them."""
    at = _behind_spaces(text, at + 1)
    return (False, at + 1) if text[at : at + 1] == closing else (True, at)


def _go_on(text: str, at: int, closing: str) -> tuple[bool, int]:
    """Step behind a comma, or out of the brackets; tell which it was."""
    at = _behind_spaces(text, at)
    if text[at : at + 1] == closing:
        return False, at + 1
    if text[at : at + 1] != ",":
        raise Declined
    return True, _behind_spaces(text, at + 1)


def _behind_spaces(text: str, at: int) -> int:
    while text[at : at + 1] == " ":
        at += 1
    return at
