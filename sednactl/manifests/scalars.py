"""What an unquoted word in YAML means to Kubernetes.

kubectl reads YAML 1.1 through a Go library with rules of its own: `yes` and `y`
are true, `0644` and `0o644` are 420, `1_000` is 1000, but `24:00` and dates stay
text. Then it turns everything into JSON and back, so that `1e3` and `1.0` end as
integers. No Python reader does all of this; this module does, and a test holds
it against the real kubectl.
"""

from __future__ import annotations

import re
from typing import Any, Final

WORDS: Final[dict[str, Any]] = {
    word: value
    for value, words in (
        (True, "y Y yes Yes YES true True TRUE on On ON"),
        (False, "n N no No NO false False FALSE off Off OFF"),
        (None, "~ null Null NULL"),
    )
    for word in words.split()
}
WORDS[""] = None
"""Unquoted words that mean a boolean or nothing."""
_NOT_FINITE: Final = frozenset(
    sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")
) | frozenset((".nan", ".NaN", ".NAN"))
_MAY_MEAN_MORE: Final = frozenset("+-0123456789.yYnNtTfFoO~")
_INTEGER: Final = r"[-+]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)"
_FLOAT: Final = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
_TIMESTAMP: Final = r"(?s:[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?)"
_DIGITS_OF_64_BITS: Final = 19  # with fewer, a number always fits
_LONGEST_NUMBER: Final = (
    4000  # characters; beyond it Python refuses to read digits, and no number means anything
)


class NotJson(ValueError):
    """The value has no place in JSON (infinity, not-a-number)."""


def plain(text: str) -> Any:
    """Give what an unquoted scalar means: str, bool, int, float or None. Raises NotJson.

    A float still needs `json_number`; as a key it needs `key_text` instead.
    """
    if text and text[0] not in _MAY_MEAN_MORE:
        return text
    if text in WORDS:
        return WORDS[text]
    if text in _NOT_FINITE:
        raise NotJson(f"{text} has no place in JSON")
    first = text[0]
    if first in "+-." or first.isdigit():
        return number(text)
    return text


def number(text: str) -> Any:
    """Give the number that `text` spells, or `text` itself where it spells none."""
    if (
        text.isdecimal()
        and text.isascii()
        and len(text) < _DIGITS_OF_64_BITS
        and (text[0] != "0" or text == "0")
    ):
        return int(text)
    digits = text.replace("_", "") if text[0] != "." else text
    if len(digits) > _LONGEST_NUMBER:
        return text
    if re.fullmatch(_INTEGER, digits) and not re.fullmatch(_TIMESTAMP, text):
        whole = _integer(digits)
        if -(2**63) <= whole < 2**63:
            return whole
        if whole < 2**64 and digits[0] not in "+-":
            return float(whole)
    if re.fullmatch(_FLOAT, digits):
        value = float(digits)
        if value not in (float("inf"), float("-inf")):
            return value
    return text


def json_number(value: float) -> int | float:
    """Give a float as Go's JSON spells it: whole numbers that fit in 64 bits lose their point."""
    if not value.is_integer() or abs(value) > 2.0**63:
        return value
    if abs(value) < 2.0**53:
        return int(value)
    from decimal import Decimal

    whole = int(Decimal(repr(value)))  # the digits that are written, not the exact value
    return whole if -(2**63) <= whole < 2**63 else value


def key_text(value: Any) -> str | None:
    """Give the text that a key of another type becomes in JSON; None where kubectl refuses it (null)."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _single_precision(value)
    return None


def _integer(digits: str) -> int:
    sign = -1 if digits[0] == "-" else 1
    body = digits.lstrip("+-")
    if len(body) > 1 and body[0] == "0" and body[1].isdigit():
        return sign * int(body, 8)
    return sign * int(body, 0)


def _single_precision(value: float) -> str:
    # Go writes such a key with the fewest digits that give the same 32-bit float back.
    import struct

    def single(number: float) -> bytes:
        return struct.pack(">f", number)

    try:
        wanted = single(value)
    except OverflowError:
        return "-.inf" if value < 0 else ".inf"
    mantissa, _, exponent = next(
        text for places in range(17) for text in (f"{value:.{places}e}",) if single(float(text)) == wanted
    ).partition("e")
    power = int(exponent)
    if power < -4 or power >= 6:
        return f"{mantissa}e{power:+03d}"
    digits = mantissa.replace(".", "").lstrip("-")
    return f"{value:.{max(0, len(digits) - 1 - power)}f}"
