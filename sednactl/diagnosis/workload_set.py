"""The workloads that a check is about, those that could be seen and those that could not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sednactl.diagnosis.book import Result, Subject
from sednactl.diagnosis.observed import NotSeen, Observed
from sednactl.diagnosis.words import some
from sednactl.lifecycle.ownership import Family
from sednactl.lifecycle.reading import node_ready
from sednactl.lifecycle.state import WorkloadState, state_of
from sednactl.sedna.kinds import OBJECT_TRACKING, SEDNA_KINDS, SednaKind


@dataclass(frozen=True)
class WorkloadSet:
    """Workloads with their children, and in words what of them could not be looked at."""

    families: tuple[Family, ...]
    unseen: tuple[tuple[str, str], ...]

    def unknown(self, identifier: str) -> Iterator[Result]:
        """Give one result for all that could not be looked at."""
        if not self.unseen:
            return
        things = [what for what, _ in self.unseen]
        reasons = tuple(f"{what}: {why}" for what, why in self.unseen)
        message = f"could not look at {some(things, 3)}: {self.unseen[0][1]}"
        yield Result(identifier, "unknown", message, details=reasons)


def every_kind(_: SednaKind) -> bool:
    """Choose all kinds."""
    return True


def with_controller(kind: SednaKind) -> bool:
    """Choose the kinds that do something, or should."""
    return kind.makes_children or kind is OBJECT_TRACKING


def workloads_of(
    observed: Observed, wanted: Callable[[SednaKind], bool] = every_kind, judged_by: Collection[str] = ()
) -> WorkloadSet:
    """Give the workloads of the wanted kinds; `judged_by` names the kinds of children that a check needs to see."""
    families: list[Family] = []
    unseen: list[tuple[str, str]] = []
    for kind in SEDNA_KINDS:
        if not observed.asked_for(kind) or not wanted(kind):
            continue
        try:
            families += observed.families(kind)
        except NotSeen as reason:
            unseen.append((kind.plural, str(reason)))
            continue
        for child, why in observed.unread_children(kind).items():
            if child in judged_by:
                unseen.append((f"the {child}s of {kind.plural}", why))
    return WorkloadSet(tuple(families), tuple(unseen))


def state(observed: Observed, family: Family, now: datetime) -> WorkloadState:
    """Judge a workload by its children, once for all checks."""
    return observed.remembered(f"state/{family.uid}", lambda: state_of(family, now, _readiness(observed)))


def _readiness(observed: Observed) -> dict[str, bool | None] | None:
    """Tell which nodes are Ready; None where that is not known, as it only adds evidence."""
    try:
        return {str(node["metadata"].get("name")): node_ready(node) for node in observed.nodes}
    except NotSeen:
        return None


def subject(family: Family) -> Subject:
    """Give a workload as the subject of a result."""
    return Subject(family.kind.kind, namespace(family), family.name)


def namespace(family: Family) -> str:
    """Give a workload's namespace."""
    return str(family.workload["metadata"].get("namespace") or "")


def named(family: Family) -> str:
    """Give a workload as a command takes it: kind, name and namespace."""
    return f"{family.kind.word} {family.name} -n {namespace(family)}"


def look_closer(family: Family) -> str:
    """Give the command that tells more about a workload."""
    return f"sednactl describe {named(family)} tells more"
