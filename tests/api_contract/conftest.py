"""Fixtures of the contract.

api         a raw client of the sandbox, and of a real kube-apiserver where its programs are
namespace   a fresh namespace with the service account that pods need
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from tests.api_contract.raw import Raw
from tests.api_contract.servers import BarePlane, Sandbox
from tests.live.plane.definitions import install_definitions, sedna_definitions
from tests.live.plane.programs import why_no_plane


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Give the sandbox's API server with Sedna's CRDs."""
    from tests.live.plane.api import Api

    served = Sandbox(tmp_path_factory.mktemp("sandbox"))
    try:
        install_definitions(Api(served.kubeconfigs["admin"]), sedna_definitions())
        yield served
    finally:
        served.stop()


@pytest.fixture(scope="package")  # not longer: an idle one takes a part of a core
def bare_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BarePlane]:
    """Give a real kube-apiserver; skips where its programs are missing."""
    reason = why_no_plane()
    if reason:
        pytest.skip(reason)
    plane = BarePlane(tmp_path_factory.mktemp("plane"))
    try:
        yield plane
    finally:
        plane.stop()


@pytest.fixture(params=["sandbox", pytest.param("real", marks=pytest.mark.live)])
def api(request: pytest.FixtureRequest) -> Raw:
    """Give a raw client of each server in turn, as its administrator."""
    if request.param == "sandbox":
        served: Sandbox = request.getfixturevalue("sandbox")
        return served.raw
    plane: BarePlane = request.getfixturevalue("bare_plane")
    return plane.raw


@pytest.fixture
def namespace(api: Raw) -> str:
    """Give a namespace of this test's own; nothing removes it, as no controller runs."""
    name = f"contract-{secrets.token_hex(4)}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    assert api.post("/api/v1/namespaces", body).status == 201
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
    assert api.post(f"/api/v1/namespaces/{name}/serviceaccounts", account).status in (
        201,
        409,
    )  # the sandbox makes it
    return name
