"""Lines and columns of a text, found quickly however often they are asked for."""

from __future__ import annotations

import functools
from bisect import bisect_right

from sednactl.manifests.document import Position


class Lines:
    """Where the lines of a text begin."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0]
        at = text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find("\n", at + 1)

    def position(self, offset: int) -> Position:
        """Give line and column of a character, both from 1."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """Give the text of a line, counted from 1, without its end; "" where there is none."""
        if not 0 < number <= len(self._starts):
            return ""
        begin = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self._text)
        return self._text[begin:end].rstrip("\r")


@functools.lru_cache(maxsize=1)
def lines_of(text: str) -> Lines:
    """Give the lines of a text; those of the last one are kept, as findings come document by document."""
    return Lines(text)
