"""Applies the three kinds of patch that are no server-side apply."""

from __future__ import annotations

import json
import re
from typing import Any

from sednactl.sandbox.api.refusal import Cause, Refusal
from sednactl.sandbox.api.writing.go_words import go_words
from sednactl.sandbox.api.writing.json_patch import json_patched
from sednactl.sandbox.api.writing.merge_patch import merge_patched
from sednactl.sandbox.api.writing.strategic_merge import strategic_patched
from sednactl.sandbox.api.writing.structure import Structure, is_builtin_type

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json"


def apply_patch(live: dict[str, Any], patch: Any, content_type: str, structure: Structure) -> dict[str, Any]:
    """Give the live object after a patch; the caller admits and validates the result.

    Raises Refusal: UnsupportedMediaType for strategic merges of custom kinds and unknown types,
    BadRequest for malformed patches, Invalid for JSON patches that do not fit the object.
    """
    if content_type == JSON_PATCH:
        return json_patched(live, patch)
    if content_type == MERGE_PATCH or (content_type == STRATEGIC_MERGE_PATCH and structure.builtin):
        if not isinstance(patch, dict):
            raise Refusal(
                "BadRequest",
                f"error decoding patch: json: cannot unmarshal {_word(patch)} into Go value of type map[string]interface {{}}",
            )
        if content_type == MERGE_PATCH:
            merged: dict[str, Any] = merge_patched(live, patch)
            return merged
        return strategic_patched(structure.root, live, patch)
    served = [
        JSON_PATCH,
        MERGE_PATCH,
        *([STRATEGIC_MERGE_PATCH] if structure.builtin else ()),
        "application/apply-patch+yaml",
    ]
    raise Refusal(
        "UnsupportedMediaType",
        f"the body of the request was in an unknown format - accepted media types include: {', '.join(served)}",
    )


def refused_patch(
    refusal: Refusal, patch: Any, patched: dict[str, Any], content_type: str, structure: Structure
) -> Refusal:
    """Give the refusal of a patch whose result `admit` refused: an invalid patch (422), not a bad request.

    A strategic merge shows the patch, the others the whole patched object.
    """
    why = refusal.message.removeprefix(
        f'{structure.kind} in version "{structure.version}" cannot be handled as a {structure.kind}: '
    )
    if content_type == STRATEGIC_MERGE_PATCH:
        shown = go_words(patch)
        why = _restored(why)
    else:
        ordered = not structure.builtin
        shown = json.dumps(patched, separators=(",", ":"), ensure_ascii=False, sort_keys=ordered)
    body = f"Invalid value: {json.dumps(shown, ensure_ascii=False)}: {why}"
    return Refusal(
        "Invalid", f' "" is invalid: patch: {body}', causes=[Cause("FieldValueInvalid", body, "patch")]
    )


_KINDS = {"number": "int64", "string": "string", "bool": "bool", "array": "slice", "object": "map"}
_UNREADABLE = re.compile(r"json: cannot unmarshal (\w+) into .* of type (.+)\Z")


def _restored(why: str) -> str:
    """Give in the words of a strategic merge, which decodes no JSON, why a value does not fit its Go type."""
    match = _UNREADABLE.match(why)
    if match is None:
        return why
    value, wanted = _KINDS.get(match[1], match[1]), match[2]
    if wanted.startswith("map["):
        return f"cannot restore map from {value}"
    if wanted.startswith("[]"):
        return f"cannot restore slice from {value}"
    if is_builtin_type(wanted):
        return f"cannot restore struct from: {value}"
    if wanted == "string" and value == "int64":
        return "cannot convert int64 to string"
    return f"unrecognized type: {wanted}"


def _word(value: Any) -> str:
    for kind, word in ((bool, "bool"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return word
    return "number"
