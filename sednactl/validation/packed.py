"""Many small values in little room: a list of packed values, and an index from hashes to their numbers.

A tuple of a few names costs some hundred bytes as Python keeps it, and each name sixty more;
packed together they cost little more than their letters. What is asked for is unpacked, one at a time.
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Sequence
from typing import Any, Final

_NONE: Final = 0xFFFF_FFFF
_NOTHING: Final[tuple[int, ...]] = ()


def packed(value: Any) -> Any:
    """Give the bytes of a value of plain ones; what holds anything else comes back as it is."""
    try:
        return marshal.dumps(value)
    except ValueError:
        return value


class Packed:
    """Values by the number they were added as: of tuples, lists, dicts, sets, text, numbers and None.

    Anything else stays as it is, in as much room as it takes.
    """

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q")
        self._others: dict[int, Any] = {}

    def __len__(self) -> int:
        return len(self._ends)

    def add(self, value: Any) -> int:
        """Put a value to the others; give its number, counted from 0."""
        return self.add_packed(packed(value))

    def add_packed(self, value: Any) -> int:
        """Put to the others what `packed` made of a value; give its number."""
        number = len(self._ends)
        if isinstance(value, bytes):
            self._bytes += value
        else:
            self._others[number] = value
        self._ends.append(len(self._bytes))
        return number

    def __getitem__(self, number: int) -> Any:
        if number in self._others:
            return self._others[number]
        begin = self._ends[number - 1] if number else 0
        # Only what `packed` gave, in this process or in one of its own, is ever read.
        return marshal.loads(self._bytes[begin : self._ends[number]])  # noqa: S302


class Index:
    """Numbers (below 2³²) by the hashes of what they stand for; who asks compares what has the same hash.

    A table of its own, open-addressed: a dict of ints takes five times the room.
    """

    def __init__(self) -> None:
        self._hashes = array("q")
        self._numbers = array("I")
        self._table = array("I", [_NONE]) * 64

    def add(self, hashed: int, number: int) -> None:
        """Put a number under a hash; there may be others under the same."""
        if 3 * len(self._hashes) >= 2 * len(self._table):
            self._grow()
        self._enter(hashed, len(self._hashes))
        self._hashes.append(hashed)
        self._numbers.append(number)

    def find(self, hashed: int) -> Sequence[int]:
        """Give the numbers under a hash, in the order they were added."""
        table, hashes = self._table, self._hashes
        last = len(table) - 1
        slot = hashed & last
        found: list[int] | None = None
        while (entry := table[slot]) != _NONE:
            if hashes[entry] == hashed:
                found = [] if found is None else found
                found.append(self._numbers[entry])
            slot = (slot + 1) & last
        return _NOTHING if found is None else found

    def _enter(self, hashed: int, entry: int) -> None:
        table = self._table
        last = len(table) - 1
        slot = hashed & last
        while table[slot] != _NONE:
            slot = (slot + 1) & last
        table[slot] = entry

    def _grow(self) -> None:
        self._table = array("I", [_NONE]) * (2 * len(self._table))
        for entry, hashed in enumerate(self._hashes):
            self._enter(hashed, entry)


class Twice:
    """Finds which of many hashes may have come before, in two bytes a hash: rarely one that has not."""

    def __init__(self, count: int) -> None:
        self._last = (1 << max(16 * count, 1024).bit_length()) - 1
        self._bits = bytearray(self._last // 8 + 1)

    def seen(self, hashed: int) -> bool:
        """Tell whether this hash, or by chance another one, came before."""
        byte, bit = divmod(hashed & self._last, 8)
        before = self._bits[byte]
        self._bits[byte] = before | 1 << bit
        return bool(before >> bit & 1)
