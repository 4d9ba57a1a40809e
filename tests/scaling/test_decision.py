"""One reconciliation: replicas, conditions, status and events as the controller writes them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sednactl.errors import InvalidInput
from sednactl.scaling.decision import decide, refused
from sednactl.scaling.limits import limit_of
from sednactl.scaling.readings import Readings
from sednactl.scaling.scale_history import ScaleHistory
from sednactl.scaling.scales import scale_of
from tests.scaling.autoscaled import (
    NO_API,
    NOW,
    Json,
    alike,
    autoscaler,
    cpu_metric,
    decided,
    external_metric,
    object_metric,
    per_pod,
    pod,
    pods_metric,
    reasons,
    scale,
    stamp,
    usage,
)


def test_scale_up() -> None:
    pods, readings = alike(3, 900)
    found = decided(autoscaler(cpu_metric(50)), 3, pods, readings)
    assert (found.current, found.desired, found.asked, found.rescale) == (3, 6, 6, True)
    assert found.status == {
        "currentReplicas": 3,
        "desiredReplicas": 6,
        "lastScaleTime": stamp(0),
        "currentMetrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "current": {"averageUtilization": 90, "averageValue": "900m"}},
            }
        ],
        "conditions": [
            {
                "type": "AbleToScale",
                "status": "True",
                "lastTransitionTime": stamp(0),
                "reason": "SucceededRescale",
                "message": "the HPA controller was able to update the target scale to 6",
            },
            {
                "type": "ScalingActive",
                "status": "True",
                "lastTransitionTime": stamp(0),
                "reason": "ValidMetricFound",
                "message": "the HPA was able to successfully calculate a replica count from "
                "cpu resource utilization (percentage of request)",
            },
            {
                "type": "ScalingLimited",
                "status": "False",
                "lastTransitionTime": stamp(0),
                "reason": "DesiredWithinRange",
                "message": "the desired count is within the acceptable range",
            },
        ],
    }
    (event,) = found.events
    assert (event.reason, event.message) == (
        "SuccessfulRescale",
        "New size: 6; reason: cpu resource utilization (percentage of request) above target",
    )


def test_times_of_conditions_change_only_with_their_status() -> None:
    pods, readings = alike(3, 900)
    hpa = autoscaler(cpu_metric(50))
    hpa["status"] = decided(hpa, 3, pods, readings).status
    later = decided(hpa, 6, *alike(6, 450), after=60)
    assert not later.rescale
    assert {item["lastTransitionTime"] for item in later.conditions} == {stamp(0)}
    assert later.status["lastScaleTime"] == stamp(0)
    assert reasons(later)["AbleToScale"] == "True ReadyForNewScale"


def test_scale_down_waits_five_minutes_then_goes_at_once() -> None:
    hpa = autoscaler(cpu_metric(50))
    history, current = ScaleHistory(), 4
    went = None
    for sync in range(60):
        found = decided(
            hpa, current, *alike(current, 500 if sync == 0 else 100), history=history, after=sync * 15
        )
        history = found.history
        if found.rescale:
            went = sync * 15
            assert (found.desired, found.events[-1].message) == (
                1,
                "New size: 1; reason: All metrics below target",
            )
            break
        if sync:
            assert reasons(found)["AbleToScale"] == "True ScaleDownStabilized"
            assert found.next_scale_down == pytest.approx(300 - sync * 15, abs=0.01)
    assert went == 315  # at 300 s the first recommendation is exactly as old as the window, and still counts


@pytest.mark.parametrize(
    ("current", "minimum", "maximum", "desired", "why"),
    [
        (8, 1, 5, 5, "Current number of replicas above Spec.MaxReplicas"),
        (1, 3, 5, 3, "Current number of replicas below Spec.MinReplicas"),
    ],
)
def test_bounds_act_without_metrics(current: int, minimum: int, maximum: int, desired: int, why: str) -> None:
    found = decided(autoscaler(cpu_metric(), minimum=minimum, maximum=maximum), current, [], Readings(NO_API))
    assert found.desired == desired
    assert found.events[-1].message == f"New size: {desired}; reason: {why}"
    assert found.status["currentMetrics"] is None
    assert reasons(found) == {"AbleToScale": "True SucceededRescale"}


def test_zero_replicas_switch_it_off() -> None:
    found = decided(autoscaler(cpu_metric()), 0, [], Readings(NO_API))
    assert (found.desired, found.rescale) == (0, False)
    assert reasons(found)["ScalingActive"] == "False ScalingDisabled"
    limit = limit_of(found.conditions)
    assert limit is not None and limit.code == "switched off"


def test_zero_replicas_with_minimum_zero_can_grow() -> None:
    hpa = autoscaler(object_metric(value="10"), minimum=0)
    value = {
        "describedObject": {"kind": "Deployment", "name": "some"},
        "metricName": "qps",
        "value": "25",
        "timestamp": stamp(0),
    }
    assert decided(hpa, 0, [], Readings(custom=[value])).desired == 3


def test_defaults_are_one_replica_and_eighty_percent() -> None:
    pods, readings = alike(2, 900)
    found = decided(autoscaler(minimum=None), 2, pods, readings)
    assert found.frame.least == 1
    assert (found.metrics[0].target, found.desired) == (80, 3)


@pytest.mark.parametrize(
    ("metric", "readings", "reason", "cause"),
    [
        (
            cpu_metric(),
            Readings(NO_API),
            "FailedGetResourceMetric",
            "failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from "
            "resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)",
        ),
        (
            cpu_metric(container="container9"),
            Readings([usage("pod-0", ("1",))]),
            "FailedGetContainerResourceMetric",
            "failed to get cpu utilization: unable to get metrics for resource cpu: failed to get container "
            "metrics: container container9 not present in metrics for pod park/pod-0",
        ),
        (
            pods_metric("10"),
            Readings(),
            "FailedGetPodsMetric",
            "unable to get metric qps: no metrics returned from custom metrics API",
        ),
        (
            external_metric(value="10"),
            Readings(),
            "FailedGetExternalMetric",
            "unable to get external metric park/qps/nil: no metrics returned from external metrics API",
        ),
        (
            external_metric(selector={"matchLabels": {"q": "a"}}, averageValue="10"),
            Readings(),
            "FailedGetExternalMetric",
            "unable to get external metric park/qps/"
            "&LabelSelector{MatchLabels:map[string]string{q: a,},MatchExpressions:[]LabelSelectorRequirement{},}"
            ": no metrics returned from external metrics API",
        ),
        (
            object_metric(averageValue="10"),
            Readings(),
            "FailedGetObjectMetric",
            "unable to get metric qps: Deployment on park some/unable to fetch metrics from custom metrics API: "
            "the server could not find the metric qps for Deployment some",
        ),
        (
            {"type": "Wish"},
            Readings(),
            "InvalidMetricSourceType",
            'unknown metric source type "Wish"',
        ),
    ],
)
def test_metrics_that_cannot_be_had(metric: Json, readings: Readings, reason: str, cause: str) -> None:
    hpa = autoscaler(metric, status={"desiredReplicas": 7, "lastScaleTime": stamp(99)})
    found = decided(hpa, 1, [pod("pod-0")], readings)
    assert (found.desired, found.rescale, found.asked) == (1, False, None)
    active = found.conditions[1]
    assert (active["reason"], active["status"]) == (reason, "False")
    assert active["message"] == f"the HPA was unable to compute the replica count: {cause}"
    assert found.status["currentMetrics"] == [{"type": ""}]
    assert (found.status["desiredReplicas"], found.status["lastScaleTime"]) == (7, stamp(99))
    assert [event.reason for event in found.events] == [reason, "FailedComputeMetricsReplicas"]
    assert found.error.startswith("invalid metrics (1 invalid out of 1), first error is: ")


def test_one_failing_metric_does_not_stop_scaling_up() -> None:
    pods, readings = alike(2, 900)
    found = decided(autoscaler(pods_metric("10"), cpu_metric(50)), 2, pods, readings)
    assert found.desired == 4
    assert reasons(found)["ScalingActive"] == "True ValidMetricFound"
    assert found.status["currentMetrics"][0] == {"type": ""}
    assert found.error.startswith("invalid metrics (1 invalid out of 2)")


def test_one_failing_metric_stops_scaling_down() -> None:
    pods, readings = alike(4, 100)
    found = decided(autoscaler(pods_metric("10"), cpu_metric(50)), 4, pods, readings)
    assert (found.desired, found.asked) == (4, None)
    assert reasons(found)["ScalingActive"] == "False FailedGetPodsMetric"


def test_the_largest_proposal_wins() -> None:
    pods, readings = alike(2, 600)
    readings = Readings(readings.pods, [per_pod("qps", "pod-0", "50"), per_pod("qps", "pod-1", "30")])
    found = decided(autoscaler(cpu_metric(50), pods_metric("10")), 2, pods, readings)
    assert [proposal.replicas for proposal in found.proposals] == [3, 8]
    assert found.asked == 8
    assert (found.desired, found.normalized and found.normalized.limit[0]) == (4, "ScaleUpLimit")
    assert reasons(found)["ScalingLimited"] == "True ScaleUpLimit"


def test_object_and_external_metrics() -> None:
    pods, _ = alike(2, 0)
    value = {
        "describedObject": {"kind": "Deployment", "name": "some"},
        "metric": {"name": "qps"},
        "value": "60",
    }
    series = [
        {"metricName": "queue", "metricLabels": {"q": "a"}, "value": "30"},
        {"metricName": "queue", "metricLabels": {"q": "a"}, "value": "10500m"},
        {"metricName": "queue", "metricLabels": {"q": "b"}, "value": "999"},
    ]
    hpa = autoscaler(
        object_metric(averageValue="20"),
        external_metric("queue", {"matchLabels": {"q": "a"}}, averageValue="10"),
        external_metric(
            "queue", {"matchExpressions": [{"key": "q", "operator": "In", "values": ["a"]}]}, value="20"
        ),
    )
    found = decided(hpa, 2, pods, Readings(custom=[value], external=series))
    assert [proposal.replicas for proposal in found.proposals] == [3, 5, 5]
    assert found.status["currentMetrics"] == [
        {
            "type": "Object",
            "object": {
                "metric": {"name": "qps"},
                "describedObject": {"kind": "", "name": ""},
                "current": {"averageValue": "30"},
            },
        },
        {
            "type": "External",
            "external": {
                "metric": {"name": "queue", "selector": {"matchLabels": {"q": "a"}}},
                "current": {"averageValue": "20250m"},
            },
        },
        {
            "type": "External",
            "external": {
                "metric": {
                    "name": "queue",
                    "selector": {"matchExpressions": [{"key": "q", "operator": "In", "values": ["a"]}]},
                },
                "current": {"value": "40500m"},
            },
        },
    ]


def test_missing_target() -> None:
    hpa = autoscaler(cpu_metric(), status={"currentReplicas": 2, "desiredReplicas": 2})
    found = decide(hpa, None, [], Readings(), NOW, ScaleHistory(), no_scale='deployments.apps "x" not found')
    assert found.conditions[0] == {
        "type": "AbleToScale",
        "status": "False",
        "lastTransitionTime": stamp(0),
        "reason": "FailedGetScale",
        "message": 'the HPA controller was unable to get the target\'s current scale: deployments.apps "x" not found',
    }
    assert (found.status["currentReplicas"], found.rescale) == (2, False)
    assert found.history == ScaleHistory()


def test_selectors_that_cannot_be_used() -> None:
    pods, readings = alike(2, 900)
    without = decide(autoscaler(cpu_metric()), {"spec": {"replicas": 2}}, pods, readings, NOW, ScaleHistory())
    assert reasons(without)["ScalingActive"] == "False InvalidSelector"
    shared = decide(
        autoscaler(cpu_metric()), scale(2), pods, readings, NOW, ScaleHistory(),
        rivals=[("hpa-x", "park"), ("other", "park")],
    )  # fmt: skip
    assert shared.conditions[1]["message"] == (
        "pods by selector app=x are controlled by multiple HPAs: [{hpa-x park} {other park}]"
    )
    assert (shared.desired, shared.rescale) == (2, False)


def test_a_refused_update_is_told_and_leaves_no_event_behind() -> None:
    pods, readings = alike(2, 900)
    hpa = autoscaler(cpu_metric(50), behavior={}, status={"desiredReplicas": 2})
    found = decided(hpa, 2, pods, readings)
    assert found.history.ups == ((NOW.timestamp(), 2),)
    failed = refused(found, hpa, "conflict")
    assert (failed.desired, failed.rescale, failed.history.ups) == (2, False, ())
    assert reasons(failed)["AbleToScale"] == "False FailedUpdateScale"
    assert "lastScaleTime" not in failed.status and failed.status["desiredReplicas"] == 2
    assert failed.events[-1].message == (
        "New size: 4; reason: cpu resource utilization (percentage of request) above target; error: conflict"
    )


def test_policies_remember_what_was_done() -> None:
    rules = {"policies": [{"type": "Pods", "value": 2, "periodSeconds": 60}]}
    hpa = autoscaler(cpu_metric(50), behavior={"scaleUp": rules})
    history, current, seen = ScaleHistory(), 2, []
    for sync in range(9):
        found = decided(hpa, current, *alike(current, 1000), history=history, after=sync * 15)
        history, current = found.history, found.desired
        seen.append(current)
    assert seen == [4, 4, 4, 4, 6, 6, 6, 6, 8]


def test_scale_of_a_deployment() -> None:
    deployment = {
        "metadata": {"name": "x", "namespace": "park"},
        "spec": {
            "selector": {
                "matchLabels": {"b": "2", "a": "1"},
                "matchExpressions": [{"key": "t", "operator": "NotIn", "values": ["x", "y"]}],
            }
        },
        "status": {"replicas": 3},
    }
    found = scale_of(deployment)
    assert (found["spec"]["replicas"], found["status"]["replicas"]) == (1, 3)
    assert found["status"]["selector"] == "a=1,b=2,t notin (x,y)"


@pytest.mark.parametrize("target", [{"averageValue": "0"}, {"averageValue": "-1"}, {}])
def test_targets_that_no_server_takes_are_refused(target: Json) -> None:
    metric = {"type": "Pods", "pods": {"metric": {"name": "qps"}, "target": target}}
    with pytest.raises(InvalidInput):
        decided(autoscaler(metric), 1, [pod("pod-0")], Readings(custom=[per_pod("qps", "pod-0", "1")]))


def test_what_goes_in_stays_as_it_is() -> None:
    pods, readings = alike(3, 900)
    hpa = autoscaler(cpu_metric(50))
    hpa["status"] = decided(hpa, 3, pods, readings).status
    before = repr((hpa, pods, readings))
    decide(hpa, scale(3), pods, readings, NOW + timedelta(hours=1), ScaleHistory())
    assert repr((hpa, pods, readings)) == before
