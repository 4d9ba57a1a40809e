"""Requests and their answers: one deadline over all, repeats where those do no harm, everything traced.

Two rules run through it. No write is ever sent twice unless the second cannot do
harm (`Repeat`), and whatever interrupts an exchange, Ctrl-C included, drops its
connection, so that no answer is ever taken for another request's.
"""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Callable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from sednactl import __version__
from sednactl.cluster.answers import Answer, Asked, decoded, warnings_in
from sednactl.cluster.connections import Connections
from sednactl.cluster.door import Json
from sednactl.cluster.faults import turned_away, unreachable
from sednactl.errors import ClusterError, Unreachable

if TYPE_CHECKING:
    import threading
    from datetime import datetime

    from sednactl.cluster.credentials import Credentials
    from sednactl.cluster.identity import Proof
    from sednactl.cluster.wire import Connection
    from sednactl.surroundings import Surroundings

T = TypeVar("T")

DEFAULT_TIMEOUT = 30.0
"""Seconds for one request where the user says nothing."""

LARGEST_ANSWER = 512 * 1024 * 1024
LARGEST_REFUSAL = 4 * 1024 * 1024
LONGEST_LINE = 64 * 1024 * 1024
"""Bytes after which an answer, or a line of a stream, is given up."""

_TRIES = 4
_LEAST_SECONDS = 1.0
_CLOCKS_AGREE = 5.0
"""Seconds by which two clocks may differ and still count as the same."""
_LONGEST_PAUSE = 10.0
"""Seconds that are waited for another try, at most."""


class Repeat(Enum):
    """Whether a request may be sent again after its answer was lost.

    `SAFE` requests leave the same state whether they arrive once or twice: reads,
    dry runs, server-side apply, and a deletion bound to a UID. `NEVER` is for
    everything else: a second create could make a second object, a second merge
    patch could undo somebody's change, and a second deletion by name could take a
    newer object of that name. Requests that the server provably did not look at
    (it throttled them, or no byte was sent) may be repeated either way.
    """

    SAFE = "safe"
    NEVER = "never"


class Sender:
    """Sends requests to one API server as one identity; may be used from several threads.

    `timeout` is in seconds and bounds one request with all its tries; None waits for ever.
    """

    def __init__(
        self,
        credentials: Credentials,
        timeout: float | None,
        surroundings: Surroundings,
        connections: Connections | None = None,
    ) -> None:
        self._credentials = credentials
        self._timeout = timeout
        self._end: float | None = None
        self._dated: tuple[str, datetime] | None = None
        self._surroundings = surroundings
        self._connections = connections or Connections(credentials, surroundings.monotonic)
        self.close = self._connections.close
        self.abort = self._connections.abort

    def twin(self, stop: threading.Event) -> Sender:
        """Give the same with connections of its own, which can be aborted alone; `stop` ends its pauses."""

        def sleep(seconds: float) -> None:
            stop.wait(seconds)

        surroundings = self._surroundings._replace(sleep=sleep)
        return Sender(self._credentials, self._timeout, surroundings, self._connections.twin())

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Let no request inside the block go on for longer than that, counted from its beginning.

        A request that starts when the time is as good as over still has a second.
        """
        before, self._end = self._end, self.clock() + seconds
        try:
            yield
        finally:
            self._end = before

    def _deadline(self) -> float | None:
        now = self.clock()
        ends = [] if self._timeout is None else [now + self._timeout]
        if self._end is not None:
            ends.append(max(self._end, now + _LEAST_SECONDS))
        return min(ends, default=None)

    def clock(self) -> float:
        """Give the time in seconds, from any start."""
        return self._surroundings.monotonic()

    def server_time(self) -> datetime:
        """Give the time by the API server's clock, as its latest answer tells it; by ours where none did."""
        from email.utils import parsedate_to_datetime

        now = self._surroundings.now()
        if self._dated is None:
            return now
        text, then = self._dated
        try:
            ahead = parsedate_to_datetime(text) - then
        except (TypeError, ValueError):
            return now
        # The header knows whole seconds only, and answers travel: a little is no difference.
        return now if abs(ahead.total_seconds()) < _CLOCKS_AGREE else now + ahead

    def ask(
        self,
        method: str,
        asked: Asked,
        body: Any = None,
        *,
        repeat: Repeat,
        accept: str = "application/json",
        content_type: str = "application/json",
        lost: list[Unreachable] | None = None,
    ) -> tuple[Json, Answer]:
        """Send, repeat where that is safe, and decode. `lost` collects tries whose answer never came."""
        return self.ask_for(
            decoded, method, asked, body, repeat=repeat, accept=accept, content_type=content_type, lost=lost
        )

    def ask_for(
        self,
        decode: Callable[[Answer, Asked, str, str], T],
        method: str,
        asked: Asked,
        body: Any = None,
        *,
        repeat: Repeat,
        accept: str = "application/json",
        content_type: str = "application/json",
        lost: list[Unreachable] | None = None,
    ) -> tuple[T, Answer]:
        """Do what `ask` does with a decoder of one's own, which raises for bad answers as `decoded` does."""
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8")
        clock = self._surroundings.monotonic
        deadline = self._deadline()
        renewed = doubtful = False
        writes = _writes(method, asked, body)
        for attempt in range(1, _TRIES + 1):
            last = attempt == _TRIES
            begun = clock()
            try:
                answer = self._exchange(method, asked, data, accept, content_type, deadline, repeat)
                self._tell(method, asked.path, str(answer.status), begun)
            except Unreachable as error:
                self._tell(method, asked.path, error.message, begun)
                sent = isinstance(error, _AnswerLost)
                doubtful = doubtful or (sent and writes)
                again = sent and repeat is Repeat.SAFE and not last and not isinstance(error, _TooLong)
                if not again or not self._pause(0.1 * 2**attempt, deadline):
                    if doubtful:
                        raise _in_doubt(error, asked) from error
                    raise
                if lost is not None:
                    lost.append(error)
                continue
            # Neither a server in trouble nor an answer that can't be read says that nothing was done.
            doubtful = doubtful or (writes and not 300 <= answer.status < 500)
            if answer.status == 401 and not renewed and not last and self._credentials.identity.renew():
                renewed = True
                continue
            if not last and self._may_repeat(answer, repeat, attempt, deadline):
                if lost is not None and answer.status != 429:
                    lost.append(Unreachable(f"HTTP status {answer.status}"))
                continue
            try:
                return decode(answer, asked, self._credentials.server, self._credentials.context), answer
            except ClusterError as error:
                if doubtful:
                    error.put_in_doubt()
                raise
        raise AssertionError("unreachable")  # the last attempt returns or raises

    def lines(self, asked: Asked, seconds: float) -> Iterator[bytes]:
        """Ask for a stream that the server ends within so many seconds, and give its lines as they come.

        Raises Unreachable when the connection breaks, or when that time has passed.
        """
        return self._stream(asked, seconds, renewed=False)

    def text(self, asked: Asked, *, endless: bool) -> Iterator[bytes]:
        """Ask for a text of any length and give its lines as they come; the last may have no end.

        Raises Unreachable when the connection breaks, or when nothing came for as long as one
        request may take; an `endless` text may be silent for ever.
        """
        return self._stream(asked, None if endless else self._timeout, renewed=True)

    def _stream(self, asked: Asked, seconds: float | None, *, renewed: bool) -> Iterator[bytes]:
        """Give the lines of a stream; `seconds` are for all of it or, `renewed` with each line, between two."""
        for renewing in (False, True):
            connection, proof = self._connections.take(fresh=True)
            try:
                begun = self.clock()
                connection.until(begun + (self._timeout or DEFAULT_TIMEOUT))
                response = self._send(connection, proof, "GET", asked.path, encoding="identity")
                self._tell("GET", asked.path, str(response.status), begun)
                if response.status == 401 and not renewing and self._credentials.identity.renew():
                    continue
                if response.status != 200:
                    decoded(self._read(response), asked, self._credentials.server, self._credentials.context)
                    raise Unreachable(
                        f"{self._credentials.server} answers a stream's request with HTTP status {response.status}"
                    )
                connection.until(None if seconds is None else self.clock() + seconds)
                for line in read_lines(response, broken_off=renewed):
                    yield line
                    if renewed and seconds is not None:
                        connection.until(self.clock() + seconds)
                return
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise unreachable(error, self._credentials) from error
            finally:
                self._connections.drop(connection)

    def _send(
        self,
        connection: Connection,
        proof: Proof,
        method: str,
        path: str,
        body: bytes | None = None,
        accept: str = "application/json",
        content_type: str = "application/json",
        encoding: str = "gzip",
    ) -> http.client.HTTPResponse:
        """Send one request and give its answer once the head is there. Raises what sockets raise."""
        connection.putrequest(method, connection.target(path), skip_accept_encoding=True)
        connection.putheader("Accept", accept)
        # Big answers are ten times smaller (the API server zips from 128 KiB on); a stream must arrive line by line.
        connection.putheader("Accept-Encoding", encoding)
        connection.putheader("User-Agent", f"sednactl/{__version__}")
        if proof.authorization:
            connection.putheader("Authorization", proof.authorization)
        for header, value in self._credentials.impersonate:
            connection.putheader(header, value.encode("utf-8"))
        if body is not None:
            connection.putheader("Content-Type", content_type)
            connection.putheader("Content-Length", str(len(body)))
        elif method not in ("GET", "HEAD"):
            connection.putheader("Content-Length", "0")
        connection.endheaders(body)
        return connection.getresponse()

    def _tell(self, method: str, path: str, outcome: str, begun: float) -> None:
        """Tell those who listen (-v) what was asked; paths hold no credentials, headers stay unsaid."""
        milliseconds = (self._surroundings.monotonic() - begun) * 1000
        self._surroundings.trace(f"{method} {path} {outcome} {milliseconds:.0f} ms")

    def _may_repeat(self, answer: Answer, repeat: Repeat, attempt: int, deadline: float | None) -> bool:
        if answer.status == 429:
            # Turned away unread; without Retry-After it is no throttling but a
            # refusal (an eviction that a disruption budget forbids).
            return answer.retry_after is not None and self._pause(answer.retry_after, deadline)
        if answer.status >= 500 and repeat is Repeat.SAFE and b"typed patch object" not in answer.body:
            return self._pause(answer.retry_after or 0.1 * 2**attempt, deadline)
        return False

    def _pause(self, seconds: float, deadline: float | None) -> bool:
        """Wait before another try; False when that would pass the deadline or try a user's patience."""
        clock = self._surroundings.monotonic
        if seconds > _LONGEST_PAUSE or (deadline is not None and clock() + seconds >= deadline):
            return False
        self._surroundings.trace(f"trying again in {seconds:.1f} s")
        self._surroundings.sleep(seconds)
        return True

    def _exchange(
        self,
        method: str,
        asked: Asked,
        data: bytes | None,
        accept: str,
        content_type: str,
        deadline: float | None,
        repeat: Repeat,
    ) -> Answer:
        connection, proof = self._connections.take(fresh=repeat is Repeat.NEVER)
        keep = False
        try:
            connection.until(deadline)
            if not connection.open:
                connection.connect()
            try:
                response = self._send(connection, proof, method, asked.path, data, accept, content_type)
                answer = self._read(response)
            except (OSError, http.client.HTTPException, ValueError) as error:
                said = unreachable(error, self._credentials)
                if turned_away(error):
                    raise said from error
                raise _AnswerLost(said.message, hint=said.hint) from error
            keep = not response.will_close and response.isclosed()
            return answer
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise unreachable(error, self._credentials) from error
        finally:
            if keep:
                self._connections.give_back(connection)
            else:
                self._connections.drop(connection)

    def _read(self, response: http.client.HTTPResponse) -> Answer:
        headers = response.headers
        if date := headers.get("Date"):
            self._dated = date, self._surroundings.now()
        largest = LARGEST_REFUSAL if response.status >= 400 else LARGEST_ANSWER
        # A chunk's size is whatever its sender wrote: only a bounded read keeps within memory.
        known = not response.chunked and response.length is not None and response.length <= largest
        body = response.read() if known else response.read(largest + 1)
        if headers.get("Content-Encoding") == "gzip" and len(body) <= largest:
            body = _unzipped(body, largest)
        if len(body) > largest:
            raise _TooLong(
                f"{self._credentials.server} sends an answer of more than {largest} bytes",
                hint="select less, e.g. with -l",
            )
        retry_after = headers.get("Retry-After", "")
        return Answer(
            response.status,
            headers.get("Content-Type", ""),
            body,
            warnings_in(headers.get_all("Warning") or ()),
            float(retry_after) if retry_after.isdigit() else None,
        )


class _AnswerLost(Unreachable):
    """The request may have reached the server, but its answer did not reach us."""


class _TooLong(_AnswerLost):
    """An answer that nobody could read; another try would end the same."""


def _unzipped(body: bytes, largest: int) -> bytes:
    """Give what was zipped, or a little more than `largest` bytes of it."""
    import zlib

    unzip = zlib.decompressobj(wbits=31)
    try:
        content = unzip.decompress(body, largest + 1)
    except zlib.error:
        raise http.client.IncompleteRead(b"") from None
    if not unzip.eof and len(content) <= largest:
        raise http.client.IncompleteRead(b"")
    return content


def _writes(method: str, asked: Asked, body: Any) -> bool:
    dry = "dryRun=All" in asked.path or (isinstance(body, dict) and body.get("dryRun") == ["All"])
    return method not in ("GET", "HEAD", "OPTIONS") and not dry


def _in_doubt(error: Unreachable, asked: Asked) -> Unreachable:
    doubt = Unreachable(
        f"{error.message}; whether it did {asked.verb} {asked.thing}{asked.place} is not known",
        hint="look before doing it again",
    )
    doubt.in_doubt = True
    return doubt


def read_lines(response: http.client.HTTPResponse, *, broken_off: bool = False) -> Iterator[bytes]:
    """Give the lines of a stream as they come.

    Raises Unreachable for a line that is too long, and, unless a last line may be `broken_off`, for one without end.
    """
    parts: list[bytes] = []
    size = 0
    while data := response.read1(65536):
        *complete, rest = data.split(b"\n")
        if complete:
            yield b"".join([*parts, complete[0]])
            yield from complete[1:]
            parts, size = [], 0
        parts.append(rest)
        size += len(rest)
        if size > LONGEST_LINE:
            raise Unreachable(f"the stream gave a line of more than {LONGEST_LINE} bytes")
    if size and broken_off:
        yield b"".join(parts)
    elif size:
        raise Unreachable("the watch ended in the middle of a line")
