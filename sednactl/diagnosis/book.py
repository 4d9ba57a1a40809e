"""Checks as plain functions with a number, the book they are written in, and what they give.

A check is a generator over what was observed. Its docstring is its page
(`explain DOC101`): the first line is its title. It yields a result for each thing
it has something to say about; one that yields nothing has nothing to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Literal

from sednactl.diagnosis.observed import NotSeen, Observed

Status = Literal["ok", "warning", "failed", "unknown"]
"""`unknown` says that nobody could look, never that nothing was found."""

_FAMILIES = ("kubernetes", "metrics", "definitions", "installation", "role", "rights", "workloads", "traps")


@dataclass(frozen=True)
class Subject:
    """The object that a result is about."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Result:
    """What one check has to say: the number it has, what was seen, how to mend it.

    `details` are further lines for those who want them. `fixable` tells that
    `doctor --fix` can do what `mend` says.
    """

    id: str
    status: Status
    message: str
    mend: str = ""
    subject: Subject | None = None
    details: tuple[str, ...] = ()
    fixable: bool = False


Judge = Callable[[Observed, datetime], "Iterable[Result]"]


@dataclass(frozen=True)
class Check:
    """One check: its number, the part of the cluster it is about, its page, what has to be read for it."""

    id: str
    area: str
    page: str
    reads: tuple[str, ...]
    judge: Judge

    @property
    def title(self) -> str:
        """Give the first line of its page."""
        return self.page.strip().partition("\n")[0]


_book: dict[str, Check] = {}


def check(identifier: str, area: str, *reads: str) -> Callable[[Judge], Judge]:
    """Write a function into the book as a check of an area of the cluster that needs these reads."""

    def enter(judge: Judge) -> Judge:
        if identifier in _book and _book[identifier].judge is not judge:
            raise ValueError(f"two checks are called {identifier}")
        _book[identifier] = Check(identifier, area, judge.__doc__ or "", reads, judge)
        return judge

    return enter


def all_checks() -> dict[str, Check]:
    """Give all checks by their number, loading every family."""
    for family in _FAMILIES:
        import_module(f"sednactl.diagnosis.checks.{family}")
    return dict(sorted(_book.items()))


def diagnose(checks: Collection[Check], observed: Observed, now: datetime) -> list[Result]:
    """Give the results of these checks, in their order; what could not be looked at is `unknown`."""
    return [result for one in checks for result in _results(one, observed, now)]


def _results(one: Check, observed: Observed, now: datetime) -> Iterator[Result]:
    try:
        yield from one.judge(observed, now)
    except NotSeen as reason:
        yield Result(one.id, "unknown", f"{one.title}: could not look: {reason}")
