"""Sedna's definitions in a cluster beside those of a release, and beside its Global Manager.

Helm puts a chart's `crds/` in once and never touches them again: after an upgrade of the
chart a Global Manager of one release works on the definitions of another, and fields that
only one of them knows are dropped, or ignored, without a word.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sednactl.errors import Forbidden
from sednactl.sedna.kinds import SEDNA_KINDS
from sednactl.sedna.releases import Release
from sednactl.sedna.resources import CRD
from sednactl.validation.crd_state import DefinitionState, definition_name, state_of
from sednactl.validation.manager_image import ManagerImage, manager_image

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

Json = dict[str, Any]


@dataclass(frozen=True)
class Definitions:
    """Every kind's definition beside that of `release`.

    `live` holds the cluster's definitions by kind. `gap` says how the Global Manager and the
    definitions do not go together, "" where they do or nothing is known. `notes` tell what could not be read.
    """

    release: Release
    states: tuple[DefinitionState, ...]
    live: Mapping[str, Json]
    manager: ManagerImage | None = None
    gap: str = ""
    notes: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Tell whether anything is not as the release, or the Global Manager, has it."""
        return bool(self.gap) or any(state.differs for state in self.states)


def read_definitions(cluster: Cluster, release: Release, kinds: Collection[str] = ()) -> Definitions:
    """Read the definitions of all, or of some, kinds and compare them. Raises the errors of the cluster's door."""
    live: dict[str, Json] = {}
    states = []
    for kind in SEDNA_KINDS:
        if kinds and kind.kind not in kinds:
            continue
        found = cluster.find(CRD, definition_name(kind.kind))
        if found is not None:
            live[kind.kind] = found
        state = state_of(kind.kind, found, release)
        if state is not None:
            states.append(state)
    notes = []
    manager = None
    try:
        manager = manager_image(cluster)
    except Forbidden as error:
        notes.append(f"which Global Manager runs could not be read: {error.message}")
    gap = gap_between(manager, _states_beside(manager, release, states, live))
    return Definitions(release, tuple(states), live, manager, gap, tuple(notes))


def _states_beside(
    manager: ManagerImage | None,
    release: Release,
    states: Sequence[DefinitionState],
    live: Mapping[str, Json],
) -> Sequence[DefinitionState]:
    """Give the definitions' states beside the Global Manager's release instead of the one that was asked for."""
    if manager is None or manager.release is None or manager.release.series == release.series:
        return states
    found = (state_of(kind, definition, manager.release) for kind, definition in live.items())
    return [state for state in found if state is not None]


def gap_between(manager: ManagerImage | None, states: Sequence[DefinitionState]) -> str:
    """Say that the Global Manager is of another release than the definitions, "" where it is not or nothing tells.

    `states` are those beside the Global Manager's own release.
    """
    strange = [state for state in states if state.state in ("older", "newer", "drifted")]
    if manager is None or manager.release is None or not strange:
        return ""
    said = f"the Global Manager is of Sedna {manager.release.series} ({manager.image})"
    what = _named([state.kind for state in strange])
    how = {state.state for state in strange}
    series = " and ".join(sorted({state.series[-1] for state in strange if state.series}))
    if how == {"older"}:
        return (
            f"{said}, the CRDs of {what} are still of {series}: newer fields never reach it "
            "(Helm never upgrades a chart's CRDs)"
        )
    if how == {"newer"}:
        return (
            f"{said}, the CRDs of {what} are of {series}: it ignores fields that came later, as hpa with 0.7"
        )
    of = f"of {series} or " if series else ""
    return f"{said}, the CRDs of {what} are {of}of no release"


def _named(kinds: Sequence[str]) -> str:
    if len(kinds) == 1:
        return kinds[0]
    return f"{kinds[0]} and {len(kinds) - 1} more kind{'s' if len(kinds) > 2 else ''}"
