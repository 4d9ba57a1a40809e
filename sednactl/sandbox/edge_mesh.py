"""EdgeMesh as a KubeEdge cluster has it: an agent on every node, which leads edge pods to Services.

Only the objects: calls between the sandbox's pods do not happen, so nothing has to carry them.
"""

from __future__ import annotations

from typing import Any

from sednactl.sedna.resources import DAEMON_SET, NAMESPACE, Resource

Json = dict[str, Any]
NAME = "edgemesh-agent"
PLACE = "kubeedge"
_LABELS = {"k8s-app": "kubeedge", "kubeedge": NAME}


def edge_mesh() -> list[tuple[Resource, Json]]:
    """Give the namespace and the DaemonSet, in the order in which they can be created."""
    container = {
        "name": NAME,
        "image": "kubeedge/edgemesh-agent:v1.17.0",
        "securityContext": {"privileged": True},
        "env": [{"name": "NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}},
    }
    spec = {
        "hostNetwork": True,
        "dnsPolicy": "ClusterFirstWithHostNet",
        "tolerations": [{"operator": "Exists"}],
        "containers": [container],
    }
    namespace = {
        "apiVersion": NAMESPACE.api_version,
        "kind": NAMESPACE.kind,
        "metadata": {"name": PLACE},
    }
    agents = {
        "apiVersion": DAEMON_SET.api_version,
        "kind": DAEMON_SET.kind,
        "metadata": {"name": NAME, "namespace": PLACE, "labels": dict(_LABELS)},
        "spec": {
            "selector": {"matchLabels": dict(_LABELS)},
            "template": {"metadata": {"labels": dict(_LABELS)}, "spec": spec},
        },
    }
    return [(NAMESPACE, namespace), (DAEMON_SET, agents)]
