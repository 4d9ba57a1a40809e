"""Whoever asks the rules about many documents finds in each what one finds that asks about it alone."""

from __future__ import annotations

import random
from typing import Any

import pytest

from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.releases import LATEST
from sednactl.validation.asking import Inquiry
from sednactl.validation.rulebook import Workload, rules_for
from tests.validation.mutants import mutate, sample

KIND = JOINT_INFERENCE.kind


def _service(hpa: dict[str, Any], requests: dict[str, Any]) -> Workload:
    container = {"name": "main", "image": "example/worker:v1", "resources": {"requests": requests}}
    worker = {"model": {"name": "m"}, "hpa": hpa, "template": {"spec": {"containers": [container]}}}
    return Workload(KIND, {"metadata": {"name": "s"}, "spec": {"cloudWorker": worker}})


def test_memory_of_sound_blocks_changes_no_finding() -> None:
    rules = rules_for(KIND, LATEST)
    together = Inquiry(rules)
    rng = random.Random(11)
    bases = [sample(KIND, rng) for _ in range(20)]
    found = 0
    for _ in range(400):
        workload = Workload(KIND, mutate(rng.choice(bases), rng))
        alone = [problem for one in rules if one.check for problem in one.check(workload)]
        assert together.problems(workload) == alone
        found += len(alone)
    assert found > 100


@pytest.mark.parametrize(
    ("hpa", "requests", "rule"),
    [
        ({"minReplicas": 3, "maxReplicas": 2}, {"cpu": "1"}, "SDN201"),
        ({"minReplicas": 1, "maxReplicas": 2}, {"cpu": "-1"}, "SDN138"),
        ({"minReplicas": 1, "maxReplicas": True}, {"cpu": True}, None),
    ],
)
def test_what_is_wrong_is_said_each_time(
    hpa: dict[str, Any], requests: dict[str, Any], rule: str | None
) -> None:
    inquiry = Inquiry(rules_for(KIND, LATEST))
    inquiry.problems(_service({"minReplicas": 1, "maxReplicas": 2, "metrics": []}, {"cpu": "1"}))
    first, second = (
        [problem.rule for problem in inquiry.problems(_service(hpa, requests))] for _ in range(2)
    )
    assert first == second
    assert rule is None or rule in first
