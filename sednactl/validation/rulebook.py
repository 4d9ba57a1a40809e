"""Rules as plain functions with a number, and the book they are written in.

A rule is a generator over one workload; its docstring is its page (`explain
SDN201`): the first line is the title. Rules see manifests that may be wrong in
every way, so they read them only through `Workload` and the functions of
`shape`, which give nothing where the type is not the expected one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sednactl.records import Record
from sednactl.sedna.releases import RELEASES, Release

if TYPE_CHECKING:
    from sednactl.validation.finding import Level
    from sednactl.validation.structure import Problem
    from sednactl.validation.workload import Workload

FAMILIES = (
    *(
        "names",
        "pods",
        "pod_words",
        "pod_wide",
        "resources",
        "ports",
        "environment",
        "volumes",
        "probes",
        "one_node",
    ),
    *("scaling", "metrics", "effect", "kubernetes"),
    *("mining", "storage", "triggers", "federated", "unheeded", "workers"),
)
"""Modules of `validation.rules` whose rules look at one workload at a time."""
_LEARNING = ("IncrementalLearningJob", "LifelongLearningJob")
FOR_KINDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("scaling", "metrics", "effect"), ("JointInferenceService",)),
    "one_node": (
        *("FeatureExtractionService", "FederatedLearningJob", "JointInferenceService", "ObjectSearchService"),
        *_LEARNING,
    ),
    "mining": ("JointInferenceService", "IncrementalLearningJob"),
    "storage": ("Dataset", "FederatedLearningJob", "Model", *_LEARNING),
    "triggers": _LEARNING,
    "federated": ("FederatedLearningJob",),
    "workers": (
        *("FeatureExtractionService", "FederatedLearningJob", "JointInferenceService", "ObjectSearchService"),
        *("ReidJob", "VideoAnalyticsJob", *_LEARNING),
    ),
}
"""The families that are for some kinds only: for others they need not even be loaded."""


DEFERRED = ("SDN207", "SDN225")
"""Rules about one workload that wait for what is known of its namespace: LimitRanges give requests and limits."""

Check = Callable[["Workload"], "Iterable[Problem]"]
Plain = Callable[[Any], bool]
"""Tells of a field's value, whatever it is, that a rule has nothing to say about it; in doubt it says no."""
Spared = Callable[["Workload"], bool]
"""Tells the same of a whole workload, more quickly than the rule itself would find out."""


class Rule(Record):
    """One rule: `check` is None for what the validator itself finds (structure, references).

    It holds for releases of Sedna not older than `since`. `about` names fields (of
    `Workload.parts`): where none of them stands the rule has nothing to say, and is not asked; nor
    where each that stands is plain, for those that have a test. Nor is it asked of workloads for which `unless`
    says yes. `within` names the block
    (hpa, resources, hardExampleMining) that the rule looks at, when it looks at each by itself and at nothing else.
    """

    id: str
    level: Level
    kinds: frozenset[str]
    page: str
    check: Check | None = None
    since: Release = RELEASES[0]
    about: Mapping[str, Plain | None] = MappingProxyType({})
    within: str = ""
    unless: Spared | None = None

    @property
    def title(self) -> str:
        """Give the first line of its page."""
        return self.page.strip().partition("\n")[0]


_book: dict[str, Rule] = {}


def rule(
    identifier: str,
    level: Level,
    *kinds: str,
    since: Release = RELEASES[0],
    about: Iterable[str] | Mapping[str, Plain | None] = (),
    within: str = "",
    unless: Spared | None = None,
) -> Callable[[Check], Check]:
    """Write a function into the book as a rule for these kinds (for all kinds when none are named).

    With `about` it is only asked of workloads that have one of these fields, and not where its value
    is plain, with `within` only of blocks of that name that are new, with `unless` not where that says yes.
    """
    fields = about if isinstance(about, Mapping) else dict.fromkeys(about)

    def enter(check: Check) -> Check:
        if identifier in _book and _book[identifier].check is not check:
            raise ValueError(f"two rules are called {identifier}")
        words = check.__doc__ or ""
        _book[identifier] = Rule(
            identifier, level, frozenset(kinds), words, check, since, fields, within, unless
        )
        return check

    return enter


def page(identifier: str, level: Level, words: str) -> None:
    """Write the page of something the validator finds without a rule function."""
    _book[identifier] = Rule(identifier, level, frozenset(), words)


def rulebook() -> dict[str, Rule]:
    """Give all rules by their number, loading every family."""
    _load(
        (*FAMILIES, "structural", "references", "between", "cluster", "admission", "object_counts", "edits")
    )
    return dict(sorted(_book.items()))


def _load(families: Iterable[str]) -> None:
    from importlib import import_module

    for family in families:
        import_module(f"sednactl.validation.rules.{family}")


def level_of(identifier: str) -> Level:
    """Give the level of a rule."""
    found = _book.get(identifier)
    return found.level if found else rulebook()[identifier].level


def load_for(kind: str) -> None:
    """Load the families that look at workloads of this kind."""
    _load(family for family in FAMILIES if kind in FOR_KINDS.get(family, (kind,)))


def rules_for(kind: str, release: Release) -> list[Rule]:
    """Give the rules that look at a workload of this kind in a release, in the order of their numbers."""
    load_for(kind)
    return [
        found
        for _, found in sorted(_book.items())
        if found.check and (not found.kinds or kind in found.kinds) and found.since <= release
    ]
