"""A terminal taken over for a live view, and given back as it was whatever happens.

Alternate screen, hidden cursor, no echo of what is typed. Only lines that
changed are written. Ctrl-Z gives the terminal back while the program sleeps.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sednactl.surroundings import Surroundings

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J"
_LEAVE = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l"
TERMINATED = 128 + signal.SIGTERM
"""The exit code shells give to a program that SIGTERM ended."""


class Terminated(BaseException):
    """SIGTERM or SIGHUP came; unwinds like Ctrl-C, so that everything is restored on the way."""


class Quit(BaseException):
    """The user pressed q: enough seen."""


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind the program instead of killing it on the spot."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise Terminated

    with _handlers({signal.SIGTERM: end, signal.SIGHUP: end}):
        yield


class Screen:
    """The terminal, as lines. Made by `taken_over`."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._stdout = surroundings.stdout
        self._stdin = surroundings.stdin
        self._shown: list[str] = []
        self._mode: Any = None
        self._resized = True
        self._size = (80, 24)
        self._active = False

    def size(self) -> tuple[int, int]:
        """Give columns and lines; asks the terminal only after it was resized."""
        if self._resized:
            self._resized = False
            self._shown = []
            try:
                found = os.get_terminal_size(self._stdout.fileno())
                self._size = (found.columns or 80, found.lines or 24)
            except (OSError, ValueError):
                self._size = (80, 24)
            self._write("\x1b[2J")
        return self._size

    @property
    def resized(self) -> bool:
        """Tell whether the size must be asked for again."""
        return self._resized

    def draw(self, lines: Sequence[str]) -> None:
        """Show these lines from the top; each must fit the width, all of them the height."""
        changed = []
        for index in range(max(len(lines), len(self._shown))):
            line = lines[index] if index < len(lines) else ""
            if index >= len(self._shown) or self._shown[index] != line:
                changed.append(f"\x1b[{index + 1};1H\x1b[0m\x1b[2K{line}\x1b[0m")
        if changed:
            self._write("".join(changed))
        self._shown = list(lines)

    def typed(self) -> str:
        """Give what was typed since the last time; never waits."""
        if self._mode is None:
            return ""
        import select

        descriptor = self._stdin.fileno()
        if not select.select([descriptor], [], [], 0)[0]:
            return ""
        try:
            return os.read(descriptor, 256).decode("latin-1")
        except OSError:
            return ""

    def enter(self) -> None:
        """Take the terminal."""
        self._mode = _quiet(self._stdin)
        self._resized = True
        self._active = True
        self._write(_ENTER)

    def leave(self) -> None:
        """Give the terminal back; safe to call twice."""
        if not self._active:
            return
        self._active = False
        with suppress(OSError):  # the terminal itself may be gone
            self._write(_LEAVE)
        _restore(self._stdin, self._mode)
        self._mode = None

    def on_resize(self, _number: int, _frame: FrameType | None) -> None:
        """Note that the terminal has another size now."""
        self._resized = True

    def on_stop(self, _number: int, _frame: FrameType | None) -> None:
        """Give the terminal back, sleep, and take it again when woken."""
        self.leave()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self.on_stop)
        self.enter()

    def _write(self, text: str) -> None:
        encoding = self._stdout.encoding or "utf-8"
        self._stdout.write(text.encode(encoding, "replace").decode(encoding))
        self._stdout.flush()


@contextmanager
def taken_over(surroundings: Surroundings) -> Iterator[Screen]:
    """Take the terminal for as long as the block runs."""
    screen = Screen(surroundings)
    with _handlers({signal.SIGWINCH: screen.on_resize, signal.SIGTSTP: screen.on_stop}):
        try:
            screen.enter()
            yield screen
        finally:
            screen.leave()


@contextmanager
def _handlers(wanted: dict[signal.Signals, Callable[[int, FrameType | None], None]]) -> Iterator[None]:
    before: dict[signal.Signals, Any] = {}
    try:
        if threading.current_thread() is threading.main_thread():
            for number, handler in wanted.items():
                # A signal that whoever started us chose to ignore (nohup) stays ignored.
                if signal.getsignal(number) is not signal.SIG_IGN:
                    before[number] = signal.signal(number, handler)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _quiet(stream: Any) -> Any:
    """Stop echo and line mode where we are in front; give what must be restored."""
    import termios

    try:
        descriptor = stream.fileno()
        if not os.isatty(descriptor) or os.tcgetpgrp(descriptor) != os.getpgrp():
            return None
        mode = termios.tcgetattr(descriptor)
        quiet = [*mode[:3], mode[3] & ~(termios.ECHO | termios.ICANON), *mode[4:]]
        termios.tcsetattr(descriptor, termios.TCSADRAIN, quiet)
    except (OSError, ValueError, termios.error):
        return None
    return mode


def _restore(stream: Any, mode: Any) -> None:
    if mode is None:
        return
    import termios

    try:
        termios.tcsetattr(stream.fileno(), termios.TCSAFLUSH, mode)
    except (OSError, ValueError, termios.error):
        return
