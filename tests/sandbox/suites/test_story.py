"""tests/live/test_story.py, in the sandbox."""

from tests.live.test_story import *  # noqa: F403
