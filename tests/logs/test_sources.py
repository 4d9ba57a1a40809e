"""Which containers are read, and what is said of those that have nothing to read."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.lifecycle.log_sources import LogSource, Wanted, container_names, sides_of, sources_of
from tests.lifecycle.objects import UID

Json = dict[str, Any]
EVERYTHING = Wanted()
RUNNING: Json = {"running": {"startedAt": "2026-11-24T09:00:00Z"}}


def pod(name: str, side: str, states: dict[str, Json], *, init: tuple[str, ...] = (), **status: Any) -> Json:
    return {
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": "park",
            "uid": f"uid-{name}",
            "labels": {
                "jointinferenceservice.sedna.io/name": "helmet",
                "jointinferenceservice.sedna.io/uid": UID,
                "jointinferenceservice.sedna.io/worker-type": side,
            },
        },
        "spec": {
            "nodeName": f"{side}-1",
            "containers": [{"name": one} for one in states if one not in init],
            "initContainers": [{"name": one} for one in init],
        },
        "status": {
            "containerStatuses": [
                {"name": name, "restartCount": 0, **state}
                for name, state in states.items()
                if name not in init and state
            ],
            "initContainerStatuses": [
                {"name": one, "restartCount": 0, **states.get(one, {})} for one in init
            ],
            **status,
        },
    }


def found(pods: list[Json], wanted: Wanted = EVERYTHING) -> list[str]:
    return [one.short for one in sources_of(pods, wanted)[0]]


def test_every_pod_is_read_by_side_and_called_by_side_and_suffix() -> None:
    pods = [pod("helmet-deployment-edge-5f86-c7zl8", "edge", {"little": {"state": RUNNING}}),
            pod("helmet-deployment-cloud-5ddc-qdsmt", "cloud", {"big": {"state": RUNNING}})]  # fmt: skip
    assert found(pods) == ["cloud/qdsmt", "edge/c7zl8"]
    assert found(pods, Wanted("edge")) == ["edge/c7zl8"]
    assert found(pods, Wanted(container="big")) == ["cloud/qdsmt"]
    assert sides_of(pods) == ("cloud", "edge")
    assert container_names(pods) == ("little", "big")


def test_several_containers_are_told_apart() -> None:
    both = pod("p-abcde", "cloud", {"big": {"state": RUNNING}, "proxy": {"state": RUNNING}})
    assert found([both]) == ["cloud/abcde/big", "cloud/abcde/proxy"]


def test_an_init_container_is_read_while_it_holds_the_pod_up_and_not_later() -> None:
    waiting = {"state": {"waiting": {"reason": "PodInitializing"}}}
    stuck = pod("p-abcde", "cloud", {"fetch": {"state": RUNNING}, "big": waiting}, init=("fetch",))
    sources, silent = sources_of([stuck], Wanted())
    assert [one.container for one in sources] == ["fetch"]
    assert [(one.container, one.reason) for one in silent] == [("big", "has not started: PodInitializing")]
    done = {"state": {"terminated": {"exitCode": 0}}}
    later = pod("p-abcde", "cloud", {"fetch": done, "big": {"state": RUNNING}}, init=("fetch",))
    assert [one.container for one in sources_of([later], Wanted())[0]] == ["big"]
    assert [one.container for one in sources_of([later], Wanted(container="fetch"))[0]] == ["fetch"]


@pytest.mark.parametrize(
    ("state", "previous", "reason"),
    [
        ({}, False, "has not started: its pod has no status yet"),
        ({"state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}, False,
         "has not started: ImagePullBackOff (no such image)"),
        ({"state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": {"exitCode": 1}}}, False, None),
        ({"state": RUNNING}, True, "was not restarted, so there is no run before this one"),
        ({"state": RUNNING, "lastState": {"terminated": {"exitCode": 1}}}, True, None),
        ({"state": None}, False, None),
    ],
)  # fmt: skip
def test_what_has_nothing_to_read_is_told_with_its_reason(
    state: Json, previous: bool, reason: str | None
) -> None:
    sources, silent = sources_of([pod("p-abcde", "cloud", {"big": state})], Wanted(previous=previous))
    assert [one.reason for one in silent] == ([] if reason is None else [reason])
    assert len(sources) == (reason is None)


def test_a_restart_is_another_source() -> None:
    first = pod("p-abcde", "cloud", {"big": {"state": RUNNING}})
    again = pod("p-abcde", "cloud", {"big": {"state": RUNNING, "restartCount": 1}})
    assert sources_of([first], Wanted())[0] != sources_of([again], Wanted())[0]


@pytest.mark.parametrize(
    "odd",
    [
        {"spec": None, "status": None},
        {"spec": {"containers": [None, {}]}},
        {"status": {"containerStatuses": [None]}},
    ],
)
def test_odd_pods_do_not_break_it(odd: Json) -> None:
    strange = {**pod("p-abcde", "cloud", {"big": {"state": RUNNING}}), **odd}
    sources, silent = sources_of([strange], Wanted())
    assert all(isinstance(one, LogSource) for one in sources) and len(sources) + len(silent) <= 1
