"""Who is told what a watch sees: a live screen, lines or JSON lines, and a recording beside them."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

from sednactl import __version__
from sednactl.scaling.following import Audience
from sednactl.scaling.watching import News, Scope

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.scaling.recording import Recording
    from sednactl.surroundings import Surroundings


@dataclass(frozen=True)
class Wishes:
    """How the user wants to see a watch. `until` and `timeout` (seconds) are only shown."""

    jsonl: bool
    wide: bool
    colour: bool
    record: str | None
    force: bool
    until: str | None
    timeout: float | None


@contextmanager
def audience(
    surroundings: Surroundings, cluster: Cluster, scope: Scope, wishes: Wishes
) -> Iterator[list[Audience]]:
    """Open the recording and the screen; whatever happens, end the one and restore the other."""
    told: list[Audience] = []
    recorder = None
    if wishes.record is not None:
        recorder = Recorder(wishes.record, surroundings, cluster, scope, force=wishes.force)
        told.append(recorder)
    try:
        if wishes.jsonl:
            from sednactl.render.scale_jsonl import JsonLines

            told.append(JsonLines(_flushing(surroundings.stdout), surroundings.stderr.write))
            told.append(Reader(surroundings.stdout))
            yield told
        elif surroundings.moving(surroundings.stdout):
            from sednactl.render.scale_live import live_screen

            with live_screen(surroundings, cluster, scope, wishes) as screen:
                told.append(screen)
                yield told
        else:
            from sednactl.render.scale_table import PlainLines

            told.append(
                PlainLines(
                    _flushing(surroundings.stdout),
                    surroundings.stderr.write,
                    namespaces=scope.namespace is None,
                    wide=wishes.wide,
                )
            )
            told.append(Reader(surroundings.stdout))
            yield told
    finally:
        if recorder is not None:
            recorder.end(surroundings.now())


class Reader:
    """Whoever reads standard output through a pipe: the watch ends when they leave, also while nothing happens.

    `scale watch -o jsonl | head -1` would else stay until something is written, on
    a quiet cluster for ever.
    """

    def __init__(self, stream: TextIO) -> None:
        import select

        self._poll = None
        with suppress(OSError, ValueError, AttributeError):  # no file behind it, or a system without poll
            poll = select.poll()
            poll.register(stream.fileno(), 0)  # errors and hang-ups are told unasked
            self._poll = poll.poll
            self._left = select.POLLERR | select.POLLHUP

    def tell(self, news: News, now: datetime) -> None:
        """A write that fails tells by itself."""

    def tick(self, now: datetime) -> None:  # noqa: ARG002 - an audience's signature
        """End if nobody reads. Raises BrokenPipeError."""
        if self._poll is not None and any(event & self._left for _, event in self._poll(0)):
            raise BrokenPipeError(errno.EPIPE, "nobody reads the output any more")


class Recorder:
    """The recording's place in the audience."""

    def __init__(
        self, path: str, surroundings: Surroundings, cluster: Cluster, scope: Scope, *, force: bool
    ) -> None:
        from sednactl.scaling.recording import Recording, header

        self._recording: Recording = Recording(path, force=force)
        self._broken = False
        program = f"sednactl {__version__}"
        now = surroundings.now()
        self._recording.write(
            header(scope, server=cluster.server, context=cluster.context, program=program, now=now)
        )

    def tell(self, news: News, now: datetime) -> None:
        """Write the news down before anything else can go wrong."""
        from sednactl.errors import PartlyDone
        from sednactl.scaling.recording import line_of

        try:
            self._recording.write(line_of(news, now))
        except PartlyDone:
            self._broken = True
            raise

    def tick(self, now: datetime) -> None:
        """Nothing depends on the clock alone."""

    def end(self, now: datetime) -> None:
        """Write down when the watch ended, so that the last state's length is known."""
        from sednactl.scaling.recording import event_line

        if not self._broken:
            self._recording.write(event_line("ended", now))
        self._recording.close()


def _flushing(stream: TextIO) -> Callable[[str], None]:
    def write(text: str) -> None:
        stream.write(text)
        stream.flush()

    return write
