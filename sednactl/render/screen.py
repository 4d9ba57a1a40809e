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
    from datetime import datetime

    from sednactl.scaling.watching import News
    from sednactl.surroundings import Surroundings

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J"
_LEAVE = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l"
TERMINATED = 128 + signal.SIGTERM
"""The exit code shells give to a program that SIGTERM ended."""


class Terminated(BaseException):
    """SIGTERM or SIGHUP came; unwinds like Ctrl-C."""


class Quit(BaseException):
    """The user pressed q: enough seen."""


class Ending:
    """Ctrl-C, SIGTERM and SIGHUP, taken note of and acted upon between two steps of a watch.

    Raising from a handler at once could break a lock in the middle of its use; a
    second signal does so all the same, for a watch that hangs in a write.
    """

    def __init__(self) -> None:
        self._signal: int | None = None

    def heard(self, number: int, _frame: FrameType | None) -> None:
        """Take note of a signal."""
        before, self._signal = self._signal, number
        if before is not None:
            self._end()

    def tell(self, news: News, now: datetime) -> None:
        """News changes nothing about how it ends."""

    def tick(self, now: datetime) -> None:  # noqa: ARG002 - an audience's signature
        """End if that was asked for. Raises KeyboardInterrupt or Terminated."""
        if self._signal is not None:
            self._end()

    def _end(self) -> None:
        raise KeyboardInterrupt if self._signal == signal.SIGINT else Terminated


@contextmanager
def ended_in_order() -> Iterator[Ending]:
    """Let Ctrl-C, SIGTERM and SIGHUP unwind a watch, so that everything is restored on the way."""
    ending = Ending()
    with _handlers(dict.fromkeys((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), ending.heard)):
        yield ending


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
        self._stopping = False

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
        """Take the terminal. May be interrupted anywhere: `leave` undoes whatever was done."""
        self._active = True
        self._resized = True
        self._mode = _settings(self._stdin)
        if self._mode is not None:
            _hush(self._stdin, self._mode)
        self._write(_ENTER)

    def leave(self) -> None:
        """Give the terminal back; safe to call twice, and again when it was interrupted."""
        if not self._active:
            return
        with suppress(OSError):  # the terminal itself may be gone
            self._write(_LEAVE)
        if self._mode is not None:
            _restore(self._stdin, self._mode)
        self._mode = None
        self._active = False

    def on_resize(self, _number: int, _frame: FrameType | None) -> None:
        """Note that the terminal has another size now."""
        self._resized = True

    def on_stop(self, _number: int, _frame: FrameType | None) -> None:
        """Note Ctrl-Z; no more, as a handler must not write where it may have interrupted a write."""
        self._stopping = True

    def sleep_if_told(self) -> None:
        """After Ctrl-Z give the terminal back, sleep, and take it again when woken."""
        if not self._stopping:
            return
        self._stopping = False
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
            try:
                screen.leave()
            except BaseException:  # Ctrl-C once more: the terminal is given back all the same
                screen.leave()
                raise


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


def _settings(stream: Any) -> Any:
    """Give the terminal's settings; None where there is no terminal or we are in its background."""
    import termios

    try:
        descriptor = stream.fileno()
        if not os.isatty(descriptor) or os.tcgetpgrp(descriptor) != os.getpgrp():
            return None
        return termios.tcgetattr(descriptor)
    except (OSError, ValueError, termios.error):
        return None


def _hush(stream: Any, settings: Any) -> None:
    """Stop echo and line mode; Ctrl-C and Ctrl-Z keep their meaning."""
    import termios

    quiet = [*settings[:3], settings[3] & ~(termios.ECHO | termios.ICANON), *settings[4:]]
    with suppress(OSError, termios.error):
        termios.tcsetattr(stream.fileno(), termios.TCSADRAIN, quiet)


def _restore(stream: Any, settings: Any) -> None:
    import termios

    with suppress(OSError, ValueError, termios.error):
        termios.tcsetattr(stream.fileno(), termios.TCSAFLUSH, settings)
