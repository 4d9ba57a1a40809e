"""API servers for controllers to work on: the real one without a controller manager, and the sandbox's own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sednactl.cluster.access import ClusterAccess
from sednactl.cluster.door import Cluster, open_cluster
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.kubelet import Kubelets, Pace
from sednactl.sandbox.controllers.metrics import Metrics
from sednactl.sandbox.controllers.running import Controller, Runner
from sednactl.sandbox.controllers.scheduler import Scheduler
from sednactl.sandbox.controllers.together import ControllerChoices, kubernetes_controllers
from sednactl.sandbox.node_set import NodePlan
from sednactl.scaling.controller_settings import ControllerSettings
from sednactl.surroundings import Surroundings
from tests.live.plane.api import Api
from tests.live.plane.definitions import await_definitions, install_definitions, sedna_definitions
from tests.live.plane.kubelet import make_metrics_kind
from tests.live.plane.plane import OwnPlane

if TYPE_CHECKING:
    from sednactl.sandbox.api.http import HttpFront

NODES = (NodePlan("cloud-a", False, "4", "8Gi"), NodePlan("edge-a", True, "2", "4Gi"))
PACE = Pace(start=0.5, stop=0.3, heartbeat=1.0)
CHOICES = ControllerChoices(
    nodes=NODES,
    pace=PACE,
    autoscaling=ControllerSettings(
        scale_down_window=4, cpu_initialization_period=1, initial_readiness_delay=1, sync_period=1
    ),
    node_grace=5,
    metrics_resolution=1,
)


class ApiPlane(Protocol):
    """An API server to test controllers on."""

    api: Api
    clock: Clock

    def cluster(self) -> Cluster:
        """Give the door that controllers go through."""

    def stop(self) -> None:
        """Stop everything."""


class RealPlane(OwnPlane):
    """etcd and kube-apiserver; the controller manager only inside `managed`."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        super().__init__(folder)

    def cluster(self) -> Cluster:
        return open_cluster(ClusterAccess(kubeconfig=str(self.kubeconfig)), Surroundings.of_process())

    @contextlib.contextmanager
    def managed(self) -> Iterator[None]:
        """Let the real controller manager work inside the block."""
        self._start_controllers()
        program = self._programs[-1]
        try:
            yield
        finally:
            program.stop()
            self._programs.remove(program)

    def _start(self, manager: Path | None) -> None:
        # The first steps of the whole plane; nothing that acts on its own.
        self._start_etcd()
        # Without its controller no namespace has the account that pods need.
        self._start_api_server("--disable-admission-plugins=ServiceAccount")
        await_definitions(self.api, sedna_definitions())
        for plural, kind, scope in (
            ("pods", "PodMetrics", "Namespaced"),
            ("nodes", "NodeMetrics", "Cluster"),
        ):
            make_metrics_kind(self.api, plural, kind, scope)


class SandboxPlane:
    """The sandbox's own API server, over HTTPS for the test and in the process for the controllers."""

    def __init__(self, folder: Path) -> None:
        from sednactl.sandbox.api.access import kubeconfig, new_tokens, users_by_token
        from sednactl.sandbox.api.bootstrap import furnish
        from sednactl.sandbox.api.certificates import make_certificate
        from sednactl.sandbox.api.http import HttpFront
        from sednactl.sandbox.api.server import ApiServer

        self.clock = Clock()
        self._server = ApiServer(self.clock)
        furnish(self._server)
        tokens, certificate = new_tokens(), make_certificate()
        self._front: HttpFront = HttpFront(self._server, self.clock, users_by_token(tokens), certificate)
        self._front.start()
        path = folder / "kubeconfig"
        path.write_text(kubeconfig(self._front.url, certificate.authority, tokens["admin"]))
        self.api = Api(path)
        install_definitions(self.api, sedna_definitions())

    def cluster(self) -> Cluster:
        from sednactl.sandbox.api.in_process import in_process_cluster
        from sednactl.sandbox.api.rights import ADMIN

        return in_process_cluster(self._server, ADMIN, Surroundings.of_process())

    def stop(self) -> None:
        self._front.stop()


@contextlib.contextmanager
def at_work(
    plane: ApiPlane, controllers: Callable[[Cluster, Clock], Sequence[Controller]]
) -> Iterator[list[str]]:
    """Let controllers work inside the block; gives what their runner tells. An error that ends them fails the test."""
    cluster = plane.cluster()
    said: list[str] = []
    raised: list[BaseException] = []
    runner = Runner(cluster, controllers(cluster, plane.clock), plane.clock, said.append)
    stop = threading.Event()

    def run() -> None:
        try:
            runner.run(stop)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test is to see it
            raised.append(error)

    thread = threading.Thread(target=run, name="controllers", daemon=True)
    thread.start()
    try:
        assert runner.ready.wait(60), raised
        yield said
    finally:
        stop.set()
        thread.join(30)
        cluster.close()
    if raised:
        raise raised[0]


def everything(cluster: Cluster, clock: Clock) -> Sequence[Controller]:
    """All controllers, at the tests' pace."""
    return kubernetes_controllers(cluster, clock, print, CHOICES)


def nodes_only(cluster: Cluster, clock: Clock) -> Sequence[Controller]:
    """What stands in for nodes, their scheduler and metrics beside a real controller manager."""
    metrics = Metrics(cluster, clock, print, CHOICES.metrics_resolution)
    return [Scheduler(cluster, clock), Kubelets(cluster, clock, NODES, PACE), metrics]
