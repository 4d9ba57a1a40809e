"""The part for federated learning: deleted pods come back, edits replace them, and jobs share what they should not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy

from sednactl.cluster.label_selectors import equal_selector
from sednactl.sandbox.controllers.global_manager import children_federated, rendering
from sednactl.sandbox.controllers.global_manager.access import Refusal
from sednactl.sandbox.controllers.global_manager.halting import CannotCreate
from sednactl.sandbox.controllers.global_manager.jobs import JobPart
from sednactl.sandbox.controllers.global_manager.part import (
    Means,
    Tally,
    TryAgain,
    make,
    sync_of,
    sync_of_owner,
)
from sednactl.sandbox.controllers.global_manager.tasks import Handle, Task
from sednactl.sandbox.controllers.world import Json
from sednactl.sandbox.controllers.writing import controller_of
from sednactl.sedna.belonging import owner_uids
from sednactl.sedna.kinds import FEDERATED_LEARNING
from sednactl.sedna.resources import POD, SERVICE, Resource

REMEMBERED_SECONDS = 5.0
"""How long a pod that was made again is not made again once more."""


class FederatedLearningPart(JobPart):
    """Federated learning. `_selected` and `_host` belong to the job looked at last, and serve all of them."""

    kind = FEDERATED_LEARNING
    component = "FederatedLearning-controller"
    completed = "Complete"
    times = ("lastProbeTime", "lastHeartbeatTime")

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._selected: Json | None = None
        self._host = ""
        self._made_again: dict[tuple[str, str], float] = {}
        self._replaced: set[str] = set()

    def workload_changed(self, before: Json | None, item: Json, *, deleted: bool) -> Iterable[Task]:
        """Look at it; replace its pods after an edit."""
        edited = (
            before is not None
            and not deleted
            and before["metadata"].get("generation") != item["metadata"].get("generation")
        )
        if edited and self._means.recipe.release == "0.7":
            yield Handle(lambda: self._carry_edit(item))
        yield sync_of(item, self.kind.resource)

    def resync(self, item: Json) -> Iterable[Task]:
        """Do nothing: only a change counts here."""
        del item
        return ()

    def child_changed(
        self, resource: Resource, before: Json | None, item: Json, *, deleted: bool
    ) -> Iterator[Task]:
        """Look at its job; make a pod again that is deleted or about to be."""
        del before
        if resource != POD:
            return
        if (deleted or item["metadata"].get("deletionTimestamp")) and self._means.recipe.release == "0.7":
            yield Handle(lambda: self._rebuild(item))
        yield from sync_of_owner(self._means, self.kind, item)

    def sync(self, workload: Json) -> None:
        """Look at it, and take it for the one whose pods the next edit concerns."""
        self._selected = workload
        super().sync(workload)

    def _create(self, workload: Json) -> tuple[int, str]:
        means, recipe = self._means, self._means.recipe
        references = means.access.references(workload["metadata"]["namespace"])
        aggregators, trainers = Tally(), Tally()
        problem = ""
        try:
            make(children_federated.aggregator(workload, references, recipe), means, aggregators)
        except CannotCreate as error:
            problem = error.message
        self._create_service(workload)
        try:
            host = self._host
            make(children_federated.trainers(workload, references, recipe, host), means, trainers)
        except CannotCreate as error:
            return aggregators.pods + trainers.pods, _both(problem, error.message)
        return aggregators.pods + trainers.pods, _both(problem, "") if problem else ""

    def _create_service(self, workload: Json) -> None:
        """Make the aggregator's Service. Raises TryAgain, before any status, where it is there already."""
        means = self._means
        child = children_federated.aggregation_service(workload, means.recipe)
        host = rendering.service_host(means.origin(workload), children_federated.AGGREGATION)
        try:
            means.access.create(child.resource, child.manifest)
        except Refusal as refusal:
            meta = child.manifest["metadata"]
            if means.faults.fl_service_wedge or not refusal.exists:
                self._host = ""
                raise TryAgain(refusal.message) from refusal
            there = means.access.get(SERVICE, meta["namespace"], meta["name"])
            if workload["metadata"]["uid"] not in owner_uids(there):
                raise TryAgain(refusal.message) from refusal
        self._host = host

    def _carry_edit(self, job: Json) -> None:
        """Delete pods and make new ones; which pods, the job that was looked at last decides."""
        means, meta = self._means, job["metadata"]
        selected, host = self._selected, self._host
        if not means.faults.fl_shared_selector:
            selected = job
            host = rendering.service_host(means.origin(job), children_federated.AGGREGATION)
        if selected is None:
            # An empty selector takes every pod of the namespace.
            doomed = list(means.world.all(POD, meta["namespace"]))
        else:
            selector = equal_selector(means.origin(selected).labels())
            doomed = means.world.selected(POD, meta["namespace"], selector)
        for pod in doomed:
            if not means.faults.resurrection:
                self._replaced.add(pod["metadata"]["uid"])
            try:
                means.access.delete(POD, pod["metadata"]["namespace"], pod["metadata"]["name"])
            except Refusal as refusal:
                means.tell(refusal.message)
        references = means.access.references(meta["namespace"])
        for children in (
            children_federated.aggregator(job, references, means.recipe),
            children_federated.trainers(job, references, means.recipe, host),
        ):
            try:
                make(children, means, Tally())
            except CannotCreate as error:
                means.tell(f"failed to create workers of {meta['name']}: {error.message}")

    def _rebuild(self, pod: Json) -> None:
        """Make a deleted pod again as it was, if a job of its owner's name is known."""
        means, meta = self._means, pod["metadata"]
        owner = controller_of(pod)
        if owner is None or owner.get("kind") != self.kind.kind:
            return
        job = means.world.get(self.kind.resource, meta["namespace"], owner["name"])
        place, now = (meta["namespace"], meta["name"]), means.clock.monotonic()
        if job is None or self._made_again.get(place, 0.0) > now:
            return
        if not means.faults.foreground_livelock and job["metadata"].get("deletionTimestamp"):
            return
        if not means.faults.resurrection and (
            meta["uid"] in self._replaced or owner["uid"] != job["metadata"]["uid"]
        ):
            return
        again = deepcopy(pod)
        for key in ("uid", "resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds"):
            again["metadata"].pop(key, None)
        again.pop("status", None)
        try:
            means.access.create(POD, again)
        except Refusal:
            return  # while it is being deleted its name is taken
        self._replaced.discard(meta["uid"])
        self._made_again = {key: until for key, until in self._made_again.items() if until > now}
        self._made_again[place] = now + REMEMBERED_SECONDS


def _both(aggregator: str, trainer: str) -> str:
    """Word an error of either as Go prints the two."""
    return f"aggregator error: {aggregator or '<nil>'}, training error: {trainer or '<nil>'}"
