"""tests/live/test_ghosts.py, in the sandbox."""

from tests.live.test_ghosts import *  # noqa: F403
