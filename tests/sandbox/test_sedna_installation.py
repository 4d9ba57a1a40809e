"""What a sandbox shows of Sedna's installation, and that the Global Manager may do what its stored role says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sednactl.cluster.door import Selection
from sednactl.diagnosis.book import all_checks
from sednactl.diagnosis.observed import Looked, Observed, Scope
from sednactl.errors import Invalid
from sednactl.sandbox.api.rights import ADMIN
from sednactl.sandbox.assembled import Sandbox
from sednactl.sandbox.clock import Clock
from sednactl.sandbox.controllers.global_manager.installation import AUTOSCALING_RULE
from sednactl.sandbox.faults import chosen_faults
from sednactl.sedna.kinds import BY_KIND, JOINT_INFERENCE
from sednactl.sedna.releases import LATEST, release_named
from sednactl.sedna.resources import CLUSTER_ROLE, CRD, DAEMON_SET, DEPLOYMENT, HPA, NODE, Resource
from sednactl.validation.crd import crd_of
from sednactl.validation.crd_state import definition_name, state_of
from tests.live.plane.api import eventually
from tests.live.services import joint_inference, model
from tests.sandbox.global_manager.both import resource_of

JI = JOINT_INFERENCE.resource
API_SERVICE = Resource("apiregistration.k8s.io", "v1", "apiservices", "APIService", namespaced=False)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox(Clock(speed=20), lambda line: None, faults=chosen_faults(["missing-rbac"]))
    made.start()
    yield made
    made.stop()


def test_the_global_manager_is_a_deployment_and_the_local_controllers_a_daemon_set(sandbox: Sandbox) -> None:
    admin = sandbox.cluster(ADMIN)

    def told(resource: Resource, name: str, ready: str) -> int:
        return int((admin.get(resource, name, "sedna").get("status") or {}).get(ready, 0))

    eventually(lambda: told(DEPLOYMENT, "gm", "availableReplicas") == 1, what="the Global Manager's pod")
    eventually(lambda: told(DAEMON_SET, "lc", "numberAvailable") == 5, what="a Local Controller a node")
    found = admin.get(DAEMON_SET, "lc", "sedna")
    assert found["spec"]["template"]["spec"]["containers"][0]["image"] == "kubeedge/sedna-lc:v0.7.0"


def test_edge_mesh_is_on_every_node_and_doctor_finds_it(sandbox: Sandbox) -> None:
    admin = sandbox.cluster(ADMIN)

    def ready() -> int:
        return int(
            (admin.get(DAEMON_SET, "edgemesh-agent", "kubeedge").get("status") or {}).get("numberReady", 0)
        )

    eventually(lambda: ready() == 5, what="an EdgeMesh agent a node")
    looks = {
        "daemon_sets": Looked([*admin.list(Selection(DAEMON_SET, None))]),
        "nodes": Looked([*admin.list(Selection(NODE, None))]),
    }
    results = all_checks()["DOC405"].judge(Observed(looks, Scope(None)), admin.now())
    assert [one.message for one in results] == ["EdgeMesh is ready on 5 of 5 nodes"]


def test_what_is_served_is_said_to_be_available(sandbox: Sandbox) -> None:
    found = {
        item["metadata"]["name"]: item for item in sandbox.cluster(ADMIN).list(Selection(API_SERVICE, None))
    }
    assert {"v1.", "v1.apps", "v1alpha1.sedna.io", "v1beta1.metrics.k8s.io"} <= set(found)
    for item in found.values():
        (condition,) = item["status"]["conditions"]
        assert (condition["type"], condition["status"]) == ("Available", "True")
    metrics = found["v1beta1.metrics.k8s.io"]["spec"]["service"]
    assert metrics == {"namespace": "kube-system", "name": "metrics-server", "port": 443}


def test_a_mended_role_ends_the_fault(sandbox: Sandbox) -> None:
    admin = sandbox.cluster(ADMIN)
    for manifest in (
        model("big-model", "default"),
        model("little-model", "default"),
        joint_inference("first", "default", hpa=("cloud",)),
    ):
        admin.create(resource_of(manifest), manifest)

    def failed() -> str:
        conditions = (admin.get(JI, "first", "default").get("status") or {}).get("conditions") or [{}]
        return str(conditions[-1].get("message", ""))

    eventually(lambda: "is forbidden" in failed(), what="the refusal in the status")
    assert 'cannot create resource "horizontalpodautoscalers"' in failed()
    role = admin.get(CLUSTER_ROLE, "sedna")
    admin.patch(CLUSTER_ROLE, "sedna", {"rules": [*role["rules"], AUTOSCALING_RULE]})
    admin.create(JI, joint_inference("second", "default", hpa=("cloud",)))
    eventually(
        lambda: admin.find(HPA, "hpa-second-deployment-cloud", "default") is not None, what="its autoscaler"
    )


def test_a_sandbox_of_0_6_has_the_definitions_of_0_6_which_know_no_hpa_until_they_are_upgraded() -> None:
    made = Sandbox(Clock(speed=20), lambda line: None, release="0.6")
    made.start()
    try:
        admin = made.cluster(ADMIN)
        old = release_named("0.6")
        for kind in BY_KIND:
            state = state_of(kind, admin.get(CRD, definition_name(kind)), old)
            assert state is not None and state.state == "same", kind
        newer = state_of(JI.kind, admin.get(CRD, definition_name(JI.kind)), LATEST)
        assert newer is not None and (newer.state, newer.series[-1:]) == ("older", ("0.6",))
        service = joint_inference("helmet", "default", hpa=("edge",))
        with pytest.raises(Invalid, match=r'unknown field "spec\.edgeWorker\.hpa"'):
            admin.create(JI, service)
        admin.apply(CRD, crd_of(JI.kind), force=True)
        assert admin.create(JI, service).object["spec"]["edgeWorker"]["hpa"]["maxReplicas"] == 3
    finally:
        made.stop()
