"""tests/live/test_events_and_logs.py, in the sandbox."""

from tests.live.test_events_and_logs import *  # noqa: F403
