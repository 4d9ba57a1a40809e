"""What the API server's answers mean: Status objects as errors by cause, Warning headers as text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sednactl.errors import (
    AlreadyExists,
    Conflict,
    Expired,
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    ServerFault,
    TooBusy,
    Unauthorized,
    Unreachable,
)
from sednactl.records import Record
from sednactl.sedna.resources import Resource

NOT_SERVED = "NotServed"
"""The reason of a NotFound that means the kind, not the object (no API server's word)."""

_MOST_DETAIL = 50
_SEDNA_MISSING = "Sedna's CRDs are not installed in this cluster, or an older release's are"


class ExpiredPlace(Expired):
    """410; `rest` is the continue token for what is left of the list as it is now, where the server gives one."""

    def __init__(self, message: str, rest: str | None, *, status: int, reason: str, hint: str) -> None:
        super().__init__(message, status=status, reason=reason, hint=hint)
        self.rest = rest


class Asked(Record):
    """What a request was for, so that its failure can be told in those words."""

    verb: str
    path: str
    resource: Resource | None = None
    name: str | None = None
    namespace: str | None = None

    @property
    def thing(self) -> str:
        """Give `plural.group "name"`, or the path of a raw request."""
        if self.resource is None:
            return self.path.partition("?")[0]
        return f'{self.resource.full_name} "{self.name}"' if self.name else self.resource.full_name

    @property
    def place(self) -> str:
        """Give ` in namespace "x"`, or nothing for cluster-wide things."""
        return f' in namespace "{self.namespace}"' if self.namespace else ""


class Answer(Record):
    """One HTTP answer, read to its end."""

    status: int
    content_type: str
    body: bytes
    warnings: tuple[str, ...] = ()
    retry_after: float | None = None


def decoded(answer: Answer, asked: Asked, server: str, context: str) -> dict[str, Any]:
    """Give the JSON object of a good answer. Raises a Refused for a bad one, Unreachable for no answer at all."""
    if answer.status >= 400:
        raise refusal(answer, asked, server, context)
    if answer.status >= 300:
        raise Unreachable(
            f"{server} answers with a redirect ({answer.status}) instead of an API's answer",
            hint="a login page or a proxy seems to stand in front of the API server",
        )
    content = _json(answer.body)
    if not isinstance(content, dict):
        raise no_api(answer, server)
    return content


def no_api(answer: Answer, server: str) -> Unreachable:
    """Give the error for an answer that no API server gives."""
    kind = answer.content_type.partition(";")[0] or "unknown content"
    what = "an answer that is no JSON object" if "json" in kind else kind
    hint = "is the server in the kubeconfig an API server?"
    if "html" in kind:
        hint = "a login page or a proxy seems to stand in front of the API server"
    return Unreachable(f"{server} answers with {what} instead of an API's JSON", hint=hint)


def refusal(answer: Answer, asked: Asked, server: str, context: str) -> Refused | Unreachable:
    """Turn an answer of 400 or more into the error for its cause."""
    content = _json(answer.body)
    if isinstance(content, dict) and content.get("kind") == "Status":
        return from_status(content, answer.status, asked, context)
    text = answer.body[:2048].decode("utf-8", "replace").strip()
    plain = answer.content_type.startswith("text/plain") or not answer.content_type
    if answer.status == 400 and "HTTP request to an HTTPS server" in text:
        return Unreachable(
            f"{server} wants TLS", hint="write https:// into the server's URL in the kubeconfig"
        )
    if answer.status == 407:
        return Unreachable(
            f"the proxy in front of {server} wants credentials",
            hint="put user:password@ into the proxy's URL",
        )
    if not plain and "json" not in answer.content_type and answer.status not in (401, 429, 502, 503, 504):
        return no_api(answer, server)
    line = text.splitlines()[0][:300] if plain and text else f"HTTP status {answer.status}"
    return from_status({"message": line}, answer.status, asked, context)


def from_status(content: dict[str, Any], status: int, asked: Asked, context: str) -> Refused:
    """Turn a Status object (of an answer, or of a watch's ERROR event) into the error for its cause."""
    code = content.get("code")
    status = code if isinstance(code, int) and code >= 400 else status
    reason = str(content.get("reason") or "")
    message = str(content.get("message") or f"HTTP status {status}").strip()
    details = content.get("details")
    details = details if isinstance(details, dict) else {}
    about: dict[str, Any] = {"status": status, "reason": reason}
    if status == 401:
        return Unauthorized(
            f"the cluster does not know who we are ({message})",
            hint=f"the credentials of context {context} are missing, wrong or have run out; sign in again",
            **about,
        )
    if status == 403:
        return Forbidden(message, hint=_forbidden_hint(message, asked), **about)
    if status == 404:
        return _not_found(message, details, asked, about)
    if status == 409 and reason == "AlreadyExists":
        return AlreadyExists(f"{asked.thing} already exists{asked.place}", **about)
    if status == 409:
        return _conflict(message, details, asked, about)
    if status == 410:
        metadata = content.get("metadata")
        rest = metadata.get("continue") if isinstance(metadata, dict) else None
        said = f"the place in {asked.thing} is too old: {message}"
        return ExpiredPlace(said, str(rest) if rest else None, hint="list again", **about)
    if status in (400, 413, 415, 422):
        return _invalid(message, details, asked, about)
    if status == 429:
        return TooBusy(f"the cluster is too busy: {message}", hint="try again later", **about)
    if undeclared_field(message):
        return Invalid(
            f"the API server refuses {asked.thing}{asked.place}: 1 problem",
            detail=[message.partition("): ")[2] or message],
            **about,
        )
    if status >= 500:
        return ServerFault(
            f"the API server is in trouble ({status}): {message}", hint="try again later", **about
        )
    return Refused(f"the cluster refused to {asked.verb} {asked.thing}: {message}", **about)


def undeclared_field(message: str) -> bool:
    """Tell whether a 500 is server-side apply's way to say that a field is unknown or of a wrong type."""
    return "failed to create typed patch object" in message


def _forbidden_hint(message: str, asked: Asked) -> str | None:
    if "cannot" not in message:
        return None  # a quota or an admission webhook says why in its own words
    if asked.resource is None:
        return f"ask for the right to {asked.verb} {asked.path.partition('?')[0]}"
    where = f" -n {asked.namespace}" if asked.namespace else ""
    return (
        f"ask for a role that allows to {asked.verb} {asked.resource.full_name}; "
        f"to test: kubectl auth can-i {asked.verb} {asked.resource.full_name}{where}"
    )


def _not_found(message: str, details: dict[str, Any], asked: Asked, about: dict[str, Any]) -> NotFound:
    resource = asked.resource
    if details.get("name") and details.get("kind") == "namespaces" and asked.name != details["name"]:
        return NotFound(
            f'namespace "{details["name"]}" does not exist',
            hint=f"kubectl create namespace {details['name']}",
            **about,
        )
    if details.get("name"):
        return NotFound(f"{asked.thing} not found{asked.place}", **about)
    if resource is None:
        return NotFound(f"{asked.thing}: {message}", **about)
    hint = _SEDNA_MISSING if resource.group == "sedna.io" else None
    return NotFound(
        f"the cluster does not serve {resource.full_name} in version {resource.version}",
        hint=hint,
        status=about["status"],
        reason=NOT_SERVED,
    )


def _conflict(message: str, details: dict[str, Any], asked: Asked, about: dict[str, Any]) -> Conflict:
    causes = _causes(details)
    owned = [cause for cause in causes if cause.get("reason") == "FieldManagerConflict"]
    if owned:
        count = len(owned)
        return Conflict(
            f"{count} field{'s' if count > 1 else ''} of {asked.thing}{asked.place} "
            f"{'belong' if count > 1 else 'belongs'} to others",
            hint="leave these fields out, or take them over with --force-conflicts",
            detail=_shortened([_owner_line(cause) for cause in owned]),
            **about,
        )
    if "UID in precondition" in message or "UID in the precondition" in message:
        return Conflict(
            f"{asked.thing}{asked.place} is another object than before: it was deleted and made again",
            **about,
        )
    if "the object has been modified" in message:
        return Conflict(
            f"{asked.thing}{asked.place} was changed by somebody else meanwhile", hint="try again", **about
        )
    return Conflict(message, detail=_shortened([_cause_line(cause) for cause in causes]), **about)


def _owner_line(cause: dict[str, Any]) -> str:
    # 'conflict with "kubectl" using apps/v1 at 2024-…': who owns it, as the server says it.
    who = str(cause.get("message") or "").removeprefix("conflict with ").partition(" using ")[0]
    return f"{who}: {cause.get('field') or '?'}"


def _invalid(message: str, details: dict[str, Any], asked: Asked, about: dict[str, Any]) -> Invalid:
    causes = _causes(details)
    lines = [_cause_line(cause) for cause in causes]
    if lines:
        return Invalid(
            f"the API server refuses {asked.thing}{asked.place}: "
            f"{len(lines)} problem{'s' if len(lines) > 1 else ''}",
            detail=_shortened(lines),
            **about,
        )
    return Invalid(f"the API server refuses {asked.thing}{asked.place}: {message}", **about)


def _causes(details: dict[str, Any]) -> list[dict[str, Any]]:
    causes = details.get("causes")
    return [cause for cause in causes if isinstance(cause, dict)] if isinstance(causes, list) else []


def _cause_line(cause: dict[str, Any]) -> str:
    field, message = str(cause.get("field") or ""), str(cause.get("message") or cause.get("reason") or "")
    return f"{field}: {message}" if field and not message.startswith(field) else message


def _shortened(lines: list[str]) -> list[str]:
    lines = [line if len(line) <= 500 else line[:497] + "..." for line in lines]
    if len(lines) > _MOST_DETAIL:
        return [*lines[:_MOST_DETAIL], f"... and {len(lines) - _MOST_DETAIL} more"]
    return lines


def warnings_in(headers: Iterable[str]) -> tuple[str, ...]:
    """Read Warning headers (RFC 7234: `299 - "text"`), each text once."""
    texts: list[str] = []
    for header in headers:
        position = 0
        while True:
            start = header.find('"', position)
            if start < 0:
                break
            text, position = _quoted(header, start + 1)
            if text and text not in texts:
                texts.append(text)
            following = header.find(",", position)
            if following < 0:
                break
            position = following
    return tuple(texts)


def _quoted(header: str, start: int) -> tuple[str, int]:
    text = ""
    position = start
    while position < len(header) and header[position] != '"':
        if header[position] == "\\":
            position += 1
        text += header[position : position + 1]
        position += 1
    return text, position + 1


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
