"""The pods of a workload that there may be several of, and what they have of their node: its ports, its network.

Source: Sedna's Global Manager, which reads replicas from an hpa or from a feature extraction's and a search's own field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sednactl.sedna.releases import DEPLOYMENTS_SINCE
from sednactl.validation.rules.pod_parts import INIT, MAIN, ends_before_the_pod
from sednactl.validation.shape import listed, mapping, text, whole
from sednactl.validation.workload import Workload

if TYPE_CHECKING:
    from sednactl.validation.finding import Path


def replicated(workload: Workload) -> list[tuple[Path, dict[str, Any], int]]:
    """Give the pods that the Global Manager may make several of, with their place and the most there may be."""
    if workload.kind == "JointInferenceService":
        if workload.target.release < DEPLOYMENTS_SINCE:
            return []
        return [
            (side.pod_path, side.pod, whole(hpa, "maxReplicas") or 1) for side, hpa in workload.scaled_sides()
        ]
    if workload.kind == "FeatureExtractionService":
        return _of_a_deployment(workload.spec, ("spec", "template", "spec"))
    if workload.kind == "ObjectSearchService":
        owner = mapping(workload.spec, "reidWorkers")
        return _of_a_deployment(owner, ("spec", "reidWorkers", "template", "spec"))
    return []


def pinned_replicas(workload: Workload) -> list[tuple[Path, str, int]]:
    """Give the pods that all go to the node that nodeName says: their place, the node, and the most there may be.

    Not those that want the same ports of it, of which but one can run there.
    """
    found = []
    for path, pod, most in replicated(workload):
        node = text(pod, "nodeName")
        if node and most > 1 and pod.get("hostNetwork") is not True and not host_ports(pod):
            found.append((path, node, most))
    return found


def edge_by_itself(workload: Workload) -> Path | None:
    """Give the place of an edge worker's pod that has not its node's network; None where there is no such pod."""
    for side in workload.sides():
        if side.name == "edge" and side.pod and side.pod.get("hostNetwork") is not True:
            return side.pod_path
    return None


def _of_a_deployment(owner: dict[str, Any], path: Path) -> list[tuple[Path, dict[str, Any], int]]:
    pod = mapping(mapping(owner, "template"), "spec")
    return [(path, pod, whole(owner, "replicas") or 1)] if pod else []


def host_ports(pod: dict[str, Any]) -> list[tuple[Path, int]]:
    """Give the ports of its node that a pod's containers claim as long as it runs, each with its place in the pod."""
    found: list[tuple[Path, int]] = []
    for group in (MAIN, INIT):
        for index, container in enumerate(listed(pod, group)):
            if type(container) is not dict or "ports" not in container:
                continue
            if ends_before_the_pod(group, container):
                continue
            for place, port in enumerate(listed(container, "ports")):
                if whole(port, "hostPort"):
                    found.append(((group, index, "ports", place, "hostPort"), port["hostPort"]))
    return found
