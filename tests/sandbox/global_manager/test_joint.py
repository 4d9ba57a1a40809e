"""How the Global Manager treats joint inference, on virtual time: creation, status, edits, rebuilding."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.errors import Conflict
from sednactl.sandbox.controllers.global_manager.faults import Faults
from sednactl.sedna.kinds import JOINT_INFERENCE, MODEL
from sednactl.sedna.resources import DEPLOYMENT, EVENT, HPA, POD, SERVICE
from tests.sandbox.global_manager.acting import NAMESPACE, Scene, conditions, helmet

Json = dict[str, Any]
JI = JOINT_INFERENCE.resource
ALL = ["helmet-deployment-cloud", "helmet-cloud", "helmet-deployment-edge"]
RIGHTS = Faults(missing_rbac=False)
CALM = Faults(missing_rbac=False, false_failed=False)


def make_progress(scene: Scene, name: str, *types: str) -> None:
    status = {"conditions": [{"type": one, "status": "True"} for one in types]}
    scene.cluster.edit(DEPLOYMENT, name, {"status": status}, "status")
    scene.settle()


def test_a_service_gets_its_children_and_runs() -> None:
    scene = Scene(CALM)
    service = scene.put(*helmet())
    assert scene.names(DEPLOYMENT, SERVICE) == ALL
    assert conditions(service) == [("Running", "", "")]
    assert (service["status"]["active"], service["status"]["failed"]) == (2, 0)
    assert service["status"]["startTime"]


def test_a_healthy_service_is_failed_for_good_by_the_order_of_conditions() -> None:
    scene = Scene(RIGHTS)
    service = scene.put(*helmet())
    assert conditions(service)[-1] == ("Failed", "workerFailed", "the worker of service failed")
    (event,) = scene.cluster.of(EVENT)
    assert event["source"] == {"component": "jointinferenceservice-controller"}
    for name in ("helmet-deployment-cloud", "helmet-deployment-edge"):
        make_progress(scene, name, "Available", "Progressing")
    assert conditions(scene.again(service)) == conditions(service)


def test_with_the_fault_a_service_stays_running_as_long_as_progressing_stands_last() -> None:
    scene = Scene(RIGHTS)
    service = scene.put(*helmet())
    for name in ("helmet-deployment-cloud", "helmet-deployment-edge"):
        make_progress(scene, name, "Available", "Progressing")
    scene.edit(service, {"status": {"conditions": None}}, "status")
    assert conditions(scene.again(service)) == [("Running", "", "")]
    make_progress(scene, "helmet-deployment-cloud", "Progressing", "Available")
    assert [one[0] for one in conditions(scene.again(service))] == ["Running", "Failed"]
    assert scene.again(service)["status"]["failed"] == 1


def test_without_the_fault_only_a_broken_deployment_fails_it() -> None:
    scene = Scene(CALM)
    service = scene.put(*helmet())
    make_progress(scene, "helmet-deployment-cloud", "Progressing", "Available")
    assert conditions(scene.again(service)) == [("Running", "", "")]
    status = {"conditions": [{"type": "Progressing", "status": "False"}]}
    scene.cluster.edit(DEPLOYMENT, "helmet-deployment-cloud", {"status": status}, "status")
    scene.settle()
    assert conditions(scene.again(service))[-1][:2] == ("Failed", "workerFailed")


@pytest.mark.parametrize(
    ("left_over", "made", "message"),
    [
        (
            (SERVICE, "helmet-cloud"),
            ["helmet-cloud", "helmet-deployment-cloud"],
            'services "helmet-cloud" already exists',
        ),
        (
            (DEPLOYMENT, "helmet-deployment-cloud"),
            ["helmet-deployment-cloud"],
            'deployments.apps "helmet-deployment-cloud" already exists',
        ),
        (
            (DEPLOYMENT, "helmet-deployment-edge"),
            ["helmet-deployment-edge", "helmet-deployment-cloud", "helmet-cloud"],
            'deployments.apps "helmet-deployment-edge" already exists',
        ),
    ],
)
def test_what_is_left_over_stops_the_creation_halfway(left_over: Any, made: list[str], message: str) -> None:
    scene = Scene(CALM)
    resource, name = left_over
    scene.cluster.put(resource, {"metadata": {"name": name, "namespace": NAMESPACE}, "spec": {}})
    service = scene.put(*helmet())
    assert conditions(service) == [("Failed", "", message)]
    assert scene.names(DEPLOYMENT, SERVICE) == made
    scene.advance(200)
    assert scene.names(DEPLOYMENT, SERVICE) == made


def test_an_autoscaler_hides_the_error_of_the_deployment_before_it() -> None:
    ghost = {"metadata": {"name": "helmet-deployment-cloud", "namespace": NAMESPACE}, "spec": {}}
    scene = Scene(CALM)
    scene.cluster.put(DEPLOYMENT, ghost)
    service = scene.put(*helmet(hpa=("cloud",)))
    assert conditions(service)[0] == ("Running", "", "")
    assert scene.names(HPA) == ["hpa-helmet-deployment-cloud"]
    honest = Scene(Faults(missing_rbac=False, masked_conflicts=False))
    honest.cluster.put(DEPLOYMENT, ghost)
    service = honest.put(*helmet(hpa=("cloud",)))
    assert conditions(service) == [
        ("Failed", "", 'deployments.apps "helmet-deployment-cloud" already exists')
    ]
    assert honest.names(HPA) == []


def test_the_shipped_role_makes_every_service_with_hpa_fail_half_created() -> None:
    scene = Scene()
    service = scene.put(*helmet(hpa=("cloud", "edge")))
    assert conditions(service) == [
        (
            "Failed",
            "",
            "failed to create hpa for Deployment hpa-helmet-deployment-cloud, err: "
            "horizontalpodautoscalers.autoscaling is forbidden: User "
            '"system:serviceaccount:sedna:sedna" cannot create resource "horizontalpodautoscalers" '
            'in API group "autoscaling" in the namespace "default"',
        )
    ]
    assert scene.names(DEPLOYMENT, SERVICE, HPA) == ["helmet-deployment-cloud"]
    assert service["status"] | {"conditions": 0, "startTime": 0} == {
        "active": 0, "failed": 2, "conditions": 0, "startTime": 0,
    }  # fmt: skip


def test_a_missing_model_is_never_tried_again() -> None:
    scene = Scene(CALM)
    big, little, service = helmet()
    service = scene.put(big, service)
    message = 'failed to get model little-model: models.sedna.io "little-model" not found'
    assert conditions(service) == [("Failed", "", message)]
    assert (service["status"]["active"], service["status"]["failed"]) == (1, 1)
    scene.put(little)
    scene.advance(400)
    assert "helmet-deployment-edge" not in scene.names(DEPLOYMENT)


# -- edits -------------------------------------------------------------------


def worker_name(scene: Scene, side: str) -> str:
    deployment = scene.cluster.get(DEPLOYMENT, f"helmet-deployment-{side}", NAMESPACE)
    env = deployment["spec"]["template"]["spec"]["containers"][0]["env"]
    return str(next(one["value"] for one in env if one["name"] == "WORKER_NAME"))


def test_an_edit_of_hpa_alone_renders_the_template_anew_and_keeps_replicas() -> None:
    scene = Scene(CALM)
    service = scene.put(*helmet(hpa=("cloud",)))
    scene.cluster.edit(DEPLOYMENT, "helmet-deployment-cloud", {"spec": {"replicas": 3}})
    cloud, edge = worker_name(scene, "cloud"), worker_name(scene, "edge")
    scene.edit(service, {"spec": {"cloudWorker": {"hpa": {"maxReplicas": 7}}}})
    assert worker_name(scene, "cloud") != cloud
    assert worker_name(scene, "edge") == edge
    deployment = scene.cluster.get(DEPLOYMENT, "helmet-deployment-cloud", NAMESPACE)
    assert deployment["spec"]["replicas"] == 3
    (hpa,) = scene.cluster.of(HPA)
    assert hpa["spec"]["maxReplicas"] == 7


def test_hpa_that_is_dropped_goes_and_the_replicas_stay() -> None:
    scene = Scene(CALM)
    service = scene.put(*helmet(hpa=("cloud",)))
    scene.cluster.edit(DEPLOYMENT, "helmet-deployment-cloud", {"spec": {"replicas": 3}})
    scene.edit(service, {"spec": {"cloudWorker": {"hpa": None}}})
    assert scene.names(HPA) == []
    deployment = scene.cluster.get(DEPLOYMENT, "helmet-deployment-cloud", NAMESPACE)
    assert deployment["spec"]["replicas"] == 3


def test_hpa_that_is_added_later_comes_and_a_deleted_one_only_with_the_next_edit() -> None:
    scene = Scene(CALM)
    service = scene.put(*helmet())
    block = {"minReplicas": 1, "maxReplicas": 4}
    scene.edit(service, {"spec": {"edgeWorker": {"hpa": block}}})
    assert scene.names(HPA) == ["hpa-helmet-deployment-edge"]
    scene.delete(HPA, "hpa-helmet-deployment-edge")
    scene.advance(120)
    assert scene.names(HPA) == []
    scene.edit(service, {"spec": {"edgeWorker": {"hpa": {"maxReplicas": 5}}}})
    assert scene.names(HPA) == ["hpa-helmet-deployment-edge"]


def test_without_rights_an_edit_reaches_the_deployment_and_ends_there() -> None:
    scene = Scene()
    service = scene.put(*helmet())
    before = worker_name(scene, "cloud")
    scene.edit(service, {"spec": {"cloudWorker": {"template": {"spec": {"nodeName": "other"}}}}})
    assert worker_name(scene, "cloud") != before
    assert any('cannot get resource "horizontalpodautoscalers"' in line for line in scene.log)


def test_an_edit_that_the_api_refuses_leaves_no_trace_in_the_status() -> None:
    scene = Scene(CALM)
    service = scene.put(*helmet())
    path = f"PUT /apis/apps/v1/namespaces/{NAMESPACE}/deployments/helmet-deployment-cloud"
    scene.cluster.refuse[path] = Conflict("no", status=409, reason="Conflict")
    after = scene.edit(service, {"spec": {"cloudWorker": {"template": {"spec": {"nodeName": "other"}}}}})
    assert conditions(after) == [("Running", "", "")]
    assert any("failed to update deployment" in line for line in scene.log)


def test_a_deleted_service_does_not_come_back_unless_the_fault_is_off() -> None:
    scene = Scene(CALM)
    scene.put(*helmet())
    scene.delete(SERVICE, "helmet-cloud")
    scene.advance(130)
    assert scene.names(SERVICE) == []
    mended = Scene(Faults(missing_rbac=False, lost_service=False))
    mended.put(*helmet())
    mended.delete(SERVICE, "helmet-cloud")
    mended.advance(130)
    assert mended.names(SERVICE) == ["helmet-cloud"]


# -- rebuilding --------------------------------------------------------------


def test_a_deleted_deployment_comes_back_as_it_was() -> None:
    scene = Scene(CALM)
    scene.put(*helmet())
    before = scene.cluster.get(DEPLOYMENT, "helmet-deployment-cloud", NAMESPACE)
    scene.delete(DEPLOYMENT, "helmet-deployment-cloud")
    after = scene.cluster.get(DEPLOYMENT, "helmet-deployment-cloud", NAMESPACE)
    assert after["metadata"]["uid"] != before["metadata"]["uid"]
    assert after["spec"] == before["spec"]
    assert after["metadata"]["ownerReferences"] == before["metadata"]["ownerReferences"]


def test_a_name_is_enough_to_be_resurrected() -> None:
    for faults, left in ((CALM, ["helmet", "helmet-deployment-foo"]), (Faults.none(), [])):
        scene = Scene(faults)
        scene.put(*helmet())
        for name in ("helmet", "helmet-deployment-foo", "helmetlike"):
            scene.cluster.put(
                DEPLOYMENT, {"metadata": {"name": name, "namespace": NAMESPACE}, "spec": {"x": 1}}
            )
        scene.settle()
        for name in ("helmet", "helmet-deployment-foo", "helmetlike"):
            scene.delete(DEPLOYMENT, name)
        assert [name for name in scene.names(DEPLOYMENT) if "deployment-cloud" not in name][1:] == left


def test_nothing_is_rebuilt_once_the_service_is_gone() -> None:
    scene = Scene(CALM, garbage=True)
    scene.put(*helmet(hpa=("cloud",)))
    scene.delete(JI, "helmet")
    scene.advance(10)
    assert scene.names(DEPLOYMENT, SERVICE, HPA) == []


def test_deletion_in_the_foreground_finds_its_children_made_again() -> None:
    made = {}
    for name, faults in (("real", CALM), ("mended", Faults.none())):
        scene = Scene(faults, garbage=True)
        scene.put(*helmet())
        scene.cluster.requests.clear()
        scene.delete(JI, "helmet", "Foreground")
        scene.advance(3)
        posts = [path for method, path in scene.cluster.requests if method == "POST"]
        made[name] = sum(path.endswith("/deployments") for path in posts)
    assert made["mended"] == 0
    assert made["real"] > 0


# -- the release before ------------------------------------------------------


def test_release_0_6_leaves_children_that_nobody_collects() -> None:
    scene = Scene(CALM, release="0.6", garbage=True)
    service = scene.put(*helmet(hpa=("cloud",)))
    assert scene.names(POD, SERVICE, DEPLOYMENT, HPA) == ["helmet-cloud-*", "helmet-cloud", "helmet-edge-*"]
    assert conditions(service) == [("Running", "", "")]
    scene.delete(JI, "helmet")
    scene.advance(60)
    assert scene.names(POD, SERVICE) == ["helmet-cloud-*", "helmet-cloud", "helmet-edge-*"]


def test_release_0_6_does_not_make_pods_again_but_says_failed() -> None:
    scene = Scene(CALM, release="0.6")
    service = scene.put(*helmet())
    pod = scene.cluster.of(POD)[0]
    scene.delete(POD, pod["metadata"]["name"])
    assert len(scene.cluster.of(POD)) == 1
    assert conditions(scene.again(service))[-1][:2] == ("Failed", "workerFailed")


def test_models_alone_make_nothing() -> None:
    scene = Scene()
    big, *_ = helmet()
    scene.put(big)
    assert scene.names(*(kind for kind in (POD, SERVICE, DEPLOYMENT))) == []
    assert scene.names(MODEL.resource) == ["big-model"]
