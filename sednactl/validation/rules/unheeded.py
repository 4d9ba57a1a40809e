"""What the API server stores and Sedna never reads: kinds without a controller, fields without effect.

Source: the controllers of Sedna's Global Manager 0.7; they take the pod template out of the
Deployment's or Job's fields, the replicas where there are Deployments, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sednactl.sedna.releases import DEPLOYMENTS_SINCE
from sednactl.validation.replicas import edge_by_itself
from sednactl.validation.rulebook import rule
from sednactl.validation.shape import has, mapping
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload

_DEPLOYMENT = ("minReadySeconds", "paused", "progressDeadlineSeconds", "revisionHistoryLimit", "strategy")
_JOB = (
    *("activeDeadlineSeconds", "backoffLimit", "backoffLimitPerIndex", "completionMode", "completions"),
    *("managedBy", "manualSelector", "maxFailedIndexes", "parallelism", "podFailurePolicy"),
    *("podReplacementPolicy", "selector", "successPolicy", "suspend", "ttlSecondsAfterFinished"),
)
_MATTERS = {"completions": 1, "parallelism": 1, "paused": False, "suspend": False}
"""Fields whose loss changes what runs, unless they say what happens anyway."""


@rule("SDN701", "warning", "ObjectTrackingService")
def nobody_acts_on_it(workload: Workload) -> Iterator[Problem]:
    """Kind that nothing acts on

    Sedna's Global Manager has no controller for ObjectTrackingService: the object is stored,
    and nothing happens. An ObjectSearchService has tracking workers that do run.
    """
    if workload.kind:
        message = "no controller acts on an ObjectTrackingService: nothing will run"
        yield Problem("SDN701", ("kind",), message, "an ObjectSearchService has tracking workers that run")


@rule("SDN702", "info", "FeatureExtractionService", "ObjectSearchService", "ReidJob", "VideoAnalyticsJob")
def fields_without_effect(workload: Workload) -> Iterator[Problem]:
    """Field that Sedna does not read

    A FeatureExtractionService and the reidWorkers of an ObjectSearchService have the fields of a
    Deployment, a ReidJob and a VideoAnalyticsJob those of a Job. Sedna takes the pod template, and
    of a Deployment the replicas. It sets a selector of its own. Jobs run exactly one pod, once.
    """
    path: tuple[Any, ...] = ("spec",)
    owner = workload.spec
    if workload.kind == "ObjectSearchService":
        path, owner = (*path, "reidWorkers"), mapping(owner, "reidWorkers")
    job = workload.kind in ("ReidJob", "VideoAnalyticsJob")
    for name in owner:
        if name not in (_JOB if job else _DEPLOYMENT) or not has(owner, name):
            continue
        if name in _MATTERS:
            if owner[name] == _MATTERS[name]:
                continue
            message = f"{name}: {_shown(owner[name])} has no effect"
            hint = f"remove it: Sedna {'runs exactly one pod, once' if job else 'rolls out at once'}"
            yield Problem("SDN702", (*path, name), message, hint, True, "warning")
        else:
            yield Problem("SDN702", (*path, name), f"Sedna does not read {name}", "remove it", True)


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, (bool, int)) else "…"


@rule(
    "SDN703",
    "info",
    "FederatedLearningJob",
    "IncrementalLearningJob",
    "LifelongLearningJob",
    about=("hostNetwork",),
)
def host_network_is_forced(workload: Workload) -> Iterator[Problem]:
    """hostNetwork: false that Sedna overrules

    Training workers of federated learning and all workers of incremental and lifelong learning
    always get the network of their node.
    """
    for path, pod in workload.pods():
        if pod.get("hostNetwork") is False and path[1] != "aggregationWorker":
            message = "Sedna sets hostNetwork to true here, whatever the manifest says"
            yield Problem("SDN703", (*path, "hostNetwork"), message, "remove the line", True)


@rule("SDN704", "info", "JointInferenceService", since=DEPLOYMENTS_SINCE)
def edge_reaches_its_controller(workload: Workload) -> Iterator[Problem]:
    """Edge worker that cannot report

    The edge worker is told to find Sedna's local controller at localhost:9100. From Sedna 0.7 on
    it only has its node's localhost if the manifest sets hostNetwork: true; else the service
    works, but its status never shows any metrics.
    """
    path = edge_by_itself(workload)
    if path is not None:
        message = "without hostNetwork the edge worker cannot report metrics to Sedna"
        yield Problem("SDN704", path, message, "add hostNetwork: true if you want them", True)
