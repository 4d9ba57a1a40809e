"""Findings that somebody decided to live with, each with the reason: from the command line, a project file or the manifest.

In a manifest, `# sednactl: ignore SDN301 reason` after a value is for its line; on a line of its
own it is for the next line and everything below it, above the first line for the whole document.
The annotation `ignore.sednactl.io/SDN301: reason` is for the whole object.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sednactl.errors import InvalidInput
from sednactl.records import Record
from sednactl.validation.finding import Finding
from sednactl.validation.shape import mapping

if TYPE_CHECKING:
    from sednactl.manifests.document import Document

INCOMPLETE, NEEDLESS = "SDN901", "SDN902"
ANNOTATION = "ignore.sednactl.io/"
MARK = "sednactl:"
MOST_REMARKS = 1000
"""Decisions of one document that are heeded."""
_COMMENT = r"(?:^|\s)#\s*sednactl:\s*ignore\b(.*)$"
_BEGINNING = r"""#\s*sednactl:|["']?ignore\.sednactl\.io/"""
_RULES = r"\s*(SDN\d{3}(?:\s*,\s*SDN\d{3})*)(?:[\s:–-]+(.*))?$"
_WITHOUT_REASON = "say why, so that whoever reads it later can judge whether it still holds"


class Ignore(Record):
    """One decision: the rule, why it is ignored, and where that is written (`by`)."""

    rule: str
    reason: str
    by: str


class Ignored(Record):
    """A finding that was left out, and the decision it was left out for."""

    finding: Finding
    ignore: Ignore


class Remark(Record):
    """A decision that a manifest holds, and the lines it is for; `last` None means to the end."""

    ignore: Ignore
    first: int
    last: int | None

    def covers(self, rule: str, line: int) -> bool:
        """Tell whether a finding of that rule on that line is meant."""
        return rule == self.ignore.rule and self.first <= line and (self.last is None or line <= self.last)


class Ignoring:
    """The decisions that come from outside of the manifests: for all files, or for files by pattern.

    `in_files` holds decision, patterns of file names, and the folder that these begin in;
    `findings` what is wrong with the decisions themselves.
    """

    def __init__(self) -> None:
        self.everywhere: dict[str, Ignore] = {}
        self.in_files: list[tuple[Ignore, tuple[str, ...], str]] = []
        self.findings: list[Finding] = []

    def of(self, rule: str, file: str) -> Ignore | None:
        """Give the decision about a rule in a file, if there is one."""
        found = self.everywhere.get(rule)
        if found is None and self.in_files:
            for ignore, patterns, folder in self.in_files:
                if ignore.rule == rule and _matches(file, patterns, folder):
                    return ignore
        return found


def _matches(file: str, patterns: tuple[str, ...], folder: str) -> bool:
    import os
    from fnmatch import fnmatchcase

    if file in ("", "-"):
        return False
    relative = os.path.relpath(os.path.abspath(file), folder)  # noqa: PTH100
    return any(fnmatchcase(relative, pattern) for pattern in patterns)


def from_command_line(words: Iterable[str]) -> Ignoring:
    """Give the decisions of `--ignore SDN301` or `--ignore SDN301=reason`, several rules joined by commas."""
    made = Ignoring()
    for word in words:
        rules, _, reason = word.partition("=")
        for rule in filter(None, (part.strip().upper() for part in rules.split(","))):
            made.everywhere[rule] = Ignore(rule, reason.strip(), "command line")
            if not reason.strip():
                message = f"{rule} is ignored without a reason"
                hint = f'--ignore "{rule}=reason" keeps one in the report'
                made.findings.append(Finding(INCOMPLETE, "info", message, "command line", 1, 1, hint=hint))
    return made


def from_project_file(document: Document | None, folder: str, known: Iterable[str], into: Ignoring) -> None:
    """Add the decisions of a project file: a list `ignore` of rule, reason and, if not for all, files.

    Raises InvalidInput for whatever the file says that is not understood.
    """
    if document is None or document.content is None:
        return
    content = document.content
    if not isinstance(content, dict) or set(content) - {"ignore"}:
        strange = next((key for key in content if key != "ignore"), "") if isinstance(content, dict) else ""
        raise _misunderstood(document, (strange,) if strange else (), "a project file holds a list ignore")
    entries = content.get("ignore") or []
    if not isinstance(entries, list):
        raise _misunderstood(document, ("ignore",), "ignore is a list of rules with their reasons")
    rules = set(known)
    for index, entry in enumerate(entries):
        path = ("ignore", index)
        rule, reason, files = _entry(document, path, entry)
        if rule not in rules:
            raise _misunderstood(document, (*path, "rule"), f'no rule is called "{rule}"')
        position = document.locate(path)
        ignore = Ignore(rule, reason, f"{document.file}:{position.line}")
        if files is None:
            into.everywhere.setdefault(rule, ignore)
        else:
            into.in_files.append((ignore, files, folder))
        if not reason:
            into.findings.append(_incomplete(document, position.line, rule, position.column))


def _entry(document: Document, path: tuple[Any, ...], entry: Any) -> tuple[str, str, tuple[str, ...] | None]:
    wanted = "an entry says rule, reason and perhaps files"
    if not isinstance(entry, dict) or set(entry) - {"rule", "reason", "files"}:
        raise _misunderstood(document, path, wanted)
    rule, reason, files = entry.get("rule"), entry.get("reason") or "", entry.get("files")
    if not isinstance(rule, str) or not isinstance(reason, str):
        raise _misunderstood(document, path, wanted)
    if isinstance(files, str):
        files = [files]
    if files is not None and not (isinstance(files, list) and all(isinstance(name, str) for name in files)):
        raise _misunderstood(document, path, "files is a list of patterns")
    return rule.strip().upper(), reason.strip(), None if files is None else tuple(files)


def _misunderstood(document: Document, path: tuple[Any, ...], message: str) -> InvalidInput:
    position = document.locate(path)
    hint = "e.g. ignore: [{rule: SDN213, reason: the lab has one node, files: ['lab/*.yaml']}]"
    return InvalidInput(f"{document.file}:{position.line}:{position.column}: {message}", hint=hint)


def _incomplete(document: Document, line: int, rule: str, column: int = 0) -> Finding:
    message = f"{rule} is ignored without a reason"
    source = document.source_line(line)
    place = (document.file, line, column or _column(source))
    return Finding(INCOMPLETE, "warning", message, *place, (), _WITHOUT_REASON, source, document.index)


def needless(ignore: Ignore, document: Document) -> Finding:
    """Give what is to be said of a decision in a manifest that nothing was ignored for."""
    line = int(ignore.by.rpartition(":")[2])
    message = f"{ignore.rule} is ignored here, and is not found"
    hint = "remove it, or move it to the line that it is for"
    source = document.source_line(line)
    place = (document.file, line, _column(source))
    return Finding(NEEDLESS, "info", message, *place, (), hint, source, document.index)


def _column(source: str) -> int:
    """Give the column that the decision of a line begins at, counted from 1."""
    import re

    found = re.search(_BEGINNING, source)
    return found.start() + 1 if found else 1


def holds_remarks(document: Document) -> bool:
    """Tell whether a document may hold decisions; quick, as nearly none does."""
    _, text = document.text()
    if "#" in text and MARK in text:  # to look for one character is many times quicker
        return True
    annotations = mapping(mapping(document.content, "metadata"), "annotations")
    return any(str(key).startswith(ANNOTATION) for key in annotations) if annotations else False


def remarks_in(document: Document, known: Mapping[str, Any]) -> tuple[list[Remark], list[Finding]]:
    """Give the decisions that a document holds, and what is wrong with them."""
    remarks: list[Remark] = []
    findings: list[Finding] = []
    for rule, reason in _annotations(document.content):
        path = ("metadata", "annotations", f"{ANNOTATION}{rule}")
        line = document.locate(path, key=True).line
        _add(document, rule.upper(), reason, (line, (1, None)), known, remarks, findings)
    first, text = document.text()
    if MARK in text:
        for line, rules, reason, lines in _comments(first, text):
            for rule in rules or ("",):
                if len(remarks) + len(findings) >= MOST_REMARKS:
                    return remarks, findings
                _add(document, rule, reason, (line, lines), known, remarks, findings)
    return remarks, findings


def _add(
    document: Document,
    rule: str,
    reason: str,
    place: tuple[int, tuple[int, int | None]],
    known: Mapping[str, Any],
    remarks: list[Remark],
    findings: list[Finding],
) -> None:
    line, (first, last) = place
    if rule not in known:
        message = f'no rule is called "{rule}"' if rule else "this names no rule to ignore"
        hint = "write it as '# sednactl: ignore SDN213 the reason'; 'sednactl explain rules' lists them"
        source = document.source_line(line)
        at = (document.file, line, _column(source))
        findings.append(Finding(INCOMPLETE, "warning", message, *at, (), hint, source, document.index))
        return
    remarks.append(Remark(Ignore(rule, reason, f"{document.file}:{line}"), first, last))
    if not reason:
        findings.append(_incomplete(document, line, rule))


def _annotations(content: Any) -> Iterator[tuple[str, str]]:
    for key, value in mapping(mapping(content, "metadata"), "annotations").items():
        if isinstance(key, str) and key.startswith(ANNOTATION):
            yield key[len(ANNOTATION) :], value.strip() if isinstance(value, str) else ""


_Comment = tuple[int, tuple[str, ...], str, tuple[int, "int | None"]]


def _comments(first: int, text: str) -> Iterator[_Comment]:
    import re

    lines = text.split("\n")
    ends: dict[int, int] | None = None
    begun = False
    for index, line in enumerate(lines):
        bare = line.strip()
        found = re.search(_COMMENT, line) if MARK in line else None
        if found:
            said = re.match(_RULES, found.group(1), re.IGNORECASE)
            rules = tuple(rule.strip().upper() for rule in said.group(1).split(",")) if said else ()
            reason = (said.group(2) or "").strip() if said else ""
            scope: tuple[int, int | None] = (first + index, first + index)
            if bare.startswith("#"):
                scope = (1, None)
                if begun:
                    ends = _ends(lines) if ends is None else ends
                    scope = (first + index, first + ends.get(index, index))
            yield first + index, rules, reason, scope
        begun = begun or bool(bare and not bare.startswith("#"))


def _ends(lines: list[str]) -> dict[int, int]:
    """Give, for each line that holds but a comment, the last line of what follows it.

    That is the next line with a value and all that are indented deeper. A list may stand at the
    depth of its key, so that an entry counts as half a step deeper than a key.
    """
    ends: dict[int, int] = {}
    waiting: list[int] = []
    open_blocks: list[tuple[int, list[int]]] = []  # depth, and the comments that are for it
    last = 0
    for index, line in enumerate(lines):
        bare = line.strip()
        if not bare:
            continue
        if bare.startswith("#"):
            waiting.append(index)
            continue
        depth = 2 * (len(line) - len(line.lstrip(" "))) + bare.startswith("- ")
        while open_blocks and open_blocks[-1][0] >= depth:
            for comment in open_blocks.pop()[1]:
                ends[comment] = last
        open_blocks.append((depth, waiting))
        waiting, last = [], index
    for _, comments in open_blocks:
        for comment in comments:
            ends[comment] = last
    return ends
