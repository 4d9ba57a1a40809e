"""What resourceVersion in a query means, and when the server cannot do as asked."""

from __future__ import annotations

from sednactl.sandbox.api.refusal import Cause, Refusal
from sednactl.sandbox.api.requests import Request


def revision_in(request: Request) -> int | None:
    """Give the query's resourceVersion; None where there is none. Raises Refusal for what is no number."""
    text = request.one("resourceVersion")
    if not text:
        return None
    if not text.isdigit():
        why = f'strconv.ParseUint: parsing "{text}": invalid syntax'
        raise Refusal("", f'resourceVersion: Invalid value: "{text}": {why}')
    return int(text)


def check_not_newer(asked: int, current: int) -> None:
    """Raise Refusal Timeout where a client knows a newer state than we have."""
    if asked > current:
        raise Refusal(
            "Timeout",
            f"Timeout: Too large resource version: {asked}, current: {current}",
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
        raise invalid_list("resourceVersionMatch", problem)
    return match


def invalid_list(field: str, problem: str) -> Refusal:
    """Give the 422 for options of a list or watch that make no sense."""
    reason = "FieldValueNotSupported" if problem.startswith("Unsupported") else "FieldValueForbidden"
    return Refusal(
        "Invalid",
        f'ListOptions.meta.k8s.io "" is invalid: {field}: {problem}',
        group="meta.k8s.io",
        kind="ListOptions",
        causes=[Cause(reason, problem, field)],
    )
