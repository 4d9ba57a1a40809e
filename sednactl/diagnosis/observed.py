"""What was seen of a cluster: each part either as it is, or with the reason why nobody could look.

A check asks for a part as if it were there; `NotSeen` then carries the reason to
where results are made, so that no check can take "could not look" for "is in order".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sednactl.errors import SednactlError
from sednactl.lifecycle.ownership import Family
from sednactl.sedna.kinds import SednaKind
from sednactl.validation.rbac import Right

Json = dict[str, Any]
T = TypeVar("T")
Named = tuple[str, str, str]
"""Kind, namespace and name of an object that a workload refers to."""


class NotSeen(Exception):
    """A part of the cluster could not be looked at; the message says why."""


@dataclass(frozen=True)
class Looked(Generic[T]):
    """What a look gave: a value, or the error that kept it from being seen."""

    value: T | None = None
    error: SednactlError | None = None


@dataclass(frozen=True)
class Roles:
    """Cluster roles that may give something to Sedna's service accounts, and how they are bound.

    `roles` are by name; a binding whose role is missing there names one that is not there.
    """

    bindings: tuple[Json, ...]
    roles: Mapping[str, Json]


@dataclass(frozen=True)
class GhostCount:
    """How many ghost instances there are, some of their names, and what kept objects from being judged."""

    count: int
    names: tuple[str, ...]
    unjudged: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scope:
    """Which workloads to look at: a namespace (None for all), labels, kinds, perhaps one name; where Sedna lives."""

    namespace: str | None
    labels: str | None = None
    kinds: tuple[SednaKind, ...] = ()
    name: str | None = None
    sedna: str = "sedna"

    @property
    def place(self) -> str:
        """Say where, for a sentence."""
        return "in any namespace" if self.namespace is None else f"in namespace {self.namespace}"


class Observed:
    """Everything that was looked at, by the names of `looking.READS`.

    Each property gives a part of it, and raises NotSeen where nobody could look.
    """

    def __init__(self, looks: Mapping[str, Looked[Any]], scope: Scope) -> None:
        self.looks = looks
        self.scope = scope
        self._worked_out: dict[str, Any] = {}

    def remembered(self, name: str, work_out: Callable[[], T]) -> T:
        """Give what follows from what was seen, worked out once for all checks that ask."""
        if name not in self._worked_out:
            self._worked_out[name] = work_out()
        found: T = self._worked_out[name]
        return found

    def _seen(self, name: str) -> Any:
        look = self.looks.get(name)
        if look is None:
            raise NotSeen("it was not asked for")
        if look.error is not None:
            raise NotSeen(look.error.message)
        return look.value

    @property
    def version(self) -> Json:
        """Give the API server's version."""
        found: Json = self._seen("version")
        return found

    @property
    def groups(self) -> frozenset[str]:
        """Give every `group/version` of the API that is served."""
        found: frozenset[str] = self._seen("groups")
        return found

    @property
    def nodes(self) -> list[Json]:
        """Give all nodes."""
        found: list[Json] = self._seen("nodes")
        return found

    @property
    def node_metrics(self) -> list[Json]:
        """Give what the metrics API says of nodes."""
        found: list[Json] = self._seen("node_metrics")
        return found

    @property
    def metrics_service(self) -> Json | None:
        """Give the APIService of the metrics API, None where there is none."""
        found: Json | None = self._seen("metrics_service")
        return found

    @property
    def definitions(self) -> dict[str, Json]:
        """Give the CRDs of Sedna's kinds that are there, by kind."""
        found: dict[str, Json] = self._seen("definitions")
        return found

    @property
    def deployments(self) -> list[Json]:
        """Give the Deployments of the namespace that Sedna itself lives in."""
        found: list[Json] = self._seen("deployments")
        return found

    @property
    def manager_pods(self) -> list[Json]:
        """Give the pods of the namespace that Sedna itself lives in."""
        found: list[Json] = self._seen("manager_pods")
        return found

    @property
    def daemon_sets(self) -> list[Json]:
        """Give all DaemonSets."""
        found: list[Json] = self._seen("daemon_sets")
        return found

    @property
    def sedna_daemon_sets(self) -> list[Json]:
        """Give the DaemonSets of the namespace that Sedna itself lives in."""
        found: list[Json] = self._seen("sedna_daemon_sets")
        return found

    @property
    def roles(self) -> Roles:
        """Give the cluster roles that are bound to accounts of Sedna's namespace."""
        found: Roles = self._seen("roles")
        return found

    @property
    def refused_rights(self) -> frozenset[Right]:
        """Give what the caller may not do, of what sednactl needs."""
        found: frozenset[Right] = self._seen("rights")
        return found

    @property
    def ghosts(self) -> GhostCount:
        """Give what a scan for ghost instances found."""
        found: GhostCount = self._seen("ghosts")
        return found

    def families(self, kind: SednaKind) -> tuple[Family, ...]:
        """Give the workloads of a kind with their children."""
        found: tuple[Family, ...] = self._seen(f"families/{kind.kind}")
        return found

    def asked_for(self, kind: SednaKind) -> bool:
        """Tell whether workloads of a kind were to be looked at."""
        return f"workloads/{kind.kind}" in self.looks

    def unread_children(self, kind: SednaKind) -> dict[str, str]:
        """Give the kinds of children that could not be listed for this kind of workload, and why."""
        prefix = f"children/{kind.kind}/"
        return {
            name.removeprefix(prefix): look.error.message
            for name, look in self.looks.items()
            if name.startswith(prefix) and look.error is not None
        }

    def referred(self, named: Named) -> Json | None:
        """Give an object that a workload refers to, None where there is none."""
        found: Json | None = self._seen("/".join(("referred", *named)))
        return found
