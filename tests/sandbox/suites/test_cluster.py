"""tests/live/test_cluster.py, in the sandbox."""

from tests.live.test_cluster import *  # noqa: F403
