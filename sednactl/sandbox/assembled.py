"""A whole sandbox: the API server, what a cluster with Sedna holds, and the controllers that bring it to life."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from sednactl.cluster.client import HttpCluster
from sednactl.errors import AlreadyExists
from sednactl.sandbox.api.access import kubeconfig, new_tokens, users_by_token
from sednactl.sandbox.api.bootstrap import furnish
from sednactl.sandbox.api.certificates import make_certificate
from sednactl.sandbox.api.http import HttpFront
from sednactl.sandbox.api.in_process import in_process_cluster
from sednactl.sandbox.api.requests import User
from sednactl.sandbox.api.rights import ADMIN, SEDNA_GM
from sednactl.sandbox.api.server import ApiServer
from sednactl.sandbox.api.snapshot import Kept, restore
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.global_manager.faults import Faults
from sednactl.sandbox.controllers.global_manager.installation import installation
from sednactl.sandbox.controllers.global_manager.local_controller import LocalController
from sednactl.sandbox.controllers.global_manager.process import GlobalManager
from sednactl.sandbox.controllers.global_manager.rendering import Release
from sednactl.sandbox.controllers.running import Controller, Runner
from sednactl.sandbox.controllers.together import ControllerChoices, kubernetes_controllers
from sednactl.sandbox.controllers.world import World
from sednactl.sandbox.edge_mesh import edge_mesh
from sednactl.sandbox.faults import usual_faults
from sednactl.sedna.kinds import SEDNA_KINDS
from sednactl.sedna.releases import release_named
from sednactl.sedna.resources import CLUSTER_ROLE, CRD, DEPLOYMENT, POD
from sednactl.surroundings import Surroundings
from sednactl.validation.crd import crd_of

_ENDS_WITHIN = 5.0


class Sandbox:
    """One sandbox in this process. `tell` takes the lines of its log; call `start`, and `stop` at the end.

    `kept` is the state of an earlier one, which it goes on from; the clock has to
    go on from there, too. `ended` is called when controllers ended by a fault: a
    cluster without them only looks alive.
    """

    def __init__(
        self,
        clock: Clock,
        tell: Callable[[str], None],
        *,
        release: Release = "0.7",
        faults: Faults | None = None,
        choices: ControllerChoices | None = None,
        port: int = 0,
        kept: Kept | None = None,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._tell = tell
        self._ended = ended
        self._release: Release = release
        self._faults = faults or usual_faults()
        self._choices = choices or ControllerChoices()
        self.server = ApiServer(clock)
        if kept is not None:
            restore(self.server.state, kept)
        tokens = new_tokens()
        certificate = make_certificate()
        self._front = HttpFront(self.server, clock, users_by_token(tokens), certificate, port)
        self.kubeconfigs = {
            user: kubeconfig(self._front.url, certificate.authority, token) for user, token in tokens.items()
        }
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        """Give the API server's URL."""
        return self._front.url

    def start(self) -> None:
        """Furnish the cluster and bring it to life; once this returns, it answers."""
        furnish(self.server)
        admin = self.cluster(ADMIN)
        for kind in SEDNA_KINDS:
            with suppress(AlreadyExists):  # the state was kept
                admin.create(CRD, crd_of(kind.kind, release_named(self._release)))
        self._install_sedna(admin)
        self._run("controllers", kubernetes_controllers(admin, self._clock, self._tell, self._choices), admin)
        manager = self.cluster(SEDNA_GM)
        # Of autoscalers its stored role decides, which can be mended.
        faults = replace(self._faults, missing_rbac=False)
        sedna = GlobalManager(
            manager, self._clock, self._tell, release=self._release, faults=faults, node=admin
        )
        local = LocalController(admin, self._clock)
        self._run("sedna", [sedna, local], manager, World(labelled=(POD, DEPLOYMENT)))
        self._front.start()

    def stop(self) -> None:
        """End every controller, and every watch of a client."""
        self._stop.set()
        for thread in self._threads:
            thread.join(_ENDS_WITHIN)
        self._front.stop()

    def _install_sedna(self, admin: HttpCluster) -> None:
        """Apply Sedna's objects. A role without the rule for autoscalers is not put over one that was mended."""
        for resource, content in installation(self._release, autoscaling=not self._faults.missing_rbac):
            if resource == CLUSTER_ROLE and self._faults.missing_rbac:
                with suppress(AlreadyExists):
                    admin.create(resource, content)
            else:
                admin.apply(resource, content, force=True)
        for resource, content in edge_mesh():
            admin.apply(resource, content, force=True)

    def cluster(self, user: User) -> HttpCluster:
        """Give the cluster as seen by one user of this process."""
        nothing = io.StringIO()
        surroundings = Surroundings(nothing, nothing, nothing, {}, now=self._clock.now)
        return in_process_cluster(self.server, user, surroundings)

    def _run(
        self, name: str, controllers: Sequence[Controller], cluster: HttpCluster, world: World | None = None
    ) -> None:
        runner = Runner(cluster, controllers, self._clock, self._tell, world)

        def work() -> None:
            try:
                runner.run(self._stop)
            finally:
                if not self._stop.is_set():
                    self._tell(f"{name} ended by a fault")
                    self._ended()

        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)
