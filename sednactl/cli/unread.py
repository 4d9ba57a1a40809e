"""Output that nobody reads any more does not stop a command, nor change what its exit code says.

`sednactl apply -f parks/ | head -1` would else leave off after the first
object, and `sednactl diff … | head` say that nothing differs. A command that
ends only when its reader leaves asks for the streams as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from sednactl.surroundings import Surroundings


class _Unread:
    """A stream that takes everything, also when the pipe behind it is closed."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._left = False

    def write(self, text: str) -> int:
        """Write, as long as anybody reads."""
        if not self._left:
            try:
                self.stream.write(text)
            except BrokenPipeError:
                self._left = True
        return len(text)

    def flush(self) -> None:
        """Flush, as long as anybody reads."""
        if not self._left:
            try:
                self.stream.flush()
            except BrokenPipeError:
                self._left = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def going_on_unread(surroundings: Surroundings) -> Surroundings:
    """Give the same with an output whose reader may leave."""
    return surroundings._replace(
        stdout=cast(TextIO, _Unread(surroundings.stdout)),
        stderr=cast(TextIO, _Unread(surroundings.stderr)),
    )


def ending_unread(surroundings: Surroundings) -> Surroundings:
    """Give the same with a standard output that raises BrokenPipeError once its reader has left."""
    stdout = surroundings.stdout
    return surroundings._replace(stdout=stdout.stream) if isinstance(stdout, _Unread) else surroundings
