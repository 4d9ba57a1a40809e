"""The same writes to our functions and to a real kube-apiserver: what is stored, owned and refused must be the same."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.live.plane.bare import BarePlane
from tests.live.plane.programs import why_no_plane
from tests.sandbox.writing.recording import FILE, line_of
from tests.sandbox.writing.stories import STORIES
from tests.sandbox.writing.story import Story
from tests.sandbox.writing.telling import compared, told_to_kubernetes, told_to_us

_told: dict[str, str] = {}


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
    if os.environ.get("SEDNACTL_GOLDEN") == "write" and len(_told) == len(STORIES):
        FILE.write_text("".join(f"{_told[story.name]}\n" for story in STORIES), "utf-8")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_both_end_the_same_way(story: Story, bare_plane: BarePlane) -> None:
    theirs = told_to_kubernetes(story, bare_plane)
    _told[story.name] = line_of(story.name, theirs)
    assert compared(told_to_us(story), theirs) == []
