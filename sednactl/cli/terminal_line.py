"""How wide a terminal is, and text that stays on one of its lines."""

from __future__ import annotations

import os
from typing import TextIO

from sednactl.render.columns import clip, printable
from sednactl.render.drawing import draws_unicode

_USUAL = 80


def columns_of(stream: TextIO) -> int:
    """Give the width (cells) of the terminal behind a stream, the usual 80 where it is not known."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL
    except (OSError, ValueError):
        return _USUAL


def room_of(stream: TextIO) -> int | None:
    """Give how wide (cells) a line may be: as wide as the terminal, and anything (None) where it is none."""
    return columns_of(stream) if stream.isatty() else None


def one_line(text: str, stream: TextIO) -> str:
    """Cut text so that it leaves the last cell of the line free.

    A line that wraps cannot be rewritten: going back to its beginning goes back
    to that of its last row only, and the rows above stay for good.
    """
    return clip(printable(text), columns_of(stream) - 1, unicode=draws_unicode(stream))
