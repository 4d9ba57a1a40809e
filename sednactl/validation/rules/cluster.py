"""What the documents ask of a cluster that it does not have: objects, nodes, kinds, autoscaling, room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sednactl.sedna.quantity import NANO, nanos_of
from sednactl.sedna.releases import LATEST, Release
from sednactl.validation.limit_ranges import defaulted
from sednactl.validation.pod_amounts import total_of
from sednactl.validation.rulebook import page
from sednactl.validation.rules.edits import dangerous_edits
from sednactl.validation.rules.resources import shown
from sednactl.validation.shape import mapping, text
from sednactl.validation.structure import Problem

if TYPE_CHECKING:
    from sednactl.manifests.document import Document
    from sednactl.validation.all_together import Together
    from sednactl.validation.bounds import Bounds
    from sednactl.validation.finding import Level
    from sednactl.validation.in_cluster import Survey
    from sednactl.validation.noted import Demand

page(
    "SDN124",
    "error",
    """
    Reference to something that neither these files nor the cluster have

    Found with --cluster. A JointInferenceService or FeatureExtractionService without its Model ends
    as Failed for good: an error. Everything else starts without it or waits for it: a warning.
    """,
)
page(
    "SDN125",
    "error",
    """
    Node that the cluster does not have

    Found with --cluster. A pod for a node that does not exist stays Pending until it is collected,
    and a Dataset there is never counted. With a nodeSelector that fits no node the pods stay Pending.
    """,
)
page(
    "SDN126",
    "error",
    """
    Kind that the cluster does not serve

    Found with --cluster: the CustomResourceDefinition of the kind is not installed. Whatever is
    sent is refused as of an unknown kind until Sedna's CRDs are there.
    """,
)
page(
    "SDN127",
    "error",
    """
    Autoscaling that the cluster cannot do

    Found with --cluster. A CRD from before Sedna 0.7 does not know hpa: kubectl refuses it, or the
    cluster drops it without a word. A Kubernetes before 1.23 has no autoscaling/v2. A Global Manager
    from before 0.7 ignores hpa: Sedna's own Helm chart of 0.7.0 still installs the one of 0.6.0. The
    role that Sedna brings for it does not let it make autoscalers: every service with an hpa ends as
    Failed, half created, until horizontalpodautoscalers (get, create, update, delete) are added to it.
    """,
)
page(
    "SDN128",
    "info",
    """
    Part of the cluster that may not be looked at

    Found with --cluster. The findings about it are what they would be offline.
    """,
)
page(
    "SDN222",
    "warning",
    """
    More replicas than the nodes have room for

    Found with --cluster. What all containers of the pod request, times the most replicas, is more
    than the nodes hold that the pod may run on, even if nothing else ran there; or the replicas are
    more than the pods that these nodes take at all. With nodeName the
    kubelet rejects what does not fit, and the Deployment keeps making more; else they stay Pending.
    Taints and affinity are not counted.
    """,
)

_UNKNOWN_ROOM = 2**31
"""Replicas that a node may have room for when it has not said what it holds."""
_FAILS = ("JointInferenceService", "FeatureExtractionService")


def wanting(
    together: Together, survey: Survey, bounds: Bounds, release: Release = LATEST
) -> Iterator[tuple[Document, Problem]]:
    """Give what the documents want and the cluster does not have."""
    yield from _missing(together, survey)
    yield from _kinds(together, survey)
    yield from _nodes(together, survey)
    if survey.nodes is not None:
        for (_, namespace, _), asked in together.demanded(lambda _: True):
            demand = asked._replace(pod=defaulted(asked.pod, bounds.ranges_of(namespace)))
            problem = _room(demand, survey.nodes)
            if problem:
                yield demand.document, problem
    yield from dangerous_edits(together.standing, survey.live, survey.lacking, release)
    yield from _denied(together, survey)


def _missing(together: Together, survey: Survey) -> Iterator[tuple[Document, Problem]]:
    for reference in together.references:
        kind, _, name = reference.target
        if reference.target in together.defined or not survey.knows(reference.target):
            continue
        fails = kind == "Model" and reference.referrer in _FAILS
        message = f'{kind} "{name}" is neither in these files nor in the cluster'
        hint = "the service would end as Failed for good" if fails else "create it first"
        level: Level = "error" if fails else "warning"
        yield reference.document, Problem("SDN124", reference.path, message, hint, level=level)


def _kinds(together: Together, survey: Survey) -> Iterator[tuple[Document, Problem]]:
    for kind in sorted(survey.unserved):
        message = f"the cluster of {survey.context} serves no {kind}"
        yield together.kinds[kind], Problem("SDN126", ("kind",), message, "install Sedna's CRDs")
    if survey.scales:
        for document, path in dict(together.scaled).values():
            yield document, Problem("SDN127", path, survey.scales, survey.scaling_hint, True)


def _nodes(together: Together, survey: Survey) -> Iterator[tuple[Document, Problem]]:
    if survey.nodes is None:
        return
    for pin in together.pinned:
        name = pin.target[2]
        if name not in survey.nodes and pin.target not in together.defined:
            what = "its samples are never counted" if pin.referrer == "Dataset" else "its pods stay Pending"
            message = f'the cluster has no node "{name}": {what}'
            yield pin.document, Problem("SDN125", pin.path, message, "kubectl get nodes shows the names")


def _room(demand: Demand, nodes: dict[str, Any]) -> Problem | None:
    """Say where a pod's replicas do not fit on the nodes it may run on, even if these were empty."""
    node = text(demand.pod, "nodeName")
    selector = mapping(demand.pod, "nodeSelector")
    if node:
        fitting = {node: nodes[node]} if node in nodes else {}
    else:
        fitting = {name: found for name, found in nodes.items() if _selected(selector, found)}
    if not fitting:
        if node or not selector or any("$" in str(value) for value in selector.values()):
            return None
        labels = ", ".join(f"{key}={value}" for key, value in selector.items())
        message = f"no node of the cluster has the labels {labels}: the pods stay Pending"
        return Problem(
            "SDN125", (*demand.path, "nodeSelector"), message, "kubectl get nodes --show-labels", True
        )
    requests = {name: need for name, need in total_of(demand.pod, "requests").items() if need > 0}
    requests["pods"] = NANO
    holds = {
        name: min(_fits(found, resource, need) for resource, need in requests.items())
        for name, found in fitting.items()
    }
    total = sum(holds.values())
    if total >= demand.replicas:
        return None
    scarce = min(
        requests,
        key=lambda resource: sum(_fits(found, resource, requests[resource]) for found in fitting.values()),
    )
    where = f"node {next(iter(fitting))} holds" if len(fitting) == 1 else f"{len(fitting)} nodes hold"
    wanted = "one replica" if demand.replicas == 1 else f"{demand.replicas} replicas"
    if scarce == "pods":
        message = f"{wanted}, but {where} {total} pods at most"
        return Problem(
            "SDN222", demand.count_path, message, "lower the replicas, or let other nodes help", True
        )
    message = f"{wanted} of {shown(requests[scarce], scarce)} {scarce} each, but {where} {total}"
    hint = "lower the requests or the replicas, or let other nodes help"
    return Problem("SDN222", demand.count_path, message, hint, True)


def _selected(selector: dict[str, Any], node: Any) -> bool:
    labels = mapping(mapping(node, "metadata"), "labels")
    return all(labels.get(key) == value for key, value in selector.items())


def _fits(node: Any, resource: str, need: int) -> int:
    allocatable = mapping(mapping(node, "status"), "allocatable")
    if not allocatable or (resource == "pods" and resource not in allocatable):
        return _UNKNOWN_ROOM
    return (nanos_of(allocatable.get(resource)) or 0) // need


def _denied(together: Together, survey: Survey) -> Iterator[tuple[Document, Problem]]:
    first = next(iter(together.kinds.values()), None)
    for (kind, namespace), why in survey.denied.items():
        if first is not None:
            where = f" of namespace {namespace}" if namespace else ""
            message = f"{kind}s{where} may not be listed: {why}"
            bounds = kind in ("LimitRange", "ResourceQuota")
            hint = (
                "what they give and refuse is not known"
                if bounds
                else "what refers to them was not looked up"
            )
            yield first, Problem("SDN128", (), message, hint)
