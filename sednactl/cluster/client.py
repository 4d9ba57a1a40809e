"""`HttpCluster`: the cluster behind `door.Cluster`, over plain HTTP/1.1 and raw dicts.

Two rules run through it. No write is ever sent twice unless the second cannot do
harm (`Repeat`), and whatever interrupts an exchange, Ctrl-C included, drops its
connection, so that no answer is ever taken for another request's.
"""

from __future__ import annotations

import dataclasses
import http.client
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from sednactl import __version__
from sednactl.cluster.addresses import path_of, with_query
from sednactl.cluster.answers import NOT_SERVED, Answer, Asked, decoded, warnings_in
from sednactl.cluster.door import FIELD_MANAGER, Change, Json, Listing, Propagation, Selection, Stored
from sednactl.cluster.faults import turned_away, unreachable
from sednactl.cluster.paging import pages
from sednactl.cluster.wire import Connection, tls_context
from sednactl.errors import NotFound, Unreachable

if TYPE_CHECKING:
    import ssl

    from sednactl.cluster.access import ClusterAccess
    from sednactl.cluster.credentials import Credentials
    from sednactl.cluster.identity import Proof
    from sednactl.sedna.resources import Resource
    from sednactl.surroundings import Surroundings

DEFAULT_TIMEOUT = 30.0
"""Seconds for one request where the user says nothing."""

LARGEST_ANSWER = 512 * 1024 * 1024
LARGEST_REFUSAL = 4 * 1024 * 1024
"""Bytes after which an answer is given up."""

_TRIES = 4
_Items = list[Json]
_Lost = list[Unreachable]
_LONGEST_PAUSE = 10.0
_FRESH_FOR = 25.0  # seconds; servers close idle connections, and a write must not meet that
_PARTIAL = "application/json;as=PartialObjectMetadata{};g=meta.k8s.io;v=v1,application/json"


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


class HttpCluster:
    """One cluster, one identity; see `door.Cluster` for what each method promises.

    Safe to use from several threads: each request takes a connection of its own
    from a small pool.
    """

    def __init__(self, credentials: Credentials, access: ClusterAccess, surroundings: Surroundings) -> None:
        self._credentials = credentials
        self._access = access
        self._surroundings = surroundings
        timeout = access.request_timeout
        # kubectl: 0 means that a request may take for ever.
        self.request_timeout: float | None = DEFAULT_TIMEOUT if timeout is None else (timeout or None)
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        self._context: tuple[object, ssl.SSLContext | None] | None = None
        self._busy: set[Connection] = set()
        self._aborted = False
        self._served: dict[str, frozenset[str]] = {}

    @property
    def namespace(self) -> str:
        """Give the default namespace: the flag's, else the context's, else `default`."""
        return self._credentials.namespace

    @property
    def server(self) -> str:
        """Give the API server's URL."""
        return self._credentials.server

    @property
    def context(self) -> str:
        """Give the context's name, for messages; `in-cluster` inside a pod."""
        return self._credentials.context

    def get(self, resource: Resource, name: str, namespace: str | None = None) -> Json:
        """Read one object. Raises NotFound."""
        place = self._place(resource, namespace)
        asked = Asked("get", path_of(resource, place, name), resource, name, place)
        return _typed(self._json("GET", asked, repeat=Repeat.SAFE)[0], resource)

    def find(self, resource: Resource, name: str, namespace: str | None = None) -> Json | None:
        """Read one object, or None where there is none; a kind that is not served is still NotFound."""
        try:
            return self.get(resource, name, namespace)
        except NotFound as error:
            if error.reason == NOT_SERVED:
                raise
            return None

    def list(
        self, selection: Selection, *, metadata_only: bool = False, page_size: int = 500
    ) -> Iterator[Json]:
        """Give every object, page by page."""
        for page in pages(self._page_reader(selection, metadata_only), selection, page_size):
            yield from page.items

    def snapshot(self, selection: Selection, *, metadata_only: bool = False) -> Listing:
        """Give the whole list at once with its resourceVersion."""
        read = self._page_reader(selection, metadata_only)
        items: _Items = []
        version = ""
        for page in pages(read, selection, 500, consistent=True):
            if page.first:
                items.clear()
                version = page.resource_version
            items.extend(page.items)
        return Listing(items, version)

    def create(
        self, resource: Resource, manifest: Json, *, namespace: str | None = None, dry_run: bool = False
    ) -> Stored:
        """Create with strict field validation. Raises AlreadyExists, Invalid."""
        place, name = self._place(resource, namespace, manifest), _name(manifest)
        query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"} | _dry(dry_run)
        asked = Asked("create", path_of(resource, place, query=query), resource, name, place)
        repeat = Repeat.SAFE if dry_run else Repeat.NEVER
        content, answer = self._json("POST", asked, manifest, repeat=repeat)
        return Stored(_typed(content, resource), answer.warnings, created=True)

    def apply(
        self,
        resource: Resource,
        manifest: Json,
        *,
        namespace: str | None = None,
        dry_run: bool = False,
        force: bool = False,
        strict: bool = True,
    ) -> Stored:
        """Server-side apply as field manager `sednactl`."""
        place, name = self._place(resource, namespace, manifest), _name(manifest)
        query = {
            "fieldManager": FIELD_MANAGER,
            "fieldValidation": "Strict" if strict else "Warn",
            "force": "true" if force else "false",
        } | _dry(dry_run)
        asked = Asked("patch", path_of(resource, place, name, query=query), resource, name, place)
        content, answer = self._json(
            "PATCH", asked, manifest, content_type="application/apply-patch+yaml", repeat=Repeat.SAFE
        )
        return Stored(_typed(content, resource), answer.warnings, created=answer.status == 201)

    def patch(
        self,
        resource: Resource,
        name: str,
        patch: Json | Sequence[Json],
        *,
        namespace: str | None = None,
        subresource: str | None = None,
        dry_run: bool = False,
    ) -> Json:
        """Merge patch for a dict, JSON patch for a list."""
        place = self._place(resource, namespace)
        query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"} | _dry(dry_run)
        path = path_of(resource, place, name, subresource, query)
        kind = "merge-patch" if isinstance(patch, Mapping) else "json-patch"
        content, _ = self._json(
            "PATCH",
            Asked("patch", path, resource, name, place),
            patch if isinstance(patch, Mapping) else list(patch),
            content_type=f"application/{kind}+json",
            repeat=Repeat.SAFE if dry_run else Repeat.NEVER,
        )
        return content

    def delete(
        self,
        resource: Resource,
        name: str,
        *,
        namespace: str | None = None,
        uid: str | None = None,
        resource_version: str | None = None,
        propagation: Propagation = "Background",
        grace_seconds: int | None = None,
        dry_run: bool = False,
    ) -> Json:
        """Delete one object; with `uid` only if it is still that very object."""
        place = self._place(resource, namespace)
        options: Json = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        conditions = {"uid": uid, "resourceVersion": resource_version}
        if given := {key: value for key, value in conditions.items() if value is not None}:
            options["preconditions"] = given
        if grace_seconds is not None:
            options["gracePeriodSeconds"] = grace_seconds
        if dry_run:
            options["dryRun"] = ["All"]
        asked = Asked("delete", path_of(resource, place, name), resource, name, place)
        safe = dry_run or uid is not None
        lost: _Lost = []
        try:
            return self._json(
                "DELETE", asked, options, repeat=Repeat.SAFE if safe else Repeat.NEVER, lost=lost
            )[0]
        except NotFound:
            if not lost or dry_run:
                raise
            # The answer to an earlier try was lost; that try did the work.
            return {"apiVersion": "v1", "kind": "Status", "status": "Success"}

    def watch(self, selections: Sequence[Selection], *, idle: float = 1.0) -> Iterator[Change]:
        """List, then follow, several selections together and for ever; close the iterator to stop."""
        from sednactl.cluster.watching import follow

        return follow(self, selections, idle)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
    ) -> Json:
        """Send one raw request, e.g. GET /version, and give the decoded JSON."""
        asked = Asked(method.lower(), with_query(path, query))
        repeat = Repeat.SAFE if method in ("GET", "HEAD", "OPTIONS") else Repeat.NEVER
        return self._json(method, asked, body, content_type=content_type, repeat=repeat)[0]

    def serves(self, resource: Resource) -> bool:
        """Tell from discovery whether the cluster serves this kind in this version."""
        root = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
        if root not in self._served:
            try:
                content = self.request("GET", root)
            except NotFound:
                content = {}
            listed = content.get("resources")
            self._served[root] = frozenset(
                str(entry.get("name"))
                for entry in (listed if isinstance(listed, list) else ())
                if isinstance(entry, dict)
            )
        return resource.plural in self._served[root]

    def close(self) -> None:
        """Drop open connections."""
        with self._lock:
            connections, self._idle = self._idle, []
        for connection in connections:
            connection.close()

    def abort(self) -> None:
        """End every exchange that another thread is in the middle of; nothing can be asked afterwards."""
        with self._lock:
            self._aborted = True
            connections = [*self._idle, *self._busy]
            self._idle = []
        for connection in connections:
            connection.abort()

    def twin(self, stop: threading.Event) -> HttpCluster:
        """Give the same cluster and identity with connections of its own, which can be aborted alone.

        `stop` ends its pauses between tries.
        """

        def sleep(seconds: float) -> None:
            stop.wait(seconds)

        twin = HttpCluster(
            self._credentials, self._access, dataclasses.replace(self._surroundings, sleep=sleep)
        )
        twin._context = self._context  # made once: it costs two milliseconds
        return twin

    def clock(self) -> float:
        """Give the time in seconds, from any start."""
        return self._surroundings.monotonic()

    def events(
        self, selection: Selection, version: str, seconds: int, silence: float
    ) -> Iterator[tuple[str, Json]]:
        """Watch from a resourceVersion until the API server ends that after `seconds`.

        Gives type (ADDED, MODIFIED, DELETED, BOOKMARK) and object of each event.
        Raises Expired for 410, Unreachable when the connection breaks or stays
        silent `silence` seconds longer than it should.
        """
        from sednactl.cluster.watching import read_events, read_lines

        query = {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(seconds),
        } | _chosen(selection)
        path = path_of(selection.resource, selection.namespace, query=query)
        asked = Asked("watch", path, selection.resource, None, selection.namespace)
        for renewing in (False, True):
            connection, proof = self._take(Repeat.NEVER)
            try:
                begun = self.clock()
                connection.until(begun + (self.request_timeout or DEFAULT_TIMEOUT))
                response = self._send(connection, proof, "GET", path)
                self._tell("GET", path, str(response.status), begun)
                if response.status == 401 and not renewing and self._credentials.identity.renew():
                    continue
                if response.status != 200:
                    decoded(self._read(response), asked, self.server, self.context)
                    raise Unreachable(f"{self.server} answers a watch with HTTP status {response.status}")
                connection.until(self.clock() + seconds + silence)
                yield from read_events(read_lines(response), selection)
                return
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise unreachable(error, self._credentials) from error
            finally:
                self._drop(connection)

    def _send(
        self,
        connection: Connection,
        proof: Proof,
        method: str,
        path: str,
        body: bytes | None = None,
        accept: str = "application/json",
        content_type: str = "application/json",
    ) -> http.client.HTTPResponse:
        """Send one request and give its answer once the head is there. Raises what sockets raise."""
        connection.putrequest(method, connection.target(path), skip_accept_encoding=True)
        connection.putheader("Accept", accept)
        # Events must arrive one by one; big answers are ten times smaller (the API server zips from 128 KiB on).
        connection.putheader("Accept-Encoding", "identity" if "watch=1" in path else "gzip")
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

    def _place(self, resource: Resource, namespace: str | None, manifest: Json | None = None) -> str | None:
        if not resource.namespaced:
            return None
        if namespace:
            return namespace
        metadata = (manifest or {}).get("metadata")
        written = metadata.get("namespace") if isinstance(metadata, dict) else None
        return str(written) if written else self.namespace

    def _page_reader(self, selection: Selection, metadata_only: bool) -> Any:
        resource = selection.resource
        accept = _PARTIAL.format("List") if metadata_only else "application/json"

        def read(limit: int | None, token: str | None) -> Json:
            query = _chosen(selection)
            if limit:
                query["limit"] = str(limit)
            if token:
                query["continue"] = token
            path = path_of(resource, selection.namespace, query=query)
            asked = Asked("list", path, resource, None, selection.namespace)
            return self._json("GET", asked, repeat=Repeat.SAFE, accept=accept)[0]

        return read

    def _tls(self, proof: Proof) -> ssl.SSLContext | None:
        if not self.server.startswith("https:"):
            return None
        with self._lock:
            if self._context is None or self._context[0] is not proof.certificate:
                self._context = (proof.certificate, tls_context(self._credentials.trust, proof.certificate))
            return self._context[1]

    def _json(
        self,
        method: str,
        asked: Asked,
        body: Any = None,
        *,
        repeat: Repeat,
        accept: str = "application/json",
        content_type: str = "application/json",
        lost: _Lost | None = None,
    ) -> tuple[Json, Answer]:
        """Send, repeat where that is safe, and decode. `lost` collects tries whose answer never came."""
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8")
        clock = self._surroundings.monotonic
        deadline = None if self.request_timeout is None else clock() + self.request_timeout
        renewed = False
        for attempt in range(1, _TRIES + 1):
            last = attempt == _TRIES
            begun = clock()
            try:
                answer = self._exchange(method, asked, data, accept, content_type, deadline, repeat)
                self._tell(method, asked.path, str(answer.status), begun)
            except Unreachable as error:
                self._tell(method, asked.path, error.message, begun)
                sent = isinstance(error, _AnswerLost)
                if sent and repeat is Repeat.NEVER:
                    raise _in_doubt(error, asked) from error
                if not sent or last or not self._pause(0.1 * 2**attempt, deadline):
                    raise
                if lost is not None:
                    lost.append(error)
                continue
            if answer.status == 401 and not renewed and not last and self._credentials.identity.renew():
                renewed = True
                continue
            if not last and self._may_repeat(answer, repeat, attempt, deadline):
                if lost is not None and answer.status != 429:
                    lost.append(Unreachable(f"HTTP status {answer.status}"))
                continue
            return decoded(answer, asked, self.server, self.context), answer
        raise AssertionError("unreachable")  # the last attempt returns or raises

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
        connection, proof = self._take(repeat)
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
                self._give_back(connection)
            else:
                self._drop(connection)

    def _read(self, response: http.client.HTTPResponse) -> Answer:
        headers = response.headers
        largest = LARGEST_REFUSAL if response.status >= 400 else LARGEST_ANSWER
        known = response.length is not None and response.length <= largest
        body = response.read() if known else response.read(largest + 1)
        if headers.get("Content-Encoding") == "gzip" and len(body) <= largest:
            body = _unzipped(body, largest)
        if len(body) > largest:
            raise Unreachable(
                f"{self.server} sends an answer of more than {largest} bytes",
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

    def _take(self, repeat: Repeat) -> tuple[Connection, Proof]:
        proof = self._credentials.identity.proof()
        context = self._tls(proof)
        now = self.clock()
        chosen: Connection | None = None
        with self._lock:
            if self._aborted:
                raise Unreachable(f"the work with {self.server} was stopped")
            while self._idle and chosen is None:
                connection = self._idle.pop()
                old = repeat is Repeat.NEVER and now - connection.used_at > _FRESH_FOR
                if old or connection.stale() or connection.context is not context:
                    connection.close()
                else:
                    chosen = connection
            chosen = chosen or Connection(self._credentials, context, self._surroundings.monotonic)
            self._busy.add(chosen)
        return chosen, proof

    def _give_back(self, connection: Connection) -> None:
        connection.used_at = self.clock()
        with self._lock:
            self._busy.discard(connection)
            self._idle.append(connection)

    def _drop(self, connection: Connection) -> None:
        connection.close()
        with self._lock:
            self._busy.discard(connection)


class _AnswerLost(Unreachable):
    """The request may have reached the server, but its answer did not reach us."""


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


def _in_doubt(error: Unreachable, asked: Asked) -> Unreachable:
    return Unreachable(
        f"{error.message}; whether it did {asked.verb} {asked.thing}{asked.place} is not known",
        hint="look before doing it again",
    )


def _typed(content: Json, resource: Resource) -> Json:
    if "kind" in content and "apiVersion" in content:
        return content
    return {"apiVersion": resource.api_version, "kind": resource.kind, **content}


def _name(manifest: Json) -> str | None:
    metadata = manifest.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return str(name) if name else None


def _chosen(selection: Selection) -> dict[str, str]:
    query = {"labelSelector": selection.labels, "fieldSelector": selection.fields}
    return {key: value for key, value in query.items() if value}


def _dry(dry_run: bool) -> dict[str, str]:
    return {"dryRun": "All"} if dry_run else {}
