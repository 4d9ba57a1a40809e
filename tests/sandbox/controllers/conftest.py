"""Fixtures: an API server for controllers to work on, real where its programs are, and always the sandbox's."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from tests.live.plane.programs import why_no_plane
from tests.sandbox.controllers.planes import (
    ApiPlane,
    RealPlane,
    SandboxPlane,
    at_work,
    everything,
    nodes_only,
)


@pytest.fixture(scope="session")
def real_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPlane]:
    """Give a real API server without controllers."""
    reason = why_no_plane()
    if reason:
        pytest.skip(reason)
    plane = RealPlane(tmp_path_factory.mktemp("real-plane"))
    try:
        yield plane
    finally:
        plane.stop()


@pytest.fixture(
    scope="module",
    params=[
        "sandbox",
        pytest.param("real", marks=pytest.mark.live),
        pytest.param("managed", marks=pytest.mark.live),
    ],
)
def plane(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiPlane]:
    """Give an API server with all our controllers at work; `managed`: the real ones, so that a test says what is true."""
    if request.param != "sandbox":
        real: RealPlane = request.getfixturevalue("real_plane")
        managed = request.param == "managed"
        with (
            real.managed() if managed else nullcontext(),
            at_work(real, nodes_only if managed else everything),
        ):
            yield real
        return
    sandbox = SandboxPlane(tmp_path_factory.mktemp("sandbox-plane"))
    try:
        with at_work(sandbox, everything):
            yield sandbox
    finally:
        sandbox.stop()


@pytest.fixture
def namespace(plane: ApiPlane) -> Iterator[str]:
    """Give a namespace of this test's own; it is deleted afterwards."""
    name = f"test-{secrets.token_hex(4)}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    plane.api.expect("POST", "/api/v1/namespaces", body)
    yield name
    plane.api("DELETE", f"/api/v1/namespaces/{name}")
