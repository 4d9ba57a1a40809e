"""One Deployment's life under the real controller manager and under ours: the same counts, names, conditions, in the same order.

The golden file is what kube-controller-manager 1.32 made of it, with the sandbox's scheduler and kubelets under it.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import pytest

from tests.golden import check_golden
from tests.live.plane.api import eventually
from tests.sandbox.controllers.observed import Scene, deployment
from tests.sandbox.controllers.planes import (
    ApiPlane,
    RealPlane,
    SandboxPlane,
    at_work,
    everything,
    nodes_only,
)

pytestmark = pytest.mark.compared

Json = dict[str, Any]
GOLDEN = "sandbox/life_of_a_deployment.json"


def life_of_a_deployment(plane: ApiPlane) -> list[tuple[str, Json]]:
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


def told(plane: ApiPlane) -> str:
    """Give the stations as text; sets of a manager's own making are in order of their revision."""
    return (
        json.dumps([{"station": what, **shape} for what, shape in life_of_a_deployment(plane)], indent=1)
        + "\n"
    )


@pytest.mark.live
def test_the_real_controller_manager(real_plane: RealPlane) -> None:
    """Only this one may renew the file that all three are held to."""
    with real_plane.managed(), at_work(real_plane, nodes_only):
        check_golden(GOLDEN, told(real_plane))


@pytest.mark.live
def test_ours_on_the_real_api_server(real_plane: RealPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEDNACTL_GOLDEN", raising=False)
    with at_work(real_plane, everything) as said:
        check_golden(GOLDEN, told(real_plane))
    assert said == []


def test_ours_on_the_sandboxes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEDNACTL_GOLDEN", raising=False)
    plane = SandboxPlane(tmp_path)
    try:
        with at_work(plane, everything) as said:
            check_golden(GOLDEN, told(plane))
    finally:
        plane.stop()
    assert said == []
