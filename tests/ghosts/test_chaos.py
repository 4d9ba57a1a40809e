"""Whatever goes wrong between us and the API server: an orderly end, nothing lost, the living untouched."""

from __future__ import annotations

from pathlib import Path

import pytest

from sednactl.lifecycle.bundle import read_bundle
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.resources import CHILD_RESOURCES
from tests.cluster.weather import Weather
from tests.ghosts.command import Park
from tests.ghosts.objects import JI, LIVE, Json, before_0_7, orphans, reference

ALLOWED = {0, 1, 4, 5, 7}


def _objects(park: Park) -> dict[str, Json]:
    return {
        f"{resource.kind}/{one['metadata']['name']}": one
        for resource in CHILD_RESOURCES
        for one in park.server.objects(resource)
    }


@pytest.mark.parametrize("seed", range(15))
def test_any_faults(park: Park, tmp_path: Path, seed: int) -> None:
    weather = Weather(park.server, seed)
    healthy = orphans(LIVE, "gate")
    for one in healthy:
        one["metadata"].setdefault("ownerReferences", [reference(JI, "gate", LIVE)])
    park.server.put(
        JOINT_INFERENCE.resource, {"metadata": {"name": "gate", "namespace": "park", "uid": LIVE}}
    )
    park.fill(*healthy, *orphans(), *(before_0_7("Pod", f"old-{n}", workload="old") for n in range(5)))
    before = _objects(park)
    ours = {name: one for name, one in before.items() if "gate" in name}
    for number in range(4):
        with weather.bad():
            done = park.clean("--yes", "--timeout", "10s", "--backup", str(tmp_path / f"b{number}"))
        assert done.code in ALLOWED, done.err
        there = _objects(park)
        assert {name: there.get(name) for name in ours} == ours
        saved: dict[str, Json] = {}
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
            with weather.bad():
                assert park("undo", str(file)).code in ALLOWED
            assert park("undo", str(file)).code == 0
    after = _objects(park)
    assert after.keys() == before.keys()
    assert {name: after[name] for name in ours} == ours
