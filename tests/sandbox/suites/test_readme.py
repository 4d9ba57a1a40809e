"""tests/live/test_readme.py, in the sandbox."""

from tests.live.test_readme import *  # noqa: F403
