"""What a snapshot says for every state its objects can be in."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from sednactl.scaling.limits import limit_of
from sednactl.scaling.metrics import metrics_of
from sednactl.scaling.snapshot import ScaleSnapshot, SideSnapshot, snapshots_of
from tests.golden import check_golden
from tests.scaling import objects as o


def one(*children: dict[str, Any], workload: dict[str, Any] | None = None) -> ScaleSnapshot:
    by_kind = {
        kind: [child for child in children if child["kind"] == kind]
        for kind in ("Deployment", "HorizontalPodAutoscaler", "Pod")
    }
    [snapshot] = snapshots_of([workload or o.workload()], *by_kind.values(), o.NOW)  # type: ignore[arg-type,call-arg]
    return snapshot


def cloud(*children: dict[str, Any], workload: dict[str, Any] | None = None) -> SideSnapshot:
    return one(*children, workload=workload).sides["cloud"]


def code(side: SideSnapshot) -> str | None:
    return side.limit.code if side.limit else None


def test_the_promised_shape() -> None:
    snapshot = one(
        o.deployment("cloud", wanted=4, current=4, ready=3),
        o.hpa("cloud", readings=[o.cpu_reading(37)]),
        o.deployment("edge"),
    )
    check_golden("scaling/snapshot.json", json.dumps(snapshot.as_json(), indent=2) + "\n")


def test_replicas_come_from_the_deployment() -> None:
    side = cloud(o.deployment(wanted=4, current=3, ready=2), o.hpa(current=1, desired=1))
    assert (side.current, side.desired, side.ready) == (3, 4, 2)
    assert side.moving


def test_a_deployment_that_says_nothing_has_one_wanted_and_none_running() -> None:
    deployment = o.deployment()
    deployment["spec"].pop("replicas")
    deployment["status"] = {}
    side = cloud(deployment, o.hpa())
    assert (side.current, side.desired, side.ready) == (0, 1, 0)


def test_min_defaults_to_one_and_zero_stays_zero() -> None:
    assert cloud(o.deployment(), o.hpa(minimum=None)).minimum == 1
    assert cloud(o.deployment(), o.hpa(minimum=0)).minimum == 0


def test_a_side_without_autoscaler_is_fixed_or_misses_the_one_asked_for() -> None:
    fixed = cloud(o.deployment(wanted=2), workload=o.workload(hpa=""))
    assert (fixed.hpa, fixed.minimum, fixed.maximum, fixed.metrics, code(fixed)) == (
        None,
        None,
        None,
        (),
        "fixed",
    )
    assert not fixed.trouble
    missing = cloud(o.deployment(wanted=2))
    assert code(missing) == "no autoscaler"
    assert missing.trouble


def test_a_missing_deployment() -> None:
    side = cloud(o.hpa())
    assert (side.current, side.desired, side.ready, side.deployment) == (None, None, None, None)
    assert (side.hpa, side.maximum, code(side)) == ("hpa-helmet-deployment-cloud", 5, "no deployment")


def test_a_foreign_autoscaler_is_found_by_its_target() -> None:
    side = cloud(o.deployment(), o.foreign(o.hpa(called="my-own")))
    assert (side.hpa, side.origin, code(side)) == ("my-own", "foreign", None)


def test_an_autoscaler_of_something_else_with_that_name_is_not_ours() -> None:
    stranger = o.foreign(o.hpa(called="other"))
    stranger["spec"]["scaleTargetRef"]["kind"] = "StatefulSet"
    assert cloud(o.deployment(), stranger).hpa is None


def test_another_namespace_is_another_world() -> None:
    side = cloud(o.deployment(namespace="other"), o.hpa(namespace="other"))
    assert (side.hpa, side.deployment) == (None, None)


def test_a_ghost_autoscaler_scales_the_new_service() -> None:
    ghost = o.hpa(uid="gone", owned=False)
    side = cloud(o.deployment(), ghost, workload=o.workload(hpa=""))
    assert (side.origin, code(side), side.trouble) == ("ghost", "ghost autoscaler", True)


def test_a_ghost_by_owner_alone() -> None:
    ghost = o.hpa(uid="gone")
    ghost["metadata"].pop("labels")
    assert cloud(o.deployment(), ghost).origin == "ghost"


def test_a_ghost_deployment_is_said_to_be_one() -> None:
    assert code(cloud(o.deployment(uid="gone"), o.hpa())) == "ghost deployment"


def test_two_autoscalers_on_one_deployment() -> None:
    side = cloud(o.deployment(), o.foreign(o.hpa(called="a-first-by-name")), o.hpa())
    assert (side.hpa, side.other_hpas) == ("hpa-helmet-deployment-cloud", ("a-first-by-name",))
    assert code(side) == "several autoscalers"


def test_an_autoscaler_of_the_service_that_scales_something_else() -> None:
    side = cloud(o.deployment(), o.hpa(target="elsewhere"))
    assert (side.hpa, code(side)) == ("hpa-elsewhere", "no target")


def test_bare_pods_of_sedna_before_0_7() -> None:
    def pod(name: str, ready: str) -> dict[str, Any]:
        prefix = "jointinference.sedna.io"
        return {
            "kind": "Pod",
            "metadata": {
                "name": name,
                "namespace": "park",
                "labels": {
                    f"{prefix}/name": "helmet",
                    f"{prefix}/uid": "uid-helmet",
                    f"{prefix}/worker-type": "cloud",
                },
            },
            "status": {"conditions": [{"type": "Ready", "status": ready}]},
        }

    snapshot = one(pod("a", "True"), pod("b", "False"), workload=o.workload(hpa=""))
    side = snapshot.sides["cloud"]
    assert (side.current, side.ready, code(side)) == (2, 1, "fixed")
    assert code(snapshot.sides["edge"]) == "no deployment"


def test_children_without_a_service_give_nothing() -> None:
    assert snapshots_of([], [o.deployment()], [o.hpa()], [], o.NOW) == []


def test_the_order_of_the_objects_does_not_matter() -> None:
    workloads = [o.workload(f"s{index}", namespace=f"n{index % 3}") for index in range(9)]
    deployments = [
        o.deployment(side, name=f"s{index}", namespace=f"n{index % 3}", wanted=index)
        for index in range(9)
        for side in ("cloud", "edge")
    ]
    expected = snapshots_of(workloads, deployments, [], [], o.NOW)
    shuffled = random.Random(7)
    for _ in range(5):
        shuffled.shuffle(workloads)
        shuffled.shuffle(deployments)
        assert snapshots_of(workloads, deployments, [], [], o.NOW) == expected
    assert [item.service for item in expected] == sorted(item.service for item in expected)


@pytest.mark.parametrize(
    ("conditions", "expected", "trouble"),
    [
        ((), "not evaluated", False),
        (o.FINE, None, False),
        (o.AT_MAX, "at max", True),
        ((*o.FINE[:2], o.condition("ScalingLimited", "True", "TooFewReplicas")), "at min", False),
        ((*o.FINE[:2], o.condition("ScalingLimited", "True", "ScaleUpLimit")), "rate limited up", False),
        ((*o.FINE[:2], o.condition("ScalingLimited", "True", "ScaleDownLimit")), "rate limited down", False),
        ((o.condition("AbleToScale", "True", "ScaleDownStabilized"), *o.FINE[1:]), "scale-down delayed", False),
        ((o.condition("AbleToScale", "True", "ScaleUpStabilized"), *o.FINE[1:]), "scale-up delayed", False),
        ((o.condition("AbleToScale", "False", "FailedGetScale", "not found"),), "no target", True),
        ((o.condition("AbleToScale", "False", "FailedUpdateScale", "conflict"),), "cannot scale", True),
        (o.NO_METRICS, "metrics unknown", True),
        (
            (o.FINE[0], o.condition("ScalingActive", "False", "ScalingDisabled", "scaling is disabled")),
            "switched off",
            False,
        ),
        ((o.FINE[0], o.condition("ScalingActive", "False", "AmbiguousSelector", "pods by")), "ambiguous", True),
        # What keeps it from acting comes before an old limit that nothing has cleared.
        ((*o.NO_METRICS, o.AT_MAX[2]), "metrics unknown", True),
        # At the floor while a window runs: the window is the news.
        (
            (
                o.condition("AbleToScale", "True", "ScaleDownStabilized"),
                o.FINE[1],
                o.condition("ScalingLimited", "True", "TooFewReplicas"),
            ),
            "scale-down delayed",
            False,
        ),
    ],
)  # fmt: skip
def test_why_it_is_limited(conditions: tuple[Any, ...], expected: str | None, trouble: bool) -> None:
    limit = limit_of(conditions)
    assert (limit.code if limit else None) == expected
    assert (limit.trouble if limit else False) == trouble


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            "failed to get cpu utilization: missing request for cpu in container big of Pod x",
            "no request set",
        ),
        ("no metrics returned from resource metrics API", "none measured yet"),
        ("the server could not find the requested resource (get pods.metrics.k8s.io)", "no metrics API"),
        ("the server is currently unable to handle the request", "metrics API is down"),
    ],
)
def test_why_metrics_are_unknown(message: str, words: str) -> None:
    limit = limit_of([o.condition("ScalingActive", "False", "FailedGetResourceMetric", message)])
    assert limit is not None
    assert limit.words == f"metrics unknown: {words}"
    assert message in limit.why


def _target(kind: str, value: Any) -> dict[str, Any]:
    return {
        "type": kind,
        kind[0].lower() + kind[1:] if kind != "Utilization" else "averageUtilization": value,
    }


EVERY_TYPE: list[tuple[dict[str, Any], dict[str, Any], tuple[Any, ...]]] = [
    (o.cpu(20), o.cpu_reading(37), ("cpu", 37, 20, "%", "379m")),
    (
        {"type": "Resource", "resource": {"name": "cpu", "target": _target("AverageValue", "1500m")}},
        {"type": "Resource", "resource": {"name": "cpu", "current": {"averageValue": "250500u"}}},
        ("cpu", 251, 1500, "m", "250500u"),
    ),
    (
        {"type": "Resource", "resource": {"name": "memory", "target": _target("AverageValue", "2Gi")}},
        {"type": "Resource", "resource": {"name": "memory", "current": {"averageValue": "1Gi"}}},
        ("memory", 2**30, 2**31, "bytes", "1Gi"),
    ),
    (
        {
            "type": "ContainerResource",
            "containerResource": {"container": "big", "name": "cpu", "target": _target("Utilization", 50)},
        },
        {
            "type": "ContainerResource",
            "containerResource": {"container": "big", "name": "cpu", "current": {"averageUtilization": 60}},
        },
        ("big/cpu", 60, 50, "%", None),
    ),
    (
        {"type": "Pods", "pods": {"metric": {"name": "frames"}, "target": _target("AverageValue", "30")}},
        {"type": "Pods", "pods": {"metric": {"name": "frames"}, "current": {"averageValue": "12500m"}}},
        ("frames", 12.5, 30, "", "12500m"),
    ),
    (
        {
            "type": "Object",
            "object": {
                "describedObject": {"kind": "Service", "name": "gate"},
                "metric": {"name": "queue"},
                "target": _target("Value", "100"),
            },
        },
        {
            "type": "Object",
            "object": {
                "describedObject": {"kind": "Service", "name": "gate"},
                "metric": {"name": "queue"},
                "current": {"value": "250"},
            },
        },
        ("queue", 250, 100, "", "250"),
    ),
    (
        {
            "type": "External",
            "external": {
                "metric": {"name": "jobs", "selector": {"matchLabels": {"q": "a"}}},
                "target": _target("AverageValue", "5"),
            },
        },
        {
            "type": "External",
            "external": {
                "metric": {"name": "jobs", "selector": {"matchLabels": {"q": "a"}}},
                "current": {"averageValue": "7"},
            },
        },
        ("jobs", 7, 5, "", "7"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "reading", "expected"), EVERY_TYPE)
def test_every_metric_type(spec: Any, reading: Any, expected: tuple[Any, ...]) -> None:
    [metric] = metrics_of(o.hpa(specs=[spec], readings=[reading]))
    assert (metric.name, metric.current, metric.target, metric.unit, metric.value) == expected
    [unknown] = metrics_of(o.hpa(specs=[spec], readings=[]))
    assert (unknown.name, unknown.current, unknown.target, unknown.value) == (
        expected[0],
        None,
        expected[2],
        None,
    )


def test_readings_belong_to_what_they_measure() -> None:
    specs, readings = [case[0] for case in EVERY_TYPE[2:]], [case[1] for case in EVERY_TYPE[2:]]
    expected = [case[2] for case in EVERY_TYPE[2:]]
    found = metrics_of(o.hpa(specs=specs, readings=readings[::-1]))
    assert [(m.name, m.current, m.target, m.unit, m.value) for m in found] == expected
    # A metric that failed leaves an empty entry: the others keep theirs.
    found = metrics_of(o.hpa(specs=specs, readings=[{"type": ""}, *readings[1:]]))
    assert [m.current for m in found] == [None, *(case[1] for case in expected[1:])]


def test_one_of_two_metrics_unknown_is_trouble_that_does_not_stop_scaling() -> None:
    specs = [EVERY_TYPE[0][0], EVERY_TYPE[4][0]]
    side = cloud(o.deployment(), o.hpa(specs=specs, readings=[EVERY_TYPE[0][1]]))
    assert side.limit is not None
    assert (code(side), side.limit.words) == ("metrics unknown", "frames unknown")


def test_the_raw_state_is_kept_for_recordings() -> None:
    side = cloud(o.deployment(wanted=3), o.hpa())
    assert side.state["hpa"]["spec"]["maxReplicas"] == 5
    assert side.state["deployment"]["spec"]["replicas"] == 3
    [container] = side.state["deployment"]["spec"]["template"]["spec"]["containers"]
    assert container == {"name": "big-model", "resources": {"requests": {"cpu": "1024m"}}}
