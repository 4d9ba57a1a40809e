"""JSON for people and programs alike: readable beyond ASCII, but with nothing in it that drives a terminal."""

from __future__ import annotations

import json
from typing import Any

_ESCAPES = {
    code: f"\\u{code:04x}"
    for code in (*range(0x7F, 0xA0), 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
}
"""Control characters that JSON itself lets stand, and what turns the direction of the text around."""


def json_text(value: Any, indent: int = 2, *, strict: bool = False) -> str:
    """Write a value as JSON with a newline behind it. With `strict` ValueError is raised for a number that JSON has not."""
    # Outside of strings no such character can occur, and within them the escape means the same.
    return (
        json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=not strict).translate(_ESCAPES) + "\n"
    )
