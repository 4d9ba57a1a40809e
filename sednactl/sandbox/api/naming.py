"""Names the server gives: UIDs, and names generated from a prefix."""

from __future__ import annotations

import random
import uuid

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_SUFFIX = 5
_LONGEST = 63


def new_uid() -> str:
    """Give a fresh UID."""
    return str(uuid.uuid4())


def generated(prefix: str) -> str:
    """Give a name from metadata.generateName: five letters that spell nothing, within 63 in all."""
    ending = "".join(random.choices(_LETTERS, k=_SUFFIX))  # noqa: S311 - a name, no secret
    return prefix[: _LONGEST - _SUFFIX] + ending
