"""Waits until Sedna has carried a change of a service's autoscalers to the cluster, and tidies up after a switch-off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import Selection
from sednactl.errors import ConditionUnmet
from sednactl.scaling.children import target_of
from sednactl.scaling.setting import SideChange, unlike
from sednactl.sedna.naming import deployment_name, hpa_name
from sednactl.sedna.resources import DEPLOYMENT, HPA

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster
    from sednactl.surroundings import Surroundings

Tell = Callable[[str], None]
PAUSE = 0.5
_ROLE = (
    "Sedna's Global Manager may lack the right to change autoscalers: its ClusterRole needs "
    "get, create, update and delete on horizontalpodautoscalers"
)


@dataclass(frozen=True)
class Settled:
    """What a side has come to: its autoscaler's name (None: off) and, after a switch-off, from how many replicas to one."""

    side: str
    hpa: str | None
    replicas_before: int | None = None
    notes: tuple[str, ...] = ()


def wait_until_carried(
    cluster: Cluster,
    name: str,
    namespace: str,
    changes: Sequence[SideChange],
    deadline: float,
    surroundings: Surroundings,
    tell: Tell,
) -> None:
    """Wait until every changed side's autoscaler says what the service asks for, or is gone.

    `deadline` is on the monotonic clock. Raises ConditionUnmet when it passes.
    """
    while True:
        waiting = _not_carried(cluster, name, namespace, changes)
        if not waiting:
            return
        tell(waiting)
        left = deadline - surroundings.monotonic()
        if left <= 0:
            raise ConditionUnmet(f"the service is changed, but {waiting}", hint=_ROLE)
        surroundings.sleep(min(PAUSE, left))


def _not_carried(cluster: Cluster, name: str, namespace: str, changes: Sequence[SideChange]) -> str:
    for change in changes:
        if not change.differs:
            continue
        called = hpa_name(name, change.side)
        hpa = cluster.find(HPA, called, namespace)
        if change.after is None and hpa is not None:
            return f"autoscaler {called} is not gone yet"
        if change.after is not None and hpa is None:
            return f"there is no autoscaler {called} yet"
        if change.after is not None and hpa is not None and (field := unlike(change.after, hpa)):
            return f"autoscaler {called} has not the new {field} yet"
    return ""


def bring_back_to_one(cluster: Cluster, name: str, namespace: str, side: str) -> Settled:
    """Set a side that lost its autoscaler to one replica, which is what a service without one starts with.

    Left alone when another autoscaler acts on it, or there is no Deployment.
    """
    called = deployment_name(name, side)
    others = [
        hpa["metadata"]["name"] for hpa in cluster.list(Selection(HPA, namespace)) if target_of(hpa) == called
    ]
    if others:
        note = f"{others[0]} still scales {called}, so its replicas are left to it"
        return Settled(side, None, None, (note,))
    deployment = cluster.find(DEPLOYMENT, called, namespace)
    if deployment is None:
        return Settled(side, None)
    wanted = (deployment.get("spec") or {}).get("replicas")
    before = 1 if wanted is None else int(wanted)
    if before > 1:
        cluster.patch(DEPLOYMENT, called, {"spec": {"replicas": 1}}, namespace=namespace)
    return Settled(side, None, before)


def change_document(
    service: str, changes: Sequence[SideChange], settled: Sequence[Settled], *, dry_run: bool
) -> dict[str, Any]:
    """Give what was asked for and what came of it, in the machine-readable shape (ScaleChange)."""
    outcomes = {one.side: one for one in settled}
    sides = {}
    for change in changes:
        outcome = outcomes.get(change.side)
        sides[change.side] = {
            "changed": change.differs,
            "before": change.before,
            "after": change.after,
            "carried_out": outcome is not None,
            "replicas_before": outcome.replicas_before if outcome else None,
            "notes": list(outcome.notes) if outcome else [],
        }
    return {
        "apiVersion": "sednactl.io/v1",
        "kind": "ScaleChange",
        "service": service,
        "dry_run": dry_run,
        "sides": sides,
    }
