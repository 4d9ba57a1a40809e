"""From documents to findings: the schema's verdict first, then every rule, each with its place in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from sednactl.errors import InvalidInput
from sednactl.manifests.document import Document, document_of
from sednactl.manifests.limits import MOST_FINDINGS
from sednactl.validation.all_together import Together
from sednactl.validation.finding import Finding, shown_path
from sednactl.validation.ignoring import Ignored, Ignoring, from_command_line, needless
from sednactl.validation.looking import STRUCTURAL_RULES, Looker
from sednactl.validation.rulebook import DEFERRED
from sednactl.validation.target import Target

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.validation.ignoring import Ignore, Remark
    from sednactl.validation.looked import Found, Looked
    from sednactl.validation.structure import Problem

LATEST_TARGET: Final = Target()
_DEFERRED: Final = frozenset(DEFERRED)
_MOST_LINES: Final = 50
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
    were; of each rule only the first MOST_FINDINGS are given, as each is kept with its place, and
    `left_out` counts the others. Without `infos`, findings of that level are counted and not given.
    """

    def __init__(
        self,
        ignoring: Ignoring | None = None,
        target: Target = LATEST_TARGET,
        *,
        for_cluster: bool = False,
        infos: bool = True,
    ) -> None:
        self.target = target
        self.ignoring = ignoring or Ignoring()
        self.ignored: list[Ignored] = []
        self.checked = 0
        self.skipped = 0
        self.left_out = 0
        self.counts: Counter[str] = Counter()
        self.looker = Looker(self.ignoring, target, for_cluster=for_cluster, infos=infos)
        self._kept: Counter[str] = Counter()
        self._held: dict[str, Counter[Found]] = {}
        self._together = Together()
        self._remarks: dict[tuple[str, int], list[Remark]] = {}
        self._unused: dict[Ignore, Document] = {}

    def check(self, document: Document) -> list[Finding]:
        """Give the findings in one document."""
        return self.take(self.looker.look(document))

    def take(self, looked: Looked) -> list[Finding]:
        """Put what was found in the next document, here or in another process, to the rest; give its findings."""
        self.checked += not looked.skipped
        self.skipped += looked.skipped
        if looked.remarks:
            self._remarks[looked.document.file, looked.document.index] = looked.remarks
            self._unused.update((remark.ignore, looked.document) for remark in looked.remarks)
        if looked.about_remarks:
            self.counts.update(found.level for found in looked.about_remarks)
        findings = list(looked.about_remarks)
        self._keep(self._now(looked), findings)
        if looked.untold:
            self.counts["info"] += looked.untold
        doubled = self._together.add(looked.noted, looked.document) if looked.noted else None
        if doubled:
            self._keep([self.looker.found(doubled, looked.document, looked.remarks)], findings)
        return findings

    def _now(self, looked: Looked) -> list[Found]:
        """Give what need not wait; what a LimitRange in a document to come may put right waits for `finish`."""
        waiting = [one for one in looked.found if one.rule in _DEFERRED]
        if not waiting or looked.noted is None:
            return looked.found
        self._held.setdefault(looked.noted[1], Counter()).update(waiting)
        return [one for one in looked.found if one.rule not in _DEFERRED]

    def finish(self, cluster: Cluster | None = None) -> list[Finding]:
        """Give what only shows over all documents together, and with `cluster` what that does not have.

        Raises the errors of the cluster's door; without a cluster it can then be called again.
        """
        together = self._together
        if not together.kinds:
            return self._needless()
        from sednactl.validation.rules.between import disagreements
        from sednactl.validation.rules.references import dangling, rule_for_missing

        found: list[Iterable[tuple[Document, Problem]]] = []
        survey = bounds = None
        if cluster is not None:
            from sednactl.validation.in_cluster import survey as read_survey

            survey = read_survey(together, cluster)
        if self.looker.for_cluster or together.bounded:
            from sednactl.validation.bounds import Bounds
            from sednactl.validation.rules.admission import deferred, refused
            from sednactl.validation.rules.object_counts import too_many

            bounds = Bounds(together, survey)
            if survey is not None:
                from sednactl.validation.rules.cluster import wanting

                found.append(wanting(together, survey, bounds, self.target.release))
            found.append(refused(together, bounds))
            found.append(too_many(together, bounds, self.target.release))
            found.append(deferred(together, bounds, self.target, everywhere=self.looker.for_cluster))
        # Of most services the models are in no file, and nobody will see that said.
        untold = {} if survey is not None or self._remarks else together.named_in_vain
        untold = {
            kind: count for kind, count in untold.items() if not self.looker.tells(rule_for_missing(kind))
        }
        if untold:
            self.counts["info"] += sum(untold.values())
        found += [dangling(together, survey, but_for=untold), disagreements(together)]
        findings: list[Finding] = []
        for namespace, held in self._held.items():
            if bounds is None or not bounds.ranges_of(namespace):
                self._keep(held.elements(), findings)
        self._held.clear()
        for one in found:
            self._keep(
                (
                    self.looker.found(problem, document, self._remarks_of(document))
                    for document, problem in one
                ),
                findings,
            )
        return findings + self._needless()

    def _remarks_of(self, document: Document) -> list[Remark]:
        return self._remarks.get((document.file, document.index), []) if self._remarks else []

    def _needless(self) -> list[Finding]:
        findings = [needless(ignore, document) for ignore, document in self._unused.items()]
        self.counts.update(found.level for found in findings)
        return findings

    def _keep(self, found: Iterable[Found], findings: list[Finding]) -> None:
        """Count what was found, and add to `findings` what is to be given."""
        counts = self.counts
        for rule, level, finding, ignore, fixable in found:
            counts["ignored" if ignore else level] += 1
            if fixable and not ignore:
                counts["fixable"] += 1
            if ignore:
                self._unused.pop(ignore, None)
            elif finding is None and level == "info" and not self.looker.infos:
                continue
            self._kept[rule] += 1
            if finding is None or self._kept[rule] > MOST_FINDINGS:  # a rule each: no warnings hide an error
                self.left_out += not ignore
            elif ignore:
                self.ignored.append(Ignored(finding, ignore))
            else:
                findings.append(finding)


def _line(finding: Finding) -> str:
    place = f"{finding.file}:{finding.line}:{finding.column}: " if finding.file else ""
    path = f"{shown_path(finding.path)}: " if finding.path else ""
    hint = f" ({finding.hint})" if finding.hint else ""
    return f"{place}{path}{finding.message} [{finding.rule}]{hint}"
