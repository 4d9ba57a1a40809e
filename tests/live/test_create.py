"""`create` against a real API server: all four HPA modes, dry runs that leave nothing, refusals, waiting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sednactl.manifests.writing import to_yaml
from tests.authoring.test_writing import TRICKY
from tests.live.conftest import Sednactl
from tests.live.plane.plane import Plane

FIXTURE = Path(__file__).parents[1] / "fixtures" / "seed-service.yaml"
EXAMPLE = str(FIXTURE.with_name("seed-values.yaml"))
MODES = {"cloud": {"cloud"}, "edge": {"edge"}, "both": {"cloud", "edge"}, "none": set[str]()}
SMALL = ("--cloud-model=big", "--cloud-image=c:v1", "--edge-model=little", "--edge-image=e:v1")


def stored(
    plane: Plane, namespace: str, kind: str = "jointinferenceservices", name: str = "helmet"
) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(plane.kubectl("get", kind, name, "-n", namespace, "-o", "json"))
    return found


def names(plane: Plane, namespace: str, kinds: str) -> list[str]:
    return plane.kubectl("get", kinds, "-n", namespace, "-o", "name").split()


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_is_stored_as_it_was_rendered(
    plane: Plane, namespace: str, sednactl: Sednactl, mode: str
) -> None:
    common = ("create", "ji", "helmet", "-n", namespace, "-f", EXAMPLE, "--hpa", mode)
    dry = sednactl(*common, "--dry-run=server")
    assert (dry.code, dry.out) == (0, "jointinferenceservice.sedna.io/helmet created (server dry run)\n"), (
        dry.err
    )
    assert names(plane, namespace, "jointinferenceservices") == []
    tried = yaml.safe_load(sednactl(*common, "--dry-run=server", "-o", "yaml").out)
    assert tried["metadata"] == {"name": "helmet", "namespace": namespace}, (
        "nothing has a UID or a version yet"
    )
    rendered = yaml.safe_load(sednactl(*common, "--dry-run=client", "-o", "yaml").out)
    made = sednactl(*common)
    assert (made.code, made.out) == (0, "jointinferenceservice.sedna.io/helmet created\n"), made.err
    # Said beforehand, because Sedna never tries again.
    assert "Model helmet-detection-inference-big-model is not in namespace" in made.err
    spec = stored(plane, namespace)["spec"]
    assert spec == rendered["spec"]
    assert {side for side in ("cloud", "edge") if "hpa" in spec[f"{side}Worker"]} == MODES[mode]
    seed = yaml.safe_load(FIXTURE.read_text())["spec"]
    for side in MODES[mode]:
        assert spec[f"{side}Worker"] == seed[f"{side}Worker"]
    again = sednactl(*common)
    assert again.code == 4
    assert "exists already" in again.err


def test_a_later_apply_owns_what_create_wrote(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    common = ("create", "ji", "helmet", "-n", namespace, *SMALL, "--cloud-request=cpu=1")
    assert sednactl(*common, "--cloud-hpa=max=3,cpu=20%").code == 0
    without = sednactl(*common, "--dry-run=client", "-o", "yaml").out
    applied = sednactl("apply", "-f", "-", "-n", namespace, input=without)
    assert applied.code == 0, applied.err
    assert "hpa" not in stored(plane, namespace)["spec"]["cloudWorker"]


def test_all_five_metric_types_and_behavior_reach_the_cluster(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    target = {"type": "Value", "value": "2k"}
    hpa = {
        "min": 1,
        "max": 4,
        "cpu": "20%",
        "memory@big": "1Gi",
        "pods/rps": 100,
        "metrics": [
            {"type": "Object", "object": {"metric": {"name": "hits"}, "target": target,
                                          "describedObject": {"apiVersion": "v1", "kind": "Service", "name": "x"}}},
            {"type": "External", "external": {"metric": {"name": "q", "selector": {"matchLabels": {"a": "b"}}}, "target": target}},
        ],
        "behavior": {"scaleDown": {"selectPolicy": "Disabled"}},
        "up-window": 0,
        "up-percent": "100/15",
    }  # fmt: skip
    values = {
        "cloud": {"model": "big", "image": "c", "requests": {"cpu": 1}, "hpa": hpa},
        "edge": {"model": "little", "image": "e"},
    }
    run = sednactl(
        "create", "ji", "helmet", "-n", namespace, "-f", "-", "-o", "name", input=json.dumps(values)
    )
    assert (run.code, run.out) == (0, "jointinferenceservice.sedna.io/helmet\n"), run.err
    kept = stored(plane, namespace)["spec"]["cloudWorker"]["hpa"]
    assert [metric["type"] for metric in kept["metrics"]] == [
        "Object",
        "External",
        "Resource",
        "ContainerResource",
        "Pods",
    ]
    assert kept["behavior"] == {
        "scaleUp": {"stabilizationWindowSeconds": 0, "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}]},
        "scaleDown": {"selectPolicy": "Disabled"},
    }  # fmt: skip


def test_models_and_datasets(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    run = sednactl(
        "create", "model", "m", "-n", namespace, "--url=/m.pb", "--format=pb", "--device-soc=Ascend310"
    )
    assert (run.code, run.out) == (0, "model.sedna.io/m created\n"), run.err
    assert stored(plane, namespace, "models", "m")["spec"] == {
        "url": "/m.pb", "format": "pb", "device_soc_versions": ["Ascend310"],
    }  # fmt: skip
    run = sednactl(
        "create",
        "dataset",
        "d",
        "-n",
        namespace,
        "--url=/d.txt",
        "--format=txt",
        "--node=edge-1",
        "-o",
        "json",
    )
    assert run.code == 0, run.err
    assert (
        json.loads(run.out)["metadata"]["uid"] == stored(plane, namespace, "datasets", "d")["metadata"]["uid"]
    )


def test_a_taken_name_is_refused_and_nothing_is_made(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    plane.kubectl("create", "service", "clusterip", "helmet-cloud", "--tcp=5000", "-n", namespace)
    run = sednactl("create", "ji", "helmet", "-n", namespace, *SMALL)
    assert (run.code, run.out) == (4, "")
    assert "helmet-cloud" in run.err
    assert "--allow-taken-names" in run.err
    assert names(plane, namespace, "jointinferenceservices") == []
    assert sednactl("create", "ji", "helmet", "-n", namespace, *SMALL, "--allow-taken-names").code == 0


def test_what_is_invalid_never_reaches_the_cluster(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    for wrong in (
        ("--cloud-hpa=max=3,cpu=20%",),
        ("--edge-node=$EDGE_NODE",),
        ("--set=cloud.pod.nodeNmae=x",),
    ):
        run = sednactl("create", "ji", "helmet", "-n", namespace, *SMALL, *wrong)
        assert (run.code, run.out) == (3, ""), run.err
    assert names(plane, namespace, "jointinferenceservices") == []


def test_no_namespace_and_no_permission(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    run = sednactl("create", "ji", "helmet", "-n", "there-is-none", *SMALL)
    assert (run.code, run.out) == (4, "")
    run = sednactl("create", "ji", "helmet", "-n", namespace, *SMALL, "--as=nobody")
    assert (run.code, run.out) == (4, "")
    assert "nobody" in run.err


def test_create_wait_ends_when_it_really_runs(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    if not plane.has_global_manager:
        pytest.skip("no Global Manager here")
    for model in ("big", "little"):
        assert sednactl("create", "model", model, "-n", namespace, "--url=/m.pb", "--format=pb").code == 0
    run = sednactl("create", "ji", "helmet", "-n", namespace, *SMALL, "--wait", "--timeout=60s")
    assert (run.code, run.out.splitlines()[-1]) == (0, "jointinferenceservice.sedna.io/helmet running"), (
        run.err
    )
    ready = plane.kubectl("get", "deploy", "-n", namespace, "-o", "jsonpath={.items[*].status.readyReplicas}")
    assert ready.split() == ["1", "1"]
    run = sednactl(
        "create", "ji", "other", "-n", namespace, "--cloud-model=none", *SMALL[1:], "--wait", "--timeout=60s"
    )
    assert run.code == 6
    assert "none" in run.err


def test_kubectl_reads_what_we_write(plane: Plane, namespace: str, tmp_path: Path) -> None:
    """Every tricky text as a value and, cut short, in a long list of values, through kubectl's own reader."""
    texts = [text for text in TRICKY if "\x00" not in text]
    data = {f"k{index}": text for index, text in enumerate(texts)}
    document = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "tricky", "namespace": namespace},
        "data": data,
    }
    file = tmp_path / "tricky.yaml"
    file.write_text(to_yaml([document]), "utf-8")
    plane.kubectl("create", "--validate=strict", "-f", str(file))
    assert stored(plane, namespace, "configmaps", "tricky")["data"] == data


def test_a_template_of_ones_own_sends_models_before_the_service(
    plane: Plane, namespace: str, sednactl: Sednactl, tmp_path: Path
) -> None:
    assert sednactl("templates", "eject", "ji", "--to", str(tmp_path)).code == 0
    file = tmp_path / "jointinference.yaml.j2"
    models = (
        "{% for side in (cloud, edge) %}\n---\napiVersion: sedna.io/v1alpha1\nkind: Model\n"
        "metadata: {name: {{ side.model | yaml }}}\nspec: {url: {{ vars.url | yaml }}, format: pb}\n{% endfor %}\n"
    )
    file.write_text(file.read_text() + models)
    run = sednactl(
        "create", "ji", "helmet", "-n", namespace, *SMALL, "--template", str(file), "--set=vars.url=/m.pb"
    )
    assert (run.code, run.err) == (0, "")
    assert run.out.split() == [
        "model.sedna.io/big", "created", "model.sedna.io/little", "created",
        "jointinferenceservice.sedna.io/helmet", "created",
    ]  # fmt: skip


def test_apply_takes_null_as_not_there(sednactl: Sednactl, namespace: str) -> None:
    """As a create does; sent as it is, a server-side apply would refuse `hpa: null`."""
    text = """
apiVersion: sedna.io/v1alpha1
kind: JointInferenceService
metadata: {name: nulls, labels: null}
spec:
  edgeWorker:
    model: {name: little}
    hardExampleMining: {name: IBT, parameters: null}
    hpa: null
    template: {spec: {containers: [{name: little, image: example/little:v1, env: null}]}}
  cloudWorker:
    model: {name: big}
    hpa:
    template: {spec: {containers: [{name: big, image: example/big:v1, resources: {limits: null}}]}}
"""
    run = sednactl("apply", "-n", namespace, "-f", "-", input=text)
    assert (run.code, run.out) == (0, "jointinferenceservice.sedna.io/nulls created\n"), run.err
    assert sednactl("diff", "-n", namespace, "-f", "-", input=text).code == 0
