"""What Sedna 0.6 left behind when a joint inference service was deleted, made on purpose."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from sednactl.sedna.kinds import API_VERSION, GROUP, JOINT_INFERENCE
from sednactl.sedna.naming import service_name
from sednactl.sedna.resources import POD, SERVICE

if TYPE_CHECKING:
    from sednactl.cluster.door import Cluster

Json = dict[str, Any]
_PORT = 5000


def leave_ghosts(cluster: Cluster, name: str) -> None:
    """Create the pods and the Service of a service that is gone.

    Their owner's kind is the one that releases before 0.7 wrote by mistake: no
    garbage collector finds it, so they stay.
    """
    uid = str(uuid.uuid4())
    namespace = cluster.namespace
    for side in ("cloud", "edge"):
        meta = _metadata(f"{name}-{side}-", name, uid, side)
        container = {"name": "worker", "image": f"example/{side}:v0"}
        pod = {"metadata": meta, "spec": {"containers": [container]}}
        cluster.create(POD, {"apiVersion": "v1", "kind": "Pod", **pod}, namespace=namespace)
    meta = _metadata("", name, uid, "cloud")
    meta["name"] = service_name(name, "cloud")
    ports = [{"name": "tcp-0", "port": _PORT, "targetPort": _PORT}]
    service = {"metadata": meta, "spec": {"selector": meta["labels"], "ports": ports}}
    cluster.create(SERVICE, {"apiVersion": "v1", "kind": "Service", **service}, namespace=namespace)


def _metadata(prefix: str, name: str, uid: str, side: str) -> Json:
    former = JOINT_INFERENCE.former_kind or ""
    labels = f"{former.lower()}.{GROUP}"
    owner = {
        "apiVersion": API_VERSION,
        "kind": former,
        "name": name,
        "uid": uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }
    meta: Json = {
        "labels": {f"{labels}/name": name, f"{labels}/uid": uid, f"{labels}/worker-type": side},
        "ownerReferences": [owner],
    }
    return {**meta, "generateName": prefix} if prefix else meta
