"""A cluster that only serves, for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crds.bare_cluster import BareCluster, bare_cluster


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[BareCluster]:
    """Give an API server without any of Sedna's definitions."""
    with bare_cluster(tmp_path) as cluster:
        yield cluster
