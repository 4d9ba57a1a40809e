"""The two ways in which making children ends early: an error that is told, and a crash of the whole process."""

from __future__ import annotations


class CannotCreate(Exception):
    """The next child cannot be made; `message` is what the Global Manager says, in its own and Go's words."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Panic(Exception):
    """The Global Manager's process ends; `cause` says what it could not stand."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause
