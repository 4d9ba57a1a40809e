"""What is going on, told on standard error while it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sednactl.surroundings import Surroundings


class Ticker:
    """One line on standard error that says what is going on; where the cursor cannot move, waits are said once."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._stream = surroundings.stderr
        self._moving = surroundings.moving(surroundings.stderr)
        self._shown = False
        self._waiting = False

    def __call__(self, text: str) -> None:
        """Say what is going on now; the next word replaces it."""
        from sednactl.cli.terminal_line import one_line
        from sednactl.render.columns import printable

        if self._moving:
            self._shown = True  # first: Ctrl-C may come before the line is out, and then it goes as well
            self._stream.write(f"\r\x1b[K{one_line(text, self._stream)}")
            self._stream.flush()
        elif text.startswith("waiting") and not self._waiting:
            self._waiting = True
            self.say(printable(text))

    def say(self, text: str) -> None:
        """Write a line that stays."""
        self._clear()
        self._stream.write(text + "\n")
        self._stream.flush()

    def _clear(self) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False

    def __enter__(self) -> Ticker:
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()
