"""How a controller writes: under its own field manager, bound to the object it saw, and known to its world at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sednactl.cluster.addresses import path_of
from sednactl.errors import NotFound, Refused
from sednactl.sandbox.controllers.world import Json, World, place_of
from sednactl.sandbox.times import written
from sednactl.sedna.resources import EVENT, Resource

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster, Propagation
    from sednactl.sandbox.clock import Clock

_BURST, _REFILL = 25, 300.0
"""Events about one object that are told at once, and the seconds until another may be: client-go's spam filter."""

_TELLINGS = 2_000
"""How many events are remembered to count repetitions of, as client-go's recorder does."""


@dataclass(frozen=True)
class Telling:
    """What makes two events the same one: about whom, and what is said."""

    uid: str
    type: str
    reason: str
    message: str


class Writer:
    """Writes as one component, e.g. `deployment-controller`; `manager` is the field manager of its writes.

    Every method raises the errors of `Cluster`; NotFound and Conflict also tell
    that the world was behind, so the caller should look again.
    """

    def __init__(
        self, cluster: Cluster, clock: Clock, component: str, manager: str = "kube-controller-manager"
    ) -> None:
        self._cluster = cluster
        self._clock = clock
        self._component = component
        self._query = {"fieldManager": manager}
        self._told: dict[Telling, tuple[str, str, int]] = {}
        self._allowed: dict[str, tuple[float, float]] = {}

    def create(self, world: World, resource: Resource, item: Json) -> Json:
        """Create an object."""
        namespace = item["metadata"].get("namespace")
        path = path_of(resource, namespace)
        made = self._typed(self._cluster.request("POST", path, query=self._query, body=item), resource)
        world.wrote(resource, made)
        return made

    def replace(self, world: World, resource: Resource, item: Json, subresource: str | None = None) -> Json:
        """Replace an object, or its status, if it still is what `item` was made from."""
        namespace, name = place_of(item)
        path = path_of(resource, namespace, name, subresource)
        made = self._typed(self._cluster.request("PUT", path, query=self._query, body=item), resource)
        world.wrote(resource, made)
        return made

    def set_status(self, world: World, resource: Resource, item: Json, status: Json) -> Json:
        """Replace an object's status."""
        return self.replace(world, resource, {**item, "status": status}, "status")

    def patch(
        self, world: World, resource: Resource, item: Json, patch: Json, subresource: str | None = None
    ) -> Json:
        """Merge a patch into the very object that was seen; Conflict if that was replaced by another one."""
        namespace, name = place_of(item)
        bound = {**patch, "metadata": {**patch.get("metadata", {}), "uid": item["metadata"]["uid"]}}
        made = self._cluster.request(
            "PATCH",
            path_of(resource, namespace, name, subresource),
            query=self._query,
            body=bound,
            content_type="application/merge-patch+json",
        )
        made = self._typed(made, resource)
        world.wrote(resource, made)
        if made["metadata"].get("deletionTimestamp") and not made["metadata"].get("finalizers"):
            self._look_whether_gone(world, resource, made)
        return made

    def delete(
        self,
        world: World,
        resource: Resource,
        item: Json,
        propagation: Propagation = "Background",
        grace_seconds: int | None = None,
    ) -> None:
        """Delete the very object that was seen; nothing to do where it is gone already."""
        namespace, name = place_of(item)
        try:
            answer = self._cluster.delete(
                resource,
                name,
                namespace=namespace or None,
                uid=item["metadata"]["uid"],
                propagation=propagation,
                grace_seconds=grace_seconds,
            )
        except NotFound:
            world.removed(resource, item)
            return
        if answer.get("kind") == "Status":
            world.removed(resource, item)
        elif answer.get("metadata", {}).get("uid") == item["metadata"]["uid"]:
            answer = self._typed(answer, resource)
            meta = answer["metadata"]
            stays = meta.get("deletionTimestamp") and (
                meta.get("finalizers") or meta.get("deletionGracePeriodSeconds")
            )
            if stays:
                world.wrote(resource, answer)
            else:
                world.removed(resource, item)

    def event(self, about: Json, resource: Resource, type_: str, reason: str, message: str) -> None:
        """Record an event about an object; one that is told again is counted, too many are dropped.

        Never raises for a refused event.
        """
        meta = about["metadata"]
        if not self._may_tell(meta["uid"]):
            return
        telling = Telling(meta["uid"], type_, reason, message)
        now = written(self._clock.now())
        before = self._told.get(telling)
        namespace = meta.get("namespace") or "default"
        if before is not None and self._count(namespace, telling, before, now):
            return
        involved = {
            "apiVersion": resource.api_version,
            "kind": resource.kind,
            "name": meta["name"],
            "uid": meta["uid"],
            "resourceVersion": meta.get("resourceVersion", ""),
        }
        if meta.get("namespace"):
            involved["namespace"] = meta["namespace"]
        moment = int(self._clock.now().timestamp() * 1_000_000) * 1000 + len(self._told) % 1000
        event: Json = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"{meta['name']}.{moment:x}", "namespace": namespace},
            "involvedObject": involved,
            "type": type_,
            "reason": reason,
            "message": message,
            "source": {"component": self._component},
            "reportingComponent": self._component,
            "reportingInstance": "",
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
        }
        if self._try(lambda: self._cluster.request("POST", path_of(EVENT, namespace), body=event)):
            self._told[telling] = event["metadata"]["name"], now, 1
            while len(self._told) > _TELLINGS:
                del self._told[next(iter(self._told))]

    def _may_tell(self, uid: str) -> bool:
        now = self._clock.monotonic()
        left, at = self._allowed.pop(uid, (float(_BURST), now))
        left = min(float(_BURST), left + (now - at) / _REFILL)
        self._allowed[uid] = max(0.0, left - 1), now
        while len(self._allowed) > _TELLINGS:
            del self._allowed[next(iter(self._allowed))]
        return left >= 1

    def _count(self, namespace: str, telling: Telling, before: tuple[str, str, int], now: str) -> bool:
        name, _, count = before
        body = {"count": count + 1, "lastTimestamp": now}
        done = self._try(
            lambda: self._cluster.request(
                "PATCH",
                path_of(EVENT, namespace, name),
                body=body,
                content_type="application/merge-patch+json",
            )
        )
        if done:
            self._told[telling] = name, now, count + 1
        else:
            self._told.pop(telling, None)
        return done

    @staticmethod
    def _try(send: Callable[[], object]) -> bool:
        # An event that cannot be told must not keep a controller from its work: NotFound is an
        # event that expired, Conflict one of a namespace on its way out.
        try:
            send()
        except Refused:
            return False
        return True

    def _look_whether_gone(self, world: World, resource: Resource, item: Json) -> None:
        """A patch that takes the last finalizer away deletes the object, which its answer does not say."""
        namespace, name = place_of(item)
        there = self._cluster.find(resource, name, namespace or None)
        if there is None or there["metadata"]["uid"] != item["metadata"]["uid"]:
            world.removed(resource, item)

    @staticmethod
    def _typed(item: Json, resource: Resource) -> Json:
        item.setdefault("apiVersion", resource.api_version)
        item.setdefault("kind", resource.kind)
        return item


def controller_reference(owner: Json, resource: Resource) -> Json:
    """Give the owner reference by which a controller marks what it made."""
    return {
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def controller_of(item: Json) -> Json | None:
    """Give the owner reference of the controller that manages an object, if any does."""
    references = item["metadata"].get("ownerReferences") or ()
    return next((each for each in references if each.get("controller")), None)
