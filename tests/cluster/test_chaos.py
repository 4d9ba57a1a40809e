"""A proxy that fails between every command and a living sandbox: an end in time, and nothing half done unnoticed.

About 30 s, as each command has a cluster to change and to finish. SEDNACTL_CHAOS=N asks for N
rounds instead of one, with other faults in each; tests.cluster.chaos plays longer still.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.chaos import REQUEST_TIMEOUT, Grounds, grounds
from tests.cluster.chaos_proxy import OF_REQUESTS, ChaosProxy, Fault, Script
from tests.cluster.under_fire import commands, run_bounded

COMMANDS = commands(Path())
ROUNDS = int(os.environ.get("SEDNACTL_CHAOS", "1"))
SHARE = 0.2


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grounds]:
    with grounds(tmp_path_factory.mktemp("chaos")) as one:
        yield one


@pytest.mark.parametrize("command", COMMANDS)
def test_faults_at_random(made: Grounds, command: str) -> None:
    for number in range(ROUNDS):
        made.round(command, random.Random(f"{command} {number}"), SHARE)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.EXPIRED, "expired"),
        (Fault.WRONG_NAME, "is not valid for"),
        (Fault.PLAIN_TEXT, "does not speak TLS"),
        (Fault.CUT_HANDSHAKE, "connection"),
    ],
    ids=lambda one: one.name if isinstance(one, Fault) else "",
)
def test_no_connection_that_is_not_the_clusters_own(
    made: Grounds, tmp_path: Path, fault: Fault, words: str
) -> None:
    kubeconfig = made.proxy.kubeconfig(made.sandbox.sandbox.kubeconfigs["admin"], tmp_path / "config")
    (tmp_path / "m.yaml").write_text('{"apiVersion": "sedna.io/v1alpha1", "kind": "Model", "metadata": {"name": "m"},'
                                     ' "spec": {"url": "/m.pb", "format": "pb"}}')  # fmt: skip
    made.proxy.plan = Script(throughout=fault)
    try:
        for command, line in commands(tmp_path).items():
            if command == "cleanup undo":
                continue  # it has no bundle here
            done = run_bounded(line, tmp_path, kubeconfig, request_timeout=REQUEST_TIMEOUT)
            assert done.code == 5 or (done.code == 6 and command == "scale watch"), (command, done)
            assert words in done.err or done.code == 6, (command, done.err)
    finally:
        made.proxy.plan = Script()
    # Namespaces of earlier tests may still be going; nothing was added.
    there = made.sandbox.cluster.request("GET", "/apis/sedna.io/v1alpha1/models")["items"]
    assert "m" not in [one["metadata"]["name"] for one in there]


def test_every_fault_of_the_proxy_reaches_whoever_asks(made: Grounds, tmp_path: Path) -> None:
    """The proxy itself: each fault of a request ends a command that would not try again, and none stays."""
    file = made.proxy.kubeconfig(made.sandbox.sandbox.kubeconfigs["admin"], tmp_path / "config")
    line = ["get", "models", "-A"]
    for fault in OF_REQUESTS:
        made.proxy.plan = Script([fault] * 20)
        done = run_bounded(line, tmp_path, file, request_timeout=REQUEST_TIMEOUT)
        assert done.code in (4, 5), (fault, done)
        made.proxy.plan = Script()
        assert run_bounded(line, tmp_path, file).code == 0
    with ChaosProxy(made.sandbox.sandbox._front.port, Script(throughout=Fault.CUT_HANDSHAKE)) as other:
        file = other.kubeconfig(made.sandbox.sandbox.kubeconfigs["admin"], tmp_path / "other")
        assert run_bounded(line, tmp_path, file).code == 5
        assert set(other.met) == {Fault.CUT_HANDSHAKE}
