"""The two servers of the contract: the sandbox, and etcd with kube-apiserver and nothing else."""

from __future__ import annotations

from pathlib import Path

from sednactl.sandbox.api.access import kubeconfig, new_tokens, users_by_token
from sednactl.sandbox.api.bootstrap import furnish
from sednactl.sandbox.api.certificates import make_certificate
from sednactl.sandbox.api.http import HttpFront
from sednactl.sandbox.api.server import ApiServer
from sednactl.sandbox.clock import Clock
from tests.api_contract.raw import Raw, raw_of
from tests.live.plane.definitions import await_definitions, sedna_definitions
from tests.live.plane.plane import OwnPlane


class Sandbox:
    """An API server of the sandbox behind HTTPS, without controllers."""

    def __init__(self, folder: Path) -> None:
        clock = Clock()
        self.server = ApiServer(clock)
        furnish(self.server)
        tokens, certificate = new_tokens(), make_certificate()
        self.front = HttpFront(self.server, clock, users_by_token(tokens), certificate)
        self.front.start()
        self.kubeconfigs: dict[str, Path] = {}
        for name, token in tokens.items():
            path = folder / f"{name}.kubeconfig"
            path.write_text(kubeconfig(self.front.url, certificate.authority, token))
            self.kubeconfigs[name] = path
        self.raw: Raw = raw_of(self.kubeconfigs["admin"], False, self.kubeconfigs)
        self.raw.forget = self.server.state.store.compact

    def stop(self) -> None:
        self.front.stop()


class BarePlane(OwnPlane):
    """etcd and kube-apiserver with Sedna's CRDs: no controller that would answer to what a test does."""

    def _start(self, manager: Path | None) -> None:
        self._start_etcd()
        self._start_api_server()
        await_definitions(self.api, sedna_definitions())

    @property
    def raw(self) -> Raw:
        return raw_of(self.kubeconfig, True, {"nobody": self.kubeconfig_of("nobody")})
