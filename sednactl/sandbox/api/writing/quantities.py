"""Quantities as the API server writes them back: the canonical spelling of apimachinery's resource.Quantity."""

from __future__ import annotations

import functools

from sednactl.errors import InvalidInput
from sednactl.sedna.quantity import LARGEST, NANO, canonical, nano_units

REFUSED = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")


@functools.lru_cache(maxsize=4096)
def canonical_quantity(text: str) -> str:
    """Give the spelling that the API server stores for a quantity. Raises InvalidInput for what is none.

    Binary suffixes stay binary (1024Mi becomes 1Gi, 0.5Gi 512Mi), exponents stay exponents (1e3),
    all else takes the largest decimal suffix that leaves a whole number (1000m becomes 1).
    """
    text = text.strip()
    nanos = nano_units(text)
    if text.endswith("i"):
        return _binary(nanos)
    if text[-1:] not in "E" and any(letter in text for letter in "eE"):
        return _exponent(nanos)
    return canonical(nanos)


@functools.lru_cache(maxsize=4096)
def nanos_of(text: str) -> int:
    """Give a quantity in nano-units. Raises InvalidInput for what is none."""
    return nano_units(text)


def _binary(nanos: int) -> str:
    if nanos % NANO or abs(nanos) < 1024 * NANO:
        return canonical(nanos)
    whole, power = nanos // NANO, 0
    if abs(nanos) == LARGEST:
        return str(whole)
    while whole % 1024 == 0 and power < len(_BINARY) - 1:
        whole //= 1024
        power += 1
    return f"{whole}{_BINARY[power]}"


def _exponent(nanos: int) -> str:
    if nanos == 0:
        return "0"
    exponent = -9
    while nanos % 1000 == 0 and exponent < 18:
        nanos //= 1000
        exponent += 3
    return f"{nanos}e{exponent}" if exponent else str(nanos)


def read_quantity(value: object) -> str | None:
    """Give the canonical spelling of a value that JSON carried, None where it is no quantity."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        return canonical_quantity(value if isinstance(value, str) else str(value))
    except InvalidInput:
        return None
