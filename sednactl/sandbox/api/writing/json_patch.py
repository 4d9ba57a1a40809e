"""JSON patch (RFC 6902) as the API server applies it, by the library `jsonpatch`."""

from __future__ import annotations

import json
from typing import Any

from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.writing.pruning import whole

MOST_OPERATIONS = 10_000
MOST_COPIED = 3 * 1024 * 1024
"""Characters that all copies of one patch may add: else a few of them fill any memory."""


def json_patched(live: dict[str, Any], patch: Any) -> dict[str, Any]:
    """Give the object after a list of operations.

    Raises Refusal BadRequest for what is no patch, Invalid for operations that do not fit the object.
    """
    import jsonpatch
    import jsonpointer

    if not isinstance(patch, list) or not all(isinstance(operation, dict) for operation in patch):
        raise Refusal(
            "BadRequest",
            f"error decoding patch: json: cannot unmarshal {_word(patch)} into Go value of type []handlers.jsonPatchOp",
        )
    if len(patch) > MOST_OPERATIONS:
        raise Refusal(
            "RequestEntityTooLarge",
            f"The allowed maximum operations in a JSON patch is {MOST_OPERATIONS}, got {len(patch)}",
        )
    result = whole(live)
    copied = 0
    for operation in patch:
        if operation.get("op") == "replace" and operation.get("path") == "" and not _is_whole(operation):
            continue  # the server's library passes over this without a word
        step = whole(operation)  # what it adds becomes part of the object, which later steps change
        if operation.get("op") == "replace" and _new_field(result, str(operation.get("path", ""))):
            step["op"] = "add"  # a field that is not there is simply set
        try:
            if operation.get("op") == "copy":
                copied += _size_at(result, operation.get("from"))
                if copied > MOST_COPIED:
                    raise _refused()
            result = jsonpatch.JsonPatch([step]).apply(result, in_place=True)
        except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException):
            raise _refused() from None
    if not isinstance(result, dict):
        raise _refused()
    return result


def _is_whole(operation: dict[str, Any]) -> bool:
    return isinstance(operation.get("value"), (dict, list))


def _word(patch: Any) -> str:
    if isinstance(patch, (bool, str)):
        return "bool" if isinstance(patch, bool) else "string"
    return "number" if isinstance(patch, (int, float)) else "object"


def _new_field(document: Any, path: str) -> bool:
    """Tell whether a path names a field that its object does not have."""
    for part in path.split("/")[1:]:
        if isinstance(document, list) and part.isdigit() and int(part) < len(document):
            document = document[int(part)]
        elif isinstance(document, dict):
            name = part.replace("~1", "/").replace("~0", "~")
            if name not in document:
                return path.rpartition("/")[2] == part
            document = document[name]
        else:
            return False
    return False


def _size_at(document: Any, path: Any) -> int:
    import jsonpointer

    return len(json.dumps(jsonpointer.JsonPointer(str(path)).resolve(document)))


def _refused() -> Refusal:
    return Refusal("Invalid", "the server rejected our request due to an error in our request")
