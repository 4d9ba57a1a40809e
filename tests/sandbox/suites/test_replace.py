"""tests/live/test_replace.py, in the sandbox."""

from tests.live.test_replace import *  # noqa: F403
