"""Words that Go's standard library puts into the API server's messages."""

from __future__ import annotations

import json
import re

_SHOWN = 1024


def json_error(data: bytes) -> str:
    """Say what is wrong with JSON, as encoding/json does."""
    text = data.decode("utf-8", "replace")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
            return "unexpected end of JSON input"
        where = {
            "Expecting property name enclosed in double quotes": "looking for beginning of object key string",
            "Expecting ':' delimiter": "after object key",
            "Extra data": "after top-level value",
        }.get(error.msg, "looking for beginning of value")
        if error.msg.startswith("Expecting ',' delimiter"):
            where = "after object key:value pair"
        return f"invalid character '{text[error.pos]}' {where}"
    except RecursionError:
        return "exceeded max depth"
    return "invalid JSON"


def shown(data: bytes) -> str:
    """Show a body that could not be read: as it is where it looks like an object, else as hexadecimal digits."""
    if not data.strip():
        return "<empty>"
    if re.match(rb"\s*\{", data):
        return data[:_SHOWN].decode("utf-8", "replace")
    return data[:_SHOWN].hex()
