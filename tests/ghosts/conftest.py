"""Fixtures of the ghosts' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.stub import StubServer
from tests.ghosts.command import Park


@pytest.fixture
def park(tmp_path: Path) -> Iterator[Park]:
    with StubServer(tls=False) as server:
        yield Park(server, tmp_path)
