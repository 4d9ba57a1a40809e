"""Quantities are read exactly as Kubernetes reads them."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.errors import InvalidInput
from sednactl.sedna.quantity import (
    LARGEST,
    NANO,
    canonical,
    is_quantity,
    milli_units,
    nano_units,
    plain_number,
)

SUFFIXES: dict[str, int | Fraction] = {
    "": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18,
    "m": Fraction(1, 10**3), "u": Fraction(1, 10**6), "n": Fraction(1, 10**9),
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60,
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "nanos"),
    [
        ("0", 0),
        ("500m", NANO // 2),
        ("1024m", 1024 * 10**6),
        ("1.5", 3 * NANO // 2),
        (".5", NANO // 2),
        ("5.", 5 * NANO),
        ("+1", NANO),
        ("-1", -NANO),
        ("64M", 64 * 10**6 * NANO),
        ("2Gi", 2**31 * NANO),
        ("1e3", 1000 * NANO),
        ("1E3", 1000 * NANO),
        ("1E", 10**18 * NANO),
        ("1e+2", 100 * NANO),
        ("1e-3", NANO // 1000),
        ("0.1n", 1),
        ("-0.1n", -1),
        ("1.0000000001", NANO + 1),
        ("9223372036854775807", LARGEST),
        ("10E", LARGEST),
        ("1e999999999", LARGEST),
        ("-1e999999999", -LARGEST),
        ("0e999999999", 0),
        ("1e-999999999", 1),
        ("1" * 5000, LARGEST),
        ("0." + "0" * 5000 + "1", 1),
        ("0." + "1" * 5000, 111111112),
        (7, 7 * NANO),
        (0.5, NANO // 2),
        (1e-05, 10_000),
    ],
)
def test_known_values(text: str | int | float, nanos: int) -> None:
    assert nano_units(text) == nanos


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "m", ".", "-", "+-1", "1.2.3", "1K", "1mi", "1e", "1e1.5", "1eE", "1Mim", "0x10", "½", "٣", "1e-", "1,5",
     "NaN", "inf", "1e99999999999999999999"],
)  # fmt: skip
def test_what_is_no_quantity(text: str) -> None:
    with pytest.raises(InvalidInput):
        nano_units(text)
    assert not is_quantity(text)


@pytest.mark.parametrize("value", [True, None, [], {}, float("nan"), float("inf")])
def test_values_that_are_no_quantity(value: object) -> None:
    assert not is_quantity(value)


@given(
    st.sampled_from(["", "+", "-"]),
    st.integers(0, 10**30).map(str),
    st.one_of(st.just(""), st.integers(0, 10**20).map(lambda digits: f".{digits}")),
    st.one_of(
        st.sampled_from(sorted(SUFFIXES)),
        st.tuples(st.sampled_from("eE"), st.integers(-40, 40)).map(lambda pair: f"{pair[0]}{pair[1]}"),
    ),
)
def test_agrees_with_plain_fractions(sign: str, whole: str, fraction: str, suffix: str) -> None:
    factor = Fraction(SUFFIXES[suffix] if suffix in SUFFIXES else Fraction(10) ** int(suffix[1:]))
    exact = Fraction(whole + fraction) * factor
    expected = min(ceil(exact * NANO), LARGEST)
    assert nano_units(sign + whole + fraction + suffix) == (-expected if sign == "-" else expected)


@given(st.integers(-LARGEST, LARGEST))
def test_writing_and_reading_gives_the_same(nanos: int) -> None:
    assert nano_units(canonical(nanos)) == nanos


def test_units() -> None:
    assert milli_units("1") == 1000
    assert milli_units("100u") == 1
    assert plain_number(nano_units("12500m")) == 12.5
    assert plain_number(nano_units("3")) == 3
    assert isinstance(plain_number(nano_units("3")), int)
