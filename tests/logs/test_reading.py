"""Lines of several containers: in the order of their times, each once, whatever breaks on the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.cluster.door import Change, Selection
from sednactl.errors import Forbidden, ServerFault, Unreachable
from sednactl.lifecycle.log_sources import LogSource, Silent, Wanted
from sednactl.lifecycle.pod_logs import (
    Failure,
    Following,
    Line,
    explained,
    line_of,
    query_of,
    read_logs,
    worst_of,
)
from sednactl.sedna.resources import POD
from tests.logs.test_sources import EVERYTHING, RUNNING, Json, pod

CLOUD = LogSource("c-abcde", "u1", "park", "big", "cloud", "cloud-1", 0, True)
EDGE = LogSource("e-fghij", "u2", "park", "little", "edge", "edge-1", 0, True)


class Logs:
    """A cluster that has nothing but logs: a pod's lines, or an error after some of them."""

    def __init__(self, texts: Mapping[str, Sequence[bytes | Exception]]) -> None:
        self.texts = texts
        self.asked: list[tuple[str, dict[str, str]]] = []

    def log(self, pod: str, namespace: str, query: Mapping[str, str]) -> Iterator[bytes]:
        self.asked.append((pod, dict(query)))
        for line in self.texts[pod]:
            if isinstance(line, Exception):
                raise line
            yield line


def read(logs: Logs, *sources: LogSource) -> tuple[list[str], list[Failure]]:
    failures: list[Failure] = []
    query = query_of(tail=None, since_seconds=None, since_time=None, previous=False)
    return [line.text for line in read_logs(logs, sources, query, failures.append)], failures  # type: ignore[arg-type]


def test_lines_come_by_time_whatever_zone_the_node_writes() -> None:
    logs = Logs({
        "c-abcde": [b"2026-11-24T10:00:00.5Z one", b"2026-11-24T10:00:02.123456789Z three"],
        "e-fghij": [b"2026-11-24T18:00:01+08:00 two", b"2026-11-24T18:00:03+08:00 four"],
    })  # fmt: skip
    assert read(logs, CLOUD, EDGE) == (["one", "two", "three", "four"], [])


def test_one_that_cannot_be_read_takes_nothing_from_the_others() -> None:
    logs = Logs({
        "c-abcde": [b"2026-11-24T10:00:00Z one", Unreachable("cut")],
        "e-fghij": [b"2026-11-24T10:00:01Z two", b"2026-11-24T10:00:03Z three"],
    })  # fmt: skip
    lines, failures = read(logs, CLOUD, EDGE)
    assert lines == ["one", "two", "three"]
    assert [(failure.source, failure.error.message) for failure in failures] == [(CLOUD, "cut")]


def test_a_line_without_a_time_stays_behind_the_one_before_it() -> None:
    logs = Logs(
        {
            "c-abcde": [b"2026-11-24T10:00:05Z one", b"  and more of it"],
            "e-fghij": [b"2026-11-24T10:00:06Z two"],
        }
    )
    assert read(logs, CLOUD, EDGE)[0] == ["one", "  and more of it", "two"]


@given(st.binary(max_size=60))
def test_any_bytes_are_a_line(raw: bytes) -> None:
    line = line_of(CLOUD, raw)
    assert isinstance(line.text, str)
    assert line_of(CLOUD, b"2026-11-24T10:00:00Z " + raw).time == "2026-11-24T10:00:00Z"


def test_the_query_says_what_was_asked() -> None:
    assert query_of(tail=0, since_seconds=0, since_time=None, previous=True) == {
        "timestamps": "true", "tailLines": "0", "sinceSeconds": "1", "previous": "true",
    }  # fmt: skip


def test_an_edge_node_behind_a_closed_tunnel_is_explained() -> None:
    told = explained(
        ServerFault('Get "https://10.1.1.2:10350/…": dial tcp 10.1.1.2:10350: i/o timeout', status=500)
    )
    assert "cloudStream" in str(told.hint)
    assert explained(Forbidden("no", status=403)).hint is None


def test_nobody_reachable_weighs_more_than_a_refusal() -> None:
    refused, unreachable = Failure(CLOUD, Forbidden("no")), Failure(EDGE, Unreachable("gone"))
    assert worst_of([refused, unreachable]) is unreachable.error
    assert worst_of([refused]) is refused.error


class Living(Logs):
    """The same with pods that come and go; a pod's log is taken up anew with the next list of its texts."""

    def __init__(
        self, changes: Sequence[tuple[str, Json]], texts: Mapping[str, Sequence[Sequence[Any]]]
    ) -> None:
        super().__init__({})
        self.changes = changes
        self.parts = {name: list(parts) for name, parts in texts.items()}
        self.lock = threading.Lock()
        self.more = threading.Event()

    def watch(self, wanted: Sequence[Selection], *, idle: float = 1.0) -> Iterator[Change]:
        for kind, item in self.changes:
            if kind == "wait":
                assert self.more.wait(60)
                continue
            yield Change(kind, wanted[0], item)  # type: ignore[arg-type]
        yield Change("synced", wanted[0])
        while True:
            time.sleep(0.01)
            yield Change("idle", wanted[0])

    def log(self, pod: str, namespace: str, query: Mapping[str, str]) -> Iterator[bytes]:
        with self.lock:
            self.asked.append((pod, dict(query)))
            parts = self.parts.get(pod) or []
            part = parts.pop(0) if parts else []
        for line in part:
            if isinstance(line, Exception):
                raise line
            yield line


def follow(cluster: Living, wanted: Wanted = EVERYTHING, enough: int = 99) -> list[Any]:
    following = Following(cluster, [Selection(POD, "park")], lambda _: True, wanted)  # type: ignore[arg-type]
    told: list[Any] = []
    end = time.monotonic() + 60
    for one in following.lines({"timestamps": "true"}, idle=0.05):
        assert time.monotonic() < end, told
        if one is not None:
            told.append(one)
        if (one is None and following.over) or sum(isinstance(it, Line) for it in told) >= enough:
            return told
    raise AssertionError("following has no end of its own")


DONE: Json = {"terminated": {"exitCode": 0}}


def texts(told: list[Any]) -> list[str]:
    return [one.text for one in told if isinstance(one, Line)]


def test_following_takes_up_a_broken_stream_where_it_broke_and_gives_no_line_twice() -> None:
    running = pod("c-abcde", "cloud", {"big": {"state": RUNNING}}, phase="Running")
    cluster = Living(
        [("added", running)],
        {"c-abcde": [[b"2026-11-24T10:00:00.25Z one", b"2026-11-24T10:00:00.5Z two", Unreachable("cut")],
                     [b"2026-11-24T10:00:00.25Z one", b"2026-11-24T10:00:00.5Z two", b"2026-11-24T10:00:01Z three"]]},
    )  # fmt: skip
    told = follow(cluster, enough=3)
    assert texts(told) == ["one", "two", "three"]
    assert [one.error.message for one in told if isinstance(one, Failure)] == ["cut"]
    assert cluster.asked[1][1] == {
        "timestamps": "true", "follow": "true", "sinceTime": "2026-11-24T10:00:00.5Z", "container": "big",
    }  # fmt: skip


def test_following_ends_with_pods_that_have_ended() -> None:
    ended = pod("c-abcde", "cloud", {"big": {"state": DONE}}, phase="Succeeded")
    told = follow(Living([("added", ended)], {"c-abcde": [[b"2026-11-24T10:00:00Z one"]]}))
    assert texts(told) == ["one"]


def test_following_begins_with_a_pod_that_comes_later_and_a_container_that_starts_late() -> None:
    first = pod(
        "c-abcde", "cloud", {"big": {"state": {"waiting": {"reason": "ContainerCreating"}}}}, phase="Pending"
    )
    started = pod("c-abcde", "cloud", {"big": {"state": DONE}}, phase="Succeeded")
    second = pod("c-fghij", "cloud", {"big": {"state": DONE}}, phase="Succeeded")
    told = follow(
        Living(
            [("added", first), ("modified", started), ("added", second)],
            {"c-abcde": [[b"2026-11-24T10:00:00Z one"]], "c-fghij": [[b"2026-11-24T10:00:01Z two"]]},
        )
    )
    assert sorted(texts(told)) == ["one", "two"]
    assert [one.reason for one in told if isinstance(one, Silent)] == ["has not started: ContainerCreating"]
    assert {one.short for one in told if isinstance(one, LogSource)} == {"cloud/abcde", "cloud/fghij"}


def test_a_restarted_container_is_followed_again_from_its_beginning() -> None:
    before = pod("c-abcde", "cloud", {"big": {"state": DONE}}, phase="Running")
    after = pod("c-abcde", "cloud", {"big": {"state": DONE, "restartCount": 1}}, phase="Succeeded")
    cluster = Living(
        [("added", before), ("modified", after)],
        {"c-abcde": [[b"2026-11-24T10:00:00Z one"], [b"2026-11-24T10:00:05Z two"]]},
    )
    assert sorted(texts(follow(cluster))) == ["one", "two"]


def test_what_may_not_be_read_is_said_once_and_not_asked_for_ever() -> None:
    running = pod("c-abcde", "cloud", {"big": {"state": RUNNING}}, phase="Running")
    ended = pod("e-fghij", "edge", {"little": {"state": DONE}}, phase="Succeeded")
    cluster = Living(
        [("added", running), ("added", ended)],
        {
            "c-abcde": [[Forbidden("pods/log is forbidden", status=403)]],
            "e-fghij": [[b"2026-11-24T10:00:00Z one"]],
        },
    )
    told = follow(cluster, enough=1)
    assert texts(told) == ["one"]


def test_an_error_of_the_watch_ends_following() -> None:
    class Broken(Living):
        def watch(self, wanted: Sequence[Selection], *, idle: float = 1.0) -> Iterator[Change]:
            raise Unreachable("no route")
            yield

    with pytest.raises(Unreachable):
        follow(Broken([], {}))
