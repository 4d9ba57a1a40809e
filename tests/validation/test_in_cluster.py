"""validate --cluster: what the documents want that the cluster does not have, and how little is asked of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sednactl.errors import Unreachable
from sednactl.manifests.document import document_of
from sednactl.manifests.writing import to_yaml
from sednactl.sedna.kinds import BY_KIND, DATASET, JOINT_INFERENCE, MODEL, SEDNA_KINDS
from sednactl.sedna.resources import CLUSTER_ROLE, CLUSTER_ROLE_BINDING, CRD, DEPLOYMENT, HPA, NODE, SECRET
from sednactl.validation.check import Checker
from sednactl.validation.crd import crd_of
from sednactl.validation.finding import Finding, spell_path
from sednactl.validation.rules.edits import settled
from sednactl.validation.target import target_named
from tests.cluster.stub import SERVED, Answers, Reset, StubServer
from tests.conftest import RunSednactl
from tests.validation import test_rules
from tests.validation.learning import INCREMENTAL, LIFELONG, SEARCH, TRACKING
from tests.validation.test_rules import CLOUD, EDGE, EXTRACTION, FEDERATED, POD, REMOVED, VIDEO, changed

SERVICE = changed(test_rules.SERVICE, {"metadata.namespace": REMOVED})
RULES = (
    "SDN121",
    "SDN122",
    "SDN124",
    "SDN125",
    "SDN126",
    "SDN127",
    "SDN128",
    "SDN220",
    "SDN222",
    "SDN224",
    "SDN406",
    "SDN511",
    "SDN607",
    "SDN705",
    "SDN709",
)
CRD_NAME = f"{JOINT_INFERENCE.plural}.sedna.io"


@pytest.fixture
def stub() -> Iterator[StubServer]:
    """A cluster with what SERVICE needs."""
    with StubServer(tls=False, served=(*SERVED, CLUSTER_ROLE, CLUSTER_ROLE_BINDING)) as server:
        server.put(CRD, crd_of("JointInferenceService"))
        for name in ("helmet-little", "helmet-big"):
            server.put(MODEL.resource, {"metadata": {"name": name}, "spec": {"url": "/m", "format": "pb"}})
        server.put(NODE, node("edge-1", "2", {"gate": "north"}))
        server.put(NODE, node("cloud-1", "8"))
        yield server


def node(name: str, cpu: str, labels: dict[str, str] | None = None, memory: str = "64Gi") -> dict[str, Any]:
    return {
        "metadata": {"name": name, "labels": labels or {}},
        "status": {"allocatable": {"cpu": cpu, "memory": memory, "pods": "110"}},
    }


def findings(stub: StubServer, *documents: dict[str, Any], release: str = "0.7") -> list[Finding]:
    checker = Checker(target=target_named(release, None), for_cluster=True)
    for index, one in enumerate(documents):
        checker.check(document_of(one, index=index))
    cluster = stub.cluster()
    try:
        return [one for one in checker.finish(cluster) if one.rule in RULES]
    finally:
        cluster.close()


def found(stub: StubServer, *documents: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one.rule, one.level, spell_path(one.path)) for one in findings(stub, *documents)]


def test_a_cluster_that_has_everything(stub: StubServer) -> None:
    assert found(stub, SERVICE) == []


def test_one_list_a_kind_and_namespace(stub: StubServer) -> None:
    stub.put(
        SECRET, {"metadata": {"name": "key", "annotations": {"s3-endpoint": "m"}}, "data": {"k": "eA=="}}
    )
    others = [changed(SERVICE, {"metadata.name": f"s{index}"}) for index in range(20)]
    keyed = [changed(LIFELONG, {"metadata.name": f"l{index}"}) for index in range(20)]
    away = changed(SERVICE, {"metadata.namespace": "park"})
    stub.requests.clear()
    findings(stub, *others, *keyed, away)
    lists = sorted(one.path for one in stub.requests if "sedna.io/v1alpha1/namespaces" in one.path)
    assert lists == [
        "/apis/sedna.io/v1alpha1/namespaces/default/datasets",
        "/apis/sedna.io/v1alpha1/namespaces/default/jointinferenceservices",
        "/apis/sedna.io/v1alpha1/namespaces/default/lifelonglearningjobs",
        "/apis/sedna.io/v1alpha1/namespaces/default/models",
        "/apis/sedna.io/v1alpha1/namespaces/park/jointinferenceservices",
        "/apis/sedna.io/v1alpha1/namespaces/park/models",
    ]
    assert len(stub.requests) <= 19  # LimitRanges and quotas of both namespaces too
    assert "/api/v1/namespaces/default/secrets" in {one.path for one in stub.requests}
    assert {one.method for one in stub.requests} == {"GET"}
    (secrets,) = [one for one in stub.requests if one.path.endswith("/secrets")]
    assert "PartialObjectMetadata" in secrets.headers["Accept"]


def test_what_neither_the_files_nor_the_cluster_have(stub: StubServer) -> None:
    stub.remove(MODEL.resource, "helmet-big")
    assert found(stub, SERVICE) == [("SDN124", "error", f"{CLOUD}.model.name")]
    big = {**test_rules.MODEL, "metadata": {"name": "helmet-big"}}
    assert found(stub, SERVICE, big) == []
    assert found(stub, changed(SERVICE, {"metadata.namespace": "default"})) == [
        ("SDN124", "error", f"{CLOUD}.model.name")
    ]
    assert [rule for rule, *_ in found(stub, changed(SERVICE, {"metadata.namespace": "park"}))] == [
        "SDN124",
        "SDN124",
    ]


def test_levels_follow_what_the_absence_does(stub: StubServer) -> None:
    assert found(stub, VIDEO) == [("SDN124", "warning", "spec.model.name")]
    assert {(rule, level) for rule, level, _ in found(stub, FEDERATED) if rule == "SDN124"} == {
        ("SDN124", "warning")
    }
    assert found(stub, LIFELONG) == [
        ("SDN124", "warning", "spec.dataset.name"),
        ("SDN124", "warning", "spec.credentialName"),
    ]


def test_facts_of_the_cluster_count_as_those_of_files(stub: StubServer) -> None:
    for name in ("first", "running"):
        stub.put(MODEL.resource, {"metadata": {"name": name}, "spec": {"format": "pb"}})
    stub.put(
        DATASET.resource, {"metadata": {"name": "frames"}, "spec": {"format": "csv", "nodeName": "edge-1"}}
    )
    assert found(stub, INCREMENTAL) == [("SDN511", "error", "spec.dataset.name")]


def test_a_secret_of_the_cluster_that_crashes(stub: StubServer) -> None:
    stub.put(DATASET.resource, {"metadata": {"name": "atcii"}, "spec": {}})
    stub.put(SECRET, {"metadata": {"name": "key"}, "data": {"a": "eA=="}})
    assert found(stub, LIFELONG) == [("SDN406", "error", "spec.credentialName")]
    stub.put(SECRET, {"metadata": {"name": "key", "annotations": {"s3-endpoint": "m"}}})
    assert found(stub, LIFELONG) == []


def test_nodes(stub: StubServer) -> None:
    pinned = changed(
        SERVICE, {f"{CLOUD}.{POD}.nodeName": "cloud-9", f"{EDGE}.{POD}.nodeSelector.gate": "south"}
    )
    assert sorted(found(stub, pinned)) == [
        ("SDN125", "error", f"{CLOUD}.{POD}.nodeName"),
        ("SDN125", "error", f"{EDGE}.{POD}.nodeSelector"),
    ]
    data = changed(test_rules.DATASET, {"spec.nodeName": "edge-9"})
    assert found(stub, data) == [("SDN125", "error", "spec.nodeName")]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({f"{CLOUD}.hpa.maxReplicas": 8}, "8 replicas of 1.024 cpu each, but 2 nodes hold 8"),
        ({f"{CLOUD}.{POD}.nodeName": "edge-1"}, "5 replicas of 1.024 cpu each, but node edge-1 holds 1"),
        (
            {f"{CLOUD}.{POD}.containers.0.resources.requests": {"memory": "60Gi"}},
            "5 replicas of 60Gi memory each, but 2 nodes hold 2",
        ),
        (
            {f"{CLOUD}.{POD}.containers.0.resources.requests": {"nvidia.com/gpu": 1}},
            "5 replicas of 1 nvidia.com/gpu each, but 2 nodes hold 0",
        ),
    ],
)
def test_room(stub: StubServer, changes: dict[str, Any], message: str) -> None:
    stub.put(NODE, node("cloud-1", "7300m"))
    got = [one for one in findings(stub, changed(SERVICE, changes)) if one.rule == "SDN222"]
    enough = changes == {f"{CLOUD}.hpa.maxReplicas": 8}
    assert [one.message for one in got] == ([] if enough else [message])
    assert [spell_path(one.path) for one in got] == ([] if enough else [f"{CLOUD}.hpa.maxReplicas"])


def test_a_node_that_has_not_said_what_it_holds(stub: StubServer) -> None:
    stub.put(NODE, {"metadata": {"name": "fresh"}, "status": {}})
    assert (
        found(stub, changed(SERVICE, {f"{CLOUD}.{POD}.nodeName": "fresh", f"{CLOUD}.hpa.maxReplicas": 99}))
        == []
    )


def test_a_node_takes_so_many_pods_and_no_more(stub: StubServer) -> None:
    many = {
        f"{CLOUD}.{POD}.containers.0.resources": {"requests": {"cpu": "1m"}},
        f"{CLOUD}.{POD}.nodeName": "cloud-1",
    }

    def told(most: int) -> list[str]:
        service = changed(SERVICE, {**many, f"{CLOUD}.hpa.maxReplicas": most})
        return [one.message for one in findings(stub, service) if one.rule == "SDN222"]

    assert told(110) == []
    assert told(111) == ["111 replicas, but node cloud-1 holds 110 pods at most"]
    stub.put(NODE, {"metadata": {"name": "cloud-1"}, "status": {"allocatable": {"cpu": "8"}}})
    assert told(111) == []  # it has not said how many


def test_room_for_one(stub: StubServer) -> None:
    heavy = {"requests": {"cpu": "9"}}
    service = changed(SERVICE, {f"{CLOUD}.hpa": REMOVED, f"{CLOUD}.{POD}.containers.0.resources": heavy})
    assert [one.message for one in findings(stub, service)] == [
        "one replica of 9 cpu each, but 2 nodes hold 0"
    ]
    several = changed(
        SEARCH, {"spec.reidWorkers.template.spec.containers.0.resources": {"requests": {"cpu": "5"}}}
    )
    (finding,) = findings(stub, several)
    assert spell_path(finding.path) == "spec.reidWorkers.replicas"


def test_init_containers_count_as_kubernetes_counts_them(stub: StubServer) -> None:
    """The largest init container, or all that runs at once; a sidecar runs at once with the others."""

    def init(policy: str | None, cpu: str) -> dict[str, Any]:
        made = {"name": f"i{cpu}", "image": "i", "resources": {"requests": {"cpu": cpu}}}
        return made | ({"restartPolicy": policy} if policy else {})

    def demand(*containers: dict[str, Any]) -> list[str]:
        service = changed(SERVICE, {f"{CLOUD}.{POD}.initContainers": list(containers)})
        return [one.message for one in findings(stub, service) if one.rule == "SDN222"]

    assert demand(init(None, "1")) == []
    assert demand(init(None, "5"), init(None, "4")) == ["5 replicas of 5 cpu each, but 2 nodes hold 1"]
    assert demand(init("Always", "4")) == ["5 replicas of 5.024 cpu each, but 2 nodes hold 1"]


def test_kinds_that_are_not_served() -> None:
    served = tuple(kind.resource for kind in SEDNA_KINDS if kind.kind != "ObjectTrackingService")
    with StubServer(tls=False, served=(*served, NODE, HPA, CRD)) as stub:
        assert found(stub, TRACKING) == [("SDN126", "error", "kind")]


def test_autoscaling_that_the_cluster_cannot_do(stub: StubServer) -> None:
    stub.put(CRD, crd_of("JointInferenceService", target_named("0.6", None).release))
    assert found(stub, SERVICE) == [("SDN127", "error", f"{CLOUD}.hpa"), ("SDN127", "error", f"{EDGE}.hpa")]
    assert found(stub, changed(SERVICE, {f"{EDGE}.hpa": None, f"{CLOUD}.hpa": None})) == []


@pytest.mark.parametrize(
    ("image", "old"),
    [
        ("kubeedge/sedna-gm:v0.6.0", True),
        ("registry:5000/sedna-gm:v0.5.1@sha256:abc", True),
        ("kubeedge/sedna-gm:v0.7.0", False),
        ("kubeedge/sedna-gm", False),
        ("registry:5000/mine:today", False),
    ],
)
def test_a_global_manager_that_ignores_hpa(stub: StubServer, image: str, old: bool) -> None:
    pod = {"containers": [{"name": "gm", "image": image}]}
    metadata = {"name": "gm", "namespace": "sedna"}
    stub.put(DEPLOYMENT, {"metadata": metadata, "spec": {"template": {"spec": pod}}})
    messages = {one.message for one in findings(stub, SERVICE) if one.rule == "SDN127"}
    assert messages == ({f"the cluster's Global Manager is {image}, which ignores hpa"} if old else set())


SUBJECT = {"kind": "ServiceAccount", "name": "sedna", "namespace": "sedna"}
SCALING = {"apiGroups": ["autoscaling"], "resources": ["horizontalpodautoscalers"]}
ALL_VERBS = ["get", "create", "update", "delete"]


@pytest.mark.parametrize(
    ("rules", "subject", "lacking"),
    [
        ([{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["*"]}], SUBJECT, "create"),
        ([{**SCALING, "verbs": ["get", "create", "delete"]}], SUBJECT, "update"),
        ([{**SCALING, "verbs": ALL_VERBS, "resourceNames": ["one"]}], SUBJECT, "create"),
        ([{**SCALING, "verbs": ["create"]}, {**SCALING, "verbs": ALL_VERBS}], SUBJECT, ""),
        ([{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}], SUBJECT, ""),
        ([], {**SUBJECT, "name": "other"}, ""),  # nothing is known of its rights
        ([], {"kind": "Group", "name": "system:authenticated"}, ""),  # what all accounts have tells nothing
        ([], {"kind": "User", "name": "system:serviceaccount:sedna:sedna"}, "create"),
    ],
)
def test_a_global_manager_that_may_not_scale(
    stub: StubServer, rules: list[dict[str, Any]], subject: dict[str, str], lacking: str
) -> None:
    pod = {"serviceAccountName": "sedna", "containers": [{"name": "gm", "image": "kubeedge/sedna-gm:v0.7.0"}]}
    stub.put(
        DEPLOYMENT,
        {"metadata": {"name": "gm", "namespace": "sedna"}, "spec": {"template": {"spec": pod}}},
    )
    stub.put(CLUSTER_ROLE, {"metadata": {"name": "sedna"}, "rules": rules})
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "sedna"}
    stub.put(CLUSTER_ROLE_BINDING, {"metadata": {"name": "sedna"}, "roleRef": role, "subjects": [subject]})
    got = [one for one in findings(stub, SERVICE) if one.rule == "SDN127"]
    assert [one.message for one in got] == [
        f"the cluster's Global Manager may not {lacking} autoscalers: its role lacks them"
    ] * (2 if lacking else 0)
    assert {one.hint for one in got} <= {"add horizontalpodautoscalers to its ClusterRole"}


def test_an_autoscaler_of_the_cluster_for_the_same_deployment(stub: StubServer) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "helmet-deployment-cloud"}
    stub.put(HPA, {"metadata": {"name": "mine"}, "spec": {"scaleTargetRef": target}})
    assert found(stub, SERVICE) == [("SDN220", "warning", f"{CLOUD}.hpa")]
    without = changed(SERVICE, {f"{EDGE}.hpa": None, f"{CLOUD}.hpa": None})
    assert found(stub, without) == [("SDN220", "warning", "metadata.name")]
    owner = {"apiVersion": "sedna.io/v1alpha1", "kind": "JointInferenceService", "name": "helmet", "uid": "u"}
    stub.put(
        HPA, {"metadata": {"name": "mine", "ownerReferences": [owner]}, "spec": {"scaleTargetRef": target}}
    )
    assert found(stub, SERVICE) == found(stub, without) == []


def live(stub: StubServer, content: dict[str, Any]) -> None:
    """Put a workload into the stub's default namespace."""
    metadata = {key: value for key, value in content["metadata"].items() if key != "namespace"}
    stub.put(BY_KIND[content["kind"]].resource, {**content, "metadata": metadata})
    for side in ("cloud", "edge") if content["kind"] == JOINT_INFERENCE.kind else ():
        stub.put(DEPLOYMENT, {"metadata": {"name": f"{metadata['name']}-deployment-{side}"}, "spec": {}})


def test_edits_of_a_service(stub: StubServer) -> None:
    live(stub, SERVICE)
    assert found(stub, SERVICE) == []
    assert found(stub, changed(SERVICE, {f"{CLOUD}.hpa": REMOVED})) == [("SDN224", "warning", CLOUD)]
    assert found(stub, changed(SERVICE, {f"{CLOUD}.hpa.maxReplicas": 6})) == [
        ("SDN224", "info", f"{CLOUD}.hpa")
    ]
    both = {f"{CLOUD}.hpa.maxReplicas": 6, f"{CLOUD}.{POD}.nodeName": ""}
    assert found(stub, changed(SERVICE, both)) == []  # that all pods restart is what such an edit says
    scaled_anew = changed(SERVICE, {f"{EDGE}.hpa": {"maxReplicas": 3}})
    live(stub, changed(SERVICE, {f"{EDGE}.hpa": REMOVED}))
    assert ("SDN224", "info", f"{EDGE}.hpa") in found(stub, scaled_anew)


def test_an_edit_of_a_side_that_has_no_deployment(stub: StubServer) -> None:
    live(stub, SERVICE)
    stub.remove(DEPLOYMENT, "helmet-deployment-edge")
    assert found(stub, SERVICE) == []  # it is no edit
    edited = changed(SERVICE, {f"{CLOUD}.hpa.maxReplicas": 6, f"{EDGE}.hpa": REMOVED})
    assert found(stub, edited) == [("SDN224", "info", f"{CLOUD}.hpa"), ("SDN705", "warning", EDGE)]
    stub.fail(Answers(403), path="/default/deployments", times=9)
    assert found(stub, edited) == [
        ("SDN224", "info", f"{CLOUD}.hpa"),
        ("SDN224", "warning", EDGE),
        ("SDN128", "info", ""),
    ]


@pytest.mark.parametrize("content", [INCREMENTAL, LIFELONG])
@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("outputDir", "s3://elsewhere/output", "SDN705"),
        ("dataset.name", "others", "SDN705"),
        ("trainSpec.trigger.condition.threshold", 7, "SDN705"),
        ("dataset.trainProb", 0.5, "SDN709"),
        ("trainSpec.template.spec.containers.0.image", "example/worker:v2", "SDN709"),
        ("evalSpec.template.spec.containers.0.image", "example/worker:v2", "SDN709"),
    ],
)
def test_edits_of_a_learning_job(
    stub: StubServer, content: dict[str, Any], path: str, value: Any, rule: str
) -> None:
    live(stub, content)
    assert [one for one in found(stub, content) if one[0] in ("SDN705", "SDN709")] == []
    edited = [
        one
        for one in findings(stub, changed(content, {f"spec.{path}": value}))
        if one.rule in ("SDN705", "SDN709")
    ]
    assert [one.rule for one in edited] == [rule]
    assert [one.level for one in edited] == ["warning" if rule == "SDN705" else "info"]
    assert f"spec.{path}".startswith(spell_path(edited[0].path))


def test_inference_takes_an_edit_up_with_the_next_model_or_never(stub: StubServer) -> None:
    """With hot update the pod is never made anew; without, it is when the next model is deployed."""
    image = "spec.deploySpec.template.spec.containers.0.image"
    for content, told in (
        (INCREMENTAL, "SDN705"),
        (changed(INCREMENTAL, {"spec.deploySpec.model.hotUpdateEnabled": False}), "SDN709"),
    ):
        live(stub, content)
        got = found(stub, changed(content, {image: "example/worker:v2"}))
        level = "warning" if told == "SDN705" else "info"
        assert [one for one in got if one[0] in ("SDN705", "SDN709")] == [
            (told, level, "spec.deploySpec.template")
        ]


def test_an_edit_of_a_model_counts_later(stub: StubServer) -> None:
    there = {**test_rules.MODEL, "metadata": {"name": "helmet-big"}}
    live(stub, there)
    stub.requests.clear()
    assert found(stub, there) == []
    assert found(stub, SERVICE, there) == []
    assert found(stub, changed(there, {"spec.url": "/other/big.pb"})) == [("SDN709", "info", "metadata.name")]


def test_edits_of_a_federated_job(stub: StubServer) -> None:
    live(stub, FEDERATED)
    edited = changed(FEDERATED, {"spec.transmitter": {"ws": {}}, "metadata.namespace": "default"})
    rules = ("SDN607",)
    alone = [one for one in findings(stub, edited) if one.rule in rules]
    assert [one.level for one in alone] == ["warning"]
    assert "may delete" not in alone[0].message
    live(stub, changed(FEDERATED, {"metadata.name": "another"}))
    (beside,) = [one for one in findings(stub, edited) if one.rule in rules]
    assert 'may delete those of "another"' in beside.message
    assert not [one for one in findings(stub, FEDERATED) if one.rule in rules]


@pytest.mark.parametrize(
    ("content", "edit"),
    [
        (SERVICE, {f"{CLOUD}.{POD}.containers.0.image": "example/worker:v9"}),
        (FEDERATED, {"spec.transmitter": {"ws": {}}}),
    ],
)
def test_edits_before_0_7_reach_nothing_that_runs(
    stub: StubServer, content: dict[str, Any], edit: dict[str, Any]
) -> None:
    live(stub, content)
    told = [
        one
        for one in findings(stub, changed(content, edit), release="0.6")
        if one.rule in ("SDN607", "SDN705")
    ]
    assert [(one.rule, spell_path(one.path)) for one in told] == [("SDN705", "metadata.name")]
    assert "Sedna 0.6 does not carry this change" in told[0].message


@pytest.mark.parametrize("content", [EXTRACTION, SEARCH, VIDEO])
def test_edits_that_change_nothing_that_runs(stub: StubServer, content: dict[str, Any]) -> None:
    live(stub, content)
    edit: dict[str, Any] = {"spec.replicas": 7}
    if content is SEARCH:
        edit = {"spec.reidWorkers.replicas": 7}
    elif content is VIDEO:
        edit = {"spec.model.name": "another"}
    assert [one for one in found(stub, content) if one[0] == "SDN705"] == []
    assert ("SDN705", "warning", "metadata.name") in found(stub, changed(content, edit))
    assert settled({"ports": [{"containerPort": 1, "protocol": "TCP", "name": None}]}) == {
        "ports": [{"containerPort": 1}]
    }


def test_a_cluster_without_autoscaling() -> None:
    served = tuple(BY_KIND[kind].resource for kind in ("JointInferenceService", "Model"))
    with StubServer(tls=False, served=(*served, NODE, CRD)) as stub:
        rules = [rule for rule, *_ in found(stub, SERVICE)]
    assert rules.count("SDN127") == 2


@pytest.mark.parametrize(
    ("path", "spared"),
    [("/models", "SDN121"), ("/nodes", None), ("/customresourcedefinitions/", None)],
)
def test_what_may_not_be_looked_at_is_left_open(stub: StubServer, path: str, spared: str | None) -> None:
    stub.remove(MODEL.resource, "helmet-big")
    stub.put(MODEL.resource, {"metadata": {"name": "helmet-big"}})
    stub.fail(Answers(403), path=path, times=9)
    got = findings(stub, changed(SERVICE, {f"{CLOUD}.{POD}.nodeName": "cloud-1"}))
    denied = [one for one in got if one.rule == "SDN128"]
    assert [one.level for one in denied] == ["info"]
    assert "may not be listed" in denied[0].message
    assert {one.rule for one in got} - {"SDN128"} == ({spared} if spared else set())
    assert {one.level for one in got} == {"info"}


def test_no_answer_is_an_error_after_the_report(
    stub: StubServer, run_sednactl: RunSednactl, tmp_path: Path
) -> None:
    stub.fail(Reset(), times=99)
    (tmp_path / "s.yaml").write_text(to_yaml([changed(SERVICE, {f"{CLOUD}.hpa.maxReplicas": 0})]))
    config = stub.kubeconfig(tmp_path / "config")
    run = run_sednactl("validate", "s.yaml", "--cluster", "--kubeconfig", str(config))
    assert run.code == 5
    assert "maxReplicas 0" in run.out
    assert "cannot reach the cluster" in run.err
    with pytest.raises(Unreachable):
        findings(stub, SERVICE)


def test_the_command(stub: StubServer, run_sednactl: RunSednactl, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(to_yaml([SERVICE]))
    config = str(stub.kubeconfig(tmp_path / "config"))
    whole = run_sednactl("validate", "s.yaml", "--cluster", "--kubeconfig", config, "--strict")
    assert (whole.code, whole.out) == (0, "")
    away = run_sednactl("validate", "s.yaml", "--cluster", "--kubeconfig", config, "-n", "park", "-o", "json")
    assert away.code == 1
    report = json.loads(away.out)
    assert [one["rule"] for one in report["findings"] if one["level"] == "error"] == ["SDN124", "SDN124"]
    assert "neither in these files nor in the cluster" in report["findings"][0]["message"]


def test_flags_of_the_cluster_need_it(run_sednactl: RunSednactl, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(to_yaml([SERVICE]))
    run = run_sednactl("validate", "s.yaml", "--context", "x")
    assert (run.code, run.out) == (2, "")
    assert "flags that choose a cluster need --cluster" in run.err
