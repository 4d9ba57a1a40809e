"""Our verdict on pods beside a real API server's, of the Deployment or the Pod that Sedna would make of them."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest

from sednactl.manifests.document import document_of
from sednactl.validation.check import check_documents
from tests.live.plane.plane import Plane
from tests.validation.mutants import sample
from tests.validation.pods import REFUSED, TAKEN, deployment, spoiled
from tests.validation.test_rules import EXTRACTION, changed

DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments?dryRun=All"
POD = "/api/v1/namespaces/default/pods?dryRun=All"


def answers(plane: Plane, changes: dict[str, Any]) -> tuple[tuple[int, Any], tuple[int, Any]]:
    """Give what the server says to a Deployment and to a bare Pod."""
    spec = spoiled(changes)
    bare = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "made"}, "spec": spec}
    return plane.api("POST", DEPLOYMENT, deployment(spec)), plane.api("POST", POD, bare)


@pytest.mark.parametrize(
    ("rule", "changes"), [case[:2] for case in REFUSED], ids=lambda value: str(value)[:60]
)
def test_the_server_refuses_what_the_rules_do(plane: Plane, rule: str, changes: dict[str, Any]) -> None:
    for status, answer in answers(plane, changes):
        assert status >= 400, (rule, answer)


def test_the_rules_refuse_no_pod_that_the_server_takes(plane: Plane) -> None:
    """Sound pods with one field more, of the random ones that the schema lets pass; SEDNACTL_FUZZ asks for more."""
    rng = random.Random(os.environ.get("SEDNACTL_FUZZ_SEED", "pods"))
    taken = refused = 0
    for _ in range(int(os.environ.get("SEDNACTL_FUZZ", "600"))):
        spec = sample("ReidJob", rng)["spec"]["template"].get("spec") or {}
        more = [
            (name, value)
            for name, value in spec.items()
            if name not in ("containers", "activeDeadlineSeconds")
        ]
        if not more:
            continue
        name, value = rng.choice(more)
        pod = spoiled({name: value})
        workload = changed(EXTRACTION, {"spec.template": {"spec": pod}})
        errors = [found for found in check_documents([document_of(workload)]) if found.level == "error"]
        status, answer = plane.api("POST", DEPLOYMENT, deployment(pod))
        assert not errors or status >= 400, (pod, errors)
        taken += status < 300
        refused += bool(errors)
    assert min(taken, refused) > 20, answer


@pytest.mark.parametrize("changes", TAKEN, ids=lambda value: str(value)[:60])
def test_the_server_takes_what_the_rules_do(plane: Plane, changes: dict[str, Any]) -> None:
    (status, answer), _ = answers(plane, changes)
    assert status < 300, answer
