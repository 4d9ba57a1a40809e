"""What the query of a write says: dry run, field manager, validation; and the options of a deletion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sednactl.sandbox.api.bodies import part_of, read_body, word_of
from sednactl.sandbox.api.refusal import Cause, Refusal
from sednactl.sandbox.api.requests import Request
from sednactl.sandbox.api.text import Json

Validation = Literal["Strict", "Warn", "Ignore"]
_LONGEST_MANAGER = 128


@dataclass(frozen=True)
class WriteOptions:
    """Options of create, update and patch."""

    dry_run: bool
    manager: str
    validation: Validation
    force: bool


def write_options(request: Request, kind: str) -> WriteOptions:
    """Read them. Raises Refusal Invalid for values that the API does not know; `kind` is CreateOptions or the like."""
    dry_run = _dry_run(request.query.get("dryRun") or (), kind)
    said = request.one("fieldValidation")
    if said not in ("", "Strict", "Warn", "Ignore"):
        problem = f'Unsupported value: "{said}": supported values: "", "Ignore", "Strict", "Warn"'
        raise _invalid(kind, "fieldValidation", problem, "FieldValueNotSupported")
    validation: Validation = "Strict" if said == "Strict" else "Ignore" if said == "Ignore" else "Warn"
    manager = request.one("fieldManager")
    if len(manager) > _LONGEST_MANAGER:
        raise _invalid(kind, "fieldManager", "Too long: may not be more than 128 bytes", "FieldValueTooLong")
    if not manager:
        manager = request.headers.get("user-agent", "").partition("/")[0] or "unknown"
    return WriteOptions(dry_run, manager, validation, request.flag("force"))


@dataclass(frozen=True)
class DeleteOptions:
    """Options of a deletion. `propagation` is "" where the client leaves it to the kind."""

    dry_run: bool = False
    grace_seconds: int | None = None
    uid: str | None = None
    resource_version: str | None = None
    propagation: str = ""


def delete_options(request: Request) -> DeleteOptions:
    """Read them from the body, else from the query. Raises Refusal for what makes no sense."""
    content: Json = {}
    if request.body.strip():
        content = read_body(request.body, request.content_type(), "DeleteOptions")
        content = part_of(content)
        if content.get("kind") not in (None, "", "DeleteOptions"):
            raise Refusal(
                "BadRequest", f"decoded object cannot be converted to DeleteOptions: {content.get('kind')}"
            )
    else:
        content = _from_query(request)
    return delete_options_of(content, list(request.query.get("dryRun") or ()))


def delete_options_of(content: Json, asked_dry: list[str]) -> DeleteOptions:
    """Read them from a DeleteOptions object; `asked_dry` is what else asks for a dry run. Raises Refusal."""
    propagation = str(content.get("propagationPolicy") or "")
    if content.get("orphanDependents") is not None:
        if propagation:
            raise _invalid(
                "DeleteOptions",
                "propagationPolicy",
                f'Invalid value: "{propagation}": orphanDependents and deletionPropagation cannot be both set',
                "FieldValueInvalid",
            )
        propagation = "Orphan" if content["orphanDependents"] else "Background"
    if propagation not in ("", "Foreground", "Background", "Orphan"):
        raise _invalid(
            "DeleteOptions",
            "propagationPolicy",
            f'Unsupported value: "{propagation}": supported values: "Foreground", "Background", "Orphan", "nil"',
            "FieldValueNotSupported",
        )
    conditions = part_of(content, "preconditions")
    grace = content.get("gracePeriodSeconds")
    if grace is not None and (isinstance(grace, bool) or not isinstance(grace, int)):
        raise Refusal(
            "BadRequest", f"json: cannot unmarshal {word_of(grace)} into Go struct field of type int64"
        )
    dry = content.get("dryRun") or asked_dry
    if not isinstance(dry, list):
        raise Refusal("BadRequest", f"json: cannot unmarshal {word_of(dry)} into Go struct field dryRun")
    return DeleteOptions(
        _dry_run(dry, "DeleteOptions"),
        grace,
        _text(conditions, "uid"),
        _text(conditions, "resourceVersion"),
        propagation,
    )


def _text(content: Json, field: str) -> str | None:
    value = content.get(field)
    if value is not None and not isinstance(value, str):
        raise Refusal("BadRequest", f"json: cannot unmarshal {word_of(value)} into Go struct field {field}")
    return value


def _from_query(request: Request) -> Json:
    content: Json = {}
    if policy := request.one("propagationPolicy"):
        content["propagationPolicy"] = policy
    if request.query.get("orphanDependents"):
        content["orphanDependents"] = request.flag("orphanDependents")
    grace = request.one("gracePeriodSeconds")
    if grace.lstrip("-").isdigit():
        content["gracePeriodSeconds"] = int(grace)
    return content


def _dry_run(values: Any, kind: str) -> bool:
    unknown = [value for value in values if value != "All"]
    if unknown:
        listed = ", ".join(f'"{value}"' for value in values)
        problem = f'Unsupported value: []string{{{listed}}}: supported values: "All"'
        raise _invalid(kind, "dryRun", problem, "FieldValueNotSupported")
    return bool(values)


def _invalid(kind: str, field: str, problem: str, reason: str) -> Refusal:
    return Refusal(
        "Invalid",
        f'{kind}.meta.k8s.io "" is invalid: {field}: {problem}',
        group="meta.k8s.io",
        kind=kind,
        causes=[Cause(reason, problem, field)],
    )
