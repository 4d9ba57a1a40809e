"""The API server on the loopback interface: HTTPS, a bearer token with every request, streams that hold nobody up.

Requests are answered on the event loop's own thread: none waits for anything but
the store's lock, which is held for milliseconds at most. A watch has a task of
its own; a client that does not read stops only that.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Coroutine, Mapping
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from sednactl.sandbox.api.certificates import ServingCertificate
from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.requests import Answer, Request, Stream, User, answer_refusal
from sednactl.sandbox.api.server import ApiServer
from sednactl.sandbox.api.subscriptions import Item, Mark
from sednactl.sandbox.clock import Clock

LARGEST_BODY = 3 * 1024 * 1024
"""Bytes of a request's body, kube-apiserver's limit."""

LOOPBACK = "127.0.0.1"
_OPEN_PATHS = ("/healthz", "/readyz", "/livez")
_BOOKMARK_EVERY = 60.0
_BEFORE_END = 2.0
"""Seconds before a watch's end at which a last bookmark is sent."""
_LIFT_TIMEOUT = 15.0
"""Seconds in which serving must have begun, or ended."""
_WRITE_TIMEOUT = 30.0
"""Seconds after which a client that reads nothing is given up."""


class HttpFront:
    """Serves an API server until stopped, from a thread of its own. `port` 0 takes any that is free."""

    def __init__(
        self,
        server: ApiServer,
        clock: Clock,
        users: Mapping[str, User],
        certificate: ServingCertificate,
        port: int = 0,
    ) -> None:
        self._server = server
        self._clock = clock
        self._users = users
        self._certificate = certificate
        self._loop = asyncio.new_event_loop()
        self._stopping = False
        self._streams: set[asyncio.Event] = set()
        self._socket = socket.create_server((LOOPBACK, port), backlog=512)
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, name="sandbox-http", daemon=True)
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        """Give the server's URL."""
        return f"https://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Begin to serve; once this returns, requests are answered."""
        self._thread.start()
        self._on_loop(self._begin())

    def stop(self) -> None:
        """End every watch, finish what is being answered, and close the port."""
        if self._thread.is_alive():
            self._on_loop(self._end())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
        self._socket.close()
        if not self._loop.is_running():
            self._loop.close()

    def _on_loop(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_LIFT_TIMEOUT)

    async def _begin(self) -> None:
        runner = web.ServerRunner(
            web.Server(self._handle, handler_cancellation=True, access_log=None), shutdown_timeout=1.0
        )
        await runner.setup()
        await web.SockSite(runner, self._socket, ssl_context=_tls(self._certificate)).start()
        self._runner = runner

    async def _end(self) -> None:
        self._stopping = True
        for arrived in list(self._streams):
            arrived.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, http: web.BaseRequest) -> web.StreamResponse:
        try:
            answer = self._server.handle(await self._request(http))
        except Refusal as refusal:
            answer = answer_refusal(refusal)
        if isinstance(answer, Stream):
            return await self._stream(http, answer)
        return self._response(answer)

    async def _request(self, http: web.BaseRequest) -> Request:
        user = self._who(http)
        body = await _body(http) if http.body_exists else b""
        headers = {key.lower(): value for key, value in http.headers.items()}
        groups = http.headers.getall("Impersonate-Group", ())
        if groups:
            headers["impersonate-group"] = "\n".join(groups)
        return Request.of_target(http.method, http.raw_path, headers, body, user)

    def _who(self, http: web.BaseRequest) -> User:
        scheme, _, token = http.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and (user := self._users.get(token.strip())) is not None:
            return user
        if http.path.startswith(_OPEN_PATHS):
            return User("system:anonymous", ("system:unauthenticated",))
        raise Refusal("Unauthorized", "Unauthorized")

    def _response(self, answer: Answer) -> web.Response:
        response = web.Response(
            status=answer.status, body=answer.body, headers=self._headers(answer.content_type)
        )
        for warning in answer.warnings:
            plain = "".join(letter if letter.isprintable() else " " for letter in warning)
            text = plain.replace("\\", "\\\\").replace('"', '\\"')
            response.headers.add("Warning", f'299 - "{text}"')
        if answer.retry_after:
            response.headers["Retry-After"] = str(answer.retry_after)
        return response

    def _headers(self, content_type: str) -> dict[str, str]:
        date = format_datetime(self._clock.now(), usegmt=True)
        return {"Content-Type": content_type, "Date": date, "Cache-Control": "no-cache, private"}

    async def _stream(self, http: web.BaseRequest, stream: Stream) -> web.StreamResponse:
        response = web.StreamResponse(headers=self._headers("application/json"))
        response.enable_chunked_encoding()
        subscription, loop, arrived = stream.subscription, self._loop, asyncio.Event()
        self._streams.add(arrived)

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody reads any more
                loop.call_soon_threadsafe(arrived.set)

        try:
            await response.prepare(http)
            subscription.on_arrival(wake)
            begun = time.monotonic()
            marked, last_mark = begun, False
            while not self._stopping:
                ended = subscription.ended
                data = b"".join(_line(stream, item) for item in subscription.take())
                if data:
                    await asyncio.wait_for(response.write(data), _WRITE_TIMEOUT)
                    continue
                now = time.monotonic()
                left = begun + stream.seconds - now
                if ended or left <= 0:
                    break
                due = marked + _BOOKMARK_EVERY - now
                if stream.bookmarks and (due <= 0 or (left <= _BEFORE_END and not last_mark)):
                    marked, last_mark = now, left <= _BEFORE_END
                    subscription.mark()
                    continue
                wait = min(left, due) if stream.bookmarks else left
                if stream.bookmarks and left > _BEFORE_END:
                    wait = min(wait, left - _BEFORE_END)
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(arrived.wait(), max(wait, 0.001))
                arrived.clear()
            await response.write_eof()
        except (ConnectionError, asyncio.TimeoutError):
            if http.transport is not None:
                http.transport.abort()
        finally:
            self._streams.discard(arrived)
            subscription.close()
        return response


def _line(stream: Stream, item: Item) -> bytes:
    return stream.mark(item) if isinstance(item, Mark) else stream.draw(item)


async def _body(http: web.BaseRequest) -> bytes:
    too_large = Refusal("RequestEntityTooLarge", f"Request entity too large: limit is {LARGEST_BODY}")
    if (http.content_length or 0) > LARGEST_BODY:
        raise too_large
    parts: list[bytes] = []
    size = 0
    async for chunk in http.content.iter_any():
        size += len(chunk)
        if size > LARGEST_BODY:
            raise too_large
        parts.append(chunk)
    return b"".join(parts)


def _tls(certificate: ServingCertificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    with tempfile.NamedTemporaryFile() as pair:  # the ssl module reads files only; this one is ours alone
        pair.write(certificate.certificate + certificate.key)
        pair.flush()
        context.load_cert_chain(pair.name)
    return context
