"""Findings as JUnit XML, which build servers show as tests: a suite a file, a case a document.

There is no one schema; this keeps to what the common readers share: at most one failure a case,
counts on every suite, places in the text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sednactl.render.findings_run import said

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from sednactl.render.findings_run import Checked, Run
    from sednactl.validation.finding import Finding
    from sednactl.validation.ignoring import Ignored

_FORBIDDEN = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped, or wishes away; a carriage return would become a line feed."""


def report(run: Run) -> str:
    """Give the report as XML.

    A document fails by its errors, with --strict also by its warnings; the rest is its output.
    A finding that is ignored is a skipped case of its own, so that its document still counts as
    passed or failed. What could not be read is a case with an error.
    """
    from xml.etree import ElementTree

    # A file's suite stands where the file came first.
    suites: dict[str, list[Element]] = {one.file: [] for one in run.documents}
    by_document: dict[tuple[str, int], list[Finding]] = {}
    ignored: dict[tuple[str, int], list[Ignored]] = {}
    for finding in run.findings:
        by_document.setdefault((finding.file, finding.document), []).append(finding)
    for one in run.ignored:
        ignored.setdefault((one.finding.file, one.finding.document), []).append(one)
    for document in run.documents:
        key = (document.file, document.number)
        cases = suites[document.file]
        cases.append(_document(document, by_document.pop(key, ()), run))
        cases += [_ignored(document, each) for each in ignored.pop(key, ())]
    for (file, _), findings in by_document.items():  # what is wrong with the decisions to ignore
        suites.setdefault(file, []).append(_judged(_case(file, file), findings, run))
    for file, error in run.unreadable:
        said_of_it = f"{error.message}\n{error.hint}" if error.hint else error.message
        suites.setdefault(file, []).append(_trouble(file, file, said_of_it))
    for name, message in run.troubles():
        suites.setdefault("sednactl", []).append(_trouble(name, "sednactl", message))
    root = ElementTree.Element("testsuites", {"name": "sednactl validate"})
    for name, cases in suites.items():
        suite = ElementTree.SubElement(root, "testsuite", {"name": _text(name)})
        suite.extend(cases)
        _count(suite)
    _count(root)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _document(document: Checked, findings: Sequence[Finding], run: Run) -> Element:
    case = _case(document.title, document.file, document.line)
    if document.skipped and not findings:
        _add(case, "skipped", "", message="not Sedna's")
    return _judged(case, findings, run)


def _judged(case: Element, findings: Sequence[Finding], run: Run) -> Element:
    failing = {"error", "warning"} if run.strict else {"error"}
    wrong = [finding for finding in findings if finding.level in failing]
    rest = [finding for finding in findings if finding.level not in failing]
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        message = f"{wrong[0].rule}: {said(wrong[0])}{more}"
        _add(case, "failure", _shown(wrong), message=message, type=wrong[0].rule)
    if rest:
        _add(case, "system-out", _shown(rest))
    return case


def _ignored(document: Checked, ignored: Ignored) -> Element:
    finding = ignored.finding
    case = _case(f"{document.title}: {finding.rule} ignored", document.file, finding.line)
    _add(case, "skipped", "", message=ignored.ignore.reason or "no reason given")
    _add(case, "system-out", f"{_shown([finding])}ignored by {ignored.ignore.by}\n")
    return case


def _trouble(name: str, file: str, message: str) -> Element:
    case = _case(name, file)
    _add(case, "error", message, message=message.partition("\n")[0], type="unreadable")
    return case


def _case(name: str, file: str, line: int = 0) -> Element:
    from xml.etree.ElementTree import Element

    place = {"file": _text(file)} | ({"line": str(line)} if line else {})
    return Element("testcase", {"name": _text(name), "classname": _text(file), **place})


def _add(case: Element, tag: str, text: str, **attributes: str) -> None:
    from xml.etree.ElementTree import SubElement

    child = SubElement(case, tag, {name: _text(value) for name, value in attributes.items()})
    child.text = _text(text)


def _count(element: Element) -> None:
    counts = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for name, tag in counts.items():
        element.set(name, str(sum(1 for _ in element.iter(tag))))


def _shown(findings: Sequence[Finding]) -> str:
    """Give findings as the screen does, each with its line."""
    from sednactl.render.findings_text import Paint, write_finding

    stream, plain = io.StringIO(), Paint(False)
    for finding in findings:
        write_finding(finding, stream, plain)
    return stream.getvalue()


def _text(text: str) -> str:
    return _FORBIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
