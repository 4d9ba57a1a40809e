"""The autoscaler's bounds and behavior: what the HPA refuses, and what surprises.

Sedna's CRD checks none of this. The Global Manager creates the HPA as it is
given; when the API server refuses it, the service ends as Failed, half created.
Bounds mirror Kubernetes' own validation of autoscaling/v2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sednactl.sedna.releases import DEPLOYMENTS_SINCE
from sednactl.validation.plain.scaling import LONGEST_WINDOW, no_policies, says_the_usual
from sednactl.validation.rulebook import Plain, rule
from sednactl.validation.shape import has, mapping, maps, text, whole
from sednactl.validation.structure import Problem
from sednactl.validation.workload import Workload

JI: Final = "JointInferenceService"
LONGEST_PERIOD: Final = 1800


USUAL_HPA: Final[dict[str, Plain | None]] = {"hpa": says_the_usual}
"""What rules are about that have nothing to say where an hpa says what most do."""


BEHAVIOR: Final[dict[str, Plain | None]] = {"behavior": no_policies}


@rule("SDN201", "error", JI, since=DEPLOYMENTS_SINCE, about=USUAL_HPA, within="hpa")
def min_not_above_max(workload: Workload) -> Iterator[Problem]:
    """Bounds the wrong way round: minReplicas above maxReplicas

    The autoscaler would have no room to work in: the HPA is refused, and the service ends as Failed.
    """
    for side, hpa in workload.scaled_sides():
        least, most = whole(hpa, "minReplicas"), whole(hpa, "maxReplicas")
        if least is not None and most is not None and least > most >= 1:
            message = f"minReplicas {least} is above maxReplicas {most}"
            yield Problem(
                "SDN201", (*side.path, "hpa", "minReplicas"), message, f"at most {most}, or raise maxReplicas"
            )


@rule("SDN202", "error", JI, since=DEPLOYMENTS_SINCE, about=USUAL_HPA, within="hpa")
def max_at_least_one(workload: Workload) -> Iterator[Problem]:
    """Upper bound below 1

    An autoscaler with no replicas to give is refused. To run without autoscaling, leave hpa out.
    """
    for side, hpa in workload.scaled_sides():
        most = whole(hpa, "maxReplicas")
        if most is not None and most < 1:
            message = f"maxReplicas {most}; at least 1 is needed"
            yield Problem(
                "SDN202", (*side.path, "hpa", "maxReplicas"), message, "to switch scaling off, remove hpa"
            )


@rule("SDN203", "error", JI, since=DEPLOYMENTS_SINCE, about=USUAL_HPA, within="hpa")
def min_at_least_one(workload: Workload) -> Iterator[Problem]:
    """Lower bound below 1

    Scaling to zero needs the cluster's HPAScaleToZero feature and an Object or External
    metric, as no pod is left that could report its own. Without both the HPA is refused.
    """
    for side, hpa in workload.scaled_sides():
        least = whole(hpa, "minReplicas")
        if least is None or least > 0:
            continue
        outside = any(text(metric, "type") in ("Object", "External") for _, metric in maps(hpa, "metrics"))
        path = (*side.path, "hpa", "minReplicas")
        if least == 0 and outside:
            message = "minReplicas 0 works only where the cluster has the HPAScaleToZero feature"
            yield Problem("SDN203", path, message, "use 1 unless you know that it has", level="warning")
        else:
            yield Problem(
                "SDN203", path, f"minReplicas {least}; the autoscaler needs at least 1", "use 1 or more"
            )


@rule("SDN211", "error", JI, since=DEPLOYMENTS_SINCE, about=BEHAVIOR, within="hpa")
def behavior_in_range(workload: Workload) -> Iterator[Problem]:
    """Scaling behavior that the autoscaler refuses

    Stabilization windows run from 0 to 3600 seconds, policies' periods from 1 to 1800 seconds,
    their values are positive, their types Pods or Percent, selectPolicy Max, Min or Disabled.
    """
    for side, hpa in workload.scaled_sides():
        for direction in ("scaleUp", "scaleDown"):
            path = (*side.path, "hpa", "behavior", direction)
            yield from _scaling_rules(mapping(mapping(hpa, "behavior"), direction), path)


def _scaling_rules(rules: dict[str, Any], path: tuple[Any, ...]) -> Iterator[Problem]:
    window = whole(rules, "stabilizationWindowSeconds")
    if window is not None and not 0 <= window <= LONGEST_WINDOW:
        message = f"a window of {window} seconds; 0 to {LONGEST_WINDOW} are allowed"
        yield Problem(
            "SDN211", (*path, "stabilizationWindowSeconds"), message, "the default is 0 up and 300 down"
        )
    select = rules.get("selectPolicy")
    if isinstance(select, str) and select not in ("Max", "Min", "Disabled"):
        message = f'selectPolicy "{select}" is not known to Kubernetes'
        yield Problem("SDN211", (*path, "selectPolicy"), message, "Max, Min or Disabled")
    for index, policy in maps(rules, "policies"):
        at = (*path, "policies", index)
        kind, value, period = policy.get("type"), whole(policy, "value"), whole(policy, "periodSeconds")
        if isinstance(kind, str) and kind not in ("Pods", "Percent"):
            message = f'the policy type "{kind}" is not known to Kubernetes'
            yield Problem("SDN211", (*at, "type"), message, "Pods or Percent")
        if value is not None and value < 1:
            yield Problem(
                "SDN211",
                (*at, "value"),
                f"a policy of {value}; at least 1 is needed",
                "selectPolicy: Disabled stops that way",
            )
        if period is not None and not 1 <= period <= LONGEST_PERIOD:
            message = f"a period of {period} seconds; 1 to {LONGEST_PERIOD} are allowed"
            yield Problem("SDN211", (*at, "periodSeconds"), message, "e.g. 60")


@rule("SDN214", "info", JI, since=DEPLOYMENTS_SINCE, about=USUAL_HPA, within="hpa")
def default_metric(workload: Workload) -> Iterator[Problem]:
    """No metrics: 80 % of the requested CPU

    Without metrics Kubernetes aims at an average of 80 % of the CPU that the containers request.
    """
    for side, hpa in workload.scaled_sides():
        if not hpa.get("metrics") and has(hpa, "maxReplicas"):
            message = "no metrics: scales at 80 % of the requested CPU"
            yield Problem("SDN214", (*side.path, "hpa"), message, "add metrics to say otherwise", True)


@rule("SDN223", "info", JI, since=DEPLOYMENTS_SINCE, about=USUAL_HPA)
def hpa_says_something(workload: Workload) -> Iterator[Problem]:
    """Empty hpa, which is none

    An hpa of null is none: the cluster drops it, and the side has one replica. An empty map is
    refused, as maxReplicas is missing. Sedna's own client libraries write nulls like this one.
    """
    for side in workload.sides():
        if "hpa" in side.worker and side.worker["hpa"] is None:
            message = f"an empty hpa: the {side.name} side does not scale"
            yield Problem("SDN223", (*side.path, "hpa"), message, "remove it, or give it maxReplicas", True)
