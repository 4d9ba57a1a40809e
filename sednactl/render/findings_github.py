"""Findings as workflow commands of GitHub Actions, which shows each at its line of a change.

The form and its escaping are GitHub's "Workflow commands for GitHub Actions": in the message `%`
and line ends are escaped, in a property also `:` and `,`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sednactl.render.columns import printable
from sednactl.render.findings_run import NOWHERE, place_of, relative, said

if TYPE_CHECKING:
    from sednactl.render.findings_run import Run
    from sednactl.validation.finding import Finding

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def report(run: Run) -> str:
    """Give one line a finding, and one for each file that could not be read.

    What is ignored annotates nothing: it is kept, with its reason, for a log with debugging on.
    """
    lines = [_finding(finding, run.folder) for finding in run.findings]
    for file, error in run.unreadable:
        place = place_of(file, error)
        message = f"{place.message}\n{error.hint}" if error.hint else place.message
        lines.append(_command("error", _place(file, place.line, place.column, run.folder), message, file))
    lines += [_command("error", {}, message) for _, message in run.troubles()]
    for one in run.ignored:
        reason = one.ignore.reason or "no reason"
        words = f"{one.finding.rule} is ignored: {said(one.finding)} ({reason}; {one.ignore.by})"
        lines.append(_command("debug", {}, words, one.finding.file, one.finding.line))
    return "".join(lines)


def _finding(finding: Finding, folder: str) -> str:
    properties = _place(finding.file, finding.line, finding.column, folder) | {"title": finding.rule}
    message = f"{said(finding)}\n{finding.hint}" if finding.hint else said(finding)
    return _command(_COMMANDS[finding.level], properties, message, finding.file, finding.line)


def _place(file: str, line: int, column: int, folder: str) -> dict[str, str]:
    if file in NOWHERE:
        return {}
    return {"file": relative(file, folder)} | ({"line": str(line), "col": str(column)} if line else {})


def _command(command: str, properties: dict[str, str], message: str, file: str = "", line: int = 0) -> str:
    if file and "file" not in properties:  # the page would not say where at all
        message = f"{file}:{line}: {message}" if line else f"{file}: {message}"
    # What is left of control characters could still drive a terminal that shows the log.
    told = ",".join(
        f"{name}={printable(value.translate(_IN_PROPERTY))}" for name, value in properties.items()
    )
    return f"::{command}{' ' if told else ''}{told}::{printable(message.translate(_IN_MESSAGE))}\n"
