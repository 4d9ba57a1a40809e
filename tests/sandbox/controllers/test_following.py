"""Following kinds that go, and servers that are not there yet: everything is told once, nothing for ever."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from sednactl.cluster.door import Change, Selection
from sednactl.errors import ClusterError, Forbidden, NotFound, Unreachable
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers import following
from sednactl.sandbox.controllers.following import Failed, Follower
from sednactl.sedna.resources import DEPLOYMENT, POD, Resource
from tests.sandbox.controllers.memory_cluster import MemoryCluster


def item(kind: Resource, name: str, version: int = 1) -> dict[str, Any]:
    meta = {"name": name, "namespace": "n", "uid": f"uid-{name}", "resourceVersion": str(version)}
    return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": meta}


class ScriptedCluster(MemoryCluster):
    """Plays one script a watch: changes to give, kinds to take away, or an error to end with."""

    def __init__(self, kinds: Sequence[Resource], *scripts: Sequence[Any]) -> None:
        super().__init__(Clock(), kinds)
        self.scripts = list(scripts)
        self.asked: list[list[Resource]] = []

    def watch(self, selections: Sequence[Selection], *, idle: float = 1.0) -> Iterator[Change]:
        self.asked.append([each.resource for each in selections])
        script = self.scripts.pop(0)
        for step in script:
            if isinstance(step, ClusterError):
                raise step
            if isinstance(step, Resource):
                self.kinds.remove(step)
                continue
            yield step


def told(cluster: ScriptedCluster, kinds: Sequence[Resource], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Give what a follower tells until its last script is played."""
    monkeypatch.setattr(following, "FIRST_PAUSE", 0.01)
    changes: queue.Queue[Change | Failed] = queue.Queue()
    follower = Follower(cluster, kinds, changes, threading.Event(), lambda line: None)
    follower.start()
    follower._thread.join(30)
    assert not follower._thread.is_alive()
    found: list[Any] = []
    while not changes.empty():
        change = changes.get()
        if isinstance(change, Failed):
            found.append(type(change.error))
        else:
            name = change.object["metadata"]["name"] if change.object else ""
            found.append((change.type, change.selection.resource.kind, name))
    return found


def added(kind: Resource, name: str, version: int = 1) -> Change:
    return Change("added", Selection(kind), item(kind, name, version))


def synced(kind: Resource) -> Change:
    return Change("synced", Selection(kind))


def test_a_kind_that_is_not_served_counts_as_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = ScriptedCluster([POD], [synced(POD)])
    assert told(cluster, [POD, DEPLOYMENT], monkeypatch) == [
        ("synced", "Deployment", ""),
        ("synced", "Pod", ""),
    ]
    assert cluster.asked == [[POD]]


def test_when_a_kind_goes_its_objects_end_and_the_rest_is_followed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = [added(POD, "a"), added(POD, "b"), synced(POD), added(DEPLOYMENT, "d"), synced(DEPLOYMENT)]
    cluster = ScriptedCluster(
        [POD, DEPLOYMENT],
        [*first, DEPLOYMENT, NotFound("no such kind")],
        [added(POD, "b"), added(POD, "c", 7), synced(POD)],
    )
    assert told(cluster, [POD, DEPLOYMENT], monkeypatch)[5:] == [
        ("deleted", "Deployment", "d"),
        ("synced", "Deployment", ""),
        ("added", "Pod", "b"),
        ("added", "Pod", "c"),
        ("deleted", "Pod", "a"),  # it ended while nobody listened
        ("synced", "Pod", ""),
    ]
    assert cluster.asked == [[POD, DEPLOYMENT], [POD]]


def test_a_server_that_is_not_there_yet_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = ScriptedCluster([POD], [Unreachable("not yet")], [Unreachable("not yet")], [synced(POD)])
    assert told(cluster, [POD], monkeypatch) == [("synced", "Pod", "")]


def test_bad_credentials_are_told_and_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = ScriptedCluster([POD], [synced(POD), Forbidden("never")])
    assert told(cluster, [POD], monkeypatch) == [("synced", "Pod", ""), Forbidden]
