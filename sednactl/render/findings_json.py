"""Findings for programs: the ValidationReport of the command-line contract."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sednactl.validation.finding import spell_path

if TYPE_CHECKING:
    from sednactl.render.findings_run import Run
    from sednactl.validation.finding import Finding


def report(run: Run) -> str:
    """Give the report as JSON text with a newline at its end.

    What was ignored stands under `ignored`, each with its reason and where that is written.
    Files that could not be read stand under `unreadable` and count as errors.
    """
    counts, unreadable = run.counts, run.unreadable
    shown: dict[str, Any] = {
        "apiVersion": "sednactl.io/v1",
        "kind": "ValidationReport",
        "summary": {
            "files": counts["files"],
            "documents": counts["documents"],
            "skipped": counts["skipped"],
            "unreadable": len(unreadable),
            "errors": counts["error"] + len(unreadable),
            "warnings": counts["warning"],
            "infos": counts["info"],
            "fixable": counts.get("fixable", 0),
            "ignored": counts.get("ignored", 0),
            "leftOut": counts.get("left out", 0),
        },
        "findings": [_finding(finding) for finding in run.findings],
        "ignored": [
            {**_finding(one.finding), "reason": one.ignore.reason, "by": one.ignore.by} for one in run.ignored
        ],
        "unreadable": [
            {"file": file, "message": error.message, "hint": error.hint or ""} for file, error in unreadable
        ],
    }
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "level": finding.level,
        "message": finding.message,
        "hint": finding.hint,
        "path": spell_path(finding.path),
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "fixable": finding.fixable,
    }
