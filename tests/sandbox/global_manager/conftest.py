"""The real Global Manager and the sandbox's on one control plane, each in a namespace of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.plane.api import eventually
from tests.live.plane.global_manager import OurGlobalManager
from tests.live.plane.plane import OwnPlane, find_program_beside, service_account_exists
from tests.live.plane.programs import why_no_plane
from tests.sandbox.global_manager.both import OURS, REAL, Both


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Give the two at work; skips where the control plane's programs or the real Global Manager are missing."""
    reason = why_no_plane()
    if reason:
        pytest.skip(reason)
    if find_program_beside("sedna-gm") is None:
        pytest.skip("no sedna-gm beside the control plane's programs")
    plane = OwnPlane(tmp_path_factory.mktemp("both"), with_global_manager=False)
    ours = OurGlobalManager(plane.kubeconfig, namespace=OURS)
    try:
        for namespace in (REAL, OURS):
            body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
            plane.api.expect("POST", "/api/v1/namespaces", body)
            eventually(lambda name=namespace: service_account_exists(plane.api, name), what="service account")
        real = plane.start_real_global_manager(REAL)
        ours.start()
        yield Both(plane, real, ours)
    finally:
        ours.stop()
        plane.stop()
