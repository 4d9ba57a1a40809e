"""The pods of incremental and lifelong learning, which come one after the other, stage by stage.

What the Local Controller reported with the latest condition says which data
and which models a training or evaluation gets.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sednactl.sandbox.controllers.global_manager import rendering
from sednactl.sandbox.controllers.global_manager.children_joint import hard_example_mining
from sednactl.sandbox.controllers.global_manager.halting import CannotCreate, Panic
from sednactl.sandbox.controllers.global_manager.recipe import (
    Child,
    Recipe,
    References,
    flag,
    model_mount,
    source_of,
)
from sednactl.sandbox.controllers.global_manager.rendering import Origin, Worker
from sednactl.sandbox.controllers.global_manager.storage import Mount, Source
from sednactl.sedna.resources import POD

Json = dict[str, Any]
INFERENCE = "inference"
_HOST_DNS = "ClusterFirstWithHostNet"


@dataclass(frozen=True)
class Reported:
    """What the Local Controller said is to be worked on; read from a condition's `data`."""

    data_url: str = ""
    index_url: str = ""
    output_dir: str = ""
    model_urls: tuple[str, ...] = ()

    @classmethod
    def of(cls, condition: Mapping[str, Any]) -> Reported:
        """Read a condition. Raises CannotCreate where it names no input."""
        read = _read(condition.get("data"))
        given = read.get("input")
        if not isinstance(given, dict):
            raise CannotCreate("empty input from condData")
        return cls(
            given.get("dataURL", ""),
            given.get("dataIndexURL", ""),
            given.get("outputDir", ""),
            tuple(model_urls(given)),
        )


def model_urls(part: Mapping[str, Any]) -> list[str]:
    """Give the models that an input or output names."""
    models = [part["model"]] if part.get("model") else part.get("models") or []
    return [model.get("url", "") for model in models]


def inference_of_incremental(
    job: Mapping[str, Any], references: References, recipe: Recipe
) -> Iterator[Child]:
    """Give the pod that an incremental learning job serves with."""
    deploy, meta = job["spec"]["deploySpec"], job["metadata"]
    name = deploy["model"]["name"]
    model = references.model(name, f"failed to get infer model {name}: ")
    env = {
        **_env(meta, "inferworker", recipe),
        **hard_example_mining(deploy),
    }
    hot = deploy["model"].get("hotUpdateEnabled")
    worker = Worker(
        INFERENCE,
        deploy.get("template") or {},
        env,
        model_mount("MODEL_URL", source_of(model, references)),
        host_network=True,
        hot_update=deploy["model"].get("pollPeriodSeconds", 0) if hot else None,
    )
    yield Child(POD, rendering.pod(Origin.of(job, recipe.release), worker), completes="pod")


def inference_of_lifelong(job: Mapping[str, Any], references: References, recipe: Recipe) -> Iterator[Child]:
    """Give the pod that a lifelong learning job serves with, from what it has learned."""
    spec, meta = job["spec"], job["metadata"]
    secret = references.secret(spec.get("credentialName"), f"lifelonglearning job {meta['name']}")
    learned = f"{spec['outputDir'].rstrip('/')}/deploy/index.pkl"
    worker = Worker(
        INFERENCE,
        spec["deploySpec"].get("template") or {},
        {**_env(meta, "inferworker", recipe), "OUTPUT_URL": spec["outputDir"]},
        (Mount("MODEL_URLS", (Source(learned, secret, download=False),)),),
        host_network=True,
        dns_policy=_HOST_DNS,
    )
    yield Child(POD, rendering.pod(Origin.of(job, recipe.release), worker), completes="pod")


def stage_of_incremental(
    job: Mapping[str, Any], stage: str, references: References, recipe: Recipe
) -> Iterator[Child]:
    """Give the pod that trains (`Train`) or evaluates (`Eval`) an incremental learning job."""
    spec, meta = job["spec"], job["metadata"]
    initial_name, deploy_name = spec["initialModel"]["name"], spec["deploySpec"]["model"]["name"]
    initial = references.model(initial_name, f"failed to get initial model {initial_name}: ")
    references.model(deploy_name, f"failed to get deploy model {deploy_name}: ")
    data = _Data.of(job, references, "incremental job")
    initial_url = initial["spec"].get("url", "")
    initial_secret = initial["spec"].get("credentialName")

    def model_source(url: str) -> Source:
        if url != initial_url:
            return Source(url, data.job_secret)
        return Source(url, references.secret(initial_secret, f"initial model {initial_name}"))

    mounts: tuple[Mount, ...]
    if stage == "Train":
        if not data.reported.model_urls:
            raise Panic("the Local Controller reported no model to train on")
        mounts = (
            Mount("BASE_MODEL_URL", (model_source(data.reported.model_urls[0]),)),
            Mount("MODEL_URL", (data.output,)),
            Mount("TRAIN_DATASET_URL", (Source(data.reported.data_url, data.job_secret),)),
            data.original,
        )
    else:
        mounts = (
            Mount("MODEL_URLS", tuple(model_source(url) for url in data.reported.model_urls)),
            Mount("TEST_DATASET_URL", (Source(data.reported.data_url, data.dataset_secret),)),
            data.original,
        )
    env = _env(meta, f"{stage.lower()}-worker", recipe)
    yield _stage_child(job, stage, env, mounts, "", recipe)


def stage_of_lifelong(
    job: Mapping[str, Any], stage: str, references: References, recipe: Recipe
) -> Iterator[Child]:
    """Give the pod that trains (`Train`) or evaluates (`Eval`) a lifelong learning job."""
    meta = job["metadata"]
    data = _Data.of(job, references, "lifelonglearning job")
    env = {**_env(meta, f"{stage.lower()}-worker", recipe), "KB_SERVER": recipe.kb_server}
    output = Mount("OUTPUT_URL", (data.output,))
    mounts: tuple[Mount, ...]
    if stage == "Train":
        conditions = job["status"]["conditions"]
        trained = [one for one in conditions if (one["stage"], one["type"]) == ("Train", "Completed")]
        env["HAS_COMPLETED_INITIAL_TRAINING"] = flag(bool(trained))
        if trained:
            env["CLOUD_KB_INDEX"] = _knowledge_index(trained)
        learned = Mount("TRAIN_DATASET_URL", (Source(data.reported.data_url, data.job_secret),))
        mounts = (output, learned, data.original)
    else:
        models = Mount("MODEL_URLS", tuple(Source(url, data.job_secret) for url in data.reported.model_urls))
        tested = Mount("TEST_DATASET_URL", (Source(data.reported.data_url, data.dataset_secret),))
        mounts = (models, output, tested, data.original)
    yield _stage_child(job, stage, env, mounts, _HOST_DNS, recipe)


@dataclass(frozen=True)
class _Data:
    reported: Reported
    output: Source
    original: Mount
    dataset_secret: Json | None
    job_secret: Json | None

    @classmethod
    def of(cls, job: Mapping[str, Any], references: References, owner: str) -> _Data:
        spec = job["spec"]
        name = spec["dataset"]["name"]
        dataset = references.dataset(name, f"failed to get dataset {name}: ")
        dataset_secret = references.secret(dataset["spec"].get("credentialName"), f"dataset {name}")
        job_secret = references.secret(spec.get("credentialName"), f"{owner} {job['metadata']['name']}")
        reported = Reported.of(job["status"]["conditions"][-1])
        url = dataset["spec"].get("url", "")
        original = reported.index_url or url
        return cls(
            reported,
            Source(reported.output_dir, job_secret, download=False),
            Mount("ORIGINAL_DATASET_URL", (Source(original, dataset_secret, indirect=original != url),)),
            dataset_secret,
            job_secret,
        )


def _stage_child(
    job: Mapping[str, Any],
    stage: str,
    env: dict[str, str],
    mounts: tuple[Mount, ...],
    dns_policy: str,
    recipe: Recipe,
) -> Child:
    worker = Worker(
        stage,
        job["spec"][f"{stage.lower()}Spec"].get("template") or {},
        env,
        mounts,
        host_network=True,
        restart_policy="OnFailure",
        dns_policy=dns_policy,
    )
    return Child(POD, rendering.pod(Origin.of(job, recipe.release), worker), completes="pod")


def _env(meta: Mapping[str, Any], worker: str, recipe: Recipe) -> dict[str, str]:
    return {
        "NAMESPACE": meta["namespace"],
        "JOB_NAME": meta["name"],
        "WORKER_NAME": f"{worker}-{recipe.random_name()}",
        "LC_SERVER": recipe.lc_server,
    }


def _knowledge_index(trained: Sequence[Mapping[str, Any]]) -> str:
    """Give where the latest training left its knowledge; "" where none said so."""
    for condition in reversed(trained):
        output = _read(condition.get("data")).get("output")
        urls = model_urls({"models": output.get("models")}) if isinstance(output, dict) else []
        if urls:
            return urls[0]
    return ""


def _read(data: object) -> Json:
    try:
        read = json.loads(str(data or "{}"))
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
