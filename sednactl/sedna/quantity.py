"""Kubernetes quantities (`500m`, `2Gi`, `1e3`) as exact whole numbers of nano-units.

Kubernetes keeps nine digits after the point and rounds what is finer away from
zero, so an integer count of nano-units holds every value it can hold, exactly;
floats do not. Rules as in apimachinery's resource.Quantity.
"""

from __future__ import annotations

from typing import Final

from sednactl.errors import InvalidInput

NANO: Final = 10**9
LARGEST: Final = (2**63 - 1) * NANO
"""Where Kubernetes caps a quantity, in nano-units."""

_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_FACTORS: Final[dict[str, int]] = {
    **{suffix: 10 ** (power + 9) for suffix, power in _DECIMAL.items()},
    **{suffix: 2**power * NANO for suffix, power in _BINARY.items()},
}
"""Nano-units in one of each."""
_DIGITS: Final = "0123456789"
_MOST_PLAIN: Final = 18
"""Characters of a number that is plainly within the range."""
_FURTHEST_EXPONENT: Final = 64
"""Beyond it every value is zero, the smallest or the largest quantity, whatever the digits say."""
_MOST_DIGITS: Final = 200
"""More than the range above can use; Python refuses to read numbers of thousands of digits."""


def nano_units(quantity: str | int | float) -> int:
    """Read a quantity as nano-units, rounded away from zero and capped as Kubernetes does.

    Numbers that YAML or JSON gave unquoted are read as they are written. Raises
    InvalidInput for what is no quantity.
    """
    text = quantity if isinstance(quantity, str) else str(quantity)
    suffix = text.lstrip(_DIGITS)
    if suffix in _FACTORS and len(suffix) < len(text) <= _MOST_PLAIN:  # digits and a suffix, as nearly all
        digits = text[: len(text) - len(suffix)]
        return min(int(digits) * _FACTORS[suffix], LARGEST)
    sign, whole, fraction, suffix = _split(text)
    exponent = (0 if suffix in _BINARY else _exponent(suffix, text)) - len(fraction)
    factor = 2 ** _BINARY[suffix] if suffix in _BINARY else 1
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return 0
    if exponent + len(digits) > _FURTHEST_EXPONENT:
        return sign * LARGEST
    if exponent + len(digits) < -_FURTHEST_EXPONENT:
        return sign
    if len(digits) > _MOST_DIGITS:
        # What is cut off can only matter by not being zero: it rounds away.
        exponent += len(digits) - _MOST_DIGITS - 1
        digits = digits[:_MOST_DIGITS] + ("1" if digits[_MOST_DIGITS:].strip("0") else "0")
    return sign * min(_round_away(int(digits) * factor, exponent + 9), LARGEST)


def is_quantity(value: object) -> bool:
    """Tell whether Kubernetes would take the value as a quantity."""
    return nanos_of(value) is not None


def is_plain_quantity(text: str) -> bool:
    """Tell, quickly, whether a text is a short whole number and perhaps a suffix, as nearly all quantities are."""
    suffix = text.lstrip(_DIGITS)
    return suffix in _FACTORS and len(suffix) < len(text) <= _MOST_PLAIN


def nanos_of(value: object) -> int | None:
    """Give a value of any type in nano-units, None where it is no quantity."""
    if isinstance(value, str):
        known = _known.get(value)
        return _read(value) if known is None else known
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _read(str(value))
    return None


_MOST_KNOWN: Final = 4096
_LONGEST_KNOWN: Final = 24
_known: Final[dict[str, int]] = {}
"""Quantities that were read, up to so many of so many characters: manifests say the same few short ones over and over."""


def _read(text: str) -> int | None:
    try:
        nanos = nano_units(text)
    except InvalidInput:
        return None
    if len(text) <= _LONGEST_KNOWN:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[text] = nanos
    return nanos


def milli_units(quantity: str | int | float) -> int:
    """Read a quantity as thousandths (millicores for cpu), rounded up as Quantity.MilliValue does."""
    return -(-nano_units(quantity) // 10**6)


def plain_number(nanos: int) -> int | float:
    """Give nano-units as the number JSON carries: an int where it is whole."""
    return nanos // NANO if nanos % NANO == 0 else nanos / NANO


def canonical(nanos: int) -> str:
    """Write nano-units as Kubernetes writes decimal quantities: the largest suffix that leaves a whole number."""
    if nanos == 0:
        return "0"
    exponent = -9
    while nanos % 1000 == 0 and exponent < 18:
        nanos //= 1000
        exponent += 3
    suffix = next(letter for letter, power in _DECIMAL.items() if power == exponent)
    return f"{nanos}{suffix}"


def _split(text: str) -> tuple[int, str, str, str]:
    position, end = 0, len(text)
    sign = -1 if text[:1] == "-" else 1
    if text[:1] in ("+", "-"):
        position = 1
    start = position
    while position < end and text[position] in _DIGITS:
        position += 1
    whole, fraction = text[start:position], ""
    if position < end and text[position] == ".":
        start = position + 1
        position = start
        while position < end and text[position] in _DIGITS:
            position += 1
        fraction = text[start:position]
    if not whole and not fraction:
        raise _no_quantity(text)
    return sign, whole, fraction, text[position:]


def _exponent(suffix: str, text: str) -> int:
    if suffix in _DECIMAL:
        return _DECIMAL[suffix]
    rest = suffix[1:]
    digits = rest[1:] if rest[:1] in ("+", "-") else rest
    if suffix[:1] not in ("e", "E") or not digits or any(digit not in _DIGITS for digit in digits):
        raise _no_quantity(text)
    # Longer exponents overflow Go's int64 parser, and would take this one for ever.
    if len(digits.lstrip("0")) > 18:
        raise _no_quantity(text)
    return int(rest)


def _round_away(number: int, exponent: int) -> int:
    power: int = 10 ** abs(exponent)
    return number * power if exponent >= 0 else -(-number // power)


def _no_quantity(text: str) -> InvalidInput:
    return InvalidInput(
        f"'{text[:64]}' is no quantity", hint="write a number with a suffix such as 500m, 2, 1.5, 64Mi or 2Gi"
    )
