"""Fixtures: an API server in the process, and one behind HTTPS."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from sednactl.sandbox.api.bootstrap import furnish
from sednactl.sandbox.api.server import ApiServer
from sednactl.sandbox.clock import Clock
from sednactl.surroundings import Surroundings
from tests.api_contract.servers import Sandbox


@pytest.fixture
def server() -> ApiServer:
    """Give an API server with its default namespaces."""
    made = ApiServer(Clock())
    furnish(made)
    return made


@pytest.fixture
def surroundings() -> Surroundings:
    """Give surroundings without a terminal."""
    return Surroundings(io.StringIO(), io.StringIO(), io.StringIO(), {})


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """Give an API server behind HTTPS of this test's own."""
    served = Sandbox(tmp_path)
    try:
        yield served
    finally:
        served.stop()
