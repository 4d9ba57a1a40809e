"""tests/live/test_repair.py, in the sandbox."""

from tests.live.test_repair import *  # noqa: F403
