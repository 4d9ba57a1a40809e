"""Children of object search: re-identification and user workers with Services, and a pod for every camera."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sednactl.sandbox.controllers.global_manager import rendering
from sednactl.sandbox.controllers.global_manager.recipe import Child, Recipe
from sednactl.sandbox.controllers.global_manager.rendering import Origin, Worker
from sednactl.sedna.resources import DEPLOYMENT, POD, SERVICE

REID_WORKER, USER_WORKER, TRACKING_WORKER = "reidworker", "userworker", "trackingworker"
REID_PORT, USER_PORT = 9378, 9379


def children(workload: Mapping[str, Any], recipe: Recipe) -> Iterator[Child]:
    """Give an object search service's children in the order in which they are made."""
    origin = Origin.of(workload, recipe.release)
    spec = workload["spec"]
    reid = Worker(REID_WORKER, spec["reidWorkers"].get("template") or {}, {})
    yield Child(
        DEPLOYMENT,
        rendering.deployment(origin, reid, recipe.release, spec["reidWorkers"].get("replicas")),
        "failed to create reid worker deployment: ",
        completes="deployment",
    )
    yield Child(
        SERVICE,
        rendering.service(origin, REID_WORKER, REID_PORT),
        "failed to create reid worker edgemesh service: ",
    )
    user = Worker(USER_WORKER, spec["userWorker"].get("template") or {}, _env(workload, USER_WORKER, recipe))
    yield Child(
        DEPLOYMENT,
        rendering.deployment(origin, user, recipe.release, 1),
        "failed to create user worker: ",
        completes="deployment",
    )
    yield Child(
        SERVICE,
        rendering.service(origin, USER_WORKER, USER_PORT),
        "failed to create edgemesh service: ",
    )
    for number, tracking in enumerate(spec["trackingWorkers"]):
        env = {
            **_env(workload, TRACKING_WORKER, recipe),
            "USERWORKER_URL": f"{rendering.service_host(origin, USER_WORKER)}:{USER_PORT}",
            "EDGEMESH_URL": f"{rendering.service_host(origin, REID_WORKER)}:{REID_PORT}",
        }
        worker = Worker(TRACKING_WORKER, tracking.get("template") or {}, env)
        yield Child(
            POD,
            rendering.pod(origin, worker),
            f"failed to create {number}th tracking worker: ",
            completes="pod",
        )


def _env(workload: Mapping[str, Any], worker_type: str, recipe: Recipe) -> dict[str, str]:
    meta = workload["metadata"]
    return {
        "NAMESPACE": meta["namespace"],
        "SERVICE_NAME": meta["name"],
        "WORKER_NAME": f"{worker_type}-{recipe.random_name()}",
    }
