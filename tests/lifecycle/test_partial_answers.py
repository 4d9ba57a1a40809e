"""One kind of children that the API server fails to list takes nothing from the rest of the answer."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from sednactl.cli.main import run
from sednactl.errors import ServerFault
from sednactl.lifecycle.reading import read_family
from sednactl.sedna.kinds import JOINT_INFERENCE, SEDNA_KINDS, with_article
from sednactl.sedna.resources import POD
from sednactl.surroundings import Surroundings
from tests.cluster.stub import Answers, StubServer
from tests.command import CompletedRun
from tests.lifecycle.conftest import fill
from tests.lifecycle.objects import NOW, ji_spec, whole_service, workload

BROKEN = Answers(
    500, {"kind": "Status", "status": "Failure", "message": "etcdserver: no leader", "code": 500}
)


def typed(stub: StubServer, folder: Path, *arguments: str) -> CompletedRun:
    """Run a command in this process, where waiting costs nothing."""
    slept: list[float] = []
    out, err = io.StringIO(), io.StringIO()
    environ = {"HOME": str(folder), "KUBECONFIG": str(stub.kubeconfig(folder / "config"))}
    surroundings = Surroundings(
        io.StringIO(), out, err, environ, lambda: NOW, lambda: sum(slept), slept.append
    )
    code: Any = run([*arguments, "-n", "park"], surroundings)
    return CompletedRun(int(code), out.getvalue(), err.getvalue())


@pytest.fixture
def park(stub: StubServer) -> StubServer:
    service = workload(spec=ji_spec(hpa=("cloud", "edge")))
    stub.put(JOINT_INFERENCE.resource, service)
    fill(stub, *whole_service())
    return stub


@pytest.mark.parametrize("words", [("get",), ("get", "ji"), ("get", "ji", "helmet")])
def test_get_shows_what_could_be_looked_at(park: StubServer, tmp_path: Path, words: tuple[str, ...]) -> None:
    park.fail(BROKEN, path="/horizontalpodautoscalers", times=50)
    shown = typed(park, tmp_path, *words)
    assert shown.code == 7, shown.err
    assert "helmet" in shown.out and "Running" in shown.out
    assert "horizontalpodautoscalers could not be listed" in shown.err
    assert "etcdserver: no leader" in shown.err
    if words != ("get",):
        assert "?" in shown.out


@pytest.mark.parametrize("command", ["describe", "tree"])
def test_one_workload_is_shown_without_the_children_that_could_not_be_listed(
    park: StubServer, tmp_path: Path, command: str
) -> None:
    park.fail(BROKEN, path="/horizontalpodautoscalers", times=50)
    shown = typed(park, tmp_path, command, "ji", "helmet")
    assert shown.code == 7 and "Deployment helmet-deployment-cloud" in shown.out
    assert "etcdserver: no leader" in shown.err
    park.mend()
    whole = typed(park, tmp_path, command, "ji", "helmet")
    assert whole.code == 0 and "hpa-helmet-deployment-cloud" in whole.out


def test_what_acts_on_a_workload_does_not_take_part_of_it_for_the_whole(park: StubServer) -> None:
    park.fail(BROKEN, path="/deployments", times=50)
    cluster = park.cluster()
    with pytest.raises(ServerFault):
        read_family(cluster, JOINT_INFERENCE, "helmet", "park")


def test_logs_of_the_run_before_where_nothing_was_restarted(park: StubServer, tmp_path: Path) -> None:
    for item in park.objects(POD):
        item["spec"]["containers"] = [{"name": "model", "image": "m:v1"}]
        park.put(POD, item)
    shown = typed(park, tmp_path, "logs", "ji", "helmet", "-p", "--side", "cloud")
    assert shown.code == 4
    assert "no container of jointinference helmet was restarted" in shown.err
    assert "without --previous" in shown.err and "yet" not in shown.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("wait", "ot", "x"), "an ObjectTrackingService never runs"),
        (("wait", "os", "x", "--for=succeeded"), "an ObjectSearchService goes on for ever"),
        (("wait", "reid", "x", "--for=stage=train"), "a ReidJob has no stages"),
        (("logs", "ot", "x"), "an ObjectTrackingService has no pods"),
        (("logs", "il", "x", "--side", "cloud"), "an IncrementalLearningJob has no side 'cloud'"),
    ],
)
def test_kinds_have_their_article(
    stub: StubServer, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    refused = typed(stub, tmp_path, *words)
    assert refused.code == 2 and said in refused.err


def test_every_kind_has_an_article() -> None:
    assert [kind.kind for kind in SEDNA_KINDS if kind.with_article.startswith("an ")] == [
        "IncrementalLearningJob",
        "ObjectSearchService",
        "ObjectTrackingService",
    ]
    assert with_article("Model") == "a Model"
