"""What a workload refers to by name and what a missing one does to it, and the workers that it describes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sednactl.records import Record
from sednactl.sedna.kinds import (
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    LIFELONG_LEARNING,
    SednaKind,
)
from sednactl.sedna.referring import REFERENCES, WhenMissing
from sednactl.sedna.resources import Resource
from sednactl.validation.shape import values_at

Json = Mapping[str, Any]


class Reference(Record):
    """A name in a workload: the `path` it stands at, what it names, and what happens when that is missing."""

    path: str
    resource: Resource
    name: str
    when_missing: str


_SAID: dict[WhenMissing, str] = {
    "fails": "a service that is made without it ends Failed for good, so apply it, then delete and apply the service; "
    "pods that run go on",
    "waits": "Sedna waits for it and tries again",
    "ignored": "Sedna starts the pods without it, and says nothing",
    "no workers": "a job that is made without it gets no workers, and later the aggregation worker alone, so apply it, "
    "then delete and apply the job",
    "no credentials": "Sedna starts the pods without credentials",
}


def references_of(kind: SednaKind, workload: Json) -> tuple[Reference, ...]:
    """Give every object a workload refers to, in the order of its manifest."""
    spec = workload.get("spec") or {}
    return tuple(
        Reference(_spelled(path), field.resource, str(name), _SAID[field.when_missing])
        for field in REFERENCES.get(kind.kind, ())
        for path, name in values_at(spec, field.steps)
        if name
    )


def _spelled(path: tuple[Any, ...]) -> str:
    steps = path[:-1] if path[-1] == "name" else path
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _dig(value: Any, *path: str) -> Json:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _name(value: Any, *path: str) -> str:
    return str(_dig(value, *path).get("name") or "")


class WorkerSpec(Record):
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
