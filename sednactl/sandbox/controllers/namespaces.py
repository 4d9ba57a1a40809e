"""Namespaces on their way out: everything in them is deleted, and when nothing is left, they go."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from sednactl.cluster.addresses import path_of
from sednactl.cluster.door import Change, Cluster
from sednactl.errors import NotFound, Refused
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.discovery import served_kinds
from sednactl.sandbox.controllers.world import Json, World
from sednactl.sandbox.controllers.writing import Writer
from sednactl.sedna.resources import NAMESPACE, Resource

AGAIN = 1.0
"""Seconds until a namespace that still holds something is looked at again: doubled each time, up to 15."""


class Namespaces:
    """Empties and finishes namespaces that were deleted."""

    name = "namespace-controller"
    follows = (NAMESPACE,)

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._writer = Writer(cluster, clock, self.name)
        self._tries: dict[str, int] = {}

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Give a namespace that is being deleted."""
        item = change.object
        if item is None:
            return []
        name = item["metadata"]["name"]
        if change.type == "deleted":
            self._tries.pop(name, None)
            return []
        return [name] if "deletionTimestamp" in item["metadata"] else []

    def look(self, key: Any, world: World) -> float | None:
        """Delete what a leaving namespace holds; finish it once nothing is left."""
        namespace = world.get(NAMESPACE, "", key)
        if namespace is None or "deletionTimestamp" not in namespace["metadata"]:
            return None
        finalizers = namespace.get("spec", {}).get("finalizers") or []
        if "kubernetes" not in finalizers:
            return None
        left = [kind for kind in self._kinds() if self._empty(kind, key)]
        if left:
            tries = self._tries[key] = self._tries.get(key, -1) + 1
            return min(15.0, AGAIN * 2.0**tries)
        rest = [each for each in finalizers if each != "kubernetes"]
        finished = {**namespace, "spec": {**namespace["spec"], "finalizers": rest}}
        try:
            self._writer.replace(world, NAMESPACE, finished, "finalize")
        except NotFound:
            world.removed(NAMESPACE, namespace)
            return None
        there = self._cluster.find(NAMESPACE, key)
        if there is None or there["metadata"]["uid"] != namespace["metadata"]["uid"]:
            world.removed(NAMESPACE, namespace)
        return None

    def _kinds(self) -> list[Resource]:
        needed = {"list", "delete"}
        served = served_kinds(self._cluster)
        return [each.resource for each in served if each.resource.namespaced and needed <= each.verbs]

    def _empty(self, kind: Resource, namespace: str) -> bool:
        """Delete all objects of a kind in a namespace; tells whether some are still there."""
        path = path_of(kind, namespace)
        try:
            first = self._cluster.request("GET", path, query={"limit": "1"})
            if not first.get("items"):
                return False
            options = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
            self._cluster.request("DELETE", path, body=options)
            return bool(self._cluster.request("GET", path, query={"limit": "1"}).get("items"))
        except Refused as refusal:
            if refusal.status in (404, 405):
                return False  # the kind went meanwhile, or cannot be deleted together
            raise
