"""Which workloads use a model or a dataset, and with which of their workers.

Nothing in the cluster says so: the names stand in the workloads alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import Selection
from sednactl.errors import Forbidden, NotFound
from sednactl.lifecycle.references import references_of
from sednactl.sedna.kinds import DATASET, MODEL, SednaKind
from sednactl.sedna.referring import kinds_that_name

if TYPE_CHECKING:
    from sednactl.cluster.door import Reads

Json = Mapping[str, Any]

USERS = {used.kind: kinds_that_name(used.resource) for used in (MODEL, DATASET)}
"""The kinds of workloads that name a model, and those that name a dataset."""


@dataclass(frozen=True)
class User:
    """A workload that names a model or dataset, and the `path` in it where the name stands."""

    kind: SednaKind
    namespace: str
    name: str
    path: str

    def __str__(self) -> str:
        return f"{self.kind.aliases[0] if self.kind.aliases else self.kind.word}/{self.name}"


@dataclass(frozen=True)
class Usage:
    """Users by namespace and name of what they use, and the kinds of workloads that could not be read."""

    users: Mapping[tuple[str, str], tuple[User, ...]]
    unreadable: tuple[SednaKind, ...] = ()

    def of(self, namespace: str, name: str) -> tuple[User, ...]:
        """Give the users of one model or dataset."""
        return self.users.get((namespace, name), ())


def usage_among(
    used: SednaKind, workloads: Iterable[tuple[SednaKind, Json]]
) -> dict[tuple[str, str], tuple[User, ...]]:
    """Find who uses which object of a kind, among these workloads."""
    found: dict[tuple[str, str], dict[User, None]] = {}
    for kind, workload in workloads:
        meta = workload["metadata"]
        namespace = str(meta.get("namespace", ""))
        for reference in references_of(kind, workload):
            if reference.resource == used.resource:
                user = User(kind, namespace, str(meta["name"]), reference.path)
                found.setdefault((namespace, reference.name), {})[user] = None
    return {key: tuple(users) for key, users in found.items()}


def selections_for_usage(used: SednaKind, namespace: str | None) -> tuple[Selection, ...]:
    """Give every list that `read_usage` asks for; none for kinds that no other uses."""
    return tuple(Selection(kind.resource, namespace) for kind in USERS.get(used.kind, ()))


def read_usage(cluster: Reads, used: SednaKind, namespace: str | None) -> Usage:
    """Read who uses the models (or datasets) of a namespace; None means of all."""
    workloads: list[tuple[SednaKind, Json]] = []
    unreadable = []
    for kind, selection in zip(USERS[used.kind], selections_for_usage(used, namespace), strict=True):
        try:
            workloads += ((kind, item) for item in cluster.list(selection))
        except (Forbidden, NotFound):
            unreadable.append(kind)
    return Usage(usage_among(used, workloads), tuple(unreadable))
