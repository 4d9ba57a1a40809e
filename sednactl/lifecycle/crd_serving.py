"""Waiting until the API server serves what its definitions say.

A definition that was stored is not served yet: its names are looked at first, discovery
and the schema in force follow moments later. Whoever creates a workload in between gets a
404, or loses fields.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import Selection
from sednactl.errors import ConditionUnmet, Invalid, NotFound, Refused, TooBusy
from sednactl.sedna.kinds import API_VERSION, BY_KIND, GROUP, VERSION
from sednactl.sedna.resources import CRD
from sednactl.validation.crd_state import DefinitionState, condition, definition_name
from sednactl.validation.schema_difference import ITEMS, VALUES, FieldChange

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
_NAMES = "its names were not accepted"


def wait_until_served(
    cluster: Cluster,
    states: Sequence[DefinitionState],
    surroundings: Surroundings,
    *,
    timeout: float,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Wait until every definition is established, in discovery, and judges as it was changed to (by a trial without effect).

    `states` are those of before the change. Raises ConditionUnmet, which names what is still missing; `timeout` is in seconds.
    """
    deadline = surroundings.monotonic() + timeout
    waiting = list(states)
    turn = 0
    while True:
        shown = _in_discovery(cluster) if waiting else frozenset()
        missing = {state.kind: why for state in waiting if (why := _not_served(cluster, state, shown))}
        waiting = [state for state in waiting if state.kind in missing]
        if not waiting:
            return
        if surroundings.monotonic() >= deadline or any(why.startswith(_NAMES) for why in missing.values()):
            raise ConditionUnmet(
                f"{definition_name(waiting[0].kind)} is not served: {missing[waiting[0].kind]}",
                hint="what was sent is stored; the same command again goes on waiting",
                detail=[f"{definition_name(state.kind)}: {missing[state.kind]}" for state in waiting[1:]],
            )
        tell(f"waiting until {len(waiting)} CRDs are served: {waiting[0].kind}: {missing[waiting[0].kind]}")
        surroundings.sleep(_PAUSES[min(turn, len(_PAUSES) - 1)])
        turn += 1


def _not_served(cluster: Cluster, state: DefinitionState, shown: frozenset[str]) -> str:
    """Say what a definition lacks of being served, "" when nothing; `shown` are the plurals in discovery."""
    live = cluster.find(CRD, definition_name(state.kind))
    if live is None:
        return "it is gone"
    accepted, message = condition(live, "NamesAccepted")
    if not accepted and message:
        return f"{_NAMES}: {message}"
    if not condition(live, "Established")[0]:
        return "it is not established yet"
    if BY_KIND[state.kind].plural not in shown:
        return "discovery does not show it yet"
    if not _listed(cluster, state.kind):
        return "its store is being opened"
    return _not_in_force(cluster, state)


def _listed(cluster: Cluster, kind: str) -> bool:
    """Tell whether objects can be listed: for a moment after the definition is shown, every list is turned away."""
    try:
        next(cluster.list(Selection(BY_KIND[kind].resource, cluster.namespace), page_size=1), None)
    except (TooBusy, NotFound):
        return False
    except Refused:  # not allowed: nothing can be told
        return True
    return True


def _in_discovery(cluster: Cluster) -> frozenset[str]:
    try:
        content = cluster.request("GET", f"/apis/{GROUP}/{VERSION}")
    except NotFound:
        return frozenset()
    listed = content.get("resources")
    return frozenset(
        str(entry.get("name"))
        for entry in (listed if isinstance(listed, list) else ())
        if isinstance(entry, dict)
    )


def _not_in_force(cluster: Cluster, state: DefinitionState) -> str:
    """Try a field that the change brought or took, in a create that is never stored."""
    telling = next((change for change in state.changes if _can_be_tried(change)), None)
    if telling is None:
        return ""
    known = _knows(cluster, state.kind, telling.steps)
    if known is None or known == (telling.change == "added"):
        return ""
    return "the former schema is still in force"


def _can_be_tried(change: FieldChange) -> bool:
    return change.change != "changed" and change.steps[0] == "spec" and VALUES not in change.steps


def _knows(cluster: Cluster, kind: str, steps: Sequence[str]) -> bool | None:
    """Tell whether the schema in force has a field; None where that could not be tried."""
    value: Any = None
    for step in reversed(steps):
        value = [value] if step == ITEMS else {step: value}
    trial = {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": "sednactl-trial"}, **value}
    try:
        cluster.create(BY_KIND[kind].resource, trial, dry_run=True)
    except Invalid as error:
        said = " ".join((error.message, *error.detail))
        return not ("unknown field" in said and f"{steps[-1]}" in said)
    except Refused:  # not allowed, no such namespace, a webhook's no: nothing can be told
        return None
    return True
