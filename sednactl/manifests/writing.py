"""Writing manifests: stable, in human order, and quoted so that no YAML reader changes a value.

YAML 1.1 and 1.2, PyYAML, ruamel and kubectl's own reader disagree about what an
unquoted scalar means (`yes`, `12:30`, `0644`, `1_000`, `1e3`, `2024-01-01`, `=`).
So a string is written plain only when it is plainly a word, a path, an image or
a quantity; every other string gets double quotes, whose meaning is the same
everywhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from sednactl.errors import InvalidInput
from sednactl.manifests.ordering import human_items, in_human_order

_WORD = re.compile(
    r"[A-Za-z/](?:[A-Za-z0-9_./@+=%~,-]|:(?=[A-Za-z0-9_./@+=%~-])| (?=[A-Za-z0-9_./@+(]))*\Z"
    # Quantities and shares begin with a digit but are no number to anyone.
    r"|[1-9][0-9]*(?:\.[0-9]+)?(?:m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|%)\Z"
)
_RESERVED = frozenset(
    ("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nil", "nan", "inf", "infinity")
)
_TURNING = "\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""What turns the direction of the text around: a terminal would show other words than are there."""
_UNPRINTABLE = f"[\x00-\x1f\x7f-\x9f\u2028\u2029{_TURNING}\ud800-\udfff\ufeff\ufffe\uffff]"
_NOT_LITERAL = (
    f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029{_TURNING}\ud800-\udfff\ufeff\ufffe\uffff]"  # must be escaped
    "|[ \t](?:\n|\\Z)"  # invisible at a line's end
    "|(?:^|\n)\t"  # a tab where indentation is expected
    "|\\A[ \n]"  # would need an indentation indicator
    "|\n\n\\Z"  # would need a keep indicator
)
_LONGEST_IMPLICIT_KEY = 1000
"""YAML readers look 1,024 characters ahead for the colon of a key; longer keys need a question mark."""
_INT64 = (-(2**63), 2**63 - 1)


def to_yaml(documents: Iterable[Mapping[str, Any]]) -> str:
    """Write documents as a YAML stream, `---` between them. Raises InvalidInput for what YAML cannot hold safely."""
    return "---\n".join("\n".join(_lines(document, "")) + "\n" for document in documents)


def to_json(documents: Iterable[Mapping[str, Any]]) -> str:
    """Write one document as a JSON object and several as a v1 List, in human order."""
    from sednactl.manifests.json_writing import json_text

    ordered = [in_human_order(document) for document in documents]
    whole = ordered[0] if len(ordered) == 1 else {"apiVersion": "v1", "kind": "List", "items": ordered}
    try:
        return json_text(whole, indent=4, strict=True)
    except ValueError as error:
        raise InvalidInput(f"this cannot be written as JSON: {error}") from None


def flow(value: Any) -> str:
    """Write any value on one line, so that a template can put it anywhere and nothing in it can break out."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(_flow_entry(_quoted(_text(key)), item) for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return _quoted(value) if isinstance(value, str) else scalar(value)


def _flow_entry(head: str, item: Any) -> str:
    return f"{'? ' if len(head) > _LONGEST_IMPLICIT_KEY else ''}{head}: {flow(item)}"


def scalar(value: Any) -> str:
    """Write a string, number, boolean or null on one line. Raises InvalidInput for numbers readers would change."""
    if isinstance(value, str):
        plain = _WORD.match(value) is not None and value.lower() not in _RESERVED and value[-1] != " "
        return value if plain else _quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if not _INT64[0] <= value <= _INT64[1]:
            raise InvalidInput(
                "a whole number does not fit into 64 bits",
                hint="readers would round it; put it in quotes if it is text",
            )
        return str(int(value))
    if isinstance(value, float):
        return _float(value)
    raise TypeError(f"a manifest holds no {type(value).__name__}")


def _float(value: float) -> str:
    if not math.isfinite(value):
        raise InvalidInput(f"{value} is no number that JSON, and so Kubernetes, can hold")
    if value.is_integer() and abs(value) < _INT64[1]:
        # As Kubernetes itself stores it; some readers round the digits of a large float.
        return str(int(value))
    mantissa, exponent, power = repr(float(value)).partition("e")
    # YAML 1.1 knows no float without a point and no exponent without a sign.
    if "." not in mantissa:
        mantissa += ".0"
    return mantissa + exponent + power


def _quoted(text: str) -> str:
    body = text.replace("\\", "\\\\").replace('"', '\\"')
    if not body.isprintable():
        body = re.sub(_UNPRINTABLE, _escaped, body)
    return f'"{body}"'


_SHORT_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _escaped(match: re.Match[str]) -> str:
    char = match[0]
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if "\ud800" <= char <= "\udfff":
        raise InvalidInput(
            "a text holds half of a surrogate pair, which no file can hold", hint="write the whole character"
        )
    return f"\\u{ord(char):04x}"


def _text(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a manifest's keys are strings, not {type(key).__name__}")
    return key


def _lines(value: Any, parent: str) -> list[str]:
    """Give a value's lines as they stand at the left margin; the first may follow `key: ` or `- `."""
    if isinstance(value, Mapping):
        if not value:
            return ["{}"]
        lines: list[str] = []
        for key, item in human_items(value, parent):
            lines += _entry(scalar(_text(key)), item, key)
        return lines
    if isinstance(value, (list, tuple)):
        if not value:
            return ["[]"]
        lines = []
        for item in value:
            first, *rest = _lines(item, parent)
            lines.append(f"- {first}")
            # A block's text is indented against the dash already.
            lines += rest if isinstance(item, str) else _indented(rest)
        return lines
    if isinstance(value, str) and "\n" in value and not re.search(_NOT_LITERAL, value):
        head = "|" if value[-1] == "\n" else "|-"
        return [head, *_indented(value.removesuffix("\n").split("\n"))]
    return [scalar(value)]


def _entry(head: str, item: Any, key: str) -> list[str]:
    first, *rest = _lines(item, key)
    if len(head) > _LONGEST_IMPLICIT_KEY:
        return [f"? {head}", f": {first}", *(rest if isinstance(item, str) else _indented(rest))]
    if isinstance(item, Mapping) and item:
        return [f"{head}:", *_indented([first, *rest])]
    if isinstance(item, (list, tuple)) and item:
        return [f"{head}:", first, *rest]
    return [f"{head}: {first}", *rest]


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" if line else "" for line in lines]
