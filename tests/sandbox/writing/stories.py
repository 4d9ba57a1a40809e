"""All stories of writes."""

from __future__ import annotations

from tests.sandbox.writing.stories_refused import REFUSED
from tests.sandbox.writing.stories_stored import STORED

STORIES = STORED + REFUSED
