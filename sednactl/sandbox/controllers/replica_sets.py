"""ReplicaSets: as many pods as wanted, adopted, made or deleted, and a status that says so."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Any

from sednactl.cluster.door import Change, Cluster
from sednactl.cluster.label_selectors import equal_selector, selector_of, selects
from sednactl.errors import Refused
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.claiming import claim, owners_to_look_at
from sednactl.sandbox.controllers.deletion_order import pods_to_delete
from sednactl.sandbox.controllers.pods import is_active, is_ready, seconds_to_available
from sednactl.sandbox.controllers.world import Json, World, place_of
from sednactl.sandbox.controllers.writing import Writer, controller_of, controller_reference
from sednactl.sandbox.times import written
from sednactl.sedna.resources import POD, REPLICA_SET

BURST = 50
"""Pods that one look makes or deletes at most; the rest follows in the next, after everybody else's turn."""

_COUNTS = ("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas")


class ReplicaSets:
    """Keeps every ReplicaSet at its number of pods."""

    name = "replicaset-controller"
    follows = (REPLICA_SET, POD)

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._clock = clock
        self._writer = Writer(cluster, clock, self.name)

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Give the ReplicaSets that a change of themselves or of a pod concerns."""
        if change.selection.resource == REPLICA_SET:
            return [place_of(change.object)] if change.object else []
        return owners_to_look_at(world, change, before, REPLICA_SET)

    def look(self, key: Any, world: World) -> float | None:
        """Bring one ReplicaSet's pods to its number, and its status up to date."""
        wanted = world.get(REPLICA_SET, *key)
        if wanted is None:
            return None
        selector = selector_of(wanted["spec"]["selector"])
        pods = [
            pod for pod in claim(self._writer, world, wanted, REPLICA_SET, POD, selector) if is_active(pod)
        ]
        problem: Refused | None = None
        short = int(wanted["spec"].get("replicas", 1)) - len(pods)
        if "deletionTimestamp" not in wanted["metadata"]:
            problem = self._make(wanted, short, world) if short > 0 else None
            if short < 0:
                self._delete(wanted, pods, -short, world)
        again = self._tell_status(wanted, pods, short, problem, world)
        if problem is not None and not terminating(problem):
            raise problem
        return again

    def _make(self, owner: Json, count: int, world: World) -> Refused | None:
        """Make pods until one is refused; gives that refusal."""
        for _ in range(min(count, BURST)):
            try:
                made = self._writer.create(world, POD, pod_of(owner))
            except Refused as refusal:
                if not terminating(refusal):
                    text = f"Error creating: {refusal.message}"
                    self._writer.event(owner, REPLICA_SET, "Warning", "FailedCreate", text)
                return refusal
            text = f"Created pod: {made['metadata']['name']}"
            self._writer.event(owner, REPLICA_SET, "Normal", "SuccessfulCreate", text)
        return None

    def _delete(self, owner: Json, pods: list[Json], count: int, world: World) -> None:
        related = _pods_of_siblings(owner, world)
        for pod in pods_to_delete(pods, related, min(count, BURST), self._clock.now()):
            self._writer.delete(world, POD, pod)
            text = f"Deleted pod: {pod['metadata']['name']}"
            self._writer.event(owner, REPLICA_SET, "Normal", "SuccessfulDelete", text)

    def _tell_status(
        self, owner: Json, pods: list[Json], short: int, problem: Refused | None, world: World
    ) -> float | None:
        """Write the status if it is not what it was; gives the seconds until another pod counts as available."""
        now = self._clock.now()
        least = int(owner["spec"].get("minReadySeconds") or 0)
        waits = [wait for pod in pods if (wait := seconds_to_available(pod, least, now))]
        status = status_of(owner, pods, short, problem, now)
        old = owner.get("status", {})
        same = all(status.get(name, 0) == old.get(name, 0) for name in _COUNTS)
        same = same and status.get("conditions", []) == (old.get("conditions") or [])
        if not same or old.get("observedGeneration", 0) != owner["metadata"].get("generation", 0):
            self._writer.set_status(world, REPLICA_SET, owner, status)
        return min(waits, default=None)


def pod_of(owner: Json) -> Json:
    """Give the pod that a ReplicaSet's template asks for, named by the API server."""
    template = owner["spec"]["template"]
    meta = template.get("metadata") or {}
    kept = {key: meta[key] for key in ("labels", "annotations", "finalizers") if meta.get(key)}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": f"{owner['metadata']['name']}-",
            "namespace": owner["metadata"]["namespace"],
            **kept,
            "ownerReferences": [controller_reference(owner, REPLICA_SET)],
        },
        "spec": template["spec"],
    }


def status_of(owner: Json, pods: list[Json], short: int, problem: Refused | None, now: datetime) -> Json:
    """Give the status of a ReplicaSet with these active pods, of which it had `short` too few (too many, if negative)."""
    least = int(owner["spec"].get("minReadySeconds") or 0)
    labels = equal_selector((owner["spec"]["template"].get("metadata") or {}).get("labels"))
    counts = {
        "replicas": len(pods),
        "fullyLabeledReplicas": sum(selects(labels, pod["metadata"].get("labels")) for pod in pods),
        "readyReplicas": sum(is_ready(pod) for pod in pods),
        "availableReplicas": sum(seconds_to_available(pod, least, now) == 0 for pod in pods),
    }
    old = owner.get("status", {})
    conditions = list(old.get("conditions") or ())
    failing = any(each["type"] == "ReplicaFailure" for each in conditions)
    if problem is not None and not failing and not terminating(problem):
        conditions.append(
            {
                "type": "ReplicaFailure",
                "status": "True",
                "lastTransitionTime": written(now),
                "reason": "FailedCreate" if short > 0 else "FailedDelete",
                "message": problem.message,
            }
        )
    elif problem is None and failing:
        conditions = [each for each in conditions if each["type"] != "ReplicaFailure"]
    status: Json = {key: value for key, value in counts.items() if value or key == "replicas"}
    status["observedGeneration"] = owner["metadata"].get("generation", 0)
    if conditions:
        status["conditions"] = conditions
    return status


def terminating(problem: Refused) -> bool:
    """Tell whether a create was refused because its namespace is on its way out: then nothing is wrong."""
    return problem.status == 403 and "being terminated" in problem.message


def _pods_of_siblings(owner: Json, world: World) -> list[Json]:
    """Give the active pods of all ReplicaSets of the same Deployment."""
    reference = controller_of(owner)
    owners = [owner]
    if reference is not None:
        owners = [item for _, item in world.owned_by(reference["uid"], REPLICA_SET)]
    pods = [pod for one in owners for _, pod in world.owned_by(one["metadata"]["uid"], POD)]
    return [pod for pod in pods if is_active(pod)]
