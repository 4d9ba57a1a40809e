"""The controllers' decisions, alone: rollouts within limits, who goes first, where pods fit, how containers go."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sednactl.cluster.label_selectors import Need, meets
from sednactl.sandbox.controllers.container_course import Course, course_of, moment_of
from sednactl.sandbox.controllers.deletion_order import DELETION_COST, pods_to_delete
from sednactl.sandbox.controllers.deployment_status import with_condition
from sednactl.sandbox.controllers.placing import obstacles, selects_node, summary
from sednactl.sandbox.controllers.requests import Occupancy, host_ports_of, ports_clash, requests_of
from sednactl.sandbox.controllers.revisions import template_hash
from sednactl.sandbox.controllers.rollout import max_surge, max_unavailable, shrink_old, size_of_new, spread
from sednactl.sandbox.times import written

Json = dict[str, Any]
NOW = datetime(2026, 11, 27, 12, tzinfo=timezone.utc)
PERCENT_OR_NUMBER = st.one_of(st.integers(0, 12), st.integers(0, 100).map(lambda each: f"{each}%"))


def rolling(wanted: int, surge: int | str, unavailable: int | str) -> Json:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}
    return {"metadata": {"name": "d"}, "spec": {"replicas": wanted, "strategy": strategy}}


def replica_set(name: str, size: int, available: int, age: int = 0, **annotations: str) -> Json:
    meta = {
        "name": name,
        "creationTimestamp": written(NOW - timedelta(seconds=age)),
        "annotations": {
            f"deployment.kubernetes.io/{key.replace('_', '-')}": value for key, value in annotations.items()
        },
    }
    return {"metadata": meta, "spec": {"replicas": size}, "status": {"availableReplicas": available}}


@pytest.mark.parametrize(
    ("wanted", "surge", "unavailable", "fences"),
    [
        (4, "25%", "25%", (1, 1)),
        (3, "25%", "25%", (1, 0)),
        (10, "25%", "25%", (3, 2)),
        (1, "25%", "25%", (1, 0)),
        (2, 0, "25%", (0, 1)),  # both round to nothing: one may be missing
        (2, 0, 5, (0, 2)),
        (0, 1, 1, (1, 0)),
    ],
)
def test_fences(wanted: int, surge: int | str, unavailable: int | str, fences: tuple[int, int]) -> None:
    deployment = rolling(wanted, surge, unavailable)
    assert (max_surge(deployment), max_unavailable(deployment)) == fences


@given(
    wanted=st.integers(0, 20),
    surge=PERCENT_OR_NUMBER,
    unavailable=PERCENT_OR_NUMBER,
    olds=st.lists(st.tuples(st.integers(1, 20), st.integers(0, 20)), max_size=3),
    new=st.tuples(st.integers(0, 20), st.integers(0, 20)),
)
def test_no_step_of_a_rolling_update_goes_beyond_its_limits(
    wanted: int, surge: int | str, unavailable: int | str, olds: list[tuple[int, int]], new: tuple[int, int]
) -> None:
    deployment = rolling(wanted, surge, unavailable)
    old = [replica_set(f"o{place}", size, min(size, up)) for place, (size, up) in enumerate(olds)]
    fresh = replica_set("n", min(new[0], wanted), min(*new, wanted))
    total = sum(one["spec"]["replicas"] for one in [*old, fresh])
    size = size_of_new(deployment, fresh["spec"]["replicas"], total)
    assert fresh["spec"]["replicas"] <= size <= max(wanted, fresh["spec"]["replicas"])
    grown = total + size - fresh["spec"]["replicas"]
    assert grown <= max(total, wanted + max_surge(deployment))
    plan = shrink_old(deployment, fresh, old)
    assert all(
        0 <= plan[one["metadata"]["name"]] < one["spec"]["replicas"]
        for one in old
        if one["metadata"]["name"] in plan
    )
    # Even if every replica that goes was an available one beyond the unhealthy, enough stay.
    available = fresh["status"]["availableReplicas"]
    for one in old:
        left = plan.get(one["metadata"]["name"], one["spec"]["replicas"])
        available += min(left, one["status"]["availableReplicas"])
    before = sum(one["status"]["availableReplicas"] for one in [*old, fresh])
    assert available >= min(before, wanted - max_unavailable(deployment))


def test_scaling_in_the_middle_of_a_rollout_is_proportional() -> None:
    """The example of Kubernetes' documentation: 10 to 15 replicas with maxSurge 3, 8 old and 5 new ones."""
    deployment = rolling(15, 3, 2)
    old = replica_set("old", 8, 8, 100, max_replicas="13", desired_replicas="10")
    new = replica_set("new", 5, 0, 10, max_replicas="13", desired_replicas="10")
    assert spread(deployment, new, [old]) == {"old": 11, "new": 7}


def test_the_only_active_replica_set_gets_all() -> None:
    deployment = rolling(7, 1, 0)
    assert spread(deployment, replica_set("n", 3, 3), [replica_set("o", 0, 0)]) == {"n": 7}
    assert spread(deployment, None, [replica_set("newest", 0, 0), replica_set("older", 0, 0)]) == {
        "newest": 7
    }
    assert spread(rolling(3, 1, 0), replica_set("n", 3, 3), []) == {}


def test_a_condition_that_says_something_else_moves_to_the_end() -> None:
    conditions = with_condition([], "A", "True", "x", "", NOW)
    conditions = with_condition(conditions, "B", "True", "x", "", NOW)
    assert with_condition(conditions, "A", "True", "x", "other words", NOW + timedelta(1)) == conditions
    later = with_condition(conditions, "A", "True", "y", "", NOW + timedelta(1))
    assert [each["type"] for each in later] == ["B", "A"]
    assert later[-1]["lastTransitionTime"] == written(NOW)
    assert later[-1]["lastUpdateTime"] == written(NOW + timedelta(1))
    turned = with_condition(later, "A", "False", "y", "", NOW + timedelta(2))
    assert turned[-1]["lastTransitionTime"] == written(NOW + timedelta(2))


@given(st.dictionaries(st.text(max_size=5), st.integers()), st.integers(0, 3))
def test_hashes_are_spelled_as_kubernetes_spells_names(template: dict[str, int], collisions: int) -> None:
    found = template_hash(template, collisions)
    assert re.fullmatch("[bcdfghjklmnpqrstvwxz2456789]{1,10}", found)
    assert found == template_hash(dict(reversed(template.items())), collisions)
    assert found != template_hash(template, collisions + 1)


def pod(
    name: str, *, node: str = "n", phase: str = "Running", ready_for: float | None = 100, **more: Any
) -> Json:
    conditions = []
    if ready_for is not None:
        since = written(NOW - timedelta(seconds=ready_for))
        conditions = [{"type": "Ready", "status": "True", "lastTransitionTime": since}]
    return {
        "metadata": {
            "name": name,
            "uid": name,
            "creationTimestamp": written(NOW - timedelta(seconds=(ready_for or 0) + 5)),
            "annotations": more.get("annotations", {}),
        },
        "spec": {"nodeName": node},
        "status": {
            "phase": phase,
            "conditions": conditions,
            "containerStatuses": [{"restartCount": more.get("restarts", 0)}],
        },
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (pod("a", node="", phase="Pending", ready_for=None), pod("b", phase="Pending", ready_for=None)),
        (pod("a", phase="Pending", ready_for=None), pod("b", ready_for=None)),
        (pod("a", ready_for=None), pod("b")),
        (pod("a", annotations={DELETION_COST: "-5"}), pod("b")),
        (pod("z", ready_for=10), pod("b", ready_for=1000)),
        (pod("z", restarts=3), pod("b")),
    ],
)
def test_who_goes_first(first: Json, second: Json) -> None:
    for pods in ([first, second], [second, first]):
        assert pods_to_delete(pods, pods, 1, NOW) == [first]


def test_the_crowded_node_loses_first() -> None:
    crowded = [pod("a", node="x"), pod("b", node="x"), pod("c", node="y")]
    assert pods_to_delete(crowded, crowded, 1, NOW)[0]["spec"]["nodeName"] == "x"


def node(**spec: Any) -> Json:
    allocatable = {"cpu": "2", "memory": "4Gi", "pods": "3"}
    labels = {"zone": "park", "number": "7"}
    return {"metadata": {"name": "n", "labels": labels}, "spec": spec, "status": {"allocatable": allocatable}}


def asking(cpu: str = "100m", **spec: Any) -> Json:
    container = {"name": "c", "resources": {"requests": {"cpu": cpu}}, **spec.pop("container", {})}
    return {"metadata": {"name": "p"}, "spec": {"containers": [container], **spec}}


@pytest.mark.parametrize(
    ("wanted", "where", "used", "why"),
    [
        (asking(), node(), {}, []),
        (asking("2001m"), node(), {}, ["Insufficient cpu"]),
        (asking("1001m"), node(), {"cpu": 1000}, ["Insufficient cpu"]),
        (asking("1"), node(), {"cpu": 1000}, []),
        (asking(), node(), {"pods": 3}, ["Too many pods"]),
        (
            asking(container={"resources": {"limits": {"nvidia.com/gpu": 1}}}),
            node(),
            {},
            ["Insufficient nvidia.com/gpu"],
        ),
        (asking(), node(unschedulable=True), {}, ["node(s) were unschedulable"]),
        (
            asking(),
            node(taints=[{"key": "k", "value": "v", "effect": "NoSchedule"}]),
            {},
            ["node(s) had untolerated taint {k: v}"],
        ),
        (
            asking(tolerations=[{"key": "k", "operator": "Exists"}]),
            node(taints=[{"key": "k", "value": "v", "effect": "NoSchedule"}]),
            {},
            [],
        ),
        (
            asking(nodeSelector={"zone": "moon"}),
            node(),
            {},
            ["node(s) didn't match Pod's node affinity/selector"],
        ),
    ],
)
def test_where_a_pod_fits(wanted: Json, where: Json, used: dict[str, int], why: list[str]) -> None:
    assert obstacles(wanted, where, used, Counter()) == why


@pytest.mark.parametrize(
    ("terms", "selected"),
    [
        ([{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["park", "x"]}]}], True),
        ([{"matchExpressions": [{"key": "number", "operator": "Gt", "values": ["6"]}]}], True),
        ([{"matchExpressions": [{"key": "number", "operator": "Lt", "values": ["6"]}]}], False),
        ([{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["other"]}]}], False),
        ([{}, {"matchExpressions": [{"key": "zone", "operator": "Exists"}]}], True),
        ([{}], False),
    ],
)
def test_required_node_affinity(terms: list[Json], selected: bool) -> None:
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    wanted = asking(affinity={"nodeAffinity": required})
    assert selects_node(wanted, node()) is selected


def test_a_missing_label_is_not_in_but_not_in_nothing() -> None:
    assert meets(Need("a", "NotIn", ("x",)), {})
    assert meets(Need("a", "DoesNotExist"), {})
    assert not meets(Need("a", "In", ("x",)), {})
    assert not meets(Need("a", "Gt", ("1",)), {"a": "many"})
    assert not meets(Need("a", "Whatever"), {"a": "b"})


def test_host_ports_clash_on_the_same_address_or_on_all() -> None:
    wanted = host_ports_of(asking(hostNetwork=True, container={"ports": [{"containerPort": 5000}]}))
    assert wanted == [("0.0.0.0", "TCP", 5000)]
    assert ports_clash(wanted, Counter({("10.0.0.1", "TCP", 5000): 1}))
    assert not ports_clash(wanted, Counter({("10.0.0.1", "UDP", 5000): 1}))
    assert not ports_clash([("10.0.0.2", "TCP", 5000)], Counter({("10.0.0.1", "TCP", 5000): 1}))
    assert host_ports_of(asking(container={"ports": [{"containerPort": 5000}]})) == []


def test_requests_of_init_containers_count_where_they_are_larger() -> None:
    wanted = asking(
        "500m", initContainers=[{"name": "i", "resources": {"requests": {"cpu": "2", "memory": "1Gi"}}}]
    )
    assert requests_of(wanted) == {"cpu": 2000, "memory": 1024**3, "pods": 1}


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["", "a", "b"]), st.booleans()), max_size=40))
def test_occupancy_is_the_sum_of_what_is_there(changes: list[tuple[int, str, bool]]) -> None:
    occupancy = Occupancy()
    there: dict[int, Json] = {}
    for number, where, finished in changes:
        fresh = asking("100m", nodeName=where)
        fresh["status"] = {"phase": "Succeeded" if finished else "Running"}
        occupancy.take(there.get(number), fresh)
        there[number] = fresh
    for name in ("a", "b"):
        living = [
            each
            for each in there.values()
            if each["spec"]["nodeName"] == name and each["status"]["phase"] == "Running"
        ]
        assert occupancy.used(name).get("cpu", 0) == 100 * len(living)


def test_what_the_scheduler_says() -> None:
    assert summary({}, 0) == "no nodes available to schedule pods"
    text = summary({"Insufficient cpu": 2, "node(s) were unschedulable": 1}, 3)
    assert text == (
        "0/3 nodes are available: 2 Insufficient cpu, 1 node(s) were unschedulable. preemption: 0/3 nodes are "
        "available: 2 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling."
    )


@given(
    st.builds(
        Course,
        missing=st.booleans(),
        run=st.one_of(st.none(), st.floats(0, 1000)),
        exit_code=st.integers(0, 3),
        restarts=st.booleans(),
        ready_after=st.floats(0, 60),
    ),
    st.floats(0, 20_000),
)
def test_a_containers_next_change_lies_ahead_and_nothing_changes_before(
    course: Course, elapsed: float
) -> None:
    now = moment_of(course, elapsed)
    if now.until is None:
        later = moment_of(course, elapsed + 1e6)
        assert (later.state, later.restarts, later.ready) == (now.state, now.restarts, now.ready)
        return
    assert now.until > elapsed
    between = moment_of(course, elapsed + (now.until - elapsed) / 2)
    assert (between.state, between.restarts, between.ready) == (now.state, now.restarts, now.ready)
    after = moment_of(course, now.until)
    assert (after.state, after.restarts, after.ready) != (
        now.state,
        now.restarts,
        now.ready,
    ) or course.run == 0


def test_what_a_container_says_of_its_course() -> None:
    whole = {"metadata": {"name": "p"}, "spec": {"restartPolicy": "OnFailure"}}
    environment = [{"name": "SANDBOX_RUN_SECONDS", "value": "5"}, {"name": "SANDBOX_EXIT_CODE", "value": "2"}]
    assert course_of({"image": "r/x:1", "env": environment}, whole) == Course(
        run=5.0, exit_code=2, restarts=True
    )
    assert course_of({"image": "r:5000/x:missing"}, whole).missing
    assert course_of({"image": "x:crash"}, whole) == Course(run=0.0, exit_code=1, restarts=True)
    probe = {"readinessProbe": {"initialDelaySeconds": 7}, "image": "x"}
    assert course_of(probe, whole) == Course(restarts=False, ready_after=7.0)
    annotated = {**whole, "metadata": {"name": "p", "annotations": {"sandbox.sednactl.io/duration": "9"}}}
    assert course_of({"image": "x"}, annotated).run == 9.0
    assert (
        course_of({"image": "x", "env": [{"name": "SANDBOX_RUN_SECONDS", "value": "soon"}]}, whole).run
        is None
    )
