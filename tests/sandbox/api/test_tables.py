"""What tables say: durations in kubectl's words, what a pod is doing, and what an autoscaler aims at."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from sednactl.sandbox.api.autoscaling_versions import to_v1, to_v2
from sednactl.sandbox.api.tables.columns import duration
from sednactl.sandbox.api.tables.pods import POD
from sednactl.sandbox.api.tables.printers import value_at
from sednactl.sandbox.api.tables.workloads import AUTOSCALER

NOW = datetime(2026, 1, 2, tzinfo=timezone.utc)
MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "<invalid>"),
        (-1, "0s"),
        (119, "119s"),
        (120, "2m"),
        (125, "2m5s"),
        (10 * MINUTE, "10m"),
        (179 * MINUTE, "179m"),
        (3 * HOUR, "3h"),
        (3 * HOUR + 5 * MINUTE, "3h5m"),
        (8 * HOUR + 5 * MINUTE, "8h"),
        (47 * HOUR, "47h"),
        (2 * DAY, "2d"),
        (2 * DAY + 5 * HOUR, "2d5h"),
        (8 * DAY + 5 * HOUR, "8d"),
        (729 * DAY, "729d"),
        (800 * DAY, "2y70d"),
        (3650 * DAY, "10y"),
    ],
)
def test_durations(seconds: int, said: str) -> None:
    assert duration(seconds) == said


def pod(status: dict[str, Any], **spec: Any) -> dict[str, Any]:
    meta = {"name": "p", "creationTimestamp": (NOW - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")}
    return {"metadata": meta, "spec": {"containers": [{"name": "c"}], **spec}, "status": status}


def container(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "c", "restartCount": 0, "state": state, **more}


@pytest.mark.parametrize(
    ("status", "ready", "doing"),
    [
        ({"phase": "Pending"}, "0/1", "Pending"),
        (
            {
                "phase": "Pending",
                "containerStatuses": [container({"waiting": {"reason": "ContainerCreating"}})],
            },
            "0/1",
            "ContainerCreating",
        ),
        (
            {"phase": "Running", "containerStatuses": [container({"running": {}}, ready=True)]},
            "1/1",
            "Running",
        ),
        (
            {
                "phase": "Running",
                "containerStatuses": [container({"waiting": {"reason": "CrashLoopBackOff"}})],
            },
            "0/1",
            "CrashLoopBackOff",
        ),
        (
            {"phase": "Failed", "containerStatuses": [container({"terminated": {"exitCode": 3}})]},
            "0/1",
            "ExitCode:3",
        ),
        (
            {"phase": "Succeeded", "containerStatuses": [container({"terminated": {"reason": "Completed"}})]},
            "0/1",
            "Completed",
        ),
        ({"phase": "Failed", "reason": "Evicted"}, "0/1", "Evicted"),
    ],
)
def test_what_a_pod_does(status: dict[str, Any], ready: str, doing: str) -> None:
    assert POD.cells(pod(status), NOW)[:5] == ["p", ready, doing, "0", "5m"]


def test_a_pod_on_its_way_out_says_so() -> None:
    leaving = pod({"phase": "Running"})
    leaving["metadata"]["deletionTimestamp"] = "2026-01-02T00:00:00Z"
    assert POD.cells(leaving, NOW)[2] == "Terminating"
    leaving["status"]["reason"] = "NodeLost"
    assert POD.cells(leaving, NOW)[2] == "Unknown"


def test_restarts_tell_when_the_last_was() -> None:
    ended = {"terminated": {"exitCode": 1, "finishedAt": "2026-01-01T23:59:00Z"}}
    restarted = {**container({"running": {}}, ready=True, lastState=ended), "restartCount": 4}
    cells = POD.cells(pod({"phase": "Running", "containerStatuses": [restarted]}), NOW)
    assert cells[3] == "4 (60s ago)"


def test_init_containers_come_first() -> None:
    waiting = {"name": "i", "restartCount": 0, "state": {"running": {}}}
    status = {"phase": "Pending", "initContainerStatuses": [waiting]}
    assert POD.cells(pod(status, initContainers=[{"name": "i"}, {"name": "j"}]), NOW)[2] == "Init:0/2"


def autoscaler(metrics: list[Any], current: list[Any]) -> dict[str, Any]:
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "h", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "d"}, "maxReplicas": 5, "metrics": metrics},
        "status": {"currentReplicas": 2, "desiredReplicas": 2, "currentMetrics": current},
    }


def resource(name: str, **target: Any) -> dict[str, Any]:
    kind = "Utilization" if "averageUtilization" in target else "AverageValue"
    return {"type": "Resource", "resource": {"name": name, "target": {"type": kind, **target}}}


def used(name: str, **current: Any) -> dict[str, Any]:
    return {"type": "Resource", "resource": {"name": name, "current": current}}


def test_an_autoscaler_names_what_is_and_what_should_be() -> None:
    metrics = [resource("cpu", averageUtilization=20), resource("memory", averageValue="1Gi")]
    cells = AUTOSCALER.cells(autoscaler(metrics, [used("cpu", averageUtilization=37)]), NOW)
    assert cells == ["h", "Deployment/d", "cpu: 37%/20%, memory: <unknown>/1Gi", "<unset>", 5, 2, "24h"]
    three = [*metrics, resource("cpu", averageValue="1")]
    assert AUTOSCALER.cells(autoscaler(three, []), NOW)[2] == (
        "cpu: <unknown>/20%, memory: <unknown>/1Gi + 1 more..."
    )


@pytest.mark.parametrize(
    "metrics",
    [
        [],
        [resource("cpu", averageUtilization=20)],
        [resource("cpu", averageUtilization=20), resource("memory", averageValue="1Gi")],
        [resource("memory", averageUtilization=50)],
    ],
)
def test_v1_and_back_is_the_same_autoscaler(metrics: list[Any]) -> None:
    before = autoscaler(metrics, [used("cpu", averageUtilization=37, averageValue="3m")])
    before["spec"]["behavior"] = {"scaleDown": {"stabilizationWindowSeconds": 5}}
    after = to_v2(to_v1(before))
    for content in (before, after):
        content["spec"].setdefault("metrics", [])
    assert after == before


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".spec.size", 3),
        (".status.conditions[0].type", "Ready"),
        ('.status.conditions[?(@.type=="Done")].status', "True"),
        (".metadata.labels['a.b/c']", "x"),
        (r".metadata.labels.a\.b/c", "x"),
        (".spec.none.deeper", None),
    ],
)
def test_paths_of_printer_columns(path: str, found: Any) -> None:
    content = {
        "metadata": {"labels": {"a.b/c": "x"}},
        "spec": {"size": 3},
        "status": {"conditions": [{"type": "Ready"}, {"type": "Done", "status": "True"}]},
    }
    assert value_at(content, path) == found
