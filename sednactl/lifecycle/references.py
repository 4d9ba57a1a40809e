"""What a workload refers to by name: models, datasets, secrets, and what their absence does to it.

Source: the controllers of Sedna's Global Manager v0.7.0. All references stay
within the namespace, and nothing keeps a referred object from being deleted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sednactl.sedna.kinds import (
    DATASET,
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    LIFELONG_LEARNING,
    MODEL,
    VIDEO_ANALYTICS,
    SednaKind,
)
from sednactl.sedna.resources import SECRET, Resource

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Reference:
    """A name in a workload: the `path` it stands at, what it names, and what happens when that is missing."""

    path: str
    resource: Resource
    name: str
    when_missing: str


_FAILS_FOR_GOOD = (
    "a service that is made without it ends Failed for good, so apply it, then delete and apply the service; "
    "pods that run go on"
)
_IGNORED = "Sedna starts the pods without it, and says nothing"
_RETRIED = "Sedna waits for it and tries again"
_NO_LOGIN = "Sedna starts the pods without credentials"

_MODEL, _DATASET = MODEL.resource, DATASET.resource


def references_of(kind: SednaKind, workload: Json) -> tuple[Reference, ...]:
    """Give every object a workload refers to, in the order of its manifest."""
    spec = workload.get("spec") or {}
    return tuple(one for one in _references(kind, spec) if one.name)


def _references(kind: SednaKind, spec: Json) -> Iterator[Reference]:
    if kind is JOINT_INFERENCE:
        for side in ("cloudWorker", "edgeWorker"):
            yield Reference(f"{side}.model", _MODEL, _name(spec, side, "model"), _FAILS_FOR_GOOD)
    elif kind is FEDERATED_LEARNING:
        yield Reference(
            "aggregationWorker.model", _MODEL, _name(spec, "aggregationWorker", "model"), _IGNORED
        )
        yield Reference("pretrainedModel", _MODEL, _name(spec, "pretrainedModel"), _IGNORED)
        for index, worker in enumerate(spec.get("trainingWorkers") or ()):
            yield Reference(f"trainingWorkers[{index}].dataset", _DATASET, _name(worker, "dataset"), _IGNORED)
        s3 = _dig(spec, "transmitter", "s3")
        yield Reference("transmitter.s3", SECRET, str(s3.get("credentialName") or ""), _NO_LOGIN)
    elif kind is INCREMENTAL_LEARNING:
        yield Reference("dataset", _DATASET, _name(spec, "dataset"), _RETRIED)
        yield Reference("initialModel", _MODEL, _name(spec, "initialModel"), _RETRIED)
        yield Reference("deploySpec.model", _MODEL, _name(spec, "deploySpec", "model"), _RETRIED)
        yield Reference(
            "evalSpec.initialEvalModel", _MODEL, _name(spec, "evalSpec", "initialEvalModel"), _RETRIED
        )
        yield Reference("credentialName", SECRET, str(spec.get("credentialName") or ""), _NO_LOGIN)
    elif kind is LIFELONG_LEARNING:
        yield Reference("dataset", _DATASET, _name(spec, "dataset"), _RETRIED)
        yield Reference("credentialName", SECRET, str(spec.get("credentialName") or ""), _NO_LOGIN)
    elif kind is FEATURE_EXTRACTION:
        yield Reference("model", _MODEL, _name(spec, "model"), _FAILS_FOR_GOOD)
    elif kind is VIDEO_ANALYTICS:
        yield Reference("model", _MODEL, _name(spec, "model"), _IGNORED)
    elif kind in (MODEL, DATASET):
        yield Reference("credentialName", SECRET, str(spec.get("credentialName") or ""), _NO_LOGIN)


def _dig(value: Any, *path: str) -> Json:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _name(value: Any, *path: str) -> str:
    return str(_dig(value, *path).get("name") or "")


@dataclass(frozen=True)
class WorkerSpec:
    """One worker as the manifest describes it: its `title`, worker type, pod spec, model and autoscaling."""

    title: str
    worker: str
    pod: Json
    model: str = ""
    dataset: str = ""
    hpa: Json | None = None


def workers_of(kind: SednaKind, workload: Json) -> tuple[WorkerSpec, ...]:
    """Give the workers a manifest describes, in its order."""
    spec = workload.get("spec") or {}
    return tuple(_workers(kind, spec))


def _workers(kind: SednaKind, spec: Json) -> Iterator[WorkerSpec]:
    if kind is JOINT_INFERENCE:
        for side in ("cloud", "edge"):
            part = _dig(spec, f"{side}Worker")
            hpa = part.get("hpa") if isinstance(part.get("hpa"), Mapping) else None
            yield WorkerSpec(
                f"{side.capitalize()} side",
                side,
                _dig(part, "template", "spec"),
                _name(part, "model"),
                hpa=hpa,
            )
    elif kind is FEDERATED_LEARNING:
        part = _dig(spec, "aggregationWorker")
        yield WorkerSpec("Aggregation", "aggregation", _dig(part, "template", "spec"), _name(part, "model"))
        for index, one in enumerate(spec.get("trainingWorkers") or ()):
            yield WorkerSpec(
                f"Training {index + 1}", "train", _dig(one, "template", "spec"), dataset=_name(one, "dataset")
            )
    elif kind in (INCREMENTAL_LEARNING, LIFELONG_LEARNING):
        for title, worker, key in (
            ("Training", "train", "trainSpec"),
            ("Evaluation", "eval", "evalSpec"),
            ("Inference", "inference", "deploySpec"),
        ):
            yield WorkerSpec(title, worker, _dig(spec, key, "template", "spec"), _name(spec, key, "model"))
    else:
        if "template" in spec:
            worker = kind.worker_types[0] if kind.worker_types else ""
            yield WorkerSpec("Worker", worker, _dig(spec, "template", "spec"), _name(spec, "model"))
        for title, worker, key in (
            ("User", "userworker", "userWorker"),
            ("Re-identification", "reidworker", "reidWorkers"),
        ):
            if key in spec and isinstance(spec[key], Mapping):
                yield WorkerSpec(title, worker, _dig(spec, key, "template", "spec"))
        for index, one in enumerate(spec.get("trackingWorkers") or ()):
            yield WorkerSpec(f"Tracking {index + 1}", "trackingworker", _dig(one, "template", "spec"))
