"""Installing and upgrading Sedna's definitions: one server-side apply a kind, each whole by itself.

Nothing has to be remembered between them: a run that was killed leaves some kinds done
and the others as they were, and the next run finds out which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sednactl.cluster.door import FIELD_MANAGER
from sednactl.errors import ClusterError, Conflict, Refused
from sednactl.lifecycle.apply import NEVER_THE_VERSION
from sednactl.sedna.kinds import VERSION
from sednactl.sedna.resources import CRD
from sednactl.validation.crd import crd_of
from sednactl.validation.crd_state import DefinitionState, State, definition_name, state_of

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.sedna.releases import Release

Json = dict[str, Any]
Action = Literal["create", "upgrade", "downgrade", "mend"]
_ACTIONS: dict[State, Action] = {
    "missing": "create",
    "older": "upgrade",
    "newer": "downgrade",
    "drifted": "mend",
}
_TRIES = 5
DONE: dict[Action, str] = {
    "create": "created",
    "upgrade": "upgraded",
    "downgrade": "downgraded",
    "mend": "mended",
}


@dataclass(frozen=True)
class Owned:
    """Fields of a definition that another field manager owns and that the release's definition sets otherwise."""

    kind: str
    lines: tuple[str, ...]

    @property
    def ours(self) -> bool:
        """Tell whether nobody but sednactl itself owns them."""
        return self.managers == (FIELD_MANAGER,)

    @property
    def managers(self) -> tuple[str, ...]:
        """Give the names of the managers, as the API server has them."""
        names = (line.partition(":")[0].strip('" ') for line in self.lines)
        return tuple(dict.fromkeys(name.partition('"')[0] for name in names))


def action_for(state: DefinitionState) -> Action | None:
    """Give what makes a definition that of the release; None where nothing has to be, or may be, done."""
    return _ACTIONS.get(state.state)


def refuse_to_lose_versions(states: Sequence[DefinitionState]) -> None:
    """Raise Refused where objects may be stored in a version that the release's definition would not have.

    Without its version an object cannot be read from the store any more.
    """
    lost = [state for state in states if state.state != "missing" and state.vanishing]
    if not lost:
        return
    raise Refused(
        f"{lost[0].name} has objects stored as {', '.join(lost[0].vanishing)}, which the release's CRD does not have",
        reason="StoredVersion",
        hint=f"write every object anew as {VERSION}, take the version out of status.storedVersions, then try again",
        detail=[f"{state.name}: status.storedVersions has {', '.join(state.stored)}" for state in lost[1:]],
    )


def refuse_what_is_leaving(states: Sequence[DefinitionState]) -> None:
    """Raise Refused where a definition is being deleted: nothing that is written to it now would stay."""
    leaving = [state for state in states if state.leaving]
    if leaving:
        raise Refused(
            f"{leaving[0].name} is being deleted, and every {leaving[0].kind} with it",
            reason="Terminating",
            hint="wait until it is gone, then 'sednactl crd install' puts it back",
            detail=[f"{state.name} is being deleted, too" for state in leaving[1:]],
        )


def send_definition(
    cluster: Cluster,
    kind: str,
    live: Mapping[str, Any] | None,
    release: Release,
    *,
    dry_run: bool = False,
    force: bool = False,
) -> Json:
    """Apply a release's definition of a kind, over `live` or where nothing is, and give what was stored.

    A spec that was changed since `live` was read is not written over: that is a Conflict, as are fields that
    another manager owns unless `force` takes them over (its detail has a line for each). Raises the door's other errors.
    """
    sent = crd_of(kind, release, described=True)
    metadata = sent["metadata"]
    if live is None:
        metadata["resourceVersion"] = NEVER_THE_VERSION
        return cluster.apply(CRD, sent, dry_run=dry_run, force=force).object
    known, tries = live, 0
    while True:
        metadata["resourceVersion"] = known["metadata"]["resourceVersion"]
        metadata["uid"] = known["metadata"]["uid"]
        try:
            return cluster.apply(CRD, sent, dry_run=dry_run, force=force).object
        except Conflict as error:
            fresh = None if error.detail or tries == _TRIES else cluster.find(CRD, metadata["name"])
            if fresh is None or fresh["metadata"]["uid"] != known["metadata"]["uid"]:
                raise
            if fresh["spec"] != live["spec"]:
                raise
        # Only its status is another one: the API server itself has looked at it meanwhile.
        known = fresh
        tries += 1


def was_stored(cluster: Cluster, kind: str, release: Release) -> bool:
    """Look whether a write whose answer was lost has made a definition the release's; False where that can't be seen."""
    try:
        found = cluster.find(CRD, definition_name(kind))
    except ClusterError:
        return False
    state = state_of(kind, found, release)
    return state is not None and state.state == "same"


def rehearse(cluster: Cluster, kind: str, live: Mapping[str, Any], release: Release) -> Owned | None:
    """Try a change without storing it; gives what has to be taken over for it. Raises what else the cluster refuses.

    What sednactl wrote by another way than an apply, as the sandbox does, counts as owned by it, too.
    """
    try:
        send_definition(cluster, kind, live, release, dry_run=True)
    except Conflict as error:
        if not error.detail:
            raise
        return Owned(kind, error.detail)
    return None


_APPLIES_AGAIN = ("argocd", "argo", "flux", "helm-controller", "kustomize-controller", "terraform", "pulumi")


def meaning_of_force(managers: Sequence[str]) -> str:
    """Say what follows from taking fields over from these field managers."""
    again = [name for name in managers if any(word in name.lower() for word in _APPLIES_AGAIN)]
    if again:
        return f"{again[0]} applies its own copy again and again: change it there, or it takes them back"
    if "helm" in managers:
        return "Helm puts a chart's CRDs in once and never changes them, so it will not put the old ones back"
    if all(name.startswith("kubectl") for name in managers):
        return "They were written once, by hand; nothing puts the old ones back by itself"
    return f"Whoever runs {managers[0]} may put the old ones back" if managers else ""
