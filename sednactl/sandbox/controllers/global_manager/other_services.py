"""The parts for feature extraction, whose status is always `Failed`, and object search, which gets none."""

from __future__ import annotations

from collections.abc import Iterable

from sednactl.sandbox.controllers.global_manager import counting
from sednactl.sandbox.controllers.global_manager.children_search import TRACKING_WORKER
from sednactl.sandbox.controllers.global_manager.part import Means, Tally, TryAgain
from sednactl.sandbox.controllers.global_manager.services import Look, ServicePart, number
from sednactl.sandbox.controllers.global_manager.tasks import Task
from sednactl.sandbox.controllers.world import Json
from sednactl.sedna.kinds import FEATURE_EXTRACTION, OBJECT_SEARCH
from sednactl.sedna.resources import Resource

BLIND_SECONDS = 2.0
"""How long a deleted object search service is still taken for living."""


class FeatureExtractionPart(ServicePart):
    """Feature extraction: one Deployment, of which three are expected."""

    kind = FEATURE_EXTRACTION
    component = "featureextractionservice-controller"
    failure = "the worker of FeatureExtractionService failed"

    def _look(self, workload: Json) -> Look:
        faults = self._means.faults
        replicas = number(workload["spec"], "replicas", faults.crashes)
        if not faults.fe_always_failed:
            deployments = self._deployments_now(workload)
            working = counting.working_deployments(deployments)
            return Look(Tally(1, 0), Tally(working, 0), not deployments)
        pods = self._pods(workload)
        active = Tally(counting.active_deployments(self._deployments(workload)), counting.active_pods(pods))
        # Three: the real one counts the fields of the spec's type.
        return Look(Tally(3, replicas), active, not pods)

    def _create(self, workload: Json, tally: Tally) -> None:
        super()._create(workload, tally)
        tally.pods += tally.deployments

    def _counted(self, active: Tally, lacking: Tally) -> dict[str, int]:
        if self._means.faults.fe_always_failed:
            return {"active": active.pods, "failed": lacking.pods}
        return {"active": active.deployments, "failed": lacking.deployments}


class ObjectSearchPart(ServicePart):
    """Object search. The real one cannot read its changes nor write its status: it lists it now and then."""

    kind = OBJECT_SEARCH
    component = "objectsearch-controller"

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._departed: dict[tuple[str, str], tuple[float, Json]] = {}

    def workload_changed(self, before: Json | None, item: Json, *, deleted: bool) -> Iterable[Task]:
        """Look at it; one that is gone is taken for living a while longer."""
        place = (item["metadata"]["namespace"], item["metadata"]["name"])
        if deleted and self._means.faults.object_search_blind:
            self._departed[place] = (self._means.clock.monotonic() + BLIND_SECONDS, item)
        else:
            self._departed.pop(place, None)
        return super().workload_changed(before, item, deleted=deleted)

    def child_changed(
        self, resource: Resource, before: Json | None, item: Json, *, deleted: bool
    ) -> Iterable[Task]:
        """Look at its workload, also at one that is gone without our knowing."""
        yield from super().child_changed(resource, before, item, deleted=deleted)
        yield from (
            task
            for service in self._taken_for_living()
            for task in super(ObjectSearchPart, self).resync(service)
        )

    def departed(self, namespace: str, name: str) -> Json | None:
        """Give a service that is gone but still taken for living."""
        until, service = self._departed.get((namespace, name), (0.0, None))
        if until > self._means.clock.monotonic():
            return service
        self._departed.pop((namespace, name), None)
        return None

    def _taken_for_living(self) -> list[Json]:
        now = self._means.clock.monotonic()
        return [service for until, service in self._departed.values() if until > now]

    def _look(self, workload: Json) -> Look:
        pods = self._pods(workload, TRACKING_WORKER)
        deployments = self._deployments(workload)
        faults = self._means.faults
        count = counting.active_deployments if faults.object_search_blind else counting.working_deployments
        needed = Tally(2, len(workload["spec"]["trackingWorkers"]))
        active = Tally(count(deployments), counting.active_pods(pods))
        return Look(needed, active, not pods and not deployments)

    def _counted(self, active: Tally, lacking: Tally) -> dict[str, int]:
        return {
            "active": active.pods + active.deployments,
            "failed": lacking.pods + lacking.deployments,
        }

    def _reason(self, lacking: Tally) -> str:
        return "podFailed" if lacking.pods > 0 else "deploymentFailed"

    def _put_status(self, workload: Json, status: Json) -> None:
        if self._means.faults.object_search_blind:
            raise TryAgain("Object 'Kind' is missing in its status")
        super()._put_status(workload, status)
