"""`validate --cluster` against a real API server: what is there, what is not, and what may not be seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sednactl.manifests.writing import to_yaml
from tests.live.conftest import Sednactl
from tests.live.plane.plane import Plane
from tests.live.services import joint_inference, model

DATASET = {
    "apiVersion": "sedna.io/v1alpha1",
    "kind": "Dataset",
    "metadata": {"name": "frames"},
    "spec": {"url": "s3://b/index.txt", "format": "txt", "nodeName": "no-such-node", "credentialName": "key"},
}


def _found(sednactl: Sednactl, file: Path, namespace: str, *flags: str) -> list[tuple[str, str]]:
    run = sednactl("validate", str(file), "--cluster", "-n", namespace, "-o", "json", *flags)
    report = json.loads(run.out)
    assert run.code == (1 if report["summary"]["errors"] else 0), run.err
    return sorted((one["rule"], one["level"]) for one in report["findings"] if one["rule"] in _RULES)


_RULES = (
    *("SDN121", "SDN122", "SDN124", "SDN125", "SDN126", "SDN127", "SDN128"),
    *("SDN220", "SDN222", "SDN224", "SDN406"),
)


def test_references_in_the_cluster(plane: Plane, namespace: str, sednactl: Sednactl, tmp_path: Path) -> None:
    service: dict[str, Any] = joint_inference("helmet", namespace, hpa=("cloud",))
    file = tmp_path / "all.yaml"
    file.write_text(to_yaml([service, DATASET]))
    missing = [("SDN124", "error"), ("SDN124", "error"), ("SDN124", "warning"), ("SDN125", "error")]
    assert _found(sednactl, file, namespace) == missing
    for name in ("big-model", "little-model"):
        plane.api.expect(
            "POST", f"/apis/sedna.io/v1alpha1/namespaces/{namespace}/models", model(name, namespace)
        )
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "key"}, "stringData": {"a": "b"}}
    plane.api.expect("POST", f"/api/v1/namespaces/{namespace}/secrets", secret)
    assert _found(sednactl, file, namespace) == [("SDN125", "error"), ("SDN406", "error")]


def test_a_user_who_may_see_nothing(plane: Plane, namespace: str, sednactl: Sednactl, tmp_path: Path) -> None:
    file = tmp_path / "all.yaml"
    file.write_text(to_yaml([joint_inference("helmet", namespace, hpa=("cloud",)), DATASET]))
    found = _found(sednactl, file, namespace, "--kubeconfig", str(plane.kubeconfig_of("nobody")))
    assert set(found) == {("SDN121", "info"), ("SDN122", "info"), ("SDN128", "info")}
    assert found.count(("SDN128", "info")) == 5  # models, services, secrets, nodes, the definition


def test_an_edit_of_what_runs(plane: Plane, namespace: str, sednactl: Sednactl, tmp_path: Path) -> None:
    for name in ("big-model", "little-model"):
        plane.api.expect(
            "POST", f"/apis/sedna.io/v1alpha1/namespaces/{namespace}/models", model(name, namespace)
        )
    service: dict[str, Any] = joint_inference("helmet", namespace, hpa=("cloud",))
    path = f"/apis/sedna.io/v1alpha1/namespaces/{namespace}/jointinferenceservices"
    plane.api.expect("POST", path, service)
    file = tmp_path / "service.yaml"
    file.write_text(to_yaml([service]))
    assert _found(sednactl, file, namespace) == []  # what the server filled in is no edit
    del service["spec"]["cloudWorker"]["hpa"]
    file.write_text(to_yaml([service]))
    assert _found(sednactl, file, namespace) == [("SDN224", "warning")]
