"""The reports of one run: which module makes which format, and where each goes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, cast

from sednactl.errors import InvalidInput, UsageError
from sednactl.records import Record

if TYPE_CHECKING:
    from sednactl.render.findings_run import Run
    from sednactl.surroundings import Surroundings

FORMATS = ("text", "json", "junit", "sarif", "github")
NEEDING_DOCUMENTS = frozenset({"junit"})
"""Formats that tell also of documents in which nothing was found."""


class Format(Protocol):
    """A module `render.findings_FORMAT`."""

    def report(self, run: Run) -> str:
        """Give the whole report as text that ends with a newline, or is empty."""
        ...


class Output(Record):
    """One report that was asked for; `file` is "" for standard output."""

    format: str
    file: str = ""


def outputs_of(words: Sequence[str]) -> tuple[Output, ...]:
    """Read `FORMAT` or `FORMAT=FILE`, several times; text on standard output when there is none.

    Raises UsageError for an unknown format, for a file that has no name, and for two reports in one place.
    """
    outputs: list[Output] = []
    for word in words or ("text",):
        name, equals, file = word.partition("=")
        if name not in FORMATS:
            raise UsageError(f"no report is called '{name}'", hint=f"choose one of {', '.join(FORMATS)}")
        if equals and not file:
            raise UsageError(f"'-o {word}' names no file", hint=f"write {name}=FILE, or {name} alone")
        output = Output(name, "" if file == "-" else file)
        for other in outputs:
            if _same_place(other.file, output.file):
                where = f"the file {output.file}" if output.file else "standard output"
                raise UsageError(
                    f"{other.format} and {output.format} would both go to {where}",
                    hint=f"name a file of its own for one of them, e.g. -o {output.format}=FILE",
                )
        outputs.append(output)
    return tuple(outputs)


def _same_place(one: str, other: str) -> bool:
    if not one or not other:
        return one == other
    return os.path.realpath(one) == os.path.realpath(other) and not _written_in_place(one)


_OWN_REPORT = b'"kind": "ValidationReport"'


def spare_manifests(
    outputs: Sequence[Output], names: Sequence[str], *, recursive: bool, surroundings: Surroundings
) -> None:
    """Raise UsageError for a report that would take the place of one of the manifests that `names` mean.

    A report of an earlier run may lie beside the manifests, and gives way to the new one.
    """
    for output in outputs:
        if not os.path.isfile(output.file) or _is_report(output.file):  # noqa: PTH113
            continue
        for name in names:
            if _means(name, output.file, recursive, surroundings):
                raise UsageError(
                    f"the {output.format} report would take the place of {output.file}, which is to be checked",
                    hint=f"name another file: -o {output.format}=FILE",
                )


def _means(name: str, file: str, recursive: bool, surroundings: Surroundings) -> bool:
    from sednactl.manifests.sources import ENDINGS, sources_of

    if os.path.isfile(name):  # noqa: PTH113
        return os.path.samefile(name, file)  # noqa: PTH121
    if name == "-" or not file.endswith(ENDINGS):  # folders are not searched for it
        return False
    place = os.path.realpath(file)
    try:
        found = sources_of([name], recursive=recursive, surroundings=surroundings)
        return any(os.path.realpath(source.name) == place for source in found)
    except (InvalidInput, OSError):  # the run itself says so
        return False


def _is_report(file: str) -> bool:
    with open(file, "rb") as read:  # noqa: PTH123
        return _OWN_REPORT in read.read(200)


def write_reports(outputs: Sequence[Output], run: Run, surroundings: Surroundings) -> None:
    """Write every report, files first; then, where none is on standard output, the summary on stderr.

    Raises InvalidInput for the first file that could not be written, when the others are.
    """
    failed: InvalidInput | None = None
    for output in outputs:
        if output.file:
            try:
                write_file(output.file, made(output.format, run))
            except InvalidInput as error:
                failed = failed or error
    shown = next((output.format for output in outputs if not output.file), None)
    if shown == "text" or shown is None:
        from sednactl.render import findings_text

        if shown:
            findings_text.write_findings(run, surroundings)
        findings_text.write_end(run, surroundings)
    else:
        surroundings.stdout.write(made(shown, run))
    if failed:
        raise failed


def made(name: str, run: Run) -> str:
    """Give the report in a format; only that format's module is imported."""
    from importlib import import_module

    return cast("Format", import_module(f"sednactl.render.findings_{name}")).report(run)


def write_file(name: str, text: str) -> None:
    """Put text into a file so that a reader sees the whole old or the whole new one.

    A link stays a link, an existing file keeps its permissions; pipes and devices are written to as
    they are. Raises InvalidInput with the cause.
    """
    write_bytes(name, text.encode("utf-8", "backslashreplace"))


def write_bytes(name: str, data: bytes) -> None:
    """Put bytes into a file as `write_file` does text. Raises InvalidInput with the cause."""
    try:
        if _written_in_place(name):
            with open(name, "wb") as file:  # noqa: PTH123
                file.write(data)
            return
        _replace(os.path.realpath(name), data)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        cause = error.strerror if isinstance(error, OSError) else str(error)
        raise InvalidInput(
            f"{name}: cannot be written: {cause}", hint="name a file in a folder that exists and is yours"
        ) from None


def _written_in_place(name: str) -> bool:
    from stat import S_ISDIR, S_ISREG

    try:
        mode = os.stat(name).st_mode  # noqa: PTH116
    except (OSError, ValueError):
        return False
    return not S_ISREG(mode) and not S_ISDIR(mode)


def _replace(target: str, data: bytes) -> None:
    if os.path.isdir(target):  # noqa: PTH112
        raise IsADirectoryError(21, "Is a directory")
    scratch = f"{target}.{os.getpid()}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(scratch, flags, 0o666)  # less the user's mask, as any new file
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        if os.path.exists(target):  # noqa: PTH110
            os.chmod(scratch, os.stat(target).st_mode & 0o7777)  # noqa: PTH101, PTH116
        os.replace(scratch, target)  # noqa: PTH105
    except BaseException:
        from contextlib import suppress

        with suppress(OSError):
            os.unlink(scratch)  # noqa: PTH108
        raise
