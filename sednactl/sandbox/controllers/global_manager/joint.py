"""The part for joint inference: edits of a side reach its Deployment and autoscaler; deleted Deployments come back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy

from sednactl.sandbox.controllers.global_manager import counting, rendering
from sednactl.sandbox.controllers.global_manager.access import Refusal
from sednactl.sandbox.controllers.global_manager.children_joint import (
    BIG_MODEL_PORT,
    CLOUD,
    EDGE,
    hpa_failure,
    joint_worker,
)
from sednactl.sandbox.controllers.global_manager.halting import CannotCreate, Panic
from sednactl.sandbox.controllers.global_manager.part import Tally, sync_of, sync_of_owner
from sednactl.sandbox.controllers.global_manager.services import Look, ServicePart
from sednactl.sandbox.controllers.global_manager.tasks import Handle, Task
from sednactl.sandbox.controllers.world import Json
from sednactl.sandbox.controllers.writing import controller_of
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.naming import deployment_name, hpa_name, service_name
from sednactl.sedna.resources import DEPLOYMENT, HPA, SERVICE, Resource


class JointInferencePart(ServicePart):
    """Joint inference as v0.7.0 does it, with Deployments."""

    kind = JOINT_INFERENCE
    component = "jointinferenceservice-controller"

    def workload_changed(self, before: Json | None, item: Json, *, deleted: bool) -> Iterable[Task]:
        """Look at it, and carry out what was edited."""
        yield sync_of(item, self.kind.resource)
        if before is not None and not deleted:
            yield Handle(lambda: self._carry_edit(before, item))

    def resync(self, item: Json) -> Iterable[Task]:
        """Do as after an edit that changed nothing."""
        return self.workload_changed(item, item, deleted=False)

    def child_changed(
        self, resource: Resource, before: Json | None, item: Json, *, deleted: bool
    ) -> Iterator[Task]:
        """Look at its workload; make a Deployment again that was deleted."""
        del before
        if resource != DEPLOYMENT:
            return
        if deleted:
            yield Handle(lambda: self._rebuild(item))
        yield from sync_of_owner(self._means, self.kind, item)

    def _look(self, workload: Json) -> Look:
        if self._means.faults.false_failed:
            deployments = self._deployments(workload)
            active = counting.active_deployments(deployments)
        else:
            deployments = self._deployments_now(workload)
            active = counting.working_deployments(deployments)
        return Look(Tally(deployments=2), Tally(deployments=active), not deployments)

    def _counted(self, active: Tally, lacking: Tally) -> dict[str, int]:
        return {"active": active.deployments, "failed": lacking.deployments}

    # -- edits ---------------------------------------------------------------

    def _carry_edit(self, before: Json, service: Json) -> None:
        if before["spec"].get("cloudWorker") != service["spec"].get("cloudWorker"):
            self._update_worker(service, CLOUD, "")
        host = self._big_model_host(service)
        if before["spec"].get("edgeWorker") != service["spec"].get("edgeWorker"):
            self._update_worker(service, EDGE, host)

    def _big_model_host(self, service: Json) -> str:
        """Give where edge workers find the cloud worker; "" where the Service is gone and does not come back."""
        means, meta = self._means, service["metadata"]
        origin = means.origin(service)
        try:
            means.access.get(SERVICE, meta["namespace"], service_name(meta["name"], CLOUD.lower()))
        except Refusal as refusal:
            if not refusal.missing:
                means.tell(f"failed to get cloud service: {refusal.message}")
                return ""
            if means.faults.lost_service:
                # The real one asks for it with labels like "./name", which no API server takes.
                means.tell(f"failed to create EdgeMesh service for {meta['name']}: its labels are invalid")
                return ""
            try:
                means.access.create(SERVICE, rendering.service(origin, CLOUD, BIG_MODEL_PORT))
            except Refusal as again:
                means.tell(again.message)
                return ""
        return rendering.service_host(origin, CLOUD)

    def _update_worker(self, service: Json, worker_type: str, host: str) -> None:
        """Replace a side's template and see to its autoscaler. What goes wrong is told and forgotten."""
        means, meta, side = self._means, service["metadata"], worker_type.lower()
        origin = means.origin(service)
        name = deployment_name(meta["name"], side)
        hpa = service["spec"][f"{side}Worker"].get("hpa")
        try:
            references = means.access.references(meta["namespace"])
            worker = joint_worker(service, worker_type, host, references, means.recipe)
            live = means.world.get(DEPLOYMENT, meta["namespace"], name)
            if live is None:
                means.tell(f'get {side} Deployment failed: deployments.apps "{name}" not found')
                return
            self._replace_deployment(rendering.relabelled(origin, worker, live))
            if hpa is None:
                self._delete_autoscaler(meta["namespace"], hpa_name(meta["name"], side))
            else:
                wanted = rendering.autoscaler(origin, worker_type, hpa)
                self._update_autoscaler(wanted, hpa_failure(origin, worker_type))
        except (CannotCreate, Refusal) as error:
            means.tell(f"failed to update {side} worker of {meta['name']}: {error.message}")
        except Panic as panic:
            if means.faults.crashes:
                raise
            means.tell(panic.cause)

    def _replace_deployment(self, changed: Json) -> None:
        try:
            self._means.access.replace(DEPLOYMENT, changed)
        except Refusal as refusal:
            self._means.tell(f"failed to update deployment: {refusal.message}")

    def _update_autoscaler(self, wanted: Json, failure: str) -> None:
        access, meta = self._means.access, wanted["metadata"]
        try:
            live = access.get(HPA, meta["namespace"], meta["name"])
        except Refusal as refusal:
            if not refusal.missing:
                raise
            try:
                access.create(HPA, wanted)
            except Refusal as again:
                raise CannotCreate(failure + again.message) from again
            return
        changed = deepcopy(live)
        changed["metadata"] |= {key: meta[key] for key in ("labels", "ownerReferences")}
        changed["spec"] = wanted["spec"]
        access.replace(HPA, changed)

    def _delete_autoscaler(self, namespace: str, name: str) -> None:
        try:
            self._means.access.get(HPA, namespace, name)
            self._means.access.delete(HPA, namespace, name)
        except Refusal as refusal:
            if not refusal.missing:
                raise

    # -- rebuilding ----------------------------------------------------------

    def _rebuild(self, deployment: Json) -> None:
        """Make a deleted Deployment again as it was, if a service of the name before `-deployment` is known."""
        means, meta = self._means, deployment["metadata"]
        service = means.world.get(self.kind.resource, meta["namespace"], meta["name"].split("-deployment")[0])
        if service is None:
            return
        if not means.faults.foreground_livelock and service["metadata"].get("deletionTimestamp"):
            return
        if not means.faults.resurrection and not _owns(service, deployment):
            return
        again = deepcopy(deployment)
        for key in ("uid", "resourceVersion"):
            again["metadata"].pop(key, None)
        try:
            means.access.create(DEPLOYMENT, again)
        except Refusal as refusal:
            means.tell(f"failed to recreate deployment {meta['name']}: {refusal.message}")


class FormerJointInferencePart(ServicePart):
    """Joint inference as v0.6.0 did it, with bare pods that nothing brings back."""

    kind = JOINT_INFERENCE
    component = "jointinferenceservice-controller"

    def _look(self, workload: Json) -> Look:
        pods = self._pods(workload)
        return Look(Tally(pods=2), Tally(pods=counting.active_pods(pods)), not pods)

    def _counted(self, active: Tally, lacking: Tally) -> dict[str, int]:
        return {"active": active.pods, "failed": lacking.pods}


def _owns(service: Json, deployment: Json) -> bool:
    owner = controller_of(deployment)
    return owner is not None and owner["uid"] == service["metadata"]["uid"]
