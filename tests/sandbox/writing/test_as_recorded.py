"""Our functions end every story as a real kube-apiserver did when it was recorded."""

from __future__ import annotations

import pytest

from tests.sandbox.writing.recording import recorded
from tests.sandbox.writing.stories import STORIES
from tests.sandbox.writing.story import Story
from tests.sandbox.writing.telling import compared, told_to_us


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_ends_as_recorded(story: Story) -> None:
    assert compared(told_to_us(story), recorded()[story.name]) == []


def test_nothing_recorded_is_left_untold() -> None:
    assert set(recorded()) == {story.name for story in STORIES}
