"""`scale explain`: each step in words, from files and from a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sednactl.errors import InvalidInput
from sednactl.render.scale_explained import text
from sednactl.scaling.controller_settings import DEFAULT_SETTINGS
from sednactl.scaling.explanation import Explanation, explain
from sednactl.scaling.situation import evidence_of, situations_of
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.resources import DEPLOYMENT, EVENT, HPA, POD, POD_METRICS
from tests.cluster.stub import SERVED, Answers, StubServer
from tests.conftest import RunSednactl
from tests.golden import check_golden
from tests.scaling.autoscaled import NOW, cpu_metric, external_metric, object_metric, pods_metric, stamp
from tests.scaling.states import (
    Json,
    busy_pods,
    pod_metrics,
    remembered,
    rescaled,
    service_deployment,
    service_hpa,
    service_pod,
)

HELD = {
    "type": "AbleToScale",
    "status": "True",
    "reason": "ScaleDownStabilized",
    "message": "recent recommendations were higher than current one, applying the highest recent recommendation",
    "lastTransitionTime": stamp(600),
}
WINDOWS = {
    "scaleUp": {
        "stabilizationWindowSeconds": 60,
        "policies": [
            {"type": "Pods", "value": 1, "periodSeconds": 60},
            {"type": "Percent", "value": 50, "periodSeconds": 60},
        ],
    },
    "scaleDown": {
        "stabilizationWindowSeconds": 120,
        "policies": [{"type": "Pods", "value": 1, "periodSeconds": 180}],
    },
}
NAME = "hpa-helmet-deployment-cloud"
SETTLED = remembered(NAME, [(3000, 4)])

STATES: dict[str, list[Json]] = {
    "scales-up": [service_hpa(), service_deployment(3), *busy_pods(3, 900), SETTLED],
    "tolerated": [service_hpa(), service_deployment(3), *busy_pods(3, 540), SETTLED],
    "young-pods": [
        service_hpa(),
        service_deployment(5, ready=3),
        *busy_pods(2, 800),
        service_pod("helmet-cloud-8", ready=False, started=20),
        pod_metrics("helmet-cloud-8", "990m"),
        service_pod("helmet-cloud-9", phase="Pending", started=None),
        service_pod("helmet-cloud-dying", deleted=True),
        SETTLED,
    ],
    "missing-readings-hold-replicas": [
        service_hpa(),
        service_deployment(6),
        *busy_pods(2, 100),
        *(service_pod(f"helmet-lost-{place}") for place in range(4)),
        remembered(NAME, [(3000, 6)]),
    ],
    "waits-to-scale-down": [
        service_hpa(),
        service_deployment(5),
        *busy_pods(5, 100),
        remembered(NAME, [(400, 7), (80, 5), (20, 1)]),
    ],
    "at-maximum": [service_hpa(maximum=4), service_deployment(3), *busy_pods(3, 900), SETTLED],
    "at-minimum": [service_hpa(minimum=2), service_deployment(2), *busy_pods(2, 10), SETTLED],
    "doubles-at-most": [service_hpa(), service_deployment(3), *busy_pods(3, 2000), SETTLED],
    "policies-up": [
        service_hpa(behavior=WINDOWS),
        service_deployment(6),
        *busy_pods(6, 2000),
        remembered(NAME, [(120, 9)], scaleUps=[(30, 2)]),
    ],
    "window-up": [
        service_hpa(behavior=WINDOWS),
        service_deployment(3),
        *busy_pods(3, 900),
        remembered(NAME, [(40, 4)]),
    ],
    "policies-down": [
        service_hpa(behavior=WINDOWS),
        service_deployment(6),
        *busy_pods(6, 100),
        remembered(NAME, [(600, 6)], scaleDowns=[(60, 1)]),
    ],
    "disabled-down": [
        service_hpa(behavior={"scaleDown": {"selectPolicy": "Disabled"}}),
        service_deployment(6),
        *busy_pods(6, 100),
        remembered(NAME, [(600, 6)]),
    ],
    "several-metrics": [
        service_hpa(
            cpu_metric(50),
            pods_metric("10"),
            object_metric(value="100"),
            external_metric("queue", averageValue="20"),
        ),
        service_deployment(2),
        *busy_pods(2, 600),
        {
            "kind": "MetricValueList",
            "items": [
                {"describedObject": {"kind": "Deployment", "name": "some"}, "metricName": "qps", "value": "180"},
                *(
                    {"describedObject": {"kind": "Pod", "name": f"helmet-cloud-{n}"}, "metricName": "qps", "value": "17"}
                    for n in range(2)
                ),
            ],
        },
        SETTLED,
    ],
    "memory-and-containers": [
        service_hpa(
            {"type": "Resource", "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "1Gi"}}},
            {"type": "Resource", "resource": {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 70}}},
            cpu_metric(40, "container1"),
        ),
        service_deployment(2),
        *(
            service_pod(name, requests=("2Gi",), resource="memory")
            for name in ("helmet-cloud-0", "helmet-cloud-1")
        ),
        *(
            {
                **pod_metrics(f"helmet-cloud-{place}", "300m"),
                "containers": [{"name": "container1", "usage": {"cpu": "300m", "memory": amount}}],
            }
            for place, amount in enumerate(("1500Mi", "1900Mi"))
        ),
        SETTLED,
    ],
    "no-request": [
        service_hpa(),
        service_deployment(1),
        service_pod("helmet-cloud-0", requests=(None,)),
        pod_metrics("helmet-cloud-0", "100m"),
        SETTLED,
    ],
    "switched-off": [service_hpa(), service_deployment(0), SETTLED],
    "below-minimum": [service_hpa(minimum=3), service_deployment(1), *busy_pods(1, 100), SETTLED],
    "no-target": [service_hpa()],
    "ambiguous": [
        service_hpa(),
        {**service_hpa(), "metadata": {"name": "other", "namespace": "park"}},
        service_deployment(1),
        *busy_pods(1, 100),
    ],
    "bare-of-pods": [
        service_hpa(
            status={
                "currentReplicas": 3,
                "currentMetrics": [
                    {
                        "type": "Resource",
                        "resource": {"name": "cpu", "current": {"averageUtilization": 90, "averageValue": "900m"}},
                    }
                ],
                "lastScaleTime": stamp(900),
            }
        ),
        service_deployment(3),
    ],
    "past-from-events": [
        service_hpa(status={"conditions": [HELD], "lastScaleTime": stamp(100)}),
        service_deployment(5),
        *busy_pods(5, 100),
        rescaled(3, 160),
        rescaled(5, 100),
    ],
}  # fmt: skip


def _explained(objects: Iterable[Json]) -> list[Explanation]:
    evidence = evidence_of(objects)
    return [
        explain(one, NOW, DEFAULT_SETTINGS)
        for one in situations_of(evidence, NOW.timestamp(), DEFAULT_SETTINGS)
    ]


@pytest.mark.parametrize("state", STATES)
def test_in_words(state: str) -> None:
    check_golden(f"scaling/explain/{state}.txt", text(_explained(STATES[state])))


def test_what_scripts_read() -> None:
    found = _explained(STATES["waits-to-scale-down"])[0].as_json()
    assert found["kind"] == "ScaleDecision"
    assert (found["hpa"], found["service"], found["side"]) == (NAME, "helmet", "cloud")
    assert (found["current"], found["desired"], found["history"]) == (5, 5, "whole")
    assert [(one["name"], one["current"], one["target"], one["proposal"]) for one in found["metrics"]] == [
        ("cpu", 10, 50, 1)
    ]
    assert found["next_scale_down_seconds"] == pytest.approx(220, abs=0.01)
    assert {"step": "window", "from": 1, "to": 5, "because": "the highest of the last 300s counts"} in found[
        "steps"
    ]
    assert found["steps"][-1]["step"] == "result"


def test_steps_lead_from_the_metrics_to_the_result() -> None:
    for state, objects in STATES.items():
        for one in _explained(objects):
            last = one.steps[-1]
            assert last.after == one.decision.desired, state
            told = [step for step in one.steps if step.step in ("window", "rate", "limit", "result")]
            for former, latter in pairwise(told):
                assert latter.step == "result" or former.after == latter.before, state


def test_events_give_back_what_was_done() -> None:
    found = _explained(STATES["past-from-events"])[0]
    assert found.history == "seen"
    assert found.decision.next_scale_down == pytest.approx(200, abs=0.01)
    assert found.decision.before.ups == ((NOW.timestamp() - 100, 2),)


def test_an_old_form_is_refused() -> None:
    with pytest.raises(InvalidInput, match="autoscaling/v1"):
        evidence_of([{**service_hpa(), "apiVersion": "autoscaling/v1"}])


def test_command_on_a_file(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": STATES["scales-up"]}))
    done = run_sednactl("scale", "explain", "-f", str(file))
    assert (done.code, done.out, done.err) == (0, text(_explained(STATES["scales-up"])), "")
    later = run_sednactl(
        "scale", "explain", "helmet", "-f", str(file), "--now", "2026-11-24T13:00:00Z", "-o", "json"
    )
    assert json.loads(later.out)["time"] == "2026-11-24T13:00:00.000Z"
    tight = run_sednactl("scale", "explain", "-f", str(file), "--controller", "tolerance=0.9", "-o", "json")
    assert json.loads(tight.out)["desired"] == 3


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["explain"], 2, "name a service"),
        (["explain", "x", "--now", "2026-11-24T13:00:00Z"], 2, "--now belongs to -f"),
        (["explain", "-f", "missing.yaml"], 3, "missing.yaml"),
        (["explain", "-f", "-"], 3, "no HorizontalPodAutoscaler"),
        (["explain", "-f", "-", "--controller", "speed=2"], 2, "'speed=2' is unknown"),
        (["explain", "-f", "-", "--controller", "tolerance=2"], 2, "is no share"),
    ],
)
def test_command_refuses(run_sednactl: RunSednactl, arguments: list[str], code: int, word: str) -> None:
    done = run_sednactl("scale", *arguments, input="kind: Nothing\napiVersion: v1\nmetadata: {name: x}\n")
    assert done.code == code
    assert word in done.err


def _cluster(server: StubServer, objects: Iterable[Json]) -> None:
    kinds = {
        "HorizontalPodAutoscaler": HPA,
        "Deployment": DEPLOYMENT,
        "Pod": POD,
        "PodMetrics": POD_METRICS,
        "Event": EVENT,
    }
    server.put(JOINT_INFERENCE.resource, {"metadata": {"name": "helmet", "namespace": "park"}, "spec": {}})
    for item in objects:
        if item["kind"] in kinds:
            server.put(kinds[item["kind"]], item)


def _live(server: StubServer, tmp_path: Path, run: RunSednactl, *arguments: str) -> Any:
    config = tmp_path / "config"
    server.kubeconfig(config)
    return run("scale", "explain", "helmet", "-n", "park", "--kubeconfig", str(config), *arguments)


def test_live(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    with StubServer(served=(*SERVED, POD_METRICS), date=NOW.strftime("%a, %d %b %Y %H:%M:%S GMT")) as server:
        _cluster(server, STATES["past-from-events"])
        done = _live(server, tmp_path, run_sednactl, "-o", "json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert (found["current"], found["desired"], found["history"]) == (5, 5, "seen")
    assert found["metrics"][0]["current"] == 10
    assert 195 <= found["next_scale_down_seconds"] <= 200


def test_live_without_a_metrics_api(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    with StubServer() as server:
        _cluster(server, [item for item in STATES["scales-up"] if item["kind"] != "PodMetrics"])
        done = _live(server, tmp_path, run_sednactl)
    assert done.code == 0, done.err
    assert "the server could not find the requested resource (get pods.metrics.k8s.io)" in done.out
    assert "ScalingActive=False FailedGetResourceMetric" in done.out


def test_live_without_the_right_to_read_metrics(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    reading = STATES["bare-of-pods"][0]["status"]
    with StubServer(served=(*SERVED, POD_METRICS)) as server:
        _cluster(server, [{**service_hpa(), "status": reading}, *STATES["scales-up"][1:]])
        server.fail(
            Answers(403, {"kind": "Status", "reason": "Forbidden", "message": "no"}),
            path="metrics.k8s.io",
            times=9,
        )
        done = _live(server, tmp_path, run_sednactl)
    assert done.code == 0, done.err
    assert "3 -> 6" in done.out
    assert "may not read PodMetrics" in done.out


def test_live_without_autoscaler(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    with StubServer() as server:
        _cluster(server, [service_deployment(1)])
        none = _live(server, tmp_path, run_sednactl)
        config = tmp_path / "config"
        absent = run_sednactl("scale", "explain", "nobody", "-n", "park", "--kubeconfig", str(config))
    assert (none.code, absent.code) == (4, 4)
    assert "service helmet has no autoscaler" in none.err
    assert "there is no JointInferenceService nobody" in absent.err


def test_settings_of_the_controller_count() -> None:
    evidence = evidence_of(STATES["waits-to-scale-down"])
    settings = replace(DEFAULT_SETTINGS, scale_down_window=60)
    (one,) = situations_of(evidence, NOW.timestamp(), settings)
    assert explain(one, NOW, settings).decision.desired == 1


def test_live_asks_every_metrics_api_what_the_controller_asks(
    run_sednactl: RunSednactl, tmp_path: Path
) -> None:
    hpa = service_hpa(
        pods_metric("10"),
        object_metric(value="100"),
        external_metric("queue", {"matchLabels": {"q": "a"}}, value="20"),
    )
    named = {
        "describedObject": {"kind": "Pod", "name": "helmet-cloud-0"},
        "metric": {"name": "qps"},
        "value": "25",
    }
    whole = {
        "describedObject": {"kind": "Deployment", "name": "some"},
        "metric": {"name": "qps"},
        "value": "105",
    }
    queue = {"metricName": "queue", "metricLabels": {"q": "a"}, "value": "70"}
    with StubServer() as server:
        _cluster(server, [hpa, service_deployment(1), service_pod("helmet-cloud-0")])
        for path, item in (
            (r"/pods/\*/qps", named),
            (r"/deployments.apps/some/qps", whole),
            (r"/queue\?", queue),
        ):
            server.fail(Answers(200, {"items": [item]}), path=path)
        done = _live(server, tmp_path, run_sednactl, "-o", "json")
        asked = [one.path for one in server.requests if "metrics.k8s.io" in one.path]
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert [(one["name"], one["current"], one["proposal"]) for one in found["metrics"]] == [
        ("qps", 25, 3),
        ("qps", 105, 1),
        ("queue", 70, 4),
    ]
    roots = (
        "custom.metrics.k8s.io/v1beta2",
        "custom.metrics.k8s.io/v1beta2",
        "external.metrics.k8s.io/v1beta1",
    )
    assert [any(root in path for path in asked) for root in roots] == [True] * 3


def test_a_metric_that_the_adapter_does_not_have_takes_no_other_away(
    run_sednactl: RunSednactl, tmp_path: Path
) -> None:
    hpa = service_hpa(pods_metric("10", "errors"), pods_metric("10"))
    value = {
        "describedObject": {"kind": "Pod", "name": "helmet-cloud-0"},
        "metric": {"name": "qps"},
        "value": "25",
    }
    why = "the server could not find the metric errors for pods"
    missing = {"kind": "Status", "status": "Failure", "reason": "NotFound", "message": why, "code": 404}
    with StubServer() as server:
        _cluster(server, [hpa, service_deployment(1), service_pod("helmet-cloud-0")])
        server.fail(Answers(404, missing), path=r"/pods/\*/errors")
        server.fail(Answers(200, {"items": [value]}), path=r"/pods/\*/qps")
        both = json.loads(_live(server, tmp_path, run_sednactl, "-o", "json").out)
        server.mend()
        server.fail(Answers(404, missing), path=r"/pods/\*/")
        neither = json.loads(_live(server, tmp_path, run_sednactl, "-o", "json").out)
    assert [(one["name"], one["proposal"]) for one in both["metrics"]] == [("errors", None), ("qps", 3)]
    said = f"unable to fetch metrics from custom metrics API: {why}"
    assert neither["conditions"][1]["message"].endswith(said)
