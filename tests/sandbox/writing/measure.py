"""What a write costs in the pure functions, in microseconds: `python -m tests.sandbox.writing.measure`."""

from __future__ import annotations

import copy
import json
import timeit
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from sednactl.sandbox.api.writing import (
    admit,
    apply_patch,
    server_side_apply,
    structure_of_builtin,
    track_update,
    validate_create,
    validate_update,
    with_defaults,
)
from tests.sandbox.writing.bodies import inference
from tests.sandbox.writing.telling import structure_for

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
POD = structure_of_builtin("v1", "Pod")
BODY: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
        "name": "helmet-edge-7d4b9c-x2x8p",
        "namespace": "park",
        "labels": {"jointinferenceservice.sedna.io/name": "helmet", "pod-template-hash": "7d4b9c"},
        "ownerReferences": [
            {
                "apiVersion": "apps/v1",
                "kind": "ReplicaSet",
                "name": "helmet-edge-7d4b9c",
                "uid": "u",
                "controller": True,
            }
        ],
    },
    "spec": {
        "nodeName": "edge-1",
        "containers": [
            {
                "name": "edge",
                "image": "registry.example.com/helmet:v1",
                "env": [{"name": f"SETTING_{number}", "value": str(number)} for number in range(12)],
                "ports": [{"containerPort": 5000}],
                "resources": {"limits": {"cpu": "1000m", "memory": "1024Mi"}},
                "volumeMounts": [{"name": "model", "mountPath": "/model"}],
            }
        ],
        "volumes": [{"name": "model", "hostPath": {"path": "/models/helmet"}}],
    },
}


def measure() -> dict[str, float]:
    """Give the best of several runs for each step of a write of a pod of one container."""
    raw = json.dumps(BODY).encode()
    whole = with_defaults(admit(BODY, POD).object, POD)
    live = track_update(None, whole, manager="m", structure=POD, now=NOW)
    running = copy.deepcopy(live)
    running["status"] = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    applied = server_side_apply(None, BODY, manager="a", force=False, structure=POD, now=NOW)
    custom = structure_for("JointInferenceService")
    service = {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "JointInferenceService",
        "metadata": {"name": "helmet"},
    }
    service |= inference()

    def create() -> None:
        new = with_defaults(admit(BODY, POD, "Strict", raw=raw).object, POD)
        validate_create(track_update(None, new, manager="m", structure=POD, now=NOW), POD)

    def create_custom() -> None:
        new = with_defaults(admit(service, custom, "Strict").object, custom)
        validate_create(track_update(None, new, manager="m", structure=custom, now=NOW), custom)

    def update_status() -> None:
        patch = {"status": running["status"]}
        new = apply_patch(live, patch, "application/strategic-merge-patch+json", POD)
        new = with_defaults(admit(new, POD).object, POD)
        new = track_update(live, new, manager="kubelet", structure=POD, now=NOW, subresource="status")
        validate_update(live, new, POD, subresource="status")

    steps: dict[str, Callable[[], object]] = {
        "pod: admit strictly": lambda: admit(BODY, POD, "Strict", raw=raw),
        "pod: admit": lambda: admit(BODY, POD),
        "pod: defaults": lambda: with_defaults(BODY, POD),
        "pod: validate": lambda: validate_create(whole, POD),
        "pod: owners of a create": lambda: track_update(None, whole, manager="m", structure=POD, now=NOW),
        "pod: whole create": create,
        "pod: whole status patch": update_status,
        "pod: apply, new": lambda: server_side_apply(
            None, BODY, manager="a", force=False, structure=POD, now=NOW
        ),
        "pod: apply, unchanged": lambda: server_side_apply(
            applied, BODY, manager="a", force=False, structure=POD, now=NOW
        ),
        "joint inference: whole create": create_custom,
    }
    return {name: min(timeit.repeat(step, number=200, repeat=7)) / 200 * 1e6 for name, step in steps.items()}


if __name__ == "__main__":
    for name, microseconds in measure().items():
        print(f"{name:32} {microseconds:6.0f} µs")
