"""What of an edit did not come about: children beside what an edited workload asks for."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from sednactl.lifecycle.carried import edited, not_carried
from sednactl.lifecycle.ownership import Family
from sednactl.sedna.kinds import (
    FEATURE_EXTRACTION,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    OBJECT_SEARCH,
    REID,
    SednaKind,
)
from tests.lifecycle.objects import Json, deployment, pod, workload


def asked(image: str = "w:v1", **more: Any) -> Json:
    return {"containers": [{"name": "w", "image": image, **more}]}


def made(spec: Json) -> Json:
    """Give a pod spec as Sedna and Kubernetes leave it: variables, volumes and defaults besides."""
    there = copy.deepcopy(spec)
    container = there["containers"][0]
    container["env"] = [*container.get("env", ()), {"name": "NAMESPACE", "value": "park"}]
    container |= {"imagePullPolicy": "IfNotPresent", "terminationMessagePath": "/dev/termination-log"}
    there |= {"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet", "restartPolicy": "Always"}
    there["tolerations"] = [*there.get("tolerations", ()), {"key": "node.kubernetes.io/unreachable"}]
    return there


def reid(spec: Json, there: Json, generation: int = 2) -> tuple[str, ...]:
    item = workload(REID, spec={"template": {"spec": spec}}, generation=generation)
    child = pod("helmet-reid-1", "reid", prefix="reidjob", owner_kind="ReidJob")
    child["spec"] = there
    return not_carried(Family(REID, item, (child,)))


def test_what_sedna_and_kubernetes_add_is_no_difference() -> None:
    spec = asked(
        args=["a", "b"],
        env=[{"name": "A", "value": "1"}],
        resources={"requests": {"cpu": "0.5", "memory": "1024Mi"}, "limits": {}},
        ports=[{"containerPort": 80}],
    )
    spec |= {"nodeName": "edge-1", "hostNetwork": False, "tolerations": [{"key": "x"}], "securityContext": {}}
    there = made(spec)
    there["containers"][0]["resources"] = {"requests": {"cpu": "500m", "memory": "1Gi"}}
    there["containers"][0]["ports"] = [{"containerPort": 80, "protocol": "TCP"}]
    del there["securityContext"]
    assert reid(spec, there) == ()


@pytest.mark.parametrize(
    ("spec", "there", "said"),
    [
        (asked("w:v2"), asked(), "containers[w].image w:v1, and w:v2 is asked for"),
        (asked(args=["b"]), asked(args=["a"]), "has another containers[w].args"),
        (asked(args=["b"]), asked(), "lacks containers[w].args"),
        ({**asked(), "nodeName": "edge-2"}, {**asked(), "nodeName": "edge-1"}, "nodeName edge-1, and edge-2"),
        ({"containers": [{"name": "x", "image": "w:v1"}]}, asked(), "lacks containers[x]"),
        (asked(resources={"requests": {"cpu": "2"}}), asked(resources={"requests": {"cpu": "1"}}), "cpu 1, and 2"),
        (
            asked(env=[{"name": "TOKEN", "value": "new"}]),
            asked(env=[{"name": "TOKEN", "value": "old"}]),
            "has another containers[w].env[TOKEN].value",
        ),
    ],
)  # fmt: skip
def test_what_is_otherwise_is_said_and_no_variable_is_shown(spec: Json, there: Json, said: str) -> None:
    (found,) = reid(spec, made(there))
    assert found.startswith("Pod helmet-reid-1 ") and said in found
    assert "old" not in found and "new" not in found


def test_what_was_never_edited_is_not_compared() -> None:
    assert reid(asked("w:v1"), made(asked("mirror/w:v1")), generation=1) == ()
    assert not edited(workload(REID)) and edited(workload(REID, generation=2))


def _deployed(kind: SednaKind, worker: str, spec: Json, replicas: int = 1) -> Json:
    item = deployment(
        worker, wanted=replicas, prefix=kind.label_prefix.partition(".")[0], owner_kind=kind.kind
    )
    item["spec"]["template"] = {"spec": made(spec)}
    return item


def test_deployments_are_compared_by_template_and_replicas() -> None:
    spec = {"template": {"spec": asked("w:v2")}, "replicas": 2}
    item = workload(FEATURE_EXTRACTION, spec=spec, generation=3)
    old, few, good = (
        _deployed(FEATURE_EXTRACTION, "fe", asked(image), replicas)
        for image, replicas in (("w:v1", 2), ("w:v2", 1), ("w:v2", 2))
    )
    (said,) = not_carried(Family(FEATURE_EXTRACTION, item, (old,)))
    assert said == "Deployment helmet-deployment-fe has containers[w].image w:v1, and w:v2 is asked for"
    (said,) = not_carried(Family(FEATURE_EXTRACTION, item, (few,)))
    assert said == "Deployment helmet-deployment-fe has 1 replicas, and 2 are asked for"
    assert not_carried(Family(FEATURE_EXTRACTION, item, (good,))) == ()
    assert not_carried(Family(FEATURE_EXTRACTION, item, ())) == ()


def test_object_search_is_compared_worker_by_worker() -> None:
    spec = {
        "userWorker": {"template": {"spec": asked("u:v1")}},
        "reidWorkers": {"template": {"spec": asked("r:v2")}, "replicas": 1},
        "trackingWorkers": [{"template": {"spec": asked(image)}} for image in ("t:v1", "t:v2")],
    }
    item = workload(OBJECT_SEARCH, spec=spec, generation=2)
    children = [_deployed(OBJECT_SEARCH, worker, asked(image)) for worker, image in (("userworker", "u:v1"), ("reidworker", "r:v1"))]  # fmt: skip
    for index, image in enumerate(("t:v1", "t:v1")):
        one = pod(
            f"t{index}", "trackingworker", prefix="objectsearchservice", owner_kind="ObjectSearchService"
        )
        children.append({**one, "spec": made(asked(image))})
    assert not_carried(Family(OBJECT_SEARCH, item, tuple(children))) == (
        "Deployment helmet-deployment-reidworker has containers[w].image r:v1, and r:v2 is asked for",
        "no trackingworker pod is as tracking 2 asks for",
    )


def test_trainers_that_are_too_few_are_said() -> None:
    trainers = [{"dataset": {"name": "d"}, "template": {"spec": asked()}}] * 2
    spec = {"aggregationWorker": {"template": {"spec": asked()}}, "trainingWorkers": trainers}
    item = workload(FEDERATED_LEARNING, spec=spec, generation=2)
    more: Any = {"prefix": "federatedlearningjob", "owner_kind": "FederatedLearningJob"}
    children = [{**pod(name, worker, **more), "spec": made(asked())} for name, worker in (("a", "aggregation"), ("t", "train"))]  # fmt: skip
    assert not_carried(Family(FEDERATED_LEARNING, item, tuple(children))) == (
        "1 train pods are there, and 2 are asked for",
    )


def test_kinds_whose_edits_count_later_are_not_compared() -> None:
    item = workload(
        INCREMENTAL_LEARNING, spec={"deploySpec": {"template": {"spec": asked("x")}}}, generation=2
    )
    child = {**pod("i", "inference", prefix="incrementallearningjob", owner_kind="IncrementalLearningJob"), "spec": asked("y")}  # fmt: skip
    assert not_carried(Family(INCREMENTAL_LEARNING, item, (child,))) == ()
