"""Children of federated learning: an aggregator with its Service, and a pod for every trainer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sednactl.sandbox.controllers.global_manager import rendering
from sednactl.sandbox.controllers.global_manager.halting import Panic
from sednactl.sandbox.controllers.global_manager.recipe import (
    Child,
    Recipe,
    References,
    needed,
    unminded_source,
)
from sednactl.sandbox.controllers.global_manager.rendering import Origin, Worker
from sednactl.sandbox.controllers.global_manager.storage import Mount, Source
from sednactl.sedna.kinds import DATASET, MODEL
from sednactl.sedna.resources import POD, SERVICE

AGGREGATION, TRAIN = "Aggregation", "train"
PORT = 7363
_ON_FAILURE = "OnFailure"


def children(workload: Mapping[str, Any], references: References, recipe: Recipe) -> Iterator[Child]:
    """Give a federated learning job's children: aggregator, Service, trainers."""
    yield from aggregator(workload, references, recipe)
    yield aggregation_service(workload, recipe)
    host = rendering.service_host(Origin.of(workload, recipe.release), AGGREGATION)
    yield from trainers(workload, references, recipe, host)


def aggregator(workload: Mapping[str, Any], references: References, recipe: Recipe) -> Iterator[Child]:
    """Give the aggregator's pod. Raises Panic where its Model has no name."""
    spec, meta = workload["spec"], workload["metadata"]
    pretrained = _pretrained(spec, references, recipe, "")
    model = _model(spec, references, recipe)
    variables, transmitter = _transmitter(spec, references)
    env = {
        "NAMESPACE": meta["namespace"],
        "WORKER_NAME": f"aggworker-{recipe.random_name()}",
        "JOB_NAME": meta["name"],
        "AGG_BIND_PORT": str(PORT),
        "PARTICIPANTS_COUNT": _participants(spec),
        **variables,
    }
    mounts = transmitter + needed("MODEL_URL", model) + pretrained
    worker = Worker(
        AGGREGATION,
        spec["aggregationWorker"].get("template") or {},
        env,
        mounts,
        restart_policy=_ON_FAILURE,
    )
    origin = Origin.of(workload, recipe.release)
    yield Child(POD, rendering.pod(origin, worker), "failed to create aggregation worker: ", completes="pod")


def aggregation_service(workload: Mapping[str, Any], recipe: Recipe) -> Child:
    """Give the Service by which trainers reach the aggregator."""
    return Child(SERVICE, rendering.service(Origin.of(workload, recipe.release), AGGREGATION, PORT))


def trainers(
    workload: Mapping[str, Any], references: References, recipe: Recipe, host: str
) -> Iterator[Child]:
    """Give every trainer's pod; they look for the aggregator at `host`. Raises Panic where a Dataset has no name."""
    spec, meta = workload["spec"], workload["metadata"]
    origin = Origin.of(workload, recipe.release)
    pretrained = _pretrained(spec, references, recipe, "failed to get pretrained model: ")
    model = _model(spec, references, recipe)
    for number, trainer in enumerate(spec["trainingWorkers"]):
        name = trainer["dataset"]["name"]
        if not name:
            raise Panic("spec.trainingWorkers[].dataset.name of a FederatedLearningJob is empty")
        dataset = unminded_source(DATASET.resource, name, references, recipe)
        variables, transmitter = _transmitter(spec, references)
        env = {
            "AGG_PORT": str(PORT),
            "AGG_IP": host,
            "WORKER_NAME": f"trainworker-{recipe.random_name()}",
            "JOB_NAME": meta["name"],
            "PARTICIPANTS_COUNT": _participants(spec),
            "NAMESPACE": meta["namespace"],
            "MODEL_NAME": spec["aggregationWorker"]["model"]["name"],
            "DATASET_NAME": name,
            "LC_SERVER": recipe.lc_server,
            **variables,
        }
        mounts = needed("MODEL_URL", model) + pretrained + needed("TRAIN_DATASET_URL", dataset) + transmitter
        worker = Worker(
            TRAIN,
            trainer.get("template") or {},
            env,
            mounts,
            host_network=True,
            restart_policy=_ON_FAILURE,
        )
        yield Child(
            POD,
            rendering.pod(origin, worker),
            f"failed to create {number}th training worker: ",
            completes="pod",
        )


def _participants(spec: Mapping[str, Any]) -> str:
    return str(len(spec["trainingWorkers"]))


def _model(spec: Mapping[str, Any], references: References, recipe: Recipe) -> Source | None:
    name = spec["aggregationWorker"]["model"]["name"]
    if not name:
        raise Panic("spec.aggregationWorker.model.name of a FederatedLearningJob is empty")
    return unminded_source(MODEL.resource, name, references, recipe, "failed to get aggregation model: ")


def _pretrained(
    spec: Mapping[str, Any], references: References, recipe: Recipe, failure: str
) -> tuple[Mount, ...]:
    name = (spec.get("pretrainedModel") or {}).get("name") or ""
    if not name:
        return ()
    source = unminded_source(MODEL.resource, name, references, recipe, failure)
    return needed("PRETRAINED_MODEL_URL", source)


def _transmitter(spec: Mapping[str, Any], references: References) -> tuple[dict[str, str], tuple[Mount, ...]]:
    s3 = (spec.get("transmitter") or {}).get("s3")
    if s3 is None:
        return {"TRANSMITTER": "ws"}, ()
    url = s3["aggDataPath"]
    secret = references.secret(s3.get("credentialName"), f"for aggregationData: {url}")
    return {"TRANSMITTER": "s3"}, (Mount("AGG_DATA_PATH", (Source(url, secret, download=False),)),)
