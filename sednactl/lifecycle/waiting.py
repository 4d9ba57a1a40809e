"""Waiting until a workload really runs, or until it and all it owned are gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import Selection
from sednactl.errors import ConditionUnmet, Forbidden, NotFound, Unreachable
from sednactl.lifecycle.claims import claim_of
from sednactl.lifecycle.ownership import belongs
from sednactl.lifecycle.reading import read_family, resources_for_state
from sednactl.lifecycle.service_state import rolling_out, service_is_lost
from sednactl.lifecycle.state import (
    BROKEN,
    FAILED,
    INERT,
    RUNNING,
    STORED,
    SUCCEEDED,
    UNKNOWN,
    WorkloadState,
    state_of,
)
from sednactl.sedna.belonging import label_uids, owner_uids
from sednactl.sedna.resources import DEPLOYMENT, POD

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.sedna.kinds import SednaKind
    from sednactl.surroundings import Surroundings

Json = dict[str, Any]
Tell = Callable[[str], None]

FIRST_PAUSE, LONGEST_PAUSE = 0.3, 2.0
GIVEN_UP_SECONDS = 10.0
"""How long a service may lack a child that nobody makes again before the wait for it ends."""

_PATIENCE_WITH_SILENCE = 30.0
_ENOUGH = (RUNNING, SUCCEEDED, STORED)


def wait_until_running(
    cluster: Cluster,
    kind: SednaKind,
    name: str,
    namespace: str,
    timeout_seconds: float,
    surroundings: Surroundings,
    *,
    tell: Tell = lambda _: None,
) -> WorkloadState:
    """Wait until a workload's children do what was asked, judged by the children alone, and no roll-out is under way.

    `tell` is given what is waited for whenever that changes. Raises ConditionUnmet
    when `timeout_seconds` ran out or the wait is hopeless, NotFound when the
    workload is not there, Unreachable when the cluster stays away.
    """
    resources = [*resources_for_state(kind)]
    if kind.makes_children and POD not in resources:
        resources.append(POD)
    seen = ""
    given_up: float | None = None

    def look() -> tuple[WorkloadState | None, str]:
        nonlocal seen, given_up
        family, _ = read_family(cluster, kind, name, namespace, resources=resources)
        if seen and family.uid != seen:
            tell(f"{kind.kind} {name} was deleted and made anew meanwhile")
        seen = family.uid
        state = state_of(family, cluster.now())
        changing = any(rolling_out(one) for one in family.own(DEPLOYMENT.kind))
        if state.word in _ENOUGH and not changing:
            return state, ""
        why = "; ".join(tuple(dict.fromkeys(state.evidence))[:3])
        said = _said(kind, name, state)
        if state.word in (INERT, FAILED):
            raise ConditionUnmet(f"{said}; it will not run", hint=_look_closer(kind, name, namespace))
        if state.word == UNKNOWN and family.unreadable:
            kinds = ", ".join(sorted(family.unreadable))
            raise ConditionUnmet(
                f"whether {kind.kind} {name} runs cannot be seen: {why}",
                hint=f"ask for the right to list {kinds} in namespace {namespace}",
            )
        missing = any(count.desired is None for count in state.replicas.values())
        lost = service_is_lost(family, cluster.now())
        failed = state.word == BROKEN and ((state.claim.says == "Failed" and missing) or lost)
        now = surroundings.monotonic()
        given_up = (now if given_up is None else given_up) if failed else None
        # A Deployment that was just deleted is made again in a moment; one that was never made is not.
        sure = state.claim.creation_error or (given_up is not None and now - given_up >= GIVEN_UP_SECONDS)
        if failed and sure and DEPLOYMENT.kind not in family.unreadable:
            raise ConditionUnmet(
                f"{kind.kind} {name} will not run: {why}",
                hint=f"Sedna does not try again: mend the cause, then 'sednactl repair {kind.word} {name} -n {namespace}' "
                "makes what is missing, or the workload anew",
            )
        return None, said

    with cluster.within(timeout_seconds):
        state: WorkloadState = _poll(
            look,
            timeout_seconds,
            surroundings,
            tell,
            f"{kind.kind} {name} does not run",
            kind,
            name,
            namespace,
        )
    return state


def wait_until_succeeded(
    cluster: Cluster,
    kind: SednaKind,
    name: str,
    namespace: str,
    timeout_seconds: float,
    surroundings: Surroundings,
    *,
    tell: Tell = lambda _: None,
) -> WorkloadState:
    """Wait until a job has ended well, judged by its pods. Raises as `wait_until_running`; a job that failed is hopeless."""

    def look() -> tuple[WorkloadState | None, str]:
        family, _ = read_family(cluster, kind, name, namespace)
        state = state_of(family, surroundings.now())
        said = _said(kind, name, state)
        if state.word in (INERT, FAILED):
            raise ConditionUnmet(f"{said}; it will not succeed", hint=_look_closer(kind, name, namespace))
        return (state if state.word == SUCCEEDED else None), said

    failure = f"{kind.kind} {name} has not succeeded"
    with cluster.within(timeout_seconds):
        state: WorkloadState = _poll(
            look, timeout_seconds, surroundings, tell, failure, kind, name, namespace
        )
    return state


def wait_until_stage(
    cluster: Cluster,
    kind: SednaKind,
    name: str,
    namespace: str,
    stage: str,
    timeout_seconds: float,
    surroundings: Surroundings,
    *,
    tell: Tell = lambda _: None,
) -> str:
    """Wait until a learning job is in a stage (Train, Eval, Deploy), as the last entry of its log says; give that entry."""

    def look() -> tuple[str | None, str]:
        says = claim_of(kind, cluster.get(kind.resource, name, namespace)).says
        there = says.partition(" ")[0].lower() == stage.lower()
        return (says if there else None), f"Sedna says {says or 'nothing yet'}"

    failure = f"{kind.kind} {name} is not in stage {stage}"
    with cluster.within(timeout_seconds):
        says: str = _poll(look, timeout_seconds, surroundings, tell, failure, kind, name, namespace)
    return says


def _said(kind: SednaKind, name: str, state: WorkloadState) -> str:
    why = "; ".join(tuple(dict.fromkeys(state.evidence))[:3])
    return f"{kind.kind} {name} is {state.word}" + (f": {why}" if why else "")


def wait_until_gone(
    cluster: Cluster,
    kind: SednaKind,
    name: str,
    namespace: str,
    timeout_seconds: float,
    surroundings: Surroundings,
    *,
    tell: Tell = lambda _: None,
) -> None:
    """Wait until a workload and every child that Kubernetes removes with it are gone.

    What has no owner stays for ever and is not waited for; ghosts are another
    command's business. A workload of the same name made meanwhile does not count.
    """
    uid: str | None = None
    seen = False

    def look() -> tuple[bool | None, str]:
        nonlocal uid, seen
        workload = cluster.find(kind.resource, name, namespace)
        if workload is not None and (not seen or workload["metadata"]["uid"] == uid):
            uid, seen = workload["metadata"]["uid"], True
            return None, f"{kind.kind} {name} is still there"
        if not kind.makes_children:
            return True, ""
        left = [
            item
            for resource in resources_for_state(kind)
            for item in _labelled(cluster, Selection(resource, namespace, f"{kind.label_prefix}/name={name}"))
            if _leaves_with(item, uid, workload)
        ]
        if not left:
            return True, ""
        names = ", ".join(f"{item.get('kind')} {item['metadata']['name']}" for item in left[:3])
        more = f" and {len(left) - 3} more" if len(left) > 3 else ""
        return None, f"{kind.kind} {name} is gone, {names}{more} not yet"

    with cluster.within(timeout_seconds):
        _poll(
            look,
            timeout_seconds,
            surroundings,
            tell,
            f"{kind.kind} {name} is not gone",
            kind,
            name,
            namespace,
        )


def _labelled(cluster: Cluster, selection: Selection) -> list[Json]:
    try:
        return list(cluster.list(selection, metadata_only=True))
    except (Forbidden, NotFound):
        return []


def _leaves_with(item: Json, uid: str | None, successor: Json | None) -> bool:
    if not owner_uids(item):
        return False
    if uid is not None:
        return belongs(item, uid)
    return successor is None or successor["metadata"]["uid"] not in label_uids(item)


def _poll(
    look: Callable[[], tuple[Any, str]],
    timeout: float,
    surroundings: Surroundings,
    tell: Tell,
    failure: str,
    kind: SednaKind,
    name: str,
    namespace: str,
) -> Any:
    """Look again and again, until there is a result or the time is up; ride out a cluster that is away for a while."""
    clock = surroundings.monotonic
    deadline = clock() + timeout
    pause, away_since, said = FIRST_PAUSE, None, ""
    while True:
        try:
            result, found = look()
            away_since = None
        except Unreachable as error:
            away_since = clock() if away_since is None else away_since
            if clock() - away_since >= _PATIENCE_WITH_SILENCE or clock() >= deadline:
                raise
            result, found = None, f"no answer from the cluster: {error.message}"
        if result is not None:
            return result
        if found != said:
            said, pause = found, FIRST_PAUSE
            tell(found)
        left = deadline - clock()
        if left <= 0:
            raise ConditionUnmet(
                f"{failure} after {timeout:g} s: {said}", hint=_look_closer(kind, name, namespace)
            )
        surroundings.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_PAUSE)


def _look_closer(kind: SednaKind, name: str, namespace: str) -> str:
    return f"'sednactl describe {kind.word} {name} -n {namespace}' tells more"
