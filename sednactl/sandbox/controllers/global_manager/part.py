"""What the parts of the Global Manager share: one part for each kind, as the real one has one controller for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sednactl.cluster.label_selectors import equal_selector
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.global_manager.access import Access, Refusal, resource_of
from sednactl.sandbox.controllers.global_manager.faults import Faults
from sednactl.sandbox.controllers.global_manager.halting import CannotCreate, Panic
from sednactl.sandbox.controllers.global_manager.recipe import Child, Recipe
from sednactl.sandbox.controllers.global_manager.rendering import Origin
from sednactl.sandbox.controllers.global_manager.tasks import Sync, Task
from sednactl.sandbox.controllers.world import Json, World
from sednactl.sandbox.controllers.writing import controller_of
from sednactl.sedna.kinds import SednaKind
from sednactl.sedna.resources import Resource


class TryAgain(Exception):
    """A look failed and is to be repeated later; `message` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass
class Means:
    """What every part works with. `world` is what was seen last; `tell` takes a line for the log."""

    access: Access
    recipe: Recipe
    faults: Faults
    clock: Clock
    tell: Callable[[str], None]
    world: World = field(default_factory=World)

    def origin(self, workload: Mapping[str, Any]) -> Origin:
        """Give a workload as its children name it."""
        return Origin.of(workload, self.recipe.release)

    def put_status(self, workload: Json, status: Json) -> None:
        """Write a workload's status, and know it at once: a look at the older one would write over it."""
        self.world.wrote(resource_of(workload), self.access.put_status(workload, status))

    def children(self, resource: Resource, workload: Mapping[str, Any], worker_type: str = "") -> list[Json]:
        """Give the known children of a workload, by Sedna's labels."""
        selector = equal_selector(self.origin(workload).labels(worker_type))
        return self.world.selected(resource, workload["metadata"]["namespace"], selector)


class Part(Protocol):
    """One kind's part of the Global Manager."""

    kind: SednaKind

    def workload_changed(self, before: Json | None, item: Json, *, deleted: bool) -> Iterable[Task]:
        """Give what to do because a workload of this kind changed; `before` is None for a new one."""

    def child_changed(
        self, resource: Resource, before: Json | None, item: Json, *, deleted: bool
    ) -> Iterable[Task]:
        """Give what to do because a pod or Deployment changed, whosoever it is."""

    def resync(self, item: Json) -> Iterable[Task]:
        """Give what to do because some time has passed."""

    def sync(self, workload: Json) -> None:
        """Look at a workload. Raises TryAgain, Refusal, Panic."""


@dataclass
class Tally:
    """How many workers were made."""

    deployments: int = 0
    pods: int = 0


def make(children: Iterator[Child], means: Means, tally: Tally) -> None:
    """Create children until the first error that is told. Raises CannotCreate, Panic."""
    try:
        for child in children:
            _make_one(child, means)
            tally.deployments += child.completes == "deployment"
            tally.pods += child.completes == "pod"
    except Panic as panic:
        if means.faults.crashes:
            raise
        raise CannotCreate(panic.cause) from panic


def sync_of(item: Mapping[str, Any], resource: Resource) -> Sync:
    """Give the task to look at a workload."""
    return Sync(resource, item["metadata"]["namespace"], item["metadata"]["name"])


def sync_of_owner(means: Means, kind: SednaKind, child: Json) -> Iterator[Sync]:
    """Give the task to look at the workload of that kind which controls a child, if that lives."""
    owner = controller_of(child)
    written = kind.former_kind if means.recipe.release == "0.6" and kind.former_kind else kind.kind
    if owner is None or owner.get("kind") != written:
        return
    namespace = child["metadata"].get("namespace", "")
    workload = means.world.get(kind.resource, namespace, owner["name"])
    if workload is not None and workload["metadata"]["uid"] == owner["uid"]:
        yield Sync(kind.resource, namespace, owner["name"])


def _make_one(child: Child, means: Means) -> None:
    try:
        made = means.access.create(child.resource, child.manifest)
        means.world.wrote(child.resource, made)  # else the next look would make it once more
    except Refusal as refusal:
        if child.masked and means.faults.masked_conflicts:
            means.tell(f"an error that nobody sees: {refusal.message}")
            return
        raise CannotCreate(child.failure + refusal.message) from refusal
