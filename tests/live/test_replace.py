"""Edits that Sedna ignores or answers with harm: told, refused, and brought about by a replacement."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from tests.live.conftest import Sednactl
from tests.live.other_kinds import every_other_kind
from tests.live.plane.api import eventually
from tests.live.plane.plane import Plane
from tests.live.services import Json, joint_inference, stream, with_models


def of_kind(kind: str, namespace: str) -> Json:
    return next(one for one in every_other_kind(namespace) if one["kind"] == kind)


def references(namespace: str) -> list[Json]:
    return [one for one in every_other_kind(namespace) if one["kind"] in ("Model", "Dataset")]


def uid_of(plane: Plane, kind: str, name: str, namespace: str) -> str:
    return plane.kubectl("get", kind, name, "-n", namespace, "-o", "jsonpath={.metadata.uid}")


def images(plane: Plane, namespace: str) -> list[str]:
    path = "jsonpath={range .items[*]}{.spec.containers[0].image}{'\\n'}{end}"
    return plane.kubectl("get", "po", "-n", namespace, "-o", path).split()


def test_an_edited_federated_job_is_refused_and_replaced(
    plane: Plane, namespace: str, sednactl: Sednactl, tmp_path: Path
) -> None:
    job = of_kind("FederatedLearningJob", namespace)
    assert sednactl("apply", "-f", "-", input=stream(*references(namespace), job)).code == 0
    assert sednactl("wait", "fl", "fl", "-n", namespace, "--timeout", "60s").code == 0
    before = uid_of(plane, "fl", "fl", namespace)
    edited = copy.deepcopy(job)
    edited["spec"]["aggregationWorker"]["template"]["spec"]["containers"][0]["image"] = "example.org/w:v2"
    text = stream(edited)

    shown = sednactl("diff", "-f", "-", input=text)
    assert shown.code == 1
    assert "may" in shown.err and "apply refuses this edit" in shown.err
    refused = sednactl("apply", "-f", "-", input=text)
    assert refused.code == 4, refused.err
    assert "--replace" in refused.err and "surplus" in refused.err
    tried = sednactl("apply", "-f", "-", "--replace", "--dry-run=server", input=text)
    assert (tried.code, tried.out) == (
        0,
        "federatedlearningjob.sedna.io/fl replaced (server dry run)\n",
    ), tried.err
    assert uid_of(plane, "fl", "fl", namespace) == before
    assert set(images(plane, namespace)) == {"example.org/w:v1"}

    done = sednactl("apply", "-f", "-", "--replace", input=text)
    assert (done.code, done.out) == (0, "federatedlearningjob.sedna.io/fl replaced\n"), done.err
    assert uid_of(plane, "fl", "fl", namespace) != before
    assert sednactl("wait", "fl", "fl", "-n", namespace, "--timeout", "60s").code == 0
    assert sorted(images(plane, namespace)) == ["example.org/w:v1"] * 2 + ["example.org/w:v2"]
    again = sednactl("apply", "-f", "-", "--replace", input=text)
    assert (again.code, again.out) == (0, "federatedlearningjob.sedna.io/fl unchanged\n"), again.err

    (kept,) = (tmp_path / "home" / ".state" / "sednactl" / "replacements").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in kept.iterdir()} == {0o600}
    record = json.loads((kept / "record.json").read_text())
    assert (record["phase"], record["old"]["metadata"]["uid"]) == ("done", before)
    back = sednactl("apply", "-f", str(kept / "old.json"), "--replace")
    assert back.code == 0, back.err
    assert sednactl("wait", "fl", "fl", "-n", namespace, "--timeout", "60s").code == 0
    assert images(plane, namespace) == ["example.org/w:v1"] * 3


@pytest.mark.parametrize(
    "kinds",
    [
        pytest.param(("FeatureExtractionService", "ReidJob", "VideoAnalyticsJob"), id="most-kinds"),
        # Apart from the rest: with the real Global Manager it takes long, for the reason below.
        pytest.param(("ObjectSearchService",), id="object-search"),
    ],
)
def test_ignored_edits_come_about_by_replacement(
    plane: Plane, namespace: str, sednactl: Sednactl, kinds: tuple[str, ...]
) -> None:
    if not plane.has_global_manager:
        pytest.skip("the stand-in Global Manager makes joint inference services only")
    if "ObjectSearchService" in kinds:
        plane.refresh_global_manager()  # else what earlier tests made of its patience costs minutes
    count = len(kinds)
    first = [of_kind(kind, namespace) for kind in kinds]
    assert sednactl("apply", "-f", "-", input=stream(*references(namespace), *first)).code == 0
    eventually(lambda: len(images(plane, namespace)) == 3, what="their pods")
    edited = stream(*json.loads(json.dumps(first).replace("example.org/w:v1", "example.org/w:v2")))
    ignored = sednactl("apply", "-f", "-", "--dry-run=server", input=edited)
    assert ignored.code == 0 and ignored.out.count("configured") == count
    assert ignored.err.count("does not carry this change") == ignored.err.count("--replace") == count
    stored = sednactl("apply", "-f", "-", input=edited)
    assert stored.code == 0 and stored.out.count(" configured\n") == count
    again = sednactl("apply", "-f", "-", input=edited)
    assert again.out.count(" unchanged\n") == again.err.count("--replace") == count, again.err
    done = sednactl("apply", "-f", "-", "--replace", input=edited, timeout=120)
    assert done.code == 0, done.err
    assert done.out.count(" replaced\n") == count
    eventually(
        lambda: images(plane, namespace) == ["example.org/w:v2"] * 3, what="pods of the new version alone"
    )
    settled = sednactl("apply", "-f", "-", "--replace", input=edited)
    assert settled.out.count(" unchanged\n") == count and "--replace" not in settled.err, settled.err
    gone = sednactl("delete", "-f", "-", "--yes", input=edited, timeout=90)
    assert gone.code == 0, gone.err
    # The Global Manager cannot decode watch events of object searches. Until it lists them anew, which it does
    # ever more rarely, it makes a deleted one's children again whenever it tries again; Kubernetes removes them.
    eventually(
        lambda: plane.kubectl("get", "deploy,po,svc", "-n", namespace, "-o", "name") == "",
        what="an end of what object search's stale cache brings back",
    )


def test_joint_inference_rolls_out_and_is_not_replaced(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    sednactl("apply", "-f", "-", input=with_models(joint_inference("helmet", namespace)))
    assert sednactl("wait", "ji", "helmet", "-n", namespace, "--timeout", "60s").code == 0
    before = uid_of(plane, "ji", "helmet", namespace)
    edited = joint_inference("helmet", namespace, cloud_image="example.org/big:v2")
    done = sednactl("apply", "-f", "-", "--replace", input=stream(edited))
    assert (done.code, done.out) == (0, "jointinferenceservice.sedna.io/helmet configured\n"), done.err
    assert "all cloud pods restart" in done.err
    assert uid_of(plane, "ji", "helmet", namespace) == before


def test_a_changed_model_names_the_workloads_that_go_on_with_the_old_one(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    sednactl("apply", "-f", "-", input=with_models(joint_inference("helmet", namespace)))
    model = {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "Model",
        "metadata": {"name": "big-model", "namespace": namespace},
        "spec": {"url": "/models/big-model/newer.pb", "format": "pb"},
    }
    done = sednactl("apply", "-f", "-", input=stream(model))
    assert done.code == 0
    assert "keep what they started with" in done.err and "is used by ji/helmet" in done.err


def test_nothing_is_replaced_by_what_could_not_run(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    first = of_kind("FeatureExtractionService", namespace)
    assert sednactl("apply", "-f", "-", input=stream(*references(namespace), first)).code == 0
    before = uid_of(plane, "fe", "fe", namespace)
    edited = copy.deepcopy(first)
    edited["spec"]["model"]["name"] = "nowhere"
    refused = sednactl("apply", "-f", "-", "--replace", input=stream(edited))
    assert refused.code == 4, refused.err
    assert "nowhere is not in namespace" in refused.err
    assert uid_of(plane, "fe", "fe", namespace) == before
