"""tests/live/test_crds.py, in the sandbox."""

from tests.live.test_crds import *  # noqa: F403
