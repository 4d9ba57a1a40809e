"""What a scan brings to the judgement: living workloads, places, second looks; and how little it keeps of the rest."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sednactl.cluster.metadata import Metadata
from sednactl.lifecycle.ghost_scan import scan_for_ghosts
from sednactl.lifecycle.undo import as_new, without_addresses
from sednactl.sedna.kinds import FEDERATED_LEARNING, JOINT_INFERENCE
from sednactl.sedna.resources import DEPLOYMENT, HPA, NODE, POD, SERVICE
from sednactl.surroundings import Surroundings
from tests.ghosts.command import Park
from tests.ghosts.objects import (
    DEAD,
    JI,
    LIVE,
    NOW,
    Json,
    ago,
    before_0_7,
    child,
    metadata_of,
    orphans,
    reference,
)


def test_class_e_is_told_by_the_service_that_claims_failure_without_a_worker(park: Park) -> None:
    service: Json = {"metadata": {"name": "helmet", "namespace": "park", "uid": LIVE}, "spec": {}}
    park.fill(before_0_7("Pod", "helmet-edge-x", LIVE), before_0_7("Service", "helmet-cloud", LIVE))
    for status, found in (
        ({"active": 0, "failed": 2, "conditions": [{"type": "Running"}, {"type": "Failed"}]}, 2),
        ({"active": 1, "failed": 1, "conditions": [{"type": "Failed"}]}, 0),
        ({"active": 2, "conditions": [{"type": "Running"}]}, 0),
        ({}, 0),
    ):
        park.server.put(JOINT_INFERENCE.resource, {**service, "status": status})
        code, report = park.report("--yes")
        assert len(report["ghosts"]) == found
        assert code == (7 if found else 0)  # it needs a person, and nothing was touched
    assert park.names() == {"Pod/helmet-edge-x", "Service/helmet-cloud"}


def test_class_f_counts_the_pods_a_living_job_asks_for(park: Park) -> None:
    job: Json = {
        "metadata": {"name": "fl", "namespace": "park", "uid": LIVE},
        "spec": {"trainingWorkers": [{}, {}]},
    }
    park.server.put(FEDERATED_LEARNING.resource, job)
    owner = reference("FederatedLearningJob", "fl", LIVE)
    for number in range(4):
        park.fill(
            child("Pod", f"fl-train-{number}", LIVE, workload="fl", prefix="federatedlearningjob", worker="train", owners=(owner,), age=1000 + number)
        )  # fmt: skip
    code, report = park.report()
    assert code == 1
    assert [(one["name"], one["cause"], one["action"]) for one in report["ghosts"]] == [
        ("fl-train-2", "surplus-pod", "keep"),
        ("fl-train-3", "surplus-pod", "keep"),
    ]


def test_what_goes_by_itself_meanwhile_is_not_reported(park: Park) -> None:
    owner = reference(JI, "helmet", DEAD)
    deployment = child("Deployment", "helmet-deployment-cloud", owners=(owner,))
    terminating = before_0_7("Pod", "helmet-edge-x", deletionTimestamp=ago(3))
    park.server.put(
        NODE,
        {"metadata": {"name": "edge-node"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}},
    )
    park.fill(deployment, terminating)
    sleeps: list[float] = []

    def collect(seconds: float) -> None:
        sleeps.append(seconds)
        park.server.remove(DEPLOYMENT, "helmet-deployment-cloud", "park")
        park.server.remove(POD, "helmet-edge-x", "park")

    import io

    surroundings = Surroundings(
        io.StringIO(), io.StringIO(), io.StringIO(), {}, now=lambda: NOW, sleep=collect
    )
    scan = scan_for_ghosts(park.server.cluster(), surroundings, namespace="park")
    assert (scan.ghosts, sleeps) == ([], [5.0])


def test_a_pod_kept_by_its_node_is_told_by_that_node_alone(park: Park) -> None:
    gone = reference("ReplicaSet", "r", "r", version="apps/v1")
    for name, node in (("one", "up"), ("two", "down")):
        park.fill(child("Pod", name, owners=(gone,), deletionTimestamp=ago(900)))
        (stored,) = [one for one in park.server.objects(POD) if one["metadata"]["name"] == name]
        stored["spec"]["nodeName"] = node
        park.server.put(POD, stored)
    for node, ready in (("up", "True"), ("down", "Unknown")):
        park.server.put(
            NODE, {"metadata": {"name": node}, "status": {"conditions": [{"type": "Ready", "status": ready}]}}
        )
    _, report = park.report()
    assert {one["name"]: one["keptBecause"] for one in report["ghosts"]} == {
        "one": "terminating",
        "two": "edge-offline",
    }


class _Crowd:
    """A cluster of many pods that have nothing to do with Sedna, and two ghosts."""

    def __init__(self, pods: int) -> None:
        self._pods = pods

    def now(self) -> datetime:
        return NOW

    def metadata(self, selection: Any, *, page_size: int = 1000) -> Iterator[list[Metadata]]:
        if selection.resource == SERVICE:
            yield [metadata_of(before_0_7("Service", "helmet-cloud"))]
        if selection.resource == POD:
            for start in range(0, self._pods, 100):
                yield [
                    Metadata(f"web-{n}", str(n), "n", {"app": f"web-{n}", "tier": "front"})
                    for n in range(start, start + 100)
                ]
            yield [metadata_of(before_0_7("Pod", "helmet-edge-x"))]


def _peak(pods: int) -> int:
    surroundings = Surroundings.of_process()
    tracemalloc.start()
    scan = scan_for_ghosts(_Crowd(pods), surroundings, namespace=None)  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(scan.ghosts) == 2
    assert scan.scanned["Pod"] == pods + 1
    return peak


def test_memory_does_not_grow_with_what_is_not_sednas() -> None:
    _peak(100)
    assert _peak(20_000) < _peak(1_000) * 1.5 + 100_000


def test_as_new_takes_off_what_the_server_gave_and_nothing_else() -> None:
    pod = before_0_7(
        "Pod", "x", resourceVersion="7", deletionTimestamp=ago(1), deletionGracePeriodSeconds=30, generation=2,
        managedFields=[{}], generateName="helmet-edge-", annotations={"a": "b"},
        finalizers=["foregroundDeletion", "example.com/mine"],
    )  # fmt: skip
    pod |= {"spec": {"nodeName": "edge", "ephemeralContainers": [{}]}, "status": {"phase": "Running"}}
    manifest, changes = as_new(pod)
    assert manifest["metadata"] == {
        "name": "x", "namespace": "park", "generateName": "helmet-edge-", "annotations": {"a": "b"},
        "labels": pod["metadata"]["labels"], "ownerReferences": pod["metadata"]["ownerReferences"],
        "finalizers": ["example.com/mine"],
    }  # fmt: skip
    assert manifest["spec"] == {"nodeName": "edge"} and "status" not in manifest
    assert changes == ("without its debug containers, which no pod is created with",)
    assert pod["status"]  # the bundle's own copy stays whole


def test_addresses_are_let_go_but_headless_stays_headless() -> None:
    ports = [{"port": 1, "nodePort": 30000}]
    plain = {"kind": "Service", "spec": {"clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"], "ports": ports}}
    assert without_addresses(plain)["spec"] == {"ports": [{"port": 1}]}
    headless = {"kind": "Service", "spec": {"clusterIP": "None", "clusterIPs": ["None"]}}
    assert without_addresses(headless) == headless


def test_a_uid_that_lives_in_another_namespace_spares(park: Park) -> None:
    park.server.put(
        JOINT_INFERENCE.resource, {"metadata": {"name": "helmet", "namespace": "yard", "uid": LIVE}}
    )
    park.fill(*orphans(LIVE))  # somebody copied them over
    assert park.report()[1]["ghosts"] == []


def test_a_kind_of_children_that_the_cluster_does_not_serve_is_no_blind_spot(park: Park) -> None:
    park.server.served = tuple(one for one in park.server.served if one != HPA)
    park.fill(before_0_7("Service", "helmet-cloud"))
    code, report = park.report()
    assert (code, report["unknown"]) == (1, [])
