"""Our verdict on pods beside a real API server's, of the Deployment or the Pod that Sedna would make of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.live.plane.plane import Plane
from tests.validation.pods import REFUSED, TAKEN, deployment, spoiled

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
        assert status in (400, 403, 422), (rule, answer)


@pytest.mark.parametrize("changes", TAKEN, ids=lambda value: str(value)[:60])
def test_the_server_takes_what_the_rules_do(plane: Plane, changes: dict[str, Any]) -> None:
    (status, answer), _ = answers(plane, changes)
    assert status < 300, answer
