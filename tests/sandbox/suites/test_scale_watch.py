"""tests/live/test_scale_watch.py, in the sandbox."""

from tests.live.test_scale_watch import *  # noqa: F403
