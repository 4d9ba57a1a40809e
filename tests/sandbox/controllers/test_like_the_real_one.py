"""One Deployment's life under the real controller manager and under ours: the same counts, names, conditions, in the same order."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from tests.live.plane.api import eventually
from tests.sandbox.controllers.observed import Scene, deployment
from tests.sandbox.controllers.planes import RealPlane, at_work, everything, nodes_only

Json = dict[str, Any]
pytestmark = pytest.mark.live


def life_of_a_deployment(plane: RealPlane) -> list[tuple[str, Json]]:
    """Give what a Deployment looks like at each station of its life."""
    name = f"test-{secrets.token_hex(4)}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    plane.api.expect("POST", "/api/v1/namespaces", body)
    scene = Scene(plane.api, name)
    stations: list[tuple[str, Json]] = []

    def note(what: str) -> None:
        # Status follows the pods; what it says is final once it stays the same.
        last: list[Json] = []

        def still() -> bool:
            last.append(scene.shape("web"))
            return len(last) > 2 and last[-1] == last[-2] == last[-3]

        eventually(still, timeout=60, every=0.5, what=f"{what}: rest")
        stations.append((what, last[-1]))

    scene.create("deployments", deployment())
    scene.settled("web", 2)
    note("created")
    scene.edit("deployments", "web", {"spec": {"replicas": 4}})
    scene.settled("web", 4)
    note("scaled up")
    scene.edit("deployments", "web", {"metadata": {"annotations": {"note": "changed"}}})
    eventually(
        lambda: [one["metadata"]["annotations"]["note"] for one in scene.all("replicasets")] == ["changed"]
    )
    template = {"template": {"metadata": {"labels": {"round": "two"}}}}
    scene.edit("deployments", "web", {"spec": template})
    eventually(lambda: len(scene.all("replicasets")) == 2)
    scene.settled("web", 4)
    note("new template")
    scene.edit("deployments", "web", {"spec": {"template": {"metadata": {"labels": {"round": None}}}}})
    eventually(lambda: scene.sizes() == {"2": 0, "3": 4})
    scene.settled("web", 4)
    note("rolled back")
    scene.edit("deployments", "web", {"spec": {"paused": True}})
    scene.edit("deployments", "web", {"spec": {"replicas": 3}})
    scene.settled("web", 3)
    note("paused and scaled down")
    scene.edit("deployments", "web", {"spec": {"paused": False}})
    note("resumed")
    scene.edit("deployments", "web", {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}})
    scene.edit("deployments", "web", {"spec": {"template": {"metadata": {"labels": {"round": "three"}}}}})
    eventually(lambda: len(scene.all("replicasets")) == 3)
    scene.settled("web", 3)
    note("recreated")
    scene.edit("deployments", "web", {"spec": {"revisionHistoryLimit": 1}})
    eventually(lambda: len(scene.all("replicasets")) == 2)
    note("history cut")
    scene.edit("deployments", "web", {"spec": {"replicas": 0}})
    scene.settled("web", 0)
    note("scaled to nothing")
    scene.delete("deployments", "web")
    eventually(lambda: not scene.all("replicasets") and not scene.all("pods"), what="everything gone")
    return stations


def test_a_deployments_life_is_the_same(real_plane: RealPlane) -> None:
    with real_plane.managed(), at_work(real_plane, nodes_only):
        real = life_of_a_deployment(real_plane)
    with at_work(real_plane, everything) as said:
        ours = life_of_a_deployment(real_plane)
    for (what, theirs), (_, mine) in zip(real, ours, strict=True):
        assert mine == theirs, what
    assert said == []
