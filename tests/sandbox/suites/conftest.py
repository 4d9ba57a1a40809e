"""The suites of tests/live with the sandbox as their cluster: same tests, same fixtures, another plane."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.conftest import load, namespace, sednactl
from tests.live.plane.plane import Plane
from tests.live.plane.sandbox_plane import SandboxPlane

__all__ = ["load", "namespace", "plane", "sednactl"]


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """Give a sandbox of this test session."""
    sandbox = SandboxPlane(tmp_path_factory.mktemp("sandbox"))
    try:
        yield sandbox
    finally:
        sandbox.stop()
