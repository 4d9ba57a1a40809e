"""kubectl works against the sandbox as it does against a real API server."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.api_contract.raw import STRATEGIC, Raw
from tests.live.plane.api import eventually
from tests.live.plane.programs import find_program

Kubectl = Callable[..., str]

WEB = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "c", "image": "nginx:1"}]},
        },
    },
}


def pod(name: str) -> dict[str, Any]:
    spec = {"automountServiceAccountToken": False, "containers": [{"name": "c", "image": "nginx:1"}]}
    metadata = {"name": name, "labels": {"app": "web"}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


@pytest.fixture
def kubeconfig(api: Raw, request: pytest.FixtureRequest) -> Path:
    """Give the kubeconfig that belongs to the raw client."""
    if api.real:
        path: Path = request.getfixturevalue("bare_plane").kubeconfig
        return path
    sandbox: Path = request.getfixturevalue("sandbox").kubeconfigs["admin"]
    return sandbox


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Give an environment with a home of its own: kubectl keeps what it discovered there."""
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}


@pytest.fixture
def kubectl(kubeconfig: Path, namespace: str, environment: dict[str, str]) -> Kubectl:
    """Run kubectl in the test's namespace and give its output; `input` objects go to its standard input."""
    program = find_program("kubectl")
    if program is None:
        pytest.skip("no kubectl on PATH or beside the control plane's programs")

    def run(*arguments: str, input: Any = None, fails: bool = False) -> str:
        done = subprocess.run(
            [program, "--kubeconfig", str(kubeconfig), "-n", namespace, *arguments],
            input=None if input is None else json.dumps(input),
            capture_output=True,
            text=True,
            timeout=60,
            env=environment,
        )
        assert (done.returncode != 0) is fails, done.stderr + done.stdout
        return done.stderr if fails else done.stdout

    return run


def columns(table: str) -> list[str]:
    return table.splitlines()[0].split()


def test_get_in_every_form(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", input=WEB)
    assert columns(kubectl("get", "deploy")) == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    wide = columns(kubectl("get", "deployments.apps", "-o", "wide"))
    assert wide == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE", "CONTAINERS", "IMAGES", "SELECTOR"]
    assert kubectl("get", "deploy", "-o", "name") == "deployment.apps/web\n"
    assert json.loads(kubectl("get", "deploy", "web", "-o", "json"))["spec"]["replicas"] == 2
    assert yaml.safe_load(kubectl("get", "deploy", "web", "-o", "yaml"))["metadata"]["name"] == "web"
    assert "No resources found" not in kubectl("get", "deploy", "-l", "app=web")
    assert kubectl("get", "deploy", "-l", "app!=web", "-o", "name") == ""
    assert "not found" in kubectl("get", "deploy", "none", fails=True)


def test_columns_of_every_kind(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", input=pod("p"))
    kubectl("create", "service", "clusterip", "s", "--tcp=80:8080")
    kubectl("create", "configmap", "c", "--from-literal=a=b")
    kubectl("create", "secret", "generic", "s", "--from-literal=a=b")
    assert columns(kubectl("get", "pods")) == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    wide = kubectl("get", "pods", "-o", "wide").splitlines()[0]
    assert re.split(r"\s{2,}", wide.strip())[5:] == ["IP", "NODE", "NOMINATED NODE", "READINESS GATES"]
    assert columns(kubectl("get", "svc")) == ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"]
    assert columns(kubectl("get", "cm")) == ["NAME", "DATA", "AGE"]
    assert columns(kubectl("get", "secret")) == ["NAME", "TYPE", "DATA", "AGE"]
    assert columns(kubectl("get", "ns")) == ["NAME", "STATUS", "AGE"]
    assert columns(kubectl("get", "crd")) == ["NAME", "CREATED", "AT"]


def test_pages(kubectl: Kubectl) -> None:
    items = [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"c{n}"}} for n in range(7)]
    kubectl("create", "-f", "-", input={"apiVersion": "v1", "kind": "List", "items": items})
    names = kubectl("get", "cm", "--chunk-size=2", "-o", "name").split()
    assert {f"configmap/c{n}" for n in range(7)} <= set(names)


def test_autoscaler_columns_and_a_watch(
    kubectl: Kubectl, kubeconfig: Path, api: Raw, namespace: str, environment: dict[str, str]
) -> None:
    kubectl("apply", "-f", "-", input=WEB)
    kubectl("autoscale", "deployment", "web", "--min=1", "--max=5", "--cpu-percent=20")
    program = find_program("kubectl")
    command = [str(program), "--kubeconfig", str(kubeconfig), "-n", namespace, "get", "hpa", "-w"]
    watcher = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    lines: list[str] = []
    assert watcher.stdout is not None
    stdout = watcher.stdout
    reader = threading.Thread(target=lambda: lines.extend(stdout), daemon=True)
    reader.start()
    try:
        eventually(lambda: len(lines) >= 2)
        current = {"averageUtilization": 37, "averageValue": "37m"}
        metrics = [{"type": "Resource", "resource": {"name": "cpu", "current": current}}]
        status = {"status": {"currentReplicas": 3, "desiredReplicas": 4, "currentMetrics": metrics}}
        path = f"/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers/web/status"
        assert (
            api.patch(path, status, STRATEGIC if api.real else "application/merge-patch+json").status == 200
        )
        eventually(lambda: len(lines) >= 3)
    finally:
        watcher.kill()
        watcher.wait()
        reader.join(60)
    assert lines[0].split() == ["NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"]
    assert lines[1].split()[:7] == ["web", "Deployment/web", "cpu:", "<unknown>/20%", "1", "5", "0"]
    assert lines[2].split()[:7] == ["web", "Deployment/web", "cpu:", "37%/20%", "1", "5", "3"]


def test_describe(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", input=WEB)
    kubectl("apply", "-f", "-", input=pod("p"))
    kubectl("autoscale", "deployment", "web", "--max=5", "--cpu-percent=20")
    assert "2 desired | 0 updated" in kubectl("describe", "deploy", "web")
    assert re.search(r"Status:\s+Pending", kubectl("describe", "pod", "p"))
    assert re.search(r"Max replicas:\s+5", kubectl("describe", "hpa", "web"))
    assert re.search(r"Status:\s+Active", kubectl("describe", "ns", "default"))


def test_apply_by_the_client(kubectl: Kubectl) -> None:
    assert kubectl("apply", "-f", "-", input=WEB) == "deployment.apps/web created\n"
    assert kubectl("apply", "-f", "-", input=WEB) == "deployment.apps/web unchanged\n"
    three = {**WEB, "spec": {**WEB["spec"], "replicas": 3}}  # type: ignore[dict-item]
    assert kubectl("diff", "-f", "-", input=WEB) == ""
    assert kubectl("apply", "-f", "-", input=three) == "deployment.apps/web configured\n"
    assert kubectl("get", "deploy", "web", "-o", "jsonpath={.spec.replicas}") == "3"
    wrong = {**WEB, "spec": {**WEB["spec"], "replics": 3}}  # type: ignore[dict-item]
    assert 'unknown field "spec.replics"' in kubectl("apply", "-f", "-", input=wrong, fails=True)


def test_apply_by_the_server(kubectl: Kubectl) -> None:
    assert (
        kubectl("apply", "--server-side", "-f", "-", input=WEB) == "deployment.apps/web serverside-applied\n"
    )
    four = {**WEB, "spec": {**WEB["spec"], "replicas": 4}}  # type: ignore[dict-item]
    refused = kubectl("apply", "--server-side", "--field-manager=two", "-f", "-", input=four, fails=True)
    assert 'conflict with "kubectl": .spec.replicas' in refused
    arguments = ("apply", "--server-side", "--field-manager=two", "--force-conflicts", "-f", "-")
    kubectl(*arguments, input=four)
    assert kubectl("get", "deploy", "web", "-o", "jsonpath={.spec.replicas}") == "4"


@pytest.mark.parametrize(
    ("cascade", "finalizer"), [("background", ""), ("foreground", "foregroundDeletion"), ("orphan", "orphan")]
)
def test_delete_with_every_cascade(kubectl: Kubectl, cascade: str, finalizer: str) -> None:
    kubectl("create", "deployment", "web", "--image=nginx:1")
    assert "deleted" in kubectl("delete", "deploy", "web", f"--cascade={cascade}", "--wait=false")
    if not finalizer:
        assert kubectl("get", "deploy", "-o", "name") == ""
        return
    found = kubectl("get", "deploy", "web", "-o", "jsonpath={.metadata.finalizers[0]}")
    assert found == finalizer
    kubectl("patch", "deploy", "web", "--type=merge", "-p", '{"metadata":{"finalizers":null}}')
    assert kubectl("get", "deploy", "-o", "name") == ""


def test_every_type_of_patch(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", input=WEB)
    kubectl(
        "patch",
        "deploy",
        "web",
        "-p",
        '{"spec":{"template":{"spec":{"containers":[{"name":"d","image":"x"}]}}}}',
    )
    names = kubectl("get", "deploy", "web", "-o", "jsonpath={.spec.template.spec.containers[*].name}")
    assert sorted(names.split()) == ["c", "d"]
    kubectl("patch", "deploy", "web", "--type=merge", "-p", '{"spec":{"replicas":7}}')
    kubectl(
        "patch",
        "deploy",
        "web",
        "--type=json",
        "-p",
        '[{"op":"add","path":"/metadata/labels/x","value":"y"}]',
    )
    found = json.loads(kubectl("get", "deploy", "web", "-o", "json"))
    assert (found["spec"]["replicas"], found["metadata"]["labels"]["x"]) == (7, "y")
    kubectl("label", "deploy", "web", "x-")
    kubectl("annotate", "deploy", "web", "note=here")


def test_scale_and_wait(kubectl: Kubectl, api: Raw, namespace: str) -> None:
    kubectl("apply", "-f", "-", input=WEB)
    assert kubectl("scale", "deploy", "web", "--replicas=5") == "deployment.apps/web scaled\n"
    assert "no objects" in kubectl("scale", "deploy", "none", "--replicas=1", fails=True)
    assert kubectl("get", "deploy", "web", "-o", "jsonpath={.spec.replicas}") == "5"
    conditions = [{"type": "Available", "status": "True", "reason": "x", "message": "y"}]
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/web/status"
    timer = threading.Timer(0.5, api.patch, (path, {"status": {"conditions": conditions}}, STRATEGIC))
    timer.start()
    assert "condition met" in kubectl("wait", "deploy/web", "--for=condition=Available", "--timeout=30s")
    timer.join()


def test_delete_waits_for_the_object_to_go(kubectl: Kubectl) -> None:
    kubectl("create", "configmap", "c")
    assert kubectl("delete", "cm", "c") == 'configmap "c" deleted\n'


def test_events_and_rights(kubectl: Kubectl, api: Raw, namespace: str) -> None:
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "e"},
        "involvedObject": {"kind": "Pod", "name": "p", "namespace": namespace},
        "reason": "Started",
        "message": "it runs",
        "type": "Normal",
        "lastTimestamp": "2026-01-01T00:00:00Z",
        "firstTimestamp": "2026-01-01T00:00:00Z",
    }
    assert api.post(f"/api/v1/namespaces/{namespace}/events", event).status == 201
    assert "it runs" in kubectl("events")
    assert columns(kubectl("get", "events")) == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert kubectl("auth", "can-i", "create", "pods") == "yes\n"
    assert "Forbidden" in kubectl("get", "pods", "--as=nobody", fails=True)


def test_explain_and_resources(kubectl: Kubectl) -> None:
    assert "scaleTargetRef" in kubectl("explain", "hpa.spec")
    assert "edgeWorker" in kubectl("explain", "jointinferenceservices.spec")
    listed = kubectl("api-resources", "--api-group=sedna.io", "-o", "name")
    assert "jointinferenceservices.sedna.io" in listed
    assert "v1.32" in kubectl("version")


def test_cordon_and_drain(kubectl: Kubectl, api: Raw) -> None:
    node = f"n-{secrets.token_hex(3)}"
    assert (
        api.post("/api/v1/nodes", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": node}}).status
        == 201
    )
    bound = pod("p")
    bound["spec"]["nodeName"] = node
    kubectl("apply", "-f", "-", input=bound)
    assert "cordoned" in kubectl("cordon", node)
    assert "SchedulingDisabled" in kubectl("get", "node", node)
    assert "drained" in kubectl("drain", node, "--force", "--grace-period=0", "--timeout=30s")
    assert kubectl("get", "pods", "-o", "name") == ""
    assert "uncordoned" in kubectl("uncordon", node)


def test_rollout_and_images(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", input=WEB)
    assert "image updated" in kubectl("set", "image", "deploy/web", "c=nginx:2")
    assert "restarted" in kubectl("rollout", "restart", "deploy/web")
    found = json.loads(kubectl("get", "deploy", "web", "-o", "json"))
    template = found["spec"]["template"]
    assert template["spec"]["containers"][0]["image"] == "nginx:2"
    assert "kubectl.kubernetes.io/restartedAt" in template["metadata"]["annotations"]
    assert found["metadata"]["generation"] == 3
    assert "exposed" in kubectl("expose", "deploy", "web", "--port=80")
    assert {"deployment.apps/web", "service/web"} <= set(kubectl("get", "all", "-o", "name").split())


def test_top(kubectl: Kubectl, api: Raw, namespace: str) -> None:
    if api.real:
        pytest.skip("a real API server needs a metrics server beside it")
    kubectl("apply", "-f", "-", input=pod("p"))
    usage = {"cpu": "12m", "memory": "20Mi"}
    timing = {"timestamp": "2026-01-01T00:00:00Z", "window": "30s"}
    metrics = {
        "apiVersion": "metrics.k8s.io/v1beta1",
        "kind": "PodMetrics",
        "metadata": {"name": "p"},
        **timing,
    }
    path = f"/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods"
    assert api.post(path, {**metrics, "containers": [{"name": "c", "usage": usage}]}).status == 201
    node = f"n-{secrets.token_hex(3)}"
    body = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": node}}
    body["status"] = {"allocatable": {"cpu": "2", "memory": "1Gi"}, "capacity": {"cpu": "2", "memory": "1Gi"}}
    assert api.post("/api/v1/nodes", body).status == 201
    metrics = {
        "apiVersion": "metrics.k8s.io/v1beta1",
        "kind": "NodeMetrics",
        "metadata": {"name": node},
        **timing,
    }
    assert api.post("/apis/metrics.k8s.io/v1beta1/nodes", {**metrics, "usage": usage}).status == 201
    assert kubectl("top", "pods").splitlines()[1].split() == ["p", "12m", "20Mi"]
    assert kubectl("top", "node", node).splitlines()[1].split() == [node, "12m", "0%", "20Mi", "1%"]


def test_logs(kubectl: Kubectl, api: Raw, namespace: str) -> None:
    if api.real:
        pytest.skip("a real API server needs a kubelet for logs")
    kubectl("apply", "-f", "-", input=pod("p"))
    assert "waiting to start" in kubectl("logs", "p", fails=True)
    path = f"/api/v1/namespaces/{namespace}/pods/p/status"
    assert api.patch(path, {"status": {"phase": "Running"}}, STRATEGIC).status == 200
    assert "played, not run" in kubectl("logs", "p")
