"""The readings that autoscalers decide by: whether the metrics API is there, and answers for both sides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sednactl.diagnosis.book import Result, check
from sednactl.diagnosis.observed import Json, Observed
from sednactl.diagnosis.words import some
from sednactl.lifecycle.reading import node_ready
from sednactl.sedna.node_roles import is_edge
from sednactl.sedna.resources import NODE_METRICS

AREA = "Metrics"


@check("DOC201", AREA, "groups", "metrics_service")
def metrics_api(observed: Observed, _: datetime) -> Iterator[Result]:
    """Metrics API

    Autoscalers read CPU and memory from metrics.k8s.io, which metrics-server answers. Without it every
    autoscaler stands still (FailedGetResourceMetric) and the replicas stay as they are.
    """
    mend = "install metrics-server: https://github.com/kubernetes-sigs/metrics-server"
    if NODE_METRICS.api_version not in observed.groups:
        message = "nobody serves metrics.k8s.io: no autoscaler that counts CPU or memory can act"
        yield Result("DOC201", "failed", message, mend)
        return
    service = observed.metrics_service
    available: Json = next(
        (
            one
            for one in ((service or {}).get("status") or {}).get("conditions") or ()
            if one.get("type") == "Available"
        ),
        {},
    )
    if available.get("status") == "False":
        why = available.get("message") or available.get("reason") or "no reason is given"
        mend = "kubectl -n kube-system logs deploy/metrics-server tells more"
        yield Result("DOC201", "failed", f"metrics.k8s.io is registered and does not answer: {why}", mend)
    else:
        yield Result("DOC201", "ok", "metrics.k8s.io is served")


@check("DOC202", AREA, "nodes", "node_metrics")
def cloud_metrics(observed: Observed, _: datetime) -> Iterator[Result]:
    """Metrics of cloud nodes

    The metrics API has readings of every Ready cloud node. Pods on a node that it has none of cannot be
    counted, so that a side with all its pods there does not scale.
    """
    mend = "kubectl -n kube-system logs deploy/metrics-server tells why it cannot read the node's kubelet"
    yield from _measured(observed, "DOC202", "cloud", mend)


@check("DOC203", AREA, "nodes", "node_metrics")
def edge_metrics(observed: Observed, _: datetime) -> Iterator[Result]:
    """Metrics of edge nodes

    The metrics API has readings of every Ready edge node. metrics-server reaches an edge node only
    through KubeEdge's tunnel: cloudStream on in cloudcore, edgeStream on in edgecore, and the
    requests for the kubelet's port led into the tunnel. Until then the edge side of a service
    cannot scale.
    """
    mend = (
        "switch on cloudStream (cloudcore) and edgeStream (edgecore), and let metrics-server use "
        "the tunnel: --kubelet-use-node-status-port, port 10350"
    )
    yield from _measured(observed, "DOC203", "edge", mend)


def _measured(observed: Observed, identifier: str, side: str, mend: str) -> Iterator[Result]:
    names = [
        str(node["metadata"].get("name"))
        for node in observed.nodes
        if is_edge(node) == (side == "edge") and node_ready(node)
    ]
    measured = {str(one["metadata"].get("name")) for one in observed.node_metrics if one.get("usage")}
    without = [name for name in names if name not in measured]
    if not names:
        yield Result(identifier, "unknown", f"there is no Ready {side} node that could be measured")
    elif without:
        message = f"{len(without)} of {len(names)} {side} nodes have no readings: {some(without)}"
        yield Result(identifier, "failed", message, mend)
    else:
        yield Result(
            identifier,
            "ok",
            f"readings of all {len(names)} {side} nodes"
            if len(names) > 1
            else f"readings of the {side} node",
        )
