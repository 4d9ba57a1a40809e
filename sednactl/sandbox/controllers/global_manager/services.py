"""Looking at services: make their workers at the first look, count them at every later one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

from sednactl.sandbox.controllers.global_manager import counting
from sednactl.sandbox.controllers.global_manager.children import children_of
from sednactl.sandbox.controllers.global_manager.halting import CannotCreate, Panic
from sednactl.sandbox.controllers.global_manager.part import (
    Means,
    Tally,
    TryAgain,
    make,
    sync_of,
    sync_of_owner,
)
from sednactl.sandbox.controllers.global_manager.tasks import Task
from sednactl.sandbox.controllers.world import Json
from sednactl.sandbox.times import written
from sednactl.sedna.kinds import SednaKind
from sednactl.sedna.resources import DEPLOYMENT, POD, Resource


@dataclass(frozen=True)
class Look:
    """What one look found: how many workers there should be, how many are at work, whether there are none at all."""

    needed: Tally
    active: Tally
    empty: bool

    def missing(self) -> Tally:
        """Give how many workers are missing; fewer than none where there are more."""
        return missing(self.needed, self.active)


def missing(needed: Tally, active: Tally) -> Tally:
    """Give how many workers are missing."""
    return Tally(needed.deployments - active.deployments, needed.pods - active.pods)


class ServicePart(ABC):
    """What the parts for joint inference, feature extraction and object search have in common."""

    kind: SednaKind
    component: str
    failure = "the worker of service failed"

    def __init__(self, means: Means) -> None:
        self._means = means

    def workload_changed(self, before: Json | None, item: Json, *, deleted: bool) -> Iterable[Task]:
        """Look at it."""
        del before, deleted
        return (sync_of(item, self.kind.resource),)

    def child_changed(
        self, resource: Resource, before: Json | None, item: Json, *, deleted: bool
    ) -> Iterable[Task]:
        """Look at its workload."""
        del resource, before, deleted
        return sync_of_owner(self._means, self.kind, item)

    def resync(self, item: Json) -> Iterable[Task]:
        """Look at it."""
        return (sync_of(item, self.kind.resource),)

    def sync(self, workload: Json) -> None:
        """Make the workers if there are none yet, else count them; whatever went wrong is `Failed` for good."""
        if counting.has_condition(workload, "Failed"):
            return
        now = self._means.clock.now()
        status = dict(workload.get("status") or {})
        look = self._look(workload)
        active, lacking = look.active, Tally()
        if status.get("startTime"):
            lacking = look.missing()
        else:
            status["startTime"] = written(now)
        type_, reason, message = "Running", "", ""
        problem: CannotCreate | None = None
        if lacking.pods > 0 or lacking.deployments > 0:
            type_, reason, message = "Failed", self._reason(lacking), self.failure
            moment = written(now)
            self._means.access.tell(workload, "Warning", reason, message, self.component, moment)
        elif look.empty:
            active = Tally()
            try:
                self._create(workload, active)
            except CannotCreate as error:
                problem = error
                type_, message = "Failed", error.message
                lacking = missing(look.needed, active)
        conditions = counting.conditions_of(workload)
        if not conditions or conditions[-1]["type"] != type_:
            conditions.append(counting.condition(type_, now, reason, message))
        self._write(workload, {**status, **self._counted(active, lacking), "conditions": conditions})
        if problem is not None:
            raise TryAgain(problem.message) from problem

    def _create(self, workload: Json, tally: Tally) -> None:
        means = self._means
        references = means.access.references(workload["metadata"]["namespace"])
        make(children_of(workload, references, means.recipe), means, tally)

    def _write(self, workload: Json, status: Json) -> None:
        before = workload.get("status") or {}
        old = (before.get("active", 0), before.get("failed", 0), len(before.get("conditions") or ()))
        if old != (status["active"], status["failed"], len(status["conditions"])):
            self._put_status(workload, status)

    def _put_status(self, workload: Json, status: Json) -> None:
        self._means.put_status(workload, status)

    @abstractmethod
    def _look(self, workload: Json) -> Look:
        """Count the workers."""

    @abstractmethod
    def _counted(self, active: Tally, lacking: Tally) -> dict[str, int]:
        """Give `active` and `failed` of the status."""

    def _reason(self, lacking: Tally) -> str:
        del lacking
        return "workerFailed"

    def _pods(self, workload: Json, worker_type: str = "") -> list[Json]:
        return self._means.children(POD, workload, worker_type)

    def _deployments(self, workload: Json) -> list[Json]:
        return self._means.children(DEPLOYMENT, workload)

    def _deployments_now(self, workload: Json) -> list[Json]:
        """Ask for the Deployments: just after creating, what was seen last may be older."""
        labels = self._means.origin(workload).labels()
        return self._means.access.list(DEPLOYMENT, workload["metadata"]["namespace"], labels)


def number(spec: Json, field: str, crashes: bool) -> int:
    """Give a number that the real one takes for granted. Raises Panic where it is not given."""
    given = spec.get(field)
    if given is None and crashes:
        raise Panic(f"spec.{field} is not given")
    return 1 if given is None else int(given)
