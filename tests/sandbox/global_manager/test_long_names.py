"""Learning jobs whose names leave no room for the stage in their pods' names; as the real Global Manager 0.7.0 was seen to act."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sednactl.sandbox.controllers.global_manager.faults import Faults
from sednactl.sedna.resources import POD
from tests.sandbox.global_manager.acting import Scene, workload

Json = dict[str, Any]
KINDS = ("IncrementalLearningJob", "LifelongLearningJob")
GIVEN = {"input": {"models": [{"url": "/m.pb"}], "dataURL": "/d.txt", "outputDir": "/o"}}


def trained(kind: str, name: str) -> tuple[Scene, Json]:
    """Let a job of that name begin its training, and the training's pod run."""
    scene = Scene(Faults(missing_rbac=False, false_failed=False))
    *others, job = workload(kind)
    job["metadata"]["name"] = name
    job = scene.put(*others, job)
    if scene.manager.crashes:
        return scene, job
    ready = {"stage": "Train", "type": "Ready", "status": "True", "data": json.dumps(GIVEN)}
    conditions = [*job["status"]["conditions"], ready]
    scene.edit(job, {"status": {"conditions": conditions}}, "status")
    for (resource, _, pod), item in list(scene.cluster.objects.items()):
        if resource is POD and "-train-" in item["metadata"]["generateName"]:
            scene.cluster.edit(POD, pod, {"status": {"phase": "Running"}}, "status")
    scene.settle()
    return scene, scene.again(job)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "state"),
    [("a" * 47, "Running"), ("a" * 51, "Running"), ("a" * 52, "Starting"), ("a" * 57, "Starting")],
    ids=["47", "51", "52", "57"],
)
def test_a_stage_that_its_pods_name_does_not_tell_never_gets_on(kind: str, name: str, state: str) -> None:
    scene, job = trained(kind, name)
    assert scene.manager.crashes == 0
    assert job["status"]["conditions"][-1]["type"] == state


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", [58, 62, 63])
def test_a_pods_name_without_a_hyphen_crashes(kind: str, length: int) -> None:
    scene, _ = trained(kind, "a" * length)
    assert scene.manager.crashes == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_hyphen_in_the_jobs_own_name_prevents_the_crash(kind: str) -> None:
    scene, job = trained(kind, "a" * 20 + "-" + "b" * 41)
    assert scene.manager.crashes == 0
    assert job["status"]["conditions"][-1]["type"] == "Starting"
