"""The cluster as the rest of the program sees it: raw dicts in, raw dicts out, errors by cause.

Every method raises the errors of `sednactl.errors`: Unreachable, or a subclass
of Refused. Namespace None means "the cluster's default" for one object and
"all namespaces" for lists and watches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

from sednactl.records import Record

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sednactl.cluster.access import ClusterAccess
    from sednactl.cluster.metadata import Metadata
    from sednactl.sedna.resources import Resource
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]
Propagation = Literal["Background", "Foreground", "Orphan"]
FIELD_MANAGER = "sednactl"


class Listing(Record):
    """All objects of one list, and the resourceVersion it is true for."""

    items: list[Json]
    resource_version: str


class Stored(Record):
    """What the API server made of an object sent to it: the stored object and its Warning headers."""

    object: Json
    warnings: tuple[str, ...]
    created: bool


class Selection(Record):
    """What to list or watch. `namespace` None means all namespaces."""

    resource: Resource
    namespace: str | None = None
    labels: str | None = None
    fields: str | None = None


class Change(Record):
    """One step of a watch.

    `added`, `modified` and `deleted` carry the object. `synced` (no object) says
    that everything that exists now has been given once. `idle` (no object) comes
    when nothing happened for a while, so that a caller can look at the clock.
    `lost` (no object, `detail` says why) tells that the connection is gone and is
    being made again; a `synced` follows once all was read anew.
    """

    type: Literal["added", "modified", "deleted", "synced", "idle", "lost"]
    selection: Selection
    object: Json | None = None
    detail: str = ""


class Reads(Protocol):
    """What it takes to read workloads: a cluster, or lists that somebody keeps of one."""

    def get(self, resource: Resource, name: str, namespace: str | None = None) -> Json:
        """Read one object. Raises NotFound."""

    def find(self, resource: Resource, name: str, namespace: str | None = None) -> Json | None:
        """Read one object, or None where there is none."""

    def list(
        self, selection: Selection, *, metadata_only: bool = False, page_size: int = 500
    ) -> Iterator[Json]:
        """Give every object, page by page; `metadata_only` asks for PartialObjectMetadata.

        Items always carry apiVersion and kind, which the API server leaves out of
        lists. A continue token that expired halfway starts the list anew without
        giving an object twice.
        """


class Cluster(Reads, Protocol):
    """One cluster, one identity."""

    @property
    def namespace(self) -> str:
        """Give the default namespace: the flag's, else the context's, else `default`."""

    @property
    def server(self) -> str:
        """Give the API server's URL."""

    @property
    def context(self) -> str:
        """Give the context's name, for messages; `in-cluster` inside a pod."""

    def metadata(self, selection: Selection, *, page_size: int = 1000) -> Iterator[Sequence[Metadata]]:
        """Give the metadata of every object as typed fields, page by page, as `list` does.

        For a whole fleet: nothing but those fields is decoded, and nothing is kept.
        """

    def snapshot(self, selection: Selection, *, metadata_only: bool = False) -> Listing:
        """Give the whole list at once with its resourceVersion."""

    def create(
        self, resource: Resource, manifest: Json, *, namespace: str | None = None, dry_run: bool = False
    ) -> Stored:
        """Create with strict field validation. Raises AlreadyExists, Invalid."""

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
        """Server-side apply as field manager `sednactl`. Raises Conflict (detail: a line for each manager and field)."""

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
        """Delete one object. Raises NotFound.

        With `uid` only if it is still that very object, with `resource_version` only
        if nothing was written to it since (Conflict otherwise).
        """

    def watch(self, selections: Sequence[Selection], *, idle: float = 1.0) -> Iterator[Change]:
        """List, then follow, several selections together and for ever; close the iterator to stop.

        Survives 410, dropped connections, restarts and time-outs: after each the
        objects are listed again and compared, so that nothing is lost and nothing
        given twice. Raises only what cannot pass by itself (Unauthorized, Forbidden,
        NotFound of the kind) and Unreachable when the very first list fails.
        `idle` is in seconds.
        """

    def log(self, pod: str, namespace: str, query: Mapping[str, str]) -> Iterator[bytes]:
        """Give the lines a container wrote, without their ends, as they come.

        `query` is that of the API's `pods/log` (container, follow, tailLines, sinceSeconds,
        sinceTime, timestamps, previous). Raises Unreachable where the connection breaks;
        a refusal as any read does.
        """

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

    def serves(self, resource: Resource) -> bool:
        """Tell from discovery whether the cluster serves this kind in this version."""

    def now(self) -> datetime:
        """Give the time by the API server's clock, to which its timestamps belong; by ours before its first answer."""

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Let no request inside the block go on for longer than that: a wait keeps its bound though nobody answers."""

    def close(self) -> None:
        """Drop open connections."""


OpenCluster = Callable[["ClusterAccess", "Surroundings"], Cluster]


def open_cluster(access: ClusterAccess, surroundings: Surroundings) -> Cluster:
    """Find credentials as kubectl does and give the cluster they lead to. Sends no request yet."""
    from sednactl.cluster.client import HttpCluster
    from sednactl.cluster.credentials import find_credentials

    return HttpCluster(find_credentials(access, surroundings), access, surroundings)
