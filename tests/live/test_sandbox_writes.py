"""The same writes to our functions and to a real kube-apiserver: what is stored, owned and refused must be the same.

`SEDNACTL_GOLDEN=write` keeps what the server said, for the tests that run without one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from tests.live.plane.bare import BarePlane
from tests.live.plane.programs import why_no_plane
from tests.sandbox.writing.random_stories import random_story
from tests.sandbox.writing.recording import FILE, RANDOM_FILE, digests_of, line_of, recorded_random
from tests.sandbox.writing.stories import STORIES
from tests.sandbox.writing.story import Story
from tests.sandbox.writing.telling import compared, told_to_kubernetes, told_to_us

RENEW = os.environ.get("SEDNACTL_GOLDEN") == "write"
SEEDS = sorted(recorded_random()) if RENEW else range(1000, 1030)
_told: dict[str, str] = {}
_told_at_random: dict[int, list[list[str]]] = {}


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
    if RENEW and len(_told) == len(STORIES) and len(_told_at_random) == len(SEEDS):
        FILE.write_text("".join(f"{_told[story.name]}\n" for story in STORIES), "utf-8")
        lines = [json.dumps([seed, _told_at_random[seed]], separators=(",", ":")) for seed in SEEDS]
        RANDOM_FILE.write_text("".join(f"{line}\n" for line in lines), "utf-8")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_both_end_the_same_way(story: Story, bare_plane: BarePlane) -> None:
    theirs = told_to_kubernetes(story, bare_plane)
    _told[story.name] = line_of(story.name, theirs)
    assert compared(told_to_us(story), theirs) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_both_end_the_same_way_whatever_is_told(seed: int, bare_plane: BarePlane) -> None:
    story = random_story(seed)
    theirs = told_to_kubernetes(story, bare_plane)
    _told_at_random[seed] = digests_of(theirs)
    assert compared(told_to_us(story), theirs) == []
