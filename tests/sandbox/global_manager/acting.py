"""The Global Manager on virtual time, with the API server's rules in memory."""

from __future__ import annotations

from typing import Any

from sednactl.sandbox.controllers.garbage import GarbageCollector
from sednactl.sandbox.controllers.global_manager.faults import Faults
from sednactl.sandbox.controllers.global_manager.process import GlobalManager
from sednactl.sandbox.controllers.global_manager.rendering import Release
from sednactl.sedna.kinds import BY_KIND, SEDNA_KINDS
from sednactl.sedna.resources import (
    CRD,
    DEPLOYMENT,
    EVENT,
    HPA,
    NODE,
    POD,
    REPLICA_SET,
    SECRET,
    SERVICE,
    Resource,
)
from tests.live.other_kinds import every_other_kind
from tests.live.services import joint_inference, model
from tests.sandbox.controllers.stage import Stage

Json = dict[str, Any]
NAMESPACE = "default"
KINDS = [
    *(kind.resource for kind in SEDNA_KINDS),
    *(POD, SERVICE, SECRET, DEPLOYMENT, REPLICA_SET, HPA, EVENT, NODE, CRD),
]


class Scene(Stage):
    """A stage with the Global Manager and, where asked for, the garbage collector. `log` is what it told."""

    def __init__(
        self, faults: Faults | None = None, release: Release = "0.7", *, garbage: bool = False
    ) -> None:
        self.log: list[str] = []

        def controllers(stage: Stage) -> list[Any]:
            self.manager = GlobalManager(
                stage.cluster, stage.clock, self.log.append, release=release, faults=faults
            )
            collector = [GarbageCollector(stage.cluster, stage.clock)] if garbage else []
            return [self.manager, *collector]

        super().__init__(KINDS, controllers)

    def put(self, *manifests: Json) -> Json:
        """Create objects, let the Global Manager act, and give the last one as it is then."""
        for manifest in manifests:
            self.cluster.put(_resource(manifest), manifest)
        self.settle()
        return self.again(manifests[-1])

    def again(self, manifest: Json) -> Json:
        """Give an object as it is now."""
        return self.cluster.get(_resource(manifest), manifest["metadata"]["name"], NAMESPACE)

    def edit(self, manifest: Json, patch: Json, sub: str | None = None) -> Json:
        """Merge a patch into an object and let the Global Manager act."""
        self.cluster.edit(_resource(manifest), manifest["metadata"]["name"], patch, sub)
        self.settle()
        return self.again(manifest)

    def delete(self, resource: Resource, name: str, propagation: str = "Background") -> None:
        """Delete an object and let the Global Manager act."""
        self.cluster.delete(resource, name, namespace=NAMESPACE, propagation=propagation, grace_seconds=0)
        self.settle()

    def names(self, *resources: Resource) -> list[str]:
        """Give the names of objects in order of creation; of generated ones the part before the random letters."""
        found = []
        for (kind, _, name), item in self.cluster.objects.items():
            if kind in resources:
                generated = item["metadata"].get("generateName")
                found.append(f"{generated}*" if generated else name)
        return found


def helmet(**more: Any) -> list[Json]:
    """Give a joint inference service with its two models."""
    return [
        model("big-model", NAMESPACE),
        model("little-model", NAMESPACE),
        joint_inference("helmet", NAMESPACE, **more),
    ]


def workload(kind: str) -> list[Json]:
    """Give a workload of a kind, after what it refers to."""
    everything = every_other_kind(NAMESPACE)
    references = [one for one in everything if one["kind"] in ("Model", "Dataset")]
    return [*references, next(one for one in everything if one["kind"] == kind)]


def conditions(item: Json) -> list[tuple[str, str, str]]:
    """Give type, reason and message of each condition."""
    return [
        (one["type"], one.get("reason", ""), one.get("message", ""))
        for one in item.get("status", {}).get("conditions", [])
    ]


def _resource(manifest: Json) -> Resource:
    kind = BY_KIND.get(manifest["kind"])
    if kind is not None:
        return kind.resource
    return next(one for one in KINDS if one.kind == manifest["kind"])
