"""Children of re-identification and video analytics: one bare pod, and a Service for the latter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sednactl.sandbox.controllers.global_manager import rendering
from sednactl.sandbox.controllers.global_manager.halting import Panic
from sednactl.sandbox.controllers.global_manager.recipe import (
    Child,
    Recipe,
    References,
    flag,
    needed,
    unminded_source,
)
from sednactl.sandbox.controllers.global_manager.rendering import Origin, Worker
from sednactl.sedna.kinds import MODEL
from sednactl.sedna.resources import POD, SERVICE

VIDEO_ANALYTICS_PORT = 4000


def reid(workload: Mapping[str, Any], recipe: Recipe) -> Iterator[Child]:
    """Give a re-identification job's pod."""
    worker = Worker("reid", workload["spec"].get("template") or {}, _env(workload, recipe))
    made = rendering.pod(Origin.of(workload, recipe.release), worker)
    yield Child(POD, made, "failed to create reid worker: ", completes="pod")


def video_analytics(workload: Mapping[str, Any], references: References, recipe: Recipe) -> Iterator[Child]:
    """Give a video analytics job's pod and Service. Raises Panic where its Model has no name."""
    spec = workload["spec"]
    name = spec["model"]["name"]
    if not name:
        raise Panic("spec.model.name of a VideoAnalyticsJob is empty")
    source = unminded_source(MODEL.resource, name, references, recipe)
    env = {**_env(workload, recipe), "MODEL_NAME": name}
    worker = Worker("videoanalytics", spec.get("template") or {}, env, needed("MODEL_URL", source))
    origin = Origin.of(workload, recipe.release)
    yield Child(POD, rendering.pod(origin, worker), "failed to create videoanalytics worker: ")
    yield Child(
        SERVICE,
        rendering.service(origin, worker.type, VIDEO_ANALYTICS_PORT),
        "Failed to create edgemesh service: ",
        completes="pod",
    )


def _env(workload: Mapping[str, Any], recipe: Recipe) -> dict[str, str]:
    meta = workload["metadata"]
    env = {
        "WORKER_NAME": recipe.random_name(),
        "JOB_NAME": meta["name"],
        "NAMESPACE": meta["namespace"],
        "LC_SERVER": recipe.lc_server,
    }
    return env | ({"KAFKA_ENABLED": flag(True)} if workload["spec"].get("kafkaSupport") else {})
