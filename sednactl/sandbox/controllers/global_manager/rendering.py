"""The children as the Global Manager writes them: labels, owners, Deployments, pods, Services, autoscalers."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from sednactl.sandbox.controllers.global_manager.storage import Mount, storage_of
from sednactl.sedna.kinds import API_VERSION, BY_KIND, GROUP
from sednactl.sedna.naming import deployment_name, hpa_name, service_name
from sednactl.sedna.resources import DEPLOYMENT, HPA, POD, SERVICE
from sednactl.validation.mounting import HOT_UPDATE, HOT_UPDATE_VOLUME

Json = dict[str, Any]
Release = Literal["0.7", "0.6"]


@dataclass(frozen=True)
class Origin:
    """The workload that children are made for, as they name it: `kind` is wrong for two kinds before 0.7."""

    kind: str
    name: str
    namespace: str
    uid: str

    @classmethod
    def of(cls, workload: Mapping[str, Any], release: Release) -> Origin:
        """Give the origin that a release writes for a workload."""
        meta, kind = workload["metadata"], workload["kind"]
        known = BY_KIND.get(kind)
        if release == "0.6" and known is not None and known.former_kind:
            kind = known.former_kind
        return cls(kind, meta["name"], meta["namespace"], meta["uid"])

    def labels(self, worker_type: str = "") -> dict[str, str]:
        """Give Sedna's labels for a worker, or those of all workers."""
        prefix = f"{self.kind.lower()}.{GROUP}"
        labels = {f"{prefix}/name": self.name, f"{prefix}/uid": self.uid}
        return labels | ({f"{prefix}/worker-type": worker_type.lower()} if worker_type else {})

    def owners(self) -> list[Json]:
        """Give the owner references of a direct child."""
        return [
            {
                "apiVersion": API_VERSION,
                "kind": self.kind,
                "name": self.name,
                "uid": self.uid,
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ]


@dataclass(frozen=True)
class Worker:
    """One worker: its type as the Global Manager spells it, its pod template, and what is put into the pod.

    `hot_update` is the poll period in seconds of a model that is replaced while the worker runs.
    """

    type: str
    template: Mapping[str, Any]
    env: Mapping[str, str]
    mounts: tuple[Mount, ...] = ()
    host_network: bool = False
    restart_policy: str = ""
    dns_policy: str = ""
    hot_update: int | None = None


HOT_UPDATE_FOLDER = "/var/lib/sedna/model-hot-update"
HOT_UPDATE_FILE = "model_config.json"


def deployment(origin: Origin, worker: Worker, release: Release, replicas: int | None = None) -> Json:
    """Give a worker's Deployment; before 0.7 its name was generated."""
    name = deployment_name(origin.name, worker.type.lower())
    labels = _deployment_labels(origin, worker)
    spec: Json = {"selector": {"matchLabels": labels}, "template": deployment_template(origin, worker)}
    if replicas is not None:
        spec["replicas"] = replicas
    return {
        "apiVersion": DEPLOYMENT.api_version,
        "kind": DEPLOYMENT.kind,
        "metadata": {
            **({"generateName": f"{name}-"} if release == "0.6" else {"name": name}),
            "namespace": origin.namespace,
            "labels": dict(labels),
            "ownerReferences": origin.owners(),
        },
        "spec": spec,
    }


def deployment_template(origin: Origin, worker: Worker) -> Json:
    """Give the pod template of a worker's Deployment."""
    template = deepcopy(dict(worker.template))
    template["spec"] = _pod_spec(origin, worker, template.get("spec") or {})
    metadata = template.setdefault("metadata", {})
    metadata["labels"] = (metadata.get("labels") or {}) | _deployment_labels(origin, worker)
    return template


def relabelled(origin: Origin, worker: Worker, live: Mapping[str, Any]) -> Json:
    """Give a living Deployment with a new template; replicas, and everything else, stay."""
    changed = deepcopy(dict(live))
    labels = _deployment_labels(origin, worker)
    changed["metadata"]["labels"] = (changed["metadata"].get("labels") or {}) | labels
    changed["spec"]["template"] = deployment_template(origin, worker)
    selector = changed["spec"].setdefault("selector", {})
    selector["matchLabels"] = (selector.get("matchLabels") or {}) | labels
    return changed


def pod(origin: Origin, worker: Worker) -> Json:
    """Give a worker's bare pod."""
    template = deepcopy(dict(worker.template))
    spec = _pod_spec(origin, worker, template.get("spec") or {})
    if worker.host_network:
        spec["hostNetwork"] = True
    if not spec.get("restartPolicy") and worker.restart_policy:
        spec["restartPolicy"] = worker.restart_policy
    if worker.dns_policy:
        spec["dnsPolicy"] = worker.dns_policy
    return {
        "apiVersion": POD.api_version,
        "kind": POD.kind,
        "metadata": {
            "generateName": f"{origin.name}-{worker.type.lower()}-",
            "namespace": origin.namespace,
            "labels": origin.labels(worker.type),
            "ownerReferences": origin.owners(),
        },
        "spec": spec,
    }


def service(origin: Origin, worker_type: str, port: int) -> Json:
    """Give the Service by which EdgeMesh leads to a worker; its selector holds the UID."""
    labels = origin.labels(worker_type)
    return {
        "apiVersion": SERVICE.api_version,
        "kind": SERVICE.kind,
        "metadata": {
            "name": service_name(origin.name, worker_type.lower()),
            "namespace": origin.namespace,
            "labels": labels,
            "ownerReferences": origin.owners(),
        },
        "spec": {
            "selector": dict(labels),
            "ports": [{"name": "tcp-0", "protocol": "TCP", "port": port, "targetPort": port}],
        },
    }


def autoscaler(origin: Origin, worker_type: str, hpa: Mapping[str, Any]) -> Json:
    """Give a worker's autoscaler from the `hpa` block of its workload."""
    target = deployment_name(origin.name, worker_type.lower())
    spec = {
        key: deepcopy(hpa[key])
        for key in ("maxReplicas", "minReplicas", "metrics", "behavior")
        if hpa.get(key) is not None
    }
    spec["scaleTargetRef"] = {"apiVersion": DEPLOYMENT.api_version, "kind": DEPLOYMENT.kind, "name": target}
    return {
        "apiVersion": HPA.api_version,
        "kind": HPA.kind,
        "metadata": {
            "name": hpa_name(origin.name, worker_type.lower()),
            "namespace": origin.namespace,
            "labels": origin.labels(worker_type),
            "ownerReferences": origin.owners(),
        },
        "spec": spec,
    }


def service_host(origin: Origin, worker_type: str) -> str:
    """Give the name under which workers reach a Service."""
    return f"{service_name(origin.name, worker_type.lower())}.{origin.namespace}"


def hot_update_file(origin: Origin) -> str:
    """Give the file on the node by which a running worker learns of a new model."""
    kind = origin.kind.lower()
    return f"{HOT_UPDATE_FOLDER}/{origin.namespace}/{kind}/{origin.name}/{HOT_UPDATE_FILE}".lower()


def _deployment_labels(origin: Origin, worker: Worker) -> dict[str, str]:
    # The worker's type keeps its capital here, and only here.
    return {**origin.labels(worker.type), f"app.{GROUP}": f"{origin.name}-{worker.type}-svc"}


def _pod_spec(origin: Origin, worker: Worker, spec: Mapping[str, Any]) -> Json:
    result = dict(spec)
    storage = storage_of(worker.mounts)
    volumes, mounts = list(storage.volumes), list(storage.volume_mounts)
    env = {**worker.env, **storage.variables}
    if worker.hot_update is not None:
        folder = hot_update_file(origin).rpartition("/")[0] + "/"
        volumes.append({"name": HOT_UPDATE_VOLUME, "hostPath": {"path": folder, "type": "DirectoryOrCreate"}})
        mounts.append({"name": HOT_UPDATE_VOLUME, "mountPath": HOT_UPDATE})
        env |= {
            "MODEL_HOT_UPDATE": "true",
            "MODEL_POLL_PERIOD_SECONDS": str(worker.hot_update),
            "MODEL_HOT_UPDATE_CONFIG": f"{HOT_UPDATE}/{HOT_UPDATE_FILE}",
        }
    if storage.init_container is not None:
        result["initContainers"] = [*(spec.get("initContainers") or []), storage.init_container]
    if volumes:
        result["volumes"] = [*(spec.get("volumes") or []), *volumes]
    variables = [*storage.container_env, *({"name": name, "value": env[name]} for name in sorted(env))]
    result["containers"] = [_with(container, mounts, variables) for container in spec.get("containers") or []]
    return result


def _with(container: Mapping[str, Any], mounts: list[Json], variables: list[Json]) -> Json:
    result = dict(container)
    if mounts:
        result["volumeMounts"] = [*(container.get("volumeMounts") or []), *deepcopy(mounts)]
    if variables:
        result["env"] = [*(container.get("env") or []), *deepcopy(variables)]
    return result
