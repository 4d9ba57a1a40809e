"""Applying, looking at and changing services on a real API server, with a Global Manager at work."""

from __future__ import annotations

import json

import pytest

from sednactl.cluster.access import ClusterAccess
from sednactl.cluster.door import open_cluster
from sednactl.errors import AlreadyExists
from sednactl.lifecycle.apply import apply_workload, create_workload
from sednactl.sedna.kinds import JOINT_INFERENCE
from sednactl.surroundings import Surroundings
from tests.live.conftest import Sednactl
from tests.live.plane.api import eventually
from tests.live.plane.plane import Plane
from tests.live.services import joint_inference, model, stream, with_models


def conditions(plane: Plane, namespace: str, name: str) -> list[str]:
    text = plane.kubectl("get", "ji", name, "-n", namespace, "-o", "json")
    return [one["type"] for one in (json.loads(text).get("status") or {}).get("conditions") or ()]


@pytest.mark.parametrize("sides", [(), ("cloud",), ("edge",), ("cloud", "edge")])
def test_all_four_modes_are_applied_run_and_go(
    plane: Plane, namespace: str, sednactl: Sednactl, sides: tuple[str, ...]
) -> None:
    text = with_models(joint_inference("helmet", namespace, hpa=sides))
    applied = sednactl("apply", "-f", "-", input=text)
    assert (applied.code, applied.err) == (0, "")
    assert applied.out.splitlines() == [
        "model.sedna.io/big-model created",
        "model.sedna.io/little-model created",
        "jointinferenceservice.sedna.io/helmet created",
    ]
    waited = sednactl("wait", "ji", "helmet", "-n", namespace, "--timeout", "60s")
    assert waited.code == 0, waited.err
    table = sednactl("get", "ji", "helmet", "-n", namespace)
    heads, row = (line.split("   ") for line in table.out.splitlines())
    cells = dict(zip((head.strip() for head in heads if head), (c.strip() for c in row if c), strict=True))
    assert cells["STATE"] == "Running"
    assert (cells["CLOUD"], cells["EDGE"]) == ("1/1", "1/1")
    assert cells["HPA"] == (",".join(f"{side}:1-3" for side in sides) or "none")
    again = sednactl("apply", "-f", "-", input=text)
    assert [line.split()[-1] for line in again.out.splitlines()] == ["unchanged"] * 3
    gone = sednactl("delete", "-f", "-", "--yes", input=text)
    assert gone.code == 0, gone.err
    left = plane.kubectl("get", "ji,deploy,rs,po,svc,hpa,model", "-n", namespace, "-o", "name")
    assert left == ""


def test_sednas_false_failed_is_shown_as_a_claim_beside_the_truth(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    if not plane.has_global_manager:
        pytest.skip("only the real Global Manager raises its false alarm")
    sednactl("apply", "-f", "-", input=with_models(joint_inference("helmet", namespace)))
    assert sednactl("wait", "ji/helmet", "-n", namespace).code == 0
    # Often it is Failed already; a scale-up makes it so every time.
    plane.kubectl("scale", "deploy", "helmet-deployment-cloud", "-n", namespace, "--replicas=3")
    eventually(lambda: conditions(plane, namespace, "helmet")[-1] == "Failed", what="the false alarm")
    assert sednactl("wait", "ji/helmet", "-n", namespace).code == 0
    table = sednactl("get", "ji", "-n", namespace)
    assert "Running" in table.out and "Failed (false alarm)" in table.out
    described = sednactl("describe", "ji", "helmet", "-n", namespace)
    assert "Sedna says:  Failed (workerFailed)" in described.out
    assert "known false alarm" in described.out
    assert "big-model (present)" in described.out


def test_edits_say_what_they_restart_and_diff_shows_them_beforehand(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    before = joint_inference("helmet", namespace, hpa=("cloud", "edge"))
    sednactl("apply", "-f", "-", input=with_models(before))
    assert sednactl("wait", "ji", "helmet", "-n", namespace).code == 0
    assert sednactl("diff", "-f", "-", input=stream(before)).code == 0
    after = joint_inference("helmet", namespace, hpa=("cloud", "edge"), maximum=4)
    del after["spec"]["edgeWorker"]["hpa"]
    diff = sednactl("diff", "-f", "-", input=stream(after))
    assert diff.code == 1
    assert "-      maxReplicas: 3" in diff.out and "+      maxReplicas: 4" in diff.out
    assert "managedFields" not in diff.out and "\x1b" not in diff.out
    dry = sednactl("apply", "-f", "-", "--dry-run=server", input=stream(after))
    assert dry.out == "jointinferenceservice.sedna.io/helmet configured (server dry run)\n"
    assert "hpa-helmet-deployment-edge" in plane.kubectl("get", "hpa", "-n", namespace)
    applied = sednactl("apply", "-f", "-", input=stream(after))
    assert applied.out == "jointinferenceservice.sedna.io/helmet configured\n"
    assert "all cloud pods restart" in applied.err
    assert "the edge side loses its autoscaler and keeps the replicas" in applied.err
    assert sednactl("diff", "-f", "-", input=stream(after)).code == 0


def test_an_edit_is_waited_for_until_its_pods_are_the_new_ones(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    sednactl("apply", "-f", "-", input=with_models(joint_inference("helmet", namespace)))
    assert sednactl("wait", "ji", "helmet", "-n", namespace).code == 0
    changed = joint_inference("helmet", namespace, cloud_image="example.org/big:v2")
    assert sednactl("apply", "-f", "-", input=stream(changed)).code == 0
    path = "{.spec.template.spec.containers[0].image}"
    arguments = ["get", "deploy", "helmet-deployment-cloud", "-n", namespace, "-o", f"jsonpath={path}"]
    eventually(lambda: plane.kubectl(*arguments) == "example.org/big:v2", what="the edit carried out")
    assert sednactl("wait", "ji", "helmet", "-n", namespace).code == 0
    images = plane.kubectl(
        "get", "pods", "-n", namespace, "-l", "jointinferenceservice.sedna.io/worker-type=cloud",
        "-o", "jsonpath={range .items[?(@.status.phase=='Running')]}{.metadata.deletionTimestamp}{.spec.containers[0].image}{end}",
    )  # fmt: skip
    assert "example.org/big:v2" in images


def test_a_conflict_names_the_owner_and_the_way_out(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    text = stream(model("big", namespace))
    sednactl("apply", "-f", "-", input=text)
    patch = json.dumps({"spec": {"url": "/other.pb"}})
    plane.kubectl("patch", "model", "big", "-n", namespace, "--type=merge", "-p", patch)
    refused = sednactl("apply", "-f", "-", input=text)
    assert refused.code == 4
    assert "kubectl-patch" in refused.err and "spec.url" in refused.err
    assert "--force-conflicts" in refused.err
    shown = sednactl("diff", "-f", "-", input=text)
    assert shown.code == 1 and "refused without --force-conflicts" in shown.err
    forced = sednactl("apply", "-f", "-", "--force-conflicts", input=text)
    assert (forced.code, forced.out) == (0, "model.sedna.io/big configured\n")


def test_a_create_leaves_the_ownership_of_an_apply(plane: Plane, namespace: str) -> None:
    access = ClusterAccess(kubeconfig=str(plane.kubeconfig), namespace=namespace)
    cluster = open_cluster(access, Surroundings.of_process())
    manifest = joint_inference("helmet", namespace, hpa=("cloud",))
    assert create_workload(cluster, manifest, dry_run=True).action == "created"
    assert cluster.find(JOINT_INFERENCE.resource, "helmet", namespace) is None
    assert create_workload(cluster, manifest).action == "created"
    with pytest.raises(AlreadyExists):
        create_workload(cluster, manifest)
    stored = cluster.get(JOINT_INFERENCE.resource, "helmet", namespace)
    ours = [one["operation"] for one in stored["metadata"]["managedFields"] if one["manager"] == "sednactl"]
    assert ours == ["Apply"]
    assert apply_workload(cluster, manifest).action == "unchanged"
    changed = joint_inference("helmet", namespace)
    applied = apply_workload(cluster, changed)
    assert applied.action == "configured"
    assert "hpa" not in applied.object["spec"]["cloudWorker"]


def test_a_create_is_atomic_even_against_one_that_came_first(plane: Plane, namespace: str) -> None:
    access = ClusterAccess(kubeconfig=str(plane.kubeconfig), namespace=namespace)
    cluster = open_cluster(access, Surroundings.of_process())
    asked = cluster.find

    def blind(*arguments: object, **named: object) -> None:
        cluster.find = asked  # type: ignore[method-assign]

    create_workload(cluster, model("big", namespace))
    cluster.find = blind  # type: ignore[method-assign]
    other = model("big", namespace)
    other["spec"]["url"] = "/overwritten.pb"
    with pytest.raises(AlreadyExists):
        create_workload(cluster, other)
    assert plane.kubectl("get", "model", "big", "-n", namespace, "-o", "jsonpath={.spec.url}") == (
        "/models/big/frozen.pb"
    )


def test_documents_of_any_kind_go_in_an_order_that_works(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    fresh = f"{namespace}-b"
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s3", "namespace": fresh},
        "stringData": {"ACCESS_KEY_ID": "x"},
    }
    quota = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "pdb", "namespace": fresh},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"a": "b"}}},
    }
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": fresh}}
    text = stream(model("m", fresh), quota, secret, space)
    try:
        dry = sednactl("apply", "-f", "-", "--dry-run=server", input=text)
        assert dry.code == 0
        assert "namespace " + fresh + " does not exist before this is applied" in dry.err
        new = sednactl("diff", "-f", "-", input=stream(model("m", fresh)))
        assert new.code == 1 and "does not exist yet" in new.err
        applied = sednactl("apply", "-f", "-", input=text)
        assert (applied.code, applied.err) == (0, "")
        assert applied.out.splitlines() == [
            f"namespace/{fresh} created",
            "secret/s3 created",
            "model.sedna.io/m created",
            "poddisruptionbudget.policy/pdb created",
        ]
    finally:
        plane.kubectl("delete", "namespace", fresh, "--wait=false", "--ignore-not-found")


def test_what_the_autoscaler_owns_is_left_to_it(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    template = {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "c", "image": "example.org/web:v1"}]},
    }
    web = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": template},
    }
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    hpa = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {"minReplicas": 3, "maxReplicas": 5, "scaleTargetRef": target},
    }
    assert sednactl("apply", "-f", "-", input=stream(web)).code == 0
    assert sednactl("apply", "-f", "-", input=stream(hpa)).code == 0
    plane.kubectl("wait", "deploy/web", "-n", namespace, "--for=jsonpath={.spec.replicas}=3", "--timeout=60s")
    applied = sednactl("apply", "-f", "-", input=stream(web))
    assert "spec.replicas is left to the autoscaler web" in applied.err
    spec = plane.kubectl("get", "deploy", "web", "-n", namespace, "-o", "jsonpath={.spec.replicas}")
    assert spec == "3"


def test_no_permission_is_said_and_costs_only_what_it_must(
    plane: Plane, namespace: str, sednactl: Sednactl
) -> None:
    text = with_models(joint_inference("helmet", namespace, hpa=("cloud",)))
    sednactl("apply", "-f", "-", input=text)
    assert sednactl("wait", "ji", "helmet", "-n", namespace).code == 0
    for arguments in (
        ["get", "ji", "-n", namespace],
        ["describe", "ji", "helmet", "-n", namespace],
        ["tree", "ji", "helmet", "-n", namespace],
        ["wait", "ji", "helmet", "-n", namespace],
        ["delete", "ji", "helmet", "-n", namespace, "--yes"],
    ):
        refused = sednactl(*arguments, "--as", "nobody")
        assert refused.code == 4, (arguments, refused)
        assert "forbidden" in refused.err.lower() or "not allowed" in refused.err.lower()
        assert "Traceback" not in refused.err
    refused = sednactl("apply", "-f", "-", "--as", "nobody", input=text)
    assert refused.code == 4
    plane.kubectl(
        "create", "role", "half", "-n", namespace, "--verb=get,list",
        "--resource=jointinferenceservices.sedna.io,models.sedna.io,deployments.apps,services,pods",
    )  # fmt: skip
    plane.kubectl("create", "rolebinding", "half", "-n", namespace, "--role=half", "--user=half")
    seen = sednactl("get", "ji", "-n", namespace, "--as", "half")
    assert seen.code == 0
    assert "Running" in seen.out and "?" in seen.out
    assert "horizontalpodautoscalers may not be listed" in seen.err
    described = sednactl("describe", "ji", "helmet", "-n", namespace, "--as", "half")
    assert described.code == 0 and "? (may not be read)" in described.out


@pytest.mark.parametrize(
    "template",
    [
        "{.items[*].metadata.name}",
        '{range .items[*]}{.metadata.name}{"\\t"}{.spec.format}{"\\n"}{end}',
        "{.items[?(@.metadata.name=='big')].spec}",
        "{.items[0].metadata.labels}",
        "{.kind}",
    ],
)
def test_jsonpath_says_what_kubectl_says(
    plane: Plane, namespace: str, sednactl: Sednactl, template: str
) -> None:
    sednactl("apply", "-f", "-", input=stream(model("big", namespace), model("little", namespace)))
    theirs = plane.kubectl("get", "models", "-n", namespace, "-o", f"jsonpath={template}")
    assert sednactl("get", "models", "-n", namespace, "-o", f"jsonpath={template}").out == theirs


def test_machine_formats_are_the_clusters_objects(plane: Plane, namespace: str, sednactl: Sednactl) -> None:
    sednactl("apply", "-f", "-", input=stream(model("big", namespace), model("little", namespace)))
    for kind_and_names in (["model", "big"], ["models"], ["model", "big", "little"]):
        theirs = json.loads(plane.kubectl("get", *kind_and_names, "-n", namespace, "-o", "json"))
        ours = json.loads(sednactl("get", *kind_and_names, "-n", namespace, "-o", "json").out)
        assert ours == theirs
    names = sednactl("get", "model", "-n", namespace, "-o", "name").out
    assert names == "model.sedna.io/big\nmodel.sedna.io/little\n"
    missing = sednactl("get", "model", "big", "nope", "-n", namespace, "-o", "name")
    assert (missing.code, missing.out) == (4, "model.sedna.io/big\n")
    assert "nope" in missing.err
