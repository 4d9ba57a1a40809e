"""The watch as a whole, on virtual time: when it ends, how, and what it says then."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from sednactl.cluster.door import Change, Selection
from sednactl.errors import ConditionUnmet, NotFound, Unreachable
from sednactl.scaling.following import Wait, follow_services
from sednactl.scaling.snapshot import snapshots_of
from sednactl.scaling.until_parser import read_until
from sednactl.scaling.watching import News, Scope, selections
from sednactl.surroundings import Surroundings
from tests.scaling import objects as o

Json = dict[str, Any]


@dataclass
class Script:
    """A cluster whose watch plays (seconds, type, object) steps and idles in between, on a clock of its own."""

    scope: Scope
    existing: Sequence[Json] = ()
    steps: Sequence[tuple[float, str, Json]] = ()
    passed: float = 0.0
    closed: bool = False
    answers: bool = True
    server: str = "https://nowhere"
    heard: list[News] = field(default_factory=list)
    ticks: int = 0

    def watch(self, wanted: Sequence[Selection], *, idle: float = 1.0) -> Iterator[Change]:
        where = {selection.resource.kind: selection for selection in wanted}
        try:
            for item in self.existing:
                yield Change("added", where[item["kind"]], item)
            for selection in wanted if self.answers else ():
                yield Change("synced", selection)
            for at, type_, item in self.steps:
                while self.passed + idle < at:
                    self.passed += idle
                    yield Change("idle", wanted[0])
                self.passed = at
                yield Change(type_, where[item["kind"]], item)  # type: ignore[arg-type]
            while self.passed < 10_000:
                self.passed += idle
                yield Change("idle", wanted[0])
        finally:
            self.closed = True

    def tell(self, news: News, now: datetime) -> None:
        self.heard.append(news)

    def tick(self, now: datetime) -> None:
        self.ticks += 1

    def run(self, until: str | None = None, timeout: float | None = None) -> Any:
        surroundings = Surroundings(
            io.StringIO(),
            io.StringIO(),
            io.StringIO(),
            {},
            now=lambda: o.NOW + timedelta(seconds=self.passed),
            monotonic=lambda: self.passed,
        )
        wait = None if until is None else Wait(read_until(until))
        return follow_services(self, self.scope, surroundings, [self], wait=wait, timeout=timeout)  # type: ignore[arg-type]


HELMET = Scope("park", "helmet")
BOTH = (o.workload(), o.deployment("cloud"), o.deployment("edge"), o.hpa())


def test_a_condition_that_holds_already_ends_it_at_once() -> None:
    outcome = Script(HELMET, BOTH).run("cloud.ready==1", 60)
    assert (outcome.met, outcome.waited) == (True, 0.0)


def test_it_ends_when_the_condition_comes_to_hold() -> None:
    script = Script(
        HELMET, BOTH, [(5, "modified", o.deployment(wanted=3)), (9, "modified", o.deployment(wanted=4))]
    )
    outcome = script.run("cloud.replicas>=3", 60)
    assert (outcome.met, outcome.waited) == (True, 5)
    assert script.closed
    assert script.ticks > 40


def test_a_wait_that_runs_out_tells_the_last_readings() -> None:
    script = Script(HELMET, BOTH, [(5, "modified", o.deployment(wanted=2))])
    with pytest.raises(ConditionUnmet) as caught:
        script.run("cloud.replicas>=3 and edge.utilization.cpu<20", 30)
    assert script.passed == pytest.approx(30, abs=0.2)
    assert caught.value.exit_code == 6
    assert caught.value.message == (
        "after 30s the condition is not met: cloud.replicas>=3 and edge.utilization.cpu<20"
    )
    assert caught.value.detail == (
        "park/helmet: cloud.replicas>=3: does not hold (2 against 3)",
        "park/helmet: edge.utilization.cpu<20: left side unknown, so it does not hold",
    )


def test_without_a_condition_the_time_ends_it_well() -> None:
    assert Script(HELMET, BOTH).run(None, 3).met is False


def test_timeout_zero_looks_once() -> None:
    script = Script(HELMET, BOTH)
    with pytest.raises(ConditionUnmet):
        script.run("cloud.replicas>=3", 0)
    assert script.passed == 0


def test_a_named_service_that_does_not_exist() -> None:
    with pytest.raises(NotFound) as caught:
        Script(HELMET).run(None, 30)
    assert caught.value.exit_code == 4
    assert "helmet in namespace park" in caught.value.message


def test_a_condition_waits_for_a_service_to_appear() -> None:
    steps = [(4, "added", o.workload()), (6, "added", o.deployment())]
    assert Script(HELMET, (), steps).run("cloud.ready>=1", 60).waited == 6
    with pytest.raises(ConditionUnmet) as caught:
        Script(HELMET).run("cloud.ready>=1", 60)
    assert caught.value.detail == ("there is no such service",)


def test_a_service_deleted_meanwhile_meets_nothing() -> None:
    script = Script(HELMET, BOTH, [(4, "deleted", o.workload())])
    with pytest.raises(ConditionUnmet) as caught:
        script.run("cloud.replicas>=3", 10)
    assert caught.value.detail == ("park/helmet was deleted meanwhile",)
    assert [news.type for news in script.heard] == ["changed", "synced", "deleted"]


def test_it_must_hold_for_every_service_at_once() -> None:
    scope = Scope("park")
    existing = [o.workload("a"), o.workload("b"), o.deployment(name="a"), o.deployment(name="b")]
    steps = [
        (2, "modified", o.deployment(name="a", wanted=3)),
        (4, "modified", o.deployment(name="a", wanted=1)),
        (5, "modified", o.deployment(name="b", wanted=3)),
        (7, "modified", o.deployment(name="a", wanted=3)),
    ]
    assert Script(scope, existing, steps).run("cloud.replicas>=3", 60).waited == 7
    # A service that goes no longer counts.
    steps[3] = (8, "deleted", o.workload("a"))
    assert Script(scope, existing, steps).run("cloud.replicas>=3", 60).waited == 8


def test_nothing_is_met_before_all_was_read() -> None:
    [snapshot] = snapshots_of([o.workload()], [o.deployment(wanted=3)], [], [], o.NOW)
    wait = Wait(read_until("cloud.replicas>=3"))
    wait.take(News("changed", snapshot))
    assert not wait.met
    wait.take(News("synced"))
    assert wait.met


def test_no_service_at_all_is_not_every_service() -> None:
    with pytest.raises(ConditionUnmet):
        Script(Scope("park")).run("cloud.replicas>=0", 2)


def test_a_cluster_that_does_not_answer_is_no_service_that_is_not_there() -> None:
    with pytest.raises(ConditionUnmet) as caught:
        Script(HELMET, answers=False).run("cloud.ready>=1", 5)
    assert caught.value.detail == ("the cluster has not answered yet",)
    with pytest.raises(Unreachable, match="has not answered within 5s"):
        Script(HELMET, answers=False).run(None, 5)


def test_selections_of_the_script_are_those_of_the_scope() -> None:
    assert {selection.resource.kind for selection in selections(HELMET)} == {
        "JointInferenceService",
        "Deployment",
        "HorizontalPodAutoscaler",
    }
