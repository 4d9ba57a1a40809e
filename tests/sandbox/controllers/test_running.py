"""The runner: coalescing, retries, timers under a fast clock, kinds that come and go, and no spinning."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Hashable, Iterable
from typing import Any

import pytest

from sednactl.cluster.door import Change
from sednactl.errors import ClusterError, Conflict, Forbidden, Refused
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.running import LONGEST_RETRY, Runner
from sednactl.sandbox.controllers.world import World, place_of
from sednactl.sandbox.controllers.writing import Writer
from sednactl.sedna.resources import DEPLOYMENT, POD, Resource
from tests.sandbox.controllers.memory_cluster import MemoryCluster
from tests.sandbox.controllers.stage import Stage

POD_A = {"metadata": {"name": "a", "namespace": "default"}, "spec": {}}


class Looker:
    """Notes when it looks at what; `answer` is what a look gives or raises."""

    def __init__(self, stage: Stage | None = None, name: str = "looker") -> None:
        self.name = name
        self.follows: tuple[Resource, ...] = (POD,)
        self.looks: list[tuple[float, Hashable]] = []
        self.answer: float | ClusterError | None = None
        self._stage = stage
        self.looked = threading.Event()

    def changed(self, change: Change, before: Any, world: World) -> Iterable[Hashable]:
        assert change.object is not None
        yield place_of(change.object)[1]

    def look(self, key: Hashable, world: World) -> float | None:
        self.looks.append((self._stage.time if self._stage else 0.0, key))
        self.looked.set()
        if isinstance(self.answer, ClusterError):
            raise self.answer
        return self.answer


@pytest.fixture
def looker_and_stage() -> tuple[Looker, Stage]:
    made: list[Looker] = []

    def build(stage: Stage) -> list[Looker]:
        made.append(Looker(stage))
        return made

    stage = Stage([POD, DEPLOYMENT], build)
    return made[0], stage


def test_many_changes_of_one_object_are_one_look(looker_and_stage: tuple[Looker, Stage]) -> None:
    looker, stage = looker_and_stage
    stage.cluster.put(POD, POD_A)
    for number in range(10):
        stage.cluster.edit(POD, "a", {"spec": {"number": number}})
    stage.settle()
    assert looker.looks == [(0.0, "a")]


def test_a_failing_look_is_repeated_later_and_later_and_told(looker_and_stage: tuple[Looker, Stage]) -> None:
    looker, stage = looker_and_stage
    looker.answer = Refused("no")
    stage.cluster.put(POD, POD_A)
    stage.advance(100)
    times = [when for when, _ in looker.looks]
    pauses = [round(after - before, 3) for before, after in itertools.pairwise(times)]
    assert pauses == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, LONGEST_RETRY][: len(pauses)]
    assert len(pauses) == 9
    assert len(stage.said) == 10
    looker.answer = None
    stage.advance(60)
    looker.answer = Refused("no")
    stage.cluster.edit(POD, "a", {"spec": {"x": 1}})
    count = len(looker.looks)
    stage.advance(0.3)
    assert len(looker.looks) == count + 2  # counted from the beginning again


def test_a_conflict_is_repeated_without_a_word(looker_and_stage: tuple[Looker, Stage]) -> None:
    looker, stage = looker_and_stage
    looker.answer = Conflict("somebody else was first")
    stage.cluster.put(POD, POD_A)
    stage.advance(0.7)
    assert len(looker.looks) == 3
    assert stage.said == []


def test_a_look_can_ask_for_the_next_and_a_change_comes_first(looker_and_stage: tuple[Looker, Stage]) -> None:
    looker, stage = looker_and_stage
    looker.answer = 10.0
    stage.cluster.put(POD, POD_A)
    stage.advance(25)
    assert [when for when, _ in looker.looks] == [0.0, 10.0, 20.0]
    stage.cluster.edit(POD, "a", {"spec": {"x": 1}})
    stage.advance(11)
    assert [when for when, _ in looker.looks][3:] == [25.0, 35.0]


def test_a_look_that_wants_the_next_at_once_does_not_spin(looker_and_stage: tuple[Looker, Stage]) -> None:
    looker, stage = looker_and_stage
    looker.answer = 0.0
    stage.cluster.put(POD, POD_A)
    stage.advance(1.0)
    assert 10 < len(looker.looks) <= 52


def test_what_one_controller_writes_the_next_sees_in_the_same_round() -> None:
    seen: list[Any] = []

    class Maker(Looker):
        def look(self, key: Hashable, world: World) -> float | None:
            assert self._stage is not None
            writer = Writer(self._stage.cluster, self._stage.clock, "maker")
            if key == "a" and world.get(POD, "default", "b") is None:
                writer.create(world, POD, {"metadata": {"name": "b", "namespace": "default"}, "spec": {}})
            return super().look(key, world)

    class Watcher(Looker):
        def look(self, key: Hashable, world: World) -> float | None:
            seen.append((key, sorted(item["metadata"]["name"] for item in world.all(POD))))
            return None

    stage = Stage([POD], lambda stage: [Maker(stage, "maker"), Watcher(stage, "watcher")])
    stage.cluster.put(POD, POD_A)
    events, stage.cluster.events = stage.cluster.events, []
    for event in events:
        stage.runner.take(event)
    stage.runner.look_at_due(threading.Event())
    stage.settle()
    assert seen == [("a", ["a", "b"]), ("b", ["a", "b"])]
    assert sum(method == "POST" for method, _ in stage.cluster.requests) == 2


def run_in_thread(runner: Runner) -> tuple[threading.Event, threading.Thread, list[ClusterError]]:
    stop, raised = threading.Event(), list[ClusterError]()

    def run() -> None:
        try:
            runner.run(stop)
        except ClusterError as error:
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return stop, thread, raised


def test_it_looks_only_once_everything_was_listed_and_stops_when_told() -> None:
    clock = Clock(speed=1000)
    cluster = MemoryCluster(clock, [POD])
    cluster.put(POD, POD_A)
    looker = Looker()
    looker.follows = (POD, DEPLOYMENT)  # the cluster does not serve the second
    runner = Runner(cluster, [looker], clock, lambda line: None)
    stop, thread, raised = run_in_thread(runner)
    assert runner.ready.wait(60)
    assert looker.looks == [(0.0, "a")]
    looker.looked.clear()
    cluster.put(POD, {"metadata": {"name": "b", "namespace": "default"}, "spec": {}})
    assert looker.looked.wait(60)
    stop.set()
    thread.join(60)
    assert not thread.is_alive()
    assert raised == []


def test_timers_of_a_fast_clock_come_but_never_in_a_tight_loop() -> None:
    clock = Clock(speed=100_000)
    cluster = MemoryCluster(clock, [POD])
    cluster.put(POD, POD_A)
    looker = Looker()
    looker.answer = 15.0  # 0.15 ms of real time
    runner = Runner(cluster, [looker], clock, lambda line: None)
    began = clock.monotonic()
    stop, thread, _ = run_in_thread(runner)
    while len(looker.looks) < 5:
        looker.looked.wait(60)
    stop.set()
    thread.join(60)
    real = (clock.monotonic() - began) / clock.speed
    assert len(looker.looks) <= real / 0.02 + 2


def test_a_kind_asked_for_later_is_followed_from_then_on() -> None:
    clock = Clock()
    cluster = MemoryCluster(clock, [POD, DEPLOYMENT])
    cluster.put(POD, POD_A)
    cluster.put(DEPLOYMENT, {"metadata": {"name": "d", "namespace": "default"}, "spec": {}})
    done = threading.Event()

    class Growing(Looker):
        def look(self, key: Hashable, world: World) -> float | None:
            self.follows = (POD, DEPLOYMENT)
            if key == "d":
                done.set()
            return super().look(key, world)

    looker = Growing()
    runner = Runner(cluster, [looker], clock, lambda line: None)
    stop, thread, _ = run_in_thread(runner)
    assert done.wait(60)
    stop.set()
    thread.join(60)


def test_bad_credentials_end_it_and_a_server_that_starts_does_not() -> None:
    clock = Clock()
    cluster = MemoryCluster(clock, [POD])
    cluster.put(POD, POD_A)
    cluster.refuse["GET /api/v1"] = Refused("not ready", status=500)
    said: list[str] = []
    looker = Looker()
    runner = Runner(cluster, [looker], clock, said.append)
    stop, thread, raised = run_in_thread(runner)
    while not said:
        assert thread.is_alive()
        stop.wait(0.01)
    cluster.refuse["GET /api/v1"] = Forbidden("never")
    thread.join(60)
    assert [type(error) for error in raised] == [Forbidden]
    assert looker.looks == []


def test_two_controllers_of_one_name_are_refused() -> None:
    cluster = MemoryCluster(Clock(), [POD])
    with pytest.raises(ValueError, match="one name"):
        Runner(cluster, [Looker(), Looker()], Clock(), print)
