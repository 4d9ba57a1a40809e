"""The Global Manager's requests, and the words in which it hears that they failed.

Its status messages quote the API server word for word; our own client rewords
errors for people, so the server's words are put together again here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sednactl.cluster.addresses import path_of
from sednactl.cluster.door import Cluster
from sednactl.errors import AlreadyExists, Conflict, Forbidden, Invalid, NotFound, Refused, Unreachable
from sednactl.sandbox.controllers.global_manager.recipe import References
from sednactl.sedna.kinds import BY_KIND, DATASET, MODEL
from sednactl.sedna.resources import EVENT, HPA, POD, SECRET, Resource

Json = dict[str, Any]
USER = "system:serviceaccount:sedna:sedna"
FIELD_MANAGER = "sedna-gm"
_TRIES = 3
_MERGE = "application/merge-patch+json"


class Refusal(Exception):
    """The API server said no; `message` is what it said, word for word. `cause` is our client's error."""

    def __init__(self, message: str, cause: Refused) -> None:
        super().__init__(message)
        self.message = message
        self.cause = cause

    @property
    def exists(self) -> bool:
        """Tell whether the object is there already."""
        return isinstance(self.cause, AlreadyExists)

    @property
    def missing(self) -> bool:
        """Tell whether there is no such object."""
        return isinstance(self.cause, NotFound)


class Access:
    """Reads and writes as the Global Manager does. `may_scale` False refuses every request for an autoscaler."""

    def __init__(self, cluster: Cluster, *, may_scale: bool) -> None:
        self.cluster = cluster
        self._may_scale = may_scale

    def get(self, resource: Resource, namespace: str, name: str) -> Json:
        """Read one object. Raises Refusal."""
        self._check("get", resource, namespace, name)
        try:
            return self.cluster.get(resource, name, namespace)
        except Refused as error:
            raise Refusal(words(error, resource, name), error) from error

    def create(self, resource: Resource, manifest: Json) -> Json:
        """Create one object. Raises Refusal."""
        meta = manifest["metadata"]
        self._check("create", resource, meta["namespace"], "")
        path = path_of(resource, meta["namespace"])
        return self._write("POST", path, manifest, resource, meta.get("name") or "")

    def replace(self, resource: Resource, manifest: Json, subresource: str | None = None) -> Json:
        """Replace one object, or its status. Raises Refusal."""
        meta = manifest["metadata"]
        self._check("update", resource, meta["namespace"], meta["name"])
        path = path_of(resource, meta["namespace"], meta["name"], subresource)
        return self._write("PUT", path, manifest, resource, meta["name"])

    def delete(self, resource: Resource, namespace: str, name: str) -> None:
        """Delete one object as a client without options does. Raises Refusal."""
        self._check("delete", resource, namespace, name)
        try:
            self.cluster.delete(resource, name, namespace=namespace)
        except Refused as error:
            raise Refusal(words(error, resource, name), error) from error

    def put_status(self, workload: Json, status: Json) -> Json:
        """Write a workload's status over what is there, and give it back; tries three times. Raises Refusal, Unreachable."""
        resource = resource_of(workload)
        meta = workload["metadata"]
        # Go leaves out a list that is empty.
        status = {key: value for key, value in status.items() if value != []}
        for tries_left in reversed(range(_TRIES)):
            try:
                live = self.get(resource, meta["namespace"], meta["name"])
                return self.replace(resource, {**live, "status": status}, "status")
            except (Refusal, Unreachable):
                if not tries_left:
                    raise
        raise AssertionError("unreachable")

    def annotate(self, item: Json, key: str, value: str) -> None:
        """Set one annotation of a workload or a pod, unless it is so already. Raises Refusal."""
        meta = item["metadata"]
        resource = POD if item["kind"] == POD.kind else resource_of(item)
        if (meta.get("annotations") or {}).get(key) == value:
            return
        path = path_of(resource, meta["namespace"], meta["name"])
        patch = {"metadata": {"annotations": {key: value}}}
        self._write("PATCH", path, patch, resource, meta["name"])

    def report(self, pod: Json, status: Json) -> None:
        """Merge into a pod's status what a kubelet says of it. Raises Refusal."""
        meta = pod["metadata"]
        path = path_of(POD, meta["namespace"], meta["name"], "status")
        self._write("PATCH", path, {"status": status}, POD, meta["name"])

    def list(self, resource: Resource, namespace: str, labels: Mapping[str, str]) -> list[Json]:
        """Give the objects that have these labels. Raises Refusal."""
        selector = ",".join(f"{key}={value}" for key, value in labels.items())
        try:
            content = self.cluster.request(
                "GET", path_of(resource, namespace), query={"labelSelector": selector}
            )
        except Refused as error:
            raise Refusal(error.message, error) from error
        return [
            item
            for item in content["items"]
            if labels.items() <= (item["metadata"].get("labels") or {}).items()
        ]

    def references(self, namespace: str) -> References:
        """Give the Models, Datasets and Secrets of a namespace, each read when it is asked for."""
        return References(
            *(_Lookup(self, resource, namespace) for resource in (MODEL.resource, DATASET.resource, SECRET))
        )

    def tell(
        self, workload: Mapping[str, Any], type_: str, reason: str, message: str, component: str, when: str
    ) -> None:
        """Record an Event about a workload; nobody minds if that fails."""
        meta = workload["metadata"]
        event = {
            "apiVersion": EVENT.api_version,
            "kind": EVENT.kind,
            "metadata": {"generateName": f"{meta['name']}.", "namespace": meta["namespace"]},
            "involvedObject": {
                "apiVersion": workload["apiVersion"],
                "kind": workload["kind"],
                "name": meta["name"],
                "namespace": meta["namespace"],
                "uid": meta["uid"],
                "resourceVersion": meta.get("resourceVersion", ""),
            },
            "type": type_,
            "reason": reason,
            "message": message,
            "count": 1,
            "firstTimestamp": when,
            "lastTimestamp": when,
            "source": {"component": component},
            "reportingComponent": component,
        }
        try:
            self.create(EVENT, event)
        except Refusal:
            return

    def _write(self, method: str, path: str, body: Any, resource: Resource, name: str) -> Json:
        try:
            return self.cluster.request(
                method,
                path,
                query={"fieldManager": FIELD_MANAGER},
                body=body,
                content_type=_MERGE if method == "PATCH" else "application/json",
            )
        except Refused as error:
            raise Refusal(words(error, resource, name), error) from error

    def _check(self, verb: str, resource: Resource, namespace: str, name: str) -> None:
        if resource != HPA or self._may_scale:
            return
        what = f'{HPA.full_name} "{name}"' if name else HPA.full_name
        message = (
            f'{what} is forbidden: User "{USER}" cannot {verb} resource "{HPA.plural}" '
            f'in API group "{HPA.group}" in the namespace "{namespace}"'
        )
        raise Refusal(message, Forbidden(message, status=403, reason="Forbidden"))


class _Lookup:
    """Objects of one kind by name, read once each."""

    def __init__(self, access: Access, resource: Resource, namespace: str) -> None:
        self._access = access
        self._resource = resource
        self._namespace = namespace
        self._read: dict[str, Json | None] = {}

    def get(self, name: str, /) -> Json | None:
        """Give one object, None where there is none or it may not be read."""
        if name and name not in self._read:
            try:
                self._read[name] = self._access.get(self._resource, self._namespace, name)
            except Refusal:
                self._read[name] = None
        return self._read.get(name)


def resource_of(workload: Mapping[str, Any]) -> Resource:
    """Give the resource of a Sedna workload."""
    return BY_KIND[workload["kind"]].resource


def words(error: Refused, resource: Resource, name: str) -> str:
    """Give the API server's own words for a refusal, as Go clients print them."""
    if isinstance(error, AlreadyExists):
        return f'{resource.full_name} "{name}" already exists'
    if isinstance(error, NotFound):
        return f'{resource.full_name} "{name}" not found'
    if isinstance(error, Invalid) and error.status == 422:
        kind = f"{resource.kind}.{resource.group}" if resource.group else resource.kind
        if not error.detail:
            return error.message.partition(": ")[2] or error.message
        causes = error.detail[0] if len(error.detail) == 1 else f"[{', '.join(error.detail)}]"
        return f'{kind} "{name}" is invalid: {causes}'
    if isinstance(error, Conflict) and "changed by somebody else" in error.message:
        return (
            f'Operation cannot be fulfilled on {resource.full_name} "{name}": the object has been modified; '
            "please apply your changes to the latest version and try again"
        )
    if isinstance(error, Invalid):
        return error.message.partition(": ")[2] or error.message
    return error.message
