"""Rules as plain functions with a number, and the book they are written in.

A rule is a generator over one workload; its docstring is its page (`explain
SDN201`): the first line is the title. Rules see manifests that may be wrong in
every way, so they read them only through `Workload` and the functions of
`shape`, which give nothing where the type is not the expected one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from sednactl.sedna.releases import RELEASES, Release
from sednactl.validation.shape import mapping, maps, text
from sednactl.validation.target import Target

if TYPE_CHECKING:
    from sednactl.validation.finding import Level, Path
    from sednactl.validation.structure import Problem

FAMILIES = (
    *("names", "pods", "pod_words", "pod_wide", "resources", "ports", "environment", "volumes", "probes"),
    *("scaling", "metrics", "effect", "kubernetes"),
    *("mining", "storage", "triggers", "federated", "unheeded"),
)
"""Modules of `validation.rules` whose rules look at one workload at a time."""
_LEARNING = ("IncrementalLearningJob", "LifelongLearningJob")
FOR_KINDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("scaling", "metrics", "effect"), ("JointInferenceService",)),
    "mining": ("JointInferenceService", "IncrementalLearningJob"),
    "storage": ("Dataset", "FederatedLearningJob", "Model", *_LEARNING),
    "triggers": _LEARNING,
    "federated": ("FederatedLearningJob",),
}
"""The families that are for some kinds only: for others they need not even be loaded."""


class Side(NamedTuple):
    """One worker of a service: its name (edge, cloud), where it stands and what it says."""

    name: str
    path: Path
    worker: dict[str, Any]

    @property
    def pod(self) -> dict[str, Any]:
        """Give the pod's spec."""
        return mapping(mapping(self.worker, "template"), "spec")

    @property
    def pod_path(self) -> Path:
        """Give where the pod's spec stands."""
        return (*self.path, "template", "spec")


_LATEST_TARGET = Target()


class Workload:
    """One manifest as rules see it."""

    __slots__ = (
        "_containers",
        "_pods",
        "_sides",
        "content",
        "kind",
        "metadata",
        "name",
        "namespace",
        "spec",
        "target",
    )

    def __init__(self, kind: str, content: dict[str, Any], target: Target = _LATEST_TARGET) -> None:
        self.kind = kind
        self.content = content
        self.target = target
        self.metadata = mapping(content, "metadata")
        self.spec = mapping(content, "spec")
        self.name = text(self.metadata, "name")
        self.namespace = text(self.metadata, "namespace")
        self._pods: tuple[tuple[Path, dict[str, Any]], ...] | None = (
            None  # found once, asked for by many rules
        )
        self._containers: tuple[tuple[Path, str, dict[str, Any]], ...] | None = None
        self._sides: tuple[Side, ...] | None = None

    def sides(self) -> tuple[Side, ...]:
        """Give the workers of a JointInferenceService, edge first."""
        if self._sides is None:
            self._sides = tuple(_sides(self.spec)) if self.kind == "JointInferenceService" else ()
        return self._sides

    def pods(self) -> tuple[tuple[Path, dict[str, Any]], ...]:
        """Give the spec of every pod template with its place, whatever the kind."""
        if self._pods is None:
            self._pods = tuple(_pods(self.spec, ("spec",)))
        return self._pods

    def containers(self) -> tuple[tuple[Path, str, dict[str, Any]], ...]:
        """Give every container of every pod: its place, the list that it stands in, and it."""
        if self._containers is None:
            self._containers = tuple(
                ((*path, group, index), group, container)
                for path, pod in self.pods()
                for group in ("initContainers", "containers")
                for index, container in maps(pod, group)
            )
        return self._containers


def _sides(spec: dict[str, Any]) -> Iterator[Side]:
    for name in ("edge", "cloud"):
        worker = mapping(spec, f"{name}Worker")
        if worker:
            yield Side(name, ("spec", f"{name}Worker"), worker)


def _pods(value: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "template" and isinstance(item, dict):
                yield (*path, key, "spec"), mapping(item, "spec")
            elif isinstance(item, (dict, list)):
                yield from _pods(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _pods(item, (*path, index))


Check = Callable[[Workload], "Iterable[Problem]"]


class Rule(NamedTuple):
    """One rule: `check` is None for what the validator itself finds (structure, references).

    It holds for releases of Sedna not older than `since`.
    """

    id: str
    level: Level
    kinds: frozenset[str]
    page: str
    check: Check | None = None
    since: Release = RELEASES[0]

    @property
    def title(self) -> str:
        """Give the first line of its page."""
        return self.page.strip().partition("\n")[0]


_book: dict[str, Rule] = {}


def rule(
    identifier: str, level: Level, *kinds: str, since: Release = RELEASES[0]
) -> Callable[[Check], Check]:
    """Write a function into the book as a rule for these kinds (for all kinds when none are named)."""

    def enter(check: Check) -> Check:
        if identifier in _book and _book[identifier].check is not check:
            raise ValueError(f"two rules are called {identifier}")
        _book[identifier] = Rule(identifier, level, frozenset(kinds), check.__doc__ or "", check, since)
        return check

    return enter


def page(identifier: str, level: Level, words: str) -> None:
    """Write the page of something the validator finds without a rule function."""
    _book[identifier] = Rule(identifier, level, frozenset(), words)


def rulebook() -> dict[str, Rule]:
    """Give all rules by their number, loading every family."""
    _load((*FAMILIES, "structural", "references", "between", "cluster", "edits"))
    return dict(sorted(_book.items()))


def _load(families: Iterable[str]) -> None:
    from importlib import import_module

    for family in families:
        import_module(f"sednactl.validation.rules.{family}")


def level_of(identifier: str) -> Level:
    """Give the level of a rule."""
    found = _book.get(identifier)
    return found.level if found else rulebook()[identifier].level


def rules_for(kind: str, release: Release) -> list[Rule]:
    """Give the rules that look at a workload of this kind in a release, in the order of their numbers."""
    _load(family for family in FAMILIES if kind in FOR_KINDS.get(family, (kind,)))
    return [
        found
        for _, found in sorted(_book.items())
        if found.check and (not found.kinds or kind in found.kinds) and found.since <= release
    ]
