"""`validate --fix`: show what would be mended, ask, write it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import typer

from sednactl.errors import ExitCode, InvalidInput, UsageError
from sednactl.manifests.mending import Mended, encoded, mended
from sednactl.manifests.reading import decode
from sednactl.manifests.sources import Source, sources_of
from sednactl.render.columns import printable
from sednactl.render.difference import unified_text
from sednactl.render.findings_files import write_bytes
from sednactl.validation.mending import wishes_for

if TYPE_CHECKING:
    from sednactl.render.findings_files import Output
    from sednactl.surroundings import Surroundings
    from sednactl.validation.ignoring import Ignoring
    from sednactl.validation.target import Target


class Files(NamedTuple):
    """What the command line names."""

    names: Sequence[str]
    recursive: bool


@dataclass(frozen=True)
class _MendedFile:
    name: str
    before: bytes
    text: str
    mended: Mended


def mend(
    files: Files,
    surroundings: Surroundings,
    ignoring: Ignoring,
    target: Target,
    *,
    yes: bool,
    outputs: Sequence[Output],
) -> Surroundings:
    """Mend the files, and give the surroundings in which to validate what they are then.

    Exits with 1 where there is something to mend and nobody agreed. Raises UsageError, and
    InvalidInput for a file that cannot be written; those that cannot be read are left to the validation.
    """
    if "-" in files.names:
        return _through(files, surroundings, ignoring, target, outputs)
    shown = surroundings.stdout if _is_free(outputs) else surroundings.stderr
    found: list[_MendedFile] = []
    for source in _sources(files, surroundings):
        file = _mended_file(source, ignoring, target)
        if file is None:
            continue
        _tell_refused(file, surroundings)
        if file.mended.mends:
            found.append(file)
            before, after = file.text, file.mended.text
            shown.write(unified_text(file.name, before, after, colour=surroundings.colour(shown)))
    if found:
        shown.flush()
        _agree(found, surroundings, yes=yes)
        for file in found:
            _write(file)
        surroundings.stderr.write(f"Mended: {_counted(found)}.\n")
    return surroundings


def _is_free(outputs: Sequence[Output]) -> bool:
    return all(output.file or output.format == "text" for output in outputs)


def _sources(files: Files, surroundings: Surroundings) -> Iterator[Source]:
    for name in files.names:
        try:
            yield from sources_of([name], recursive=files.recursive, surroundings=surroundings)
        except InvalidInput:
            continue  # the validation says so


def _mended_file(source: Source, ignoring: Ignoring, target: Target) -> _MendedFile | None:
    try:
        data = source.read()
        text = decode(data, source.name)
        return _MendedFile(source.name, data, text, mended(text, source.name, wishes_for(ignoring, target)))
    except InvalidInput:
        return None


def _tell_refused(file: _MendedFile, surroundings: Surroundings) -> None:
    for refused in file.mended.refused:
        place = printable(f"{file.name}:{refused.line}")
        surroundings.stderr.write(f"note: {place}: not mended [{refused.rule}]: {refused.why}\n")


def _counted(found: Sequence[_MendedFile]) -> str:
    mends = sum(len(file.mended.mends) for file in found)
    places = "1 place" if mends == 1 else f"{mends} places"
    return f"{places} in {'1 file' if len(found) == 1 else f'{len(found)} files'}"


def _agree(found: Sequence[_MendedFile], surroundings: Surroundings, *, yes: bool) -> None:
    if yes:
        return
    stderr = surroundings.stderr
    if not surroundings.interactive():
        stderr.write(f"To mend: {_counted(found)}. Nothing was changed; the same again with --yes does it.\n")
        raise typer.Exit(ExitCode.FOUND)
    from sednactl.cli.asking import says_yes

    if not says_yes(f"Mend {_counted(found)}?", surroundings):
        stderr.write("Nothing was changed.\n")
        raise typer.Exit(ExitCode.FOUND)


def _write(file: _MendedFile) -> None:
    try:
        with open(file.name, "rb") as current:  # noqa: PTH123
            same = current.read(len(file.before) + 1) == file.before
    except OSError:
        same = False
    if not same:
        raise InvalidInput(f"{file.name}: changed while it was being mended", hint="run the command again")
    write_bytes(file.name, encoded(file.mended.text, file.before))


def _through(
    files: Files, surroundings: Surroundings, ignoring: Ignoring, target: Target, outputs: Sequence[Output]
) -> Surroundings:
    """Mend standard input onto standard output; the report then has standard error, or files."""
    if len(files.names) > 1:
        raise UsageError("--fix mends standard input or files, not both", hint="run it twice")
    if not _is_free(outputs):
        raise UsageError(
            "standard output has the mended manifest", hint="give the report a file, e.g. -o json=report.json"
        )
    (source,) = _sources(files, surroundings)
    data = source.read()
    try:
        text = decode(data, source.name)
        made = mended(text, source.name, wishes_for(ignoring, target))
    except InvalidInput:
        made = None  # as it came; the validation says what is wrong with it
    if made is not None:
        _tell_refused(_MendedFile(source.name, data, text, made), surroundings)
        data = encoded(made.text, data)
    out = surroundings.stdout
    buffer = getattr(out, "buffer", None)
    if buffer is None:
        out.write(data.decode())
    else:
        out.flush()
        buffer.write(data)
        buffer.flush()
    return replace(surroundings, stdin=io.TextIOWrapper(io.BytesIO(data)), stdout=surroundings.stderr)
