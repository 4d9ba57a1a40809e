"""What can be said of one document by itself: pure, so that many are looked at in parallel.

`Looker.look` gives what `Checker.take` puts to the rest, in the order of the documents; it holds
only plain values, so that it can come from another process.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from sednactl.errors import InvalidInput
from sednactl.manifests.limits import MOST_FINDINGS
from sednactl.sedna.kinds import API_VERSION, BY_KIND, GROUP
from sednactl.sedna.releases import SINCE
from sednactl.validation.finding import Finding, one_line
from sednactl.validation.ignoring import holds_remarks, remarks_in
from sednactl.validation.looked import Found, Looked
from sednactl.validation.mends import MENDED
from sednactl.validation.metadata import metadata_problems
from sednactl.validation.shape import mapping, text
from sednactl.validation.structure import WRONG_TYPE, Problem, structural_problems
from sednactl.validation.together import note
from sednactl.validation.workload import Workload

if TYPE_CHECKING:
    from sednactl.manifests.document import Document, Position
    from sednactl.validation.asking import Inquiry
    from sednactl.validation.finding import Level
    from sednactl.validation.ignoring import Ignoring, Remark
    from sednactl.validation.noted import Note
    from sednactl.validation.rulebook import Rule
    from sednactl.validation.schemas import Node
    from sednactl.validation.target import Target

STRUCTURAL_RULES: Final = frozenset(f"SDN00{number}" for number in range(1, 10))
"""Rules that say what an API server itself would refuse; everything else is Sedna's doing."""


class _OfKind:
    """What documents of a kind are held against: its schema, that of its metadata, and the rules for it."""

    def __init__(self, root: Node, metadata: Node, inquiry: Inquiry, has_times: bool) -> None:
        self.root = root
        self.metadata = metadata
        self.inquiry = inquiry
        self.has_times = has_times


class Looker:
    """Looks at documents one by one. Without `infos`, those are only counted; with `titles` each is named."""

    def __init__(self, ignoring: Ignoring, target: Target, *, for_cluster: bool, infos: bool) -> None:
        self.ignoring = ignoring
        self.target = target
        self.for_cluster = for_cluster
        self.infos = infos
        self.titles = False
        self._of_kinds: dict[str, _OfKind] = {}
        self._placed: dict[str, int] = {}
        self._unseen: dict[str, Found] = {}
        self._untold: set[str] = set()

    def __reduce__(self) -> tuple[Any, ...]:
        """Let another process begin anew: what was found here so far is nothing to it."""
        return _another, (self.ignoring, self.target, self.for_cluster, self.infos, self.titles)

    def look(self, document: Document) -> Looked:
        """Give what is to be said of a document. Raises InvalidInput when this installation lacks its schema."""
        problems, kind = identity_problems(document, self.target)
        skipped = kind is None and not problems
        noted = None
        if kind is not None:
            problems, noted = self._problems(kind, document)
        elif skipped:
            noted = note(document.content, document, None)
        remarks: list[Remark] = []
        about: list[Finding] = []
        if holds_remarks(document):
            from sednactl.validation.rulebook import rulebook

            remarks, about = remarks_in(document, rulebook())
        found: list[Found] = []
        untold = 0
        for problem in dict.fromkeys(problems):
            if problem.rule in self._untold and problem.level is None and not remarks:
                untold += 1  # most findings are such
            else:
                found.append(self.found(problem, document, remarks))
        kept = document.without_content()
        title = title_of(document) if self.titles else ""
        return Looked(kept, skipped, found, noted, remarks, about, title, untold)

    def found(self, problem: Problem, document: Document, remarks: list[Remark]) -> Found:
        """Give a problem its level and place, and the decision to ignore it if there is one."""
        rule = problem.rule
        if rule in self._unseen and problem.level is None and not remarks:
            return self._unseen[rule]
        level: Any = problem.level or _level(rule)
        ignore = self.ignoring.of(rule, document.file)
        about = [one for one in remarks if one.ignore.rule == rule] if remarks and not ignore else ()
        placed = self._placed.get(rule, 0)
        fixable = placed < MOST_FINDINGS and self._fixable(problem, document)
        unseen = placed >= MOST_FINDINGS or (level == "info" and not self.infos and not ignore)
        if unseen and not about:
            found = Found(rule, level, None, ignore, fixable)
            if level == "info" and not (problem.level or self.ignoring.in_files or rule in MENDED):
                self._unseen[rule] = found  # in whatever document it is
                if not self.tells(rule) and rule not in _deferred():
                    self._untold.add(rule)
            return found
        position = document.locate(problem.path, key=problem.at_key)
        if about:
            ignore = next((one.ignore for one in about if one.covers(rule, position.line)), None)
        self._placed[rule] = placed + 1
        finding = Finding(
            rule,
            level,
            one_line(problem.message),
            document.file,
            position.line,
            position.column,
            problem.path,
            one_line(_hint(problem, document, position)),
            document.source_line(position.line),
            document.index,
            fixable,
        )
        return Found(rule, level, finding, ignore, fixable)

    def tells(self, rule: str) -> bool:
        """Tell whether an info of a rule is given, or ignored, in any document without remarks; else it is but counted."""
        decided = rule in self.ignoring.everywhere or self.ignoring.in_files or rule in MENDED
        return bool(self.infos or decided or _level(rule) != "info")

    def _asked_now(self, rules: list[Rule]) -> list[Rule]:
        """Leave out the rules whose answer depends on the cluster, where that will be asked."""
        if not self.for_cluster:
            return rules
        deferred = _deferred()
        return [rule for rule in rules if rule.id not in deferred]

    def _fixable(self, problem: Problem, document: Document) -> bool:
        if problem.rule not in MENDED:
            return False
        from sednactl.validation.mending import change_for

        change = change_for(problem.rule, problem.path, problem.message, document.content, self.target)
        return change is not None

    def _problems(self, kind: str, document: Document) -> tuple[list[Problem], Note]:
        content = document.content
        of_kind = self._of_kinds.get(kind) or self._begun(kind, document)
        problems = structural_problems(kind, content, self.target.release)
        workload = Workload(kind, content, self.target, fits=not problems)
        problems += metadata_problems(of_kind.metadata, content, of_kind.root)
        problems += of_kind.inquiry.problems(workload)
        if of_kind.has_times:
            from sednactl.validation.rules.triggers import unquoted_times

            problems += unquoted_times(workload, document)
        return problems, note(content, document, workload, for_cluster=self.for_cluster)

    def _begun(self, kind: str, document: Document) -> _OfKind:
        """Find what documents of a kind are held against, once."""
        from sednactl.validation.asking import Inquiry
        from sednactl.validation.rulebook import FOR_KINDS, rules_for
        from sednactl.validation.schemas import schema_of

        release = self.target.release
        root = schema_of(kind, release)
        metadata = root.field("metadata") if root else None
        if root is None or metadata is None:
            raise InvalidInput(f"{document.file}: this installation has no schema for {kind}")
        inquiry = Inquiry(self._asked_now(rules_for(kind, release)))
        self._of_kinds[kind] = _OfKind(root, metadata, inquiry, kind in FOR_KINDS["triggers"])
        return self._of_kinds[kind]


def _another(ignoring: Ignoring, target: Target, for_cluster: bool, infos: bool, titles: bool) -> Looker:
    looker = Looker(ignoring, target, for_cluster=for_cluster, infos=infos)
    looker.titles = titles
    return looker


def _hint(problem: Problem, document: Document, position: Position) -> str:
    """Give a problem's hint; one to quote a value shows the characters that are in the file, as --fix keeps them."""
    if problem.rule != WRONG_TYPE:
        return problem.hint
    from sednactl.validation.as_written import QUOTE_IT, quoting_as_written

    as_written = (
        quoting_as_written(document, problem.path, position) if problem.hint.startswith(QUOTE_IT) else ""
    )
    return as_written or problem.hint


def title_of(document: Document) -> str:
    """Give what a document calls itself, kind, namespace and name; "" where it does not."""
    metadata = mapping(document.content, "metadata")
    name = "/".join(filter(None, (text(metadata, "namespace"), text(metadata, "name"))))
    kind = text(document.content, "kind") if isinstance(document.content, dict) else ""
    return f"{kind} {name}".strip()


@functools.cache
def _level(rule: str) -> Level:
    if rule in STRUCTURAL_RULES:
        return "error"
    from sednactl.validation.rulebook import level_of

    return level_of(rule)


def _deferred() -> tuple[str, ...]:
    from sednactl.validation.rulebook import DEFERRED

    return DEFERRED


def identity_problems(document: Document, target: Target) -> tuple[list[Problem], str | None]:
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
    if len(missing) == 2 and content.keys().isdisjoint(("apiVersion", "kind", "metadata", "spec")):
        message = "no Kubernetes object: neither apiVersion nor kind is there"
        hint = "keep values and settings in another folder than manifests, or name the manifests alone"
        return [Problem("SDN001", (), message, hint)], None
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
