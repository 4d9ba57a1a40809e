"""Deployments, ReplicaSets, scheduler and kubelet together: what a user sees happen to a workload."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sednactl.sandbox.controllers.deployments import Deployments
from sednactl.sandbox.controllers.endpoints import ServiceEndpoints
from sednactl.sandbox.controllers.garbage import GarbageCollector
from sednactl.sandbox.controllers.kubelet import Kubelets
from sednactl.sandbox.controllers.nodes import NodeLifecycle
from sednactl.sandbox.controllers.pod_gc import PodGarbage
from sednactl.sandbox.controllers.pods import is_ready
from sednactl.sandbox.controllers.replica_sets import ReplicaSets
from sednactl.sandbox.controllers.scheduler import Scheduler
from sednactl.sandbox.node_set import OFFLINE, NodePlan
from sednactl.sandbox.resources import CONFIG_MAP, ENDPOINTS, LEASE
from sednactl.sedna.resources import (
    CRD,
    DEPLOYMENT,
    ENDPOINT_SLICE,
    EVENT,
    NODE,
    POD,
    REPLICA_SET,
    SERVICE,
)
from tests.sandbox.controllers.stage import Stage

Json = dict[str, Any]
KINDS = [
    NODE,
    POD,
    SERVICE,
    EVENT,
    CONFIG_MAP,
    DEPLOYMENT,
    REPLICA_SET,
    LEASE,
    ENDPOINTS,
    ENDPOINT_SLICE,
    CRD,
]
NODES = (NodePlan("cloud", False, "4", "8Gi"), NodePlan("edge", True, "2", "4Gi"))


@pytest.fixture
def stage() -> Stage:
    stage = Stage(
        KINDS,
        lambda stage: [
            GarbageCollector(stage.cluster, stage.clock),
            Deployments(stage.cluster, stage.clock),
            ReplicaSets(stage.cluster, stage.clock),
            Scheduler(stage.cluster, stage.clock),
            Kubelets(stage.cluster, stage.clock, NODES),
            NodeLifecycle(stage.cluster, stage.clock),
            PodGarbage(stage.cluster, stage.clock, most_finished=5),
            ServiceEndpoints(stage.cluster, stage.clock),
        ],
    )
    stage.runner.open()
    stage.settle()
    return stage


def deployment(
    name: str = "web", replicas: int = 2, image: str = "web:1", pod: Json | None = None, **spec: Any
) -> Json:
    container = {"name": "c", "image": image, "resources": {"requests": {"cpu": "500m", "memory": "64Mi"}}}
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
    return {
        "metadata": {"name": name, "annotations": {"note": "kept"}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "strategy": strategy,
            "revisionHistoryLimit": 10,
            "progressDeadlineSeconds": 600,
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [container], "restartPolicy": "Always", **(pod or {})},
            },
            **spec,
        },
    }


def pods(stage: Stage) -> list[Json]:
    return stage.cluster.of(POD)


def conditions(stage: Stage, name: str = "web") -> list[tuple[str, str, str]]:
    status = stage.cluster.get(DEPLOYMENT, name)["status"]
    return [(each["type"], each["status"], each["reason"]) for each in status["conditions"]]


def sizes(stage: Stage) -> dict[str, int]:
    """Replicas of each ReplicaSet by revision."""
    key = "deployment.kubernetes.io/revision"
    return {
        one["metadata"]["annotations"][key]: one["spec"]["replicas"] for one in stage.cluster.of(REPLICA_SET)
    }


def reasons(stage: Stage) -> set[str]:
    return {event["reason"] for event in stage.cluster.of(EVENT)}


def test_a_deployment_comes_up_with_kubernetes_names_and_status(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment())
    stage.settle()
    assert conditions(stage) == [
        ("Progressing", "True", "NewReplicaSetCreated"),
        ("Available", "False", "MinimumReplicasUnavailable"),
    ] or conditions(stage) == [
        ("Available", "False", "MinimumReplicasUnavailable"),
        ("Progressing", "True", "ReplicaSetUpdated"),
    ]
    stage.advance(5)
    (one,) = stage.cluster.of(REPLICA_SET)
    assert re.fullmatch(r"web-[bcdfghjklmnpqrstvwxz2456789]{1,10}", one["metadata"]["name"])
    assert one["metadata"]["labels"]["pod-template-hash"] == one["metadata"]["name"].removeprefix("web-")
    assert one["metadata"]["annotations"] == {
        "note": "kept",
        "deployment.kubernetes.io/revision": "1",
        "deployment.kubernetes.io/desired-replicas": "2",
        "deployment.kubernetes.io/max-replicas": "3",
    }
    for pod in pods(stage):
        assert re.fullmatch(
            one["metadata"]["name"] + r"-[bcdfghjklmnpqrstvwxz2456789]{5}", pod["metadata"]["name"]
        )
        assert is_ready(pod)
        assert pod["status"]["podIP"].startswith(("10.64.", "10.65."))
    assert len({pod["status"]["podIP"] for pod in pods(stage)}) == 2
    assert conditions(stage) == [
        ("Available", "True", "MinimumReplicasAvailable"),
        ("Progressing", "True", "NewReplicaSetAvailable"),
    ]
    status = stage.cluster.get(DEPLOYMENT, "web")["status"]
    counts = {key: value for key, value in status.items() if key != "conditions"}
    assert counts == {
        "observedGeneration": 1,
        "replicas": 2,
        "updatedReplicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
    }
    assert {"ScalingReplicaSet", "SuccessfulCreate", "Scheduled"} <= reasons(stage)
    assert stage.said == []


def test_scaling_up_leaves_available_as_the_last_condition(stage: Stage) -> None:
    """Sedna's Global Manager reads the last condition, and takes this for a failure."""
    stage.cluster.put(DEPLOYMENT, deployment(replicas=1))
    stage.advance(5)
    stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"replicas": 4}})
    stage.advance(5)
    assert [type_ for type_, _, _ in conditions(stage)] == ["Progressing", "Available"]
    assert len(pods(stage)) == 4


def test_a_rolling_update_never_leaves_its_limits(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment(replicas=4))
    stage.advance(5)
    stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"template": {"spec": {"x": "new"}}}})
    for _ in range(60):
        stage.advance(0.5)
        active = [pod for pod in pods(stage) if "deletionTimestamp" not in pod["metadata"]]
        assert len(active) <= 5
        assert sum(map(is_ready, active)) >= 3
    assert sizes(stage) == {"1": 0, "2": 4}
    assert conditions(stage)[-1][2] == "NewReplicaSetAvailable"


def test_going_back_reuses_the_old_replica_set_under_a_new_revision(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment())
    stage.advance(5)
    first = stage.cluster.of(REPLICA_SET)[0]["metadata"]["name"]
    for value in ("new", None):
        stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"template": {"spec": {"x": value}}}})
        stage.advance(30)
    one = stage.cluster.get(REPLICA_SET, first)
    assert one["spec"]["replicas"] == 2
    assert one["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    assert one["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"
    assert sizes(stage) == {"2": 0, "3": 2}
    found = stage.cluster.get(DEPLOYMENT, "web")["metadata"]["annotations"]
    assert found["deployment.kubernetes.io/revision"] == "3"


def test_history_is_kept_within_its_limit(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment(revisionHistoryLimit=1))
    stage.advance(5)
    for value in ("b", "c", "d"):
        stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"template": {"spec": {"x": value}}}})
        stage.advance(30)
    assert sizes(stage) == {"3": 0, "4": 2}


def test_recreate_ends_all_old_pods_before_the_first_new_one(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment(strategy={"type": "Recreate"}))
    stage.advance(5)
    old = {pod["metadata"]["name"] for pod in pods(stage)}
    stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"template": {"spec": {"x": "new"}}}})
    for _ in range(40):
        stage.advance(0.25)
        there = {pod["metadata"]["name"] for pod in pods(stage)}
        assert not (there & old) or not (there - old)
    assert len(pods(stage)) == 2
    assert sizes(stage) == {"1": 0, "2": 2}


def test_a_paused_deployment_scales_but_does_not_roll(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment())
    stage.advance(5)
    stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"paused": True}})
    stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"template": {"spec": {"x": "new"}}, "replicas": 3}})
    stage.advance(20)
    assert sizes(stage) == {"1": 3}
    assert ("Progressing", "Unknown", "DeploymentPaused") in conditions(stage)
    stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"paused": None}})
    stage.advance(30)
    assert sizes(stage) == {"1": 0, "2": 3}
    assert ("Progressing", "True", "NewReplicaSetAvailable") in conditions(stage)


def test_a_rollout_that_stands_still_is_late_after_its_deadline(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment(image="web:missing", progressDeadlineSeconds=60))
    stage.advance(50)
    assert ("Progressing", "True", "ReplicaSetUpdated") in conditions(stage)
    stage.advance(20)
    assert ("Progressing", "False", "ProgressDeadlineExceeded") in conditions(stage)
    states = [
        each["state"]["waiting"]["reason"]
        for pod in pods(stage)
        for each in pod["status"]["containerStatuses"]
    ]
    assert states == ["ImagePullBackOff", "ImagePullBackOff"]
    assert {pod["status"]["phase"] for pod in pods(stage)} == {"Pending"}


def test_a_crash_loop_backs_off_longer_and_longer(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment(image="web:crash", replicas=1))
    counts = []
    for _ in range(8):
        stage.advance(10)
        (pod,) = pods(stage)
        counts.append(pod["status"]["containerStatuses"][0]["restartCount"])
        assert pod["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == "CrashLoopBackOff"
        assert not is_ready(pod)
    assert counts == [0, 1, 1, 2, 2, 2, 2, 3]
    assert "BackOff" in reasons(stage)


def test_a_pod_that_fits_nowhere_waits_with_a_reason_until_there_is_room(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment(replicas=13))
    stage.advance(5)
    waiting = [pod for pod in pods(stage) if not pod["spec"].get("nodeName")]
    assert len(waiting) == 1
    (condition,) = waiting[0]["status"]["conditions"]
    assert condition["reason"] == "Unschedulable"
    assert condition["message"] == (
        "0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: "
        "2 No preemption victims found for incoming pod."
    )
    assert "FailedScheduling" in reasons(stage)
    stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"replicas": 12}})
    stage.advance(5)
    # The pod without a node went first, and the others still run.
    assert [bool(pod["spec"].get("nodeName")) for pod in pods(stage)] == [True] * 12
    stage.cluster.put(DEPLOYMENT, deployment("late", replicas=1))
    stage.advance(5)
    stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"replicas": 11}})
    stage.advance(5)
    assert all(pod["spec"].get("nodeName") for pod in pods(stage))


def test_node_selectors_choose_and_exclude(stage: Stage) -> None:
    edge = {"nodeSelector": {"node-role.kubernetes.io/edge": ""}}
    stage.cluster.put(DEPLOYMENT, deployment("edge", pod=edge))
    stage.cluster.put(DEPLOYMENT, deployment("nowhere", 1, pod={"nodeSelector": {"disk": "tape"}}))
    stage.advance(5)
    by_name = {pod["metadata"]["labels"]["app"]: pod for pod in pods(stage)}
    assert by_name["edge"]["spec"]["nodeName"] == "edge"
    message = by_name["nowhere"]["status"]["conditions"][0]["message"]
    assert message.startswith("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.")
    stage.cluster.edit(NODE, "cloud", {"metadata": {"labels": {"disk": "tape"}}})
    stage.advance(5)
    (pod,) = [pod for pod in pods(stage) if pod["metadata"]["labels"]["app"] == "nowhere"]
    assert pod["spec"]["nodeName"] == "cloud"


def test_a_node_named_in_the_template_rejects_what_it_has_no_room_for(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment(replicas=5, pod={"nodeName": "edge"}))
    stage.advance(2)
    failed = [pod for pod in pods(stage) if pod["status"]["phase"] == "Failed"]
    assert failed
    assert failed[0]["status"]["reason"] == "OutOfcpu"
    assert failed[0]["status"]["message"] == (
        "Pod was rejected: Node didn't have enough resource: cpu, requested: 500, used: 2000, capacity: 2000"
    )
    assert sum(pod["status"]["phase"] != "Failed" for pod in pods(stage)) in (4, 5)
    assert len(failed) <= 6  # the garbage collector of pods keeps up


def test_an_offline_edge_node_keeps_its_pods_as_they_were(stage: Stage) -> None:
    edge = {"nodeSelector": {"node-role.kubernetes.io/edge": ""}}
    stage.cluster.put(DEPLOYMENT, deployment(pod=edge))
    stage.advance(30)
    stage.cluster.edit(NODE, "edge", {"metadata": {"annotations": {OFFLINE: "true"}}})
    stage.advance(20)
    assert all(map(is_ready, pods(stage)))
    stage.advance(40)
    ready = {each["type"]: each for each in stage.cluster.get(NODE, "edge")["status"]["conditions"]}["Ready"]
    assert (ready["status"], ready["reason"]) == ("Unknown", "NodeStatusUnknown")
    assert [pod["status"]["phase"] for pod in pods(stage)] == ["Running", "Running"]
    assert not any(map(is_ready, pods(stage)))
    stage.cluster.delete(DEPLOYMENT, "web")
    stage.advance(200)
    assert len(pods(stage)) == 2
    assert all("deletionTimestamp" in pod["metadata"] for pod in pods(stage))
    stage.cluster.edit(NODE, "edge", {"metadata": {"annotations": {OFFLINE: None}}})
    stage.advance(20)
    assert pods(stage) == []
    node = stage.cluster.get(NODE, "edge")
    assert {each["type"]: each["status"] for each in node["status"]["conditions"]}["Ready"] == "True"
    assert "taints" not in node["spec"]


def test_pods_of_a_lost_node_move_once_they_tolerated_it_long_enough(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment(replicas=2))
    stage.advance(5)
    lost = pods(stage)[0]["spec"]["nodeName"]
    stage.cluster.edit(NODE, lost, {"metadata": {"annotations": {OFFLINE: "true"}}})
    stage.advance(300)
    assert not any("deletionTimestamp" in pod["metadata"] for pod in pods(stage))
    stage.advance(60)
    running = [pod for pod in pods(stage) if is_ready(pod)]
    assert len(running) == 2
    assert lost not in {pod["spec"]["nodeName"] for pod in running}


def test_pods_bound_to_a_node_that_does_not_exist_go_after_a_while(stage: Stage) -> None:
    pod = {"metadata": {"name": "lost"}, "spec": {"nodeName": "nowhere", "containers": [{"name": "c"}]}}
    stage.cluster.put(POD, pod)
    stage.advance(30)
    assert len(pods(stage)) == 1
    stage.advance(15)
    assert pods(stage) == []


@pytest.mark.parametrize(("code", "phase"), [("0", "Succeeded"), ("3", "Failed")])
def test_a_worker_that_is_to_finish_finishes(stage: Stage, code: str, phase: str) -> None:
    environment = [
        {"name": "SANDBOX_RUN_SECONDS", "value": "20"},
        {"name": "SANDBOX_EXIT_CODE", "value": code},
    ]
    container = {"name": "c", "image": "train:1", "env": environment}
    spec = {"restartPolicy": "Never", "containers": [container]}
    stage.cluster.put(POD, {"metadata": {"name": "train"}, "spec": spec})
    stage.advance(15)
    assert stage.cluster.get(POD, "train")["status"]["phase"] == "Running"
    stage.advance(15)
    status = stage.cluster.get(POD, "train")["status"]
    assert status["phase"] == phase
    assert status["containerStatuses"][0]["state"]["terminated"]["exitCode"] == int(code)
    assert not is_ready({"status": status})


def test_pods_are_adopted_and_released_by_labels(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment(replicas=2))
    stage.advance(5)
    one, _ = pods(stage)
    labels = one["metadata"]["labels"]
    stage.cluster.edit(POD, one["metadata"]["name"], {"metadata": {"labels": {"app": "debug"}}})
    stage.advance(5)
    released = stage.cluster.get(POD, one["metadata"]["name"])
    assert "ownerReferences" not in released["metadata"]
    assert len(pods(stage)) == 3
    stage.cluster.edit(POD, one["metadata"]["name"], {"metadata": {"labels": labels}})
    stage.advance(5)
    assert len(pods(stage)) == 2
    assert all(pod["metadata"]["ownerReferences"] for pod in pods(stage))


def test_services_know_the_pods_behind_them(stage: Stage) -> None:
    port = {"port": 80, "targetPort": 5000, "protocol": "TCP"}
    stage.cluster.put(
        SERVICE, {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [port]}}
    )
    stage.cluster.put(DEPLOYMENT, deployment())
    stage.advance(1)
    assert stage.cluster.get(ENDPOINTS, "web")["subsets"] == []
    stage.advance(5)
    addresses = [pod["status"]["podIP"] for pod in pods(stage)]
    (subset,) = stage.cluster.get(ENDPOINTS, "web")["subsets"]
    assert sorted(each["ip"] for each in subset["addresses"]) == sorted(addresses)
    assert subset["ports"] == [{"port": 5000, "protocol": "TCP"}]
    (piece,) = stage.cluster.of(ENDPOINT_SLICE)
    assert piece["metadata"]["labels"]["kubernetes.io/service-name"] == "web"
    assert all(each["conditions"]["ready"] for each in piece["endpoints"])
    stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"replicas": 0}})
    stage.advance(5)
    assert stage.cluster.get(ENDPOINTS, "web")["subsets"] == []
    stage.cluster.delete(SERVICE, "web")
    stage.settle()
    assert stage.cluster.of(ENDPOINTS) == []
    assert stage.cluster.of(ENDPOINT_SLICE) == []


def test_nothing_is_written_when_nothing_happens_but_leases(stage: Stage) -> None:
    stage.cluster.put(DEPLOYMENT, deployment())
    stage.advance(60)
    stage.cluster.requests.clear()
    stage.advance(200)
    written = {path for method, path in stage.cluster.requests if method != "GET"}
    assert {path.split("?")[0].split("/")[-2] for path in written} == {"leases"}


def test_a_node_that_nobody_keeps_is_never_ready_and_takes_no_pods(stage: Stage) -> None:
    stage.cluster.put(NODE, {"metadata": {"name": "bare", "labels": {"only": "here"}}})
    stage.cluster.put(DEPLOYMENT, deployment(replicas=1, pod={"nodeSelector": {"only": "here"}}))
    stage.advance(70)
    (ready,) = [
        each for each in stage.cluster.get(NODE, "bare")["status"]["conditions"] if each["type"] == "Ready"
    ]
    assert (ready["status"], ready["reason"]) == ("Unknown", "NodeStatusNeverUpdated")
    (pod,) = pods(stage)
    assert not pod["spec"].get("nodeName")
    assert "untolerated taint {node.kubernetes.io/unreachable: }" in pod["status"]["conditions"][0]["message"]
    assert stage.said == []


def test_after_a_restart_no_node_is_taken_for_silent() -> None:
    """A lease that is old because nobody ran says nothing about its node."""

    def two_hours_later(stage: Stage) -> list[Any]:
        stage.time = 7200.0
        return [NodeLifecycle(stage.cluster, stage.clock), Kubelets(stage.cluster, stage.clock, NODES)]

    stage = Stage(KINDS, two_hours_later)
    lease: dict[str, Any] = {"metadata": {"name": "edge", "namespace": "kube-node-lease"}}
    lease["spec"] = {"renewTime": "2020-01-01T00:00:00.000000Z"}
    stage.cluster.put(LEASE, lease)
    label = {"sandbox.sednactl.io/kubelet": ""}
    ready = {"conditions": [{"type": "Ready", "status": "True"}], "allocatable": {"cpu": "1"}}
    stage.cluster.put(NODE, {"metadata": {"name": "edge", "labels": label}, "spec": {}, "status": ready})
    stage.settle()
    assert "taints" not in stage.cluster.get(NODE, "edge")["spec"]
    stage.runner.open()
    stage.advance(120)
    assert "taints" not in stage.cluster.get(NODE, "edge")["spec"]
