"""From findings to mends: what has exactly one right answer, as changes to the document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sednactl.validation.target import Target

if TYPE_CHECKING:
    from sednactl.manifests.changes import Change
    from sednactl.manifests.document import Document
    from sednactl.manifests.mending import Wishes
    from sednactl.validation.finding import Finding, Path
    from sednactl.validation.ignoring import Ignoring

_LATEST = Target()


@dataclass(frozen=True)
class Mend:
    """One change that mends a finding of a rule."""

    rule: str
    change: Change


def mends_for(document: Document, findings: Iterable[Finding], target: Target = _LATEST) -> list[Mend]:
    """Give the mends of findings in a document, in their order; two findings may have one mend."""
    made: dict[Change, Mend] = {}
    for finding in findings:
        change = change_for(finding.rule, finding.path, finding.message, document.content, target)
        if change is not None:
            made.setdefault(change, Mend(finding.rule, change))
    return list(made.values())


def wishes_for(ignoring: Ignoring, target: Target) -> Wishes:
    """Give what asks for the mends of a document, ignored findings aside."""
    from sednactl.manifests.mending import Wish
    from sednactl.validation.check import Checker, in_order

    def wishes(document: Document) -> list[Wish]:
        findings = in_order(Checker(ignoring, target).check(document))
        return [Wish(mend.rule, mend.change) for mend in mends_for(document, findings, target)]

    return wishes


def change_for(rule: str, path: Path, message: str, content: Any, target: Target = _LATEST) -> Change | None:
    """Give the change that mends what a rule found at a path; None where only the author can."""
    from sednactl.validation.mends.fault import Fault
    from sednactl.validation.mends.table import DECISIONS

    mend = DECISIONS[rule].mend
    if mend is None or not path or not isinstance(content, dict):
        return None
    return mend(Fault(content, path, message, target))
