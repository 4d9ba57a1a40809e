"""A sandbox whose time runs fast, and the command in step with it.

In this process it is a call, as a process of its own `python -m tests.hurried SPEED sednactl's arguments`.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sednactl.cli.main import run
from sednactl.cluster.client import HttpCluster
from sednactl.sandbox.api.rights import ADMIN
from sednactl.sandbox.assembled import Sandbox
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.kubelet import Pace
from sednactl.sandbox.controllers.together import ControllerChoices
from sednactl.sandbox.node_set import NodePlan
from sednactl.surroundings import Surroundings
from tests.command import CompletedRun
from tests.live.plane.api import eventually

SPEED = 20.0
"""How many times faster than ours its time runs."""

_NODES = (NodePlan("cloud-node", False, "16", "64Gi", 500), NodePlan("edge-node", True, "16", "64Gi", 500))
_NEVER = 100_000.0


def hurried(surroundings: Surroundings, speed: float = SPEED) -> Surroundings:
    """Give surroundings in which sleeping costs a fraction of its time, and requests have all of theirs."""
    spared: list[float] = []

    def sleep(seconds: float) -> None:
        time.sleep(seconds / speed)
        spared.append(seconds - seconds / speed)

    return surroundings._replace(monotonic=lambda: time.monotonic() + sum(spared), sleep=sleep)


class HurriedSandbox:
    """A whole sandbox in this process. `kubeconfig` is the administrator's, `cluster` its door without a network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log: list[str] = []
        # A machine that is busy for two of our seconds must not lose its nodes.
        choices = ControllerChoices(_NODES, Pace(start=0.4, stop=0.2), node_grace=_NEVER)
        self.sandbox = Sandbox(Clock(SPEED), self.log.append, choices=choices)
        self.sandbox.start()
        self.cluster: HttpCluster = self.sandbox.cluster(ADMIN)
        self.kubeconfig = folder / "kubeconfig"
        self.kubeconfig.write_text(self.sandbox.kubeconfigs["admin"])
        eventually(self._furnished, what="the sandbox's nodes")

    def __call__(
        self, *arguments: str, kubeconfig: Path | None = None, input: str = "", environ: Mapping[str, str] = {}
    ) -> CompletedRun:  # fmt: skip
        """Run the command in this process, with a home below the folder."""
        home = self.folder / "home"
        places = {"XDG_STATE_HOME": str(home / ".state"), "XDG_CACHE_HOME": str(home / ".cache")}
        streams = io.StringIO(input), io.StringIO(), io.StringIO()
        given = {"HOME": str(home), "KUBECONFIG": str(kubeconfig or self.kubeconfig), "COLUMNS": "100"}
        code: Any = run(arguments, hurried(Surroundings(*streams, environ={**given, **places, **environ})))
        return CompletedRun(int(code), streams[1].getvalue(), streams[2].getvalue())

    def _furnished(self) -> bool:
        answer = self.cluster.request("GET", "/api/v1/nodes")
        return len(answer["items"]) == len(_NODES)


@contextmanager
def hurried_sandbox(folder: Path) -> Iterator[HurriedSandbox]:
    """Give a sandbox for the time of a block."""
    sandbox = HurriedSandbox(folder)
    try:
        yield sandbox
    finally:
        sandbox.sandbox.stop()


if __name__ == "__main__":
    sys.exit(run(sys.argv[2:], hurried(Surroundings.of_process(), float(sys.argv[1]))))
