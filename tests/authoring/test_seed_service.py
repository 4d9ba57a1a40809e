"""The announcement's service comes out of flags alone and out of a values file, meaning exactly the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import RunSednactl
from tests.golden import check_golden

FIXTURE = Path(__file__).parents[1] / "fixtures" / "seed-service.yaml"
VALUES = FIXTURE.with_name("seed-values.yaml")
"""The example of values as it was announced: with hostNetwork, which two replicas on one node cannot share."""
NAME = "helmet-detection-inference-example"
PRINT = ("--dry-run=client", "-o", "yaml")
FLAGS = (
    "--edge-model=helmet-detection-inference-little-model",
    "--edge-image=kubeedge/sedna-example-joint-inference-helmet-detection-little:v0.5.0",
    "--edge-container=little-model",
    "--edge-node=edge-node",
    "--edge-host-network",
    "--hem=IBT",
    "--hem-param=threshold_img=0.9",
    "--hem-param=threshold_box=0.9",
    "--edge-env=input_shape=416,736",
    "--edge-env=video_url=rtsp://localhost/video",
    "--edge-env=all_examples_inference_output=/data/output",
    "--edge-env=hard_example_cloud_inference_output=/data/hard_example_cloud_inference_output",
    "--edge-env=hard_example_edge_inference_output=/data/hard_example_edge_inference_output",
    "--edge-request=cpu=50m,memory=64M",
    "--edge-limit=cpu=500m,memory=2Gi",
    "--edge-volume=outputdir=/joint_inference/output:/data/",
    "--edge-hpa=min=1,max=2,cpu=50%",
    "--cloud-model=helmet-detection-inference-big-model",
    "--cloud-image=kubeedge/sedna-example-joint-inference-helmet-detection-big:v0.5.0",
    "--cloud-container=big-model",
    "--cloud-node=cloud-node",
    "--cloud-dns-policy=ClusterFirstWithHostNet",
    "--cloud-env=input_shape=544,544",
    "--cloud-request=cpu=1024m,memory=2Gi",
    "--cloud-limit=cpu=1024m,memory=2Gi",
    "--cloud-hpa=min=1,max=5,cpu=20%",
)


@pytest.fixture(scope="module")
def seed() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FIXTURE.read_text())
    return loaded


def test_a_values_file_gives_the_seed_service(run_sednactl: RunSednactl, seed: dict[str, Any]) -> None:
    values = str(VALUES)
    run = run_sednactl("create", "ji", NAME, "-n", "default", "-f", values, *PRINT)
    assert run.code == 0, run.err
    assert yaml.safe_load(run.out) == seed
    check_golden("authoring/seed-service.yaml", run.out)
    # What is odd about the announcement's service is said, beside the result.
    assert "hostNetwork" in run.err
    assert run.err.startswith("warning: ")


def test_flags_alone_give_the_seed_service(run_sednactl: RunSednactl, seed: dict[str, Any]) -> None:
    run = run_sednactl("create", "jointinference", NAME, "-n", "default", *FLAGS, *PRINT)
    assert run.code == 0, run.err
    assert yaml.safe_load(run.out) == seed


def test_flags_and_values_give_the_same_bytes(run_sednactl: RunSednactl) -> None:
    values = str(VALUES)
    by_values = run_sednactl("create", "ji", NAME, "-f", values, *PRINT)
    assert run_sednactl("create", "ji", NAME, *FLAGS, *PRINT).out == by_values.out
    assert run_sednactl("create", "ji", NAME, "-f", values, *PRINT).out == by_values.out


def test_the_announcement_s_own_spelling_of_hpa_goes_into_values(
    run_sednactl: RunSednactl, seed: dict[str, Any], tmp_path: Path
) -> None:
    values = yaml.safe_load(VALUES.read_text())
    for side in ("edge", "cloud"):
        values[side]["hpa"] = seed["spec"][f"{side}Worker"]["hpa"]
    (tmp_path / "values.json").write_text(json.dumps(values))
    run = run_sednactl("create", "ji", NAME, "-n", "default", "-f", "values.json", *PRINT)
    assert run.code == 0, run.err
    assert yaml.safe_load(run.out) == seed


@pytest.mark.parametrize(
    ("mode", "sides"),
    [("cloud", {"cloud"}), ("edge", {"edge"}), ("both", {"cloud", "edge"}), ("none", set())],
)
def test_hpa_chooses_the_sides_and_none_leaves_no_trace(
    run_sednactl: RunSednactl, seed: dict[str, Any], mode: str, sides: set[str]
) -> None:
    values = str(VALUES)
    run = run_sednactl("create", "ji", NAME, "-n", "default", "-f", values, "--hpa", mode, *PRINT)
    assert run.code == 0, run.err
    made = yaml.safe_load(run.out)
    for side in ("cloud", "edge"):
        worker = seed["spec"][f"{side}Worker"]
        expected = worker if side in sides else {key: item for key, item in worker.items() if key != "hpa"}
        assert made["spec"][f"{side}Worker"] == expected
    if not sides:
        assert "hpa" not in run.out


def test_json_and_name(run_sednactl: RunSednactl, seed: dict[str, Any]) -> None:
    values = str(VALUES)
    common = ("create", "ji", NAME, "-n", "default", "-f", values, "--dry-run=client")
    assert json.loads(run_sednactl(*common, "-o", "json").out) == seed
    assert run_sednactl(*common, "-o", "name").out == f"jointinferenceservice.sedna.io/{NAME}\n"
    assert run_sednactl(*common).out == f"jointinferenceservice.sedna.io/{NAME} created (dry run)\n"
