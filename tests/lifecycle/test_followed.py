"""`get --watch`: what is judged while watching is what `get` would say, a line for each change and no more."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from sednactl.cli.main import run
from sednactl.cluster.access import ClusterAccess
from sednactl.cluster.door import Cluster, open_cluster
from sednactl.errors import NotFound
from sednactl.lifecycle.followed import follow_workloads
from sednactl.lifecycle.ownership import Family
from sednactl.lifecycle.reading import Reading, read_family, read_workloads
from sednactl.lifecycle.state import state_of
from sednactl.lifecycle.users_of import read_usage
from sednactl.render.workloads import workload_table
from sednactl.render.workloads_changing import ChangingTable
from sednactl.sedna.kinds import DATASET, FEDERATED_LEARNING, JOINT_INFERENCE, MODEL, SEDNA_KINDS, SednaKind
from sednactl.sedna.resources import DEPLOYMENT, HPA
from sednactl.surroundings import Surroundings
from tests.cluster.stub import Answers, StubServer
from tests.command import CompletedRun
from tests.lifecycle.conftest import fill
from tests.lifecycle.objects import NOW, Json, deployment, ji_spec, whole_service, workload
from tests.lifecycle.test_partial_answers import typed


@pytest.fixture
def park(stub: StubServer) -> StubServer:
    stub.put(JOINT_INFERENCE.resource, workload(spec=ji_spec(hpa=("cloud", "edge"))))
    fill(stub, *whole_service())
    return stub


def surroundings_of(stub: StubServer, folder: Path) -> Surroundings:
    environ = {"HOME": str(folder), "KUBECONFIG": str(stub.kubeconfig(folder / "config"))}
    streams = io.StringIO(), io.StringIO(), io.StringIO()
    return Surroundings(*streams, environ, lambda: NOW, time.monotonic, time.sleep)


class Following:
    """One watch of a stub, and the same cluster to ask beside it."""

    def __init__(
        self, stub: StubServer, folder: Path, kind: SednaKind = JOINT_INFERENCE, name: str | None = None
    ) -> None:
        surroundings = surroundings_of(stub, folder)
        self.cluster: Cluster = open_cluster(ClusterAccess(namespace="park"), surroundings)
        self.lost: list[str] = []
        self.readings: Iterator[Reading] = follow_workloads(
            self.cluster, surroundings, kind, "park", name=name, lost=self.lost.append
        )

    def until(self, *states: str) -> Reading:
        """Take readings until the workloads are in these states; the test's own time-out ends what never comes."""
        for reading in self.readings:
            if tuple(state_of(family, NOW).word for family in reading.families) == states:
                return reading
        raise AssertionError("a watch does not end by itself")


@pytest.fixture
def following(park: StubServer, tmp_path: Path) -> Iterator[Following]:
    followed = Following(park, tmp_path)
    with closing(cast(Any, followed.readings)):
        yield followed


def same(one: Reading, other: Reading) -> bool:
    def told(reading: Reading) -> list[Any]:
        return [
            (family.workload, sorted(map(str, family.objects)), family.unreadable)
            for family in reading.families
        ]

    return told(one) == told(other) and one.notes == other.notes


def test_it_says_what_asking_would_say_at_every_step(park: StubServer, following: Following) -> None:
    first = following.until("Running")
    assert same(first, read_workloads(following.cluster, JOINT_INFERENCE, "park"))
    park.remove(DEPLOYMENT, "helmet-deployment-cloud", "park")
    park.put(DEPLOYMENT, deployment("cloud", wanted=2, ready=1))
    degraded = following.until("Degraded")
    assert same(degraded, read_workloads(following.cluster, JOINT_INFERENCE, "park"))
    park.put(
        JOINT_INFERENCE.resource, workload(name="gate", uid="aaaaaaaa-0000-4000-8000-000000000009", age=1)
    )
    both = following.until("Starting", "Degraded")
    assert [family.name for family in both.families] == ["gate", "helmet"]
    park.remove(JOINT_INFERENCE.resource, "helmet", "park")
    following.until("Starting")


@pytest.mark.parametrize("kind", SEDNA_KINDS, ids=lambda kind: kind.word)
def test_every_list_of_every_kind_comes_from_the_watch(
    stub: StubServer, tmp_path: Path, kind: SednaKind
) -> None:
    stub.put(kind.resource, workload(kind, "one"))
    followed = Following(stub, tmp_path, kind)
    with closing(cast(Any, followed.readings)):
        next(followed.readings)
        lists = [one for one in stub.requests if one.method == "GET" and "watch=" not in one.path]
        stub.put(kind.resource, workload(kind, "two", uid="aaaaaaaa-0000-4000-8000-000000000009"))
        for reading in followed.readings:
            if len(reading.families) == 2:
                break
        after = [one for one in stub.requests if one.method == "GET" and "watch=" not in one.path]
        listed = [one.path for one in after[len(lists) :] if one.path.partition("?")[2]]
        assert listed == []


def test_one_by_name(park: StubServer, tmp_path: Path) -> None:
    park.put(
        JOINT_INFERENCE.resource, workload(name="gate", uid="aaaaaaaa-0000-4000-8000-000000000009", age=1)
    )
    followed = Following(park, tmp_path, name="helmet")
    with closing(cast(Any, followed.readings)):
        (family,) = followed.until("Running").families
        asked, _ = read_family(followed.cluster, JOINT_INFERENCE, "helmet", "park")
        assert family.workload == asked.workload
        assert {str(one) for one in family.objects} == {str(one) for one in asked.objects}
    missing = Following(park, tmp_path, name="nothing")
    with pytest.raises(NotFound):
        next(missing.readings)


def test_children_that_may_not_be_listed_cost_their_column(park: StubServer, tmp_path: Path) -> None:
    park.fail(Answers(403), path="/horizontalpodautoscalers", times=99)
    followed = Following(park, tmp_path)
    with closing(cast(Any, followed.readings)):
        for _ in range(2):
            reading = next(followed.readings)
            assert HPA.kind in reading.families[0].unreadable
            assert any("horizontalpodautoscalers may not be listed" in note for note in reading.notes)
            park.put(DEPLOYMENT, deployment("cloud", wanted=2, ready=2))


def test_a_lost_connection_is_told_and_what_happened_meanwhile_is_seen(
    park: StubServer, following: Following
) -> None:
    following.until("Running")
    park.fail(Answers(500), times=8)
    park.cut_watches()
    park.remove(JOINT_INFERENCE.resource, "helmet", "park")
    following.until()
    assert following.lost


def fitting(*names: str, cloud: int = 1) -> tuple[list[Family], Any]:
    families = [
        Family(
            JOINT_INFERENCE,
            workload(name=name, uid=name),
            (deployment("cloud", wanted=cloud, of=name, uid=name),),
        )
        for name in names
    ]
    return families, workload_table(JOINT_INFERENCE, families, NOW)


def test_a_row_is_written_when_it_changes_and_once_more_when_it_goes() -> None:
    shown = ChangingTable(None)
    first = shown.update(*fitting("gate", "helmet"))
    assert [line.split()[0] for line in first.splitlines()] == ["NAME", "gate", "helmet"]
    assert shown.update(*fitting("gate", "helmet")) == ""
    families, _ = fitting("gate", "helmet")
    later = NOW.replace(hour=11)
    assert shown.update(families, workload_table(JOINT_INFERENCE, families, later)) == ""  # only older
    families = [fitting("gate")[0][0], fitting("helmet", cloud=3)[0][0]]
    told = shown.update(families, workload_table(JOINT_INFERENCE, families, NOW))
    assert [line.split()[0] for line in told.splitlines()] == ["helmet"] and "3/3" in told
    told = shown.update(*fitting("gate"))
    assert [line.split()[0] for line in told.splitlines()][-1] == "helmet"
    assert told.splitlines()[-1].endswith("deleted")
    assert shown.update(*fitting("gate")) == ""


def test_wider_cells_bring_the_heads_again() -> None:
    shown = ChangingTable(None)
    shown.update(*fitting("gate"))
    told = shown.update(*fitting("gate", "a-much-longer-name")).splitlines()
    assert [line.split()[0] for line in told] == ["NAME", "a-much-longer-name"]
    quiet = ChangingTable(None, headers=False)
    quiet.update(*fitting("gate"))
    assert len(quiet.update(*fitting("gate", "a-much-longer-name")).splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("-o", "yaml"), "use -o jsonl"),
        (("-o", "json"), "use -o jsonl"),
        (("-o", "xml"), "table, wide, name, jsonl"),
        (("-A",), "cannot be named across all namespaces"),
        (("-l", "a=b"), "do not go together"),
        (("--all-contexts",), "goes with one context only"),
    ],
)
def test_what_a_watch_cannot_do(
    stub: StubServer, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    done: CompletedRun = typed(stub, tmp_path, "get", "ji", "helmet", "-w", *arguments)
    assert done.code == 2 and says in done.err
    for several in ((), ("ji,model",), ("ji", "a", "b")):
        assert typed(stub, tmp_path, "get", *several, "-w").code == 2


def test_a_dataset_is_followed_with_its_samples(stub: StubServer, tmp_path: Path) -> None:
    dataset: Json = workload(DATASET, "faces", spec={"format": "csv"})
    stub.put(DATASET.resource, dataset)
    followed = Following(stub, tmp_path, DATASET)
    shown = ChangingTable(None)
    with closing(cast(Any, followed.readings)):
        for reading in followed.readings:
            text = shown.update(reading.families, workload_table(DATASET, reading.families, NOW))
            if "SAMPLES" in text:
                stub.put(DATASET.resource, {**dataset, "status": {"numberOfSamples": 12}})
            elif text:
                break
        assert " 12 " in text


@pytest.mark.parametrize("name", [None, "faces"])
def test_who_uses_a_dataset_is_followed_too(stub: StubServer, tmp_path: Path, name: str | None) -> None:
    def told() -> str:
        reading = next(followed.readings)
        usage = reading.usage
        assert usage is not None
        assert set(usage.users) == set(read_usage(followed.cluster, DATASET, "park").users)
        table = workload_table(DATASET, reading.families, NOW, usage=usage)
        return shown.update(reading.families, table)

    stub.put(DATASET.resource, workload(DATASET, "faces", spec={"format": "csv"}))
    stub.fail(Answers(403), path="/lifelonglearningjobs", times=99)
    followed = Following(stub, tmp_path, DATASET, name)
    shown = ChangingTable(None)
    with closing(cast(Any, followed.readings)):
        head, row = told().splitlines()
        assert (head.split()[-1], row.split()[-1]) == ("USED-BY", "?")
        job = workload(
            FEDERATED_LEARNING, "surface", spec={"trainingWorkers": [{"dataset": {"name": "faces"}}]}
        )
        stub.put(FEDERATED_LEARNING.resource, job)
        assert told().splitlines()[-1].split()[-1] == "fl/surface,?"
        stub.remove(FEDERATED_LEARNING.resource, "surface", "park")
        assert told().splitlines()[-1].split()[-1] == "?"


def test_a_watch_of_models_is_headed_as_the_list_is(stub: StubServer, tmp_path: Path) -> None:
    stub.put(MODEL.resource, workload(MODEL, "yolo", spec={"url": "/m", "format": "pb"}))
    kubeconfig = stub.kubeconfig(tmp_path / "config")
    listed = typed(stub, tmp_path, "get", "model", "-n", "park").out
    environ = {"HOME": str(tmp_path), "KUBECONFIG": str(kubeconfig)}

    class Once(io.StringIO):
        def flush(self) -> None:
            if self.getvalue():
                raise KeyboardInterrupt

    said = Once()
    surroundings = Surroundings(io.StringIO(), said, io.StringIO(), environ, lambda: NOW)
    assert run(("get", "model", "-n", "park", "-w"), surroundings) == 130
    assert said.getvalue() == listed
