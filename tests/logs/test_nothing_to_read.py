"""`logs` where there is nothing to read: the command says which of its reasons it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.resources import POD
from tests.cluster.stub import StubServer
from tests.cluster.under_fire import run_bounded
from tests.lifecycle.conftest import fill
from tests.lifecycle.objects import whole_service, workload


@pytest.mark.parametrize(
    ("spec", "words", "said"),
    [
        ({}, (), "the pods of jointinference helmet have no containers"),
        ({"containers": []}, ("--side", "edge"), "the pods of jointinference helmet on side edge have no containers"),
        ({"containers": None}, ("-c", "x"), "no pod of jointinference helmet has a container 'x'"),
    ],
    ids=["none", "none on a side", "none of that name"],
)  # fmt: skip
def test_pods_without_containers(
    tmp_path: Path, spec: dict[str, Any], words: tuple[str, ...], said: str
) -> None:
    with StubServer(tls=False) as server:
        server.put(JOINT_INFERENCE.resource, workload())
        fill(server, *whole_service())
        for pod in server.objects(POD):
            server.put(POD, {**pod, "spec": spec, "status": {}})
        kubeconfig = server.kubeconfig(tmp_path / "config")
        done = run_bounded(["logs", "ji", "helmet", "-n", "park", *words], tmp_path, kubeconfig)
    assert (done.code, done.out) == (4, "")
    assert said in done.err and "None" not in done.err
