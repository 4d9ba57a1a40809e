"""A cluster of a fleet that accepts and never answers: the others are shown, and its own time-out ends it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sednactl.sedna.kinds import MODEL
from tests.cluster.stub import Stalls, StubServer
from tests.conftest import RunSednactl

MANIFEST = {
    "apiVersion": "sedna.io/v1alpha1",
    "kind": "Model",
    "metadata": {"name": "big", "namespace": "park"},
    "spec": {"url": "/models/big.pb", "format": "pb"},
}


@pytest.mark.parametrize(
    "command",
    [
        ("get", "model"),
        ("scale", "status"),
        ("cleanup", "ghost-instances"),
        ("doctor", "--timeout", "2s"),
        ("validate", "model.yaml", "--cluster"),
    ],
    ids=lambda words: words[0],
)
def test_one_that_stalls_hides_no_other(
    run_sednactl: RunSednactl, tmp_path: Path, command: tuple[str, ...]
) -> None:
    with StubServer(tls=False) as north, StubServer(tls=False) as hung:
        north.put(MODEL.resource, {"metadata": {"name": "big", "namespace": "park"}, "spec": {}})
        hung.fail(Stalls(30), times=10**6)
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "north",
            "clusters": [
                {"name": "north", "cluster": {"server": north.url}},
                {"name": "hung", "cluster": {"server": hung.url}},
            ],
            "contexts": [
                {"name": name, "context": {"cluster": name, "user": "u", "namespace": "park"}}
                for name in ("north", "hung")
            ],
            "users": [{"name": "u", "user": {}}],
        }
        file, manifest = tmp_path / "config", tmp_path / "model.yaml"
        file.write_text(json.dumps(config))
        manifest.write_text(json.dumps(MANIFEST))
        command = tuple(str(manifest) if word == manifest.name else word for word in command)
        done = run_sednactl(
            *command, "--all-contexts", "--request-timeout", "500ms", "-o", "json", environ={"KUBECONFIG": str(file)}
        )  # fmt: skip
    assert done.code == 7, done.err
    shown = {one["context"]: one for one in json.loads(done.out)["items"]}
    assert shown["north"]["result"] is not None
    assert shown["hung"]["exitCode"] == 5
    assert "[hung] error: " in done.err and "Traceback" not in done.err
