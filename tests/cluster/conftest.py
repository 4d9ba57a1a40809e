"""Fixtures of the tests of the cluster's door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.stub import StubServer


@pytest.fixture
def stub() -> Iterator[StubServer]:
    """Give a running stub API server over TLS."""
    with StubServer() as server:
        yield server
