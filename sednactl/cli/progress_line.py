"""One line on stderr that says what is waited for: rewritten on a terminal, written on change elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sednactl.cli.terminal_line import one_line
from sednactl.render.columns import printable

if TYPE_CHECKING:
    from sednactl.surroundings import Surroundings


@contextmanager
def progress_line(surroundings: Surroundings) -> Iterator[Callable[[str], None]]:
    """Give a function that shows a line; "" takes it away. It is gone when the block ends."""
    stream = surroundings.stderr
    moving = surroundings.moving(stream)
    shown = ""

    def show(text: str) -> None:
        nonlocal shown
        if text == shown:
            return
        if moving:
            stream.write(f"\r\x1b[K{one_line(text, stream)}")
        elif text:
            stream.write(f"{printable(text)}\n")
        stream.flush()
        shown = text

    try:
        yield show
    finally:
        if moving and shown:
            stream.write("\r\x1b[K")
            stream.flush()
