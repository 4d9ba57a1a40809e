"""tests/live/test_promises.py, in the sandbox."""

from tests.live.test_promises import *  # noqa: F403
