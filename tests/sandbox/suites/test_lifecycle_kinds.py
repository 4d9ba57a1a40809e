"""tests/live/test_lifecycle_kinds.py, in the sandbox."""

from tests.live.test_lifecycle_kinds import *  # noqa: F403
