"""Applies the three kinds of patch that are no server-side apply."""

from __future__ import annotations

import json
from typing import Any

from sednactl.sandbox.api.refusal import Cause, Refusal
from sednactl.sandbox.api.writing.json_patch import json_patched
from sednactl.sandbox.api.writing.merge_patch import merge_patched
from sednactl.sandbox.api.writing.strategic_merge import go_words, strategic_patched
from sednactl.sandbox.api.writing.structure import Structure

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
        if " of type " in why and why.startswith("json: cannot unmarshal"):
            why = f"unrecognized type: {why.rpartition(' of type ')[2]}"
    else:
        shown = json.dumps(patched, separators=(",", ":"), ensure_ascii=False)
    body = f"Invalid value: {json.dumps(shown, ensure_ascii=False)}: {why}"
    return Refusal(
        "Invalid", f' "" is invalid: patch: {body}', causes=[Cause("FieldValueInvalid", body, "patch")]
    )


def _word(value: Any) -> str:
    for kind, word in ((bool, "bool"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return word
    return "number"
