"""Stands in for kubelet, scheduler and metrics-server, so that real controllers have something to work with.

Two nodes, `edge-node` and `cloud-node`, are kept Ready. Pods are bound, become
Running and Ready after a moment, vanish when deleted, and publish PodMetrics,
by which the real autoscaler scales. A node can be taken offline: its pods then
stay Terminating, as on an edge node that lost its link.

An image tagged `missing` never gets pulled, one tagged `crash` keeps crashing.
Pods with the annotation BY_HAND are left to the test that made them.
"""

from __future__ import annotations

import http.client
import threading
import time
from datetime import datetime, timezone
from typing import Any

from tests.live.plane.api import MERGE, STRATEGIC, Api, Json

NODES = ("edge-node", "cloud-node")
DEFAULT_MILLICORES = 1
BY_HAND = "sednactl.test/by-hand"
MOMENT = 0.4  # seconds from a pod's first sight to Running
_PASS = 0.25
_LEASE_RENEWAL = 5.0
_METRICS_RENEWAL = 5.0
_LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
_METRICS = "/apis/metrics.k8s.io/v1beta1"


class StandInKubelet:
    """One thread that plays every kubelet of the cluster."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._loads: dict[str, int] = {}
        self._offline: set[str] = set()
        self._leased: dict[str, float] = {}
        self._first_seen: dict[str, float] = {}
        self._published: dict[str, tuple[int, float]] = {}
        self._addresses = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stand-in kubelet", daemon=True)

    def start(self) -> None:
        """Make nodes and the metrics API, then keep them alive in the background."""
        for plural, kind, scope in (
            ("pods", "PodMetrics", "Namespaced"),
            ("nodes", "NodeMetrics", "Cluster"),
        ):
            make_metrics_kind(self._api, plural, kind, scope)
        for node in NODES:
            self._renew(node)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(10)

    def set_load(self, namespace: str, pod_prefix: str, total_millicores: int | None) -> None:
        """Let the pods whose name begins so use `total_millicores` together; None goes back to idle."""
        with self._lock:
            key = f"{namespace}/{pod_prefix}"
            if total_millicores is None:
                self._loads.pop(key, None)
            else:
                self._loads[key] = total_millicores

    def take_offline(self, node: str) -> None:
        """Cut a node's link: it turns NotReady, and nothing happens to its pods any more."""
        with self._lock:
            self._offline.add(node)
        self._report_ready(node, "Unknown", "NodeStatusUnknown")

    def bring_online(self, node: str) -> None:
        """Give a node its link back."""
        with self._lock:
            self._offline.discard(node)
            self._leased.pop(node, None)
        self._renew(node)

    # -- the loop ----------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.wait(_PASS):
            try:
                self._one_pass()
            except (OSError, http.client.HTTPException, RuntimeError):
                continue  # a test restarts or freezes the API server, or it is not quite there: nodes wait

    def _one_pass(self) -> None:
        now = time.monotonic()
        with self._lock:
            offline = set(self._offline)
            loads = dict(self._loads)
        for node in NODES:
            if node not in offline and now - self._leased.get(node, 0) > _LEASE_RENEWAL:
                self._renew(node)
        status, answer = self._api("GET", "/api/v1/pods?resourceVersion=0")
        if status != 200:
            return
        running = [pod for pod in answer["items"] if self._tend(pod, offline, now)]
        self._publish(running, loads, now)

    def _tend(self, pod: Json, offline: set[str], now: float) -> bool:
        """Move one pod a step on; tells whether it is running and measured."""
        meta = pod["metadata"]
        path = f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}"
        node = pod["spec"].get("nodeName")
        if node in offline or BY_HAND in (meta.get("annotations") or {}):
            return False
        if meta.get("deletionTimestamp"):
            if node in NODES or not node:
                uid = {"preconditions": {"uid": meta["uid"]}, "gracePeriodSeconds": 0}
                self._api("DELETE", path, uid)
            return False
        phase = pod.get("status", {}).get("phase")
        if phase == "Running":
            return True
        if phase != "Pending":
            return False
        if node is None:
            node = self._node_for(pod, offline)
            if node is None:
                return False
            target = {"apiVersion": "v1", "kind": "Node", "name": node}
            binding = {
                "apiVersion": "v1",
                "kind": "Binding",
                "metadata": {"name": meta["name"]},
                "target": target,
            }
            self._api("POST", f"{path}/binding", binding)
            return False
        first_seen = self._first_seen.setdefault(meta["uid"], now)
        if node in NODES and now - first_seen >= MOMENT:
            self._api("PATCH", f"{path}/status", {"status": self._status_of(pod)}, STRATEGIC)
        return False

    def _node_for(self, pod: Json, offline: set[str]) -> str | None:
        wanted = (pod["spec"].get("nodeSelector") or {}).items()
        fitting = [node for node in NODES if node not in offline and wanted <= _node_labels(node).items()]
        return fitting[-1] if fitting else None

    def _status_of(self, pod: Json) -> Json:
        now = _timestamp()
        containers = pod["spec"]["containers"]
        tags = {container["image"].rpartition(":")[2] for container in containers if "image" in container}
        statuses = []
        for container in containers:
            tag = container["image"].rpartition(":")[2]
            state: Json = {"running": {"startedAt": now}}
            if tag == "missing":
                state = {
                    "waiting": {
                        "reason": "ImagePullBackOff",
                        "message": f"no such image {container['image']}",
                    }
                }
            elif tag == "crash":
                state = {
                    "waiting": {
                        "reason": "CrashLoopBackOff",
                        "message": "back-off restarting failed container",
                    }
                }
            statuses.append(
                {
                    "name": container["name"],
                    "image": container["image"],
                    "imageID": "",
                    "ready": "running" in state,
                    "started": "running" in state,
                    "restartCount": 3 if tag == "crash" else 0,
                    "state": state,
                }
            )
        initial = [
            {
                "name": container["name"],
                "image": container["image"],
                "imageID": "",
                "ready": True,
                "restartCount": 0,
                "state": {
                    "terminated": {"exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now}
                },
            }
            for container in pod["spec"].get("initContainers", [])
        ]
        well = not tags & {"missing", "crash"}
        self._addresses += 1
        address = f"10.244.{self._addresses // 250 % 250}.{self._addresses % 250 + 1}"
        conditions = {"PodScheduled": True, "Initialized": True, "ContainersReady": well, "Ready": well}
        return {
            "phase": "Pending" if "missing" in tags else "Running",
            "startTime": now,
            "podIP": address,
            "podIPs": [{"ip": address}],
            "conditions": [
                {"type": type_, "status": str(holds), "lastTransitionTime": now}
                for type_, holds in conditions.items()
            ],
            "containerStatuses": statuses,
            "initContainerStatuses": initial,
        }

    def _publish(self, running: list[Json], loads: dict[str, int], now: float) -> None:
        """Write PodMetrics where the usage changed or the last reading grew old."""
        keys = [f"{pod['metadata']['namespace']}/{pod['metadata']['name']}" for pod in running]
        sharing = {prefix: sum(key.startswith(prefix) for key in keys) or 1 for prefix in loads}
        for pod, key in zip(running, keys, strict=True):
            prefix = max((prefix for prefix in loads if key.startswith(prefix)), key=len, default=None)
            millicores = DEFAULT_MILLICORES if prefix is None else loads[prefix] // sharing[prefix]
            before, at = self._published.get(key, (-1, 0.0))
            if before == millicores and now - at < _METRICS_RENEWAL:
                continue
            self._published[key] = (millicores, now)
            self._write_metrics(pod, millicores)

    def _write_metrics(self, pod: Json, millicores: int) -> None:
        meta = pod["metadata"]
        containers = pod["spec"]["containers"]
        usage = {"cpu": f"{millicores * 1_000_000 // len(containers)}n", "memory": "64Mi"}
        body = {
            "apiVersion": "metrics.k8s.io/v1beta1",
            "kind": "PodMetrics",
            "metadata": {
                "name": meta["name"],
                "namespace": meta["namespace"],
                "labels": meta.get("labels") or {},
                # so that the garbage collector takes the reading away with its pod
                "ownerReferences": [
                    {"apiVersion": "v1", "kind": "Pod", "name": meta["name"], "uid": meta["uid"]}
                ],
            },
            "timestamp": _timestamp(),
            "window": "1s",
            "containers": [{"name": container["name"], "usage": usage} for container in containers],
        }
        path = f"{_METRICS}/namespaces/{meta['namespace']}/pods"
        if self._api("PATCH", f"{path}/{meta['name']}", body, MERGE)[0] == 404:
            self._api("POST", path, body)

    # -- nodes -------------------------------------------------------------

    def _renew(self, node: str) -> None:
        now = time.monotonic()
        status, answer = self._api("GET", f"/api/v1/nodes/{node}")
        if status not in (200, 404):
            raise RuntimeError(f"node {node}: {status} {answer.get('message')}")
        if status == 404:
            body = {
                "apiVersion": "v1",
                "kind": "Node",
                "metadata": {"name": node, "labels": _node_labels(node)},
            }
            answer = self._api.expect("POST", "/api/v1/nodes", body)
        conditions = {each["type"]: each["status"] for each in answer.get("status", {}).get("conditions", [])}
        if conditions.get("Ready") != "True":
            self._report_ready(node, "True", "KubeletReady")
        spec = {"holderIdentity": node, "leaseDurationSeconds": 40, "renewTime": _timestamp(micro=True)}
        if self._api("PATCH", f"{_LEASES}/{node}", {"spec": spec}, MERGE)[0] == 404:
            lease = {
                "apiVersion": "coordination.k8s.io/v1",
                "kind": "Lease",
                "metadata": {"name": node, "namespace": "kube-node-lease"},
                "spec": spec,
            }
            self._api("POST", _LEASES, lease)
        self._leased[node] = now

    def _report_ready(self, node: str, ready: str, reason: str) -> None:
        now = _timestamp()
        quantities = {"cpu": "16", "memory": "64Gi", "pods": "500"}
        condition = {
            "type": "Ready",
            "status": ready,
            "reason": reason,
            "lastHeartbeatTime": now,
            "lastTransitionTime": now,
        }
        body = {"status": {"capacity": quantities, "allocatable": quantities, "conditions": [condition]}}
        self._api.expect("PATCH", f"/api/v1/nodes/{node}/status", body, STRATEGIC)


def _node_labels(node: str) -> dict[str, str]:
    labels = {"kubernetes.io/hostname": node, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
    if node.startswith("edge"):
        labels["node-role.kubernetes.io/edge"] = ""
    return labels


def make_metrics_kind(api: Api, plural: str, kind: str, scope: str) -> None:
    schema: dict[str, Any] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1beta1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.metrics.k8s.io",
            "annotations": {"api-approved.kubernetes.io": "unapproved, a test's stand-in"},
        },
        "spec": {
            "group": "metrics.k8s.io",
            "scope": scope,
            "names": {"plural": plural, "kind": kind, "listKind": f"{kind}List"},
            "versions": [version],
        },
    }
    api.expect("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd)


def _timestamp(*, micro: bool = False) -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S" + (".%fZ" if micro else "Z"))
