"""What an older Kubernetes cannot do with a manifest, where the user names its version.

Source: the feature gates of Kubernetes and when they went on by default.
"""

from __future__ import annotations

from collections.abc import Iterator

from sednactl.sedna.releases import DEPLOYMENTS_SINCE
from sednactl.validation.plain.workloads import is_for_any_kubernetes
from sednactl.validation.rulebook import rule
from sednactl.validation.rules.scaling import JI
from sednactl.validation.shape import maps, text
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload


@rule("SDN221", "error", JI, since=DEPLOYMENTS_SINCE, about=("hpa",), unless=is_for_any_kubernetes)
def kubernetes_can_scale(workload: Workload) -> Iterator[Problem]:
    """Autoscaling that this Kubernetes does not have yet

    Found with --kubernetes-version. Sedna asks for autoscaling/v2, which came with Kubernetes 1.23:
    before that no HPA can be made, and the service ends as Failed. ContainerResource metrics work
    without a feature gate from 1.27 on.
    """
    target = workload.target
    for side, hpa in workload.scaled_sides():
        if target.older_than(1, 23):
            message = f"Kubernetes {_version(workload)} has no autoscaling/v2, which Sedna asks for"
            hint = "upgrade to 1.23 or later, or leave hpa out"
            yield Problem("SDN221", (*side.path, "hpa"), message, hint, True)
        elif target.older_than(1, 27):
            for index, metric in maps(hpa, "metrics"):
                if text(metric, "type") == "ContainerResource":
                    path = (*side.path, "hpa", "metrics", index, "type")
                    message = (
                        f"Kubernetes {_version(workload)} has ContainerResource metrics only behind a gate"
                    )
                    hint = "HPAContainerMetrics must be on in the cluster; from 1.27 on it is"
                    yield Problem("SDN221", path, message, hint, level="warning")


@rule("SDN136", "warning", about=("initContainers",), unless=is_for_any_kubernetes)
def kubernetes_has_sidecars(workload: Workload) -> Iterator[Problem]:
    """Sidecar that this Kubernetes does not have yet

    Found with --kubernetes-version. An init container with restartPolicy Always runs beside the
    others from Kubernetes 1.29 on. Before (1.28 without its feature gate) it is an init container
    that never ends, and the pod never starts.
    """
    if not workload.target.older_than(1, 29):
        return
    for path, pod in workload.pods():
        for index, container in maps(pod, "initContainers"):
            if text(container, "restartPolicy") == "Always":
                message = f"Kubernetes {_version(workload)} waits for this init container to end"
                hint = "sidecars came with 1.29; make it an ordinary container"
                yield Problem("SDN136", (*path, "initContainers", index, "restartPolicy"), message, hint)


def _version(workload: Workload) -> str:
    return ".".join(map(str, workload.target.kubernetes or ()))
