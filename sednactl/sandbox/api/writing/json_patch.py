"""JSON patch (RFC 6902) as the API server applies it, by the library `jsonpatch`."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.api.refusal import Cause, Refusal

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
            "error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch",
        )
    if len(patch) > MOST_OPERATIONS:
        raise Refusal(
            "RequestEntityTooLarge",
            f"The allowed maximum operations in a JSON patch is {MOST_OPERATIONS}, got {len(patch)}",
        )
    try:
        result = jsonpatch.JsonPatch(patch).apply(live)
    except jsonpatch.JsonPatchTestFailed:
        path = next((str(step.get("path")) for step in patch if step.get("op") == "test"), "")
        raise _refused(f"testing value {path} failed: test failed") from None
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException) as error:
        raise _refused(_worded(patch, str(error))) from None
    if not isinstance(result, dict):
        raise _refused("the patched document is no object")
    return result


def _worded(patch: list[dict[str, Any]], why: str) -> str:
    for operation in patch:
        word, path = operation.get("op"), operation.get("path")
        if word not in ("add", "remove", "replace", "move", "copy", "test"):
            return f"Unexpected kind: {word}"
        if word in ("remove", "replace") and ("exist" in why or "not found" in why):
            doing = (
                "remove operation does not apply: doc is missing path"
                if word == "remove"
                else "replace operation does not apply: doc is missing path"
            )
            return f'{doing}: "{path}": missing value'
    return why


def _refused(why: str) -> Refusal:
    message = "the server rejected our request due to an error in our request"
    return Refusal("Invalid", message, causes=[Cause("", why)])
