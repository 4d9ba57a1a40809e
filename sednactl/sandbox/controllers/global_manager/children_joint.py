"""Children of joint inference and feature extraction: services whose workers are Deployments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sednactl.sandbox.controllers.global_manager import rendering
from sednactl.sandbox.controllers.global_manager.halting import Panic
from sednactl.sandbox.controllers.global_manager.recipe import (
    Child,
    Recipe,
    References,
    flag,
    model_mount,
    source_of,
)
from sednactl.sandbox.controllers.global_manager.rendering import Origin, Worker
from sednactl.sedna.naming import hpa_name
from sednactl.sedna.resources import DEPLOYMENT, HPA, POD, SERVICE

CLOUD, EDGE = "Cloud", "Edge"
BIG_MODEL_PORT = 5000
FEATURE_EXTRACTION_PORT = 6000
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def children(workload: Mapping[str, Any], references: References, recipe: Recipe) -> Iterator[Child]:
    """Give a joint inference service's children: cloud worker, Service, edge worker."""
    origin = Origin.of(workload, recipe.release)
    yield from _worker_children(origin, workload, CLOUD, "", references, recipe)
    yield Child(SERVICE, rendering.service(origin, CLOUD, BIG_MODEL_PORT))
    host = rendering.service_host(origin, CLOUD)
    yield from _worker_children(origin, workload, EDGE, host, references, recipe)


def joint_worker(
    workload: Mapping[str, Any], worker_type: str, big_model_host: str, references: References, recipe: Recipe
) -> Worker:
    """Give one side's worker. Raises CannotCreate where its Model is missing."""
    side = worker_type.lower()
    spec = workload["spec"][f"{side}Worker"]
    meta = workload["metadata"]
    env = {
        "NAMESPACE": meta["namespace"],
        "SERVICE_NAME": meta["name"],
        "WORKER_NAME": f"{side}worker-{recipe.random_name()}",
    }
    if worker_type == CLOUD:
        env["BIG_MODEL_BIND_PORT"] = str(BIG_MODEL_PORT)
    else:
        env |= {
            "BIG_MODEL_IP": big_model_host,
            "BIG_MODEL_PORT": str(BIG_MODEL_PORT),
            "LC_SERVER": recipe.lc_server,
            **hard_example_mining(spec),
        }
    name = spec["model"]["name"]
    which = "model" if recipe.release == "0.7" else f"{side} model"
    model = references.model(name, f"failed to get {which} {name}: ")
    return Worker(
        worker_type,
        spec.get("template") or {},
        env,
        model_mount("MODEL_URL", source_of(model, references)),
        host_network=recipe.release == "0.6" and worker_type == EDGE,
    )


def hard_example_mining(spec: Mapping[str, Any]) -> dict[str, str]:
    """Give the variables that name a hard example mining algorithm and its parameters, as Go writes them."""
    mining = spec.get("hardExampleMining") or {}
    parameters = mining.get("parameters")
    written = "null"
    if parameters is not None:
        pairs = [{"key": one.get("key", ""), "value": one.get("value", "")} for one in parameters]
        written = json.dumps(pairs, separators=(",", ":"), ensure_ascii=False)
        for character, escape in _ESCAPED.items():
            written = written.replace(character, escape)
    return {"HEM_NAME": mining.get("name", ""), "HEM_PARAMETERS": written}


def hpa_failure(origin: Origin, worker_type: str) -> str:
    """Give what is said before the API's words when an autoscaler cannot be made."""
    return f"failed to create hpa for Deployment {hpa_name(origin.name, worker_type.lower())}, err: "


def feature_extraction(
    workload: Mapping[str, Any], references: References, recipe: Recipe
) -> Iterator[Child]:
    """Give a feature extraction service's children. Raises Panic where `replicas` is not given."""
    spec, meta = workload["spec"], workload["metadata"]
    if spec.get("replicas") is None:
        raise Panic("spec.replicas of a FeatureExtractionService is not given")
    origin = Origin.of(workload, recipe.release)
    failed = "failed to create feature extraction service: "
    name = spec["model"]["name"]
    model = references.model(name, f"{failed}Failed to get model {name}: ")
    env = {
        "WORKER_NAME": recipe.random_name(),
        "NAMESPACE": meta["namespace"],
        "SERVICE_NAME": meta["name"],
        "LC_SERVER": recipe.lc_server,
    }
    if spec.get("kafkaSupport"):
        env["KAFKA_ENABLED"] = flag(True)
    mounts = model_mount("MODEL_URL", source_of(model, references))
    worker = Worker("fe", spec.get("template") or {}, env, mounts)
    yield Child(
        DEPLOYMENT,
        rendering.deployment(origin, worker, recipe.release, spec["replicas"]),
        f"{failed}failed to create feature extraction deployment: ",
    )
    yield Child(
        SERVICE,
        rendering.service(origin, worker.type, FEATURE_EXTRACTION_PORT),
        f"{failed}failed to create edgemesh service: ",
        completes="deployment",
    )


def _worker_children(
    origin: Origin,
    workload: Mapping[str, Any],
    worker_type: str,
    host: str,
    references: References,
    recipe: Recipe,
) -> Iterator[Child]:
    worker = joint_worker(workload, worker_type, host, references, recipe)
    if recipe.release == "0.6":
        yield Child(POD, rendering.pod(origin, worker), completes="pod")
        return
    hpa = workload["spec"][f"{worker_type.lower()}Worker"].get("hpa")
    made = rendering.deployment(origin, worker, recipe.release)
    if hpa is None:
        yield Child(DEPLOYMENT, made, completes="deployment")
        return
    yield Child(DEPLOYMENT, made, masked=True)
    yield Child(
        HPA,
        rendering.autoscaler(origin, worker_type, hpa),
        hpa_failure(origin, worker_type),
        completes="deployment",
    )
