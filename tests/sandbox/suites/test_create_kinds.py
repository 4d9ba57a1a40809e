"""tests/live/test_create_kinds.py, in the sandbox."""

from tests.live.test_create_kinds import *  # noqa: F403
