"""Ghosts made on purpose on a real control plane: found, removed, put back; the living beside them untouched."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.live.conftest import Sednactl
from tests.live.plane.api import eventually
from tests.live.plane.plane import Plane

Json = dict[str, Any]

DEAD = "dddddddd-0000-4000-8000-000000000002"
_LISTS = (
    "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers",
    "/apis/apps/v1/namespaces/{}/deployments",
    "/apis/apps/v1/namespaces/{}/replicasets",
    "/api/v1/namespaces/{}/services",
    "/api/v1/namespaces/{}/pods",
)
_JI = "/apis/sedna.io/v1alpha1/namespaces/{}/jointinferenceservices"


class Field:
    """One namespace of the plane, with the few things these tests do in it."""

    def __init__(self, plane: Plane, namespace: str, sednactl: Sednactl) -> None:
        self.plane = plane
        self.namespace = namespace
        self._sednactl = sednactl

    def clean(self, *arguments: str) -> tuple[int, dict[str, Json], str]:
        """Run the clean-up with no age limit; gives its code, the ghosts by KIND/NAME, and standard error."""
        done = self._sednactl(
            "cleanup", "ghost-instances", "-n", self.namespace, "--older-than", "0s", "-o", "json", *arguments, timeout=120
        )  # fmt: skip
        assert done.out, done.err
        report = json.loads(done.out)
        return done.code, {f"{one['kind']}/{one['name']}": one for one in report["ghosts"]}, done.err

    def undo(self, file: Path) -> tuple[int, list[Json]]:
        done = self._sednactl("cleanup", "undo", str(file), "-o", "json")
        assert done.out, done.err
        return done.code, json.loads(done.out)["objects"]

    def objects(self, prefix: str = "") -> dict[str, str]:
        """Give the UIDs of children whose names begin so, by KIND/NAME."""
        found = {}
        for path in _LISTS:
            answer = self.plane.api.expect("GET", path.format(self.namespace))
            for one in answer["items"]:
                name = one["metadata"]["name"]
                if name.removeprefix("hpa-").startswith(prefix):
                    found[f"{answer['kind'].removesuffix('List')}/{name}"] = one["metadata"]["uid"]
        return found

    def create(self, path: str, body: Json) -> Json:
        return self.plane.api.expect("POST", path.format(self.namespace), body)

    def service(self, name: str) -> None:
        """Create a JointInferenceService with autoscalers and wait for all its children."""
        self.create(_JI, joint_inference(name))
        wanted = {
            f"Deployment/{name}-deployment-cloud", f"Deployment/{name}-deployment-edge", f"Service/{name}-cloud",
            f"HorizontalPodAutoscaler/hpa-{name}-deployment-cloud", f"HorizontalPodAutoscaler/hpa-{name}-deployment-edge",
        }  # fmt: skip
        eventually(lambda: wanted <= self.objects(name).keys(), what=f"children of {name}")
        eventually(
            lambda: {side for side in ("cloud", "edge") for one in self.objects(f"{name}-deployment-{side}") if one.startswith("Pod/")}
            == {"cloud", "edge"},
            what=f"pods of {name}",
        )  # fmt: skip

    def delete_service(self, name: str, propagation: str) -> None:
        options = {"propagationPolicy": propagation}
        self.plane.api.expect("DELETE", f"{_JI.format(self.namespace)}/{name}", options)
        eventually(
            lambda: self.plane.api("GET", f"{_JI.format(self.namespace)}/{name}")[0] == 404,
            what=f"end of {name}",
        )


def joint_inference(name: str) -> Json:
    def side(model: str, node: str) -> Json:
        container = {"name": "main", "image": "example/worker:v1", "resources": {"requests": {"cpu": "100m"}}}
        cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 100}}
        return {
            "model": {"name": model},
            "template": {"spec": {"nodeName": node, "containers": [container]}},
            "hpa": {"maxReplicas": 3, "metrics": [{"type": "Resource", "resource": cpu}]},
        }

    edge = {**side("little", "edge-node"), "hardExampleMining": {"name": "IBT"}}
    return {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "JointInferenceService",
        "metadata": {"name": name},
        "spec": {"edgeWorker": edge, "cloudWorker": side("big", "cloud-node")},
    }


def before_0_7(kind: str, name: str, node: str = "edge-node", **meta: Any) -> Json:
    """What Sedna 0.6 made for a JointInferenceService `old` that is gone."""
    labels = {
        "jointinference.sedna.io/name": "old",
        "jointinference.sedna.io/uid": DEAD,
        "jointinference.sedna.io/worker-type": "cloud" if kind == "Service" else "edge",
    }
    owner = {
        "apiVersion": "sedna.io/v1alpha1", "kind": "JointInference", "name": "old", "uid": DEAD,
        "controller": True, "blockOwnerDeletion": True,
    }  # fmt: skip
    spec: Json = (
        {"ports": [{"name": "tcp-0", "port": 5000}], "selector": labels}
        if kind == "Service"
        else {"nodeName": node, "containers": [{"name": "c", "image": "example/worker:v1"}]}
    )
    metadata = {"name": name, "labels": labels, "ownerReferences": [owner], **meta}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec}


def _needs_the_real_one(field: Field) -> None:
    if not field.plane.has_global_manager:
        pytest.skip("only the real Global Manager shows what it makes and rebuilds here")


@pytest.fixture
def field(plane: Plane, namespace: str, sednactl: Sednactl) -> Field:
    made = Field(plane, namespace, sednactl)
    for name in ("little", "big"):
        model = {
            "apiVersion": "sedna.io/v1alpha1",
            "kind": "Model",
            "metadata": {"name": name},
            "spec": {"url": "/m/m.pb", "format": "pb"},
        }
        made.create("/apis/sedna.io/v1alpha1/namespaces/{}/models", model)
    return made


def test_all_the_way_beside_a_healthy_service(field: Field, tmp_path: Path) -> None:
    """Classes A, C and G: found, removed, put back, removed again; the healthy service's objects stay the same."""
    field.service("healthy")
    field.service("gate")
    field.delete_service("gate", "Orphan")
    field.create(_LISTS[3], before_0_7("Service", "old-cloud"))
    field.create(_LISTS[4], before_0_7("Pod", "old-edge-x7k2p"))
    healthy = {name: uid for name, uid in field.objects("healthy").items() if not name.startswith("Pod/")}
    tops = {
        "HorizontalPodAutoscaler/hpa-gate-deployment-cloud", "HorizontalPodAutoscaler/hpa-gate-deployment-edge",
        "Deployment/gate-deployment-cloud", "Deployment/gate-deployment-edge", "Service/gate-cloud",
        "Service/old-cloud", "Pod/old-edge-x7k2p",
    }  # fmt: skip

    code, ghosts, _ = field.clean()
    assert code == 1
    assert {name for name, one in ghosts.items() if one["action"] == "delete"} == tops == ghosts.keys()
    assert tops <= field.objects().keys()  # the garbage collector keeps them all, and we changed nothing

    file = tmp_path / "first.jsonl"
    code, ghosts, err = field.clean("--yes", "--backup", str(file))
    assert code == 0, err
    assert {one["result"] for one in ghosts.values()} == {"deleted"}
    assert not field.objects("gate") and not field.objects("old")

    code, objects = field.undo(file)
    assert (code, {one["result"] for one in objects}) == (0, {"restored"})
    assert tops <= field.objects().keys()
    code, objects = field.undo(file)
    assert (code, {one["result"] for one in objects}) == (0, {"exists"})

    code, ghosts, err = field.clean("--yes", "--backup", str(tmp_path / "second.jsonl"))
    assert (code, set(ghosts)) == (0, tops), err
    assert field.clean()[:2] == (0, {})
    now = field.objects("healthy")
    assert {name: now.get(name) for name in healthy} == healthy


def test_undo_gives_back_the_address_of_a_service(field: Field, tmp_path: Path) -> None:
    before = field.create(_LISTS[3], before_0_7("Service", "old-cloud"))
    file = tmp_path / "b"
    assert field.clean("--yes", "--backup", str(file))[0] == 0
    thief = before_0_7("Service", "thief")
    thief["metadata"].pop("ownerReferences"), thief["metadata"].pop("labels")
    thief["spec"]["clusterIP"] = before["spec"]["clusterIP"]
    field.create(_LISTS[3], thief)
    code, (one,) = field.undo(file)
    assert (code, one["result"]) == (0, "restored")
    assert "new address" in one["changes"][0]
    field.plane.api.expect("DELETE", f"{_LISTS[3].format(field.namespace)}/old-cloud")
    field.plane.api.expect("DELETE", f"{_LISTS[3].format(field.namespace)}/thief")
    code, (one,) = field.undo(file)
    assert (code, one["changes"]) == (0, [])
    again = field.plane.api.expect("GET", f"{_LISTS[3].format(field.namespace)}/old-cloud")
    assert again["spec"]["clusterIP"] == before["spec"]["clusterIP"]


def test_what_the_global_manager_would_rebuild_is_kept_until_its_namesake_is_gone(
    field: Field, tmp_path: Path
) -> None:
    field.service("gate")
    field.delete_service("gate", "Orphan")
    field.create(_JI, joint_inference("gate"))  # it meets the old ones' names and fails
    before = field.objects("gate")

    code, ghosts, _ = field.clean("--yes", "--backup", str(tmp_path / "one"))
    assert code == 7
    kept = {name for name, one in ghosts.items() if one["keptBecause"] == "would-return"}
    assert kept == {name for name in before if name.startswith("Deployment/")}
    # They still work for whoever orphaned them, so what leads to them stays too.
    assert ghosts["Service/gate-cloud"]["keptBecause"] == "belongs-to-kept"
    assert {one["action"] for one in ghosts.values()} == {"keep"}
    assert field.objects("gate").items() >= before.items()

    field.delete_service("gate", "Background")
    code, ghosts, err = field.clean("--yes", "--backup", str(tmp_path / "two"))
    assert code == 0, err
    eventually(lambda: not field.objects("gate"), what="an empty namespace")
    field.service("gate")


def test_what_comes_back_is_noticed(field: Field, tmp_path: Path) -> None:
    """Class D: a Deployment that GM put back while a service of its name lived stays when that service goes."""
    _needs_the_real_one(field)
    labels = {f"jointinferenceservice.sedna.io/{key}": value for key, value in
              {"name": "gate", "uid": DEAD, "worker-type": "cloud"}.items()}  # fmt: skip
    pod = {
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "c", "image": "example/worker:v1"}]},
    }
    field.create(
        _LISTS[1],
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "gate-deployment-cloud", "labels": labels},
         "spec": {"selector": {"matchLabels": labels}, "template": pod}},
    )  # fmt: skip
    field.create(_JI, joint_inference("gate"))
    first = field.objects("gate")["Deployment/gate-deployment-cloud"]
    field.plane.api.expect("DELETE", f"{_LISTS[1].format(field.namespace)}/gate-deployment-cloud")
    eventually(
        lambda: field.objects("gate").get("Deployment/gate-deployment-cloud", first) != first,
        what="resurrection",
    )
    assert field.clean()[1]["Deployment/gate-deployment-cloud"]["keptBecause"] == "would-return"
    field.delete_service("gate", "Background")
    eventually(lambda: "Service/gate-cloud" not in field.objects("gate"), what="the cascade")
    code, ghosts, _ = field.clean()
    assert code == 1
    assert ghosts["Deployment/gate-deployment-cloud"]["cause"] == "resurrected"
    assert field.clean("--yes", "--backup", str(tmp_path / "b"))[0] == 0


def test_a_service_deleted_only_just_leaves_no_ghosts(field: Field) -> None:
    field.service("gate")
    options = {"propagationPolicy": "Background"}
    field.plane.api.expect("DELETE", f"{_JI.format(field.namespace)}/gate", options)
    code, ghosts, err = field.clean("--yes")
    assert (code, {name for name, one in ghosts.items() if one["verdict"] == "ghost"}) == (0, set()), err


def test_a_pod_that_waits_for_an_offline_edge_node(field: Field) -> None:
    field.service("gate")
    with field.plane.offline("edge-node"):

        def offline() -> bool:
            node = field.plane.api.expect("GET", "/api/v1/nodes/edge-node")
            return any(
                one["type"] == "Ready" and one["status"] != "True" for one in node["status"]["conditions"]
            )

        eventually(offline, what="edge-node offline", timeout=90)
        field.delete_service("gate", "Background")
        eventually(
            lambda: all(name.startswith("Pod/gate-deployment-edge") for name in field.objects("gate")),
            what="all gone but the edge pods",
        )
        code, ghosts, err = field.clean("--yes")
        assert code == 0, err
        assert ghosts and {one["keptBecause"] for one in ghosts.values()} == {"edge-offline"}
        assert {one["verdict"] for one in ghosts.values()} == {"not-a-ghost"}
        assert "edge-node, which is offline" in next(iter(ghosts.values()))["evidence"]
        assert field.objects("gate")
    eventually(lambda: not field.objects("gate"), what="end of the edge pods", timeout=60)


def test_what_a_finalizer_holds_is_said(field: Field, tmp_path: Path) -> None:
    field.create(_LISTS[3], before_0_7("Service", "old-cloud", finalizers=["example.com/hold"]))
    done = field._sednactl(
        "cleanup", "ghost-instances", "-n", field.namespace, "--older-than", "0s", "--yes", "--backup", str(tmp_path / "b")
    )  # fmt: skip
    assert done.code == 7
    assert "held by the finalizer example.com/hold" in " ".join(done.out.split())
    path = f"{_LISTS[3].format(field.namespace)}/old-cloud"
    field.plane.api.expect("PATCH", path, {"metadata": {"finalizers": None}}, "application/merge-patch+json")


def test_rights_to_look_but_not_to_delete(field: Field, tmp_path: Path) -> None:
    pod = field.create(_LISTS[4], before_0_7("Pod", "old-edge-x"))
    rules = [
        {"apiGroups": ["sedna.io", "apps", "autoscaling", ""], "resources": ["*"], "verbs": ["get", "list"]},
    ]
    roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/"
    field.create(f"{roles}roles", {"metadata": {"name": "look"}, "rules": rules})
    binding = {
        "metadata": {"name": "look"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "look"},
        "subjects": [{"kind": "User", "name": "onlooker", "apiGroup": "rbac.authorization.k8s.io"}],
    }
    field.create(f"{roles}rolebindings", binding)
    code, ghosts, _ = field.clean("--as", "onlooker")
    assert (code, set(ghosts)) == (1, {"Pod/old-edge-x"})
    code, ghosts, _ = field.clean("--as", "onlooker", "--yes", "--backup", str(tmp_path / "b"))
    assert code == 4
    assert ghosts["Pod/old-edge-x"]["result"] == "failed"
    assert (
        "cannot delete" in ghosts["Pod/old-edge-x"]["detail"]
        or "forbidden" in ghosts["Pod/old-edge-x"]["detail"]
    )
    assert field.objects("old") == {"Pod/old-edge-x": pod["metadata"]["uid"]}
    code, objects = field.undo(tmp_path / "b")
    assert (code, objects) == (0, [])  # nothing had been deleted
    done = field._sednactl("cleanup", "ghost-instances", "-n", field.namespace, "--as", "stranger")
    assert done.code == 4 and "forbidden" in done.err.lower()


def test_an_object_search_deleted_only_just_leaves_no_ghosts(field: Field) -> None:
    """The Global Manager re-creates its children for a moment after the deletion."""
    _needs_the_real_one(field)
    template = {"spec": {"containers": [{"name": "c", "image": "example/worker:v1"}]}}
    labelled = {"metadata": {}, **template}
    spec = {
        "userWorker": {"template": template},
        "trackingWorkers": [{"template": template}],
        "reidWorkers": {"replicas": 1, "selector": {"matchLabels": {"app": "reid"}}, "template": labelled},
    }
    services = "/apis/sedna.io/v1alpha1/namespaces/{}/objectsearchservices"
    body = {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "ObjectSearchService",
        "metadata": {"name": "seek"},
        "spec": spec,
    }
    field.create(services, body)
    eventually(
        lambda: len([one for one in field.objects("seek") if one.startswith(("Deployment", "Service"))]) == 4,
        what="children",
    )
    options = {"propagationPolicy": "Background"}
    field.plane.api.expect("DELETE", f"{services.format(field.namespace)}/seek", options)
    code, ghosts, err = field.clean("--yes")
    assert (code, {name for name, one in ghosts.items() if one["verdict"] == "ghost"}) == (0, set()), err
    eventually(lambda: not field.objects("seek"), what="an empty namespace")


def test_surplus_pods_of_a_living_federated_learning_job(field: Field) -> None:
    _needs_the_real_one(field)
    template = {"spec": {"containers": [{"name": "c", "image": "example/worker:v1"}]}}
    spec = {
        "aggregationWorker": {"model": {"name": "big"}, "template": template},
        "trainingWorkers": [{"dataset": {"name": "none"}, "template": template}],
    }
    jobs = "/apis/sedna.io/v1alpha1/namespaces/{}/federatedlearningjobs"
    body = {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "FederatedLearningJob",
        "metadata": {"name": "fl"},
        "spec": spec,
    }
    job = field.create(jobs, body)
    eventually(
        lambda: len([one for one in field.objects("fl") if one.startswith("Pod")]) == 2, what="its pods"
    )
    labels = {f"federatedlearningjob.sedna.io/{key}": value for key, value in
              {"name": "fl", "uid": job["metadata"]["uid"], "worker-type": "train"}.items()}  # fmt: skip
    owner = {
        "apiVersion": "sedna.io/v1alpha1",
        "kind": "FederatedLearningJob",
        "name": "fl",
        "uid": job["metadata"]["uid"],
        "controller": True,
    }
    field.create(
        _LISTS[4],
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "fl-train-zzzzz", "labels": labels, "ownerReferences": [owner]}, **template},
    )  # fmt: skip
    before = field.objects("fl")
    code, ghosts, err = field.clean("--yes")
    assert code == 7, err
    (ghost,) = ghosts.values()
    assert (ghost["cause"], ghost["action"]) == ("surplus-pod", "keep")
    assert "sednactl delete federatedlearning fl" in ghost["mend"]
    assert field.objects("fl") == before


def test_the_api_server_hangs_in_the_middle(field: Field, tmp_path: Path) -> None:
    if not field.plane.own:
        pytest.skip("freezes the API server, so it needs a plane of its own")
    for number in range(40):
        field.create(_LISTS[4], before_0_7("Pod", f"old-edge-{number:02}"))
    file = tmp_path / "b"
    ended = threading.Event()

    def freeze() -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if file.exists() and file.read_text().count('"step":"deleted"') >= 5:
                with field.plane.frozen():
                    ended.wait(30)
                return
            time.sleep(0.005)

    freezer = threading.Thread(target=freeze)
    freezer.start()
    arguments = ("-n", field.namespace, "--older-than", "0s", "--yes", "--backup", str(file))
    done = field._sednactl("cleanup", "ghost-instances", *arguments, "--request-timeout", "2s")
    ended.set()
    freezer.join()
    assert done.code == 7, done.err
    assert "not come to" in done.err and f"--resume {file}" in done.err

    code, ghosts, err = field.clean("--yes", "--resume", str(file))
    assert code == 0, err
    assert len(ghosts) == 40 and not field.objects("old-edge")
    code, objects = field.undo(file)
    assert (code, len(objects)) == (0, 40)
    assert len(field.objects("old-edge")) == 40
