"""Values in the words of Go, as they stand in Kubernetes' messages."""

from __future__ import annotations

import json
from typing import Any


class GoText(str):
    """A value that is shown as it stands: already in the words of Go."""

    __slots__ = ()


def shown(value: Any) -> str:
    """Give a value as Go's messages show it."""
    if value is None:
        return '"null"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, GoText):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return go_syntax(value)


def go_syntax(value: Any) -> str:
    """Give plain JSON data in Go's own notation, as `%#v` prints it."""
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, dict):
        inside = ", ".join(f"{json.dumps(key)}:{go_syntax(value[key])}" for key in sorted(value))
        return f"map[string]interface {{}}{{{inside}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(go_syntax(item) for item in value)}}}"
    return shown(value)


def go_words(value: Any) -> str:
    """Give plain JSON data as Go prints it by default, e.g. map[spec:map[foo:1]]."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{go_words(item)}" for key, item in sorted(value.items())) + "]"
    if isinstance(value, list):
        return "[" + " ".join(go_words(item) for item in value) + "]"
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)
