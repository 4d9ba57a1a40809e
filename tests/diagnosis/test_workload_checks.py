"""Checks of workloads: each kind of trouble with its mend, odd objects, and what may not be read."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sednactl.diagnosis.book import all_checks
from sednactl.sedna.kinds import (
    DATASET,
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    MODEL,
    OBJECT_TRACKING,
    VIDEO_ANALYTICS,
    SednaKind,
)
from tests.diagnosis.healthy import check, seen, told
from tests.lifecycle.objects import (
    DEAD,
    FALSE_ALARM,
    UID,
    Json,
    ago,
    autoscaler,
    condition,
    deployment,
    ji_spec,
    pod,
    service,
    slice_of,
    workload,
)


def slices(name: str, *ready: bool) -> Json:
    """Give an EndpointSlice, which has the labels of its Service."""
    labels = {**service()["metadata"]["labels"], "kubernetes.io/service-name": name}
    meta = {"name": f"{name}-x", "namespace": "park", "uid": f"slice-{name}", "labels": labels}
    endpoints = [{"conditions": {"ready": one}} for one in ready]
    return {"kind": "EndpointSlice", "metadata": meta, "endpoints": endpoints}


def children(*, hpa: bool = True, **more: Any) -> tuple[Json, ...]:
    scalers = (autoscaler("cloud", **more), autoscaler("edge")) if hpa else ()
    return (deployment("cloud"), deployment("edge"), *scalers, service(), slices("helmet-cloud", True))


def with_requests(spec: Json) -> Json:
    for side in ("cloud", "edge"):
        for one in spec[f"{side}Worker"]["template"]["spec"]["containers"]:
            one["resources"] = {"requests": {"cpu": "100m"}}
    return spec


def helmet(**more: Any) -> Json:
    return workload(spec=with_requests(ji_spec(hpa=("cloud", "edge"))), **more)


REFERRED: dict[tuple[str, str, str], Json | None] = {
    ("Model", "park", "big-model"): {"metadata": {"name": "big-model"}},
    ("Model", "park", "little-model"): {"metadata": {"name": "little-model"}},
}


def test_a_healthy_service_is_in_order() -> None:
    observed = seen((JOINT_INFERENCE, helmet(status=FALSE_ALARM), children()), referred=REFERRED)
    for identifier in all_checks():
        assert {result.status for result in check(identifier, observed)} <= {"ok"}, check(
            identifier, observed
        )
    assert told("DOC703", observed) == ("ok", "1 false alarm: jointinference helmet says Failed and runs")
    assert told("DOC704", observed) == ("ok", "2 autoscalers at work")
    assert told("DOC705", observed) == ("ok", "1 Service with ready endpoints")


NO_REQUESTS = workload(spec=ji_spec(hpa=("cloud",)))
CREATION = {"conditions": [condition("Failed", "", 'services "helmet-cloud" already exists')]}
UNMEASURED = [
    {
        "type": "ScalingActive",
        "status": "False",
        "reason": "FailedGetResourceMetric",
        "message": "no metrics returned",
    }
]
LOST = [{"type": "AbleToScale", "status": "False", "reason": "FailedGetScale", "message": "not found"}]
STUCK = {"deletionTimestamp": ago(300), "finalizers": ["foregroundDeletion"]}


@pytest.mark.parametrize(
    ("identifier", "what", "made", "status", "words"),
    [
        ("DOC701", helmet(), (), "failed", "no Deployment helmet-deployment-cloud"),
        ("DOC701", helmet(), (deployment("cloud", ready=0), *children()[1:]), "failed", "0 of 1 cloud replicas ready"),
        ("DOC702", helmet(), children(), "failed", "Model big-model (cloudWorker.model) is missing"),
        ("DOC703", helmet(status=CREATION), (), "failed", "that is true: services"),
        ("DOC703", helmet(status=FALSE_ALARM), (), "failed", "its children are not well either"),
        ("DOC704", NO_REQUESTS, children(), "failed", "the cloud side cannot scale"),
        ("DOC704", helmet(), children(conditions=UNMEASURED), "failed", "no metrics returned"),
        ("DOC704", helmet(), children(conditions=LOST), "failed", "finds nothing to scale"),
        ("DOC704", helmet(), children(hpa=False), "failed", "asks for an autoscaler on its cloud side and there is none"),
        ("DOC704", helmet(), (*children(), autoscaler("cloud", meta={"name": "mine", "uid": "m"})), "failed", "scale the same Deployment"),
        ("DOC705", helmet(), (*children()[:4], service(), slices("helmet-cloud", False)), "failed", "no ready endpoints"),
        ("DOC705", helmet(), (*children()[:4], service(selects=DEAD)), "failed", "selects the pods of something else"),
        ("DOC802", helmet(**STUCK), children(), "failed", "in the foreground"),
        ("DOC802", helmet(deletionTimestamp=ago(300), finalizers=["example.org/hold"]), (), "warning", "held by example.org/hold"),
    ],
)  # fmt: skip
def test_trouble_of_a_service(
    identifier: str, what: Json, made: tuple[Json, ...], status: str, words: str
) -> None:
    referred = {key: value for key, value in REFERRED.items() if identifier != "DOC702"}
    referred = referred or dict.fromkeys(REFERRED)
    results = [
        one
        for one in check(identifier, seen((JOINT_INFERENCE, what, made), referred=referred))
        if one.status != "ok"
    ]
    assert results and results[0].status == status and words in results[0].message, results
    assert results[0].mend and str(results[0].subject) == "JointInferenceService park/helmet"


def test_a_creation_error_that_was_mended_is_not_held_against_a_service() -> None:
    observed = seen((JOINT_INFERENCE, helmet(status=CREATION), children()))
    assert told("DOC703", observed) == (
        "ok",
        "Sedna's Failed is out of date, all children are there by now: jointinference helmet",
    )
    assert told("DOC704", observed) == ("ok", "2 autoscalers at work")
    lacking = seen((JOINT_INFERENCE, helmet(status=CREATION), children(hpa=False)))
    assert told("DOC703", lacking)[0] == "failed" and not check("DOC704", lacking)


@pytest.mark.parametrize(
    ("identifier", "status", "made"),
    [
        ("DOC703", CREATION, ()),
        ("DOC704", {}, children(hpa=False)),
        ("DOC705", {}, (*children()[:4], service(selects=DEAD))),
    ],
)
def test_what_repair_mends_is_named_with_repair(
    identifier: str, status: Json, made: tuple[Json, ...]
) -> None:
    observed = seen((JOINT_INFERENCE, helmet(status=status), made))
    (result, *_) = [one for one in check(identifier, observed) if one.status == "failed"]
    assert "sednactl repair jointinference helmet -n park" in result.mend


def test_surplus_pods_are_repaired() -> None:
    (result,) = check("DOC803", seen((FEDERATED_LEARNING, _federated(), _pods(1, 4))))
    assert "sednactl repair federatedlearning fl -n park" in result.mend


def test_services_of_a_sedna_before_0_7_lead_to_their_pods() -> None:
    former: dict[str, Any] = {"prefix": "jointinference", "owner_kind": "JointInference"}
    pods = [pod(f"helmet-{side}-x", side, **former) for side in ("cloud", "edge")]
    there = service(**former)
    running = {"conditions": [condition("Running")]}
    made = (*pods, there, slice_of(there))
    observed = seen((JOINT_INFERENCE, helmet(status=running), made))
    assert told("DOC705", observed) == ("ok", "1 Service with ready endpoints")
    assert told("DOC701", observed)[0] == "ok"
    none = seen((JOINT_INFERENCE, helmet(status=running), (*pods, there, slice_of(there, ready=0))))
    assert told("DOC705", none) == ("failed", "Service helmet-cloud has no ready endpoints")


def test_a_new_service_gets_time() -> None:
    young = helmet(age=5)
    observed = seen((JOINT_INFERENCE, young, children(conditions=UNMEASURED)))
    assert told("DOC704", observed) == ("ok", "0 autoscalers at work, 2 still new")
    nothing = seen((JOINT_INFERENCE, young, ()))
    assert told("DOC701", nothing)[0] == "ok" and "1 of them just starting" in told("DOC701", nothing)[1]
    assert check("DOC705", nothing) == []


def test_a_side_that_is_scaled_to_nothing_needs_no_endpoints() -> None:
    made = (deployment("cloud", wanted=0), deployment("edge"), service())
    assert check("DOC705", seen((JOINT_INFERENCE, helmet(), made))) == []


def _federated(trainers: int = 2, **spec: Any) -> Json:
    template = {"spec": {"containers": [{"name": "w", "image": "w:v1"}]}}
    aggregation = {"model": {"name": "big"}, "template": template}
    training = [{"dataset": {"name": "data"}, "template": template}] * trainers
    return workload(
        FEDERATED_LEARNING, "fl", spec={"aggregationWorker": aggregation, "trainingWorkers": training, **spec}
    )


def _pods(aggregation: int, train: int) -> tuple[Json, ...]:
    more: dict[str, Any] = {
        "of": "fl",
        "prefix": "federatedlearningjob",
        "owner_kind": "FederatedLearningJob",
    }
    made = [pod(f"fl-aggregation-{index}", "aggregation", **more) for index in range(aggregation)]
    return (*made, *(pod(f"fl-train-{index}", "train", **more) for index in range(train)))


@pytest.mark.parametrize(
    ("pods", "status", "words"),
    [
        (_pods(1, 2), "ok", "without surplus pods"),
        (_pods(1, 4), "failed", "4 train pods, not 2"),
        (_pods(2, 2), "failed", "2 aggregation pods, not 1"),
        (_pods(0, 0), "ok", "without surplus pods"),
    ],
)
def test_surplus_pods(pods: tuple[Json, ...], status: str, words: str) -> None:
    found, message = told("DOC803", seen((FEDERATED_LEARNING, _federated(), pods)))
    assert (found, words in message) == (status, True), message


def test_an_aggregator_without_trainers() -> None:
    status, message = told("DOC701", seen((FEDERATED_LEARNING, _federated(), _pods(1, 0))))
    assert status == "failed" and "runs without trainers" in message


def test_a_kind_without_a_controller() -> None:
    (result,) = check("DOC701", seen((OBJECT_TRACKING, workload(OBJECT_TRACKING, "track"), ())))
    assert (
        result.status == "warning"
        and "no controller" in result.message
        and "ObjectSearchService" in result.mend
    )


BARE: dict[tuple[str, str, str], Json | None] = {("Secret", "park", "s3"): {"metadata": {"name": "s3"}}}
ANNOTATED = {
    ("Secret", "park", "s3"): {"metadata": {"name": "s3", "annotations": {"s3-endpoint": "minio:9000"}}}
}
_IL = {"initialModel": {"name": "big"}, "deploySpec": {"model": {"name": "other"}}}


@pytest.mark.parametrize(
    ("kind", "spec", "referred", "status"),
    [
        (FEATURE_EXTRACTION, {"model": {"name": "m"}, "template": {}}, {}, "failed"),
        (FEATURE_EXTRACTION, {"model": {"name": "m"}, "template": {}, "replicas": 1}, {}, "ok"),
        (VIDEO_ANALYTICS, {"model": {"name": ""}, "template": {}}, {}, "failed"),
        (FEDERATED_LEARNING, {"aggregationWorker": {"model": {"name": ""}}, "trainingWorkers": []}, {}, "failed"),
        (MODEL, {"url": "/data/100%/m.pb", "format": "pb"}, {}, "failed"),
        (MODEL, {"url": "/data/m.pb", "format": "pb"}, {}, "ok"),
        (DATASET, {"url": "10.0.0.1:9000/x", "format": "txt"}, {}, "failed"),
        (DATASET, {"url": "s3://b/x", "format": "txt", "credentialName": "s3"}, BARE, "failed"),
        (DATASET, {"url": "s3://b/x", "format": "txt", "credentialName": "s3"}, ANNOTATED, "ok"),
        (DATASET, {"url": "s3://b/x", "format": "txt", "credentialName": "s3"}, {}, "unknown"),
        (INCREMENTAL_LEARNING, {"credentialName": "s3"}, BARE, "failed"),
        (MODEL, {"url": "s3://b/x", "format": "pb", "credentialName": "s3"}, BARE, "ok"),
    ],
)  # fmt: skip
def test_inputs_that_crash_sedna(kind: SednaKind, spec: Json, referred: Any, status: str) -> None:
    results = check("DOC801", seen((kind, workload(kind, "x", spec=spec), ()), referred=referred))
    assert results[0].status == status, results
    assert (
        "sednactl delete" in results[0].mend or "annotate" in results[0].mend or status in ("ok", "unknown")
    )


def test_a_models_secret_crashes_by_way_of_a_learning_job() -> None:
    model = workload(MODEL, "big", spec={"url": "s3://b/x", "format": "pb", "credentialName": "s3"})
    job = workload(INCREMENTAL_LEARNING, "il", uid="other", spec=_IL)
    observed = seen((MODEL, model, ()), (INCREMENTAL_LEARNING, job, ()), referred=BARE)
    failed = [one for one in check("DOC801", observed) if one.status == "failed"]
    assert [str(one.subject) for one in failed] == ["Model park/big"]


@pytest.mark.parametrize("identifier", ["DOC701", "DOC703", "DOC704", "DOC705", "DOC803"])
def test_children_that_may_not_be_listed_leave_it_open(identifier: str) -> None:
    kinds = frozenset({"Deployment", "Service", "EndpointSlice", "HorizontalPodAutoscaler", "Pod"})
    observed = seen((JOINT_INFERENCE, helmet(), ()), (FEDERATED_LEARNING, _federated(), ()), unreadable=kinds)
    statuses = [one.status for one in check(identifier, observed)]
    assert statuses[0] == "unknown" and "failed" not in statuses
    if identifier != "DOC703":  # what Sedna claims is known whatever else is
        assert "ok" not in statuses


_ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just("") | st.just("\x1b[31m"),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["name", "spec", "model"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def _nulled(item: Json, path: tuple[str, ...]) -> Json:
    changed = copy.deepcopy(item)
    owner = changed
    for step in path[:-1]:
        owner = owner.get(step) or {}
    owner[path[-1]] = None
    return changed


@pytest.mark.parametrize(
    "path",
    [("spec",), ("status",), ("metadata", "labels"), ("metadata", "ownerReferences"), ("metadata", "annotations"),
     ("metadata", "creationTimestamp"), ("status", "conditions"), ("spec", "selector"), ("endpoints",),
     ("spec", "scaleTargetRef"), ("spec", "cloudWorker"), ("spec", "metrics"), ("metadata", "finalizers")],
)  # fmt: skip
def test_null_is_nothing(path: tuple[str, ...]) -> None:
    """Whatever an object leaves out as null: every check still has something to say, or nothing."""
    made = tuple(_nulled(child, path) for child in children())
    observed = seen((JOINT_INFERENCE, _nulled(helmet(status=FALSE_ALARM), path), made), referred=REFERRED)
    for identifier in all_checks():
        if identifier > "DOC7":
            check(identifier, observed)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40, deadline=None)
@given(
    spec=st.dictionaries(
        st.sampled_from(["model", "replicas", "credentialName", "cloudWorker", "edgeWorker"]), _ODD
    )
)
def test_odd_specs_end_no_check(spec: Json) -> None:
    """The API server keeps types right; what a CRD of one's own lets pass is judged all the same."""
    plain = {key: value for key, value in spec.items() if value is None or isinstance(value, dict)}
    observed = seen((VIDEO_ANALYTICS, workload(VIDEO_ANALYTICS, "va", spec=plain), ()), referred={})
    for identifier in ("DOC701", "DOC702", "DOC801", "DOC802"):
        check(identifier, observed)


def test_uids_tell_workloads_apart() -> None:
    """Two services in one namespace: each is judged by its own children."""
    other = workload(name="other", uid=DEAD, spec=with_requests(ji_spec()))
    observed = seen((JOINT_INFERENCE, helmet(), children()), (JOINT_INFERENCE, other, ()))
    results = check("DOC701", observed)
    assert [(one.status, one.subject.name if one.subject else "") for one in results] == [
        ("failed", "other"),
        ("ok", ""),
    ]
    assert UID != DEAD
