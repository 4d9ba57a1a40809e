"""tests/live/test_verdicts.py, in the sandbox."""

from tests.live.test_verdicts import *  # noqa: F403
