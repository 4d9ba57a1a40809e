"""DaemonSets: a pod on each node they are for, nodes that come and go, templates that change."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.sandbox.controllers.daemon_pods import GENERATION, HASH, belongs, pod_for
from sednactl.sandbox.controllers.daemon_sets import DaemonSets
from sednactl.sandbox.controllers.garbage import GarbageCollector
from sednactl.sandbox.controllers.kubelet import Kubelets
from sednactl.sandbox.controllers.nodes import NodeLifecycle
from sednactl.sandbox.controllers.pods import is_ready
from sednactl.sandbox.controllers.scheduler import Scheduler
from sednactl.sandbox.node_set import OFFLINE, NodePlan
from sednactl.sandbox.resources import LEASE
from sednactl.sedna.resources import CRD, DAEMON_SET, EVENT, NODE, POD
from tests.sandbox.controllers.stage import Stage

Json = dict[str, Any]
KINDS = [NODE, POD, EVENT, DAEMON_SET, LEASE, CRD]
NODES = (
    NodePlan("cloud", False, "4", "8Gi"),
    NodePlan("edge-1", True, "2", "4Gi"),
    NodePlan("edge-2", True, "2", "4Gi"),
)


@pytest.fixture
def stage() -> Stage:
    stage = Stage(
        KINDS,
        lambda stage: [
            GarbageCollector(stage.cluster, stage.clock),
            DaemonSets(stage.cluster, stage.clock),
            Scheduler(stage.cluster, stage.clock),
            Kubelets(stage.cluster, stage.clock, NODES),
            NodeLifecycle(stage.cluster, stage.clock),
        ],
    )
    stage.runner.open()
    stage.settle()
    return stage


def daemon_set(**pod: Any) -> Json:
    labels = {"sedna": "lc"}
    spec = {"containers": [{"name": "lc", "image": "lc:1"}], **pod}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "lc", "namespace": "default", "labels": labels},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    }


def nodes_of_pods(stage: Stage) -> list[str]:
    return sorted(pod["spec"].get("nodeName", "") for pod in stage.cluster.of(POD))


def status(stage: Stage) -> Json:
    found: Json = stage.cluster.get(DAEMON_SET, "lc")["status"]
    return found


def with_image(item: Json, image: str) -> Json:
    template = item["spec"]["template"]
    spec = {**template["spec"], "containers": [{"name": "lc", "image": image}]}
    return {**item, "spec": {**item["spec"], "template": {**template, "spec": spec}}}


def test_every_node_gets_one_pod_and_the_status_counts_them(stage: Stage) -> None:
    stage.cluster.put(DAEMON_SET, daemon_set())
    stage.advance(10)
    assert nodes_of_pods(stage) == ["cloud", "edge-1", "edge-2"]
    assert status(stage) == {
        "currentNumberScheduled": 3,
        "numberMisscheduled": 0,
        "desiredNumberScheduled": 3,
        "numberReady": 3,
        "observedGeneration": 1,
        "updatedNumberScheduled": 3,
        "numberAvailable": 3,
    }
    told = {event["reason"] for event in stage.cluster.of(EVENT) if event["involvedObject"]["name"] == "lc"}
    assert told == {"SuccessfulCreate"}
    pod = stage.cluster.of(POD)[0]
    stage.cluster.delete(POD, pod["metadata"]["name"])
    stage.advance(10)
    assert nodes_of_pods(stage) == ["cloud", "edge-1", "edge-2"]
    stage.cluster.delete(DAEMON_SET, "lc")
    stage.advance(10)
    assert nodes_of_pods(stage) == []


def test_a_new_template_replaces_one_pod_at_a_time(stage: Stage) -> None:
    stage.cluster.put(DAEMON_SET, daemon_set())
    stage.advance(10)
    stage.cluster.edit(DAEMON_SET, "lc", with_image(stage.cluster.get(DAEMON_SET, "lc"), "lc:2"))
    fewest = 3
    for _ in range(60):
        stage.advance(0.5)
        fewest = min(fewest, sum(is_ready(pod) for pod in stage.cluster.of(POD)))
    assert {pod["spec"]["containers"][0]["image"] for pod in stage.cluster.of(POD)} == {"lc:2"}
    assert fewest == 2
    assert status(stage)["updatedNumberScheduled"] == 3


def test_on_delete_leaves_old_pods_until_somebody_deletes_them(stage: Stage) -> None:
    wanted = daemon_set()
    wanted["spec"]["updateStrategy"] = {"type": "OnDelete"}
    stage.cluster.put(DAEMON_SET, wanted)
    stage.advance(10)
    stage.cluster.edit(DAEMON_SET, "lc", with_image(stage.cluster.get(DAEMON_SET, "lc"), "lc:2"))
    stage.advance(30)
    assert {pod["spec"]["containers"][0]["image"] for pod in stage.cluster.of(POD)} == {"lc:1"}
    assert "updatedNumberScheduled" not in status(stage)
    old = next(pod for pod in stage.cluster.of(POD) if pod["spec"]["nodeName"] == "edge-1")
    stage.cluster.delete(POD, old["metadata"]["name"])
    stage.advance(10)
    images = {pod["spec"]["nodeName"]: pod["spec"]["containers"][0]["image"] for pod in stage.cluster.of(POD)}
    assert images == {"cloud": "lc:1", "edge-1": "lc:2", "edge-2": "lc:1"}


def test_an_offline_node_keeps_its_pod_and_a_lost_label_ends_it(stage: Stage) -> None:
    stage.cluster.put(DAEMON_SET, daemon_set(nodeSelector={"node-role.kubernetes.io/edge": ""}))
    stage.advance(10)
    assert nodes_of_pods(stage) == ["edge-1", "edge-2"]
    stage.cluster.edit(NODE, "edge-1", {"metadata": {"annotations": {OFFLINE: "true"}}})
    stage.advance(600)
    assert nodes_of_pods(stage) == ["edge-1", "edge-2"]
    # It keeps its pod, yet would get none: unreachable:NoSchedule is not tolerated.
    assert (status(stage)["desiredNumberScheduled"], status(stage)["numberReady"]) == (1, 1)
    assert status(stage)["numberMisscheduled"] == 1
    label = {"node-role.kubernetes.io/edge": None}
    stage.cluster.edit(NODE, "edge-2", {"metadata": {"labels": label}})
    stage.advance(10)
    assert nodes_of_pods(stage) == ["edge-1"]
    stage.cluster.edit(NODE, "edge-1", {"metadata": {"annotations": {OFFLINE: None}}})
    stage.advance(30)
    assert (status(stage)["numberReady"], status(stage)["numberMisscheduled"]) == (1, 0)


def test_a_pod_that_failed_is_told_of_and_replaced(stage: Stage) -> None:
    stage.cluster.put(DAEMON_SET, daemon_set())
    stage.advance(10)
    pod = next(pod for pod in stage.cluster.of(POD) if pod["spec"]["nodeName"] == "cloud")
    stage.cluster.edit(POD, pod["metadata"]["name"], {"status": {"phase": "Failed"}}, "status")
    stage.advance(20)
    assert nodes_of_pods(stage) == ["cloud", "edge-1", "edge-2"]
    assert all(is_ready(each) for each in stage.cluster.of(POD))
    assert any(event["reason"] == "FailedDaemonPod" for event in stage.cluster.of(EVENT))


NODE_PLAIN: Json = {"metadata": {"name": "n", "labels": {"a": "b"}}, "spec": {}}


@pytest.mark.parametrize(
    ("pod", "taints", "expected"),
    [
        ({}, [], (True, True)),
        ({"nodeName": "other"}, [], (False, False)),
        ({"nodeName": "n"}, [], (True, True)),
        ({"nodeSelector": {"a": "c"}}, [], (False, False)),
        ({}, [{"key": "k", "effect": "NoSchedule"}], (False, True)),
        ({}, [{"key": "k", "effect": "NoExecute"}], (False, False)),
        ({}, [{"key": "k", "effect": "PreferNoSchedule"}], (True, True)),
        (
            {"tolerations": [{"key": "k", "operator": "Exists"}]},
            [{"key": "k", "effect": "NoExecute"}],
            (True, True),
        ),
        ({}, [{"key": "node.kubernetes.io/unreachable", "effect": "NoExecute"}], (True, True)),
        ({}, [{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}], (True, True)),
        ({}, [{"key": "node.kubernetes.io/network-unavailable", "effect": "NoSchedule"}], (False, True)),
        (
            {"hostNetwork": True},
            [{"key": "node.kubernetes.io/network-unavailable", "effect": "NoSchedule"}],
            (True, True),
        ),
    ],
)
def test_where_a_pod_belongs(pod: Json, taints: list[Json], expected: tuple[bool, bool]) -> None:
    assert belongs(daemon_set(**pod), {**NODE_PLAIN, "spec": {"taints": taints}}) == expected


def test_the_pod_for_a_node_says_so_and_keeps_the_template() -> None:
    wanted = daemon_set(
        affinity={"podAntiAffinity": {"x": []}, "nodeAffinity": {"preferred": []}},
        tolerations=[{"key": "k", "operator": "Exists"}],
    )
    wanted["metadata"]["uid"] = "u"
    wanted["metadata"]["annotations"] = {"deprecated.daemonset.template.generation": "4"}
    made = pod_for(wanted, "n")
    assert made["metadata"]["labels"][GENERATION] == "4"
    assert made["metadata"]["labels"]["sedna"] == "lc"
    assert made["metadata"]["ownerReferences"][0]["uid"] == "u"
    affinity = made["spec"]["affinity"]
    assert affinity["podAntiAffinity"] == {"x": []}
    assert affinity["nodeAffinity"]["preferred"] == []
    required = affinity["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert required["nodeSelectorTerms"][0]["matchFields"][0]["values"] == ["n"]
    assert made["spec"]["tolerations"][0] == {"key": "k", "operator": "Exists"}
    other = pod_for(with_image({**wanted}, "lc:2"), "n")
    assert other["metadata"]["labels"][HASH] != made["metadata"]["labels"][HASH]
