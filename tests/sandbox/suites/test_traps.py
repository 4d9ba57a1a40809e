"""tests/live/test_traps.py, in the sandbox; Sedna as it is shipped is a sandbox with all its faults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.shipped import ShippedInSandbox, ShippedSedna
from tests.live.test_traps import *  # noqa: F403


@pytest.fixture(scope="module")  # type: ignore[no-redef]
def shipped(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ShippedSedna]:
    """Give a sandbox with every fault that Sedna 0.7.0 is shipped with."""
    made = ShippedInSandbox(tmp_path_factory.mktemp("shipped"))
    try:
        yield made
    finally:
        made.stop()
