"""tests/live/test_lifecycle.py, in the sandbox."""

from tests.live.test_lifecycle import *  # noqa: F403
