"""Whose events are shown: the workload's, its children's, and those of pods its children had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sednactl.cluster.door import Change, Selection
from sednactl.lifecycle.event_stream import Relatives, events_of, follow_events, of_types
from sednactl.lifecycle.ownership import Family
from sednactl.render.events import event_line, event_table
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.resources import EVENT, POD
from tests.lifecycle.objects import DEAD, NOW, UID, ago, deployment, pod, workload

Json = dict[str, Any]


def event(about: Json, *, seconds: float = 10, type: str = "Normal", **more: Any) -> Json:
    return {
        "kind": "Event",
        "type": type,
        "reason": "Reason",
        "message": "what\nhappened",
        "involvedObject": {"namespace": "park", **about},
        "lastTimestamp": ago(seconds),
        "metadata": {
            "name": "e",
            "uid": f"event-{seconds}-{about}",
            "resourceVersion": str(int(1e6 - seconds)),
        },
        **more,
    }


def family() -> Family:
    return Family(JOINT_INFERENCE, workload(), (deployment("cloud"), pod("cloud")))


def test_events_of_strangers_and_of_a_former_namesake_are_left_out() -> None:
    cloud = deployment("cloud")["metadata"]
    mine = [
        event({"uid": UID, "kind": "JointInferenceService", "name": "helmet"}, seconds=30),
        event({"uid": cloud["uid"], "kind": "Deployment", "name": cloud["name"]}, seconds=20),
        event({"uid": "long-gone", "kind": "Pod", "name": f"{cloud['name']}-5ddc49644-qdsmt"}, seconds=10),
        event(
            {"uid": "long-gone-too", "kind": "ReplicaSet", "name": f"{cloud['name']}-5ddc49644"}, seconds=5
        ),
    ]
    others = [
        event({"uid": DEAD, "kind": "JointInferenceService", "name": "helmet"}),
        event({"uid": "x", "kind": "Pod", "name": "another-5ddc49644-qdsmt"}),
        event(
            {"uid": "x", "kind": "Pod", "name": f"{cloud['name']}-5ddc49644-qdsmt", "namespace": "elsewhere"}
        ),
        event({"uid": "x", "kind": "Service", "name": f"{cloud['name']}-extra"}),
        {"metadata": {}, "involvedObject": None},
    ]
    assert list(events_of(family(), [*others, *reversed(mine)])) == mine


def test_types_choose() -> None:
    both = [event({"uid": UID}), event({"uid": UID}, type="Warning")]
    assert list(of_types(both, ("Warning",))) == both[1:]
    assert list(of_types(both, ())) == both


def test_a_screen_and_a_line() -> None:
    told = event({"uid": UID, "kind": "Pod", "name": "p\x1b[2J"}, count=3)
    assert event_table([told], NOW).splitlines()[1].split("   ")[0] == "10s (x3)"
    assert "\x1b" not in event_table([told], NOW) + event_line(told)
    assert event_line(told) == "2026-11-24T09:59:50Z Normal  Reason Pod/p\\x1b[2J what happened\n"


def test_following_gives_an_event_also_when_its_object_is_heard_of_later() -> None:
    late = pod("cloud")
    late["metadata"] |= {"uid": "late", "name": "whatever"}
    early = event({"uid": "late", "kind": "Pod", "name": "whatever"})
    stranger = event({"uid": "x", "kind": "Pod", "name": "another"})

    class Told:
        def watch(self, wanted: Sequence[Selection], *, idle: float) -> Iterator[Change]:
            events, pods = Selection(EVENT, "park"), Selection(POD, "park")
            assert events in wanted
            yield Change("added", events, stranger)
            yield Change("added", events, early)
            yield Change("idle", events)
            yield Change("added", pods, late)
            yield Change("deleted", events, early)

    given = list(follow_events(Told(), Family(JOINT_INFERENCE, workload()), "park"))  # type: ignore[arg-type]
    assert given == [None, early]


def test_a_child_is_taken_in_once() -> None:
    relatives = Relatives(Family(JOINT_INFERENCE, workload()))
    assert relatives.add(pod("cloud")) and not relatives.add(pod("cloud"))
