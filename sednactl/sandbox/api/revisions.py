"""What resourceVersion in a query means, and when the server cannot do as asked."""

from __future__ import annotations

from sednactl.sandbox.api.refusal import Cause, Refusal
from sednactl.sandbox.api.requests import Request


def revision_in(request: Request) -> int | None:
    """Give the query's resourceVersion; None where there is none. Raises Refusal BadRequest for what is no number."""
    text = request.one("resourceVersion")
    if not text:
        return None
    if not text.isdigit():
        raise Refusal(
            "Invalid",
            f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax',
            causes=[
                Cause(
                    "FieldValueInvalid",
                    f'Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax',
                    "resourceVersion",
                )
            ],
        )
    return int(text)


def check_not_newer(asked: int, current: int) -> None:
    """Raise Refusal Timeout where a client knows a newer state than we have."""
    if asked > current:
        raise Refusal(
            "Timeout",
            f"Too large resource version: {asked}, current: {current}",
            causes=[Cause("ResourceVersionTooLarge", "Too large resource version")],
            retry_after=1,
        )


def check_match(request: Request) -> str:
    """Give resourceVersionMatch of a list. Raises Refusal Invalid for combinations that make no sense."""
    match = request.one("resourceVersionMatch")
    if not match:
        return ""
    problem = ""
    if match not in ("Exact", "NotOlderThan"):
        problem = f'Unsupported value: "{match}": supported values: "Exact", "NotOlderThan", ""'
    elif not request.one("resourceVersion"):
        problem = "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"
    elif request.one("continue"):
        problem = "Forbidden: resourceVersionMatch is forbidden when continue is provided"
    elif match == "Exact" and request.one("resourceVersion") == "0":
        problem = 'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
    if problem:
        reason = "FieldValueNotSupported" if problem.startswith("Unsupported") else "FieldValueForbidden"
        raise Refusal(
            "Invalid",
            f'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: {problem}',
            group="meta.k8s.io",
            kind="ListOptions",
            causes=[Cause(reason, problem, "resourceVersionMatch")],
        )
    return match
