"""`scale set`: what is sent, what is shown, what is waited for, and what happens to the replicas."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from sednactl.errors import ConditionUnmet, InvalidInput
from sednactl.manifests.shorthand import autoscaler_shorthand
from sednactl.scaling.setting import SideChange, change_of, patch_of, unlike
from sednactl.scaling.settling import bring_back_to_one, wait_until_carried
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.resources import DEPLOYMENT, HPA
from sednactl.surroundings import Surroundings
from tests.cluster.stub import Answers, Fault, StubServer
from tests.conftest import RunSednactl
from tests.scaling.services import cpu_hpa, service
from tests.scaling.states import service_deployment, service_hpa

Json = dict[str, Any]


def _change(text: str | None, side: str = "cloud", before: Json | None = None, **more: Any) -> SideChange:
    one = service()
    if before is not None or "nothing" in more:
        one["spec"][f"{side}Worker"]["hpa"] = before
    return change_of(one, side, None if text is None else autoscaler_shorthand(text, "--cloud"))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("max=8", cpu_hpa(50, 8)),
        ("min=2,max=8,cpu=70%", cpu_hpa(70, 8, 2)),
        ("down-window=60", cpu_hpa(50, 5, behavior={"scaleDown": {"stabilizationWindowSeconds": 60}})),
    ],
)
def test_settings_are_laid_over_what_is_there(text: str, after: Json) -> None:
    change = _change(text)
    assert (change.before, change.after, change.differs) == (cpu_hpa(50, 5), after, True)


def test_what_is_so_already_changes_nothing() -> None:
    assert not _change("max=5,cpu=50%").differs
    assert not _change("min=1", before={"maxReplicas": 5}).differs
    assert not _change("cpu=80%", before={"maxReplicas": 5}).differs
    assert not _change(None, nothing=True).differs


def test_switching_on_and_off() -> None:
    off = _change(None)
    assert off.switched_off and patch_of((off,)) == {"spec": {"cloudWorker": {"hpa": None}}}
    on = _change("max=4,cpu=60%", nothing=True)
    assert (on.before, on.after) == (None, cpu_hpa(60, 4))
    with pytest.raises(InvalidInput, match="max is missing"):
        _change("min=2", nothing=True)


def test_bounds_that_cannot_be_are_refused() -> None:
    with pytest.raises(InvalidInput, match="more than max"):
        _change("min=9")
    one = service()
    del one["spec"]["cloudWorker"]["template"]["spec"]["containers"][0]["resources"]
    with pytest.raises(InvalidInput, match="requests no cpu"):
        change_of(one, "cloud", {"cpu": "30%"})
    # It was so before: that is not for this command to refuse.
    assert change_of(one, "cloud", {"max": 7}).differs


def test_the_patch_gives_exactly_the_block() -> None:
    before = cpu_hpa(50, 5, behavior={"scaleDown": {"selectPolicy": "Min"}})
    change = SideChange("edge", before, cpu_hpa(60, 6))
    one = service()
    one["spec"]["edgeWorker"]["hpa"] = copy.deepcopy(before)
    with StubServer() as server:
        server.put(JOINT_INFERENCE.resource, one)
        stored = server.cluster().patch(
            JOINT_INFERENCE.resource, "helmet", patch_of((change,)), namespace="park"
        )
    assert stored["spec"]["edgeWorker"]["hpa"] == cpu_hpa(60, 6)
    assert stored["spec"]["cloudWorker"] == service()["spec"]["cloudWorker"]


def test_an_autoscaler_is_held_against_the_wish() -> None:
    hpa = service_hpa()
    hpa["spec"] |= cpu_hpa(50, 5)
    assert unlike(cpu_hpa(50, 5), hpa) == ""
    assert unlike(cpu_hpa(50, 6), hpa) == "maxReplicas"
    assert unlike(cpu_hpa(60, 5), hpa) == "metrics"
    wanted = cpu_hpa(50, 5, behavior={"scaleDown": {"stabilizationWindowSeconds": 60}})
    assert unlike(wanted, hpa) == "behavior"
    # The API server fills in the rest of a behavior, and writes quantities its own way.
    hpa["spec"]["behavior"] = {
        "scaleDown": {"stabilizationWindowSeconds": 60, "selectPolicy": "Max"},
        "scaleUp": {},
    }
    assert unlike(wanted, hpa) == ""
    average = {"type": "AverageValue", "averageValue": "0.5"}
    resource = {"type": "Resource", "resource": {"name": "cpu", "target": average}}
    stored = copy.deepcopy(resource)
    stored["resource"]["target"]["averageValue"] = "500m"  # type: ignore[index]
    assert unlike({"metrics": [resource]}, {"spec": {"metrics": [stored]}}) == ""


def test_replicas_go_back_to_one() -> None:
    with StubServer() as server:
        cluster = server.cluster()
        server.put(DEPLOYMENT, service_deployment(5))
        assert bring_back_to_one(cluster, "helmet", "park", "cloud").replicas_before == 5
        assert server.objects(DEPLOYMENT)[0]["spec"]["replicas"] == 1
        assert bring_back_to_one(cluster, "helmet", "park", "edge").replicas_before is None


def test_replicas_that_another_autoscaler_owns_are_left() -> None:
    with StubServer() as server:
        server.put(DEPLOYMENT, service_deployment(5))
        server.put(HPA, {**service_hpa(), "metadata": {"name": "mine", "namespace": "park"}})
        found = bring_back_to_one(server.cluster(), "helmet", "park", "cloud")
        assert server.objects(DEPLOYMENT)[0]["spec"]["replicas"] == 5
    assert "mine still scales helmet-deployment-cloud" in found.notes[0]


def test_a_change_that_nobody_carries_out_ends_the_wait(surroundings: Surroundings) -> None:
    told: list[str] = []
    with StubServer() as server, pytest.raises(ConditionUnmet) as raised:
        server.put(HPA, service_hpa())
        wait_until_carried(
            server.cluster(), "helmet", "park", (SideChange("cloud", cpu_hpa(50, 5), None),),
            surroundings.monotonic() + 3, surroundings, told.append,
        )  # fmt: skip
    assert "autoscaler hpa-helmet-deployment-cloud is not gone yet" in raised.value.message
    assert "ClusterRole" in str(raised.value.hint)
    assert len(told) >= 3


@pytest.fixture
def surroundings() -> Surroundings:
    """Time passes only by sleeping."""
    import io
    from datetime import datetime, timezone

    clock = [0.0]

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    stream = io.StringIO()
    now = datetime(2026, 11, 24, tzinfo=timezone.utc)
    return Surroundings(stream, stream, stream, {}, lambda: now, lambda: clock[0], sleep)


@pytest.fixture
def run(run_sednactl: RunSednactl, tmp_path: Path) -> Any:
    config = tmp_path / "config"
    with StubServer() as server:
        server.put(JOINT_INFERENCE.resource, service())
        server.kubeconfig(config)

        def set_(*arguments: str, fault: Fault | None = None) -> Any:
            if fault is not None:
                server.fail(fault, path="/horizontalpodautoscalers/", times=99)
            done = run_sednactl(
                "scale", "set", "helmet", "-n", "park", "--kubeconfig", str(config), *arguments
            )
            return done, server.objects(JOINT_INFERENCE.resource)[0]["spec"]

        yield set_


@pytest.mark.parametrize(("more", "told"), [((), True), (("--keep-replicas",), False)])
def test_a_dry_run_tells_what_becomes_of_the_replicas(run: Any, more: tuple[str, ...], told: bool) -> None:
    done, spec = run("--edge", "off", "--dry-run", *more)
    assert (done.code, spec) == (0, service()["spec"])
    assert ("after that the edge side goes back to one replica" in done.err) == told


def test_command_shows_and_changes(run: Any) -> None:
    done, spec = run("--cloud", "max=8", "--edge", "off", "--no-wait")
    assert done.code == 0, done.err
    assert "-      maxReplicas: 5" in done.out and "+      maxReplicas: 8" in done.out
    assert done.out.endswith("jointinferenceservice.sedna.io/helmet configured\n")
    assert "all cloud pods restart" in done.err
    assert "the edge side loses its autoscaler" in done.err
    assert "goes back to one replica" not in done.err  # nobody waits to bring it back
    assert spec["cloudWorker"]["hpa"]["maxReplicas"] == 8
    assert not spec["edgeWorker"].get("hpa")


def test_command_only_shows(run: Any) -> None:
    done, spec = run("--cloud", "max=8", "--dry-run")
    assert (done.code, "+      maxReplicas: 8" in done.out) == (0, True)
    assert spec == service()["spec"]


def test_command_for_scripts(run: Any) -> None:
    done, _ = run("--cloud", "max=8", "--edge", "max=6", "--no-wait", "-o", "json")
    found = json.loads(done.out)
    assert (found["kind"], found["service"], found["dry_run"]) == ("ScaleChange", "park/helmet", False)
    assert found["sides"]["edge"]["changed"] is False
    cloud = found["sides"]["cloud"]
    assert (cloud["changed"], cloud["carried_out"], cloud["after"]["maxReplicas"]) == (True, False, 8)


def test_command_tells_scripts_of_a_change_that_stands_though_nobody_could_look_after_it(run: Any) -> None:
    done, spec = run("--cloud", "max=8", "-o", "json", fault=Answers(403))
    assert done.code == 4 and "error: scripted 403" in done.err
    cloud = json.loads(done.out)["sides"]["cloud"]
    assert (cloud["changed"], cloud["carried_out"]) == (True, False)
    assert spec["cloudWorker"]["hpa"]["maxReplicas"] == 8


def test_command_with_nothing_to_do(run: Any) -> None:
    done, spec = run("--cloud", "max=5")
    assert (done.code, done.out) == (0, "jointinferenceservice.sedna.io/helmet unchanged\n")
    assert spec == service()["spec"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "nothing to change"),
        (("--cloud", "max"), 3, "--cloud"),
        (("--cloud", "max=0"), 3, "is no number of replicas"),
        (("--cloud", "min=9"), 3, "more than max"),
    ],
)
def test_command_refuses(run: Any, arguments: tuple[str, ...], code: int, words: str) -> None:
    done, spec = run(*arguments)
    assert done.code == code
    assert words in done.err
    assert json.dumps(spec) == json.dumps(service()["spec"])


def test_command_without_the_service(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    with StubServer() as server:
        server.kubeconfig(tmp_path / "config")
        done = run_sednactl(
            "scale", "set", "nobody", "--cloud", "off", "--kubeconfig", str(tmp_path / "config")
        )
    assert done.code == 4
    assert "there is no JointInferenceService nobody" in done.err
