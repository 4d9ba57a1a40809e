"""A simple stand-in for Sedna's Local Controllers: learning jobs go from stage to stage when data is said to have come.

Nobody labels pictures in a sandbox, so the annotation `sandbox.sednactl.io/samples`
on a Dataset says how many samples there are. They are counted into its status;
when a job's trigger fires for the new ones, its training begins. Trainings and
evaluations take `stage_seconds` each and end well. A Dataset without a node
belongs to no Local Controller, and its jobs wait for ever.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from sednactl.cluster.door import Change, Cluster
from sednactl.cluster.label_selectors import equal_selector
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.container_course import DURATION
from sednactl.sandbox.controllers.global_manager import counting, edge_reports
from sednactl.sandbox.controllers.global_manager.rendering import Origin
from sednactl.sandbox.controllers.global_manager.stages import latest_pod
from sednactl.sandbox.controllers.pods import phase_of
from sednactl.sandbox.controllers.world import Json, World
from sednactl.sandbox.controllers.writing import Writer
from sednactl.sandbox.times import seconds_between, written
from sednactl.sedna.kinds import DATASET, INCREMENTAL_LEARNING, LIFELONG_LEARNING, MODEL
from sednactl.sedna.resources import POD, Resource

SAMPLES = "sandbox.sednactl.io/samples"
USED = "sandbox.sednactl.io/samples-used"
STAGE_SECONDS = 30.0
_JOBS = (INCREMENTAL_LEARNING.resource, LIFELONG_LEARNING.resource)


@dataclass(frozen=True)
class _Key:
    resource: Resource
    namespace: str
    name: str


class LocalController:
    """All Local Controllers of a cluster, as one controller of the sandbox."""

    name = "local-controller"
    follows = (*_JOBS, DATASET.resource, MODEL.resource, POD)

    def __init__(self, cluster: Cluster, clock: Clock, *, stage_seconds: float = STAGE_SECONDS) -> None:
        self._clock = clock
        self._stage_seconds = stage_seconds
        self._writer = Writer(cluster, clock, "local-controller", "sedna-gm")

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Look at a job or Dataset that changed, and at the jobs that use the Dataset."""
        del before
        item, resource = change.object, change.selection.resource
        if item is None or change.type == "deleted" or resource in (POD, MODEL.resource):
            return
        meta = item["metadata"]
        yield _Key(resource, meta["namespace"], meta["name"])
        if resource == DATASET.resource:
            for kind in _JOBS:
                for job in world.all(kind, meta["namespace"]):
                    if job["spec"]["dataset"]["name"] == meta["name"]:
                        yield _Key(kind, meta["namespace"], job["metadata"]["name"])

    def look(self, key: _Key, world: World) -> float | None:
        """Count samples, or report the next step of a job; gives the seconds until a stage ends."""
        item = world.get(key.resource, key.namespace, key.name)
        if item is None:
            return None
        if key.resource == DATASET.resource:
            self._count(item, world)
            return None
        conditions = counting.conditions_of(item)
        dataset = world.get(DATASET.resource, key.namespace, item["spec"]["dataset"]["name"])
        if not conditions or dataset is None or not dataset["spec"].get("nodeName"):
            return None
        stage, type_ = conditions[-1]["stage"], conditions[-1]["type"]
        if type_ == "Waiting":
            return self._begin(item, stage, dataset, world)
        if type_ == "Running" and stage in ("Train", "Eval"):
            return self._end(item, stage, world)
        return None

    def _count(self, dataset: Json, world: World) -> None:
        samples = _samples(dataset)
        known = (dataset.get("status") or {}).get("numberOfSamples")
        if samples and samples != known and dataset["spec"].get("nodeName"):
            status = {"numberOfSamples": samples, "updateTime": written(self._clock.now())}
            self._writer.set_status(world, DATASET.resource, dataset, status)

    def _begin(self, job: Json, stage: str, dataset: Json, world: World) -> float | None:
        """Report that a stage can begin, if it can."""
        conditions = counting.conditions_of(job)
        round_ = edge_reports.rounds(conditions)
        if stage == "Train":
            total, now = _samples(dataset), self._clock.now()
            annotations = job["metadata"].get("annotations") or {}
            new = total - int(annotations.get(USED, "0"))
            share = float(job["spec"]["dataset"].get("trainProb", 1))
            trigger = job["spec"]["trainSpec"].get("trigger") or {}
            if new <= 0 or not edge_reports.fires(trigger, int(new * share), now):
                # A timer's hour may come without any change.
                return 60.0 if new > 0 and trigger.get("timer") else None
            patch = {"metadata": {"annotations": {USED: str(total)}}}
            job = self._writer.patch(world, _resource(job), job, patch)
            round_ += 1
        data = edge_reports.ready(job, stage, round_, _initial_url(job, world))
        self._report(job, stage, "Ready", data, world)
        return None

    def _end(self, job: Json, stage: str, world: World) -> float | None:
        """End a stage's worker and report what it made, once its time is over."""
        conditions = counting.conditions_of(job)
        since = seconds_between(conditions[-1].get("lastTransitionTime"), self._clock.now())
        if since < self._stage_seconds:
            return self._stage_seconds - since
        selector = equal_selector(Origin.of(job, "0.7").labels())
        pod = latest_pod(world.selected(POD, job["metadata"]["namespace"], selector), stage)
        round_ = edge_reports.rounds(conditions)
        self._report(job, stage, "Completed", edge_reports.completed(job, stage, round_), world)
        if pod is not None and phase_of(pod) == "Running":
            ran = seconds_between((pod.get("status") or {}).get("startTime"), self._clock.now())
            patch = {"metadata": {"annotations": {DURATION: f"{ran:.0f}"}}}
            self._writer.patch(world, POD, pod, patch)  # its kubelet sees that its work is done
        return None

    def _report(self, job: Json, stage: str, type_: str, data: str, world: World) -> None:
        told = counting.condition(type_, self._clock.now(), message="reported by lc", stage=stage, data=data)
        status = job.get("status") or {}
        changed = {**status, "conditions": [*counting.conditions_of(job), told]}
        self._writer.set_status(world, _resource(job), job, changed)


def _samples(dataset: Json) -> int:
    written_ = (dataset["metadata"].get("annotations") or {}).get(SAMPLES, "")
    return int(written_) if written_.isdigit() else 0


def _resource(job: Json) -> Resource:
    return next(kind for kind in _JOBS if kind.kind == job["kind"])


def _initial_url(job: Json, world: World) -> str:
    name = (job["spec"].get("initialModel") or {}).get("name", "")
    model = world.get(MODEL.resource, job["metadata"]["namespace"], name)
    return str(model["spec"].get("url", "")) if model is not None else ""
