"""The same workloads under Sedna's own Global Manager and under the sandbox's: the same children, conditions, reactions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sednactl.sedna.kinds import BY_KIND, JOINT_INFERENCE
from tests.live.other_kinds import every_other_kind
from tests.live.services import joint_inference, model
from tests.sandbox.global_manager.both import Both

pytestmark = pytest.mark.live

Json = dict[str, Any]
JI = JOINT_INFERENCE.resource
KINDS = [one["kind"] for one in every_other_kind("PLACE") if one["kind"] not in ("Model", "Dataset")]


@pytest.fixture(autouse=True)
def cleared(both: Both) -> Iterator[None]:
    yield
    both.clear()


def workload(kind: str) -> list[Json]:
    everything = every_other_kind("PLACE")
    references = [one for one in everything if one["kind"] in ("Model", "Dataset")]
    return [*references, next(one for one in everything if one["kind"] == kind)]


def helmet(**more: Any) -> list[Json]:
    models = [model("big-model", "PLACE"), model("little-model", "PLACE")]
    return [*models, joint_inference("helmet", "PLACE", **more)]


def names(found: dict[str, list[Json]]) -> list[str]:
    return [one["metadata"]["name"] for items in found.values() for one in items]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind(both: Both, kind: str) -> None:
    manifests = workload(kind)
    both.create(*manifests)
    name = manifests[-1]["metadata"]["name"]

    def look(namespace: str) -> Any:
        return {"children": both.children(namespace), "status": both.status(kind, name, namespace)}

    found = both.compare(look)
    assert names(found["children"]) or kind in ("LifelongLearningJob", "ObjectTrackingService")
    both.delete(BY_KIND[kind].resource, name)
    left = both.compare(both.children, calm=4)
    assert names(left) == []


def test_joint_inference_with_hpa(both: Both) -> None:
    both.create(*helmet(hpa=("edge", "cloud")))
    found = both.compare(both.children)
    assert len(names(found)) == 5
    both.compare(lambda namespace: both.status("JointInferenceService", "helmet", namespace)["conditions"])
