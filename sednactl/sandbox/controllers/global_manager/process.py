"""The Global Manager as one process: all kinds' parts on one agenda, which a crash stops together.

A crash ends the process. Its pod is started again after a wait that doubles up
to five minutes, as a kubelet does; at the start every object is new to it, so
that one which made it crash may do so again. Where the cluster holds the pod of
Deployment `gm` in namespace `sedna`, its status shows that.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable, Iterable

from sednactl.cluster.door import Change, Cluster
from sednactl.errors import ClusterError
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.agenda import Agenda
from sednactl.sandbox.controllers.global_manager.access import Access, Refusal
from sednactl.sandbox.controllers.global_manager.credentials import DatasetPart
from sednactl.sandbox.controllers.global_manager.faults import Faults
from sednactl.sandbox.controllers.global_manager.federated import FederatedLearningPart
from sednactl.sandbox.controllers.global_manager.halting import CannotCreate, Panic
from sednactl.sandbox.controllers.global_manager.installation import KB_SERVER
from sednactl.sandbox.controllers.global_manager.jobs import ReidPart, VideoAnalyticsPart
from sednactl.sandbox.controllers.global_manager.joint import FormerJointInferencePart, JointInferencePart
from sednactl.sandbox.controllers.global_manager.learning import (
    IncrementalLearningPart,
    LifelongLearningPart,
)
from sednactl.sandbox.controllers.global_manager.other_services import (
    FeatureExtractionPart,
    ObjectSearchPart,
)
from sednactl.sandbox.controllers.global_manager.own_pod import show_crashed, show_running
from sednactl.sandbox.controllers.global_manager.part import Means, Part, TryAgain
from sednactl.sandbox.controllers.global_manager.recipe import Recipe
from sednactl.sandbox.controllers.global_manager.rendering import Release
from sednactl.sandbox.controllers.global_manager.tasks import Handle, Restart, Resync, Sync, Task, Waits
from sednactl.sandbox.controllers.world import Json, World
from sednactl.sedna.kinds import MODEL
from sednactl.sedna.resources import DEPLOYMENT, POD, Resource

RESYNC_SECONDS = (30.0, 60.0)
FIRST_RESTART, LONGEST_RESTART = 10.0, 300.0
CALM_SECONDS = 600.0
"""Seconds without a crash after which the waits before a restart begin anew."""

_WORK = "work"
_TASKS_IN_A_ROW = 20
"""Tasks before changes are taken in again."""


class GlobalManager:
    """Sedna's Global Manager, as a controller of the sandbox.

    `tell` takes the lines of its log. `namespace` and `kb_server` are settings of
    its configuration: the namespace it cares for, "" for all, and where workers
    find the knowledge base. `node` is the door of the kubelet that reports on its
    pod, where that is another than its own.
    """

    name = "global-manager"

    def __init__(
        self,
        cluster: Cluster,
        clock: Clock,
        tell: Callable[[str], None],
        *,
        release: Release = "0.7",
        faults: Faults | None = None,
        namespace: str = "",
        kb_server: str = KB_SERVER,
        node: Cluster | None = None,
    ) -> None:
        faults = faults or Faults()
        access = Access(cluster, may_scale=not faults.missing_rbac)
        self._node = Access(node or cluster, may_scale=True)
        recipe = Recipe(release, kb_server=kb_server, strict_references=not faults.ignored_references)
        self._means = Means(access, recipe, faults, clock, tell)
        self._agenda, self._waits = Agenda(), Waits()
        self._parts = self._new_parts()
        self.follows: tuple[Resource, ...] = (
            *self._parts,
            MODEL.resource,
            DEPLOYMENT,
            POD,
        )
        self._resync_every = _resync_period()
        self._put(Resync(), clock.monotonic() + self._resync_every)
        self._namespace = namespace
        self._down = False
        self.crashes = 0
        self._crashed_at = -CALM_SECONDS

    def up(self) -> bool:
        """Tell whether the process runs, and is not waiting for its next start."""
        return not self._down

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Put on the agenda what a change asks for; a process that is down hears of nothing."""
        self._means.world = world
        deleted = change.type == "deleted"
        item = before if deleted else change.object
        if self._down or item is None:
            return ()
        self._hear(change.selection.resource, before, item, deleted=deleted)
        return (_WORK,)

    def look(self, key: Hashable, world: World) -> float | None:
        """Do the next task that is due; gives the seconds until there is another."""
        del key
        self._means.world = world
        now = self._means.clock.monotonic()
        for _ in range(_TASKS_IN_A_ROW):
            entry = self._agenda.take(now)
            if entry is None:
                break
            try:
                self._do(entry[1], now)
            except Panic as panic:
                self._crash(panic)
            except ClusterError:
                self._agenda.put(entry, now)  # nobody answered: it is still to be done
                raise
        due = self._agenda.next()
        return None if due is None else max(0.0, due - self._means.clock.monotonic())

    def _new_parts(self) -> dict[Resource, Part]:
        means = self._means
        joint = JointInferencePart if means.recipe.release == "0.7" else FormerJointInferencePart
        parts: tuple[Part, ...] = (
            joint(means),
            FeatureExtractionPart(means),
            FederatedLearningPart(means),
            IncrementalLearningPart(means),
            LifelongLearningPart(means),
            ReidPart(means),
            VideoAnalyticsPart(means),
            DatasetPart(means),
            ObjectSearchPart(means),
        )
        return {part.kind.resource: part for part in parts}

    def _hear(self, resource: Resource, before: Json | None, item: Json, *, deleted: bool) -> None:
        if self._namespace not in ("", item["metadata"].get("namespace")):
            return
        now = self._means.clock.monotonic()
        part = self._parts.get(resource)
        if part is not None:
            for task in part.workload_changed(before, item, deleted=deleted):
                self._put(task, now)
        elif resource in (DEPLOYMENT, POD):
            for part in self._parts.values():
                for task in part.child_changed(resource, before, item, deleted=deleted):
                    self._put(task, now)

    def _put(self, task: Task, when: float) -> None:
        self._agenda.put((self.name, task), when)

    def _do(self, task: Hashable, now: float) -> None:
        if isinstance(task, Handle):
            try:
                task.run()
            except (Refusal, CannotCreate) as error:
                self._means.tell(error.message)
        elif isinstance(task, Sync):
            self._sync(task, now)
        elif isinstance(task, Resync):
            self._resync(now)
        else:
            self._restart(now)

    def _sync(self, task: Sync, now: float) -> None:
        part = self._parts[task.resource]
        workload = self._means.world.get(task.resource, task.namespace, task.name)
        if workload is None and isinstance(part, ObjectSearchPart):
            workload = part.departed(task.namespace, task.name)
        if workload is None:
            self._waits.forget(task)
            return
        try:
            part.sync(workload)
        except (TryAgain, Refusal) as error:
            wait = self._waits.after_failure(task)
            self._put(task, now + wait)
            self._means.tell(
                f"{task.resource.kind} {task.namespace}/{task.name}: {error}; again in {wait:.0f} s"
            )
        else:
            self._waits.forget(task)

    def _resync(self, now: float) -> None:
        for resource, part in self._parts.items():
            for item in self._means.world.all(resource, self._namespace or None):
                for task in part.resync(item):
                    self._put(task, now)
        self._put(Resync(), now + self._resync_every)

    # -- crashing ------------------------------------------------------------

    def _crash(self, panic: Panic) -> None:
        now = self._means.clock.monotonic()
        if now - self._crashed_at > CALM_SECONDS:
            self.crashes = 0
        self.crashes += 1
        self._crashed_at = now
        self._down = True
        self._agenda, self._waits = Agenda(), Waits()
        wait = min(LONGEST_RESTART, FIRST_RESTART * 2.0 ** (self.crashes - 1))
        self._put(Restart(), now + wait)
        self._means.tell(f"panic: {panic.cause}; the process ends, and is started again in {wait:.0f} s")
        show_crashed(self._means, self._node, self.crashes)

    def _restart(self, now: float) -> None:
        self._down = False
        self._parts = self._new_parts()  # nothing of what it knew is left
        self._resync_every = _resync_period()
        self._put(Resync(), now + self._resync_every)
        show_running(self._means, self._node, self.crashes)
        world = self._means.world
        for resource in self.follows:
            for item in world.all(resource, self._namespace or None):
                self._hear(resource, None, item, deleted=False)


def _resync_period() -> float:
    least, most = RESYNC_SECONDS
    return least + (most - least) * secrets.randbelow(1000) / 1000
