"""Pods that are to share a node: replicas of one worker, and workers beside each other."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.manifests.document import document_of
from sednactl.sedna.releases import release_named
from sednactl.validation.check import check_documents
from sednactl.validation.finding import spell_path
from sednactl.validation.target import Target
from tests.validation.learning import INCREMENTAL, LIFELONG, REID, SEARCH, TRACKING
from tests.validation.test_rules import CLOUD, EDGE, EXTRACTION, FEDERATED, POD, SERVICE, VIDEO, changed


def found(content: dict[str, Any], changes: dict[str, Any], release: str = "0.7.0") -> list[tuple[str, str]]:
    """Give rule and place of what is said about sharing a node."""
    target = Target(release_named(release))
    findings = check_documents([document_of(changed(content, changes))], target=target)
    return [
        (one.rule, spell_path(one.path)) for one in findings if one.rule in ("SDN212", "SDN213", "SDN603")
    ]


def ports(number: int, **more: Any) -> list[dict[str, Any]]:
    return [{"containerPort": number, **more}]


@pytest.mark.parametrize(
    ("content", "pod", "replicas"),
    [
        (EXTRACTION, "spec.template.spec", "spec.replicas"),
        (SEARCH, "spec.reidWorkers.template.spec", "spec.reidWorkers.replicas"),
    ],
)
def test_replicas_of_a_worker_that_its_own_field_counts(
    content: dict[str, Any], pod: str, replicas: str
) -> None:
    pinned = {f"{pod}.nodeName": "gate", replicas: 2}
    assert found(content, pinned) == [("SDN213", f"{pod}.nodeName")]
    network = {**pinned, f"{pod}.hostNetwork": True}
    assert found(content, network) == [("SDN212", f"{pod}.hostNetwork")]
    port = {**pinned, f"{pod}.containers.0.ports": ports(6000, hostPort=6000)}
    assert found(content, port) == [("SDN212", f"{pod}.containers[0].ports[0].hostPort")]
    assert found(content, {**network, replicas: 1}) == []
    assert found(content, {f"{pod}.hostNetwork": True, replicas: 2}) == []


@pytest.mark.parametrize("content", [REID, VIDEO])
def test_jobs_of_one_pod_have_no_replicas(content: dict[str, Any]) -> None:
    pod = {"spec.template.spec.nodeName": "gate", "spec.template.spec.hostNetwork": True}
    assert found(content, {**pod, "spec.parallelism": 4, "spec.completions": 4}) == []


def test_nobody_makes_pods_for_a_tracking_service() -> None:
    pod = "spec.reidWorkers.template.spec"
    assert (
        found(TRACKING, {f"{pod}.nodeName": "n", f"{pod}.hostNetwork": True, "spec.reidWorkers.replicas": 2})
        == []
    )


def test_before_deployments_a_service_has_no_replicas() -> None:
    pinned = {f"{EDGE}.{POD}.nodeName": "edge-1"}
    assert ("SDN212", f"{EDGE}.{POD}.hostNetwork") in found(SERVICE, pinned)
    assert found(SERVICE, pinned, "0.6.0") == []


@pytest.mark.parametrize(
    ("content", "one", "other", "network"),
    [
        (SERVICE, EDGE, CLOUD, True),
        (FEDERATED, "spec.trainingWorkers.0", "spec.trainingWorkers.1", False),
        (SEARCH, "spec.userWorker", "spec.reidWorkers", True),
        (INCREMENTAL, "spec.trainSpec", "spec.deploySpec", False),
        (LIFELONG, "spec.evalSpec", "spec.deploySpec", False),
    ],
)
def test_workers_on_one_node_with_one_port(
    content: dict[str, Any], one: str, other: str, network: bool
) -> None:
    """`network` says that only hostNetwork in the manifest puts the pod on its node's network."""
    changes: dict[str, Any] = {}
    for worker in (one, other):
        pod = f"{worker}.template.spec"
        changes |= {f"{pod}.nodeName": "gate", f"{pod}.containers.0.ports": ports(7000)}
        if content is SERVICE:
            changes |= {f"{worker}.hpa.maxReplicas": 1, f"{worker}.hpa.minReplicas": 1}
    if content is SEARCH:
        changes["spec.reidWorkers.replicas"] = 1
    if network:
        changes.pop(f"{EDGE}.{POD}.hostNetwork", None)
        assert (
            found(content, changes | {f"{EDGE}.{POD}.hostNetwork": False} if content is SERVICE else changes)
            == []
        )
        changes |= {f"{one}.template.spec.hostNetwork": True, f"{other}.template.spec.hostNetwork": True}
    place = f"{other}.template.spec.containers[0].ports[0].containerPort".replace(".1.", "[1].")
    told = found(content, changes)
    assert len(told) == 1
    if content is FEDERATED:
        assert told == [("SDN603", place.rpartition(".")[0])]
    else:
        assert told[0][0] == "SDN212"
        assert told[0][1] in (place, place.replace(other, one))
    elsewhere = {**changes, f"{other}.template.spec.nodeName": "other"}
    assert found(content, elsewhere) == []
    another = {**changes, f"{other}.template.spec.containers.0.ports": ports(7001)}
    assert found(content, another) == []


def test_aggregation_beside_training() -> None:
    changes: dict[str, Any] = {"spec.aggregationWorker.template.spec.hostNetwork": True}
    for worker in ("aggregationWorker", "trainingWorkers.0"):
        pod = f"spec.{worker}.template.spec"
        changes |= {f"{pod}.nodeSelector": {"kubernetes.io/hostname": "gate"}, f"{pod}.nodeName": None}
        changes |= {f"{pod}.containers.0.ports": ports(7363)}
    place = "spec.trainingWorkers[0].template.spec.containers[0].ports[0].containerPort"
    assert found(FEDERATED, changes) in (
        [("SDN212", place)],
        [("SDN212", place.replace("trainingWorkers[0]", "aggregationWorker"))],
    )


def test_training_and_evaluation_take_turns() -> None:
    changes: dict[str, Any] = {}
    for worker in ("trainSpec", "evalSpec"):
        pod = f"spec.{worker}.template.spec"
        changes |= {f"{pod}.nodeName": "gate", f"{pod}.containers.0.ports": ports(7000)}
    assert found(INCREMENTAL, changes) == []


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ({"hostIP": "10.0.0.1"}, {"hostIP": "10.0.0.2"}, False),
        ({"hostIP": "10.0.0.1"}, {"hostIP": "0.0.0.0"}, True),
        ({"hostIP": "10.0.0.1"}, {}, True),
        ({"protocol": "UDP"}, {}, False),
        ({"protocol": "TCP"}, {}, True),
    ],
)
def test_sockets_that_are_the_same(one: dict[str, Any], other: dict[str, Any], clash: bool) -> None:
    changes: dict[str, Any] = {}
    for index, more in enumerate((one, other)):
        pod = f"spec.trainingWorkers.{index}.template.spec"
        changes |= {
            f"{pod}.nodeName": "gate",
            f"{pod}.containers.0.ports": ports(7000, hostPort=7000, **more),
        }
    assert bool(found(FEDERATED, changes)) == clash
