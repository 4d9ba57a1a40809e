"""Every trap that Sedna 0.7 is known for: sednactl meets it, tells it, and comes out right.

Those that other suites hold in full are only looked at here: ghosts of older releases and what the
Global Manager rebuilds (test_ghosts.py), taken names (test_lifecycle_deletion.py, test_lifecycle_kinds.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import BIN, clean_environment
from tests.live.conftest import Sednactl
from tests.live.other_kinds import every_other_kind
from tests.live.plane.api import Json, eventually
from tests.live.plane.plane import Plane
from tests.live.plane.programs import why_no_plane
from tests.live.services import joint_inference, model, stream, with_models
from tests.live.shipped import ShippedOnPlane, ShippedSedna
from tests.live.test_ghosts import before_0_7
from tests.warm import WarmCommand


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedSedna]:
    """Give Sedna as it is shipped, on a plane of its own."""
    reason = why_no_plane()
    if reason:
        pytest.skip(reason)
    made = ShippedOnPlane(tmp_path_factory.mktemp("shipped"))
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def asking(shipped: ShippedSedna, warm_command: WarmCommand, tmp_path: Path) -> Sednactl:
    """Run the installed command against Sedna as it is shipped."""

    def run(*arguments: str, input: str | bytes | None = None, timeout: float = 60, environ: object = None):  # type: ignore[no-untyped-def]
        environment = clean_environment(tmp_path / "home", {"KUBECONFIG": str(shipped.plane.kubeconfig)})
        command = [str(BIN / "sednactl"), *arguments]
        return warm_command.run(command, environment=environment, cwd=tmp_path, input=input, timeout=timeout)

    return run


def diagnosis(sednactl: Sednactl, *arguments: str) -> dict[str, list[Json]]:
    """Run doctor; gives its results by the number of the check."""
    done = sednactl("doctor", "-o", "json", *arguments)
    assert done.out, done.err
    found: dict[str, list[Json]] = {}
    for one in json.loads(done.out)["checks"]:
        found.setdefault(one["id"], []).append(one)
    return found


def statuses(results: list[Json]) -> set[str]:
    return {one["status"] for one in results}


def test_1_rights_that_the_shipped_role_lacks(shipped: ShippedSedna, asking: Sednactl) -> None:
    service = with_models(joint_inference("helmet", "default", hpa=("cloud", "edge")))
    assert asking("apply", "-f", "-", input=service).code == 0

    def failed() -> bool:
        told = [
            one["message"] for one in diagnosis(asking, "ji", "helmet")["DOC703"] if one["status"] == "failed"
        ]
        # Where the real one hears of its Deployment in the same moment, it writes a workerFailed over its own
        # message, and nothing but what is missing still tells; the cause is DOC501's to say then.
        lost = "Failed, and its children are not well either: Broken"
        return any("horizontalpodautoscalers" in message or message == lost for message in told)

    eventually(failed, what="the true Failed")
    found = diagnosis(asking)
    assert statuses(found["DOC501"]) == {"failed"}
    assert "autoscaling" in found["DOC501"][0]["message"] and found["DOC501"][0]["fixable"]

    unasked = asking("doctor", "--fix", "--check", "DOC501")
    assert unasked.code == 2 and "--yes" in unasked.err
    mended = asking("doctor", "--fix", "--yes", "--check", "DOC501")
    assert mended.code == 0, mended.err
    assert "+  - horizontalpodautoscalers" in mended.err.replace("+- horiz", "+  - horiz")
    assert statuses(diagnosis(asking)["DOC501"]) == {"ok"}
    again = asking("doctor", "--fix", "--yes", "--check", "DOC501")
    assert again.code == 0 and "nothing that --fix can mend" in again.err

    # As its mend says: delete it, apply it again. Now both sides get their autoscalers.
    assert asking("delete", "ji", "helmet", "--yes").code == 0
    assert (
        asking(
            "apply", "-f", "-", input=stream(joint_inference("helmet", "default", hpa=("cloud", "edge")))
        ).code
        == 0
    )
    waited = asking("wait", "ji", "helmet", "--timeout", "60s")
    assert waited.code == 0, waited.err
    autoscalers = shipped.plane.api.expect(
        "GET", "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
    )
    assert len(autoscalers["items"]) == 2
    assert asking("delete", "ji", "helmet", "--yes").code == 0


def test_2_a_failed_that_is_false(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    assert sednactl("apply", "-f", "-", input=with_models(joint_inference("helmet", namespace))).code == 0
    assert sednactl("wait", "ji", "helmet", "-n", namespace, "--timeout", "60s").code == 0
    plane.kubectl("scale", "deploy", "helmet-deployment-cloud", "-n", namespace, "--replicas=3")

    def alarmed() -> dict[str, list[Json]] | None:
        found = diagnosis(sednactl, "ji", "helmet", "-n", namespace)
        return found if "false alarm" in found["DOC703"][0]["message"] else None

    found = eventually(alarmed, what="the false alarm")
    assert found is not None
    assert statuses(found["DOC703"]) == {"ok"} and "jointinference helmet" in found["DOC703"][0]["message"]
    assert statuses(found["DOC701"]) == {"ok"}


def test_3_a_deletion_in_the_foreground(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    assert sednactl("apply", "-f", "-", input=with_models(joint_inference("helmet", namespace))).code == 0
    assert sednactl("wait", "ji", "helmet", "-n", namespace, "--timeout", "60s").code == 0
    # It may end by itself, so a child holds it for as long as this takes.
    hold = json.dumps({"metadata": {"finalizers": ["example.org/hold"]}})
    plane.kubectl("patch", "svc", "helmet-cloud", "-n", namespace, "--type=merge", "-p", hold)
    plane.kubectl("delete", "ji", "helmet", "-n", namespace, "--cascade=foreground", "--wait=false")
    (stuck,) = diagnosis(sednactl, "ji", "helmet", "-n", namespace)["DOC802"]
    assert stuck["status"] == "failed"
    assert f"sednactl delete jointinference helmet -n {namespace}" in stuck["mend"]
    ended = sednactl("delete", "jointinference", "helmet", "-n", namespace, "--yes", "--wait=false")
    assert ended.code == 0, ended.err
    free = json.dumps({"metadata": {"finalizers": None}})
    plane.kubectl("patch", "svc", "helmet-cloud", "-n", namespace, "--type=merge", "-p", free)
    assert sednactl("wait", "ji", "helmet", "-n", namespace, "--for=gone", "--timeout", "60s").code == 0
    assert statuses(diagnosis(sednactl, "-n", namespace).get("DOC802", [{"status": "ok"}])) == {"ok"}


def test_4_what_releases_before_0_7_left(
    plane: Plane, namespace: str, sednactl: Sednactl, tmp_path: Path
) -> None:
    plane.api.expect("POST", f"/api/v1/namespaces/{namespace}/services", before_0_7("Service", "old-cloud"))
    cleanup = ("cleanup", "ghost-instances", "-n", namespace, "--older-than", "0s", "-o", "json")
    (ghost,) = json.loads(sednactl(*cleanup).out)["ghosts"]
    assert (ghost["name"], ghost["action"]) == ("old-cloud", "delete")
    assert sednactl(*cleanup, "--yes", "--backup", str(tmp_path / "bundle")).code == 0
    assert plane.kubectl("get", "svc", "-n", namespace, "-o", "name") == ""


def test_5_a_deployment_that_comes_back(
    plane: Plane, namespace: str, sednactl: Sednactl, tmp_path: Path
) -> None:
    """A Deployment of a service that is gone is kept while a service of its name lives: deleted, it would return."""
    service = stream(joint_inference("gate", namespace))
    assert sednactl("apply", "-f", "-", input=with_models(joint_inference("gate", namespace))).code == 0
    assert sednactl("wait", "ji", "gate", "-n", namespace, "--timeout", "60s").code == 0
    plane.kubectl("delete", "ji", "gate", "-n", namespace, "--cascade=orphan")
    assert sednactl("apply", "-f", "-", "--allow-taken-names", input=service).code == 0
    cleanup = ("cleanup", "ghost-instances", "-n", namespace, "--older-than", "0s", "-o", "json", "--yes")
    kept = json.loads(sednactl(*cleanup, "--backup", str(tmp_path / "one")).out)["ghosts"]
    assert {one["keptBecause"] for one in kept if one["kind"] == "Deployment"} == {"would-return"}
    found = diagnosis(sednactl, "ji", "gate", "-n", namespace)
    assert statuses(found["DOC701"]) == {"failed"}
    assert "of a workload that is gone" in found["DOC701"][0]["message"]
    assert sednactl("delete", "ji", "gate", "-n", namespace, "--yes").code in (0, 7)
    assert sednactl(*cleanup, "--backup", str(tmp_path / "two")).code == 0
    assert plane.kubectl("get", "deploy", "-n", namespace, "-o", "name") == ""


def test_6_times_that_yaml_1_1_takes_for_numbers(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    job = next(one for one in every_other_kind(namespace) if one["kind"] == "IncrementalLearningJob")
    trigger = {**job["spec"]["trainSpec"]["trigger"], "timer": {"start": "02:00", "end": "END"}}
    job["spec"]["trainSpec"] = {**job["spec"]["trainSpec"], "trigger": trigger}
    text = stream(job).replace("'END'", "24:00").replace("end: END", "end: 24:00")
    assert "end: 24:00" in text
    applied = sednactl("apply", "-f", "-", input=text)
    assert applied.code == 0, applied.err
    path = f"/apis/sedna.io/v1alpha1/namespaces/{namespace}/incrementallearningjobs/il"
    stored = plane.api.expect("GET", path)["spec"]["trainSpec"]["trigger"]["timer"]
    assert stored == {"start": "02:00", "end": "24:00"}
    assert "end: 24:00" not in sednactl("get", "il", "il", "-n", namespace, "-o", "yaml").out  # quoted again


def test_8_an_edit_of_a_federated_job(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    """Surplus pods of one job are told; the mend gives it its own pods again and leaves those of another alone."""
    objects = every_other_kind(namespace)
    needed = [one for one in objects if one["kind"] in ("Model", "Dataset")]
    job = next(one for one in objects if one["kind"] == "FederatedLearningJob")
    other = json.loads(json.dumps(job))
    other["metadata"]["name"] = "other"
    assert sednactl("apply", "-f", "-", input=stream(*needed, job, other)).code == 0
    pods_of = f"/api/v1/namespaces/{namespace}/pods?labelSelector=federatedlearningjob.sedna.io/name="

    def pods(name: str) -> dict[str, str]:
        items = plane.api.expect("GET", pods_of + name)["items"]
        return {
            one["metadata"]["name"]: one["metadata"]["uid"]
            for one in items
            if not one["metadata"].get("deletionTimestamp")
        }

    eventually(lambda: len(pods("fl")) == 3 and len(pods("other")) == 3, what="the pods of both jobs")
    theirs = pods("other")
    one = plane.api.expect("GET", pods_of + "fl")["items"][-1]
    meta = {key: one["metadata"][key] for key in ("labels", "ownerReferences")}
    surplus = {"apiVersion": "v1", "kind": "Pod", "metadata": {**meta, "name": "fl-left-over"},
               "spec": {"containers": [{"name": "w", "image": "example.org/w:v0"}]}}  # fmt: skip
    plane.api.expect("POST", f"/api/v1/namespaces/{namespace}/pods", surplus)
    (told,) = diagnosis(sednactl, "fl", "fl", "-n", namespace)["DOC803"]
    assert told["status"] == "failed" and told["object"]["name"] == "fl"
    assert f"sednactl repair federatedlearning fl -n {namespace}" in told["mend"]
    mended = sednactl("repair", "federatedlearning", "fl", "-n", namespace, "--yes", timeout=120)
    assert mended.code == 0, mended.out + mended.err
    eventually(lambda: len(pods("fl")) == 3, what="the pods of the job made anew")
    assert statuses(diagnosis(sednactl, "fl", "-n", namespace)["DOC803"]) == {"ok"}
    assert pods("other") == theirs


def test_9_a_federated_job_without_its_data(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    job = next(one for one in every_other_kind(namespace) if one["kind"] == "FederatedLearningJob")
    # As other tools send it: nobody says that nothing it refers to is there.
    plane.api.expect("POST", f"/apis/sedna.io/v1alpha1/namespaces/{namespace}/federatedlearningjobs", job)
    missing = diagnosis(sednactl, "fl", "fl", "-n", namespace)["DOC702"]
    assert statuses(missing) == {"failed"}
    assert {one["message"].partition(" (")[0] for one in missing} == {"Model big", "Dataset data"}
    assert all("Sedna starts the pods without it" in one["message"] for one in missing)
    # The other half of the trap, a Service in the aggregator's name, is refused before it happens.
    assert sednactl("delete", "fl", "fl", "-n", namespace, "--yes").code == 0
    foreign = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "fl-aggregation", "namespace": namespace},
               "spec": {"ports": [{"port": 80}], "selector": {"app": "mine"}}}  # fmt: skip
    plane.api.expect("POST", f"/api/v1/namespaces/{namespace}/services", foreign)
    refused = sednactl("apply", "-f", "-", input=stream(job))
    assert refused.code == 4 and "start its aggregator, no trainer" in refused.err


def test_10_labels_that_templates_lose(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    service = joint_inference("helmet", namespace)
    service["spec"]["edgeWorker"]["template"]["metadata"] = {"labels": {"team": "vision"}}
    checked = sednactl("validate", "-", input=stream(service))
    assert checked.code == 1 and "edgeWorker.template.metadata" in checked.out
    refused = sednactl("apply", "-f", "-", input=with_models(service))
    assert refused.code == 3 and "edgeWorker.template.metadata" in refused.err
    assert plane.kubectl("get", "ji", "-n", namespace, "-o", "name") == ""


def test_federated_workers_whose_files_lie_in_one_folder(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    if not plane.has_global_manager:
        pytest.skip("the stand-in Global Manager makes joint inference services only")

    def manifests(name: str) -> str:
        return sednactl(
            *("create", "fl", name, "-n", namespace, "--dry-run=client", "-o", "yaml"),
            *(
                f"--aggregation-model={name}",
                "--aggregation-image=example/agg:v1",
                "--train-image=example/t:v1",
            ),
            *(f"--train-on={name}-1@edge-node", f"--train-on={name}-2@edge-node"),
            *(f"--model-url={name}=/models/m.pb", f"--dataset-url={name}-1=/data/1.txt"),
            f"--dataset-url={name}-2=/data/2.txt",
        ).out

    def pods(name: str) -> int:
        return plane.kubectl("get", "pods", "-n", namespace, "-o", "name").count(f"/{name}-")

    apart, together = manifests("apart"), manifests("together").replace("/models/", "/data/")
    assert sednactl("validate", "-", input=apart).code == 0
    refused = sednactl("validate", "-", input=together)
    assert (refused.code, refused.out.count("[SDN408]")) == (1, 2)
    plane.kubectl("create", "-n", namespace, "-f", "-", input=together)
    eventually(lambda: pods("together") == 1, what="the aggregation worker alone")
    plane.kubectl("create", "-n", namespace, "-f", "-", input=apart)
    eventually(lambda: pods("apart") == 3, what="all workers of the job whose files lie apart")
    assert pods("together") == 1


@pytest.mark.parametrize("spoil", ["volume", "mount"])
def test_a_pod_that_has_what_sedna_adds(spoil: str, plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    """The volume for the model at /models/big-model/frozen.pb, or its mount, is in the manifest already."""
    service = joint_inference("gate", namespace)
    pod = service["spec"]["cloudWorker"]["template"]["spec"]
    name, at = ("models-big-modelz", "/own") if spoil == "volume" else ("own", "/home/data/models/big-model/")
    pod["volumes"] = [{"name": name, "emptyDir": {}}]
    pod["containers"][0]["volumeMounts"] = [{"name": name, "mountPath": at}]
    models = [model(one, namespace) for one in ("big-model", "little-model")]
    given = stream(*models, service)  # without its model a service fails for another reason
    refused = sednactl("validate", "-", input=given)
    assert (refused.code, refused.out.count("[SDN151]"), refused.out.count("error:")) == (1, 1, 1)
    plane.kubectl("create", "-n", namespace, "-f", "-", input=given)

    def why() -> str:
        return plane.kubectl(
            "get", "ji", "gate", "-n", namespace, "-o", "jsonpath={.status.conditions[*].message}"
        )

    word = "Duplicate value" if spoil == "volume" else "must be unique"
    eventually(lambda: word in why(), what=f"a Failed that says {word}")
    assert plane.kubectl("get", "deployments", "-n", namespace, "-o", "name") == ""


def test_7_an_input_that_ends_the_global_manager(shipped: ShippedSedna, asking: Sednactl) -> None:
    """The last one: a feature extraction service without replicas, which the API takes."""
    service = next(one for one in every_other_kind("default") if one["kind"] == "FeatureExtractionService")
    del service["spec"]["replicas"]
    refused = asking("apply", "-f", "-", input=stream(service))
    assert refused.code == 3 and "SDN114" in refused.err
    shipped.plane.api("POST", "/apis/sedna.io/v1alpha1/namespaces/default/models", model("big", "default"))
    path = "/apis/sedna.io/v1alpha1/namespaces/default/featureextractionservices"
    shipped.plane.api.expect("POST", path, service)
    eventually(shipped.has_crashed, what="the Global Manager's end")
    (told,) = [one for one in diagnosis(asking)["DOC801"] if one["status"] == "failed"]
    assert told["object"] == {"kind": "FeatureExtractionService", "namespace": "default", "name": "fe"}
    assert "sednactl delete featureextraction fe -n default" in told["mend"]
    assert asking("delete", "featureextraction", "fe", "-n", "default", "--yes").code == 0
    shipped.start_again()
    assert statuses(diagnosis(asking).get("DOC801", [{"status": "ok"}])) == {"ok"}
    assert asking("apply", "-f", "-", input=with_models(joint_inference("after", "default"))).code == 0
    waited = asking("wait", "ji", "after", "--timeout", "60s")
    assert waited.code == 0, waited.err
