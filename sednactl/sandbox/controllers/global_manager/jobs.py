"""Looking at jobs that run once: re-identification, video analytics, and what federated learning shares with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sednactl.sandbox.controllers.global_manager import counting
from sednactl.sandbox.controllers.global_manager.children import children_of
from sednactl.sandbox.controllers.global_manager.halting import CannotCreate
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
from sednactl.sedna.kinds import REID, VIDEO_ANALYTICS, SednaKind
from sednactl.sedna.resources import POD, Resource


class JobPart:
    """The part for a kind whose workers are pods that end."""

    kind: SednaKind
    component: str
    completed = "Completed"
    times: Sequence[str] = ("lastHeartbeatTime", "lastTransitionTime")

    def __init__(self, means: Means) -> None:
        self._means = means

    def workload_changed(self, before: Json | None, item: Json, *, deleted: bool) -> Iterable[Task]:
        """Look at it; edits are not carried out."""
        del before, deleted
        return (sync_of(item, self.kind.resource),)

    def child_changed(
        self, resource: Resource, before: Json | None, item: Json, *, deleted: bool
    ) -> Iterable[Task]:
        """Look at its workload."""
        del before, deleted
        return sync_of_owner(self._means, self.kind, item) if resource == POD else ()

    def resync(self, item: Json) -> Iterable[Task]:
        """Look at it."""
        return (sync_of(item, self.kind.resource),)

    def sync(self, workload: Json) -> None:
        """Make the pods if there are none, else follow how they end."""
        if counting.has_condition(workload, self.completed, "Failed"):
            return
        now = self._means.clock.now()
        before = workload.get("status") or {}
        status = {**before, "startTime": before.get("startTime") or written(now)}
        pods = self._means.children(POD, workload)
        active = counting.active_pods(pods)
        succeeded, failed = counting.in_phase(pods, "Succeeded"), counting.in_phase(pods, "Failed")
        conditions = counting.conditions_of(workload)
        problem = ""
        if failed:
            message = f"the worker of {self.kind.kind} failed"
            self._end(workload, conditions, "Failed", "workerFailed", message)
            status["phase"] = "Failed"
        else:
            if not pods:
                active, problem = self._create(workload)
            if succeeded and not active:
                self._end(workload, conditions, self.completed, "", "")
                status |= {"completionTime": written(now), "phase": "Succeeded"}
            else:
                status["phase"] = "Running"
        status |= {"active": active, "succeeded": succeeded, "failed": failed, "conditions": conditions}
        if _seen(before) != _seen(status):
            self._means.put_status(workload, status)
        if problem:
            raise TryAgain(problem)

    def _create(self, workload: Json) -> tuple[int, str]:
        """Make the pods; gives how many are at work, and what went wrong."""
        means, tally = self._means, Tally()
        references = means.access.references(workload["metadata"]["namespace"])
        try:
            make(children_of(workload, references, means.recipe), means, tally)
        except CannotCreate as error:
            return tally.pods, error.message
        return tally.pods, ""

    def _end(self, workload: Json, conditions: list[Json], type_: str, reason: str, message: str) -> None:
        now = self._means.clock.now()
        conditions.append(counting.condition(type_, now, reason, message, times=self.times))
        told = (
            ("Warning", reason, message) if reason else ("Normal", "Completed", f"{self.kind.kind} completed")
        )
        self._means.access.tell(workload, *told, self.component, written(now))


class ReidPart(JobPart):
    """Re-identification: one pod."""

    kind = REID
    component = "Reid-controller"


class VideoAnalyticsPart(JobPart):
    """Video analytics: one pod and a Service."""

    kind = VIDEO_ANALYTICS
    component = "VideoAnalytics-controller"


def _seen(status: Json) -> tuple[object, ...]:
    counted = (status.get(key, 0) for key in ("active", "succeeded", "failed"))
    return (*counted, len(status.get("conditions") or ()), status.get("phase"))
