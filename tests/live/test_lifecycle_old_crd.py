"""A cluster whose CRD is older than `hpa`: nothing is lost silently."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator

import pytest

from tests.live.conftest import Sednactl
from tests.live.plane.api import eventually
from tests.live.plane.definitions import sedna_definitions
from tests.live.plane.plane import Plane
from tests.live.services import joint_inference, model, stream

_CRD = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/jointinferenceservices.sedna.io"


@pytest.fixture
def old_crd(plane: Plane, namespace: str) -> Iterator[None]:
    """Let the plane have the JointInferenceService CRD of Sedna 0.6 for one test."""
    if not plane.own:
        pytest.skip("the CRDs of a running plane are not ours to change")
    name = "jointinferenceservices.sedna.io"
    old = next(one for one in sedna_definitions("v0.6.0") if one["metadata"]["name"] == name)
    before = plane.api.expect("GET", _CRD)

    def use(spec: object) -> None:
        current = copy.deepcopy(plane.api.expect("GET", _CRD))
        plane.api.expect("PUT", _CRD, {**current, "spec": spec})

    use(old["spec"])
    try:
        yield
    finally:
        use(before["spec"])
        _autoscaled_again(plane, namespace)


def _autoscaled_again(plane: Plane, namespace: str) -> None:
    """Wait until `hpa` gets through again: the API server and the Global Manager's watch take up a CRD late."""
    root = f"/apis/sedna.io/v1alpha1/namespaces/{namespace}"
    for name in ("big-model", "little-model"):
        plane.api("POST", f"{root}/models", model(name, namespace))
    probes = (f"probe-{number}" for number in itertools.count())

    def scaled() -> bool:
        name = next(probes)
        service = joint_inference(name, namespace, hpa=("cloud",))
        plane.api.expect("POST", f"{root}/jointinferenceservices", service)
        hpa = f"/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers/hpa-{name}-deployment-cloud"
        return eventually(lambda: plane.api("GET", hpa)[0] == 200, timeout=4, what="an autoscaler")

    eventually(scaled, what="autoscalers under the new CRD")


def test_an_old_crd_is_named_with_the_mend(
    old_crd: None, plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    text = stream(joint_inference("helmet", namespace, hpa=("cloud",)))

    def refused() -> bool:
        run = sednactl("apply", "-f", "-", "--dry-run=server", input=text)
        return run.code == 4 and "does not know spec.cloudWorker.hpa" in run.err

    eventually(refused, what="the API server enforcing the old schema")
    strict = sednactl("apply", "-f", "-", input=text)
    assert strict.code == 4
    assert "upgrade the CRDs and the Global Manager to 0.7.0" in strict.err
    assert "helmet" not in plane.kubectl("get", "ji", "-n", namespace, "-o", "name")
    lenient = sednactl("apply", "-f", "-", "--validate=warn", input=text)
    assert lenient.code == 7
    assert lenient.out == "jointinferenceservice.sedna.io/helmet created\n"
    assert "the cluster dropped from JointInferenceService helmet: spec.cloudWorker.hpa" in lenient.err
    assert "upgrade the CRDs" in lenient.err
