"""The API server's own words, put together again from our client's errors, as status messages quote them."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.cluster.answers import Asked, from_status
from sednactl.sandbox.controllers.global_manager.access import Access, Refusal, words
from sednactl.sandbox.controllers.global_manager.rendering import Origin, autoscaler
from sednactl.sandbox.controllers.global_manager.stages import Step, latest_pod, next_step
from sednactl.sedna.kinds import MODEL
from sednactl.sedna.resources import DEPLOYMENT, HPA, SERVICE, Resource

Json = dict[str, Any]
NAME = 'Invalid value: "1abc-cloud": a DNS-1035 label must start with an alphabetic character'


def refusal(resource: Resource, code: int, reason: str, message: str, *causes: tuple[str, str]) -> str:
    details: Json = {"name": "x", "kind": resource.plural, "group": resource.group}
    if causes:
        details["causes"] = [
            {"reason": "FieldValueInvalid", "field": field, "message": text} for field, text in causes
        ]
    content = {"code": code, "reason": reason, "message": message, "details": details}
    return words(from_status(content, code, Asked("create", "/apis/x"), "test"), resource, "x")


@pytest.mark.parametrize(
    ("resource", "code", "reason", "message", "causes"),
    [
        (SERVICE, 409, "AlreadyExists", 'services "x" already exists', ()),
        (DEPLOYMENT, 409, "AlreadyExists", 'deployments.apps "x" already exists', ()),
        (MODEL.resource, 404, "NotFound", 'models.sedna.io "x" not found', ()),
        (
            SERVICE,
            422,
            "Invalid",
            f'Service "x" is invalid: metadata.name: {NAME}',
            (("metadata.name", NAME),),
        ),
        (
            DEPLOYMENT,
            422,
            "Invalid",
            f'Deployment.apps "x" is invalid: [metadata.name: {NAME}, spec.a: Required value]',
            (("metadata.name", NAME), ("spec.a", "Required value")),
        ),
        (
            DEPLOYMENT,
            409,
            "Conflict",
            'Operation cannot be fulfilled on deployments.apps "x": the object has been modified; '
            "please apply your changes to the latest version and try again",
            (),
        ),
        (
            HPA,
            403,
            "Forbidden",
            'horizontalpodautoscalers.autoscaling is forbidden: User "u" cannot create resource '
            '"horizontalpodautoscalers" in API group "autoscaling" in the namespace "park"',
            (),
        ),
        (SERVICE, 400, "BadRequest", "the server could not understand the request", ()),
    ],
)
def test_words(resource: Resource, code: int, reason: str, message: str, causes: Any) -> None:
    assert refusal(resource, code, reason, message, *causes) == message


class _NoCluster:
    """A cluster that no request may reach."""


def test_without_the_right_no_request_for_an_autoscaler_is_sent() -> None:
    cluster: Any = _NoCluster()
    access = Access(cluster, may_scale=False)
    origin = Origin("JointInferenceService", "helmet", "park", "uid")
    made = autoscaler(origin, "Cloud", {"maxReplicas": 2})
    with pytest.raises(Refusal) as created:
        access.create(HPA, made)
    assert "autoscaling is forbidden" in created.value.message
    for attempt in (access.get, access.delete):
        with pytest.raises(Refusal) as caught:
            attempt(HPA, "park", "hpa-helmet-deployment-cloud")
        assert caught.value.message.startswith(
            'horizontalpodautoscalers.autoscaling "hpa-helmet-deployment-cloud" is forbidden: User '
            '"system:serviceaccount:sedna:sedna" cannot '
        )


def at(stage: str, type_: str) -> list[Json]:
    return [{"stage": stage, "type": type_}]


@pytest.mark.parametrize(
    ("conditions", "phase", "hot_update", "expected"),
    [
        ([], "", False, Step("Train", "Waiting")),
        (at("Train", "Waiting"), "", False, Step("Train", "")),
        (at("Train", "Ready"), "", False, Step("Train", "Starting", "start")),
        (at("Train", "Ready"), "Running", False, Step("Train", "Starting")),
        (at("Train", "Ready"), "Failed", False, Step("Train", "Starting", "start")),
        (at("Eval", "Starting"), "Pending", False, Step("Eval", "")),
        (at("Eval", "Starting"), "Running", False, Step("Eval", "Running", "annotate")),
        (at("Eval", "Running"), "Running", False, Step("Eval", "", "annotate")),
        (at("Eval", "Running"), "Succeeded", False, Step("Eval", "Completed")),
        (at("Eval", "Running"), "Failed", False, Step("Eval", "Failed")),
        (at("Train", "Completed"), "", False, Step("Eval", "Waiting")),
        (at("Eval", "Completed"), "", False, Step("Deploy", "Waiting")),
        (at("Deploy", "Completed"), "", False, Step("Train", "Waiting")),
        (at("Eval", "Failed"), "", False, Step("Train", "Waiting")),
        (at("Deploy", "Ready"), "Running", False, Step("Deploy", "Completed", "restart inference")),
        (at("Deploy", "Ready"), "Running", True, Step("Deploy", "Starting")),
        (at("Deploy", "Starting"), "Running", True, Step("Deploy", "Running", "annotate")),
        (at("Deploy", "Starting"), "Running", False, Step("Deploy", "Completed")),
    ],
)
def test_stages(conditions: list[Json], phase: str, hot_update: bool, expected: Step) -> None:
    assert next_step(conditions, phase, hot_update=hot_update) == expected


def test_the_latest_pod_of_a_stage_is_found_by_its_name() -> None:
    def pod(name: str, created: str) -> Json:
        return {"metadata": {"name": name, "creationTimestamp": created}}

    pods = [
        pod("a-train-b-inference-xxxxx", "2026-01-01T00:00:01Z"),
        pod("a-train-b-inference-yyyyy", "2026-01-01T00:00:03Z"),
        pod("a-train-b-train-zzzzz", "2026-01-01T00:00:02Z"),
    ]
    latest = latest_pod(pods, "Deploy")
    assert latest is not None
    assert latest["metadata"]["name"] == "a-train-b-inference-yyyyy"
    assert latest_pod(pods, "Eval") is None
