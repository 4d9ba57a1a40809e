"""The sandbox in the place of the real control plane: what holds there has to hold here."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from sednactl.sandbox.api.rights import ADMIN
from sednactl.sandbox.assembled import Sandbox
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.global_manager.faults import Faults
from sednactl.sandbox.controllers.kubelet import Pace
from sednactl.sandbox.controllers.together import ControllerChoices
from sednactl.sandbox.load import SideLoad, key_of, set_load
from sednactl.sandbox.node_set import OFFLINE, NodePlan
from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.sedna.kinds import JOINT_INFERENCE
from tests.live.plane.api import MERGE, Api, eventually
from tests.live.plane.plane import Plane

# The same nodes and the same short periods as the real plane has.
_NODES = (NodePlan("cloud-node", False, "16", "64Gi", 500), NodePlan("edge-node", True, "16", "64Gi", 500))
_AUTOSCALING = ControllerSettings(
    scale_down_window=6.0, cpu_initialization_period=1.0, initial_readiness_delay=1.0, sync_period=2.0
)


class SandboxPlane(Plane):
    """A sandbox in this process, as slow as the real plane: time runs as ours does."""

    has_local_controller = True

    def __init__(self, folder: Path, *, faults: Faults | None = None) -> None:
        self._folder = folder
        self.log: list[str] = []
        choices = ControllerChoices(_NODES, Pace(start=0.4, stop=0.2), _AUTOSCALING)
        self._clock = Clock()
        self._sandbox = Sandbox(self._clock, self.log.append, choices=choices, faults=faults)
        self._sandbox.start()
        super().__init__(self.kubeconfig_of("admin"), has_global_manager=True)
        self._cluster = self._sandbox.cluster(ADMIN)
        eventually(self._furnished, what="the sandbox's nodes")

    def kubeconfig_of(self, user: str) -> Path:
        file = self._folder / f"{user}.kubeconfig"
        file.write_text(self._sandbox.kubeconfigs[user])
        return file

    def takes_pods(self, namespace: str) -> bool:
        return True

    def set_load(self, namespace: str, pod_prefix: str, total_millicores: int | None) -> None:
        service, _, side = pod_prefix.rpartition("-deployment-")
        prefix = JOINT_INFERENCE.label_prefix
        load = None
        if total_millicores is not None:
            selector = f"{prefix}/name={service},{prefix}/worker-type={side}"
            load = SideLoad(selector, self._clock.now(), ((0.0, float(total_millicores)),))
        set_load(self._cluster, key_of(namespace, service, side), load)

    @contextlib.contextmanager
    def offline(self, node: str) -> Iterator[None]:
        self._cut(node, "true")
        try:
            yield
        finally:
            self._cut(node, None)

    def stop(self) -> None:
        """End the sandbox."""
        self._sandbox.stop()

    def _cut(self, node: str, value: str | None) -> None:
        body = {"metadata": {"annotations": {OFFLINE: value}}}
        self.api.expect("PATCH", f"/api/v1/nodes/{node}", body, MERGE)

    def _furnished(self) -> bool:
        return len(Api(self.kubeconfig).expect("GET", "/api/v1/nodes")["items"]) == len(_NODES)
