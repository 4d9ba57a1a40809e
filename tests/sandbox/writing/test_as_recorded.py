"""Our functions end every story as a real kube-apiserver did when it was recorded."""

from __future__ import annotations

import pytest

from tests.sandbox.writing.random_stories import random_story
from tests.sandbox.writing.recording import digests_of, recorded, recorded_random
from tests.sandbox.writing.stories import STORIES
from tests.sandbox.writing.story import Story
from tests.sandbox.writing.telling import compared, told_to_us


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_ends_as_recorded(story: Story) -> None:
    assert compared(told_to_us(story), recorded()[story.name]) == []


def test_nothing_recorded_is_left_untold() -> None:
    assert set(recorded()) == {story.name for story in STORIES}


@pytest.mark.parametrize("seed", recorded_random())
def test_ends_as_recorded_whatever_is_told(seed: int) -> None:
    assert digests_of(told_to_us(random_story(seed))) == recorded_random()[seed]
