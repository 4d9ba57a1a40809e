"""A few rules of the API server in memory, so that controllers are tested step by step on virtual time.

What it knows: UIDs, resourceVersions, generations, generateName, optimistic
locks, merge patches, the status and binding subresources, finalizers, the three
propagation policies, graceful deletion of bound pods. Nothing is defaulted or
validated; what it does is what the real API server does, to which the same
controllers are held in test_real_api.py.
"""

from __future__ import annotations

import copy
import itertools
import queue
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sednactl.cluster.door import Change, Selection
from sednactl.errors import AlreadyExists, Conflict, NotFound
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.times import written
from sednactl.sedna.resources import Resource

Json = dict[str, Any]
_PATH = re.compile(
    r"^/(?:api/(?P<core>v1)|apis/(?P<group>[^/]+)/(?P<version>[^/]+))"
    r"(?:/namespaces/(?P<namespace>[^/]+)(?=/(?!status|finalize)))?/(?P<plural>[^/?]+)(?:/(?P<name>[^/?]+))?(?:/(?P<sub>[^/?]+))?"
)


if TYPE_CHECKING:
    _Rest: Any = object
else:
    _Rest = object


class MemoryCluster(_Rest):  # type: ignore[misc]  # to a type checker it has the rest of a Cluster, too
    """Objects in memory behind the methods of `Cluster` that controllers use."""

    namespace = "default"

    def __init__(self, clock: Clock, kinds: Sequence[Resource]) -> None:
        self.clock = clock
        self.kinds = list(kinds)
        self.objects: dict[tuple[Resource, str, str], Json] = {}
        self.events: list[Change] = []
        self.requests: list[tuple[str, str]] = []
        self.refuse: dict[str, Exception] = {}
        """Requests to refuse: `METHOD path-prefix` to what is raised."""
        self._counter = itertools.count(1)
        self._watchers: list[queue.Queue[Change]] = []

    # -- what tests use ----------------------------------------------------

    def put(self, resource: Resource, item: Json) -> Json:
        """Create an object as a user would."""
        namespace = item["metadata"].get("namespace") if resource.namespaced else None
        root = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
        place = f"/namespaces/{namespace or 'default'}" if resource.namespaced else ""
        return self.request("POST", f"{root}{place}/{resource.plural}", body=item)

    def of(self, resource: Resource, namespace: str | None = None) -> list[Json]:
        """Give all objects of a kind, in order of creation."""
        return [
            item
            for (kind, where, _), item in self.objects.items()
            if kind == resource and namespace in (None, where)
        ]

    def edit(self, resource: Resource, name: str, patch: Json, sub: str | None = None) -> Json:
        """Merge a patch into an object of the default namespace, or a cluster-wide one."""
        root = f"/apis/{resource.group}/{resource.version}" if resource.group else f"/api/{resource.version}"
        place = "/namespaces/default" if resource.namespaced else ""
        tail = f"/{sub}" if sub else ""
        return self.request("PATCH", f"{root}{place}/{resource.plural}/{name}{tail}", body=patch)

    # -- Cluster -----------------------------------------------------------

    def get(self, resource: Resource, name: str, namespace: str | None = None) -> Json:
        item = self.find(resource, name, namespace)
        if item is None:
            raise NotFound(f"{resource.full_name} {name} not found", status=404, reason="NotFound")
        return item

    def find(self, resource: Resource, name: str, namespace: str | None = None) -> Json | None:
        self.requests.append(("GET", f"{resource.plural}/{name}"))
        where = (namespace or "default") if resource.namespaced else ""
        item = self.objects.get((resource, where, name))
        return copy.deepcopy(item) if item else None

    def list(self, selection: Selection, **_: Any) -> Iterator[Json]:
        yield from copy.deepcopy(self.of(selection.resource, selection.namespace))

    def serves(self, resource: Resource) -> bool:
        return resource in self.kinds

    def watch(self, selections: Sequence[Selection], *, idle: float = 1.0) -> Iterator[Change]:
        changes: queue.Queue[Change] = queue.Queue()
        self._watchers.append(changes)
        for selection in selections:
            for item in self.of(selection.resource):
                yield Change("added", selection, copy.deepcopy(item))
            yield Change("synced", selection)
        wanted = {selection.resource for selection in selections}
        while True:
            try:
                change = changes.get(timeout=0.01)
            except queue.Empty:
                yield Change("idle", selections[0])
                continue
            if change.selection.resource in wanted:
                yield change

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
    ) -> Json:
        self.requests.append((method, path))
        for prefix, error in self.refuse.items():
            if f"{method} {path}".startswith(prefix):
                raise error
        if method == "GET" and (discovered := self._discover(path)) is not None:
            return discovered
        match = _PATH.match(path)
        assert match, path
        resource = self._resource(match)
        namespace = (match["namespace"] or "") if resource.namespaced else ""
        name, sub = match["name"] or "", match["sub"] or ""
        if method == "GET" and not name:
            return {"items": copy.deepcopy(self.of(resource, namespace or None)), "metadata": {}}
        if method == "GET":
            return self.get(resource, name, namespace)
        if sub == "scale":
            there = self.objects[resource, namespace, name]
            return self._update(resource, there, _merged(there, {"spec": body["spec"]}), "")
        if method == "POST":
            return (
                self._bind(namespace, name, body)
                if sub == "binding"
                else self._create(resource, namespace, body)
            )
        if method == "DELETE" and not name:
            for item in self.of(resource, namespace):
                self.delete(resource, item["metadata"]["name"], namespace=namespace)
            return {"kind": "Status"}
        known = self.objects.get((resource, namespace, name))
        if known is None:
            raise NotFound(f"{resource.full_name} {name} not found", status=404, reason="NotFound")
        there = known
        new = _merged(there, body) if method == "PATCH" else copy.deepcopy(body)
        return self._update(resource, there, new, sub)

    def delete(
        self,
        resource: Resource,
        name: str,
        *,
        namespace: str | None = None,
        uid: str | None = None,
        propagation: str = "Background",
        grace_seconds: int | None = None,
        **_: Any,
    ) -> Json:
        self.requests.append(("DELETE", f"{resource.plural}/{name} {propagation}"))
        where = (namespace or "default") if resource.namespaced else ""
        item = self.objects.get((resource, where, name))
        if item is None:
            raise NotFound(f"{resource.full_name} {name} not found", status=404, reason="NotFound")
        if uid is not None and item["metadata"]["uid"] != uid:
            raise Conflict("the UID in the precondition differs", status=409, reason="Conflict")
        new = copy.deepcopy(item)
        meta = new["metadata"]
        finalizers = [
            each for each in meta.get("finalizers", []) if each not in ("orphan", "foregroundDeletion")
        ]
        finalizers += {"Foreground": ["foregroundDeletion"], "Orphan": ["orphan"]}.get(propagation, [])
        meta["finalizers"] = finalizers
        grace = 0
        if resource.kind == "Pod" and item["spec"].get("nodeName"):
            grace = (
                item["spec"].get("terminationGracePeriodSeconds", 30)
                if grace_seconds is None
                else grace_seconds
            )
        if not grace and not finalizers and not new.get("spec", {}).get("finalizers"):
            return self._remove(resource, new)
        meta.setdefault("deletionTimestamp", written(self.clock.now()))
        if resource.kind == "Pod":
            meta["deletionGracePeriodSeconds"] = grace
        return self._store(resource, new)

    # -- rules -------------------------------------------------------------

    def _create(self, resource: Resource, namespace: str, body: Json) -> Json:
        item = copy.deepcopy(body)
        meta = item["metadata"]
        number = next(self._counter)
        if not meta.get("name"):
            meta["name"] = f"{meta['generateName'][:58]}{_letters(number)}"
        if resource.namespaced:
            meta["namespace"] = namespace
        if (resource, namespace, meta["name"]) in self.objects:
            raise AlreadyExists(f"{meta['name']} already exists", status=409, reason="AlreadyExists")
        meta |= {"uid": f"uid-{number}", "creationTimestamp": written(self.clock.now()), "generation": 1}
        item |= {"apiVersion": resource.api_version, "kind": resource.kind}
        if resource.kind == "Pod":
            item["status"] = {"phase": "Pending"}
        return self._store(resource, item, "added")

    def _update(self, resource: Resource, there: Json, new: Json, sub: str) -> Json:
        meta, old = new["metadata"], there["metadata"]
        if meta.get("uid", old["uid"]) != old["uid"]:
            raise Conflict("the UID in the precondition differs", status=409, reason="Conflict")
        if meta.get("resourceVersion") and meta["resourceVersion"] != old["resourceVersion"]:
            raise Conflict("the object has been modified", status=409, reason="Conflict")
        if sub == "status":
            kept = dict(old) | {key: meta[key] for key in ("annotations",) if key in meta}
            new = {**there, "status": new.get("status", {}), "metadata": kept}
        elif "status" in there and resource.plural not in ("configmaps", "leases"):
            new = {**new, "status": there["status"]}
        meta = new["metadata"] = {**new["metadata"]}
        for key in ("uid", "creationTimestamp", "deletionTimestamp", "generation", "resourceVersion"):
            if key in old:
                meta[key] = old[key]
        if new == there:
            return copy.deepcopy(there)
        annotated = sub != "status" and meta.get("annotations") != old.get("annotations")
        if new.get("spec") != there.get("spec") or (annotated and resource.kind == "Deployment"):
            meta["generation"] = old.get("generation", 1) + 1
        if (
            meta.get("deletionTimestamp")
            and not meta.get("finalizers")
            and not meta.get("deletionGracePeriodSeconds")
            and not new.get("spec", {}).get("finalizers")
        ):
            self._remove(resource, new)
            return copy.deepcopy(new)
        return self._store(resource, new)

    def _bind(self, namespace: str, name: str, body: Json) -> Json:
        resource = next(kind for kind in self.kinds if kind.kind == "Pod")
        new = copy.deepcopy(self.objects[resource, namespace, name])
        if new["spec"].get("nodeName"):
            raise Conflict("pod is already assigned to a node", status=409, reason="Conflict")
        new["spec"]["nodeName"] = body["target"]["name"]
        new["status"]["conditions"] = [{"type": "PodScheduled", "status": "True"}]
        self._store(resource, new)
        return {"kind": "Status"}

    def _store(self, resource: Resource, item: Json, kind: Any = "modified") -> Json:
        meta = item["metadata"]
        meta["resourceVersion"] = str(next(self._counter))
        for key in ("finalizers", "ownerReferences"):
            if key in meta and not meta[key]:
                del meta[key]
        self.objects[resource, meta.get("namespace", ""), meta["name"]] = item
        self._emit(Change(kind, Selection(resource), copy.deepcopy(item)))
        return copy.deepcopy(item)

    def _remove(self, resource: Resource, item: Json) -> Json:
        meta = item["metadata"]
        meta["resourceVersion"] = str(next(self._counter))
        del self.objects[resource, meta.get("namespace", ""), meta["name"]]
        self._emit(Change("deleted", Selection(resource), copy.deepcopy(item)))
        return {"kind": "Status", "status": "Success"}

    def _emit(self, change: Change) -> None:
        self.events.append(change)
        for watcher in self._watchers:
            watcher.put(change)

    def _resource(self, match: re.Match[str]) -> Resource:
        group = match["group"] or ""
        for kind in self.kinds:
            if (kind.group, kind.plural) == (group, match["plural"]):
                return kind
        raise NotFound(f"no such kind: {match['plural']}", status=404, reason="NotFound")

    def _discover(self, path: str) -> Json | None:
        if path == "/apis":
            versions = dict.fromkeys((kind.group, kind.version) for kind in self.kinds if kind.group)
            return {
                "groups": [
                    {
                        "name": group,
                        "versions": [{"version": version}],
                        "preferredVersion": {"version": version},
                    }
                    for group, version in versions
                ]
            }
        parts = path.strip("/").split("/")
        if path == "/api/v1":
            group, version = "", "v1"
        elif len(parts) == 3 and parts[0] == "apis":
            group, version = parts[1:]
        else:
            return None
        listed = [kind for kind in self.kinds if (kind.group, kind.version) == (group, version)]
        if not listed:
            raise NotFound(f"{path} not found", status=404, reason="NotFound")
        verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
        return {
            "resources": [
                {"name": kind.plural, "kind": kind.kind, "namespaced": kind.namespaced, "verbs": verbs}
                for kind in listed
            ]
        }


def _merged(there: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    new = dict(there) if isinstance(there, dict) else {}
    for key, value in patch.items():
        if value is None:
            new.pop(key, None)
        else:
            new[key] = _merged(new.get(key), value)
    return new


def _letters(number: int) -> str:
    alphabet = "bcdfghjklmnpqrstvwxz2456789"
    text = ""
    for _ in range(5):
        number, rest = divmod(number, len(alphabet))
        text = alphabet[rest] + text
    return text
