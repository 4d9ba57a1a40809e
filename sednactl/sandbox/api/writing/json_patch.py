"""JSON patch (RFC 6902) as the API server applies it, by the library `jsonpatch`."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.refusal import Refusal
from sednactl.sandbox.api.writing.pruning import whole

MOST_OPERATIONS = 10_000


def json_patched(live: dict[str, Any], patch: Any) -> dict[str, Any]:
    """Give the object after a list of operations.

    Raises Refusal BadRequest for what is no patch, Invalid for operations that do not fit the object.
    """
    import jsonpatch
    import jsonpointer

    if not isinstance(patch, list) or not all(isinstance(operation, dict) for operation in patch):
        raise Refusal(
            "BadRequest",
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
        )
    if len(patch) > MOST_OPERATIONS:
        raise Refusal(
            "RequestEntityTooLarge",
            f"The allowed maximum operations in a JSON patch is {MOST_OPERATIONS}, got {len(patch)}",
        )
    result = whole(live)
    for operation in patch:
        step = operation
        if operation.get("op") == "replace" and _new_field(result, str(operation.get("path", ""))):
            step = {**operation, "op": "add"}  # a field that is not there is simply set
        try:
            result = jsonpatch.JsonPatch([step]).apply(result, in_place=True)
        except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException):
            raise _refused() from None
    if not isinstance(result, dict):
        raise _refused()
    return result


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


def _refused() -> Refusal:
    return Refusal("Invalid", "the server rejected our request due to an error in our request")
