"""What people see: tables, trees, descriptions and deletions, compared with files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sednactl.lifecycle.cascade import cascade_of
from sednactl.lifecycle.deletion import Deletion, Doomed, Plan
from sednactl.lifecycle.description import CheckedReference, describe
from sednactl.lifecycle.leftovers import leftover_of
from sednactl.lifecycle.ownership import Family, ownership_tree
from sednactl.lifecycle.references import references_of
from sednactl.lifecycle.state import state_of
from sednactl.render.deletion import deleted_lines, outcome_text, plan_text
from sednactl.render.description import description_text
from sednactl.render.difference import unified
from sednactl.render.settings import settings_of
from sednactl.render.tree import tree_json, tree_text
from sednactl.render.workloads import overview_table, workload_table
from sednactl.sedna.kinds import (
    DATASET,
    FEDERATED_LEARNING,
    INCREMENTAL_LEARNING,
    JOINT_INFERENCE,
    MODEL,
    SEDNA_KINDS,
)
from tests.golden import check_golden
from tests.lifecycle.objects import (
    DEAD,
    FALSE_ALARM,
    NOW,
    Json,
    ago,
    autoscaler,
    below,
    child,
    condition,
    deployment,
    ji_spec,
    pod,
    service,
    whole_service,
    workload,
)

BOTH = ji_spec(hpa=("cloud", "edge"))


def ji(name: str, *children: Json, unreadable: tuple[str, ...] = (), **more: Any) -> Family:
    return Family(JOINT_INFERENCE, workload(name=name, **more), children, frozenset(unreadable))


def several() -> list[Family]:
    error = {"conditions": [condition("Failed", "", 'services "vest-cloud" already exists')]}
    without = [item for item in whole_service() if item["kind"] != "HorizontalPodAutoscaler"]
    return [
        ji("helmet", *whole_service(), spec=BOTH, status=FALSE_ALARM),
        ji("half", deployment("cloud", wanted=3, ready=1), deployment("edge"), service(), status=FALSE_ALARM),
        ji("vest", deployment("cloud", of="vest"), service(of="vest"), status=error, age=40),
        ji("blind", *without, spec=BOTH, unreadable=("HorizontalPodAutoscaler",)),
        ji("leaving", deletionTimestamp=ago(9), age=7 * 86400),
        ji("given-up", spec=BOTH, status=error, age=3600),
    ]


def test_get_joint_inference() -> None:
    families = several()
    text = workload_table(JOINT_INFERENCE, families, NOW).text(None)
    text += "\n" + workload_table(JOINT_INFERENCE, families, NOW, wide=True, all_namespaces=True).text(None)
    check_golden("lifecycle/get-ji.txt", text)


def test_get_every_kind() -> None:
    specs: dict[str, Json] = {
        FEDERATED_LEARNING.kind: {"trainingWorkers": [{}, {}], "aggregationWorker": {"model": {"name": "m"}}},
        INCREMENTAL_LEARNING.kind: {
            "dataset": {"name": "d"},
            "initialModel": {"name": "m"},
            "outputDir": "/o",
        },
        MODEL.kind: {"format": "pb", "url": "/model/big.pb"},
        DATASET.kind: {"format": "txt", "nodeName": "edge-node", "url": "/data/index.txt"},
    }
    children = {
        FEDERATED_LEARNING.kind: [
            pod(f"fl-{worker}", worker, prefix="federatedlearningjob", owner_kind="FederatedLearningJob")
            for worker in ("aggregation", "train")
        ]
    }
    stage = {"conditions": [{"type": "Waiting", "stage": "Train", "status": "True"}]}
    text, groups = "", []
    for kind in SEDNA_KINDS:
        item = workload(
            kind,
            f"my-{kind.word}",
            spec=specs.get(kind.kind),
            status=stage if kind is INCREMENTAL_LEARNING else None,
        )
        family = Family(kind, item, tuple(children.get(kind.kind, ())))
        groups.append((kind, [family]))
        text += workload_table(kind, [family], NOW, wide=True).text(None) + "\n"
    check_golden("lifecycle/get-kinds.txt", text)
    check_golden("lifecycle/get-all.txt", overview_table(groups, NOW, wide=True).text(None))


def broken_family() -> Family:
    edge = deployment("edge", owned=False)
    cloud = deployment("cloud", wanted=2, ready=1)
    replicas = below(cloud, "ReplicaSet", "7dff", spec={"replicas": 2}, status={"readyReplicas": 1})
    older = below(cloud, "ReplicaSet", "66aa", spec={"replicas": 0}, status={})
    image = {"containerStatuses": [{"name": "m", "state": {"waiting": {"reason": "ImagePullBackOff"}}}]}
    return ji(
        "helmet",
        cloud,
        replicas,
        older,
        below(replicas, "Pod", "aaaaa", node="cloud-node"),
        below(replicas, "Pod", "bbbbb", node="cloud-node", ready=False, phase="Pending", status=image),
        edge,
        below(edge, "Pod", "ccccc", node="edge-node", ready=False),
        autoscaler("cloud", current=37),
        child("HorizontalPodAutoscaler", "hpa-helmet-deployment-edge", "edge", uid=DEAD, owned=False),
        child("Service", "helmet-cloud", labels=False, owned=False),
        spec=ji_spec(hpa=("cloud",)),
        status=FALSE_ALARM,
    )


NODES = {"cloud-node": True, "edge-node": False}


def test_tree() -> None:
    family = broken_family()
    state, branches = state_of(family, NOW, NODES), ownership_tree(family)
    text = tree_text(family, state, branches, nodes=NODES)
    text += "\n" + tree_text(family, state, branches, nodes=NODES, unicode=False)
    check_golden("lifecycle/tree.txt", text)
    links = {one["name"]: one["link"] for one in tree_json(family, state, branches)["children"]}
    assert links["helmet-cloud"] == "foreign" and links["helmet-deployment-edge"] == "unowned"


def event(name: str, kind: str, seconds: float, reason: str, message: str, **more: Any) -> Json:
    about = {"kind": kind, "name": name, "uid": "x"}
    return {
        "metadata": {"name": "e"}, "involvedObject": about, "type": "Normal", "reason": reason,
        "message": message, "lastTimestamp": ago(seconds), **more,
    }  # fmt: skip


def test_a_tree_that_may_not_be_read_does_not_own_nothing() -> None:
    for unreadable, says in (((), "owns nothing"), (("Deployment",), "what it owns may not be read here")):
        family = ji("helmet", unreadable=unreadable)
        text = tree_text(family, state_of(family, NOW), ownership_tree(family))
        assert text.splitlines()[1:] == [f"   {says}"]


def test_describe() -> None:
    family = broken_family()
    present = {"big-model": True, "little-model": False}
    references = tuple(
        CheckedReference(one, present[one.name]) for one in references_of(family.kind, family.workload)
    )
    events = (
        event(
            "hpa-helmet-deployment-cloud", "HorizontalPodAutoscaler", 90, "SuccessfulRescale", "New size: 2"
        ),
        event(
            "helmet", "JointInferenceService", 12, "workerFailed", "line\x1b[31m one", count=4, type="Warning"
        ),
    )
    text = description_text(describe(family, NOW, references, NODES, events), NOW)
    assert "\x1b" not in text
    check_golden("lifecycle/describe.txt", text)


def test_describe_a_healthy_one_and_a_model() -> None:
    item = workload(spec=BOTH, status=FALSE_ALARM, labels={"team": "vision"})
    family = Family(JOINT_INFERENCE, item, tuple(whole_service()))
    later = NOW + timedelta(seconds=5)
    text = description_text(describe(family, later), later)
    model = workload(MODEL, "big", spec={"format": "pb", "url": "/m", "credentialName": "s3"})
    text += "\n---\n" + description_text(describe(Family(MODEL, model), NOW), NOW)
    check_golden("lifecycle/describe-healthy.txt", text)


def test_deletion() -> None:
    item = workload()
    orphan = service(owned=False)
    plan = Plan(
        (Doomed(JOINT_INFERENCE.resource, item),),
        (cascade_of(item, [*whole_service(hpa=("cloud",))[:-2], orphan], {"edge-node": False}),),
        ("events may not be listed",),
    )
    pods = pod("helmet-p", "edge", node="edge-node", meta={"deletionTimestamp": ago(3)})
    left = (
        leftover_of(orphan, owner_gone=True),
        leftover_of(pods, owner_gone=True, nodes={"edge-node": False}),
    )
    deleted = (plan.cascades[0].target,)
    text = plan_text(plan)
    text += (
        "\n--- all gone\n" + deleted_lines(Deletion(plan, deleted)) + outcome_text(Deletion(plan, deleted))
    )
    text += "\n--- something stayed\n" + outcome_text(Deletion(plan, deleted, left))
    check_golden("lifecycle/delete.txt", text)


def test_a_long_cascade_is_cut_and_counted() -> None:
    many = [pod(f"helmet-{index:03}") for index in range(200)]
    text = plan_text(Plan((), (cascade_of(workload(), many),)))
    assert "and 160 more" in text and len(text.splitlines()) < 50


def test_difference() -> None:
    before, after = workload(), workload()
    after["spec"]["cloudWorker"]["hpa"] = {"maxReplicas": 3}
    plain = unified("ji/helmet", before, after)
    check_golden("lifecycle/diff.txt", plain)
    coloured = unified("ji/helmet", before, after, colour=True)
    assert "\x1b[32m+    hpa:" in coloured
    assert unified("ji/helmet", before, before) == ""
    assert unified("ji/helmet", None, after).startswith("--- /dev/null\n")


def test_settings_of_learning_jobs_are_words() -> None:
    trigger = {
        "condition": {"metric": "num_of_samples", "operator": ">", "threshold": 500},
        "timer": {"start": "02:00", "end": "20:00"},
    }
    spec = {
        "dataset": {"trainProb": 0.8},
        "trainSpec": {"trigger": trigger},
        "deploySpec": {
            "model": {"hotUpdateEnabled": True, "pollPeriodSeconds": 30},
            "hardExampleMining": {"name": "IBT", "parameters": [{"key": "threshold_img", "value": "0.9"}]},
        },
    }
    told = dict(settings_of(Family(INCREMENTAL_LEARNING, workload(INCREMENTAL_LEARNING, spec=spec))))
    assert told == {
        "Training share": "0.8 of new samples; the rest is for evaluation",
        "Trains when": "num_of_samples > 500, between 02:00 and 20:00 of the node's clock",
        "Hard examples": "IBT (threshold_img=0.9)",
        "Hot update": "every 30 s, without a new inference pod",
    }
    s3 = {"transmitter": {"s3": {"aggDataPath": "s3://b/agg"}}, "pretrainedModel": {"name": "p"}}
    told = dict(settings_of(Family(FEDERATED_LEARNING, workload(FEDERATED_LEARNING, spec=s3))))
    assert told == {"Transmitter": "s3, through s3://b/agg", "Pretrained": "p"}
