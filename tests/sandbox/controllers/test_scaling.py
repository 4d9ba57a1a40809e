"""Load, metrics and autoscaler together, on virtual time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sednactl.errors import InvalidInput
from sednactl.sandbox import load as loads
from sednactl.sandbox.controllers.pods import is_ready
from sednactl.sandbox.controllers.together import kubernetes_controllers
from sednactl.sandbox.load import (
    SideLoad,
    key_of,
    loads_in,
    of_profile,
    of_series,
    read_load,
    selector_of_side,
)
from sednactl.sandbox.resources import CONFIG_MAP, ENDPOINTS, LEASE
from sednactl.scaling.load_profiles import profile_called
from sednactl.scaling.load_reading import read_load as read_file
from sednactl.sedna.resources import (
    CRD,
    DEPLOYMENT,
    ENDPOINT_SLICE,
    EVENT,
    HPA,
    NAMESPACE,
    NODE,
    NODE_METRICS,
    POD,
    POD_METRICS,
    REPLICA_SET,
    SERVICE,
)
from tests.sandbox.controllers.stage import Stage
from tests.sandbox.controllers.test_workloads import deployment

Json = dict[str, Any]
KINDS = [
    NODE, NAMESPACE, POD, SERVICE, EVENT, CONFIG_MAP, DEPLOYMENT, REPLICA_SET, LEASE, ENDPOINTS,
    ENDPOINT_SLICE, CRD, HPA, POD_METRICS, NODE_METRICS,
]  # fmt: skip


@pytest.fixture
def stage() -> Stage:
    stage = Stage(KINDS, lambda stage: kubernetes_controllers(stage.cluster, stage.clock, stage.said.append))
    stage.runner.open()
    stage.settle()
    return stage


def autoscaler(name: str = "web", most: int = 5) -> Json:
    target = {"type": "Utilization", "averageUtilization": 80}
    return {
        "metadata": {"name": name},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": 1,
            "maxReplicas": most,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }


def set_load(stage: Stage, load: SideLoad | None, key: str = key_of("default", "web", "edge")) -> None:
    data = {} if load is None else {key: load.as_text()}
    body = {"metadata": {"name": loads.NAME, "namespace": loads.NAMESPACE}, "data": data}
    if (CONFIG_MAP, loads.NAMESPACE, loads.NAME) in stage.cluster.objects:
        path = f"/api/v1/namespaces/{loads.NAMESPACE}/configmaps/{loads.NAME}"
        stage.cluster.request("PUT", path, body=body)
    else:
        stage.cluster.put(CONFIG_MAP, body)


def steady(stage: Stage, value: float, unit: Any = "millicores") -> SideLoad:
    return SideLoad("app=web", stage.clock.now(), ((0.0, value),), unit)


def replicas(stage: Stage) -> int:
    return int(stage.cluster.get(DEPLOYMENT, "web")["spec"]["replicas"])


def usage(stage: Stage) -> list[str]:
    return [each["containers"][0]["usage"]["cpu"] for each in stage.cluster.of(POD_METRICS)]


def conditions(stage: Stage) -> dict[str, tuple[str, str]]:
    status = stage.cluster.get(HPA, "web")["status"]
    return {each["type"]: (each["status"], each["reason"]) for each in status["conditions"]}


def test_load_scales_out_to_the_limit_and_back_when_it_falls(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment(replicas=1))
    stage.cluster.put(HPA, autoscaler())
    stage.advance(60)
    assert usage(stage) == ["1m"]
    set_load(stage, steady(stage, 3000))
    stage.advance(180)
    assert replicas(stage) == 5
    assert len([pod for pod in stage.cluster.of(POD) if is_ready(pod)]) == 5
    assert usage(stage) == ["600m"] * 5
    assert conditions(stage)["ScalingLimited"] == ("True", "TooManyReplicas")
    set_load(stage, None)
    stage.advance(200)
    assert replicas(stage) == 5  # the stabilization window holds
    stage.advance(240)
    assert replicas(stage) == 1
    told = {(event["reason"], event["source"]["component"]) for event in stage.cluster.of(EVENT)}
    assert ("SuccessfulRescale", "horizontal-pod-autoscaler") in told


def test_metrics_of_a_new_pod_come_only_after_its_first_window(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment(replicas=1))
    stage.advance(14)
    assert usage(stage) == []
    stage.advance(31)
    assert usage(stage) == ["1m"]
    stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"replicas": 0}})
    stage.advance(5)
    assert stage.cluster.of(POD_METRICS) == []


def test_utilization_is_of_one_replicas_request(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment(replicas=2))  # 500m each
    set_load(stage, steady(stage, 160, "utilization"))
    stage.advance(60)
    assert usage(stage) == ["400m", "400m"]


def test_a_limit_is_never_exceeded(stage: Stage) -> None:
    manifest = deployment(replicas=1)
    manifest["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"] = {"cpu": "700m"}
    stage.cluster.put(DEPLOYMENT, manifest)
    set_load(stage, steady(stage, 5000))
    stage.advance(60)
    assert usage(stage) == ["700m"]
    (node,) = [each for each in stage.cluster.of(NODE_METRICS) if each["usage"]["cpu"] != "50m"]
    assert node["usage"]["cpu"] == "750m"


def test_at_rest_nothing_is_written_but_leases(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment(replicas=2))
    stage.cluster.put(HPA, autoscaler())
    set_load(stage, steady(stage, 700))
    stage.advance(900)
    stage.cluster.requests.clear()
    stage.advance(250)
    writes = {path.split("?")[0].split("/")[-2] for method, path in stage.cluster.requests if method != "GET"}
    assert writes == {"leases"}


def test_rest_does_not_shorten_the_stabilization_window(stage: Stage) -> None:
    """An autoscaler that was not decided for while nothing changed must still scale down no sooner than 300 s after."""
    stage.cluster.put(DEPLOYMENT, deployment(replicas=3))
    stage.cluster.put(HPA, autoscaler())
    set_load(stage, steady(stage, 1200))
    stage.advance(1500)
    assert replicas(stage) == 3
    set_load(stage, steady(stage, 100))
    stage.advance(280)
    assert replicas(stage) == 3
    stage.advance(60)
    assert replicas(stage) == 1


def test_an_autoscaler_without_a_target_says_so_and_recovers(stage: Stage) -> None:
    stage.cluster.put(HPA, autoscaler())
    stage.advance(40)
    assert conditions(stage)["AbleToScale"] == ("False", "FailedGetScale")
    stage.cluster.put(DEPLOYMENT, deployment(replicas=1))
    stage.advance(60)
    assert conditions(stage)["AbleToScale"][0] == "True"
    stage.cluster.delete(HPA, "web")
    stage.advance(60)
    assert stage.said == []


def test_events_are_dropped_an_hour_after_they_were_last_told(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment(replicas=1))
    stage.advance(3500)
    assert "SuccessfulCreate" in {event["reason"] for event in stage.cluster.of(EVENT)}
    stage.advance(500)
    assert stage.cluster.of(EVENT) == []


def test_an_entry_that_is_no_load_is_told_and_the_others_count(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment(replicas=1))
    data = {"default.web.edge": steady(stage, 300).as_text(), "default.x.edge": "{}"}
    body = {"metadata": {"name": loads.NAME, "namespace": loads.NAMESPACE}, "data": data}
    stage.cluster.put(CONFIG_MAP, body)
    stage.advance(60)
    assert usage(stage) == ["300m"]
    assert len(stage.said) == 1
    assert "default.x.edge" in stage.said[0]


def test_a_profile_over_time(stage: Stage) -> None:
    now = stage.clock.now()
    load = of_profile(profile_called("spike"), 100, "app=web", now, "millicores")
    levels = [load.level_at(now + timedelta(seconds=seconds)) for seconds in (-1, 0, 599, 615, 800, 3599)]
    assert levels == [0.0, 100.0, 100.0, 600.0, 600.0, 100.0]
    assert load.level_at(now + timedelta(seconds=3600 + 700)) == 600.0  # it begins anew
    again = read_load(load.as_text())
    assert again.points == load.points
    assert abs((again.start - now).total_seconds()) < 1


def test_a_load_read_from_a_file(stage: Stage) -> None:
    sides = read_file(b"time,edge_millicores,cloud_rps\n0,100,1\n60,400,2\n", "load.csv").sides
    now = stage.clock.now()
    load = of_series(sides["edge"], selector_of_side("helmet", "edge"), now)
    assert [load.level_at(now + timedelta(seconds=seconds)) for seconds in (0, 59, 60)] == [100, 100, 400]
    assert load.selector == (
        "jointinferenceservice.sedna.io/name=helmet,jointinferenceservice.sedna.io/worker-type=edge"
    )
    with pytest.raises(InvalidInput, match="rps"):
        of_series(sides["cloud"], "a=b", now)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"points": [], "selector": "a=b", "start": "2026-01-01T00:00:00Z"}',
        '{"points": [[1, 1], [0, 1]], "selector": "a=b", "start": "2026-01-01T00:00:00Z"}',
        '{"points": [[0, -1]], "selector": "a=b", "start": "2026-01-01T00:00:00Z"}',
        '{"points": [[0, 1]], "selector": "a=b", "start": "soon"}',
        '{"points": [[0, 1]], "selector": "a=b", "start": "2026-01-01T00:00:00Z", "unit": "rps"}',
        '{"points": [[0, 1]], "selector": "((", "start": "2026-01-01T00:00:00Z"}',
    ],
)
def test_what_is_no_load(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_load(text)
    assert loads_in({"data": {"k": text}})[0] == {}
