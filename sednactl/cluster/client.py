"""`HttpCluster`: the cluster behind `door.Cluster`, as paths, queries and bodies of the Kubernetes API; raw dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sednactl.cluster.addresses import path_of, with_query
from sednactl.cluster.answers import NOT_SERVED, Asked
from sednactl.cluster.door import FIELD_MANAGER, Change, Json, Listing, Propagation, Selection, Stored
from sednactl.cluster.paging import Part, objects_of, pages, place_of
from sednactl.cluster.sending import DEFAULT_TIMEOUT, Repeat, Sender
from sednactl.errors import ClusterError, Conflict, NotFound, Unreachable
from sednactl.sedna.resources import POD

if TYPE_CHECKING:
    import threading
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sednactl.cluster.access import ClusterAccess
    from sednactl.cluster.credentials import Credentials
    from sednactl.cluster.metadata import Metadata
    from sednactl.sedna.resources import Resource
    from sednactl.surroundings import Surroundings

_Items = list[Json]
_Lost = list[Unreachable]
_PARTIAL = "application/json;as=PartialObjectMetadata{};g=meta.k8s.io;v=v1,application/json"


class HttpCluster:
    """One cluster, one identity; see `door.Cluster` for what each method promises.

    May be used from several threads.
    """

    def __init__(
        self,
        credentials: Credentials,
        access: ClusterAccess,
        surroundings: Surroundings,
        sender: Sender | None = None,
    ) -> None:
        self._credentials = credentials
        self._access = access
        self._surroundings = surroundings
        timeout = access.request_timeout
        # kubectl: 0 means that a request may take for ever.
        limit = DEFAULT_TIMEOUT if timeout is None else (timeout or None)
        self._sender = sender or Sender(credentials, limit, surroundings)
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
        return _typed(self._sender.ask("GET", asked, repeat=Repeat.SAFE)[0], resource)

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
        for page in pages(self._page_reader(selection, metadata_only), place_of, page_size):
            yield from page.items

    def metadata(self, selection: Selection, *, page_size: int = 1000) -> Iterator[Sequence[Metadata]]:
        """Give the metadata of every object as typed fields, page by page."""
        from sednactl.cluster.metadata import decoded_metadata, place_of

        def read(limit: int | None, token: str | None) -> Part[Metadata]:
            asked = self._asked_for_page(selection, limit, token)
            accept = _PARTIAL.format("List")
            return self._sender.ask_for(decoded_metadata, "GET", asked, repeat=Repeat.SAFE, accept=accept)[0]

        for page in pages(read, place_of, page_size):
            yield page.items

    def snapshot(self, selection: Selection, *, metadata_only: bool = False) -> Listing:
        """Give the whole list at once with its resourceVersion."""
        read = self._page_reader(selection, metadata_only)
        items: _Items = []
        version = ""
        for page in pages(read, place_of, 500, consistent=True):
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
        content, answer = self._sender.ask("POST", asked, manifest, repeat=repeat)
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
        """Server-side apply as field manager `sednactl`; with a resourceVersion that none has, an atomic create."""
        place, name = self._place(resource, namespace, manifest), _name(manifest)
        query = {
            "fieldManager": FIELD_MANAGER,
            "fieldValidation": "Strict" if strict else "Warn",
            "force": "true" if force else "false",
        } | _dry(dry_run)
        asked = Asked("patch", path_of(resource, place, name, query=query), resource, name, place)
        lost: _Lost = []
        try:
            content, answer = self._sender.ask(
                "PATCH",
                asked,
                manifest,
                content_type="application/apply-patch+yaml",
                repeat=Repeat.SAFE,
                lost=lost,
            )
        except Conflict:
            only_new = "resourceVersion" in manifest.get("metadata", {})
            there = (
                self._left_by(resource, name, place) if lost and only_new and name and not dry_run else None
            )
            if there is None or not _holds(there, manifest):
                raise
            # The answer to an earlier try was lost; that try made it.
            return Stored(there, (), created=True)
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
        content, _ = self._sender.ask(
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
            return self._sender.ask(
                "DELETE", asked, options, repeat=Repeat.SAFE if safe else Repeat.NEVER, lost=lost
            )[0]
        except NotFound as error:
            if not lost or dry_run or error.reason == NOT_SERVED:
                raise
        except Conflict:
            if not lost or dry_run or not self._leaving(resource, name, place, uid):
                raise
        # The answer to an earlier try was lost; that try did the work.
        return {"apiVersion": "v1", "kind": "Status", "status": "Success"}

    def _leaving(self, resource: Resource, name: str, namespace: str | None, uid: str | None) -> bool:
        """Tell whether the object with that UID is gone or on its way out."""
        there = self._left_by(resource, name, namespace)
        meta = there["metadata"] if there else {}
        return there is None or meta.get("uid") != uid or bool(meta.get("deletionTimestamp"))

    def _left_by(self, resource: Resource, name: str, namespace: str | None) -> Json | None:
        """Find what a write left whose answer was lost; where that fails, the write stays in doubt."""
        try:
            return self.find(resource, name, namespace)
        except ClusterError as error:
            error.put_in_doubt()
            raise

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
        return self._sender.ask(method, asked, body, content_type=content_type, repeat=repeat)[0]

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

    def log(self, pod: str, namespace: str, query: Mapping[str, str]) -> Iterator[bytes]:
        """Give the lines a container wrote, as they come; the query is that of the API's `pods/log`."""
        path = path_of(POD, namespace, pod, "log", query)
        asked = Asked("read the log of", path, POD, pod, namespace)
        return self._sender.text(asked, endless="follow" in query)

    def now(self) -> datetime:
        """Give the time by the API server's clock, as its latest answer tells it; by ours where none did."""
        return self._sender.server_time()

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Let no request inside the block go on for longer than that; a watch is not concerned."""
        return self._sender.within(seconds)

    def close(self) -> None:
        """Drop open connections."""
        self._sender.close()

    def abort(self) -> None:
        """End every exchange that another thread is in the middle of; nothing can be asked afterwards."""
        self._sender.abort()

    def twin(self, stop: threading.Event) -> HttpCluster:
        """Give the same cluster and identity with connections of its own, which can be aborted alone.

        `stop` ends its pauses between tries.
        """
        return HttpCluster(self._credentials, self._access, self._surroundings, self._sender.twin(stop))

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
        from sednactl.cluster.watching import read_events

        query = {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(seconds),
        } | _chosen(selection)
        path = path_of(selection.resource, selection.namespace, query=query)
        asked = Asked("watch", path, selection.resource, None, selection.namespace)
        return read_events(self._sender.lines(asked, seconds + silence), selection)

    def _place(self, resource: Resource, namespace: str | None, manifest: Json | None = None) -> str | None:
        if not resource.namespaced:
            return None
        if namespace:
            return namespace
        metadata = (manifest or {}).get("metadata")
        written = metadata.get("namespace") if isinstance(metadata, dict) else None
        return str(written) if written else self.namespace

    def _page_reader(self, selection: Selection, metadata_only: bool) -> Callable[..., Part[Json]]:
        accept = _PARTIAL.format("List") if metadata_only else "application/json"

        def read(limit: int | None, token: str | None) -> Part[Json]:
            asked = self._asked_for_page(selection, limit, token)
            return objects_of(self._sender.ask("GET", asked, repeat=Repeat.SAFE, accept=accept)[0], selection)

        return read

    def _asked_for_page(self, selection: Selection, limit: int | None, token: str | None) -> Asked:
        query = _chosen(selection)
        if limit:
            query["limit"] = str(limit)
        if token:
            query["continue"] = token
        path = path_of(selection.resource, selection.namespace, query=query)
        return Asked("list", path, selection.resource, None, selection.namespace)


def _typed(content: Json, resource: Resource) -> Json:
    if "kind" in content and "apiVersion" in content:
        return content
    return {"apiVersion": resource.api_version, "kind": resource.kind, **content}


def _holds(there: Any, sent: Any) -> bool:
    """Tell whether an object is what was sent, and what the server adds; it leaves nulls out, or puts a default there."""
    if isinstance(sent, Mapping):
        return isinstance(there, Mapping) and all(
            key == "resourceVersion" or value is None or (key in there and _holds(there[key], value))
            for key, value in sent.items()
        )
    if isinstance(sent, list):
        same = isinstance(there, list) and len(there) == len(sent)
        return same and all(_holds(*pair) for pair in zip(there, sent, strict=True))
    return bool(there == sent)


def _name(manifest: Json) -> str | None:
    metadata = manifest.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return str(name) if name else None


def _chosen(selection: Selection) -> dict[str, str]:
    query = {"labelSelector": selection.labels, "fieldSelector": selection.fields}
    return {key: value for key, value in query.items() if value}


def _dry(dry_run: bool) -> dict[str, str]:
    return {"dryRun": "All"} if dry_run else {}
