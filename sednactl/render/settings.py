"""What a workload is told to do beside running pods: triggers, hard examples, how its parts talk to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sednactl.lifecycle.ownership import Family
from sednactl.sedna.kinds import (
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    LIFELONG_LEARNING,
)


def settings_of(family: Family) -> Iterator[tuple[str, str]]:
    """Give the settings worth reading, as pairs of a name and words; nothing for kinds without any."""
    spec = family.workload.get("spec") or {}
    if family.kind is JOINT_INFERENCE:
        yield from _mining(_dig(spec, "edgeWorker", "hardExampleMining"))
    elif family.kind is FEDERATED_LEARNING:
        s3 = _dig(spec, "transmitter", "s3")
        path = s3.get("aggDataPath") if isinstance(s3, Mapping) else None
        yield "Transmitter", f"s3, through {path}" if isinstance(s3, Mapping) else "ws (the default)"
        pretrained = _dig(spec, "pretrainedModel", "name")
        if pretrained:
            yield "Pretrained", str(pretrained)
    elif family.kind in (INCREMENTAL_LEARNING, LIFELONG_LEARNING):
        share = _dig(spec, "dataset", "trainProb")
        if share is not None:
            yield "Training share", f"{share} of new samples; the rest is for evaluation"
        yield from _trigger("Trains when", _dig(spec, "trainSpec", "trigger"))
        yield from _trigger("Deploys when", _dig(spec, "deploySpec", "trigger"))
        yield from _mining(_dig(spec, "deploySpec", "hardExampleMining"))
        model = _dig(spec, "deploySpec", "model")
        if isinstance(model, Mapping) and model.get("hotUpdateEnabled"):
            yield "Hot update", f"every {model.get('pollPeriodSeconds', 60)} s, without a new inference pod"


def _trigger(name: str, trigger: Any) -> Iterator[tuple[str, str]]:
    condition = _dig(trigger, "condition")
    if not isinstance(condition, Mapping):
        return
    said = f"{condition.get('metric')} {condition.get('operator')} {condition.get('threshold')}"
    timer = _dig(trigger, "timer")
    if isinstance(timer, Mapping):
        said += f", between {timer.get('start')} and {timer.get('end')} of the node's clock"
    yield name, said


def _mining(mining: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(mining, Mapping) or not mining.get("name"):
        return
    given = [one for one in mining.get("parameters") or () if isinstance(one, Mapping)]
    words = ", ".join(f"{one.get('key')}={one.get('value')}" for one in given)
    yield "Hard examples", f"{mining['name']} ({words})" if words else str(mining["name"])


def _dig(value: Any, *path: str) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
