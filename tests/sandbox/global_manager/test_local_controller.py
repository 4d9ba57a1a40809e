"""The stand-in for the Local Controllers: triggers, and a whole round of learning without anybody's hand."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from sednactl.sandbox.controllers.container_course import DURATION
from sednactl.sandbox.controllers.global_manager.edge_reports import fires
from sednactl.sandbox.controllers.global_manager.local_controller import SAMPLES, LocalController
from sednactl.sandbox.controllers.global_manager.process import GlobalManager
from sednactl.sedna.kinds import DATASET
from sednactl.sedna.resources import POD
from tests.sandbox.controllers.stage import Stage
from tests.sandbox.global_manager.acting import KINDS, Scene, workload

Json = dict[str, Any]
NOON = datetime(2026, 1, 1, 12, 0, tzinfo=timezone.utc)


def trigger(operator: str, threshold: float, metric: str = "num_of_samples", **more: Any) -> Json:
    return {"condition": {"operator": operator, "threshold": threshold, "metric": metric}, **more}


@pytest.mark.parametrize(
    ("given", "samples", "expected"),
    [
        (trigger(">", 500), 501, True),
        (trigger("gt", 500), 500, False),
        (trigger(">=", 500), 500, True),
        (trigger("==", 500), 500, True),
        (trigger("ne", 500), 500, False),
        (trigger("lt", 500), 499, True),
        (trigger("<=", 500), 501, False),
        (trigger("GT", 500), 900, False),
        (trigger("=>", 500), 900, False),
        (trigger(">", 500, "precision"), 900, False),
        (trigger(">", 1, timer={"start": "02:00", "end": "04:00"}), 9, False),
        (trigger(">", 1, timer={"start": "11:00", "end": "24:00"}), 9, True),
        (trigger(">", 1, timer={"start": "22:00", "end": "12:30"}), 9, True),
    ],
)
def test_triggers(given: Json, samples: int, expected: bool) -> None:
    assert fires(given, samples, NOON) is expected


class Park(Scene):
    """A scene with Local Controllers and a kubelet that lets every pod run at once."""

    def __init__(self) -> None:
        super().__init__()
        lines: list[str] = []

        def controllers(stage: Stage) -> list[Any]:
            self.manager = GlobalManager(stage.cluster, stage.clock, lines.append)
            return [self.manager, LocalController(stage.cluster, stage.clock, stage_seconds=20)]

        Stage.__init__(self, KINDS, controllers)

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            self.advance(1)
            for pod in self.cluster.of(POD):
                if pod["status"]["phase"] == "Pending":
                    name = pod["metadata"]["name"]
                    self.cluster.edit(POD, name, {"status": {"phase": "Running"}}, "status")


def stages(job: Json) -> list[str]:
    return [f"{one['stage']} {one['type']}" for one in job["status"]["conditions"]]


ROUND = [
    "Train Waiting", "Train Ready", "Train Starting", "Train Running", "Train Completed",
    "Eval Waiting", "Eval Ready", "Eval Starting", "Eval Running", "Eval Completed",
    "Deploy Waiting", "Deploy Ready", "Deploy Completed",
    "Train Waiting",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["IncrementalLearningJob", "LifelongLearningJob"])
def test_a_round_of_learning_begins_with_enough_samples_and_happens_once(kind: str) -> None:
    park = Park()
    job = park.put(*workload(kind))
    park.run(60)
    assert stages(park.again(job)) == ["Train Waiting"]
    dataset = park.cluster.of(DATASET.resource)[0]
    park.edit(dataset, {"metadata": {"annotations": {SAMPLES: "500"}}})
    park.run(30)
    assert stages(park.again(job)) == ["Train Waiting"]  # 0.8 of them are for training
    assert park.again(dataset)["status"]["numberOfSamples"] == 500
    park.edit(dataset, {"metadata": {"annotations": {SAMPLES: "700"}}})
    park.run(120)
    assert stages(park.again(job)) == ROUND
    ended = [pod for pod in park.cluster.of(POD) if DURATION in pod["metadata"].get("annotations", {})]
    assert {pod["metadata"]["name"].split("-")[1] for pod in ended} == {"train", "eval"}
    park.edit(dataset, {"metadata": {"annotations": {SAMPLES: "1400"}}})
    park.run(120)
    assert stages(park.again(job)) == [*ROUND, *ROUND[1:]]


def test_a_dataset_without_a_node_starts_nothing() -> None:
    park = Park()
    *others, job = workload("LifelongLearningJob")
    dataset = next(one for one in others if one["kind"] == "Dataset")
    dataset["spec"]["nodeName"] = ""
    dataset["metadata"]["annotations"] = {SAMPLES: "9000"}
    job = park.put(*others, job)
    park.run(120)
    assert stages(park.again(job)) == ["Train Waiting"]
    assert "status" not in park.again(dataset)
