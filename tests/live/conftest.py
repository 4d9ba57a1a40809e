"""Fixtures of the tests that need a real control plane.

    plane       the control plane: .kubeconfig, .has_global_manager, .kubectl(...), .api(...), .own,
                .kubeconfig_of("nobody"), .offline("edge-node"), .frozen(), .restart_api_server()
    namespace   a fresh namespace, removed afterwards
    sednactl    runs the installed command against the plane
    load        sets how much CPU pods use, for the autoscaler to see

They skip, saying why, where the programs are missing. SEDNACTL_TEST_KUBECONFIG
names a plane that already runs; else one is started for the tests here.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest

from tests.command import BIN, CompletedRun, clean_environment
from tests.live.plane.api import eventually
from tests.live.plane.plane import ForeignPlane, OwnPlane, Plane
from tests.live.plane.programs import why_no_plane
from tests.warm import WarmCommand

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as live."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="package")  # not longer: an idle control plane takes a fifth of a core
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """Give the control plane: the one that SEDNACTL_TEST_KUBECONFIG names, else one of our own."""
    running = os.environ.get("SEDNACTL_TEST_KUBECONFIG")
    if running:
        yield ForeignPlane(Path(running))
        return
    reason = why_no_plane()
    if reason:
        pytest.skip(reason)
    own = OwnPlane(tmp_path_factory.mktemp("plane"))
    try:
        yield own
    finally:
        own.stop()


@pytest.fixture
def namespace(plane: Plane) -> Iterator[str]:
    """Give a namespace of this test's own in which pods can be made; it is removed afterwards."""
    name = f"test-{secrets.token_hex(4)}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    plane.api.expect("POST", "/api/v1/namespaces", body)
    eventually(lambda: plane.takes_pods(name), what="default service account")
    try:
        yield name
    finally:
        plane.api("DELETE", f"/api/v1/namespaces/{name}")


class Sednactl(Protocol):
    """`sednactl("get", "-n", namespace)`; `environ` adds variables, None removes one."""

    def __call__(
        self,
        *arguments: str,
        input: str | bytes | None = None,
        timeout: float = 60,
        environ: Mapping[str, str | None] | None = None,
    ) -> CompletedRun: ...


@pytest.fixture
def sednactl(plane: Plane, warm_command: WarmCommand, tmp_path: Path) -> Sednactl:
    """Run the installed command against the plane, with an empty home, without the cost of its start."""

    def run(
        *arguments: str,
        input: str | bytes | None = None,
        timeout: float = 60,
        environ: Mapping[str, str | None] | None = None,
    ) -> CompletedRun:
        extra = {"KUBECONFIG": str(plane.kubeconfig), **(environ or {})}
        return warm_command.run(
            [str(BIN / "sednactl"), *arguments],
            environment=clean_environment(tmp_path / "home", extra),
            cwd=tmp_path,
            input=input,
            timeout=timeout,
        )

    return run


class SetLoad(Protocol):
    """`load(namespace, "helmet-deployment-cloud", 900)`: CPU in millicores, shared by those pods; None for idle."""

    def __call__(self, namespace: str, pod_prefix: str, total_millicores: int | None) -> None: ...


@pytest.fixture
def load(plane: Plane) -> Iterator[SetLoad]:
    """Set CPU usage of pods by prefix; all is idle again after the test."""
    touched: set[tuple[str, str]] = set()

    def set_load(namespace: str, pod_prefix: str, total_millicores: int | None) -> None:
        touched.add((namespace, pod_prefix))
        plane.set_load(namespace, pod_prefix, total_millicores)

    yield set_load
    for namespace, pod_prefix in touched:
        plane.set_load(namespace, pod_prefix, None)
