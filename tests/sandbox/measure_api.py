"""How the sandbox's API server compares with the real one on the same machine, in the same run.

    python -m tests.sandbox.measure_api [ROUNDS]      default 5

Ready time, memory per 1,000 pods, 5,000 pods listed in pages, and how long an event takes
to a watcher among 1,000 autoscalers. Without etcd and kube-apiserver only the sandbox is measured.
"""

from __future__ import annotations

import http.client
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.api_contract.raw import Raw, raw_of
from tests.live.plane.programs import why_no_plane

PODS, PAGE, AUTOSCALERS, EVENTS = 5000, 500, 1000, 100
NAMESPACE = "measured"
PODS_PATH = f"/api/v1/namespaces/{NAMESPACE}/pods"
SCALERS_PATH = f"/apis/autoscaling/v2/namespaces/{NAMESPACE}/horizontalpodautoscalers"


def pod(number: int) -> dict[str, Any]:
    container = {
        "name": "little-model",
        "image": "kubeedge/sedna-example-joint-inference-helmet-detection-little:v0.5.0",
        "env": [{"name": f"VARIABLE_{n}", "value": "some value of the usual length"} for n in range(12)],
        "resources": {
            "requests": {"cpu": "50m", "memory": "64M"},
            "limits": {"cpu": "500m", "memory": "2Gi"},
        },
        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
    }
    spec = {
        "automountServiceAccountToken": False,
        "nodeName": f"edge-{number % 50}",
        "containers": [container],
        "volumes": [{"name": "data", "hostPath": {"path": "/data"}}],
    }
    metadata = {"name": f"helmet-{number:05}", "labels": {"app": "helmet", "pod-template-hash": "7dffd47c6"}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def autoscaler(number: int) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": 50}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"d-{number}"},
        "minReplicas": 1,
        "maxReplicas": 5,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
    }
    metadata = {"name": f"hpa-{number:04}"}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata,
        "spec": spec,
    }


class Client:
    """One kept connection: what is measured is the server, not handshakes."""

    def __init__(self, raw: Raw) -> None:
        self._connection: http.client.HTTPSConnection = raw.connection(120)
        self._headers = {"Authorization": f"Bearer {raw.token}", "Accept": "application/json"}

    def __call__(self, method: str, path: str, body: Any = None, media: str = "application/json") -> bytes:
        data = None if body is None else json.dumps(body)
        self._connection.request(method, path, data, {**self._headers, "Content-Type": media})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content


def furnish(ask: Client) -> None:
    ask(
        "POST",
        "/api/v1/namespaces",
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
    )
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
    path = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts"
    if b'"name":"default"' not in ask("GET", path):
        ask("POST", path, account)
    for number in range(PODS):
        ask("POST", PODS_PATH, pod(number))
    for number in range(AUTOSCALERS):
        ask("POST", SCALERS_PATH, autoscaler(number))


def list_in_pages(ask: Client) -> float:
    """Give the seconds that all pods in pages take, decoding included for neither."""
    begin = time.perf_counter()
    token, seen = "", 0
    while True:
        content = ask("GET", f"{PODS_PATH}?limit={PAGE}" + (f"&continue={token}" if token else ""))
        head = content[: content.index(b'"items"')]
        seen += content.count(b'"uid"')
        start = head.find(b'"continue":"')
        if start < 0:
            break
        token = head[start + 12 : head.index(b'"', start + 12)].decode()
    taken = time.perf_counter() - begin
    if seen != PODS:
        raise SystemExit(f"{seen} pods instead of {PODS}")
    return taken


def event_delays(raw: Raw, ask: Client) -> list[float]:
    """Give the seconds from sending a status to reading its event, for one watch of all autoscalers."""
    version = json.loads(ask("GET", f"{SCALERS_PATH}?limit=1"))["metadata"]["resourceVersion"]
    sent: dict[str, float] = {}
    delays: list[float] = []
    opened = threading.Event()

    def follow() -> None:
        with raw.watch(SCALERS_PATH, seconds=120, resourceVersion=version) as events:
            opened.set()
            for event in events:
                name = event["object"]["metadata"]["name"]
                delays.append(time.perf_counter() - sent[name])
                if len(delays) == EVENTS:
                    return

    watcher = threading.Thread(target=follow)
    watcher.start()
    opened.wait(30)
    for number in range(EVENTS):
        name = f"hpa-{number:04}"
        # Never the same twice: a write that changes nothing makes no event.
        status = {"status": {"currentReplicas": time.time_ns() % 10**8, "desiredReplicas": 1}}
        sent[name] = time.perf_counter()
        ask("PATCH", f"{SCALERS_PATH}/{name}/status", status, "application/merge-patch+json")
    watcher.join(120)
    return delays


def serve(folder: str) -> None:
    """Run a sandbox's API server in this process until its standard input ends; tells how soon it was ready."""
    from tests.api_contract.servers import Sandbox

    Path(folder).mkdir(exist_ok=True)
    begin = time.perf_counter()
    sandbox = Sandbox(Path(folder))
    sandbox.raw.get("/readyz")
    print(f"{time.perf_counter() - begin:.3f}", flush=True)
    for line in sys.stdin:
        if line.strip() == "memory":
            print(_resident(), flush=True)
    sandbox.stop()


def _resident() -> int:
    """Give this process' memory in KiB."""
    try:
        fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        return int(fields["VmRSS"].split()[0])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measure(folder: Path, rounds: int) -> None:
    """Measure the sandbox, and the real API server beside it where there is one."""
    command = [sys.executable, "-m", "tests.sandbox.measure_api", "--serve", str(folder / "sandbox")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    plane = None
    try:
        print(f"ready                      {float(process.stdout.readline()) * 1000:8.0f} ms after imports")
        kubeconfig = folder / "sandbox" / "admin.kubeconfig"
        servers = {"sandbox": raw_of(kubeconfig, False, {})}
        clients = {"sandbox": Client(servers["sandbox"])}
        memory: Callable[[], int] = lambda: _told(process)  # noqa: E731
        before = memory()
        furnish(clients["sandbox"])
        per_pod = (memory() - before) / (PODS + AUTOSCALERS) * 1000 / 1024
        print(f"memory                     {per_pod:8.1f} MiB per 1,000 objects, their history included")
        reason = why_no_plane()
        if reason is None:
            from tests.api_contract.servers import BarePlane

            (folder / "plane").mkdir()
            plane = BarePlane(folder / "plane")
            servers["real"] = plane.raw
            clients["real"] = Client(plane.raw)
            furnish(clients["real"])
        else:
            print(f"no comparison: {reason}")
        rates: dict[str, list[float]] = {name: [] for name in servers}
        delays: dict[str, list[float]] = {name: [] for name in servers}
        for _ in range(rounds):
            for name, ask in clients.items():
                rates[name].append(PODS / list_in_pages(ask))
                delays[name] += event_delays(servers[name], ask)
        for name in servers:
            rate, ordered = statistics.median(rates[name]), sorted(delays[name])
            print(f"{name:8} pods in pages    {rate:8.0f} objects a second")
            median, worst = statistics.median(ordered), ordered[int(len(ordered) * 0.99)]
            print(
                f"{name:8} an event arrives {median * 1000:8.1f} ms (median), {worst * 1000:.1f} ms (99 of 100)"
            )
        if plane is not None:
            ratio = statistics.median(rates["sandbox"]) / statistics.median(rates["real"])
            print(f"objects a second: {ratio:.2f} of the real API server's (aim: at least 0.5)")
            ratio = statistics.median(delays["sandbox"]) / statistics.median(delays["real"])
            print(f"an event's way:   {ratio:.2f} of the real API server's")
    finally:
        process.stdin.close()
        process.wait(20)
        if plane is not None:
            plane.stop()


def _told(process: subprocess.Popen[str]) -> int:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("memory\n")
    process.stdin.flush()
    return int(process.stdout.readline())


def main() -> None:
    """Measure, or serve."""
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2])
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else 5)


if __name__ == "__main__":
    main()
