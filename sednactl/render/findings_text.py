"""Findings for people: place, level, what is wrong, the line it is on, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

from sednactl.render.columns import printable, width
from sednactl.validation.finding import shown_path

if TYPE_CHECKING:
    from sednactl.errors import InvalidInput
    from sednactl.render.findings_run import Run
    from sednactl.surroundings import Surroundings
    from sednactl.validation.finding import Finding
    from sednactl.validation.ignoring import Ignored

_COLOURS = {"error": "31;1", "warning": "33;1", "info": "36"}
_WIDEST = 160
"""Cells of a source line that are shown where the width of the screen is not known."""
_MARGIN = 9
"""Cells before a source line."""


class Paint:
    """Colours for a terminal, nothing elsewhere; how many cells of a source line fit."""

    def __init__(self, colour: bool, screen_width: int | None = None) -> None:
        self.colour = colour
        self.room = max(screen_width - _MARGIN, 30) if screen_width else _WIDEST

    def __call__(self, code: str, text: str) -> str:
        """Give the text in a colour."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text


def report(run: Run) -> str:
    """Give the findings, what could not be read and the summary as plain text, for a file."""
    import io

    text, plain = io.StringIO(), Paint(False)
    _write_findings(run, text, plain)
    _write_end(run, text, plain)
    return text.getvalue()


def write_findings(run: Run, surroundings: Surroundings) -> None:
    """Write the findings on standard output, in its colours and width; infos when asked for."""
    stdout = surroundings.stdout
    _write_findings(run, stdout, Paint(surroundings.colour(stdout), _screen_width(stdout)))
    stdout.flush()


def write_end(run: Run, surroundings: Surroundings) -> None:
    """Write on standard error what could not be read, and the summary."""
    _write_end(run, surroundings.stderr, Paint(surroundings.colour(surroundings.stderr)))


def _write_findings(run: Run, stream: TextIO, paint: Paint) -> None:
    for finding in run.findings:
        if run.verbose or finding.level != "info":
            write_finding(finding, stream, paint)
    for one in run.ignored if run.verbose else ():
        _write_ignored(one, stream, paint)


def _write_ignored(ignored: Ignored, stream: TextIO, paint: Paint) -> None:
    finding = ignored.finding
    place = paint("1", printable(f"{finding.file}:{finding.line}:{finding.column}"))
    path = f"{printable(shown_path(finding.path))}: " if finding.path else ""
    stream.write(f"{place}: ignored: {path}{printable(finding.message)} [{finding.rule}]\n")
    reason = ignored.ignore.reason or "without a reason"
    stream.write(f"{' ' * 6} {paint('2', '=')} {printable(reason)} ({printable(ignored.ignore.by)})\n")


def _write_end(run: Run, stream: TextIO, paint: Paint) -> None:
    for _, error in run.unreadable:
        write_unreadable(error, stream, paint)
    nothing = run.nothing()
    if nothing:  # else `create … | validate -` would pass where create failed
        stream.write(f"error: {printable(nothing)}\nhint: {run.nothing_hint()}\n")
        return
    stream.write(summary(run.counts, verbose=run.verbose) + "\n")


def _screen_width(stream: TextIO) -> int | None:
    if not stream.isatty():
        return None
    import shutil

    return shutil.get_terminal_size().columns


def write_finding(finding: Finding, stream: TextIO, paint: Paint) -> None:
    """Write one finding with the line it is about, a caret below it, and the hint."""
    place = paint("1", printable(f"{finding.file}:{finding.line}:{finding.column}"))
    level = paint(_COLOURS[finding.level], finding.level)
    path = f"{printable(shown_path(finding.path))}: " if finding.path else ""
    stream.write(
        f"{place}: {level}: {path}{printable(finding.message)} [{finding.rule}]{' fixable' * finding.fixable}\n"
    )
    if finding.source.strip():
        _write_source(finding, stream, paint)
    if finding.hint:
        stream.write(f"{' ' * 6} {paint('2', '=')} {printable(finding.hint)}\n")


def write_unreadable(error: InvalidInput, stream: TextIO, paint: Paint) -> None:
    """Write that a file could not be read at all, in the same form."""
    stream.write(f"{paint(_COLOURS['error'], 'error')}: {printable(error.message)}\n")
    if error.hint:
        stream.write(f"{' ' * 6} {paint('2', '=')} {printable(error.hint)}\n")


def _write_source(finding: Finding, stream: TextIO, paint: Paint) -> None:
    # Of a line of megabytes, as JSON often is, only what is near.
    near = max(0, finding.column - 1 - 2 * paint.room)
    source, column = finding.source[near : near + 4 * paint.room], finding.column - near
    shown = printable(source.replace("\t", " "))
    before = printable(source[: column - 1].replace("\t", " "))
    cut = len(before) - paint.room // 3
    if width(before) > paint.room - 20 and cut > 0:  # a few wide characters are many cells, and all fit
        before, shown = "…" + before[cut:], "…" + shown[cut:]
    if width(shown) > paint.room:
        while width(shown) > paint.room - 1:
            shown = shown[: len(shown) - max(1, (width(shown) - paint.room) // 2)]
        shown += "…"
    bar = paint("2", "|")
    stream.write(f"{finding.line:>6} {bar} {shown}\n")
    stream.write(f"{' ' * 6} {bar} {' ' * width(before)}{paint(_COLOURS[finding.level], '^')}\n")


def summary(counts: Mapping[str, int], *, verbose: bool = True) -> str:
    """Give the last line: what was looked at and what was found.

    `counts` holds files, documents, skipped, unreadable, error, warning, info, ignored and "left
    out", findings beyond those that are kept. Without `verbose` infos are only counted.
    """
    looked = f"{_count(counts['files'], 'file')}, {_count(counts['documents'], 'document')}"
    if counts["skipped"]:
        looked += f" ({counts['skipped']} not Sedna's, skipped)"
    found = [_count(counts[level], level) for level in ("error", "warning") if counts[level]]
    if counts["info"]:
        found.append(f"{counts['info']} info" + ("" if verbose else " (-v shows them)"))
    if counts.get("ignored"):
        found.append(f"{counts['ignored']} ignored")
    if counts["unreadable"]:
        found.insert(0, f"{_count(counts['unreadable'], 'file')} unreadable")
    if not counts["files"] or not (counts["documents"] or counts["unreadable"]):
        return f"{looked}: nothing to check"
    if counts.get("fixable"):
        found.append(f"{counts['fixable']} fixable (--fix)")
    if counts.get("left out"):
        found.append(f"{counts['left out']} of them not shown")
    return f"{looked}: {', '.join(found) if found else 'no findings'}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
