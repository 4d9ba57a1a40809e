"""The API server's way to say no: one exception that carries all a Status object tells.

Reasons and status codes are those of apimachinery's `metav1.StatusReason`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

STATUS_OF_REASON = {
    "": 500,
    "BadRequest": 400,
    "Unauthorized": 401,
    "Forbidden": 403,
    "NotFound": 404,
    "MethodNotAllowed": 405,
    "NotAcceptable": 406,
    "AlreadyExists": 409,
    "Conflict": 409,
    "Gone": 410,
    "Expired": 410,
    "RequestEntityTooLarge": 413,
    "UnsupportedMediaType": 415,
    "Invalid": 422,
    "TooManyRequests": 429,
    "InternalError": 500,
    "ServiceUnavailable": 503,
    "Timeout": 504,
}


@dataclass(frozen=True)
class Cause:
    """One entry of a Status object's `details.causes`: a field, a CauseType such as FieldValueInvalid, a message."""

    reason: str
    message: str
    field: str = ""

    def as_json(self) -> dict[str, str]:
        """Give the entry as the API writes it."""
        entry = {"reason": self.reason, "message": self.message, "field": self.field}
        return {key: value for key, value in entry.items() if value}


class Refusal(Exception):
    """A request that is answered with a Status object of failure.

    `name`, `group` and `kind` fill `details`; `kind` is the plural resource there,
    except for Invalid, where it is the kind itself. `retry_after` is in seconds. `detailed`
    refusals carry `details` even where nothing is in it, as kube-apiserver's generic ones do.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        name: str = "",
        group: str = "",
        kind: str = "",
        uid: str = "",
        causes: Sequence[Cause] = (),
        retry_after: int = 0,
        detailed: bool = False,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.status = STATUS_OF_REASON[reason]
        self.name = name
        self.group = group
        self.kind = kind
        self.uid = uid
        self.causes = tuple(causes)
        self.retry_after = retry_after
        self.detailed = detailed

    def as_json(self) -> dict[str, Any]:
        """Give the Status object."""
        details: dict[str, Any] = {
            key: value
            for key, value in (
                ("name", self.name),
                ("group", self.group),
                ("kind", self.kind),
                ("uid", self.uid),
                ("causes", [cause.as_json() for cause in self.causes]),
                ("retryAfterSeconds", self.retry_after),
            )
            if value
        }
        status: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            status["reason"] = self.reason
        if details or self.detailed or self.reason == "Invalid":
            status["details"] = details
        status["code"] = self.status
        return status
