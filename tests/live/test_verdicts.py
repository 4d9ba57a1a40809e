"""Our verdict beside a real API server's, on broken manifests; and our reading beside the real kubectl's.

SEDNACTL_FUZZ=20000 in the environment asks for more mutants than a usual run.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sednactl.errors import InvalidInput
from sednactl.manifests.document import document_of
from sednactl.manifests.reading import read_documents
from sednactl.sedna.kinds import BY_KIND
from sednactl.validation.check import check_documents
from sednactl.validation.crd import crd_of
from sednactl.validation.looking import STRUCTURAL_RULES
from tests.live.plane.plane import Plane
from tests.reading.table import KEYS, SCALARS
from tests.validation.mutants import mutate, mutate_metadata, sample
from tests.validation.scalers import scaled_service

MUTANTS = int(os.environ.get("SEDNACTL_FUZZ", "600"))
CREATE = "/apis/sedna.io/v1alpha1/namespaces/default/{}?dryRun=All&fieldValidation=Strict"


@pytest.mark.parametrize("change", [mutate, mutate_metadata], ids=["fields", "metadata"])
@pytest.mark.parametrize("kind", BY_KIND)
def test_verdict_is_the_servers(plane: Plane, kind: str, change: Callable[[Any, random.Random], Any]) -> None:
    rng = random.Random(os.environ.get("SEDNACTL_FUZZ_SEED", "verdicts") + kind)
    disagreements = []
    taken = 0
    mutants = MUTANTS if kind == "JointInferenceService" else MUTANTS // 4
    for _ in range(mutants):
        mutant = change(sample(kind, rng), rng)
        status, answer = plane.api("POST", CREATE.format(BY_KIND[kind].plural), mutant)
        found = [found for found in check_documents([document_of(mutant)]) if found.rule in STRUCTURAL_RULES]
        taken += status < 300
        if (status < 300) != (not found):
            disagreements.append((answer.get("message", "accepted"), found, mutant))
    assert disagreements == []
    assert mutants // 10 < taken < mutants


ODD_METADATA = (
    {"creationTimestamp": "2025-01-01T00:00:00+24:00"},
    {"creationTimestamp": "2025-01-01T00:00:00+00:60"},
    {"creationTimestamp": "2025-01-01T00:00:00+24:01"},
    {"creationTimestamp": "2025-01-01T00:00:00+25:00"},
    {"creationTimestamp": "0000-02-29T00:00:00Z"},
    {"creationTimestamp": "2025-01-01T1:00:00Z"},
    {"creationTimestamp": "2025-01-01T1:0:00Z"},
    {"creationTimestamp": "2025-01-01T24:00:00Z"},
    {"managedFields": [{"operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": []}]},
    {"managedFields": [{"operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": "x"}]},
)


@pytest.mark.parametrize("metadata", ODD_METADATA, ids=str)
def test_odd_metadata_is_judged_as_the_server_does(plane: Plane, metadata: dict[str, Any]) -> None:
    model = {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "Model",
        "metadata": {"name": "a", **metadata},
        "spec": {"url": "/a", "format": "pb"},
    }
    status, answer = plane.api("POST", CREATE.format("models"), model)
    assert (status < 300) == (not check_documents([document_of(model)])), answer.get("message")


TAKEN_ALL_THE_SAME = ("SDN207", "SDN209")
"""Errors about what the API server takes and the autoscaler itself cannot work with."""


def test_autoscaler_rules_are_the_servers(plane: Plane) -> None:
    """Our errors about `hpa` are what the API server says when the Global Manager creates the autoscaler."""
    rng = random.Random("autoscalers")
    taken = 0
    for _ in range(MUTANTS):
        service = scaled_service(rng)
        spec = service["spec"]["cloudWorker"]["hpa"] | {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}
        }
        autoscaler = {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "x"},
            "spec": spec,
        }
        path = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers?dryRun=All&fieldValidation=Strict"
        status, answer = plane.api("POST", path, autoscaler)
        errors = [
            found
            for found in check_documents([document_of(service)])
            if found.level == "error" and found.rule not in TAKEN_ALL_THE_SAME
        ]
        taken += status < 300
        assert (status < 300) == (not errors), (answer.get("message"), errors, spec)
    assert MUTANTS // 20 < taken < MUTANTS


@pytest.mark.parametrize("kind", BY_KIND)
def test_our_crd_is_taken_and_keeps_every_field(plane: Plane, kind: str) -> None:
    """A cluster takes the CRD made of our schemas and stores it as it is: nothing is pruned, nothing refused."""
    crd = crd_of(kind, described=True)
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    present = plane.api.expect("GET", f"{path}/{crd['metadata']['name']}")
    crd["metadata"]["resourceVersion"] = present["metadata"]["resourceVersion"]
    stored = plane.api.expect(
        "PUT", f"{path}/{crd['metadata']['name']}?dryRun=All&fieldValidation=Strict", crd
    )
    assert stored["spec"]["versions"][0]["schema"] == crd["spec"]["versions"][0]["schema"]


def test_scalars_are_kubectls(plane: Plane, tmp_path: Path) -> None:
    """Every line of the table of scalars and keys, read by the real kubectl."""
    text = "apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {name: a}\nspec:\n"
    text += "".join(f"  s{index}: {written}\n" for index, (written, _) in enumerate(SCALARS))
    text += "".join(f"  k{index}: {{{written}: 1}}\n" for index, (written, _) in enumerate(KEYS))
    theirs = _kubectl_reads(plane, tmp_path, text.encode())
    for index, (written, meant) in enumerate(SCALARS):
        assert json.dumps(_number(theirs[f"s{index}"])) == json.dumps(_number(meant)), written
    for index, (written, meant) in enumerate(KEYS):
        assert theirs[f"k{index}"] == {meant: 1}, written
    assert read_documents(text.encode(), "x")[0].content["spec"].keys() == theirs.keys()


ALPHABET = "0123456789" * 2 + "+-._eExXoObByYnN:TtfF~ "


def test_random_scalars_are_kubectls(plane: Plane, tmp_path: Path) -> None:
    rng = random.Random(os.environ.get("SEDNACTL_FUZZ_SEED", "scalars"))
    words: list[str] = []
    while len(words) < 3000:
        word = "".join(rng.choice(ALPHABET) for _ in range(rng.randrange(1, 9))).strip()
        line = f"k: {word}"
        try:
            (document,) = read_documents(line.encode(), "x")
        except InvalidInput:  # no YAML of its own; the table holds those that are
            continue
        if (
            isinstance(document.content.get("k"), (str, int, float, bool, type(None)))
            and len(document.content) == 1
        ):
            words.append(word)
    text = "apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {name: a}\nspec:\n"
    text += "".join(f"  s{index}: {word}\n" for index, word in enumerate(words))
    theirs = _kubectl_reads(plane, tmp_path, text.encode())
    ours = read_documents(text.encode(), "x")[0].content["spec"]
    for index, word in enumerate(words):
        name = f"s{index}"
        assert json.dumps(_number(ours[name])) == json.dumps(_number(theirs[name])), word


@pytest.mark.parametrize(
    "text",
    [
        "a: 3\n<<: {a: 1}\n",
        "<<: [{a: 1}, {a: 2, b: 2}]\nc: 3\n",
        "x: &a 1\nz: &a [2, 3]\nw: *a\n",
        '"<<": {a: 1}\n',
        "a: |\n  x\n  ---\n  y\n",
        "a: >-\n  folded\n  text\nb: 'it''s'\nc: \"\\u00e9\\x41\"\n",
        "a: !!set {x, z}\nb: !foo {c: 1}\n",
    ],
)
def test_documents_are_kubectls(plane: Plane, tmp_path: Path, text: str) -> None:
    body = "".join(f"  {line}\n" for line in text.splitlines())
    whole = f"apiVersion: sedna.io/v1alpha1\nkind: Model\nmetadata: {{name: a}}\nspec:\n{body}"
    theirs = _kubectl_reads(plane, tmp_path, whole.encode())
    assert read_documents(whole.encode(), "x")[0].content["spec"] == theirs


def _kubectl_reads(plane: Plane, folder: Path, data: bytes) -> Any:
    file = folder / "m.yaml"
    file.write_bytes(data)
    read = plane.kubectl("create", "--dry-run=client", "--validate=false", "-o", "json", "-f", str(file))
    return json.loads(read)["spec"]


def _number(value: Any) -> Any:
    # Past 64 bits kubectl prints the digits of a float; what counts is the float.
    return float(value) if isinstance(value, int) and not -(2**63) <= value < 2**63 else value


def test_kubectl_refuses_what_we_refuse(plane: Plane, tmp_path: Path) -> None:
    """What we call unreadable is no matter of taste: kubectl cannot read it either."""
    for text in (
        "a: [",
        "a: .inf",
        "~: 1",
        "[1]: 2",
        "a: &a [*a]",
        "a: &a [{b: 1}]\nc: {<<: *a}",
        'a: "\\/"',
        "a: 1\n--- b",
        "\ta: 1",
        "%YAML 1.1\n---\na: 1",
        "{a: 1}",
    ):
        file = tmp_path / "m.yaml"
        file.write_text(
            text if text[0] in "{%\t" else f"apiVersion: v1\nkind: X\nmetadata: {{name: a}}\n{text}\n"
        )
        done = subprocess.run(
            [
                "kubectl",
                "--kubeconfig",
                plane.kubeconfig,
                "create",
                "--dry-run=client",
                "--validate=false",
                "-f",
                file,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "error parsing" in done.stderr, (text, done.stderr)
