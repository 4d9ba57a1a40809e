"""What a run of `validate` came to: the one thing that every report format reads."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sednactl.records import Record
from sednactl.validation.finding import shown_path

if TYPE_CHECKING:
    from sednactl.errors import InvalidInput, SednactlError
    from sednactl.validation.finding import Finding
    from sednactl.validation.ignoring import Ignored


class Checked(Record):
    """A document that was read: its file, its place there from 0, its first line, and what it calls itself."""

    file: str
    number: int
    line: int
    title: str
    skipped: bool
    """Not Sedna's, so that nothing was looked at."""


class Run(Record):
    """One run over all files, in the order of the files.

    `counts` holds files, documents, skipped, unreadable, error, warning, info, ignored and "left
    out", findings beyond those that are kept. `documents` is empty unless a format asked for it.
    `named` is what the command line named; `trouble` says why a cluster gave no answer.
    """

    findings: Sequence[Finding]
    ignored: Sequence[Ignored]
    unreadable: Sequence[tuple[str, InvalidInput]]
    counts: Mapping[str, int]
    named: Sequence[str] = ()
    documents: Sequence[Checked] = ()
    trouble: SednactlError | None = None
    strict: bool = False
    verbose: bool = False
    folder: str = ""
    """The folder that names of files are told from, absolute; "" where they stay as they are."""

    def nothing(self) -> str:
        """Give what is to be said where there was nothing to check, "" else: it is no success."""
        if self.counts["documents"] or self.unreadable:
            return ""
        return f"no manifest in {', '.join(self.named)}"

    def nothing_hint(self) -> str:
        """Give what to do where there was nothing to check."""
        if list(self.named) == ["standard input"]:
            return "nothing came in but comments at most; where a command writes it, see what that one says"
        return (
            "nothing but comments at most stands there; "
            "sednactl create KIND NAME ... --dry-run=client -o yaml writes a manifest"
        )

    def troubles(self) -> list[tuple[str, str]]:
        """Give why this report does not tell all, each cause by its name: else what is missing looked good."""
        left_out = self.counts.get("left out", 0)
        told = {
            "manifests": self.nothing(),
            "findings": f"{left_out} more findings are not shown" if left_out else "",
            "cluster": self.trouble.message if self.trouble else "",
        }
        return [(name, message) for name, message in told.items() if message]


class Place(Record):
    """Where something could not be read, as far as its message says; `line` 0 where it does not."""

    file: str
    line: int
    column: int
    message: str


def place_of(file: str, error: InvalidInput) -> Place:
    """Take the place out of a message that begins with it, as those of the reader do."""
    rest = error.message.removeprefix(f"{file}:")
    found = re.match(r"(\d+):(\d+): ", rest) if rest != error.message else None
    if found:
        return Place(file, int(found[1]), int(found[2]), rest[found.end() :])
    return Place(file, 0, 0, rest.strip())


def said(finding: Finding) -> str:
    """Give what a finding says in one line: the field, and what is wrong with it."""
    return f"{shown_path(finding.path)}: {finding.message}" if finding.path else finding.message


NOWHERE = frozenset({"", "-", "command line"})
"""What stands for a file where there is none: a value that was made, standard input, a flag."""


def folder_of_sources(environ: Mapping[str, str]) -> str:
    """Give the checkout's folder in GitHub Actions, which knows files from there on; else the current one.

    It is "" where the current folder is gone.
    """
    try:
        current = os.getcwd()  # noqa: PTH109
    except OSError:
        return ""
    checkout = environ.get("GITHUB_WORKSPACE", "")
    return checkout if os.path.isabs(checkout) else current  # noqa: PTH117


def relative(file: str, folder: str) -> str:
    """Give a file's name from a folder on, with forward slashes; the absolute one of a file outside of it."""
    if file in NOWHERE or not folder:
        return file
    absolute = os.path.abspath(file)  # noqa: PTH100 - pathlib would follow no `..` at all
    name = os.path.relpath(absolute, folder)
    outside = name == os.pardir or name.startswith(os.pardir + os.sep)
    return (absolute if outside else name).replace(os.sep, "/")
