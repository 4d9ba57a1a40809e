"""Whole numbers as the controller, a Go program, computes them.

Python's integers have no end and round down; the controller's are cut at 32 or
64 bits and round toward zero. Where a float does not fit, amd64's answer is
given: the smallest number of that width.
"""

from __future__ import annotations

from math import ceil, isfinite

INT32_LOWEST, INT32_HIGHEST = -(2**31), 2**31 - 1
INT64_LOWEST, INT64_HIGHEST = -(2**63), 2**63 - 1


def divided(number: int, by: int) -> int:
    """Divide, rounding toward zero."""
    quotient = abs(number) // abs(by)
    return quotient if (number < 0) == (by < 0) else -quotient


def ratio_of(number: int, to: int) -> float:
    """Divide as 64-bit floats: infinite, or not a number, by zero."""
    if to:
        return float(number) / float(to)
    return float("nan") if not number else float("inf") if number > 0 else float("-inf")


def replicas_from(number: float) -> int:
    """Round up to a count of replicas (int32)."""
    return _whole(number, INT32_LOWEST, INT32_HIGHEST)


def usage_from(number: float) -> int:
    """Round up to a usage (int64)."""
    return _whole(number, INT64_LOWEST, INT64_HIGHEST)


def cut_to_replicas(number: float) -> int:
    """Cut off the fraction to a count of replicas (int32)."""
    return int(number) if isfinite(number) and INT32_LOWEST <= number <= INT32_HIGHEST else INT32_LOWEST


def _whole(number: float, lowest: int, highest: int) -> int:
    if not isfinite(number):
        return lowest
    rounded = ceil(number)
    return rounded if lowest <= rounded <= highest else lowest
