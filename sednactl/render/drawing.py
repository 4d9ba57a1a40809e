"""Whether a stream can carry lines and corners that ASCII lacks."""

from __future__ import annotations

from typing import TextIO


def draws_unicode(stream: TextIO) -> bool:
    """Tell whether box drawing survives the stream's encoding."""
    try:
        "├└│─".encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
