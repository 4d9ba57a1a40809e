"""Whatever users do to a Deployment, and whenever: in the end it is what it says, and nothing is left over."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sednactl.sandbox.controllers.pods import is_ready
from sednactl.sandbox.controllers.together import kubernetes_controllers
from sednactl.sandbox.node_set import OFFLINE
from sednactl.sedna.resources import DEPLOYMENT, NODE, POD, REPLICA_SET
from tests.sandbox.controllers.stage import Stage
from tests.sandbox.controllers.test_scaling import KINDS
from tests.sandbox.controllers.test_workloads import deployment

ACTS = st.one_of(
    st.tuples(st.just("scale"), st.integers(0, 6)),
    st.tuples(st.just("template"), st.integers(0, 2)),
    st.tuples(st.just("pause"), st.booleans()),
    st.tuples(st.just("strategy"), st.sampled_from(["Recreate", "RollingUpdate"])),
    st.tuples(st.just("kill a pod"), st.integers(0, 5)),
    st.tuples(st.just("kill a set"), st.integers(0, 5)),
    st.tuples(st.just("let go of a pod"), st.integers(0, 5)),
    st.tuples(st.just("cut a link"), st.booleans()),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(ACTS, st.floats(0, 40)), max_size=8))
def test_it_comes_to_rest_as_asked(acts: list[tuple[tuple[str, Any], float]]) -> None:
    stage = Stage(KINDS, lambda stage: kubernetes_controllers(stage.cluster, stage.clock, stage.said.append))
    stage.runner.open()
    stage.settle()
    stage.cluster.put(DEPLOYMENT, deployment(replicas=2))
    for (act, value), pause in acts:
        do(stage, act, value)
        stage.advance(pause)
    do(stage, "cut a link", False)
    do(stage, "pause", False)
    stage.advance(900)
    wanted = stage.cluster.get(DEPLOYMENT, "web")
    count, template = wanted["spec"]["replicas"], wanted["spec"]["template"]["spec"]
    mine = [pod for pod in stage.cluster.of(POD) if pod["metadata"].get("ownerReferences")]
    assert [is_ready(pod) for pod in mine] == [True] * count
    assert [pod["spec"].get("x") for pod in mine] == [template.get("x")] * count
    active = [one for one in stage.cluster.of(REPLICA_SET) if one["spec"]["replicas"]]
    assert len(active) == (1 if count else 0)
    status = wanted["status"]
    assert [status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas")] == [count] * 3
    assert status["observedGeneration"] == wanted["metadata"]["generation"]
    before = [pod["metadata"]["resourceVersion"] for pod in stage.cluster.of(POD)]
    stage.advance(120)
    assert [pod["metadata"]["resourceVersion"] for pod in stage.cluster.of(POD)] == before
    stage.cluster.delete(DEPLOYMENT, "web")
    stage.advance(60)
    assert stage.cluster.of(REPLICA_SET) == []
    assert not [pod for pod in stage.cluster.of(POD) if pod["metadata"].get("ownerReferences")]


def do(stage: Stage, act: str, value: Any) -> None:
    """Do one thing that users do."""
    pods, sets = stage.cluster.of(POD), stage.cluster.of(REPLICA_SET)
    if act == "scale":
        stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"replicas": value}})
    elif act == "template":
        stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"template": {"spec": {"x": value}}}})
    elif act == "pause":
        stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"paused": value}})
    elif act == "strategy":
        stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"strategy": {"type": value}}})
    elif act == "kill a pod" and pods:
        stage.cluster.delete(POD, pods[value % len(pods)]["metadata"]["name"])
    elif act == "kill a set" and sets:
        stage.cluster.delete(REPLICA_SET, sets[value % len(sets)]["metadata"]["name"])
    elif act == "let go of a pod" and pods:
        name = pods[value % len(pods)]["metadata"]["name"]
        stage.cluster.edit(POD, name, {"metadata": {"labels": {"app": "debug"}}})
    elif act == "cut a link":
        annotations = {OFFLINE: "true" if value else None}
        stage.cluster.edit(NODE, "edge-1", {"metadata": {"annotations": annotations}})
