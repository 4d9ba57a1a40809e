"""Small pieces of the sentences that checks make."""

from __future__ import annotations

from collections.abc import Sequence


def some(names: Sequence[str], most: int = 5) -> str:
    """Give the first names, and how many more there are."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def counted(number: int, one: str, many: str = "") -> str:
    """Write a number with its word: `1 node`, `3 nodes`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
