"""`validate --fix`: show what would be mended, ask, write it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice
from typing import TYPE_CHECKING

import typer

from sednactl.errors import ExitCode, InvalidInput, UsageError
from sednactl.manifests.mending import Refused, encoded, mended
from sednactl.manifests.reading import decode
from sednactl.manifests.sources import Source, not_seen, sources_of
from sednactl.records import Record
from sednactl.render.columns import printable
from sednactl.render.difference import unified_text
from sednactl.render.findings_files import write_bytes
from sednactl.surroundings import Surroundings
from sednactl.validation.mending import wishes_for

if TYPE_CHECKING:
    from sednactl.render.findings_files import Output
    from sednactl.validation.ignoring import Ignoring
    from sednactl.validation.target import Target


class Files(Record):
    """What the command line names."""

    names: Sequence[str]
    recursive: bool


class _MendedFile(Record):
    """What is to be written into a file, what is told of it, and how many places that mends."""

    name: str
    before: bytes
    after: bytes
    difference: str
    mends: int
    refused: tuple[Refused, ...]


@dataclass(frozen=True)
class _Mender:
    """Finds the mends of files; it can do so in another process."""

    ignoring: Ignoring
    target: Target
    colour: bool

    def __call__(self, names: Sequence[str]) -> list[_MendedFile]:
        """Give what there is to mend, or to be said, in the files of these names."""
        surroundings = Surroundings.of_process()
        return [file for file in (self.of(Source(name, surroundings)) for name in names) if file]

    def of(self, source: Source) -> _MendedFile | None:
        """Give the mends of a file; None where there is nothing to say, or it cannot be read."""
        try:
            data = source.read()
            text = decode(data, source.name)
            made = mended(text, source.name, wishes_for(self.ignoring, self.target))
        except InvalidInput:
            return None
        if not made.mends and not made.refused:
            return None
        difference = unified_text(source.name, text, made.text, colour=self.colour) if made.mends else ""
        return _MendedFile(
            source.name, data, encoded(made.text, data), difference, len(made.mends), made.refused
        )


def mend(
    files: Files,
    surroundings: Surroundings,
    ignoring: Ignoring,
    target: Target,
    *,
    yes: bool,
    outputs: Sequence[Output],
    jobs: int | None = None,
) -> Surroundings:
    """Mend the files, and give the surroundings in which to validate what they are then.

    Exits with 1 where there is something to mend and nobody agreed. Raises UsageError, and
    InvalidInput for a file that cannot be written; those that cannot be read are left to the validation.
    """
    if "-" in files.names:
        return _through(files, surroundings, ignoring, target, outputs)
    shown = surroundings.stdout if _is_free(outputs) else surroundings.stderr
    found: list[_MendedFile] = []
    mender = _Mender(ignoring, target, surroundings.colour(shown))
    for file in _found(mender, _sources(files, surroundings), jobs):
        _tell_refused(file.name, file.refused, surroundings)
        if file.mends:
            found.append(file)
            shown.write(file.difference)
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
    seen: set[str] = set()
    for name in files.names:
        try:
            found = sources_of([name], recursive=files.recursive, surroundings=surroundings)
            yield from not_seen(found, seen)
        except InvalidInput:
            continue  # the validation says so


def _found(mender: _Mender, sources: Iterator[Source], jobs: int | None) -> Iterator[_MendedFile]:
    """Give what is to be mended in the order of the files, found in several processes where that pays."""
    from sednactl.validation.portions import FEWEST, FILES_AT_A_TIME
    from sednactl.validation.processes import Portion, processes_for, worked_at

    first = list(islice(sources, FEWEST))
    if (len(first) < FEWEST and (not jobs or len(first) < 2)) or processes_for(jobs) == 1:
        yield from filter(None, map(mender.of, chain(first, sources)))
        return

    def portions() -> Iterator[Portion]:
        for lasts, group in groupby(chain(first, sources), lambda source: source.lasts):
            while handful := [source.name for source in islice(group, FILES_AT_A_TIME)]:
                # A pipe is empty once it was read, and so is for its owner alone.
                yield Portion(handful) if lasts else Portion(answer=mender(handful))

    for portion in worked_at(portions(), mender, processes_for(jobs)):
        yield from portion.answer


def _tell_refused(name: str, why_not: Sequence[Refused], surroundings: Surroundings) -> None:
    for refused in why_not:
        place = printable(f"{name}:{refused.line}")
        surroundings.stderr.write(f"note: {place}: not mended [{refused.rule}]: {refused.why}\n")


def _counted(found: Sequence[_MendedFile]) -> str:
    mends = sum(file.mends for file in found)
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
    write_bytes(file.name, file.after)


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
        _tell_refused(source.name, made.refused, surroundings)
        data = encoded(made.text, data)
    out = surroundings.stdout
    buffer = getattr(out, "buffer", None)
    if buffer is None:
        out.write(data.decode())
    else:
        out.flush()
        buffer.write(data)
        buffer.flush()
    return surroundings._replace(stdin=io.TextIOWrapper(io.BytesIO(data)), stdout=surroundings.stderr)
