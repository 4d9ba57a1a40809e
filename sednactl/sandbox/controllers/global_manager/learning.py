"""The parts for incremental and lifelong learning, whose pods come stage by stage."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from sednactl.sandbox.controllers.global_manager import counting, stage_pods
from sednactl.sandbox.controllers.global_manager.access import Refusal
from sednactl.sandbox.controllers.global_manager.credentials import check_credentials
from sednactl.sandbox.controllers.global_manager.halting import CannotCreate, Panic
from sednactl.sandbox.controllers.global_manager.part import (
    Means,
    Tally,
    TryAgain,
    make,
    sync_of,
    sync_of_owner,
)
from sednactl.sandbox.controllers.global_manager.recipe import Child, References
from sednactl.sandbox.controllers.global_manager.rendering import hot_update_file
from sednactl.sandbox.controllers.global_manager.stages import latest_pod, next_step
from sednactl.sandbox.controllers.global_manager.tasks import Handle, Task
from sednactl.sandbox.controllers.pods import phase_of
from sednactl.sandbox.controllers.world import Json
from sednactl.sandbox.times import written
from sednactl.sedna.kinds import DATASET, INCREMENTAL_LEARNING, LIFELONG_LEARNING, MODEL, SednaKind
from sednactl.sedna.resources import POD, Resource

HOT_UPDATE_ANNOTATION = "sedna.io/model-hot-update-config"


class LearningPart(ABC):
    """What incremental and lifelong learning have in common."""

    kind: SednaKind
    first_status: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, means: Means) -> None:
        self._means = means

    def workload_changed(self, before: Json | None, item: Json, *, deleted: bool) -> Iterable[Task]:
        """Look at it, and send it to the node that watches its data."""
        del before
        yield sync_of(item, self.kind.resource)
        if not deleted:
            yield Handle(lambda: self._send_to_node(item))

    def child_changed(
        self, resource: Resource, before: Json | None, item: Json, *, deleted: bool
    ) -> Iterable[Task]:
        """Look at its job."""
        del before, deleted
        return sync_of_owner(self._means, self.kind, item) if resource == POD else ()

    def resync(self, item: Json) -> Iterable[Task]:
        """Do as after a change."""
        return self.workload_changed(item, item, deleted=False)

    def sync(self, workload: Json) -> None:
        """Take the job one step further. A job that was never looked at may need a pod first."""
        now = self._means.clock.now()
        status = {**self.first_status, **(workload.get("status") or {})}
        if not status.get("startTime"):
            status["startTime"] = written(now)
            if not self._begin(workload):
                return  # no status, no sign; it is looked at again with the next resync
        conditions = counting.conditions_of(workload)
        pod = None
        if conditions:
            pod = self._pod_of_stage(workload, conditions[-1]["stage"])
        step = next_step(
            conditions, phase_of(pod) if pod is not None else "", hot_update=self._hot_update(workload)
        )
        try:
            if step.deed == "restart inference":
                self._restart_inference(workload)
            elif step.deed == "start":
                self._make(workload, lambda references: self._stage(workload, step.stage, references))
            elif step.deed == "annotate" and pod is not None:
                node = pod["spec"].get("nodeName", "")
                self._means.access.annotate(workload, f"sedna.io/{step.stage}", node)
        except (CannotCreate, Refusal) as error:
            raise TryAgain(error.message) from error
        if step.type:
            conditions.append(counting.condition(step.type, now, stage=step.stage))
            self._means.put_status(workload, {**status, "conditions": conditions})

    def _pod_of_stage(self, workload: Json, stage: str) -> Json | None:
        pods = list(self._means.children(POD, workload))
        if any("-" not in pod["metadata"]["name"] for pod in pods):
            # The stage is read from what stands before the last "-" of a name that was cut to 63 characters.
            panic = Panic("runtime error: index out of range [-1]")
            if self._means.faults.crashes:
                raise panic
            raise TryAgain(panic.cause)
        return latest_pod(pods, stage)

    @abstractmethod
    def _begin(self, workload: Json) -> bool:
        """Make what a new job needs at once; tells whether it was possible."""

    @abstractmethod
    def _inference(self, workload: Json, references: References) -> Iterator[Child]:
        """Give the pod that serves."""

    @abstractmethod
    def _stage(self, workload: Json, stage: str, references: References) -> Iterator[Child]:
        """Give the pod that trains or evaluates."""

    def _hot_update(self, workload: Json) -> bool:
        del workload
        return False

    def _models_to_send(self, workload: Json) -> list[str]:
        del workload
        return []

    def _make(self, workload: Json, children: Callable[[References], Iterator[Child]]) -> None:
        references = self._means.access.references(workload["metadata"]["namespace"])
        make(children(references), self._means, Tally())

    def _restart_inference(self, workload: Json) -> None:
        pod = self._pod_of_stage(workload, "Deploy")
        if pod is not None:
            meta = pod["metadata"]
            self._means.access.delete(POD, meta["namespace"], meta["name"])
        self._make(workload, lambda references: self._inference(workload, references))

    def _send_to_node(self, workload: Json) -> None:
        """Put the credentials into what the node gets, as the real one does; it may crash there."""
        means, namespace = self._means, workload["metadata"]["namespace"]
        conditions = counting.conditions_of(workload)
        dataset = means.world.get(DATASET.resource, namespace, workload["spec"]["dataset"]["name"])
        if not conditions or dataset is None or not dataset["spec"].get("nodeName"):
            return
        check_credentials(means, namespace, workload["spec"].get("credentialName"))
        if (conditions[-1]["stage"], conditions[-1]["type"]) == ("Train", "Waiting"):
            for name in self._models_to_send(workload):
                model = means.world.get(MODEL.resource, namespace, name)
                if model is not None:
                    check_credentials(means, namespace, model["spec"].get("credentialName"))


class IncrementalLearningPart(LearningPart):
    """Incremental learning: it serves from the beginning, with the model it was given."""

    kind = INCREMENTAL_LEARNING

    def _begin(self, workload: Json) -> bool:
        pod = self._pod_of_stage(workload, "Deploy")
        if pod is not None and phase_of(pod) in ("Running", "Pending"):
            return True
        try:
            self._make(workload, lambda references: self._inference(workload, references))
        except CannotCreate as error:
            self._means.tell(error.message)
            return False
        if self._hot_update(workload):
            file = hot_update_file(self._means.origin(workload))
            self._means.access.annotate(workload, HOT_UPDATE_ANNOTATION, file)
        return True

    def _inference(self, workload: Json, references: References) -> Iterator[Child]:
        return stage_pods.inference_of_incremental(workload, references, self._means.recipe)

    def _stage(self, workload: Json, stage: str, references: References) -> Iterator[Child]:
        return stage_pods.stage_of_incremental(workload, stage, references, self._means.recipe)

    def _hot_update(self, workload: Json) -> bool:
        return bool(workload["spec"]["deploySpec"]["model"].get("hotUpdateEnabled"))

    def _models_to_send(self, workload: Json) -> list[str]:
        return [workload["spec"]["initialModel"]["name"]]


class LifelongLearningPart(LearningPart):
    """Lifelong learning: no pod before the first data."""

    kind = LIFELONG_LEARNING
    # Go writes numbers that nobody has counted yet.
    first_status = MappingProxyType(
        {
            "knowledgeBase": {
                "AIModels": {"numberOfAIModels": 0},
                "AIClasses": {"numberOfAIClasses": 0},
                "samples": {"numberOfLabeledUnseenSample": 0, "numberOfUnseenSample": 0},
            }
        }
    )

    def _begin(self, workload: Json) -> bool:
        del workload
        return True

    def _inference(self, workload: Json, references: References) -> Iterator[Child]:
        return stage_pods.inference_of_lifelong(workload, references, self._means.recipe)

    def _stage(self, workload: Json, stage: str, references: References) -> Iterator[Child]:
        return stage_pods.stage_of_lifelong(workload, stage, references, self._means.recipe)
