"""tests/live/test_lifecycle_deletion.py, in the sandbox."""

from tests.live.test_lifecycle_deletion import *  # noqa: F403
