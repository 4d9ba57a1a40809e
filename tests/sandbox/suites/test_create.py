"""tests/live/test_create.py, in the sandbox."""

from tests.live.test_create import *  # noqa: F403
