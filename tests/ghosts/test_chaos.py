"""Whatever goes wrong between us and the API server: an orderly end, nothing lost, the living untouched."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sednactl.lifecycle.bundle import read_bundle
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.resources import CHILD_RESOURCES
from tests.cluster.stub import Answers, Closes, Fault, Request, Reset, Truncated
from tests.ghosts.command import Park
from tests.ghosts.objects import JI, LIVE, Json, before_0_7, orphans, reference

ALLOWED = {0, 1, 4, 5, 7}


def _fault(chance: random.Random) -> Fault:
    status = chance.choice([400, 401, 403, 404, 409, 410, 422, 429, 500, 503])
    return chance.choice(
        [Answers(status), Answers(500, done=True), Reset(), Reset(done=True), Closes(), Truncated(30)]
    )


def _objects(park: Park) -> dict[str, Json]:
    return {
        f"{resource.kind}/{one['metadata']['name']}": one
        for resource in CHILD_RESOURCES
        for one in park.server.objects(resource)
    }


@pytest.mark.parametrize("seed", range(15))
def test_any_faults(park: Park, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = random.Random(seed)
    healthy = orphans(LIVE, "gate")
    for one in healthy:
        one["metadata"].setdefault("ownerReferences", [reference(JI, "gate", LIVE)])
    park.server.put(
        JOINT_INFERENCE.resource, {"metadata": {"name": "gate", "namespace": "park", "uid": LIVE}}
    )
    park.fill(*healthy, *orphans(), *(before_0_7("Pod", f"old-{n}", workload="old") for n in range(5)))
    before = _objects(park)
    ours = {name: one for name, one in before.items() if "gate" in name}
    rate = chance.choice([0.02, 0.1, 0.3])
    real = park.server._fault_for

    def sometimes(request: Request, target: str) -> Fault | None:
        return _fault(chance) if chance.random() < rate else real(request, target)

    for number in range(4):
        monkeypatch.setattr(park.server, "_fault_for", sometimes)
        done = park.clean("--yes", "--timeout", "10s", "--backup", str(tmp_path / f"b{number}"))
        monkeypatch.setattr(park.server, "_fault_for", real)
        assert done.code in ALLOWED, done.err
        there = _objects(park)
        assert {name: there.get(name) for name in ours} == ours
        saved = {}
        for file in tmp_path.glob("b*"):
            bundle = read_bundle(file)
            saved |= {
                bundle.objects[uid]["metadata"]["name"]: bundle.objects[uid]
                for uid in bundle.may_be_deleted()
            }
        for name, one in before.items():
            if name not in there:
                assert saved[one["metadata"]["name"]]["spec"] == one["spec"]
    for file in sorted(tmp_path.glob("b*")):
        if read_bundle(file).sealed:
            monkeypatch.setattr(park.server, "_fault_for", sometimes)
            assert park("undo", str(file)).code in ALLOWED
            monkeypatch.setattr(park.server, "_fault_for", real)
            assert park("undo", str(file)).code == 0
    after = _objects(park)
    assert after.keys() == before.keys()
    assert {name: after[name] for name in ours} == ours
