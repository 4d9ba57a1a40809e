"""From documents to findings: the schema's verdict first, then every rule, each with its place in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sednactl.errors import InvalidInput
from sednactl.manifests.document import Document, document_of
from sednactl.manifests.limits import MOST_FINDINGS
from sednactl.sedna.kinds import API_VERSION, BY_KIND, GROUP
from sednactl.sedna.releases import SINCE
from sednactl.validation.finding import Finding, one_line, shown_path
from sednactl.validation.ignoring import (
    Ignored,
    Ignoring,
    from_command_line,
    holds_remarks,
    needless,
    remarks_in,
)
from sednactl.validation.structure import Problem, structural_problems
from sednactl.validation.target import Target

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.validation.finding import Level
    from sednactl.validation.ignoring import Ignore, Remark
    from sednactl.validation.rulebook import Rule

LATEST_TARGET = Target()
STRUCTURAL_RULES = frozenset(f"SDN00{number}" for number in range(1, 10))
"""Rules that say what an API server itself would refuse; everything else is Sedna's doing."""


_MOST_LINES = 50
"""Errors that are spelled out where a manifest is refused; `validate` has room for all."""


def check_documents(
    documents: Iterable[Document], *, ignore: Collection[str] = (), target: Target = LATEST_TARGET
) -> list[Finding]:
    """Give every finding in the documents, in their order and by line, without the ignored rules."""
    checker = Checker(from_command_line(ignore), target)
    findings = [finding for document in documents for finding in checker.check(document)]
    return in_order(findings + checker.finish())


def require_valid(documents: Iterable[Document | Mapping[str, Any]], *, schema_only: bool = False) -> None:
    """Raise InvalidInput with one detail line an error, when any document has one; warnings pass.

    With `schema_only` just what the API server itself would refuse counts: what is
    in a cluster already must be deletable, however badly Sedna takes it.
    """
    made = (
        document if isinstance(document, Document) else document_of(dict(document), index=index)
        for index, document in enumerate(documents)
    )
    errors = [
        finding
        for finding in check_documents(made)
        if finding.level == "error" and (not schema_only or finding.rule in STRUCTURAL_RULES)
    ]
    if not errors:
        return
    where = errors[0].file
    what = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    raise InvalidInput(
        f"{where}: the manifest has {what}" if where else f"the manifest has {what}",
        hint="'sednactl explain RULE' tells more about a rule, e.g. sednactl explain " + errors[0].rule,
        detail=[_line(finding) for finding in errors[:_MOST_LINES]]
        + [f"… and {len(errors) - _MOST_LINES} more; sednactl validate shows them"]
        * (len(errors) > _MOST_LINES),
    )


def in_order(findings: list[Finding]) -> list[Finding]:
    """Sort findings by place within each file, files staying in the order they came."""
    files = {file: index for index, file in enumerate(dict.fromkeys(finding.file for finding in findings))}
    return sorted(findings, key=lambda found: (files[found.file], found.line, found.column, found.rule))


class Checker:
    """Checks documents one after another; what only shows over all of them comes from `finish`.

    `checked` counts documents that were looked at, `skipped` those of other API groups,
    which are nobody's business here. `counts` says how many findings of each level there
    were; of each rule only the first MOST_FINDINGS are given, as each is kept with its place.
    """

    def __init__(
        self,
        ignoring: Ignoring | None = None,
        target: Target = LATEST_TARGET,
        *,
        for_cluster: bool = False,
    ) -> None:
        from sednactl.validation.together import Together

        self.target = target
        self.ignoring = ignoring or Ignoring()
        self.ignored: list[Ignored] = []
        self.checked = 0
        self.skipped = 0
        self.counts: Counter[str] = Counter()
        self._kept: Counter[str] = Counter()
        self._together = Together(for_cluster)
        self._rules: dict[str, list[Rule]] = {}
        self._remarks: dict[tuple[str, int], dict[str, list[Remark]]] = {}
        self._unused: dict[Ignore, Document] = {}

    def check(self, document: Document) -> list[Finding]:
        """Give the findings in one document."""
        problems, kind = _identity_problems(document, self.target)
        content = document.content
        self.checked += bool(problems) or kind is not None
        if kind is not None:
            problems = self._problems(kind, document)
        elif not problems:
            self.skipped += 1
            self._together.define(content, document)
        return self._read_remarks(document) + self._findings(problems, document)

    def finish(self, cluster: Cluster | None = None) -> list[Finding]:
        """Give what only shows over all documents together, and with `cluster` what that does not have.

        Raises the errors of the cluster's door; without a cluster it can then be called again.
        """
        together = self._together
        if not together.kinds:
            return self._needless()
        from sednactl.validation.rules.between import disagreements
        from sednactl.validation.rules.references import dangling

        found: list[tuple[Document, Problem]] = []
        survey = None
        if cluster is not None:
            from sednactl.validation.in_cluster import survey as read_survey
            from sednactl.validation.rules.cluster import wanting

            survey = read_survey(together, cluster)
            found += wanting(together, survey)
        found += [*dangling(together, survey), *disagreements(together)]
        findings = [finding for document, problem in found for finding in self._findings([problem], document)]
        return findings + self._needless()

    def _needless(self) -> list[Finding]:
        findings = [needless(ignore, document) for ignore, document in self._unused.items()]
        self.counts.update(found.level for found in findings)
        return findings

    def _problems(self, kind: str, document: Document) -> list[Problem]:
        from sednactl.validation.metadata import metadata_problems
        from sednactl.validation.rulebook import Workload, rules_for
        from sednactl.validation.rules.triggers import unquoted_times
        from sednactl.validation.schemas import schema_of

        content = document.content
        root = schema_of(kind, self.target.release)
        metadata = root.field("metadata") if root else None
        if root is None or metadata is None:
            raise InvalidInput(f"{document.file}: this installation has no schema for {kind}")
        problems = structural_problems(kind, content, self.target.release)
        problems += metadata_problems(metadata, content, root)
        workload = Workload(kind, content, self.target)
        if kind not in self._rules:
            self._rules[kind] = rules_for(kind, self.target.release)
        for rule in self._rules[kind]:
            if rule.check is not None:
                problems += rule.check(workload)
        problems += unquoted_times(workload, document)
        doubled = self._together.define(content, document)
        if doubled:
            problems.append(doubled)
        self._together.refer(workload, document)
        return problems

    def _read_remarks(self, document: Document) -> list[Finding]:
        if not holds_remarks(document):
            return []
        from sednactl.validation.rulebook import rulebook

        remarks, findings = remarks_in(document, rulebook())
        if remarks:
            by_rule = self._remarks.setdefault((document.file, document.index), {})
            for remark in remarks:
                by_rule.setdefault(remark.ignore.rule, []).append(remark)
            kept = replace(document, content=None)
            self._unused.update((remark.ignore, kept) for remark in remarks)
        self.counts.update(found.level for found in findings)
        return findings

    def _findings(self, problems: list[Problem], document: Document) -> list[Finding]:
        findings = []
        for problem in dict.fromkeys(problems):
            ignore = self.ignoring.of(problem.rule, document.file) or self._ignored_by(problem, document)
            level = problem.level or self._level(problem.rule)
            self.counts["ignored" if ignore else level] += 1
            self._kept[problem.rule] += 1
            if self._kept[problem.rule] > MOST_FINDINGS:  # a rule each, so that no warnings hide an error
                continue
            position = document.locate(problem.path, key=problem.at_key)
            finding = Finding(
                problem.rule,
                level,  # type: ignore[arg-type]
                one_line(problem.message),
                document.file,
                position.line,
                position.column,
                problem.path,
                one_line(problem.hint),
                document.source_line(position.line),
                document.index,
                self._fixable(problem, document),
            )
            if ignore:
                self._unused.pop(ignore, None)
                self.ignored.append(Ignored(finding, ignore))
            else:
                self.counts["fixable"] += finding.fixable
                findings.append(finding)
        return findings

    def _fixable(self, problem: Problem, document: Document) -> bool:
        from sednactl.validation.mending import change_for

        change = change_for(problem.rule, problem.path, problem.message, document.content, self.target)
        return change is not None

    def _ignored_by(self, problem: Problem, document: Document) -> Ignore | None:
        """Give the decision about a problem that its document holds; beyond MOST_FINDINGS nothing is located."""
        remarks = self._remarks.get((document.file, document.index), {}).get(problem.rule)
        if not remarks:
            return None
        known = self._kept[problem.rule] < MOST_FINDINGS
        line = document.locate(problem.path, key=problem.at_key).line if known else 1
        return next((one.ignore for one in remarks if one.covers(problem.rule, line)), None)

    def _level(self, rule: str) -> Level:
        if rule in STRUCTURAL_RULES:
            return "error"
        from sednactl.validation.rulebook import level_of

        return level_of(rule)


def _identity_problems(document: Document, target: Target) -> tuple[list[Problem], str | None]:
    """Give what is wrong with apiVersion and kind, and the Sedna kind when nothing is."""
    content = document.content
    if not isinstance(content, dict):
        what = (
            "a list"
            if isinstance(content, list)
            else "a piece of text"
            if isinstance(content, str)
            else "a bare value"
        )
        return [
            Problem("SDN001", (), f"the document is {what}, not an object", "it needs apiVersion and kind")
        ], None
    missing = [
        name for name in ("apiVersion", "kind") if not isinstance(content.get(name), str) or not content[name]
    ]
    if missing:
        return [
            Problem(
                "SDN001",
                (name,),
                f"{name} is missing" if content.get(name) in (None, "") else f"{name} must be a string",
                f"e.g. {name}: {API_VERSION if name == 'apiVersion' else 'JointInferenceService'}",
            )
            for name in missing
        ], None
    version, kind = content["apiVersion"], content["kind"]
    group = version.partition("/")[0]
    if group != GROUP:
        near = kind in BY_KIND and version != API_VERSION
        if near and ("sedna" in version.lower() or "/" not in version):
            return [
                Problem("SDN002", ("apiVersion",), f'"{version}" serves no {kind}', f"write {API_VERSION}")
            ], None
        return [], None
    if kind not in BY_KIND:
        return [Problem("SDN002", ("kind",), f'Sedna has no kind "{kind}"', _kind_hint(kind))], None
    if version != API_VERSION:
        return [
            Problem("SDN002", ("apiVersion",), f'Sedna has no version "{version}"', f"write {API_VERSION}")
        ], None
    since = SINCE.get(kind)
    if since and target.release < since:
        message = f"{kind} came with Sedna {since}; {target.release} does not know it"
        return [Problem("SDN002", ("kind",), message, "the cluster serves no such kind")], None
    return [], kind


def _kind_hint(kind: str) -> str:
    import difflib

    by_lower = {name.lower(): name for name in BY_KIND}
    match = difflib.get_close_matches(kind.lower(), by_lower, 1, 0.6)
    return f'did you mean "{by_lower[match[0]]}"?' if match else f"Sedna's kinds: {', '.join(BY_KIND)}"


def _line(finding: Finding) -> str:
    place = f"{finding.file}:{finding.line}:{finding.column}: " if finding.file else ""
    path = f"{shown_path(finding.path)}: " if finding.path else ""
    hint = f" ({finding.hint})" if finding.hint else ""
    return f"{place}{path}{finding.message} [{finding.rule}]{hint}"
