"""Findings as SARIF 2.1.0, which code scanning services keep and compare from run to run.

The shape is that of the OASIS standard "Static Analysis Results Interchange Format Version 2.1.0".
"""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

from sednactl.render.columns import printable
from sednactl.render.findings_run import NOWHERE, place_of, relative, said
from sednactl.validation.finding import spell_path

if TYPE_CHECKING:
    from sednactl.errors import InvalidInput
    from sednactl.render.findings_run import Run
    from sednactl.validation.finding import Finding
    from sednactl.validation.ignoring import Ignore
    from sednactl.validation.rulebook import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_ROOT = "%SRCROOT%"
"""The name that code scanning services know the folder of the sources by."""


def report(run: Run) -> str:
    """Give the report as JSON text: the rules that were broken, and a result a finding.

    A finding that is ignored is a result with its suppression. What could not be read or told is
    a notification of the tool, and the execution was then no success.
    """
    from sednactl import __version__
    from sednactl.validation.rulebook import rulebook

    found: list[tuple[Finding, Ignore | None]] = [(finding, None) for finding in run.findings]
    found += [(one.finding, one.ignore) for one in run.ignored]
    book = rulebook()
    rules = sorted({finding.rule for finding, _ in found})
    indexes = {rule: index for index, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    results = [_result(finding, ignore, indexes, seen, run.folder) for finding, ignore in found]
    notifications = [_unreadable(file, error, run.folder) for file, error in run.unreadable]
    notifications += [{"level": "error", "message": _message(message)} for _, message in run.troubles()]
    invocation: dict[str, Any] = {"executionSuccessful": not notifications}
    if notifications:
        invocation["toolExecutionNotifications"] = notifications
    driver = {
        "name": "sednactl",
        "version": __version__,
        "rules": [_rule(book[rule]) for rule in rules],
    }
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "invocations": [invocation],
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    from sednactl.render.explained import rule_text

    full = rule_text(rule) or rule.title
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": full},
        "help": {"text": f"{full}\n\n'sednactl explain {rule.id}' shows this page."},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
    }


def _result(
    finding: Finding, ignore: Ignore | None, indexes: dict[str, int], seen: Counter[str], folder: str
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": indexes[finding.rule],
        "level": _LEVELS[finding.level],
        "message": _message(said(finding), finding.hint),
    }
    place: dict[str, Any] = {}
    if finding.file not in NOWHERE or finding.file == "-":
        place["physicalLocation"] = {
            "artifactLocation": _artifact(finding.file, folder),
            "region": {"startLine": finding.line, "startColumn": finding.column},
        }
    if finding.path:
        place["logicalLocations"] = [{"fullyQualifiedName": spell_path(finding.path)}]
    if place:
        result["locations"] = [place]
    result["partialFingerprints"] = {"sednactl/v1": _fingerprint(finding, seen, folder)}
    # On all results or on none; without one for the others nobody knew that they were judged.
    result["suppressions"] = [_suppression(finding, ignore)] if ignore else []
    return result


def _fingerprint(finding: Finding, seen: Counter[str], folder: str) -> str:
    """Give what stays the same when lines move: no line, no column, no hint; equal ones are counted."""
    from hashlib import sha256

    parts = (finding.rule, relative(finding.file, folder), spell_path(finding.path), finding.message)
    same = json.dumps(parts)
    seen[same] += 1
    return sha256(f"{same}{seen[same]}".encode()).hexdigest()


def _suppression(finding: Finding, ignore: Ignore) -> dict[str, Any]:
    inside = ignore.by.rpartition(":")[0] == finding.file
    made: dict[str, Any] = {"kind": "inSource" if inside else "external", "status": "accepted"}
    if ignore.reason:
        made["justification"] = ignore.reason
    return made | {"properties": {"by": ignore.by}}


def _unreadable(file: str, error: InvalidInput, folder: str) -> dict[str, Any]:
    place = place_of(file, error)
    physical: dict[str, Any] = {"artifactLocation": _artifact(file, folder)}
    if place.line:
        physical["region"] = {"startLine": place.line, "startColumn": place.column}
    return {
        "level": "error",
        "message": _message(place.message, error.hint or ""),
        "locations": [{"physicalLocation": physical}],
    }


_LITERAL = str.maketrans({"{": "{{", "}": "}}"})


def _message(text: str, hint: str = "") -> dict[str, str]:
    """Give a message that stays plain text: nothing in it becomes a placeholder (3.11.5) or a link (3.11.6)."""
    lines = [printable(line).replace("](", "] (").translate(_LITERAL) for line in (text, hint) if line]
    return {"text": "\n".join(lines)}


def _artifact(file: str, folder: str) -> dict[str, str]:
    from urllib.parse import quote

    name = relative(file, folder)
    try:
        uri = quote(os.fsencode(name))  # a name is bytes, whatever they mean
    except UnicodeEncodeError:
        uri = quote(name, errors="backslashreplace")
    return {"uri": f"file://{uri}"} if name.startswith("/") else {"uri": uri, "uriBaseId": _ROOT}
