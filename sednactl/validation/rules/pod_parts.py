"""What the rules about pods share: which pods come from Deployments, which are on their node's network."""

from __future__ import annotations

from typing import Any, Final

from sednactl.sedna.releases import DEPLOYMENTS_SINCE
from sednactl.validation.shape import text
from sednactl.validation.workload import Workload

Place = tuple[Any, ...]
INIT: Final = "initContainers"
MAIN: Final = "containers"


def ends_before_the_pod(group: str, container: dict[str, Any]) -> bool:
    """Tell whether a container only prepares the pod: an init container that is no sidecar."""
    return group == INIT and text(container, "restartPolicy") != "Always"


def deployed(workload: Workload, path: Place) -> bool:
    """Tell whether the Global Manager puts the pod at a place into a Deployment; others are bare pods."""
    if workload.kind == "JointInferenceService":
        return workload.target.release >= DEPLOYMENTS_SINCE
    if workload.kind == "ObjectSearchService":
        return path[1] in ("userWorker", "reidWorkers")
    return workload.kind == "FeatureExtractionService"


def on_the_nodes_network(workload: Workload, path: Place, pod: dict[str, Any]) -> bool:
    """Tell whether a pod uses its node's network, because it says so or because Sedna sees to it."""
    if workload.kind == "FederatedLearningJob" and path[1] == "trainingWorkers":
        return True
    if path[1] == "edgeWorker" and workload.target.release < DEPLOYMENTS_SINCE:
        return True
    learning = workload.kind in ("IncrementalLearningJob", "LifelongLearningJob")
    return learning or pod.get("hostNetwork") is True
