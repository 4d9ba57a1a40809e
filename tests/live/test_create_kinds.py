"""`create` of every kind against a real API server, and with the real Global Manager the children that come of it."""

from __future__ import annotations

import pytest

from sednactl.sedna.kinds import SEDNA_KINDS
from tests.authoring.every_kind import FLAGS
from tests.live.conftest import Sednactl
from tests.live.plane.api import eventually
from tests.live.plane.plane import Plane

WORDS = tuple(kind.word for kind in SEDNA_KINDS)
SEDNA_OBJECTS = ",".join(f"{kind.plural}.sedna.io" for kind in SEDNA_KINDS)
STATES = {
    "jointinference": "Running",
    "federatedlearning": "Running",
    "incrementallearning": "Running",
    "lifelonglearning": "Waiting",
    "featureextraction": "Running",
    "objecttracking": "Inert",
    "reid": "Running",
    "videoanalytics": "Running",
    "model": "Stored",
    "dataset": "Stored",
}
CHILDREN = {
    "x-jointinference-deployment-cloud", "x-jointinference-deployment-edge", "x-jointinference-cloud",
    "x-federatedlearning-aggregation", "x-featureextraction-deployment-fe", "x-featureextraction-fe",
    "x-objectsearch-deployment-reidworker", "x-objectsearch-deployment-userworker", "x-objectsearch-reidworker",
    "x-objectsearch-userworker", "x-videoanalytics-videoanalytics",
}  # fmt: skip
"""Names that the Global Manager fixes."""
PODS = {
    "x-federatedlearning-train-": 2,
    "x-incrementallearning-inference-": 1,
    "x-objectsearch-trackingworker-": 2,
    "x-reid-reid-": 1,
}


def names(plane: Plane, namespace: str, kinds: str) -> list[str]:
    found = plane.kubectl("get", kinds, "-n", namespace, "-o", "name").split()
    return [name.partition("/")[2] for name in found]


@pytest.mark.parametrize("word", WORDS)
def test_every_kind_passes_the_api_server_and_leaves_nothing(
    plane: Plane, namespace: str, sednactl: Sednactl, word: str
) -> None:
    common = ("create", word, "x", "-n", namespace, *FLAGS[word])
    rendered = sednactl(*common, "--dry-run=client", "-o", "name")
    tried = sednactl(*common, "--dry-run=server", "-o", "name")
    assert (tried.code, tried.out) == (0, rendered.out), tried.err
    assert "dropped" not in tried.err
    assert names(plane, namespace, SEDNA_OBJECTS) == []


def test_every_kind_comes_to_life(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    if not plane.has_global_manager:
        pytest.skip("the stand-in Global Manager makes joint inference services only")
    for word in WORDS:
        run = sednactl("create", word, f"x-{word}", "-n", namespace, *FLAGS[word])
        assert run.code == 0, run.err
        assert run.out.splitlines()[-1].endswith(f"/x-{word} created")

    def rows() -> list[list[str]]:
        return [line.split() for line in sednactl("get", "-n", namespace, "--no-headers").out.splitlines()]

    eventually(
        lambda: STATES.items() <= {row[0]: row[2] for row in rows()}.items(), what=f"the states {STATES}"
    )
    eventually(
        lambda: set(names(plane, namespace, "deployments,services")) >= CHILDREN,
        what=f"the children {CHILDREN}",
    )

    def pods() -> dict[str, int]:
        found = names(plane, namespace, "pods")
        return {prefix: sum(name.startswith(prefix) for name in found) for prefix in PODS}

    eventually(lambda: pods() == PODS, what=f"the pods {PODS}")


def test_nothing_is_made_when_one_of_several_cannot_be(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    common = ("create", "fl", "x", "-n", namespace, *FLAGS["federatedlearning"])
    assert sednactl("create", "dataset", "data2", "-n", namespace, *FLAGS["dataset"]).code == 0
    there = sednactl(*common)
    assert (there.code, there.out) == (4, "")
    assert "Dataset data2 exists already" in there.err
    assert "--without-datasets takes what is there already" in there.err
    assert names(plane, namespace, SEDNA_OBJECTS) == ["data2"]
    assert sednactl("delete", "dataset", "data2", "-n", namespace, "--yes").code == 0
    plane.kubectl("create", "service", "clusterip", "x-aggregation", "--tcp=80", "-n", namespace)
    taken = sednactl(*common)
    assert (taken.code, taken.out) == (4, "")
    assert "x-aggregation" in taken.err
    assert names(plane, namespace, SEDNA_OBJECTS) == []


def test_what_is_made_together_is_not_missed(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    alone = tuple(flag for flag in FLAGS["videoanalytics"] if "-url=" not in flag)
    missed = sednactl("create", "va", "x", "-n", namespace, *alone, "--dry-run=server")
    assert "Model yolox is not in namespace" in missed.err
    together = sednactl("create", "va", "x", "-n", namespace, *FLAGS["videoanalytics"])
    assert (together.code, together.err) == (0, "")
    assert together.out.split() == [
        "model.sedna.io/yolox",
        "created",
        "videoanalyticsjob.sedna.io/x",
        "created",
    ]


def test_a_dataset_that_the_job_cannot_read_is_said(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    csv = ("--url=/data/helmets.csv", "--format=csv", "--node=edge-node")
    assert sednactl("create", "dataset", "helmets", "-n", namespace, *csv).code == 0
    alone = tuple(flag for flag in FLAGS["incrementallearning"] if not flag.startswith("--dataset-url"))
    tried = sednactl("create", "il", "x", "-n", namespace, *alone, "--dry-run=server")
    assert tried.code == 0, tried.err
    assert (
        "Dataset helmets (spec.dataset): format 'csv' is none that IncrementalLearningJob can learn from"
        in tried.err
    )
