"""`cleanup` as a user types it, in this process, against the stub API server and on virtual time."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sednactl.cli.main import run
from sednactl.sedna.resources import CHILD_RESOURCES, NAMESPACE
from sednactl.surroundings import Surroundings
from tests.cluster.stub import StubServer
from tests.command import CompletedRun
from tests.ghosts.objects import NOW, Json

RESOURCES = {resource.kind: resource for resource in CHILD_RESOURCES}


@dataclass
class Park:
    """A stub cluster with its kubeconfig, and a clock that sleeping moves."""

    server: StubServer
    folder: Path
    slept: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kubeconfig = self.server.kubeconfig(self.folder / "kubeconfig")
        self.server.put(NAMESPACE, {"metadata": {"name": "kube-system", "uid": "cluster-1"}})

    def fill(self, *objects: Json) -> None:
        for one in objects:
            self.server.put(RESOURCES[one["kind"]], with_content(one))

    def __call__(self, *arguments: str) -> CompletedRun:
        streams = io.StringIO(), io.StringIO(), io.StringIO()
        surroundings = Surroundings(
            *streams,
            environ={"HOME": str(self.folder), "KUBECONFIG": str(self.kubeconfig)},
            now=lambda: NOW,
            monotonic=lambda: sum(self.slept),
            sleep=self.slept.append,
        )
        code = run(["cleanup", *arguments], surroundings)
        return CompletedRun(int(code), streams[1].getvalue(), streams[2].getvalue())

    def clean(self, *arguments: str) -> CompletedRun:
        return self("ghost-instances", "-n", "park", *arguments)

    def report(self, *arguments: str) -> tuple[int, Json]:
        done = self.clean("-o", "json", *arguments)
        return done.code, json.loads(done.out)

    def names(self) -> set[str]:
        return {
            f"{resource.kind}/{one['metadata']['name']}"
            for resource in CHILD_RESOURCES
            for one in self.server.objects(resource)
        }

    def lines(self, file: Path) -> list[Any]:
        return [json.loads(line) for line in file.read_text().splitlines()]


def with_content(one: Json) -> Json:
    """Give an object a body like a real one's."""
    bodies: dict[str, Json] = {
        "Service": {
            "spec": {"clusterIP": "10.96.1.2", "clusterIPs": ["10.96.1.2"], "ports": [{"port": 5000}]}
        },
        "Pod": {
            "spec": {"nodeName": "edge-node", "containers": [{"name": "c", "image": "x"}]},
            "status": {"phase": "Running"},
        },
        "Deployment": {"spec": {"replicas": 2, "template": {}}, "status": {"replicas": 2}},
    }
    return {**one, **bodies.get(one["kind"], {"spec": {}})}
