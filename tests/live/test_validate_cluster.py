"""`validate --cluster` against a real API server: what is there, what is not, and what may not be seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sednactl.manifests.writing import to_yaml
from sednactl.sedna.kinds import BY_KIND
from tests.live.conftest import Sednactl
from tests.live.plane.plane import Plane
from tests.live.services import joint_inference, model
from tests.validation.learning import INCREMENTAL, LIFELONG, REID, SEARCH
from tests.validation.test_rules import EXTRACTION, FEDERATED, MODEL, VIDEO, changed

Json = dict[str, Any]
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
    *("SDN220", "SDN222", "SDN224", "SDN406", "SDN607", "SDN705", "SDN709"),
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
    # models, datasets, services, secrets, nodes, the definition, limit ranges, quotas
    assert found.count(("SDN128", "info")) == 8


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


EDITS: tuple[tuple[Json, str, Any, str], ...] = (
    (INCREMENTAL, "outputDir", "/elsewhere", "SDN705"),
    (INCREMENTAL, "trainSpec.template.spec.containers.0.image", "example/worker:v2", "SDN709"),
    (LIFELONG, "trainSpec.trigger.condition.threshold", 7, "SDN705"),
    (LIFELONG, "deploySpec.template.spec.containers.0.image", "example/worker:v2", "SDN709"),
    (FEDERATED, "transmitter", {"ws": {}}, "SDN607"),
    (EXTRACTION, "replicas", 7, "SDN705"),
    (SEARCH, "reidWorkers.replicas", 7, "SDN705"),
    (VIDEO, "model.name", "another", "SDN705"),
    (REID, "template.spec.containers.0.image", "example/worker:v2", "SDN705"),
    (MODEL, "url", "/models/other.pb", "SDN709"),
)
_OF_EDITS = {"SDN224", "SDN607", "SDN705", "SDN709"}


def test_edits_of_every_kind(plane: Plane, namespace: str, sednactl: Sednactl, tmp_path: Path) -> None:
    """What the server fills in is no edit of any kind; what an apply would change is told as Sedna takes it."""
    kinds = {one["kind"]: changed(one, {"metadata.namespace": namespace}) for one, *_ in EDITS}
    for kind, content in kinds.items():
        plural = BY_KIND[kind].plural
        plane.api.expect("POST", f"/apis/sedna.io/v1alpha1/namespaces/{namespace}/{plural}", content)
    file = tmp_path / "all.yaml"
    file.write_text(to_yaml(list(kinds.values())))
    assert {rule for rule, _ in _found(sednactl, file, namespace)} & _OF_EDITS == set()
    edited = [changed(kinds[one["kind"]], {f"spec.{path}": value}) for one, path, value, _ in EDITS]
    file.write_text("\n---\n".join(to_yaml([one]) for one in edited))
    told = [one for one in _found(sednactl, file, namespace) if one[0] in _OF_EDITS]
    assert [rule for rule, _ in told] == sorted(rule for *_, rule in EDITS)
