"""Objects that an API server takes and nobody expects: controllers stand them, and go on with everything else."""

from __future__ import annotations

from typing import Any

import pytest

from sednactl.sandbox.controllers.pods import is_ready
from sednactl.sandbox.controllers.together import kubernetes_controllers
from sednactl.sandbox.resources import CONFIG_MAP, ENDPOINTS, LEASE
from sednactl.sedna.resources import DEPLOYMENT, HPA, NODE, POD, POD_METRICS, REPLICA_SET, SERVICE, Resource
from tests.sandbox.controllers.stage import Stage
from tests.sandbox.controllers.test_scaling import KINDS, autoscaler
from tests.sandbox.controllers.test_workloads import deployment

Json = dict[str, Any]
REVISION = "deployment.kubernetes.io/revision"


def pod(**spec: Any) -> Json:
    return {"metadata": {"name": "odd"}, "spec": {"containers": [{"name": "c"}], **spec}}


def worker(**environment: str) -> Json:
    env = [{"name": name, "value": value} for name, value in environment.items()]
    return pod(containers=[{"name": "c", "image": "x", "env": env}])


def with_annotations(item: Json, **annotations: str) -> Json:
    named = {key.replace("_", "-"): value for key, value in annotations.items()}
    return {**item, "metadata": {**item["metadata"], "annotations": named}}


ODD: list[tuple[Resource, Json]] = [
    (POD, pod()),
    (POD, worker(SANDBOX_RUN_SECONDS="1e999", SANDBOX_EXIT_CODE="inf")),
    (POD, worker(SANDBOX_RUN_SECONDS="nan", SANDBOX_EXIT_CODE="-7")),
    (POD, worker(SANDBOX_RUN_SECONDS="0", SANDBOX_EXIT_CODE="1e300")),
    (POD, pod(nodeName="nowhere")),
    (POD, pod(schedulerName="other")),
    (POD, pod(schedulingGates=[{"name": "x"}])),
    (POD, pod(tolerations=[{"operator": "Exists"}, {"key": "", "value": "x"}])),
    (POD, pod(affinity={"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{}]}}})),
    (NODE, {"metadata": {"name": "odd"}}),
    (NODE, {"metadata": {"name": "odd", "labels": {"sandbox.sednactl.io/kubelet": ""}}, "spec": {"podCIDR": "fd00::/64"}}),
    (NODE, {"metadata": {"name": "odd", "labels": {"sandbox.sednactl.io/kubelet": ""}}, "spec": {"podCIDR": "10.0.0.0/32"}}),
    (NODE, {"metadata": {"name": "odd"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}),
    (LEASE, {"metadata": {"name": "cloud-1x", "namespace": "kube-node-lease"}}),
    (SERVICE, {"metadata": {"name": "odd"}, "spec": {"type": "ExternalName", "externalName": "x"}}),
    (SERVICE, {"metadata": {"name": "odd"}, "spec": {"selector": {"app": "web"}, "clusterIP": "None"}}),
    (SERVICE, {"metadata": {"name": "odd"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "no-such"}]}}),
    (ENDPOINTS, {"metadata": {"name": "odd"}}),
    (HPA, {**autoscaler("odd"), "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "odd"}, "maxReplicas": 1}}),
    (HPA, {**autoscaler("odd"), "spec": {"scaleTargetRef": {"kind": "X", "name": "y", "apiVersion": "a/b/c"}, "maxReplicas": 1}}),
    (DEPLOYMENT, with_annotations(deployment("odd"), **{REVISION: "²"})),
    (DEPLOYMENT, with_annotations(deployment("odd"), **{REVISION: "9" * 5000})),
    (DEPLOYMENT, deployment("odd", strategy={"type": "RollingUpdate"})),
    (DEPLOYMENT, deployment("odd", progressDeadlineSeconds=2**31 - 1)),
    (REPLICA_SET, {"metadata": {"name": "odd"}, "spec": {"selector": {"matchLabels": {"x": "y"}}, "template": {"metadata": {"labels": {"x": "y"}}, "spec": {"containers": [{"name": "c"}]}}}}),
    (POD_METRICS, {"metadata": {"name": "odd"}, "containers": [{"name": "c"}]}),
    (CONFIG_MAP, {"metadata": {"name": "sednactl-sandbox-load", "namespace": "kube-system"}}),
    (CONFIG_MAP, {"metadata": {"name": "sednactl-sandbox-load", "namespace": "kube-system"}, "data": {"": "", "x": "null"}}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "item"), ODD, ids=lambda each: getattr(each, "kind", ""))
def test_the_others_get_what_they_need_beside_it(kind: Resource, item: Json) -> None:
    stage = Stage(KINDS, lambda stage: kubernetes_controllers(stage.cluster, stage.clock, stage.said.append))
    stage.cluster.put(kind, item)
    stage.runner.open()
    stage.cluster.put(DEPLOYMENT, deployment("web"))
    stage.advance(90)
    stage.cluster.edit(DEPLOYMENT, "web", {"spec": {"replicas": 3}})
    stage.advance(90)
    web = [
        each for each in stage.cluster.of(POD) if (each["metadata"].get("labels") or {}).get("app") == "web"
    ]
    assert [is_ready(each) for each in web] == [True] * 3
    name = item["metadata"]["name"]
    if name == "odd":
        namespace = item["metadata"].get("namespace") or ("default" if kind.namespaced else "")
        if (kind, namespace, name) in stage.cluster.objects:
            stage.cluster.delete(kind, name)
    stage.advance(90)


def test_a_pods_status_that_somebody_else_wrote_does_no_harm() -> None:
    stage = Stage(KINDS, lambda stage: kubernetes_controllers(stage.cluster, stage.clock, stage.said.append))
    stage.runner.open()
    port = {"port": 80}
    stage.cluster.put(
        SERVICE, {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [port]}}
    )
    stage.cluster.put(DEPLOYMENT, deployment("web"))
    stage.advance(10)
    one, two = stage.cluster.of(POD)
    for each, address in ((one, "fd00::1"), (two, "not an address")):
        status = {"podIP": address, "startTime": "never", "conditions": [{"type": "Ready", "status": "True"}]}
        stage.cluster.edit(POD, each["metadata"]["name"], {"status": status}, "status")
    stage.advance(60)
    assert len(stage.cluster.get(ENDPOINTS, "web")["subsets"][0]["addresses"]) == 2
