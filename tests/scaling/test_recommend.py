"""`scale recommend`: the cheapest autoscaler that meets a goal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sednactl.scaling.controller_settings import DEFAULT_SETTINGS
from sednactl.scaling.load_profiles import PROFILES
from sednactl.scaling.loads import load_of
from sednactl.scaling.recommendation import Recommended, Wish, candidates, recommend
from sednactl.scaling.service_plan import Assumptions, SideAssumptions, Variant, plan_of, variant_of
from sednactl.scaling.simulation import Plan, simulate
from sednactl.scaling.variants import with_settings
from tests.conftest import RunSednactl
from tests.scaling.services import service

LOAD = load_of(PROFILES["spike"], 5)
ASSUMED = Assumptions(cloud=SideAssumptions(capacity=4))


def _plan(variant: Variant) -> Plan:
    return plan_of(variant, LOAD, ASSUMED, DEFAULT_SETTINGS, LOAD.duration, {})[0]


@pytest.fixture(scope="module")
def sides() -> dict[str, Recommended]:
    variant = variant_of(service(), "x")
    wish = Wish(overload=0.02, unmet=0.01)
    told: list[int] = []
    found = recommend(variant, _plan, wish, {"edge": 6, "cloud": 5}, lambda: told.append(1))
    assert len(told) == 2 * len(list(candidates()))
    return {one.side: one for one in found}


def test_what_is_recommended_keeps_the_goal_when_run_whole(sides: dict[str, Recommended]) -> None:
    settings = [
        (f"{side}.{key}", value)
        for side, one in sides.items()
        if one.best is not None
        for key, value in one.best.settings.items()
    ]
    bare = Variant("x", service(), {"edge": None, "cloud": None})
    run = simulate(_plan(with_settings(bare, settings)))
    for side, found in (("edge", run.edge), ("cloud", run.cloud)):
        best = sides[side].best
        assert best is not None and not best.broken
        assert found.overload_seconds / found.seconds <= 0.02
        assert found.unmet / found.requests <= 0.01
        assert found.replica_seconds == best.run.replica_seconds


def test_nothing_cheaper_keeps_it(sides: dict[str, Recommended]) -> None:
    for one in sides.values():
        assert one.best is not None
        if one.second is not None:
            assert one.second.hours > one.best.hours and not one.second.broken
        if one.cheaper is not None:
            assert one.cheaper.hours < one.best.hours and one.cheaper.broken


def test_several_processes_recommend_the_same(
    sides: dict[str, Recommended], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sednactl.scaling.processes.WORTH_A_PROCESS", 0)
    wish = Wish(overload=0.02, unmet=0.01)
    found = recommend(
        variant_of(service(), "x"), _plan, wish, {"edge": 6, "cloud": 5}, lambda: None, processes=2
    )
    assert {one.side: one for one in found} == sides


def test_a_goal_beyond_reach_gives_what_comes_closest() -> None:
    variant = variant_of(service(), "x")
    edge, _ = recommend(variant, _plan, Wish(0.0, 0.0), {"edge": 1, "cloud": 1}, lambda: None)
    assert edge.best is None
    assert edge.nearest.run.peak == 1
    assert "overloaded" in edge.nearest.broken[0]


@pytest.fixture
def run(run_sednactl: RunSednactl, tmp_path: Path) -> Any:
    (tmp_path / "helmet.json").write_text(json.dumps(service()))

    def recommended(*arguments: str) -> Any:
        return run_sednactl("scale", "recommend", "-f", "helmet.json", "--load", "spike", *arguments)

    return recommended


def test_command(run: Any) -> None:
    done = run()
    assert (done.code, done.err) == (0, "")
    assert "recommended" in done.out and "the cheapest of 96 that keeps the goal" in done.out
    found = json.loads(run("-o", "json").out)
    assert found["kind"] == "ScaleRecommendation"
    assert set(found["sides"]) == {"edge", "cloud"}


def test_values_go_into_create(run: Any, run_sednactl: RunSednactl, tmp_path: Path) -> None:
    done = run("-o", "values")
    (tmp_path / "hpa.yaml").write_text(done.out)
    flags = [
        f"--{side}-{key}={value}"
        for side in ("cloud", "edge")
        for key, value in (("model", "m"), ("image", "i"))
    ]
    made = run_sednactl(
        "create", "ji", "helmet", "-f", "hpa.yaml", *flags, "--cloud-request", "cpu=1", "--edge-request", "cpu=1",
        "--hem", "IBT", "--dry-run=client", "-o", "yaml",
    )  # fmt: skip
    assert made.code == 0, made.err
    values, manifest = yaml.safe_load(done.out), yaml.safe_load(made.out)
    for side in ("cloud", "edge"):
        assert manifest["spec"][f"{side}Worker"]["hpa"]["maxReplicas"] == values[side]["hpa"]["max"]


def test_command_beyond_reach(run: Any) -> None:
    done = run("--max", "1", "--max-overload", "0", "--max-unmet", "0", "--rps", "20")
    assert done.code == 6
    assert "none of 24 keeps the goal; the closest fails it: overloaded" in done.out


def test_command_refuses(run: Any) -> None:
    assert run("--max", "edge=none").code == 2
    assert run("--max-overload", "2").code == 2
