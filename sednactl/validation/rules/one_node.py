"""Pods that are to share one node, and cannot where they want the same of its ports.

Source: Sedna's Global Manager, which makes of each worker a Deployment or a bare pod (`deployed`), gives
some of them their node's network, and reads replicas from an hpa or from a feature extraction's and a
search's own field; the kubelet, which rejects a pod whose ports of the node are taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sednactl.validation.plain.workloads import claims_no_port_of_a_node
from sednactl.validation.replicas import host_ports, pinned_replicas, replicated
from sednactl.validation.rulebook import rule
from sednactl.validation.rules.pod_parts import MAIN, Place, ends_before_the_pod, on_the_nodes_network
from sednactl.validation.shape import listed, mapping, maps, text, whole
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload

HOSTNAME = "kubernetes.io/hostname"
"""The label that every node has of its own."""
_LEARNING = ("IncrementalLearningJob", "LifelongLearningJob")
_REPLICATED = ("JointInferenceService", "FeatureExtractionService", "ObjectSearchService")
_ANY_ADDRESS = ("", "0.0.0.0")  # noqa: S104 - compared, never bound
Socket = tuple[str, str, int]
"""Protocol, address ("" for all of the node's) and port."""


@rule(
    "SDN212",
    "warning",
    *_REPLICATED,
    "FederatedLearningJob",
    *_LEARNING,
    about=("hostNetwork", "ports"),
    unless=claims_no_port_of_a_node,
)
def replicas_on_one_node(workload: Workload) -> Iterator[Problem]:
    """Several replicas that fight for one node's ports

    nodeName puts every replica on one node, and so does a nodeSelector or an affinity for a hostname. With
    hostNetwork (or a hostPort) the second replica finds the port taken: cloud workers all bind
    5000, feature extraction 6000, the re-identification of a search 9378. An autoscaler adds pods that never
    become ready. Sedna's own HPA example has this trap. Workers of one workload that are pinned to one node
    must not claim the same port of it either: on the node's network, where Sedna puts every learning job's
    workers but the aggregation worker, a containerPort is a port of the node. Of training workers SDN603 tells.

    A ReidJob or VideoAnalyticsJob has one pod, whatever its parallelism.

    Mend: choose nodes by nodeSelector or affinity instead of nodeName, or give up hostNetwork,
    or keep the replicas at 1; give each worker a port of its own.
    """
    for path, pod, most in replicated(workload):
        node = pinned_to(pod)
        if most < 2 or not node:
            continue
        ports = host_ports(pod)
        if pod.get("hostNetwork") is True:
            cause, key = "hostNetwork", (*path, "hostNetwork")
        elif ports:
            cause, key = f"hostPort {ports[0][1]}", (*path, *ports[0][0])
        else:
            continue
        up_to = "up to " if workload.kind == "JointInferenceService" else ""
        message = f"{up_to}{most} replicas on the one node {node}, but {cause} lets only one have its ports"
        yield Problem("SDN212", key, message, f"use nodeSelector instead of nodeName, or drop {cause}", True)
    for place, other, port, node in claimed_twice(workload):
        if place[1] == other[1] == "trainingWorkers":
            continue  # SDN603 tells of them
        message = f"port {port} of the node {node} is that of {_worker(other)} too"
        yield Problem("SDN212", place, message, "give each worker a port of its own, or another node")


@rule("SDN213", "info", *_REPLICATED, about=("nodeName",))
def all_on_one_node(workload: Workload) -> Iterator[Problem]:
    """All replicas pinned to one node

    nodeName bypasses the scheduler: every replica goes to that node, and beyond its capacity
    the kubelet rejects pods while the Deployment keeps making new ones.
    """
    for path, node, most in pinned_replicas(workload):
        message = f"all {most} replicas go to the node {node}, full or not"
        hint = "a nodeSelector lets the scheduler choose"
        yield Problem("SDN213", (*path, "nodeName"), message, hint)


def pinned_to(pod: dict[str, Any]) -> str:
    """Give the one node that a pod can run on, "" where the scheduler may choose."""
    return text(pod, "nodeName") or text(mapping(pod, "nodeSelector"), HOSTNAME) or _only_node(pod)


def claimed_twice(workload: Workload) -> Iterator[tuple[Place, Place, int, str]]:
    """Give the ports of one node that two workers claim which run at once: both places, the port and the node."""
    claimed: dict[str, list[tuple[Place, Socket]]] = {}
    for path, pod in workload.pods():
        node = pinned_to(pod)
        sockets = list(_sockets(workload, path, pod)) if node else ()
        before = list(claimed.get(node, ()))
        for place, socket in sockets:
            for other, one in before:
                if _together(workload, other, path) and _same(one, socket):
                    yield place, other, socket[2], node
                    break
            claimed.setdefault(node, []).append((place, socket))


def _together(workload: Workload, one: Place, other: Place) -> bool:
    """Tell whether the pods of two workers run at the same time: a learning job trains and evaluates by turns."""
    return workload.kind not in _LEARNING or "deploySpec" in (one[1], other[1])


def _same(one: Socket, other: Socket) -> bool:
    any_address = one[1] in _ANY_ADDRESS or other[1] in _ANY_ADDRESS
    return one[0] == other[0] and one[2] == other[2] and (any_address or one[1] == other[1])


def _worker(place: Place) -> str:
    return f"{place[1]}[{place[2]}]" if isinstance(place[2], int) else str(place[1])


def _sockets(workload: Workload, path: Place, pod: dict[str, Any]) -> Iterator[tuple[Place, Socket]]:
    """Give the ports of its node that a pod claims, each with its place."""
    shared = on_the_nodes_network(workload, path, pod)
    for group in (MAIN, "initContainers"):
        for index, container in maps(pod, group):
            if "ports" not in container or ends_before_the_pod(group, container):
                continue
            for spot, port in maps(container, "ports"):
                key = "hostPort" if whole(port, "hostPort") else "containerPort"
                number = whole(port, key)
                if number and (shared or key == "hostPort"):
                    socket = (text(port, "protocol") or "TCP", text(port, "hostIP"), number)
                    yield (*path, group, index, "ports", spot, key), socket


def _only_node(pod: dict[str, Any]) -> str:
    """Give the node that every term of the required affinity names alone."""
    required = mapping(
        mapping(mapping(pod, "affinity"), "nodeAffinity"), "requiredDuringSchedulingIgnoredDuringExecution"
    )
    names = set()
    for _, term in maps(required, "nodeSelectorTerms"):
        only = {
            tuple(map(str, listed(one, "values")))
            for key, group in ((HOSTNAME, "matchExpressions"), ("metadata.name", "matchFields"))
            for _, one in maps(term, group)
            if one.get("key") == key and one.get("operator") == "In" and len(listed(one, "values")) == 1
        }
        names.add(only.pop()[0] if len(only) == 1 else "")
    return names.pop() if len(names) == 1 else ""
