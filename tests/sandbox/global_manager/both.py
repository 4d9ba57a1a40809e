"""Does the same to both Global Managers and compares what they make of it."""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from sednactl.cluster.addresses import path_of
from sednactl.sandbox.controllers.global_manager.access import USER
from sednactl.sedna.kinds import BY_KIND, OBJECT_SEARCH, SEDNA_KINDS
from sednactl.sedna.resources import DEPLOYMENT, HPA, POD, SECRET, SERVICE, Resource
from tests.live.plane.api import MERGE, Api, eventually
from tests.live.plane.global_manager import OurGlobalManager
from tests.live.plane.plane import real_global_manager
from tests.live.plane.programs import RunningProgram

Json = dict[str, Any]
REAL, OURS = "gm-real", "gm-ours"
CHILDREN = (DEPLOYMENT, HPA, SERVICE, POD)
_WORKER_NAME = re.compile(r"^((?:[a-z-]+-)?)[bcdfghjklmnpqrstvwxz2456789]{5}$")
_UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TOKEN_VOLUME = re.compile(r"kube-api-access-[a-z0-9]{5}")
_LEFT_OUT = (
    *("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"),
    *("selfLink", "annotations", "deletionTimestamp", "deletionGracePeriodSeconds", "finalizers"),
)


class AnyPlane(Protocol):
    """A cluster with every controller but a Global Manager."""

    api: Api
    kubeconfig: Path

    def wait_for_pods_in(self, namespace: str) -> None:
        """Wait until pods can be made in a new namespace."""


class Both:
    """The plane with both at work."""

    real: RunningProgram | None = None
    ours: OurGlobalManager | None = None

    def __init__(self, plane: AnyPlane, folder: Path) -> None:
        self.plane = plane
        self._folder = folder
        self._since: dict[tuple[str, str, str], str] = {}
        for namespace in (REAL, OURS):
            body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
            plane.api.expect("POST", "/api/v1/namespaces", body)
            plane.wait_for_pods_in(namespace)
        self.restart()

    def restart(self) -> None:
        """Start both, anew where they were at work."""
        self.stop()
        # Both as Sedna's account: with an administrator's rights the real one does things twice.
        config = json.loads(self.plane.kubeconfig.read_text())
        config["users"][0]["user"]["as"] = USER
        kubeconfig = self._folder / "sedna.kubeconfig"
        kubeconfig.write_text(json.dumps(config))
        self.real = real_global_manager(self._folder, kubeconfig, REAL)
        self.ours = OurGlobalManager(kubeconfig, namespace=OURS)
        self.ours.start()

    def stop(self) -> None:
        """Stop what is at work."""
        for part in (self.ours, self.real):
            if part is not None:
                part.stop()

    def real_is_down(self) -> bool:
        """Tell whether the real one's process has ended."""
        return self.real is not None and self.real.ended()

    def ours_is_down(self) -> bool:
        """Tell whether ours plays a process that has ended."""
        return self.ours is not None and not self.ours.manager.up()

    # -- doing the same to both ----------------------------------------------

    def create(self, *manifests: Json) -> None:
        """Create objects in both namespaces; `PLACE` in their text is the namespace's name."""
        for namespace in (REAL, OURS):
            for manifest in manifests:
                placed = _placed(manifest, namespace)
                path = path_of(resource_of(manifest), namespace)
                made = self.plane.api.expect("POST", path, placed)
                place = namespace, made["kind"], made["metadata"]["name"]
                self._since[place] = made["metadata"]["resourceVersion"]

    def patch(self, resource: Resource, name: str, patch: Json, subresource: str | None = None) -> None:
        """Merge a patch into both objects of a name."""
        for namespace in (REAL, OURS):
            path = path_of(resource, namespace, name, subresource)
            self.plane.api.expect("PATCH", path, patch, MERGE)

    def delete(self, resource: Resource, name: str, propagation: str = "Background") -> None:
        """Delete both objects of a name."""
        for namespace in (REAL, OURS):
            self.plane.api.expect(
                "DELETE", path_of(resource, namespace, name), {"propagationPolicy": propagation}
            )

    def clear(self) -> None:
        """Remove everything from both namespaces and wait until it is gone, and stays gone."""
        kinds = [*(kind.resource for kind in SEDNA_KINDS), *CHILDREN, SECRET]
        searches = self.items(OBJECT_SEARCH.resource, REAL)
        since = [time.monotonic()]

        def empty() -> bool:
            left = False
            for namespace in (REAL, OURS):
                for resource in kinds:
                    items = [one for one in self.items(resource, namespace) if not _kept(one)]
                    left = left or bool(items)
                    if items:
                        self.plane.api("DELETE", path_of(resource, namespace))
            if left:
                since[0] = time.monotonic()
            # Object search makes its children again for a while.
            return time.monotonic() - since[0] >= (5.0 if searches else 0.0) and not left

        eventually(empty, timeout=90, every=0.5, what="both namespaces empty")

    # -- looking -------------------------------------------------------------

    def items(self, resource: Resource, namespace: str) -> list[Json]:
        """Give all objects of a kind in a namespace."""
        status, answer = self.plane.api("GET", path_of(resource, namespace))
        assert status == 200, answer  # 429 while a CRD's storage is being made
        return list(answer["items"])

    def get(self, resource: Resource, namespace: str, name: str) -> Json:
        """Give one object."""
        return self.plane.api.expect("GET", path_of(resource, namespace, name))

    def compare(self, look: Callable[[str], Any], *, timeout: float = 40, calm: float = 1.5) -> Any:
        """Look at both namespaces until they are alike and stay so for `calm` seconds; gives what is alike."""
        since: list[float] = []
        last: list[Any] = []

        def alike() -> bool:
            real, ours = look(REAL), look(OURS)
            assert ours == real, _difference(real, ours) + self._log()
            if last != [real]:
                last[:] = [real]
                since[:] = [time.monotonic()]
            return time.monotonic() - since[0] >= calm

        eventually(alike, timeout=timeout, every=0.3, what="both alike")
        return last[0]

    def _log(self) -> str:
        return "\n".join(("", "ours told:", *(self.ours.log[-12:] if self.ours else ())))

    def children(self, namespace: str) -> dict[str, list[Json]]:
        """Give the direct children of all workloads in a namespace, without what differs by chance."""
        found = {}
        for resource in CHILDREN:
            items = [one for one in self.items(resource, namespace) if not _made_by_replica_set(one)]
            plain = [_plain(one, namespace) for one in items]
            found[resource.plural] = sorted(plain, key=lambda one: json.dumps(one, sort_keys=True))
        return found

    def first_conditions(self, kind: str, name: str, namespace: str) -> list[Json]:
        """Give the conditions that a workload's status began with, without their times.

        The real one may write over them at once: its second look, which the first child brings, knows of
        its own first status only if the watch was quicker. So they are read from all that was ever stored.
        """
        since = self._since[namespace, kind, name]
        query = f"watch=1&resourceVersion={since}&fieldSelector=metadata.name%3D{name}&timeoutSeconds=1"
        status, answer = self.plane.api("GET", f"{path_of(BY_KIND[kind].resource, namespace)}?{query}")
        assert status == 200, answer
        lines = [answer] if "type" in answer else map(json.loads, answer.get("message", "").splitlines())
        for event in lines:
            found = (event["object"].get("status") or {}).get("conditions")
            if found:
                return [_timeless(one, namespace) for one in found]
        raise AssertionError("no condition yet")

    def status(self, kind: str, name: str, namespace: str) -> Json:
        """Give a workload's status without its times."""
        item = self.get(BY_KIND[kind].resource, namespace, name)
        status = copy.deepcopy(item.get("status") or {})
        times = [key for key in status if key.endswith("Time")]
        status["times"] = sorted(times)
        for key in times:
            del status[key]
        if "conditions" in status:
            status["conditions"] = [_timeless(one, namespace) for one in status["conditions"]]
        return _placeless(status, namespace)


def _timeless(condition: Json, namespace: str) -> Json:
    times = sorted(key for key in condition if key.endswith("Time"))
    rest = {key: value for key, value in condition.items() if key not in times}
    return _placeless({**rest, "times": times}, namespace)


def _placeless(content: Json, namespace: str) -> Json:
    plain: Json = json.loads(_UID.sub("UID", json.dumps(content)).replace(namespace, "PLACE"))
    return plain


def resource_of(manifest: Json) -> Resource:
    """Give a manifest's resource."""
    kind = BY_KIND.get(manifest["kind"])
    if kind is not None:
        return kind.resource
    return next(one for one in (*CHILDREN, SECRET) if one.kind == manifest["kind"])


def _placed(manifest: Json, namespace: str) -> Json:
    placed: Json = json.loads(json.dumps(manifest).replace("PLACE", namespace))
    placed["metadata"]["namespace"] = namespace
    return placed


def _kept(item: Json) -> bool:
    return item["metadata"]["name"] in ("kubernetes", "default")


def _made_by_replica_set(item: Json) -> bool:
    owners = item["metadata"].get("ownerReferences") or []
    return any(owner["kind"] == "ReplicaSet" for owner in owners)


def _plain(item: Json, namespace: str) -> Json:
    item = copy.deepcopy(item)
    meta = item["metadata"]
    managers = {one["manager"] for one in meta.get("managedFields") or () if not one.get("subresource")}
    meta["made by"] = sorted(managers & {"sedna-gm"})
    for key in _LEFT_OUT:
        meta.pop(key, None)
    for owner in meta.get("ownerReferences") or ():
        owner["uid"] = "UID"
    if meta.get("generateName"):
        meta["name"] = f"{meta['generateName']}*"
    item.pop("status", None)
    spec = item["spec"]
    for key in ("clusterIP", "clusterIPs"):
        spec.pop(key, None)
    if "jointinferenceservice.sedna.io/uid" in (meta.get("labels") or {}):
        spec.pop("replicas", None)  # the autoscaler's to set
    for one in (item, spec.get("template") or {}):
        for labels in (one.get("metadata", {}).get("labels"), one.get("spec", {}).get("selector")):
            _without_uid(labels)
    for container in _containers(item):
        env = container.get("env")
        if env:
            container["env"] = sorted((_env(one) for one in env), key=lambda one: one["name"])
    text = _TOKEN_VOLUME.sub("kube-api-access", json.dumps(item))
    plain: Json = json.loads(text.replace(namespace, "PLACE"))
    return plain


def _without_uid(labels: Any) -> None:
    if not isinstance(labels, dict):
        return
    for key, value in labels.items():
        if key.endswith("/uid"):
            labels[key] = "UID"
        elif isinstance(value, dict):
            _without_uid(value)


def _containers(item: Json) -> list[Json]:
    spec = item["spec"].get("template", {}).get("spec") or item["spec"]
    return [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]


def _env(variable: Json) -> Json:
    if variable["name"] != "WORKER_NAME":
        return variable
    match = _WORKER_NAME.match(variable["value"])
    assert match, variable
    return {**variable, "value": f"{match[1]}*"}


def _difference(real: Any, ours: Any) -> str:
    import difflib

    was, now = (json.dumps(one, indent=1, sort_keys=True).splitlines() for one in (real, ours))
    return "\n" + "\n".join(difflib.unified_diff(was, now, "real", "ours", lineterm="", n=4))
