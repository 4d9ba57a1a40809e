"""JSON merge patch, RFC 7386."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.writing.pruning import whole


def merge_patched(live: Any, patch: Any) -> Any:
    """Give the value after a merge patch: maps merge, null deletes, all else replaces."""
    if type(patch) is not dict:
        return whole(patch)
    result = {key: whole(item) for key, item in live.items()} if type(live) is dict else {}
    for key, item in patch.items():
        if item is None:
            result.pop(key, None)
        else:
            result[key] = merge_patched(result.get(key), item)
    return result
