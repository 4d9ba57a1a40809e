"""What can go wrong, by cause, and the exit code each cause ends with.

Findings are data; these exceptions are for "could not do it". Each carries one
line for the user, a hint that says how to mend it, and the exit code that the
command-line contract promises to scripts.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes that scripts may rely on."""

    DONE = 0
    FOUND = 1
    USAGE = 2
    INVALID = 3
    REFUSED = 4
    UNREACHABLE = 5
    UNMET = 6
    PARTIAL = 7
    INTERRUPTED = 130


class SednactlError(Exception):
    """Something could not be done.

    `message` is one line that says what and where, `hint` how to mend it,
    `detail` further lines for those who want them.
    """

    exit_code: ExitCode = ExitCode.REFUSED

    def __init__(self, message: str, *, hint: str | None = None, detail: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = tuple(detail)


class UsageError(SednactlError):
    """Wrong flags or arguments, found after the command line was parsed."""

    exit_code = ExitCode.USAGE


class InvalidInput(SednactlError):
    """A file, values or a manifest that cannot be used."""

    exit_code = ExitCode.INVALID

    def to_keep(self) -> InvalidInput:
        """Give it without the way it came, whose frames hold the whole text: for whoever keeps many of them."""
        self.__cause__ = self.__context__ = None
        return self.with_traceback(None)


class ConditionUnmet(SednactlError):
    """A wait ran out, or a condition was not met."""

    exit_code = ExitCode.UNMET


class PartlyDone(SednactlError):
    """Something was left behind; the output says what."""

    exit_code = ExitCode.PARTIAL


class ClusterError(SednactlError):
    """Any failure on the way to, or in, the cluster.

    `in_doubt` tells that a write may have been carried out all the same: an
    earlier try's answer was lost, or the API server failed in the midst of it.
    """

    in_doubt = False

    def put_in_doubt(self) -> None:
        """Note, for the program and in the hint, that the write may have been carried out all the same."""
        if self.in_doubt:
            return
        self.in_doubt = True
        doubt = "it may have been done all the same: look before doing it again"
        # "Try again later" is the one hint that would be wrong now.
        kept = self.hint if self.hint and not isinstance(self, ServerFault | TooBusy) else None
        self.hint = f"{kept}; {doubt}" if kept else doubt


class Unreachable(ClusterError):
    """No answer: name resolution, connection, TLS, time-out, a proxy in the way."""

    exit_code = ExitCode.UNREACHABLE


class Refused(ClusterError):
    """The cluster answered, and the answer was no.

    `status` is the HTTP status, `reason` the Status object's reason
    (Kubernetes' own word, e.g. AlreadyExists), both as the server sent them.
    """

    exit_code = ExitCode.REFUSED

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        reason: str = "",
        hint: str | None = None,
        detail: Sequence[str] = (),
    ) -> None:
        super().__init__(message, hint=hint, detail=detail)
        self.status = status
        self.reason = reason


class Unauthorized(Refused):
    """401: the cluster does not know who we are."""


class Forbidden(Refused):
    """403: it knows, and says no."""


class NotFound(Refused):
    """404: no such object, or the cluster does not serve that kind."""


class Conflict(Refused):
    """409: somebody else changed it, owns the field, or the UID differs."""


class AlreadyExists(Conflict):
    """409 with reason AlreadyExists."""


class Expired(Refused):
    """410: a resourceVersion or a continue token is too old."""


class Invalid(Refused):
    """400 or 422: the API server refuses the object."""


class TooBusy(Refused):
    """429: throttled, after every retry that Retry-After allowed."""


class ServerFault(Refused):
    """5xx: the API server itself is in trouble."""
