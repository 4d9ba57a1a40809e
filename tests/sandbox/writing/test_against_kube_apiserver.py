"""The same writes to our functions and to a real kube-apiserver: what is stored, owned and refused must be the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.plane.programs import why_no_plane
from tests.sandbox.writing.bare_plane import BarePlane
from tests.sandbox.writing.stories import REFUSED, STORED, Story
from tests.sandbox.writing.telling import compared, told_to_kubernetes, told_to_us

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def bare_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BarePlane]:
    reason = why_no_plane()
    if reason:
        pytest.skip(reason)
    plane = BarePlane(tmp_path_factory.mktemp("bare"))
    try:
        yield plane
    finally:
        plane.stop()


@pytest.mark.parametrize("story", STORED + REFUSED, ids=lambda story: story.name)
def test_both_end_the_same_way(story: Story, bare_plane: BarePlane) -> None:
    assert compared(told_to_us(story), told_to_kubernetes(story, bare_plane)) == []
