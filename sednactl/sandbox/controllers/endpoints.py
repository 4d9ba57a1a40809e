"""Endpoints and EndpointSlices of Services with a selector: the pods behind them, ready or not.

Written only when they say something else than before. One slice a Service: the
real controller splits at 100 addresses, which nothing here would notice.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from ipaddress import ip_address
from typing import Any

from sednactl.cluster.door import Change, Cluster
from sednactl.cluster.label_selectors import equal_selector, selects
from sednactl.errors import NotFound, Refused
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.pods import is_finished, is_leaving, is_ready, node_of
from sednactl.sandbox.controllers.replica_sets import terminating
from sednactl.sandbox.controllers.world import Json, World, place_of
from sednactl.sandbox.controllers.writing import Writer, controller_reference
from sednactl.sandbox.resources import ENDPOINTS
from sednactl.sedna.resources import ENDPOINT_SLICE, POD, SERVICE

MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
MANAGER = "endpointslice-controller.k8s.io"
SERVICE_NAME = "kubernetes.io/service-name"


class ServiceEndpoints:
    """Keeps the addresses of every Service's pods."""

    name = "endpoints-controller"
    follows = (SERVICE, POD, ENDPOINTS, ENDPOINT_SLICE)

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._writer = Writer(cluster, clock, self.name)

    def changed(self, change: Change, before: Json | None, world: World) -> Iterable[Hashable]:
        """Give the Services that a change concerns: their own, their pods', or of what was made for them."""
        item = change.object
        if item is None:
            return
        kind = change.selection.resource
        namespace, name = place_of(item)
        if kind == POD:
            if change.type != "deleted" and before is not None and _told(before) == _told(item):
                return
            for service in world.all(SERVICE, namespace):
                selector = equal_selector(service["spec"].get("selector"))
                labels = [each["metadata"].get("labels") for each in (before, item) if each is not None]
                if any(selects(selector, each) for each in labels):
                    yield place_of(service)
        elif kind == ENDPOINT_SLICE:
            whole = before if change.type == "deleted" and before is not None else item
            owner = (whole["metadata"].get("labels") or {}).get(SERVICE_NAME)
            if owner:
                yield namespace, owner
        else:
            yield namespace, name

    def look(self, key: Any, world: World) -> float | None:
        """Bring one Service's Endpoints and its slice up to date."""
        namespace, name = key
        service = world.get(SERVICE, namespace, name)
        there = world.get(ENDPOINTS, namespace, name)
        if service is None:
            if there is not None and (there["metadata"].get("labels") or {}).get(_OURS) == self.name:
                self._writer.delete(world, ENDPOINTS, there)
            return None  # the slice belongs to the Service and goes with it
        if not service["spec"].get("selector") or service["spec"].get("type") == "ExternalName":
            return None
        pods = [
            pod
            for pod in world.selected(POD, namespace, equal_selector(service["spec"]["selector"]))
            if pod.get("status", {}).get("podIP") and not is_finished(pod)
        ]
        pods.sort(key=lambda pod: _order(str(pod["status"]["podIP"])))
        try:
            self._write(world, ENDPOINTS, there, endpoints_of(service, pods, self.name), ("subsets",))
            slices = [item for _, item in world.owned_by(service["metadata"]["uid"], ENDPOINT_SLICE)]
            # A slice made for a Service that is going would hold up its deletion in the foreground for ever.
            if slices or not service["metadata"].get("deletionTimestamp"):
                there, wanted = slices[0] if slices else None, slice_of(service, pods)
                self._write(world, ENDPOINT_SLICE, there, wanted, ("endpoints", "ports"))
        except Refused as refusal:
            if not terminating(refusal):
                raise
        return None

    def _write(
        self, world: World, kind: Any, there: Json | None, wanted: Json, fields: Sequence[str]
    ) -> None:
        if there is None:
            self._writer.create(world, kind, wanted)
            return
        labels = {**(there["metadata"].get("labels") or {}), **wanted["metadata"]["labels"]}
        same = all((there.get(field) or []) == (wanted.get(field) or []) for field in fields)
        if same and labels == (there["metadata"].get("labels") or {}):
            return
        new = {**there, **{field: wanted.get(field) for field in fields}}
        new["metadata"] = {**there["metadata"], "labels": labels}
        try:
            self._writer.replace(world, kind, new)
        except NotFound:
            world.removed(kind, there)


_OURS = "endpoints.kubernetes.io/managed-by"


def endpoints_of(service: Json, pods: Sequence[Json], manager: str) -> Json:
    """Give the Endpoints of a Service with these pods, in the order of their addresses."""
    meta = service["metadata"]
    leave_unready = not service["spec"].get("publishNotReadyAddresses")
    ready = [pod for pod in pods if (is_ready(pod) or not leave_unready) and not is_leaving(pod)]
    unready = [pod for pod in pods if pod not in ready and not is_leaving(pod)]
    subset: Json = {}
    if ready:
        subset["addresses"] = [_address(pod) for pod in ready]
    if unready:
        subset["notReadyAddresses"] = [_address(pod) for pod in unready]
    if subset and (ports := _ports(service, pods)):
        subset["ports"] = ports
    return {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": {
            "name": meta["name"],
            "namespace": meta["namespace"],
            "labels": {**(meta.get("labels") or {}), _OURS: manager},
        },
        "subsets": [subset] if subset else [],
    }


def slice_of(service: Json, pods: Sequence[Json]) -> Json:
    """Give the EndpointSlice of a Service with these pods."""
    meta = service["metadata"]
    publish = bool(service["spec"].get("publishNotReadyAddresses"))
    endpoints = []
    for pod in pods:
        serving = is_ready(pod)
        leaving = is_leaving(pod)
        endpoint = {
            "addresses": [pod["status"]["podIP"]],
            "conditions": {
                "ready": publish or (serving and not leaving),
                "serving": serving,
                "terminating": leaving,
            },
            "targetRef": _reference(pod),
        }
        if node_of(pod):
            endpoint["nodeName"] = node_of(pod)
        endpoints.append(endpoint)
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "addressType": "IPv4",
        "metadata": {
            "generateName": f"{meta['name']}-",
            "namespace": meta["namespace"],
            "labels": {**(meta.get("labels") or {}), SERVICE_NAME: meta["name"], MANAGED_BY: MANAGER},
            "ownerReferences": [controller_reference(service, SERVICE)],
        },
        "endpoints": endpoints,
        "ports": [{**each, "name": each.get("name", "")} for each in _ports(service, pods)],
    }


def _order(address: str) -> tuple[int, int]:
    try:
        read = ip_address(address)
    except ValueError:
        return 0, 0
    return read.version, int(read)


def _ports(service: Json, pods: Sequence[Json]) -> list[Json]:
    """Give the ports behind a Service; a named one is looked up in the pods."""
    ports = []
    for port in service["spec"].get("ports") or ():
        number = port.get("targetPort", port["port"])
        if isinstance(number, str):
            found = (_named(pod, number) for pod in pods)
            number = next((each for each in found if each is not None), None)
        if number:
            entry = {"port": number, "protocol": port.get("protocol", "TCP")}
            ports.append({"name": port["name"], **entry} if port.get("name") else entry)
    return ports


def _named(pod: Json, name: str) -> int | None:
    for container in pod["spec"].get("containers") or ():
        for port in container.get("ports") or ():
            if port.get("name") == name:
                return int(port["containerPort"])
    return None


def _address(pod: Json) -> Json:
    address = {"ip": pod["status"]["podIP"], "targetRef": _reference(pod)}
    return {**address, "nodeName": node_of(pod)} if node_of(pod) else address


def _reference(pod: Json) -> Json:
    meta = pod["metadata"]
    return {"kind": "Pod", "namespace": meta["namespace"], "name": meta["name"], "uid": meta["uid"]}


def _told(pod: Json) -> tuple[Any, ...]:
    """Give what endpoints tell of a pod; other changes need no look."""
    meta, status = pod["metadata"], pod.get("status", {})
    labels = tuple(sorted((meta.get("labels") or {}).items()))
    return labels, status.get("podIP"), is_ready(pod), is_leaving(pod), is_finished(pod), node_of(pod)
