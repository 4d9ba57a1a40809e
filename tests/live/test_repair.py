"""Repairs on a real API server with a Global Manager at work: what Sedna leaves broken runs again afterwards."""

from __future__ import annotations

import json

import pytest

from tests.live.conftest import Sednactl
from tests.live.other_kinds import every_other_kind
from tests.live.plane.api import eventually
from tests.live.plane.plane import Plane
from tests.live.services import Json, joint_inference, model, stream, with_models


def uids(plane: Plane, namespace: str, kinds: str) -> dict[str, str]:
    path = "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.uid}{'\\n'}{end}"
    lines = plane.kubectl("get", kinds, "-n", namespace, "-o", path).splitlines()
    return dict(line.split() for line in lines)


def of_kind(namespace: str, *kinds: str) -> list[Json]:
    return [one for one in every_other_kind(namespace) if one["kind"] in kinds]


def test_a_deleted_autoscaler_and_service_come_back_with_no_pod_disturbed(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    sednactl(
        "apply", "-f", "-", input=with_models(joint_inference("helmet", namespace, hpa=("cloud", "edge")))
    )
    assert sednactl("wait", "ji", "helmet", "-n", namespace, "--timeout", "60s").code == 0
    whole = sednactl("repair", "ji", "helmet", "-n", namespace)
    assert (whole.code, "nothing to repair" in whole.out) == (0, True), whole.err
    pods = uids(plane, namespace, "pod")
    plane.kubectl("delete", "hpa/hpa-helmet-deployment-edge", "svc/helmet-cloud", "-n", namespace)

    shown = sednactl("repair", "ji/helmet", "-n", namespace)
    assert shown.code == 1
    assert shown.out.count("interrupts: nothing") == 2 and "--yes" in shown.err
    assert "Service/helmet-cloud" not in uids(plane, namespace, "svc,hpa")
    done = sednactl("repair", "ji", "helmet", "-n", namespace, "--yes", "-o", "json")
    assert done.code == 0, done.err
    report = json.loads(done.out)
    assert (report["kind"], report["mended"]) == ("RepairReport", True)
    assert [(one["kind"], one["result"]) for one in report["steps"]] == [
        ("Service", "done"),
        ("HorizontalPodAutoscaler", "done"),
    ]
    assert {"Service/helmet-cloud", "HorizontalPodAutoscaler/hpa-helmet-deployment-edge"} <= uids(
        plane, namespace, "svc,hpa"
    ).keys()
    assert uids(plane, namespace, "pod") == pods
    gone = sednactl("delete", "ji", "helmet", "-n", namespace, "--yes")
    assert gone.code == 0, gone.err
    assert uids(plane, namespace, "svc,hpa,deploy,pod") == {}


def test_a_service_whose_model_came_late_is_made_anew_with_what_an_old_sedna_made_for_it(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    if not plane.has_global_manager:
        pytest.skip("the stand-in Global Manager does not fail as the real one does")
    sednactl("apply", "-f", "-", input=stream(joint_inference("helmet", namespace)))
    failed = "jsonpath={.status.conditions[*].type}"
    eventually(
        lambda: "Failed" in plane.kubectl("get", "ji", "helmet", "-n", namespace, "-o", failed),
        what="the failure for want of a model",
    )
    early = sednactl("repair", "ji", "helmet", "-n", namespace, "--yes")
    assert early.code == 1, early.err
    assert "Model big-model (cloudWorker.model) is not there" in early.out
    before = uids(plane, namespace, "ji")["JointInferenceService/helmet"]
    plane.kubectl("apply", "-f", "-", input=stream(_of_0_6(namespace, before)))
    sednactl(
        "apply", "-f", "-", input=stream(model("big-model", namespace), model("little-model", namespace))
    )

    shown = sednactl("repair", "ji", "helmet", "-n", namespace, "--dry-run")
    assert shown.code == 1 and "before 0.7" in shown.out and "Service helmet-cloud" in shown.out
    done = sednactl("repair", "ji", "helmet", "-n", namespace, "--yes")
    assert done.code == 0, done.out + done.err
    assert "is repaired" in done.out
    after = uids(plane, namespace, "ji,pod,svc,deploy")
    assert after["JointInferenceService/helmet"] != before
    assert "Deployment/helmet-deployment-edge" in after and "Service/helmet-cloud" in after
    assert "Pod/helmet-edge-old" not in after


def _of_0_6(namespace: str, uid: str) -> Json:
    labels = {f"jointinference.sedna.io/{key}": value for key, value in (("name", "helmet"), ("uid", uid))}
    owner = {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "JointInference",
        "name": "helmet",
        "uid": uid,
        "controller": True,
    }
    meta = {"namespace": namespace, "labels": labels, "ownerReferences": [owner]}
    container = {"name": "w", "image": "example.org/w:v0"}
    return {
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {**meta, "name": "helmet-edge-old"},
                "spec": {"nodeName": "edge-node", "containers": [container]},
            },
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {**meta, "name": "helmet-cloud"},
                "spec": {"ports": [{"port": 5000}], "selector": labels},
            },
        ],
    }


def test_jobs_and_services_that_sedna_gave_up_run_again(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    if not plane.has_global_manager:
        pytest.skip("the stand-in Global Manager makes joint inference services only")
    foreign = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "fl-aggregation", "namespace": namespace},
        "spec": {"ports": [{"port": 80}], "selector": {"app": "mine"}},
    }
    plane.kubectl("apply", "-f", "-", input=stream(foreign))
    wanted = of_kind(
        namespace,
        "Model",
        "Dataset",
        "FederatedLearningJob",
        "FeatureExtractionService",
        "IncrementalLearningJob",
    )
    assert sednactl("apply", "--allow-taken-names", "-f", "-", input=stream(*wanted)).code == 0
    for word in ("fe", "il"):
        waited = sednactl("wait", word, word, "-n", namespace, "--timeout", "60s")
        assert waited.code == 0, waited.err
    plane.kubectl("delete", "deploy", "fe-deployment-fe", "-n", namespace)
    plane.kubectl(
        "delete", "pod", "-l", "incrementallearningjob.sedna.io/worker-type=inference", "-n", namespace
    )
    eventually(lambda: any("fl-agg" in one for one in uids(plane, namespace, "pod")), what="its aggregator")

    starved = sednactl("repair", "fl", "fl", "-n", namespace, "--yes")
    assert starved.code == 1 and "Service fl-aggregation is in the way" in starved.out, starved.err
    plane.kubectl("delete", "svc", "fl-aggregation", "-n", namespace)
    for word in ("fl", "fe", "il"):
        done = sednactl("repair", word, word, "-n", namespace, "--yes", timeout=120)
        assert done.code == 0, done.out + done.err
        again = sednactl("repair", word, word, "-n", namespace)
        assert "nothing to repair" in again.out, again.out
    assert sum("fl-train" in one for one in uids(plane, namespace, "pod")) == 2


def test_a_foreground_deletion_is_brought_to_its_end(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    sednactl("apply", "-f", "-", input=with_models(joint_inference("helmet", namespace)))
    assert sednactl("wait", "ji", "helmet", "-n", namespace, "--timeout", "60s").code == 0
    plane.kubectl("delete", "ji", "helmet", "-n", namespace, "--cascade=foreground", "--wait=false")
    done = sednactl("repair", "ji", "helmet", "-n", namespace, "--yes", timeout=90)
    # It may end by itself before we look: sometimes the livelock does not come about.
    assert done.code in (0, 4), done.out + done.err
    eventually(lambda: uids(plane, namespace, "ji,deploy,svc,pod") == {}, what="an empty namespace")
