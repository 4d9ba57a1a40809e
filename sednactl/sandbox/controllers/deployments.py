"""Deployments: a ReplicaSet for every template they had, and the way from one to the next.

One look does one step of Kubernetes' deployment controller: what it writes is
known at once and brings the next look. The decisions are in `rollout`,
`revisions` and `deployment_status`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from sednactl.cluster.door import Change, Cluster
from sednactl.cluster.label_selectors import selector_of
from sednactl.errors import AlreadyExists, Refused
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers import deployment_status as status_rules
from sednactl.sandbox.controllers import revisions, rollout
from sednactl.sandbox.controllers.claiming import claim, owners_to_look_at
from sednactl.sandbox.controllers.pods import is_finished
from sednactl.sandbox.controllers.replica_sets import terminating
from sednactl.sandbox.controllers.rollout import Plan, replicas_of
from sednactl.sandbox.controllers.world import Json, World, place_of
from sednactl.sandbox.controllers.writing import Writer, controller_of
from sednactl.sedna.resources import DEPLOYMENT, POD, REPLICA_SET


class Deployments:
    """Rolls out every Deployment's template within its limits."""

    name = "deployment-controller"
    follows = (DEPLOYMENT, REPLICA_SET, POD)

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._clock = clock
        self._writer = Writer(cluster, clock, self.name)

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Give the Deployments that a change concerns; of pods only the end, for which Recreate waits."""
        kind = change.selection.resource
        if kind == DEPLOYMENT:
            return [place_of(change.object)] if change.object else []
        if kind == REPLICA_SET:
            return owners_to_look_at(world, change, before, DEPLOYMENT)
        return _waiting_for_end_of(before, world) if change.type == "deleted" and before else []

    def look(self, key: Any, world: World) -> float | None:
        """Do the next step for one Deployment; gives the seconds until its rollout is late."""
        deployment = world.get(DEPLOYMENT, *key)
        if deployment is None:
            return None
        if not any((deployment["spec"]["selector"] or {}).values()):
            text = "This deployment is selecting all pods. A non-empty selector is required."
            self._writer.event(deployment, DEPLOYMENT, "Warning", "SelectingAll", text)
            return None
        selector = selector_of(deployment["spec"]["selector"])
        sets = revisions.by_age(claim(self._writer, world, deployment, DEPLOYMENT, REPLICA_SET, selector))
        new = revisions.new_of(deployment, sets)
        old = [one for one in sets if one is not new]
        now = self._clock.now()
        if "deletionTimestamp" in deployment["metadata"]:
            self._tell(deployment, status_rules.counted(deployment, new, sets, now), world)
            return None
        paused = status_rules.paused_condition(deployment, now)
        if paused is not None:
            status = {**deployment.get("status", {}), "conditions": paused}
            self._writer.set_status(world, DEPLOYMENT, deployment, status)
            return None
        if new is not None and self._keep_in_step(deployment, new, old, world):
            return None
        if deployment["spec"].get("paused") or rollout.is_scaling(deployment, sets):
            self._resize(deployment, new, old, world)
            return None
        return self._roll(deployment, new, old, world)

    def _keep_in_step(self, deployment: Json, new: Json, old: list[Json], world: World) -> bool:
        """Carry annotations and revision between a Deployment and its new ReplicaSet; tells whether anything was written."""
        annotations = revisions.annotated(deployment, new, revisions.next_revision(old))
        seconds = deployment["spec"].get("minReadySeconds") or 0
        if annotations != (new["metadata"].get("annotations") or {}) or seconds != (
            new["spec"].get("minReadySeconds") or 0
        ):
            meta = {**new["metadata"], "annotations": annotations}
            spec = {**new["spec"], "minReadySeconds": seconds}
            self._writer.replace(world, REPLICA_SET, {**new, "metadata": meta, "spec": spec})
            return True
        revision = annotations.get(revisions.REVISION, "")
        if (deployment["metadata"].get("annotations") or {}).get(revisions.REVISION) != revision:
            self._writer.replace(world, DEPLOYMENT, _with_revision(deployment, revision), "status")
            return True
        if status_rules.progressing(deployment) is None and status_rules.deadline_of(deployment) is not None:
            text = f'Found new replica set "{new["metadata"]["name"]}"'
            self._set_progress(deployment, "True", status_rules.FOUND, text, world)
            return True
        return False

    def _resize(self, deployment: Json, new: Json | None, old: list[Json], world: World) -> None:
        sets = [*old, new] if new is not None else old
        plan = rollout.spread(deployment, new, list(reversed(old)))
        if not plan and rollout.is_scaling(deployment, sets):
            # Nothing to resize, but the notes of what they were sized for are out of date.
            plan = {one["metadata"]["name"]: replicas_of(one) for one in sets if replicas_of(one)}
        self._carry_out(plan, deployment, sets, world)
        if deployment["spec"].get("paused"):
            self._clean_up(deployment, old, world)
        self._tell(deployment, status_rules.counted(deployment, new, sets, self._clock.now()), world)

    def _roll(self, deployment: Json, new: Json | None, old: list[Json], world: World) -> float | None:
        rolling = rollout.is_rolling(deployment)
        sets = [*old, new] if new is not None else old
        active = [one for one in old if replicas_of(one) > 0]
        if not rolling:
            if self._carry_out({one["metadata"]["name"]: 0 for one in active}, deployment, old, world):
                return self._tell_rollout(deployment, new, sets, world)
            if _still_running(old, world):
                return self._tell_rollout(deployment, new, sets, world)
        if new is None:
            self._create(deployment, old, world)
            return None
        size = rollout.size_of_new(deployment, replicas_of(new), sum(map(replicas_of, sets)))
        if replicas_of(new) > replicas_of(deployment):
            size = replicas_of(deployment)
        plan: Plan = {new["metadata"]["name"]: size} if size != replicas_of(new) else {}
        if not plan and rolling:
            plan = rollout.shrink_old(deployment, new, active)
        if not self._carry_out(plan, deployment, sets, world) and status_rules.is_complete(
            deployment, deployment.get("status", {})
        ):
            self._clean_up(deployment, old, world)
        return self._tell_rollout(deployment, new, sets, world)

    def _create(self, deployment: Json, old: list[Json], world: World) -> None:
        total = sum(map(replicas_of, old))
        revision = revisions.next_revision(old)
        wanted = revisions.made_for(deployment, rollout.size_of_new(deployment, 0, total), revision)
        name, size = wanted["metadata"]["name"], wanted["spec"]["replicas"]
        try:
            self._writer.create(world, REPLICA_SET, wanted)
        except AlreadyExists:
            self._meet_collision(deployment, name, world)
            return
        except Refused as refusal:
            if terminating(refusal):
                return
            text = f'Failed to create new replica set "{name}": {refusal.message}'
            if status_rules.deadline_of(deployment) is not None:
                self._set_progress(deployment, "False", status_rules.NOT_CREATED, text, world)
            self._writer.event(deployment, DEPLOYMENT, "Warning", status_rules.NOT_CREATED, text)
            raise
        if size:
            self._tell_scaling(deployment, name, 0, size)
        deployment = _with_revision(deployment, str(revision))
        if status_rules.deadline_of(deployment) is None:
            self._writer.replace(world, DEPLOYMENT, deployment, "status")
        else:
            text = f'Created new replica set "{name}"'
            self._set_progress(deployment, "True", status_rules.CREATED, text, world)

    def _meet_collision(self, deployment: Json, name: str, world: World) -> None:
        """Another ReplicaSet has the name: where it is not ours, the next name is made from a higher count."""
        there = world.get(REPLICA_SET, deployment["metadata"]["namespace"], name)
        owner = controller_of(there) if there is not None else None
        if (
            there is not None
            and owner is not None
            and owner["uid"] == deployment["metadata"]["uid"]
            and revisions.same_template(deployment, there)
        ):
            return
        status = deployment.get("status", {})
        status = {**status, "collisionCount": int(status.get("collisionCount") or 0) + 1}
        self._writer.set_status(world, DEPLOYMENT, deployment, status)

    def _carry_out(self, plan: Plan, deployment: Json, sets: Sequence[Json], world: World) -> bool:
        """Give ReplicaSets the planned sizes; tells whether there was anything to do."""
        notes = revisions.sized(deployment)
        for one in sets:
            size = plan.get(one["metadata"]["name"])
            if size is None:
                continue
            before = one["metadata"].get("annotations") or {}
            if size == replicas_of(one) and notes.items() <= before.items():
                continue
            meta = {**one["metadata"], "annotations": {**before, **notes}}
            resized = {**one, "metadata": meta, "spec": {**one["spec"], "replicas": size}}
            self._writer.replace(world, REPLICA_SET, resized)
            if size != replicas_of(one):
                self._tell_scaling(deployment, one["metadata"]["name"], replicas_of(one), size)
        return bool(plan)

    def _clean_up(self, deployment: Json, old: Sequence[Json], world: World) -> None:
        for one in revisions.superfluous(deployment, old):
            self._writer.delete(world, REPLICA_SET, one)

    def _tell_rollout(
        self, deployment: Json, new: Json | None, sets: Sequence[Json], world: World
    ) -> float | None:
        now = self._clock.now()
        status = status_rules.rolled_out(deployment, new, sets, now)
        if self._tell(deployment, status, world):
            return None
        return status_rules.seconds_to_deadline(deployment, status, now)

    def _tell(self, deployment: Json, status: Json, world: World) -> bool:
        """Write a status that says something new; tells whether it did."""
        if status == status_rules.tidy(deployment.get("status", {})):
            return False
        self._writer.set_status(world, DEPLOYMENT, deployment, status)
        return True

    def _set_progress(self, deployment: Json, status: str, reason: str, text: str, world: World) -> None:
        there = deployment.get("status", {})
        conditions = status_rules.with_condition(
            there.get("conditions") or [], "Progressing", status, reason, text, self._clock.now()
        )
        if conditions != (there.get("conditions") or []):
            self._writer.set_status(world, DEPLOYMENT, deployment, {**there, "conditions": conditions})

    def _tell_scaling(self, deployment: Json, name: str, before: int, after: int) -> None:
        way = "up" if after > before else "down"
        text = f"Scaled {way} replica set {name} from {before} to {after}"
        self._writer.event(deployment, DEPLOYMENT, "Normal", "ScalingReplicaSet", text)


def _with_revision(deployment: Json, revision: str) -> Json:
    """Give a Deployment that carries a revision; written with its status, which does not make a new generation of it."""
    meta = deployment["metadata"]
    annotations = {**(meta.get("annotations") or {}), revisions.REVISION: revision}
    return {**deployment, "metadata": {**meta, "annotations": annotations}}


def _still_running(old: Sequence[Json], world: World) -> bool:
    """Tell whether old ReplicaSets still have pods, those that are being stopped included."""
    return any(not is_finished(pod) for one in old for _, pod in world.owned_by(one["metadata"]["uid"], POD))


def _waiting_for_end_of(pod: Json, world: World) -> Iterable[Hashable]:
    owner = controller_of(pod)
    found = world.by_uid(owner["uid"]) if owner is not None else None
    over = controller_of(found[1]) if found is not None else None
    top = world.by_uid(over["uid"]) if over is not None else None
    if top is not None and top[0] == DEPLOYMENT and not rollout.is_rolling(top[1]):
        yield place_of(top[1])
