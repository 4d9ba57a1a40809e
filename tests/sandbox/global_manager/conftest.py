"""The real Global Manager and the sandbox's on one cluster, each in a namespace of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from sednactl.cluster.addresses import path_of
from sednactl.cluster.door import Cluster
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.global_manager.installation import installation
from sednactl.sandbox.controllers.running import Controller
from sednactl.sandbox.controllers.together import kubernetes_controllers
from sednactl.sandbox.node_set import NodePlan
from sednactl.sedna.resources import CLUSTER_ROLE, CLUSTER_ROLE_BINDING
from tests.live.plane.api import Api, eventually
from tests.live.plane.plane import OwnPlane, find_program_beside, service_account_exists
from tests.live.plane.programs import why_no_plane
from tests.sandbox.controllers.planes import CHOICES, SandboxPlane, at_work
from tests.sandbox.global_manager.both import Both

NODES = (NodePlan("cloud-node", False, "16", "32Gi"), NodePlan("edge-node", True, "16", "32Gi"))


def _give_shipped_rights(api: Api) -> None:
    """Create Sedna's role, with the rule for autoscalers, which nothing but tests of itself can do without."""
    for resource, manifest in installation(autoscaling=True, local_controllers=False):
        if resource in (CLUSTER_ROLE, CLUSTER_ROLE_BINDING):
            api.expect("POST", path_of(resource, None), manifest)


class _RealCluster(OwnPlane):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder, with_global_manager=False)

    def wait_for_pods_in(self, namespace: str) -> None:
        eventually(lambda: service_account_exists(self.api, namespace), what="service account")


class _SandboxCluster(SandboxPlane):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.kubeconfig = folder / "kubeconfig"

    def wait_for_pods_in(self, namespace: str) -> None:
        """Do nothing: here pods need no service account."""


def everything_else(cluster: Cluster, clock: Clock) -> Sequence[Controller]:
    """Give all controllers of a cluster but Sedna's."""
    return kubernetes_controllers(cluster, clock, print, replace(CHOICES, nodes=NODES))


@pytest.fixture(scope="module", params=["sandbox", pytest.param("real", marks=pytest.mark.live)])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Give the two at work; skips where the real Global Manager, or a real cluster's programs, are missing."""
    if find_program_beside("sedna-gm") is None:
        pytest.skip("no sedna-gm beside the control plane's programs")
    folder = tmp_path_factory.mktemp("both")
    with contextlib.ExitStack() as stack:
        plane: _RealCluster | _SandboxCluster
        if request.param == "real":
            reason = why_no_plane()
            if reason:
                pytest.skip(reason)
            plane = _RealCluster(folder / "plane")
            stack.callback(plane.stop)
        else:
            plane = _SandboxCluster(folder)
            stack.callback(plane.stop)
            stack.enter_context(at_work(plane, everything_else))
        _give_shipped_rights(plane.api)
        both = Both(plane, folder)
        stack.callback(both.stop)
        yield both
