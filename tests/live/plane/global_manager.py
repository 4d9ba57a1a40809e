"""Runs the sandbox's Global Manager against a control plane, where the real program is not at hand or beside it.

It has the real one's faults, but not the shipped role's lack of rights: the
real program also runs as an administrator in these tests.
"""

from __future__ import annotations

import threading
from pathlib import Path

from sednactl.cluster.access import ClusterAccess
from sednactl.cluster.door import open_cluster
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.global_manager.faults import Faults
from sednactl.sandbox.controllers.global_manager.process import GlobalManager
from sednactl.sandbox.controllers.global_manager.rendering import Release
from sednactl.sandbox.controllers.running import Runner
from sednactl.surroundings import Surroundings

AS_REAL = Faults(missing_rbac=False)


class OurGlobalManager:
    """One thread that runs the sandbox's Global Manager. `log` holds what it told."""

    def __init__(
        self, kubeconfig: Path, *, namespace: str = "", faults: Faults = AS_REAL, release: Release = "0.7"
    ) -> None:
        self.log: list[str] = []
        self._cluster = open_cluster(ClusterAccess(kubeconfig=str(kubeconfig)), Surroundings.of_process())
        clock = Clock()
        self.manager = GlobalManager(
            self._cluster,
            clock,
            self.log.append,
            release=release,
            faults=faults,
            namespace=namespace,
            kb_server="http://localhost:9020",  # what the real one takes where it is told nothing
        )
        self._runner = Runner(self._cluster, [self.manager], clock, self.log.append)
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._runner.run, args=(self._stopping,), name="our global manager", daemon=True
        )

    def start(self) -> None:
        """Start it and wait until it has seen everything."""
        self._thread.start()
        if not self._runner.ready.wait(60):
            raise AssertionError(f"the sandbox's Global Manager is not ready: {self.log[-3:]}")

    def stop(self) -> None:
        """Stop it."""
        self._stopping.set()
        self._thread.join(10)
        self._cluster.close()
