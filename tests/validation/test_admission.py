"""LimitRanges and ResourceQuotas: what they give to pods, what they refuse, and what the rules make of that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sednactl.manifests.document import document_of
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.sedna.resources import CRD, LIMIT_RANGE, NODE, RESOURCE_QUOTA
from sednactl.validation.check import Checker
from sednactl.validation.crd import crd_of
from sednactl.validation.finding import Finding, spell_path
from sednactl.validation.limit_ranges import defaulted, refusals
from sednactl.validation.quotas import counts, taken_by
from tests.cluster.stub import SERVED, Answers, Reset, StubServer
from tests.validation.learning import INCREMENTAL, SEARCH, TRACKING
from tests.validation.test_in_cluster import SERVICE, live, node
from tests.validation.test_rules import CLOUD, EDGE, POD, REMOVED, changed

RULES = ("SDN128", "SDN129", "SDN130", "SDN152", "SDN207", "SDN222", "SDN225", "SDN226")
WORKER = f"{CLOUD}.{POD}.containers.0.resources"
CONTAINER = f"{CLOUD}.{POD}.containers[0]"


@pytest.fixture
def stub() -> Iterator[StubServer]:
    """A cluster with room, that serves what bounds a namespace."""
    with StubServer(tls=False, served=(LIMIT_RANGE, RESOURCE_QUOTA, *SERVED)) as server:
        server.put(CRD, crd_of("JointInferenceService"))
        for name in ("edge-1", "cloud-1"):
            server.put(NODE, node(name, "64", {"gate": "north"}))
        yield server


def findings(stub: StubServer, *documents: dict[str, Any]) -> list[Finding]:
    checker = Checker(for_cluster=True)
    early = [
        one for index, each in enumerate(documents) for one in checker.check(document_of(each, index=index))
    ]
    cluster = stub.cluster()
    try:
        return [one for one in [*early, *checker.finish(cluster)] if one.rule in RULES]
    finally:
        cluster.close()


def found(stub: StubServer, *documents: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one.rule, one.level, spell_path(one.path)) for one in findings(stub, *documents)]


def limit_range(name: str = "caps", of: str = "Container", **bounds: dict[str, str]) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"limits": [{"type": of, **bounds}]}}


def quota(hard: dict[str, str], used: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    status = {"hard": hard, "used": used or dict.fromkeys(hard, "0")}
    return {"metadata": {"name": "team"}, "spec": {"hard": hard, **spec}, "status": status}


SILENT = changed(SERVICE, {WORKER: REMOVED})
"""A cloud side that scales on the share of a request that its container does not make."""


def test_a_limit_range_gives_the_requests_that_an_autoscaler_needs(stub: StubServer) -> None:
    missing = [("SDN207", "error", CONTAINER)]
    assert found(stub, SILENT) == missing
    stub.put(LIMIT_RANGE, limit_range(defaultRequest={"memory": "64Mi"}))
    assert found(stub, SILENT) == missing  # of another resource
    stub.put(LIMIT_RANGE, limit_range(defaultRequest={"cpu": "250m"}))
    assert found(stub, SILENT) == []
    stub.put(LIMIT_RANGE, limit_range(of="Pod", max={"cpu": "9"}))
    assert ("SDN207", "error", CONTAINER) in found(stub, SILENT)  # of whole pods none is given


def test_what_waits_for_the_cluster_is_told_without_it_too(stub: StubServer) -> None:
    """Where the cluster gives no answer, or may not be asked, the rules say what they say offline."""
    checker = Checker(for_cluster=True)
    assert [one.rule for one in checker.check(document_of(SILENT)) if one.rule == "SDN207"] == []
    assert [one.rule for one in checker.finish() if one.rule == "SDN207"] == ["SDN207"]
    stub.put(LIMIT_RANGE, limit_range(defaultRequest={"cpu": "250m"}))
    stub.fail(Answers(403), path="/limitranges", times=9)
    stub.fail(Answers(403), path="/resourcequotas", times=9)
    told = findings(stub, SILENT)
    assert [one.rule for one in told] == ["SDN128", "SDN128", "SDN207"]
    assert told[0].message.startswith("LimitRanges of namespace default may not be listed")
    assert told[0].hint == "what they give and refuse is not known"
    nameless = changed(SILENT, {"metadata": {"generateName": "helmet-"}})
    assert [one.rule for one in findings(stub, nameless) if one.rule == "SDN207"] == ["SDN207"]


def test_a_remark_in_the_manifest_ignores_what_is_told_late(stub: StubServer) -> None:
    ignoring = {"metadata.annotations": {"ignore.sednactl.io/SDN207": "the namespace gives one"}}
    checker = Checker(for_cluster=True)
    early = checker.check(document_of(changed(SILENT, ignoring)))
    cluster = stub.cluster()
    late = checker.finish(cluster)
    cluster.close()
    assert {one.rule for one in early + late} & {"SDN207", "SDN902"} == set()
    assert [one.finding.rule for one in checker.ignored] == ["SDN207"]


def test_a_limit_that_is_given_can_keep_the_autoscaler_below_its_target(stub: StubServer) -> None:
    """A target of more than the limit allows, once a LimitRange sets that limit."""
    metric = {"type": "Resource", "resource": {"name": "cpu"}}
    metric["resource"]["target"] = {"type": "Utilization", "averageUtilization": 150}  # type: ignore[index]
    scaled = changed(
        SERVICE, {f"{CLOUD}.hpa": {"maxReplicas": 3, "metrics": [metric]}, WORKER: {"requests": {"cpu": "1"}}}
    )
    assert found(stub, scaled) == []
    stub.put(LIMIT_RANGE, limit_range(default={"cpu": "1200m"}, defaultRequest={"cpu": "1200m"}))
    assert [one[:2] for one in found(stub, scaled)] == [("SDN225", "warning")]


def test_room_on_the_nodes_counts_what_is_given(stub: StubServer) -> None:
    assert [one for one in found(stub, SILENT) if one[0] == "SDN222"] == []
    stub.put(LIMIT_RANGE, limit_range(defaultRequest={"cpu": "40"}))
    assert [one for one in found(stub, SILENT) if one[0] == "SDN222"] == [
        ("SDN222", "warning", f"{CLOUD}.hpa.maxReplicas")
    ]


@pytest.mark.parametrize(
    ("resources", "bounds", "of", "place", "message"),
    [
        (
            {"requests": {"cpu": "3"}, "limits": {"cpu": "4"}},
            {"max": {"cpu": "2"}, "default": {"cpu": "2"}},
            "Container",
            "limits.cpu",
            'the LimitRange "caps" allows at most 2 cpu, but the container "worker" has a limit of 4',
        ),
        (
            {"requests": {"cpu": "10m"}},
            {"min": {"cpu": "100m"}, "defaultRequest": {"cpu": "100m"}},
            "Container",
            "requests.cpu",
            'the LimitRange "caps" wants at least 100m cpu, but the container "worker" requests 0.01',
        ),
        (
            {"requests": {"cpu": "3"}},
            {"default": {"cpu": "1"}, "defaultRequest": {"cpu": "1"}},
            "Container",
            "requests.cpu",
            'the LimitRange "caps" gives the container "worker" a limit of 1 cpu, below its request of 3',
        ),
        (
            {"requests": {"cpu": "1"}, "limits": {"cpu": "4"}},
            {"maxLimitRequestRatio": {"cpu": "2"}},
            "Container",
            "limits.cpu",
            'the LimitRange "caps" allows a limit of 2 times the request of cpu, but the container "worker" has 4 for 1',
        ),
        (
            {"requests": {"cpu": "1"}},
            {"maxLimitRequestRatio": {"cpu": "2"}},
            "Container",
            "",
            'the LimitRange "caps" allows a limit of 2 times the request of cpu, but the container "worker" has no limit',
        ),
        (
            {"requests": {"cpu": "1"}},
            {"max": {"cpu": "2"}},
            "Pod",
            None,
            'the LimitRange "caps" allows at most 2 cpu, and the pod has no limit',
        ),
        (
            {"requests": {"memory": "1Gi"}, "limits": {"memory": "1Gi"}},
            {"max": {"memory": "512Mi"}},
            "Pod",
            None,
            'the LimitRange "caps" allows at most 512Mi memory, but the pod has a limit of 1Gi',
        ),
    ],
)
def test_what_a_limit_range_refuses(
    resources: dict[str, Any], bounds: dict[str, Any], of: str, place: str | None, message: str
) -> None:
    pod = {"containers": [{"name": "worker", "resources": resources}]}
    (refusal,) = refusals(pod, [limit_range(of=of, **bounds)])
    assert refusal.message == message and refusal.hint
    at = ("containers", 0, "resources", *(place.split(".", 1) if place else ())) if place is not None else ()
    assert refusal.place == at
    assert list(refusals(pod, [])) == []


def test_refused_pods_are_told_at_their_place(stub: StubServer) -> None:
    stub.put(LIMIT_RANGE, limit_range(max={"cpu": "500m"}, default={"cpu": "500m"}))
    big = changed(SERVICE, {WORKER: {"requests": {"cpu": "1"}, "limits": {"cpu": "1"}}})
    got = [one for one in findings(stub, big) if one.rule == "SDN129"]
    assert [spell_path(one.path) for one in got][-1] == f"{CONTAINER}.resources.limits.cpu"
    assert {one.level for one in got} == {"error"} and got[-1].hint == "a limit of 500m or less"
    fits = changed(SERVICE, {f"{side}.{POD}.containers.0.resources": {"requests": {"cpu": "100m"}} for side in (CLOUD, EDGE)})  # fmt: skip
    assert [one for one in found(stub, fits) if one[0] == "SDN129"] == []
    sick = {"name": "prepare", "image": "i", "resources": {"limits": {"cpu": "2"}}}
    assert [one for one in found(stub, changed(fits, {f"{CLOUD}.{POD}.initContainers": [sick]})) if one[0] == "SDN129"] == [
        ("SDN129", "error", f"{CLOUD}.{POD}.initContainers[0].resources.limits.cpu")
    ]  # fmt: skip
    assert [one for one in found(stub, TRACKING) if one[0] == "SDN129"] == []  # nobody makes its pods


def test_a_quota_demands_what_it_counts(stub: StubServer) -> None:
    stub.put(RESOURCE_QUOTA, quota({"requests.cpu": "100", "limits.memory": "100Gi"}))
    lone = {f"{EDGE}.{POD}.containers.0.resources": {"requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}}}
    unsaid = [one for one in findings(stub, changed(SILENT, lone)) if one.rule == "SDN130"]
    assert [(one.level, spell_path(one.path)) for one in unsaid] == [("error", CONTAINER)] * 2
    assert 'demands requests for cpu of every container, and "' in unsaid[0].message
    assert unsaid[1].hint == "add resources.limits.memory to it"
    stub.put(
        LIMIT_RANGE, limit_range(defaultRequest={"cpu": "1", "memory": "1Gi"}, default={"memory": "1Gi"})
    )
    assert [one for one in found(stub, changed(SILENT, lone)) if one[0] == "SDN130"] == []
    stub.put(RESOURCE_QUOTA, quota({"requests.nvidia.com/gpu": "4", "services": "1"}))
    stub.remove(LIMIT_RANGE, "caps")
    assert [one for one in found(stub, SILENT) if one[0] in ("SDN130", "SDN226")] == []


ONE_CORE = {
    WORKER: {"requests": {"cpu": "1"}},
    f"{EDGE}.hpa": REMOVED,
    f"{EDGE}.{POD}.containers.0.resources": {"requests": {"cpu": "1"}},
    f"{CLOUD}.hpa.maxReplicas": 5,
}
CORES = changed(SERVICE, ONE_CORE)
"""One edge pod and five cloud pods of a core each."""
AT_MOST = f"{CLOUD}.hpa.maxReplicas"


def test_replicas_that_a_quota_does_not_let_in(stub: StubServer) -> None:
    def told(hard: dict[str, str], used: dict[str, str] | None = None) -> list[tuple[str, str, str]]:
        stub.put(RESOURCE_QUOTA, quota(hard, used))
        return [(one.level, spell_path(one.path), one.message) for one in findings(stub, CORES) if one.rule == "SDN226"]  # fmt: skip

    assert told({"requests.cpu": "6"}) == []
    beside = ", beside what these files ask for before it"
    assert told({"requests.cpu": "5"}) == [
        ("warning", AT_MOST, f'5 replicas take 5 requests.cpu, but the quota "team" has 4 of 5 left{beside}: room for 4')
    ]  # fmt: skip
    assert told({"cpu": "10"}, {"cpu": "6"}) == [
        (
            "warning",
            AT_MOST,
            f'5 replicas take 5 cpu, but the quota "team" has 3 of 10 left{beside}: room for 3',
        )
    ]
    assert [one[:2] for one in told({"pods": "3"})] == [("warning", AT_MOST)]
    assert [one[0] for one in told({"requests.cpu": "500m"})] == ["error", "error"]  # for good
    stub.put(RESOURCE_QUOTA, quota({"requests.cpu": "6"}, {"requests.cpu": "6"}))
    live(stub, CORES)
    assert [one for one in found(stub, CORES) if one[0] == "SDN226"] == []  # it is what takes it
    more = [one.message for one in findings(stub, changed(CORES, {AT_MOST: 7})) if one.rule == "SDN226"]
    assert more == ['7 replicas take 7 requests.cpu, but the quota "team" allows 6: room for 6']


def test_workloads_share_a_quota_and_learning_jobs_take_turns(stub: StubServer) -> None:
    stub.put(RESOURCE_QUOTA, quota({"pods": "8"}))
    other = changed(CORES, {"metadata.name": "other"})
    assert [one for one in found(stub, CORES, other) if one[0] == "SDN226"] == [
        ("SDN226", "warning", AT_MOST)
    ]
    stub.put(RESOURCE_QUOTA, quota({"pods": "1"}))
    assert [one for one in found(stub, INCREMENTAL) if one[0] == "SDN226"] == []
    assert [one[0] for one in found(stub, SEARCH) if one[0] == "SDN226"] == ["SDN226"] * 2


def test_objects_that_a_quota_of_the_cluster_does_not_let_in(stub: StubServer) -> None:
    def told(*documents: dict[str, Any]) -> list[tuple[str, str]]:
        return [(one.level, one.message) for one in findings(stub, *documents) if one.rule == "SDN152"]

    stub.put(RESOURCE_QUOTA, quota({"count/deployments.apps": "4"}, {"count/deployments.apps": "3"}))
    assert told(CORES) == [
        ("warning", 'it makes 2 of count/deployments.apps, but the quota "team" has 1 of 4 left')
    ]
    live(stub, CORES)
    assert told(CORES) == []  # they are there, and count already
    stub.remove(JOINT_INFERENCE.resource, "helmet")
    larger = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "team"},
        "spec": {"hard": {"count/deployments.apps": "5"}},
    }
    assert told(CORES, larger) == []  # the one among the files will take its place, and what is used stays
    smaller = changed(larger, {"spec.hard": {"count/deployments.apps": "1"}})
    assert [level for level, _ in told(smaller, CORES)] == ["error"]
    another = changed(smaller, {"metadata.namespace": "elsewhere"})
    assert [level for level, _ in told(another, CORES)] == ["warning"]


@pytest.mark.parametrize(
    ("spec", "pod", "fits"),
    [
        ({}, {}, True),
        ({"scopes": ["Terminating"]}, {"activeDeadlineSeconds": 5}, True),
        ({"scopes": ["Terminating"]}, {}, False),
        ({"scopes": ["NotTerminating"]}, {}, True),
        ({"scopes": ["BestEffort"]}, {}, True),
        ({"scopes": ["BestEffort"]}, {"containers": [{"resources": {"limits": {"cpu": "1"}}}]}, False),
        ({"scopes": ["NotBestEffort"]}, {"initContainers": [{"resources": {"limits": {"cpu": "1"}}}]}, True),
        ({"scopes": ["BestEffort"]}, {"containers": [{"resources": {"limits": {"gpu/x": "1"}}}]}, True),
        ({"scopes": ["PriorityClass"]}, {"priorityClassName": "high"}, True),
        ({"scopes": ["PriorityClass"]}, {}, False),
        ({"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]}}, {"priorityClassName": "high"}, True),
        ({"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "NotIn", "values": ["high"]}]}}, {"priorityClassName": "high"}, False),
        ({"scopes": ["CrossNamespacePodAffinity"]}, {}, False),
    ],
)  # fmt: skip
def test_scopes_of_a_quota(spec: dict[str, Any], pod: dict[str, Any], fits: bool) -> None:
    assert counts({"spec": spec}, pod) is fits


def test_what_a_pod_takes() -> None:
    def box(cpu: str, policy: str | None = None, **limits: str) -> dict[str, Any]:
        made = {"resources": {"requests": {"cpu": cpu}, "limits": limits}}
        return made | ({"restartPolicy": policy} if policy else {})

    pod = {
        "initContainers": [box("3"), box("1", "Always"), box("4")],
        "containers": [box("2", memory="1Gi"), box("1", **{"nvidia.com/gpu": "1"})],
    }
    taken = taken_by(pod)
    core = 10**9
    assert (taken["cpu"], taken["requests.cpu"]) == (5 * core, 5 * core)  # the third init beside the sidecar
    assert taken["requests.memory"] == taken["limits.memory"] == 2**30 * core
    assert taken["requests.nvidia.com/gpu"] == taken["pods"] == taken["count/pods"] == core
    assert "nvidia.com/gpu" not in taken and "limits.cpu" not in taken


def test_the_first_limit_range_that_gives_counts_and_what_is_said_stays() -> None:
    pod = {"containers": [{"name": "a", "resources": {"limits": {"cpu": "2"}}}, {"name": "b"}, "odd"]}
    ranges = [
        limit_range("a", defaultRequest={"cpu": "1"}, default={"cpu": "1"}),
        limit_range("b", defaultRequest={"cpu": "7", "memory": "1Gi"}),
    ]
    made = defaulted(pod, ranges)
    assert made["containers"][0]["resources"] == {
        "limits": {"cpu": "2"},
        "requests": {"cpu": "2", "memory": "1Gi"},
    }
    assert made["containers"][1]["resources"] == {
        "limits": {"cpu": "1"},
        "requests": {"cpu": "1", "memory": "1Gi"},
    }
    assert made["containers"][2] == "odd" and "resources" not in pod["containers"][1]  # type: ignore[operator]
    assert defaulted(pod, []) is pod


def test_no_answer_about_bounds_is_an_error_of_the_cluster(stub: StubServer) -> None:
    from sednactl.errors import Unreachable

    stub.fail(Reset(), path="/limitranges", times=99)
    with pytest.raises(Unreachable):
        findings(stub, SERVICE)
